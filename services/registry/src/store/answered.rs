//! Batches as they were answered, and those that were altered since.

use mpp_core::Result;
use mpp_store::{Conn, db_error};
use sqlx::{Row as _, any::AnyRow};
use tokio_stream::StreamExt as _;

use super::seal;

/// The columns of an answered batch that never change.
pub(super) struct Kept {
    pub source: String,
    pub session: String,
    pub position: String,
    pub digest: Vec<u8>,
    /// Nonce, fencing token, sequence, time and mark.
    pub numbers: [i64; 5],
    /// Received, applied, unchanged, rejected and quarantined.
    pub counts: [i64; 5],
}

impl Kept {
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

/// The batches that were altered by hand. Scans the table.
pub(super) async fn altered(conn: &mut Conn) -> Result<Vec<AlteredBatch>> {
    let text =
        "select source, session, nonce, fencing, sequence, position, digest, received, applied,
                unchanged, rejected, quarantined, at, mark, proof from sync_batch where proof <> 0";
    let mut rows = sqlx::query(text).fetch(conn);
    let mut altered = Vec::new();
    while let Some(row) = rows.try_next().await.map_err(db_error)? {
        let kept = Kept::read(&row).map_err(db_error)?;
        let (seal, [nonce, _, sequence, ..]) = (kept.seal(), kept.numbers);
        if seal != row.try_get::<i64, _>("proof").map_err(db_error)? {
            let Kept { source, session, .. } = kept;
            altered.push(AlteredBatch { source, session, nonce, sequence, seal });
        }
    }
    Ok(altered)
}
