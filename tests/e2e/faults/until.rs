//! How long citizens and officers go on.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering::SeqCst},
};

/// Waits until everything is calm and the story's subject has happened, which on a busy machine may
/// take longer than the kills do. Clones share it.
#[derive(Clone)]
pub struct Until {
    calm: Arc<AtomicBool>,
    happened: Arc<AtomicBool>,
}

impl Until {
    pub fn calm(calm: Arc<AtomicBool>) -> Self {
        Self { calm, happened: Arc::default() }
    }

    /// It has happened, to one of them at least.
    pub fn happens(&self) {
        self.happened.store(true, SeqCst);
    }

    pub fn is_over(&self) -> bool {
        self.calm.load(SeqCst) && self.happened.load(SeqCst)
    }
}
