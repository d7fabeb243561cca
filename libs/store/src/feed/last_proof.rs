//! When a copy was last compared with what it should hold.

use std::sync::Arc;

use mpp_core::Micros;
use tokio::sync::watch;

/// When something was last compared, and how that went. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct LastProof(Arc<watch::Sender<Option<(Micros, bool)>>>);

impl LastProof {
    /// Notes that it was compared at this time, and whether it was equal.
    pub fn note(&self, at: Micros, is_equal: bool) {
        self.0.send_replace(Some((at, is_equal)));
    }

    /// When it was compared, and whether it was found equal.
    pub fn last(&self) -> Option<(Micros, bool)> {
        *self.0.borrow()
    }
}
