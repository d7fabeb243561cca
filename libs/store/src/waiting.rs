//! Waits for connections of a pool: how many wait, in which order, and for how long.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use mpp_telemetry::Point;
use sqlx::AnyPool;
use tokio::time::timeout;

use crate::{Turn, Turns, caller, metrics};

/// Less than this is no wait worth measuring.
const AT_ONCE: Duration = Duration::from_millis(1);

/// The waits for one pool's connections.
#[derive(Debug)]
pub(crate) struct Waiting {
    /// The pool's name, such as `registry/writers`.
    name: String,
    pool: AnyPool,
    /// The turns of callers: however many transactions one caller has, another waits only for the
    /// next that ends.
    turns: Turns<Arc<str>>,
    /// How long one waits for a turn.
    longest: Duration,
    now: AtomicU32,
}

/// A caller's turn, given back with its connection.
pub(crate) type Taken<C> = (C, Option<Turn<Arc<str>>>);

/// Somebody who waits, until it is dropped.
struct One<'a>(&'a AtomicU32);

impl Drop for One<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

impl Waiting {
    /// The waits for the pool of this name, whose connections are measured with it.
    pub fn of(name: String, pool: &AnyPool) -> Arc<Self> {
        let options = pool.options();
        let waiting = Arc::new(Self {
            name,
            pool: pool.clone(),
            turns: turns(options.get_max_connections()),
            longest: options.get_acquire_timeout(),
            now: AtomicU32::new(0),
        });
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

    /// Waits for a connection, in turn with other callers.
    pub async fn for_one<C>(
        &self,
        taken: impl Future<Output = sqlx::Result<C>>,
    ) -> sqlx::Result<Taken<C>> {
        let begun = Instant::now();
        self.now.fetch_add(1, Relaxed);
        let _one = One(&self.now);
        let taken = async {
            let turn = self.turn().await?;
            Ok((taken.await?, turn))
        };
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

    /// The turn of the caller that this task runs for; `None` for the process itself.
    async fn turn(&self) -> sqlx::Result<Option<Turn<Arc<str>>>> {
        let Some(caller) = caller::current() else { return Ok(None) };
        let turn = timeout(self.longest, self.turns.take(caller)).await;
        turn.map(Some).map_err(|_| sqlx::Error::PoolTimedOut)
    }
}

/// One turn for each connection. One caller leaves some of them to others, however many it could
/// use.
fn turns(connections: u32) -> Turns<Arc<str>> {
    let all = usize::try_from(connections).unwrap_or(usize::MAX);
    let for_others = if all > 1 { (all / 4).max(1) } else { 0 };
    Turns::new(all, all - for_others)
}
