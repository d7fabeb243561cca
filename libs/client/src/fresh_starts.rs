//! When a copy that differs from its source may start again.

use std::time::Duration;

use mpp_core::Backoff;
use tokio::time::Instant;

/// The first and the longest pause between two fresh starts of a copy that differs. No settings:
/// the first start comes at once, and mends it unless something else is wrong.
const FIRST_START: Duration = Duration::from_secs(60);
const LONGEST_START: Duration = Duration::from_secs(3600);

/// When a copy that differs from its source may start again: at once the first time. If that does
/// not help, the next times come ever more seldom, so that a fault does not make it read its whole
/// state again and again.
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

    /// True if the copy may start again now, which then counts as done.
    pub fn may_start(&mut self, now: Instant) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_that_keeps_differing_starts_again_ever_more_seldom() {
        let begin = Instant::now();
        let mut starts = FreshStarts::new(begin);
        let hours: Vec<usize> = (0..10)
            .map(|hour| {
                let seconds = hour * 3600..(hour + 1) * 3600;
                let each = seconds.map(|at| begin + Duration::from_secs(at));
                each.filter(|now| starts.may_start(*now)).count()
            })
            .collect();
        assert!((5..=8).contains(&hours[0]), "{hours:?}");
        assert!(hours[2..].iter().all(|starts| *starts <= 2), "{hours:?}");
        let later = begin + Duration::from_secs(20 * 3600);
        assert!(starts.may_start(later) && !starts.may_start(later));
        assert!(starts.may_start(later + FIRST_START), "it was well for hours");
    }
}
