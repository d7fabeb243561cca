//! Looks at something remote, shared by many callers.

use std::time::Duration;

use futures::{
    FutureExt,
    future::{BoxFuture, Shared},
};
use tokio::{
    sync::Mutex,
    time::{Instant, sleep_until, timeout},
};

/// The least time between two looks, however many callers ask for names that do not exist.
const APART: Duration = Duration::from_millis(20);

/// One look at a time, whose result goes to all callers that asked before it began. It is a task of
/// its own, so that it goes on when those callers are gone: however many come and give up, the next
/// look begins only when the last has ended.
pub struct Looks<T: Clone>(Mutex<Option<CachedLook<T>>>);

/// The result of a look; `None` if it takes too long.
type Found<T> = Shared<BoxFuture<'static, Option<T>>>;

struct CachedLook<T: Clone> {
    begun: Instant,
    found: Found<T>,
}

impl<T: Clone> Default for Looks<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone + Send + Sync + 'static> Looks<T> {
    /// The result of a look that began after this call; `None` if it takes longer than `limit`.
    pub async fn after_now<F>(&self, limit: Duration, look: impl FnOnce() -> F) -> Option<T>
    where
        F: Future<Output = T> + Send + 'static,
    {
        let asked = Instant::now();
        let mut last = self.0.lock().await;
        let found = match &*last {
            Some(shared) if shared.begun >= asked => shared.found.clone(),
            before => {
                if let Some(before) = before {
                    before.found.clone().await;
                    sleep_until(before.begun + APART).await;
                }
                let begun = Instant::now();
                let found = begin(limit, look());
                *last = Some(CachedLook { begun, found: found.clone() });
                found
            }
        };
        drop(last);
        found.await
    }
}

fn begin<T, F>(limit: Duration, look: F) -> Found<T>
where
    T: Clone + Send + Sync + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let task = tokio::spawn(timeout(limit, look));
    async move { task.await.ok()?.ok() }.boxed().shared()
}

#[cfg(test)]
mod tests {
    use std::{
        future::pending,
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering::SeqCst},
        },
    };

    use futures::future::join_all;
    use tokio::sync::Semaphore;

    use super::*;

    const LONG: Duration = Duration::from_secs(60);
    const SHORT: Duration = Duration::from_millis(5);

    #[tokio::test]
    async fn callers_that_give_up_begin_no_look_more() {
        let looks = Looks::default();
        let (count, answers) = (Arc::new(AtomicUsize::new(0)), Arc::new(Semaphore::new(0)));
        let look = || {
            let (count, answers) = (count.clone(), answers.clone());
            async move {
                let number = count.fetch_add(1, SeqCst);
                answers.acquire().await.map(|_| number).ok()
            }
        };
        for _ in 0..20 {
            assert!(timeout(SHORT, looks.after_now(LONG, look)).await.is_err(), "it gives up");
        }
        assert_eq!(count.load(SeqCst), 1, "the first look goes on");
        answers.add_permits(1);
        assert_eq!(looks.after_now(LONG, look).await, Some(Some(1)), "the next begins after it");
    }

    #[tokio::test]
    async fn a_look_that_hangs_ends() {
        let looks = Looks::<i64>::default();
        assert_eq!(looks.after_now(SHORT, pending).await, None);
        assert_eq!(looks.after_now(LONG, || async { 7 }).await, Some(7));
    }

    #[tokio::test]
    async fn a_look_is_shared_by_those_that_asked_before_it_began() {
        let (looks, count) = (Looks::default(), Arc::new(AtomicUsize::new(0)));
        let look = || {
            let count = count.clone();
            async move { count.fetch_add(1, SeqCst) }
        };
        assert_eq!(looks.after_now(LONG, look).await, Some(0));
        let found = join_all((0..100).map(|_| looks.after_now(LONG, look))).await;
        assert!(found.iter().all(|seen| *seen == Some(1)), "{found:?}");
    }
}
