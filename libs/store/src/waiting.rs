//! Who waits for a connection of a pool, and for how long.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use mpp_telemetry::Point;
use sqlx::AnyPool;

use crate::metrics;

/// What takes less is no wait worth measuring.
const AT_ONCE: Duration = Duration::from_millis(1);

/// The waits for one pool's connections.
#[derive(Debug)]
pub(crate) struct Waiting {
    /// Such as `registry/writers`.
    name: String,
    pool: AnyPool,
    now: AtomicU32,
}

/// Somebody who waits, until it is dropped.
struct One<'a>(&'a AtomicU32);

impl Drop for One<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

impl Waiting {
    /// For the pool of this name, whose connections are told with it.
    pub fn of(name: String, pool: &AnyPool) -> Arc<Self> {
        let waiting = Arc::new(Self { name, pool: pool.clone(), now: AtomicU32::new(0) });
        metrics::CONNECTION_TIMEOUTS.begin([[waiting.name.clone()]]);
        let name = || [waiting.name.clone()];
        metrics::CONNECTIONS_WANTED
            .observe(&waiting, name(), |waiting| f64::from(waiting.now.load(Relaxed)));
        let most = pool.options().get_max_connections();
        metrics::CONNECTIONS_MAX.observe(&waiting, name(), move |_| f64::from(most));
        metrics::CONNECTIONS.observe_each(&waiting, Self::connections);
        waiting
    }

    fn connections(&self) -> Vec<Point> {
        let idle = u32::try_from(self.pool.num_idle()).unwrap_or(u32::MAX);
        let used = self.pool.size().saturating_sub(idle);
        let point = |state: &str, count| (vec![self.name.clone(), state.into()], f64::from(count));
        vec![point("used", used), point("idle", idle)]
    }

    /// Waits for a connection.
    pub async fn for_one<C>(
        &self,
        taken: impl Future<Output = sqlx::Result<C>>,
    ) -> sqlx::Result<C> {
        let begun = Instant::now();
        self.now.fetch_add(1, Relaxed);
        let _one = One(&self.now);
        let taken = taken.await;
        let waited = begun.elapsed();
        if waited >= AT_ONCE {
            metrics::CONNECTION_WAITS.record(waited.as_secs_f64(), [self.name.clone()]);
        }
        if matches!(taken, Err(sqlx::Error::PoolTimedOut)) {
            metrics::CONNECTION_TIMEOUTS.add(1, [self.name.clone()]);
        }
        taken
    }
}
