//! The use cases, one file each.

pub mod copies;
pub mod filters;
mod known;
mod lost;
mod mall;
pub mod projections;
mod report;
mod verify;
mod watch;

use std::sync::Arc;

use mpp_core::{Error, Micros, Reason, Result};
use mpp_store::Db;
use tokio_util::sync::CancellationToken;

pub use known::Registry;
pub use lost::Lost;

use crate::memory::{Memory, Reached};

/// A replica of reporting: every use case works on its memory.
pub struct Reporting {
    /// The memory that answers come from.
    pub memory: Arc<Memory>,
    /// Knows the records that have not reached the memory yet.
    pub registry: Arc<Registry>,
    /// The database, for comparing the projections.
    pub db: Db,
    /// Knows revisions that never come, so that waits for them end.
    pub lost: Lost,
    /// Ends every wait and stream.
    pub shutdown: CancellationToken,
}

impl Reporting {
    /// The time by the process's clock; a report for which no day is given is of this time.
    pub fn now(&self) -> Micros {
        self.memory.now()
    }

    /// Waits until the memory has reached `least`, or the server drains; the caller's deadline
    /// bounds it, and meanwhile it does not take a place from calls that could be answered.
    async fn wait_for(&self, least: Reached) -> Result<()> {
        let reached = async {
            tokio::select! {
                biased;
                () = self.memory.wait_for(least) => Ok(()),
                error = self.lost.is_known(&self.memory, &self.db, least) => Err(error),
                () = self.shutdown.cancelled() => Err(draining()),
            }
        };
        mpp_rpc::waiting(reached).await?
    }
}

fn draining() -> Error {
    Error::new(Reason::Unavailable, "the server drains; connect again")
}
