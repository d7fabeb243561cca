//! Whether each feed is read in time. The database only has the last note of the replica that reads
//! the feed, which stays as it is if none does: so each replica asks the upstream itself how far it
//! is, and looks whether the notes go on. Time is measured by the process, since clocks may stand
//! still or be set back.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use mpp_core::Micros;

use crate::model::{FeedState, Pace, Upstream};

/// Notes that may be missing before a feed counts as read by nobody.
const MISSED: u32 = 4;

/// The states that a replica has seen of each feed, in the order of [`Upstream::ALL`].
#[derive(Debug, Default)]
pub struct Paces(Mutex<[SeenPace; 2]>);

#[derive(Debug, Default)]
struct SeenPace {
    /// The upstream's head.
    head: i64,
    /// A revision that should be read soon, and since when.
    due: Option<(i64, Instant, Micros)>,
    /// The notes counted so far.
    beats: Option<i64>,
    /// When the last came; `None` before one has come since this replica began.
    noted: Option<Instant>,
}

impl Paces {
    /// Notes where the upstream says that it stands.
    pub fn hear(&self, feed: Upstream, head: i64) {
        self.lock()[feed as usize].head = head;
    }

    /// Whether the feeds are read in time, judged at `now`: changes that were committed `tolerated`
    /// ago must have been read, and notes come within `silence`.
    pub fn judge(
        &self,
        feeds: &[FeedState; 2],
        now: Micros,
        tolerated: Duration,
        silence: Duration,
    ) -> [Pace; 2] {
        let mut seen = self.lock();
        Upstream::ALL.map(|feed| {
            let seen = &mut seen[feed as usize];
            seen.look(&feeds[feed as usize], now);
            Pace {
                head: seen.head,
                behind_since: seen.behind_since(tolerated),
                silent: seen.noted.is_none_or(|at| at.elapsed() > silence * MISSED),
            }
        })
    }

    fn lock(&self) -> MutexGuard<'_, [SeenPace; 2]> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SeenPace {
    fn look(&mut self, feed: &FeedState, now: Micros) {
        if self.beats.replace(feed.beats).is_some_and(|before| before != feed.beats) {
            self.noted = Some(Instant::now());
        }
        // If the head fell, the upstream was restored: nothing above it will ever be read.
        if self.due.is_none_or(|(due, ..)| feed.revision >= due || due > self.head) {
            self.due = (self.head > feed.revision).then(|| (self.head, Instant::now(), now));
        }
    }

    fn behind_since(&self, tolerated: Duration) -> Option<Micros> {
        self.due.filter(|(_, since, _)| since.elapsed() >= tolerated).map(|(.., at)| at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    fn read_up_to(revision: i64, beats: i64) -> [FeedState; 2] {
        [FeedState { revision, beats, ..FeedState::default() }; 2]
    }

    #[test]
    fn what_is_on_its_way_is_not_behind_and_what_never_comes_is() {
        let paces = Paces::default();
        paces.hear(Upstream::Scheduling, 1_649);
        let at_once = |revision| paces.judge(&read_up_to(revision, 1), 7, Duration::ZERO, HOUR)[1];
        let in_time = |revision| paces.judge(&read_up_to(revision, 1), 9, HOUR, HOUR)[1];
        assert_eq!(in_time(1_643).behind_since, None, "it may be on its way");
        let late = at_once(1_643);
        assert_eq!((late.head, late.behind_since), (1_649, Some(9)));
        paces.hear(Upstream::Scheduling, 1_700);
        assert_eq!(at_once(1_648).behind_since, Some(9), "still the first that is missing");
        assert_eq!(at_once(1_700).behind_since, None, "it has all");
        paces.hear(Upstream::Scheduling, 1_600);
        assert_eq!(at_once(1_700).behind_since, None, "the upstream was restored");
    }

    #[test]
    fn a_feed_that_nobody_reads_is_silent_whatever_was_noted_before() {
        let paces = Paces::default();
        let silent = |beats| paces.judge(&read_up_to(1, beats), 0, HOUR, HOUR)[0].silent;
        assert!(silent(41), "noted before this replica began, by whoever read it then");
        assert!(silent(41));
        assert!(!silent(42));
        assert!(!silent(42), "an hour of silence is allowed here");
        assert!(paces.judge(&read_up_to(1, 42), 0, HOUR, Duration::ZERO)[0].silent);
    }
}
