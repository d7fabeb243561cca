//! One mall in full.

use mpp_api::reporting::MallDetail;
use mpp_core::{Result, check_name};

use super::Reporting;
use crate::memory::Reached;

impl Reporting {
    /// Waits until this replica has read as much as the one whose report named `detail_revision`.
    ///
    /// # Errors
    /// A name of another form; `NOT_FOUND`; `LINEAGE_CHANGED` if no replica has read that much;
    /// `UNAVAILABLE` while the server drains.
    pub async fn mall(&self, name: &str, detail_revision: i64) -> Result<MallDetail> {
        check_name(name, &["malls"], "mall")?;
        self.wait_for(Reached { seq: detail_revision, ..Reached::default() }).await?;
        self.registry.known(|memory| memory.mall(name)).await
    }
}
