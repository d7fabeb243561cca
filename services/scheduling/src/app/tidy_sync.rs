//! Forgets what federation keeps and nobody will ask for again.

use mpp_core::Result;
use mpp_sync::{forget_answers, forget_source, kept_sources};

use super::Scheduling;
use crate::store::own_name;

impl Scheduling {
    /// Forgets old answers, and what is kept of sources that were deleted in the registry. That
    /// this replica does not know a source is not enough: its copy may lag, or be another version's
    /// or a damaged one. So the registry is asked about each.
    ///
    /// # Errors
    /// `UNAVAILABLE` or `WRITE_CONFLICT`, as the database answers; `UNAVAILABLE` where the registry
    /// cannot be asked: then nothing is forgotten.
    pub async fn tidy_sync(&self) -> Result<()> {
        forget_answers(&self.db, &self.sync.policy, &own_name()).await?;
        for source in kept_sources(&self.db).await? {
            if self.knows_source(&source) {
                continue;
            }
            if self.registry.has_deleted(&source).await? {
                forget_source(&self.db, &own_name(), &source).await?;
            } else {
                tracing::warn!(source, "not known here, and not deleted in the registry: kept");
            }
        }
        Ok(())
    }
}
