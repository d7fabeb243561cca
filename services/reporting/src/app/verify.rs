//! Rebuilds the projections from the inbox, in memory beside the live ones, and compares them.

use mpp_core::Result;
use mpp_store::Db;

use super::{
    Reporting,
    projections::{Projected, live, project_after},
};
use crate::model::{Key, Rows, Written, differences, differing, digest};

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
        differing(&self.live, &self.rebuilt)
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
    let mut rows = Rows::empty();
    let inbox = project_after(read.conn(), &mut rows, Projected::default()).await?;
    let (mut rebuilt, mut live) = (rows.into_written(), live(&mut read).await?);
    read.end().await?;
    rebuilt.retain(|_, row| row.is_some());
    live.retain(|_, row| row.is_some());
    Ok(Both { live, rebuilt, inbox_count: inbox.count, inbox_head: inbox.last })
}

/// The comparison of live and rebuilt rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// SHA-256 over the live rows in order.
    pub live_digest: String,
    /// The same for the rebuilt rows.
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
