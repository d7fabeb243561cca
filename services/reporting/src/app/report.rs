//! A report of any day, as it was known at any time.

use mpp_api::reporting::Report;
use mpp_core::Result;

use super::Reporting;
use crate::{memory::Reached, model::Question};

impl Reporting {
    /// Waits until both feeds have been read up to the revisions `feeds`.
    ///
    /// # Errors
    /// A wrong field of the question, before it waits; `LINEAGE_CHANGED` if a feed's service has
    /// no such revision; `UNAVAILABLE` while the server drains.
    pub async fn report(&self, question: Question, feeds: [i64; 2]) -> Result<Report> {
        question.check()?;
        self.wait_for(Reached { feeds, ..Reached::default() }).await?;
        self.memory.report(&Question { now: self.memory.now(), ..question })
    }
}
