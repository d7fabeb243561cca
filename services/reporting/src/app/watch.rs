//! The present report, told as it changes.

use futures::{Stream, StreamExt, stream};
use mpp_api::report::WatchReportResponse;
use mpp_core::Result;

use super::{Reporting, draining};

impl Reporting {
    /// The whole report at once, then each change; ends with `UNAVAILABLE` when the server drains.
    pub fn watch(&self) -> impl Stream<Item = Result<WatchReportResponse>> + Send + use<> {
        let updates = self.memory.subscribe();
        let steps = stream::unfold((updates, None), |(mut updates, step)| async move {
            if step.is_some() {
                updates.changed().await.ok()?;
            }
            let current = updates.borrow_and_update().clone();
            let messages = current.messages_since(step).into_iter().map(Ok);
            Some((stream::iter(messages), (updates, Some(current.step))))
        });
        let drained = self.shutdown.clone().cancelled_owned();
        steps.flatten().take_until(drained).chain(stream::once(async { Err(draining()) }))
    }
}
