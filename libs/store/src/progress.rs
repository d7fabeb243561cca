//! How far a repair has come, for whoever waits for it.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering::Relaxed},
};

/// What a repair has mended for good so far, and how much is left to do. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<ProgressCounts>);

#[derive(Debug, Default)]
struct ProgressCounts {
    mended: AtomicI64,
    remaining: AtomicI64,
}

impl Progress {
    /// Counts rows that were found and have to be mended.
    pub fn found(&self, rows: i64) {
        self.0.remaining.fetch_add(rows, Relaxed);
    }

    /// Counts rows that are mended and committed.
    pub fn mended(&self, rows: i64) {
        self.0.mended.fetch_add(rows, Relaxed);
        self.left(rows);
    }

    /// Counts rows that no longer need mending, or cannot be mended.
    pub fn left(&self, rows: i64) {
        self.0.remaining.fetch_sub(rows, Relaxed);
    }

    /// How many are mended.
    pub fn count(&self) -> i64 {
        self.0.mended.load(Relaxed)
    }

    /// How many are left to do, as far as the repair has looked.
    pub fn remaining(&self) -> i64 {
        self.0.remaining.load(Relaxed).max(0)
    }
}
