//! The feed's position, and a digest by which two copies are told apart.

use std::fmt::Write as _;

use mpp_core::{Digest as Held, Error, Result};
use sha2::{Digest as _, Sha256};
use sqlx::Row as _;

use super::handle::Feed;
use crate::db_error;

/// Where a feed stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stand {
    /// The last committed revision.
    pub head_revision: i64,
    /// What was drawn with it.
    pub head_mark: i64,
    /// Positions below it are compacted.
    pub floor_revision: i64,
}

/// Records in one page of the digest.
const PAGE: i64 = 1_000;

/// The feed's position and the state's digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The last committed revision.
    pub head_revision: i64,
    /// What was drawn with it: two databases have the same history up to a revision exactly where
    /// it bears the same mark in both.
    pub head_mark: i64,
    /// Positions below it are compacted.
    pub floor_revision: i64,
    /// SHA-256 over (kind, name, version, document) of all living records, in order.
    pub state_digest: String,
    /// How many living records there are.
    pub record_count: i64,
    /// What is held of each kind.
    pub digest: Held,
}

/// Adds a record to a digest: each part with its length before it.
pub(crate) fn digest_record(hash: &mut Sha256, kind: &str, name: &str, version: i64, doc: &[u8]) {
    for part in [kind.as_bytes(), name.as_bytes(), &version.to_be_bytes(), doc] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
}

impl Feed {
    /// Where it stands in the database, which a replica may not have followed to its end.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the database is away.
    pub async fn stand(&self) -> Result<Stand> {
        let snapshot = self.0.db.read().await?;
        let (head, floor_revision) = (snapshot.head(), snapshot.floor());
        snapshot.end().await?;
        Ok(Stand { head_revision: head.revision, head_mark: head.mark, floor_revision })
    }

    /// Reads all living records from one snapshot; few do so at a time.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the database is away.
    pub async fn status(&self) -> Result<Status> {
        let _permit = self.0.states.acquire().await.map_err(Error::internal)?;
        let mut snapshot = self.0.db.read().await?;
        let (mut kind, mut name) = (String::new(), String::new());
        let (mut hash, mut digest) = (Sha256::new(), Held::default());
        loop {
            // Index: record's primary key.
            let rows = sqlx::query(
                "select kind, name, version, doc from record
                 where (kind, name) > ($1, $2) and deleted = 0 order by kind, name limit $3",
            )
            .bind(&kind)
            .bind(&name)
            .bind(PAGE)
            .fetch_all(snapshot.conn())
            .await
            .map_err(db_error)?;
            for row in &rows {
                kind = row.try_get("kind").map_err(db_error)?;
                name = row.try_get("name").map_err(db_error)?;
                let version = row.try_get("version").map_err(db_error)?;
                let doc: Vec<u8> = row.try_get("doc").map_err(db_error)?;
                digest_record(&mut hash, &kind, &name, version, &doc);
                digest.add(&kind, &name, version);
            }
            if rows.is_empty() {
                break;
            }
        }
        let status = Status {
            head_revision: snapshot.revision(),
            head_mark: snapshot.head().mark,
            floor_revision: snapshot.floor(),
            state_digest: hex(&hash.finalize()),
            record_count: digest.count(),
            digest,
        };
        snapshot.end().await?;
        Ok(status)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        // Writing to a String does not fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}
