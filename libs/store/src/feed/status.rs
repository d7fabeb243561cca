//! The feed's position, and a digest that tells two copies apart.

use mpp_core::{Digest as Held, Error, Result, hex};
use sha2::Digest as _;

use super::{
    handle::Feed,
    own::{self, OwnRecords},
    past,
};
use crate::metrics;

/// The position of a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stand {
    /// The last committed revision.
    pub head_revision: i64,
    /// The mark that was drawn with it.
    pub head_mark: i64,
    /// Positions below it are compacted.
    pub floor_revision: i64,
}

/// The feed's position and the state's digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The last committed revision.
    pub head_revision: i64,
    /// The mark that was drawn with it: two databases have the same history up to a revision
    /// exactly where it bears the same mark in both.
    pub head_mark: i64,
    /// Positions below it are compacted.
    pub floor_revision: i64,
    /// SHA-256 over (kind, name, version, document) of all living records, in order.
    pub state_digest: String,
    /// The living records.
    pub own: OwnRecords,
    /// The digests at the earlier revisions that were asked for, as far as the feed reaches back.
    pub past: Vec<(i64, Held)>,
}

impl Feed {
    /// Its position in the database, which a replica may not have followed to its end.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the database is away.
    pub async fn stand(&self) -> Result<Stand> {
        let snapshot = self.0.db.read().await?;
        let (head, floor_revision) = (snapshot.head(), snapshot.floor());
        snapshot.end().await?;
        Ok(Stand { head_revision: head.revision, head_mark: head.mark, floor_revision })
    }

    /// Reads all living records from one snapshot; few calls do so at a time. Tells also the
    /// digests at earlier `revisions`.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the database is away.
    pub async fn status(&self, revisions: &[i64]) -> Result<Status> {
        let _permit = self.0.states.acquire().await.map_err(Error::internal)?;
        let mut snapshot = self.0.db.read().await?;
        let (own, hash) = own::read(&mut snapshot, self.0.options.message_bytes).await?;
        let past = past::digests(&mut snapshot, &own.contents.versions, revisions).await?;
        let status = Status {
            head_revision: snapshot.revision(),
            head_mark: snapshot.head().mark,
            floor_revision: snapshot.floor(),
            state_digest: hex(&hash.finalize()),
            own,
            past,
        };
        snapshot.end().await?;
        self.tell_altered(&status.own);
        Ok(status)
    }

    fn tell_altered(&self, own: &OwnRecords) {
        for (kind, altered) in &own.altered {
            metrics::altered(self.0.db.name(), kind, &altered.names, altered.count);
        }
    }
}
