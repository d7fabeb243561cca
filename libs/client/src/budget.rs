//! The retry budget: how many repeats all calls of a client may make together.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// A tenth of a repeat.
const PART: u32 = 1;
/// One repeat.
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

    /// Earns a part of a repeat, since a call went well.
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
