//! What becomes of what is read: sent, known, waiting for a comparison, or kept as a problem.

use mpp_core::Result;
use mpp_form::record::known_as;

use super::{KEPT_AT_ONCE, Session};
use crate::{app::survey::New, source::Yielded};

impl Session<'_> {
    pub(super) async fn take_up(&mut self, found: Yielded) -> Result<()> {
        if let Some(new) = self.survey.take_up(found) {
            self.add(new).await?;
        }
        // Stored one by one, each problem would wait for the disk.
        if self.survey.problems.len() < KEPT_AT_ONCE { Ok(()) } else { self.flush().await }
    }

    /// Takes up a record that the registry has to see.
    async fn add(&mut self, New { record, digest, found_at }: New) -> Result<()> {
        if let Err(error) = self.limits.check(&record) {
            self.survey.keep_invalid(&found_at, &known_as(&record), &error);
            return Ok(());
        }
        if let Some(comparison) = &mut self.comparison {
            return comparison.add(&record, digest);
        }
        match self.gathered.add(record, digest, self.limits) {
            Some(full) => self.send(full).await,
            None => Ok(()),
        }
    }
}
