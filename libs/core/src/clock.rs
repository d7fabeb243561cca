//! The clock. Everything that asks what time it is asks a [`Clock`], so that tests can choose the
//! time and `mpp up --at` can show Ramadan in November.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// Microseconds since 1970 in UTC.
pub type Micros = i64;

/// Tells the time. Clones tell the same time.
#[derive(Clone, Debug)]
pub struct Clock {
    /// The offset from the system's time; for a stopped clock, the time itself.
    shift: Arc<AtomicI64>,
    running: bool,
    /// Somebody has said that it is right, whatever stored times say.
    trusted: bool,
}

impl Clock {
    /// The system's time.
    pub fn system() -> Self {
        Self { shift: Arc::new(AtomicI64::new(0)), running: true, trusted: false }
    }

    /// Runs on from `start`, as if it were that time now.
    pub fn starting_at(start: Micros) -> Self {
        Self { shift: Arc::new(AtomicI64::new(start - system_now())), ..Self::system() }
    }

    /// Stands at `time` until it is set.
    pub fn stopped_at(time: Micros) -> Self {
        Self { shift: Arc::new(AtomicI64::new(time)), running: false, trusted: false }
    }

    /// The same clock, which is right even where stored times lie ahead of it: they were written by
    /// one that was wrong.
    #[must_use]
    pub fn trusted(self) -> Self {
        Self { trusted: true, ..self }
    }

    /// True if somebody has said that it is right.
    pub fn is_trusted(&self) -> bool {
        self.trusted
    }

    /// Sets a clock that stands.
    pub fn set(&self, time: Micros) {
        debug_assert!(!self.running, "only a stopped clock is set");
        self.shift.store(time, Ordering::SeqCst);
    }

    /// Moves the clock, of either kind, by this many microseconds.
    pub fn advance(&self, by: Micros) {
        self.shift.fetch_add(by, Ordering::SeqCst);
    }

    /// How far it is from the system's time, in microseconds; `None` for a clock that stands.
    pub fn shift(&self) -> Option<Micros> {
        self.running.then(|| self.shift.load(Ordering::SeqCst))
    }

    /// The time now.
    pub fn now(&self) -> Micros {
        let shift = self.shift.load(Ordering::SeqCst);
        if self.running { system_now() + shift } else { shift }
    }

    /// The time now, in the system's own type; times before 1970 are 1970.
    pub fn system_time(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_micros(u64::try_from(self.now()).unwrap_or(0))
    }
}

/// The one place that reads the system's clock; `.clippy.toml` bans the others.
#[allow(clippy::disallowed_methods)]
fn system_now() -> Micros {
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_micros()).unwrap_or(i64::MAX),
        Err(before) => -i64::try_from(before.duration().as_micros()).unwrap_or(i64::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stopped_clock_stands_until_it_is_moved() {
        let clock = Clock::stopped_at(1_000);
        assert_eq!(clock.now(), 1_000);
        clock.clone().advance(500);
        assert_eq!(clock.now(), 1_500);
    }

    #[test]
    fn a_shifted_clock_runs_on() {
        let clock = Clock::starting_at(0);
        let first = clock.now();
        assert!((0..60_000_000).contains(&first));
        assert!(clock.now() >= first);
    }
}
