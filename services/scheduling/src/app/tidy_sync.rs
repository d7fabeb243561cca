//! Lets go of what federation keeps and nobody asks for again.

use mpp_core::Result;
use mpp_sync::{forget_answers, forget_sources};

use super::Scheduling;
use crate::store::own_name;

impl Scheduling {
    /// Forgets old answers, and what is kept of sources that the registry has no more. The memory
    /// must be whole.
    ///
    /// # Errors
    /// `UNAVAILABLE` or `WRITE_CONFLICT`, as the database answers.
    pub async fn tidy_sync(&self) -> Result<()> {
        forget_answers(&self.db, &self.sync.policy, &own_name()).await?;
        forget_sources(&self.db, &own_name(), |source| self.knows_source(source)).await
    }
}
