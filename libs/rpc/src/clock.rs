//! Checks the clock. On PostgreSQL it is compared with the database's, which all replicas share. On
//! SQLite there is only one clock, which is compared with the newest commit, made in its past, and
//! with the kernel's count of time since the machine was started, which cannot be set.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering::Relaxed},
};

use mpp_core::{Clock, Micros};
use mpp_store::{ClockReading, Db};
use rustix::time::{ClockId, clock_gettime};

use crate::{Component, HealthPolicy, metrics::CLOCK_OFFSET};

/// Keeps the component "clock" up to date.
pub(crate) struct ClockWatch {
    component: Component,
    policy: HealthPolicy,
    clock: Clock,
    sqlite: bool,
    off: bool,
    /// The lead of the system's clock over the kernel's count when the clock was last right.
    steady: Option<Micros>,
    /// When it was first seen that somebody had set it, by the kernel's count.
    set_at: Option<Micros>,
    /// How far it was ahead when it was last looked at.
    ahead: Arc<AtomicI64>,
}

impl ClockWatch {
    pub(crate) fn new(component: Component, db: &Db) -> Self {
        let (clock, policy) = (db.clock().clone(), component.readiness().policy());
        let ahead = Arc::default();
        CLOCK_OFFSET
            .observe(&ahead, [db.name()], |ahead: &AtomicI64| ahead.load(Relaxed) as f64 / 1e6);
        let (sqlite, off) = (db.is_sqlite(), false);
        Self { component, policy, clock, sqlite, off, steady: None, set_at: None, ahead }
    }

    /// Judges the clock by the times that a look at the database has found.
    pub(crate) fn compare(&mut self, seen: &ClockReading) {
        let (ahead, why) = match (self.sqlite, self.clock.shift()) {
            (false, _) => (seen.here - seen.there, "the database's; see its NTP"),
            (true, Some(shift)) => self.compare_with_past(seen, since_start(), shift),
            // A stopped clock is set by the test that reads it.
            (true, None) => (0, ""),
        };
        self.warn(ahead, why);
    }

    /// How far it is ahead of where it should be, and of what.
    fn compare_with_past(
        &mut self,
        seen: &ClockReading,
        kernel: Micros,
        shift: Micros,
    ) -> (Micros, &'static str) {
        let counted = seen.here - shift - kernel;
        let jumped = counted - *self.steady.get_or_insert(counted);
        let behind = seen.newest.map_or(0, |newest| (seen.here - newest).min(0));
        if behind < -self.limit() && !self.clock.is_trusted() {
            return (
                behind,
                "the newest commit; set it right (NTP). If it is right, and was wrong when that \
                 was written, start again with --clock-is-right",
            );
        }
        if jumped.abs() <= self.limit() || self.has_settled(kernel) {
            // The clock may be led to the right time slowly.
            (self.steady, self.set_at) = (Some(counted), None);
            return (0, "");
        }
        (
            jumped,
            "where it was while mpp ran: it has been set. Set it right (NTP); if it is right now, start \
             mpp again, or wait: it is taken for right after some minutes (`mpp policy`: \
             health.clock_settles_seconds)",
        )
    }

    fn has_settled(&mut self, kernel: Micros) -> bool {
        kernel - *self.set_at.get_or_insert(kernel) >= self.policy.clock_settles()
    }

    fn limit(&self) -> Micros {
        let limit = self.policy.clock_off();
        if self.off { limit / 2 } else { limit }
    }

    fn warn(&mut self, ahead: Micros, of: &str) {
        self.ahead.store(ahead, Relaxed);
        self.off = ahead.abs() > self.limit();
        if !self.off {
            return self.component.up();
        }
        let way = if ahead > 0 { "ahead of" } else { "behind" };
        self.component.down(&format!("this machine's clock is {} {way} {of}", apart(ahead)));
    }
}

