//! One mall in full.

use mpp_api::reporting::MallDetail;
use mpp_core::Result;

use super::Reports;
use crate::memory::Reached;

impl Reports {
    /// Answers once this replica knows what the one that told the revision knew.
    ///
    /// # Errors
    /// `NOT_FOUND`; `UNAVAILABLE` while the server drains.
    pub async fn mall(&self, name: &str, detail_revision: i64) -> Result<MallDetail> {
        self.wait_for(Reached { seq: detail_revision, ..Reached::default() }).await?;
        self.memory.mall(name)
    }
}
