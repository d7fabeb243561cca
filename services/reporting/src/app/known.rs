//! Records that the registry has and this replica has not projected yet: see `mpp_rpc::Upstream`.

use std::sync::Arc;

use mpp_core::Result;
use mpp_rpc::Upstream;

use crate::memory::{Memory, Reached};

/// The registry, and this replica's memory of it.
pub struct Registry {
    /// The service itself.
    pub upstream: Upstream,
    /// The records that are known here.
    pub memory: Arc<Memory>,
}

impl Registry {
    /// Runs `look` on the memory. If it names something unknown, runs it again once the memory
    /// stands where the registry does.
    ///
    /// # Errors
    /// The errors of `look`; `UNAVAILABLE` if the registry is away and cannot be asked.
    pub async fn known<T>(&self, look: impl Fn(&Memory) -> Result<T>) -> Result<T> {
        let reached = |revision| self.memory.wait_for(Reached { seq: 0, feeds: [revision, 0] });
        self.upstream.ask(|| look(&self.memory), reached).await
    }
}
