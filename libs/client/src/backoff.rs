//! How long to wait before a further try, and whether there may be one.

use std::{
    sync::atomic::{AtomicU32, Ordering::Relaxed},
    time::Duration,
};

use tokio::time::Instant;

/// Pauses that double, each with jitter.
#[derive(Clone, Debug)]
pub struct Backoff {
    first: Duration,
    longest: Duration,
    next: Duration,
}

impl Backoff {
    /// From `first` to `longest`.
    pub fn new(first: Duration, longest: Duration) -> Self {
        Self { first, longest, next: first }
    }

    /// The next pause: between half and all of a length that doubles each time, so that those who
    /// lost the same server do not come back at once.
    pub fn pause(&mut self) -> Duration {
        let pause = self.next.min(self.longest);
        self.next = (pause * 2).min(self.longest);
        pause.mul_f64(rand::random_range(0.5..1.0))
    }

    /// Begins again with the shortest, after something went well.
    pub fn reset(&mut self) {
        self.next = self.first;
    }
}

/// The first and the longest pause between two fresh starts of a copy that differs.
const FIRST_START: Duration = Duration::from_secs(60);
const LONGEST_START: Duration = Duration::from_secs(3600);

/// When a copy that differs from its source may start again: at once the first time. Where that
/// does not help, the next times come ever more seldom, so that what is at fault does not make a
/// copy read its whole state again and again.
#[derive(Debug)]
pub struct FreshStarts {
    pauses: Backoff,
    next: Instant,
}

impl FreshStarts {
    /// The first start may be made at once.
    pub fn new(now: Instant) -> Self {
        Self { pauses: Backoff::new(FIRST_START, LONGEST_START), next: now }
    }

    /// True where the copy may start again now, which then counts as done.
    pub fn take(&mut self, now: Instant) -> bool {
        if now < self.next {
            return false;
        }
        if now.duration_since(self.next) > LONGEST_START {
            self.pauses.reset();
        }
        self.next = now + self.pauses.pause();
        true
    }
}

/// A tenth of a repeat.
const PART: u32 = 1;
const WHOLE: u32 = 10 * PART;

/// The retry budget of a client, over all its calls.
#[derive(Debug)]
pub(crate) struct Budget {
    full: u32,
    left: AtomicU32,
}

impl Budget {
    pub(crate) fn new(spare_repeats: u32) -> Self {
        let full = spare_repeats.saturating_mul(WHOLE);
        Self { full, left: AtomicU32::new(full) }
    }

    /// Takes one repeat out; false if there is none.
    pub(crate) fn spend(&self) -> bool {
        self.left.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(WHOLE)).is_ok()
    }

    /// A call went well.
    pub(crate) fn earn(&self) {
        let more = |left| (left < self.full).then_some(left + PART);
        // A full one stays as it is.
        let _ = self.left.fetch_update(Relaxed, Relaxed, more);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_begin_anew_after_a_success() {
        let ms = Duration::from_millis;
        let mut backoff = Backoff::new(ms(100), ms(300));
        for longest in [100, 200, 300, 300] {
            let pause = backoff.pause();
            assert!(pause >= ms(longest) / 2 && pause <= ms(longest), "{pause:?} of {longest}");
        }
        backoff.reset();
        assert!(backoff.pause() <= ms(100));
    }

    #[test]
    fn a_copy_that_keeps_differing_starts_again_ever_more_seldom() {
        let begin = Instant::now();
        let mut starts = FreshStarts::new(begin);
        let hours: Vec<usize> = (0..10)
            .map(|hour| {
                let seconds = hour * 3600..(hour + 1) * 3600;
                let each = seconds.map(|at| begin + Duration::from_secs(at));
                each.filter(|now| starts.take(*now)).count()
            })
            .collect();
        assert!((5..=8).contains(&hours[0]), "{hours:?}");
        assert!(hours[2..].iter().all(|starts| *starts <= 2), "{hours:?}");
        let later = begin + Duration::from_secs(20 * 3600);
        assert!(starts.take(later) && !starts.take(later));
        assert!(starts.take(later + FIRST_START), "it was well for hours");
    }

    #[test]
    fn where_everything_fails_repeats_end_and_ten_successes_buy_one() {
        let budget = Budget::new(2);
        assert!(budget.spend() && budget.spend());
        assert!(!budget.spend(), "spent");
        (0..10).for_each(|_| budget.earn());
        assert!(budget.spend() && !budget.spend());
        (0..100).for_each(|_| budget.earn());
        assert!(budget.spend() && budget.spend() && !budget.spend(), "no more than at first");
    }
}