/// Microseconds since the machine was started, its sleep included.
fn since_start() -> Micros {
    let now = clock_gettime(ClockId::Boottime);
    now.tv_sec * 1_000_000 + now.tv_nsec / 1_000
}

/// How long that is, for people: "3100 ms", "3 days 2 h".
fn apart(micros: Micros) -> String {
    let seconds = micros.unsigned_abs() / 1_000_000;
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{} ms", micros.unsigned_abs() / 1_000),
        (0, 0, _) => format!("{minutes} min {} s", seconds % 60),
        (0, ..) => format!("{hours} h {minutes} min"),
        _ => format!("{days} days {hours} h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Readiness;

    const S: Micros = 1_000_000;

    fn watch(sqlite: bool) -> (Readiness, ClockWatch) {
        let policy = HealthPolicy { fault_counts_millis: 0, ..HealthPolicy::default() };
        let readiness = Readiness::new(policy.clone());
        let (component, clock) = (readiness.component("clock"), Clock::system());
        let (off, steady, set_at, ahead) = (false, None, None, Arc::default());
        let watch = ClockWatch { component, policy, clock, sqlite, off, steady, set_at, ahead };
        (readiness, watch)
    }

    fn missing(readiness: &Readiness) -> String {
        readiness.missing().remove("clock").unwrap_or_default()
    }

    #[test]
    fn a_clock_that_is_off_is_missing_with_its_distance_until_it_is_well_within_the_limit() {
        let (readiness, mut watch) = watch(false);
        let mut at = |there| {
            watch.compare(&ClockReading { here: 10 * S, there, newest: None });
            missing(&readiness)
        };
        assert_eq!(at(11 * S), "");
        assert!(at(13_100_000).contains("3100 ms behind the database's"));
        assert!(!at(11_500_000).is_empty(), "at the limit it does not come and go");
        assert_eq!(at(10_900_000), "");
    }

    #[test]
    fn on_sqlite_a_commit_of_the_future_tells_that_the_clock_was_set_back() {
        let (readiness, mut watch) = watch(true);
        let day = 86_400 * S;
        let mut at = |here: Micros, trusted: bool| {
            watch.clock = if trusted { Clock::system().trusted() } else { Clock::system() };
            let seen = ClockReading { here, there: here, newest: Some(10 * day) };
            let (ahead, of) = watch.compare_with_past(&seen, here, 0);
            watch.warn(ahead, of);
            missing(&readiness)
        };
        assert_eq!(at(11 * day, false), "");
        let why = at(7 * day, false);
        assert!(why.contains("3 days 0 h behind the newest commit"), "{why}");
        assert_eq!(at(7 * day, true), "", "--clock-is-right");
        assert!(!at(7 * day, false).is_empty());
        assert_eq!(at(10 * day, false), "", "it is right again");
    }

    #[test]
    fn on_sqlite_a_clock_that_is_set_while_it_runs_is_noticed_until_it_is_set_back() {
        let (readiness, mut watch) = watch(true);
        let mut at = |here: Micros, kernel: Micros| {
            let seen = ClockReading { here, there: here, newest: None };
            let (ahead, of) = watch.compare_with_past(&seen, kernel, 0);
            watch.warn(ahead, of);
            missing(&readiness)
        };
        assert_eq!(at(1000 * S, 10 * S), "");
        assert_eq!(at(1003 * S, 12 * S), "", "led slowly");
        let why = at(8203 * S, 14 * S);
        assert!(why.contains("1 h 59 min ahead of where it was"), "{why}");
        assert!(!at(8213 * S, 24 * S).is_empty(), "it stays told");
        assert_eq!(at(1017 * S, 26 * S), "", "it was set back");
        assert!(!at(8217 * S, 28 * S).is_empty(), "and set again");
        assert!(!at(8807 * S, 618 * S).is_empty());
        assert_eq!(at(8818 * S, 629 * S), "", "it has stayed so, and is taken for right");
        assert_eq!(at(8820 * S, 631 * S), "");
    }
}
