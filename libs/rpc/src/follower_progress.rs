//! How far a follower has come, for its metrics.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicI64, Ordering::Relaxed},
};

use mpp_core::{Clock, Micros};

use crate::metrics;

/// The progress of one feed's follower.
pub(crate) struct FollowerProgress {
    labels: [String; 2],
    clock: Clock,
    connected: AtomicBool,
    revision: AtomicI64,
    /// Everything that was committed until this time is taken in.
    as_of: AtomicI64,
}

/// How far the follower will have come once it has taken in what it was handed last.
#[derive(Clone, Copy)]
pub(crate) struct Reached {
    pub revision: i64,
    pub as_of: Micros,
}

impl FollowerProgress {
    /// The progress of the follower of the service `follower`, which tells the time by `clock`.
    pub fn new(feed: &str, follower: &str, clock: Clock) -> Arc<Self> {
        let labels = [feed.to_owned(), follower.to_owned()];
        let now = AtomicI64::new(clock.now());
        let (connected, revision) = (AtomicBool::new(false), AtomicI64::new(0));
        let own = Arc::new(Self { labels, clock, connected, revision, as_of: now });
        metrics::FOLLOWER_RESETS.begin([own.labels.clone()]);
        let labels = || own.labels.clone();
        metrics::FOLLOWER_CONNECTED
            .observe(&own, labels(), |own| f64::from(u8::from(own.connected.load(Relaxed))));
        // Exact up to 2^53, which no feed reaches.
        metrics::FOLLOWER_REVISION.observe(&own, labels(), |own| own.revision.load(Relaxed) as f64);
        metrics::FOLLOWER_LAG.observe(&own, labels(), Self::lag);
        own
    }

    pub fn now(&self) -> Micros {
        self.clock.now()
    }

    pub fn connected(&self, connected: bool) {
        self.connected.store(connected, Relaxed);
    }

    pub fn reached(&self, reached: Reached) {
        self.revision.store(reached.revision, Relaxed);
        self.as_of.store(reached.as_of, Relaxed);
    }

    pub fn reset(&self) {
        metrics::FOLLOWER_RESETS.add(1, self.labels.clone());
    }

    /// The lag in seconds. The committing service's clock may be a little ahead.
    fn lag(&self) -> f64 {
        let lag = self.clock.now().saturating_sub(self.as_of.load(Relaxed)).max(0);
        lag as f64 / 1e6
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_committed_a_while_ago_is_as_old_and_a_clock_that_is_ahead_is_not_early() {
        let own = FollowerProgress::new("registry", "scheduling", Clock::system());
        own.reached(Reached { revision: 7, as_of: own.now() - 5_000_000 });
        assert!(own.lag() >= 5.0, "{}", own.lag());
        own.reached(Reached { revision: 8, as_of: own.now() + 60_000_000 });
        assert!(own.lag() <= 0.0, "{}", own.lag());
    }
}
