//! The caller that the database is asked for: connections are shared out among callers, not calls.

use std::sync::Arc;

tokio::task_local! {
    static CALLER: Arc<str>;
}

/// Runs a call whose use of the database counts for this caller. The process's own work has no
/// caller, and waits in no line.
pub async fn for_caller<T>(caller: &str, call: impl Future<Output = T>) -> T {
    CALLER.scope(caller.into(), call).await
}

/// The caller that this task runs for.
pub(crate) fn current() -> Option<Arc<str>> {
    CALLER.try_with(Arc::clone).ok()
}
