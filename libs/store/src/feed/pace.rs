//! How often records are read again to prove their digest: a service's own by its feed, and the
//! copies of a feed that other services keep.

use std::time::Duration;

use tokio::time::Instant;

/// The pace of such readings. With many records they are rarer, so that reading takes a bounded
/// part of the time.
#[derive(Clone, Copy, Debug)]
pub struct ProofPace {
    /// The least time between two of them.
    pub least: Duration,
    /// They may take one part in so many of the time.
    pub part: u32,
}

impl ProofPace {
    /// When the next reading is due, after one that began at `began` and has just ended.
    pub fn after(&self, began: Instant) -> Instant {
        Instant::now() + (began.elapsed() * self.part).max(self.least)
    }
}
