//! Rebuilds the projections from the inbox, in memory beside the live ones, and compares them.

use mpp_core::Result;
use mpp_store::Read;

use super::Reporting;
use crate::{
    model::{Rows, Written, differences, digest, project},
    store,
};

/// The comparison of live and rebuilt rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// SHA-256 over the live rows in order.
    pub live_digest: String,
    /// The same of the rebuilt rows.
    pub rebuilt_digest: String,
    /// Events in the inbox.
    pub inbox_count: i64,
    /// The first rows that differ.
    pub differences: Vec<String>,
}

impl Reporting {
    /// Compares, in one snapshot.
    ///
    /// # Errors
    /// `UNAVAILABLE` where the database is away; internal where a document cannot be read.
    pub async fn verify(&self) -> Result<Verified> {
        let mut read = self.db.read().await?;
        let (rebuilt, inbox_count) = rebuild(&mut read).await?;
        let live = live(&mut read).await?;
        Ok(Verified {
            live_digest: digest(&live),
            rebuilt_digest: digest(&rebuilt),
            inbox_count,
            differences: differences(&live, &rebuilt),
        })
    }
}

async fn rebuild(read: &mut Read) -> Result<(Written, i64)> {
    let mut rows = Rows::empty();
    let (mut last, mut count) = (0, 0);
    loop {
        let events = store::events_after(read.conn(), last).await?;
        if events.is_empty() {
            return Ok((rows.into_written(), count));
        }
        for (seq, event) in &events {
            project(&mut rows, event)?;
            last = *seq;
            count += 1;
        }
    }
}

async fn live(read: &mut Read) -> Result<Written> {
    let mut rows = Written::new();
    loop {
        let page = store::rows_after(read, rows.keys().next_back()).await?;
        if page.is_empty() {
            return Ok(rows);
        }
        rows.extend(page);
    }
}
