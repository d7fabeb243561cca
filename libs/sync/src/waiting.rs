//! Records that wait, page by page.

use mpp_core::{Error, Result};
use mpp_resource::page::PageRequest;

use crate::{
    store::waiting::{self, Cause, Waiting},
    syncs::Syncs,
};

/// Records that wait.
#[derive(Debug, Default)]
pub struct WaitingPage {
    /// The records of this page, and the first one of the next.
    pub records: Vec<Waiting>,
    /// The causes, over all pages; those of most records first.
    pub causes: Vec<Cause>,
}

/// Where a record stands in the list: by its source, then its name. A blank stands before whatever
/// either is made of.
pub fn place(record: &Waiting) -> String {
    format!("{} {}", record.source, record.name)
}

impl WaitingPage {
    /// Records that wait or were refused since, over all pages.
    pub fn total(&self) -> i64 {
        self.causes.iter().map(|cause| cause.records).sum()
    }

    /// How many of them were refused.
    pub fn refused(&self) -> i64 {
        let refused = self.causes.iter().filter(|cause| cause.refused);
        refused.map(|cause| cause.records).sum()
    }

    /// The cause that records have waited for longest.
    pub fn oldest(&self) -> Option<&Cause> {
        let waits = self.causes.iter().filter(|cause| !cause.refused);
        waits.min_by_key(|cause| cause.oldest)
    }
}

/// The records that wait, of one source or, if that is empty, of all.
///
/// # Errors
/// `NOT_FOUND` for a source that does not exist; a page token that is not this list's;
/// `UNAVAILABLE` when the database is away.
pub async fn waiting<S: Syncs>(
    service: &S,
    source: &str,
    code: &str,
    page: &PageRequest,
) -> Result<WaitingPage> {
    if !source.is_empty() && !service.knows(source) {
        return Err(Error::not_found(source));
    }
    let after = page.position(|after| after.split_once(' '))?.unwrap_or_default();
    let mut db = service.db().read().await?;
    let records =
        waiting::page(db.conn(), source, code, after, page.size.saturating_add(1)).await?;
    let mut causes = waiting::causes(db.conn(), source).await?;
    db.end().await?;
    causes.retain(|cause| code.is_empty() || cause.code == code);
    causes.sort_by_key(|cause| std::cmp::Reverse(cause.records));
    Ok(WaitingPage { records, causes })
}
