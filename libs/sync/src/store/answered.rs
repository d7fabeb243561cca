//! Batches as they were answered, and those that were altered since.

use mpp_core::Result;
use mpp_store::{Conn, db_error};
use sqlx::{AssertSqlSafe, Row as _, any::AnyRow};
use tokio_stream::StreamExt as _;

use super::seal;

/// The columns of an answered batch that never change.
pub(super) struct AnsweredColumns {
    pub source: String,
    pub session: String,
    pub position: String,
    pub digest: Vec<u8>,
    /// Nonce, fencing token, sequence, time and mark.
    pub numbers: [i64; 5],
    /// Received, applied, unchanged, rejected and quarantined.
    pub counts: [i64; 5],
}

impl AnsweredColumns {
    fn read(row: &AnyRow) -> sqlx::Result<Self> {
        let number = |column| row.try_get::<i64, _>(column);
        Ok(Self {
            source: row.try_get("source")?,
            session: row.try_get("session")?,
            position: row.try_get("position")?,
            digest: row.try_get("digest")?,
            numbers: [
                number("nonce")?,
                number("fencing")?,
                number("sequence")?,
                number("at")?,
                number("mark")?,
            ],
            counts: [
                number("received")?,
                number("applied")?,
                number("unchanged")?,
                number("rejected")?,
                number("quarantined")?,
            ],
        })
    }

    /// The hash over these columns.
    pub fn seal(&self) -> i64 {
        let numbers = self.numbers.map(i64::to_be_bytes);
        let counts = self.counts.map(i64::to_be_bytes);
        seal::seal(&[
            self.source.as_bytes(),
            self.session.as_bytes(),
            self.position.as_bytes(),
            &self.digest,
            numbers.as_flattened(),
            counts.as_flattened(),
        ])
    }
}

/// A batch that is not as it was answered.
pub(super) struct AlteredBatch {
    pub source: String,
    pub session: String,
    pub nonce: i64,
    pub sequence: i64,
    /// The hash over the altered row.
    pub seal: i64,
}

/// How many batches a source has, beside their numbers, which have no gaps.
pub(super) struct Numbered {
    /// How many there are.
    pub batches: i64,
    /// The highest of their numbers.
    highest: i64,
    /// The last number that was given out, by the source's own row.
    pub last: i64,
    /// How many have no hash, because a program from before hashes answered them.
    unproven: i64,
}

impl Numbered {
    /// True if no batch is gone, and each has a hash.
    pub fn are_whole(&self) -> bool {
        self.batches == self.highest && self.highest == self.last && self.unproven == 0
    }
}

/// Counts a source's batches. Index: sync_batch_sequence.
pub(super) async fn numbered(conn: &mut Conn, source: &str) -> Result<Numbered> {
    let text = "select count(*) as batches, coalesce(max(sequence), 0) as highest,
                count(case when proof = 0 then 1 end) as unproven,
                (select sequence from sync_lease where source = $1) as last
                from sync_batch where source = $1";
    let row = sqlx::query(text).bind(source).fetch_one(conn).await.map_err(db_error)?;
    let number = |column: &str| row.try_get::<i64, _>(column).map_err(db_error);
    Ok(Numbered {
        batches: number("batches")?,
        highest: number("highest")?,
        last: number("last")?,
        unproven: number("unproven")?,
    })
}

/// The batches that were altered by hand, of the source `part` or, if that is empty, of all. Index:
/// sync_batch's primary key; scans the table for all.
pub(super) async fn altered(conn: &mut Conn, part: &str) -> Result<Vec<AlteredBatch>> {
    let text = format!(
        "select source, session, nonce, fencing, sequence, position, digest, received, applied,
                unchanged, rejected, quarantined, at, mark, proof from sync_batch
         where proof <> 0 and {}",
        seal::of_source("source", part)
    );
    let mut rows = sqlx::query(AssertSqlSafe(text)).bind(part).fetch(conn);
    let mut altered = Vec::new();
    while let Some(row) = rows.try_next().await.map_err(db_error)? {
        let kept = AnsweredColumns::read(&row).map_err(db_error)?;
        let (seal, [nonce, _, sequence, ..]) = (kept.seal(), kept.numbers);
        if seal != row.try_get::<i64, _>("proof").map_err(db_error)? {
            let AnsweredColumns { source, session, .. } = kept;
            altered.push(AlteredBatch { source, session, nonce, sequence, seal });
        }
    }
    Ok(altered)
}
