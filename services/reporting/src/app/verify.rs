//! Rebuilds the projections from the inbox, in memory beside the live ones, and compares them.

use mpp_core::Result;
use mpp_store::{Db, Read};

use super::Reporting;
use crate::{
    model::{Key, Rows, Written, differences, digest, project},
    store,
};

/// Live and rebuilt rows of one moment.
pub struct Both {
    live: Written,
    rebuilt: Written,
    /// Events in the inbox.
    inbox_count: i64,
    /// The inbox's last number.
    pub inbox_head: i64,
}

impl Both {
    /// The rows that differ: projection and key.
    pub fn differing(&self) -> impl Iterator<Item = &Key> {
        let changed = self.live.iter().filter(|(key, row)| self.rebuilt.get(*key) != Some(row));
        let lost = self.rebuilt.keys().filter(|key| !self.live.contains_key(*key));
        changed.map(|(key, _)| key).chain(lost)
    }

    /// How many rows there are.
    pub fn count(&self) -> usize {
        self.live.len()
    }
}

/// Reads and rebuilds all, in one snapshot.
///
/// # Errors
/// `UNAVAILABLE` if the database is away; internal if a document cannot be read.
pub async fn rows(db: &Db) -> Result<Both> {
    let mut read = db.read().await?;
    let (mut rebuilt, inbox_count, inbox_head) = rebuild(&mut read).await?;
    let mut live = live(&mut read).await?;
    read.end().await?;
    // A row that has gone stays without a value, so that memories hear of it.
    rebuilt.retain(|_, row| row.is_some());
    live.retain(|_, row| row.is_some());
    Ok(Both { live, rebuilt, inbox_count, inbox_head })
}

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
    /// The same as [`rows`].
    pub async fn verify(&self) -> Result<Verified> {
        let Both { live, rebuilt, inbox_count, .. } = rows(&self.db).await?;
        Ok(Verified {
            live_digest: digest(&live),
            rebuilt_digest: digest(&rebuilt),
            inbox_count,
            differences: differences(&live, &rebuilt),
        })
    }
}

async fn rebuild(read: &mut Read) -> Result<(Written, i64, i64)> {
    let mut rows = Rows::empty();
    let (mut last, mut count) = (0, 0);
    loop {
        let events = store::events_after(read.conn(), last).await?;
        if events.is_empty() {
            return Ok((rows.into_written(), count, last));
        }
        for (seq, event) in &events {
            project(&mut rows, event)?;
            last = *seq;
            count += 1;
        }
        tokio::task::yield_now().await;
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
