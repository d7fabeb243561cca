//! What the registry has and this replica has not projected yet: see `mpp_rpc::Upstream`.

use std::sync::Arc;

use mpp_core::Result;
use mpp_rpc::Upstream;

use crate::memory::{Memory, Reached};

/// The registry, and this replica's memory of it.
pub struct Registry {
    /// The service itself.
    pub upstream: Upstream,
    /// What is known of it here.
    pub memory: Arc<Memory>,
}

impl Registry {
    /// What `look` finds in the memory; where that is something unknown, what it finds once the
    /// memory stands where the registry does.
    ///
    /// # Errors
    /// Those of `look`; `UNAVAILABLE` where the registry is away, so that nobody can tell.
    pub async fn known<T>(&self, look: impl Fn(&Memory) -> Result<T>) -> Result<T> {
        let reached = |revision| self.memory.wait_for(Reached { seq: 0, feeds: [revision, 0] });
        self.upstream.ask(|| look(&self.memory), reached).await
    }
}
