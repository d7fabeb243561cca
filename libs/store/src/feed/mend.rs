//! Puts records back that were altered in the database.
//!
//! The feed still has a record as it was written, until it is compacted: the change whose row bears
//! out the record's proof. What it has not can be taken as it is now, if that is wanted. Either way
//! the record gets its next version, so that memories and copies, which may have read it in
//! between, hear of it.

use bytes::Bytes;
use mpp_api::document;
use mpp_core::Result;
use sqlx::{Row as _, any::AnyRow};

use super::{
    handle::Feed,
    own::{self, Named},
};
use crate::{Actor, Tx, db_error, record::Stored};

/// What became of the altered records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mended {
    /// Put back as they were written.
    pub restored: i64,
    /// Kept as they are now.
    pub accepted: i64,
    /// Left: the feed does not have them any more, and they were not to be accepted or cannot be
    /// read.
    pub left: Named,
}

enum Outcome {
    Restored,
    Accepted,
    Left,
}

impl Feed {
    /// Mends every record that was altered, each in a transaction of its own. With `accept` those
    /// stay as they are now that cannot be put back.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the database is away; what was mended before stays so. `NEWER_FORM` where a
    /// newer program has written one.
    pub async fn mend(&self, by: &Actor, accept: bool) -> Result<Mended> {
        let mut mended = Mended::default();
        for (kind, name) in self.altered().await? {
            let Some(kind) = document::KINDS.iter().find(|known| **known == kind) else {
                mended.left.add(&name);
                continue;
            };
            match self.mend_one(by, kind, &name, accept).await? {
                Outcome::Restored => mended.restored += 1,
                Outcome::Accepted => mended.accepted += 1,
                Outcome::Left => mended.left.add(&name),
            }
        }
        Ok(mended)
    }

    async fn altered(&self) -> Result<Vec<(String, String)>> {
        let mut snapshot = self.0.db.read().await?;
        let (mut found, mut after) = (Vec::new(), (String::new(), String::new()));
        loop {
            let rows = own::page(&mut snapshot, (&after.0, &after.1)).await?;
            let Some(last) = rows.last() else { break };
            after = (last.kind.clone(), last.name.clone());
            let altered =
                rows.into_iter().filter(|row| row.stored.is_altered(&row.kind, &row.name));
            found.extend(altered.map(|row| (row.kind, row.name)));
        }
        snapshot.end().await?;
        Ok(found)
    }

    async fn mend_one(
        &self,
        by: &Actor,
        kind: &'static str,
        name: &str,
        accept: bool,
    ) -> Result<Outcome> {
        let mut tx = self.0.db.begin(by).await?;
        let Some(stored) = tx.locked(kind, name).await?.filter(|row| row.is_altered(kind, name))
        else {
            // Somebody has written it meanwhile, and thereby mended it.
            tx.rollback().await?;
            return Ok(Outcome::Restored);
        };
        let written = tx.as_written(kind, name, &stored).await?;
        let is_readable = document::is_readable(kind, &stored.doc);
        let (outcome, row) = match written {
            Some(row) => (Outcome::Restored, row),
            None if accept && is_readable => (Outcome::Accepted, stored),
            None => {
                tx.rollback().await?;
                return Ok(Outcome::Left);
            }
        };
        let (doc, labels) = (row.doc.clone(), row.labels.clone());
        tx.update(kind, name, row, doc, labels).await?;
        tx.commit().await?;
        Ok(outcome)
    }
}

impl Tx {
    /// The row as its proof says that it was written, where the feed still has it. Index:
    /// change_history.
    async fn as_written(
        &mut self,
        kind: &str,
        name: &str,
        stored: &Stored,
    ) -> Result<Option<Stored>> {
        let rows = sqlx::query(
            "select labels, doc, create_time, update_time from change
             where kind = $1 and name = $2 and version = $3 and deleted = 0",
        )
        .bind(kind)
        .bind(name)
        .bind(stored.version)
        .fetch_all(self.conn())
        .await
        .map_err(db_error)?;
        let written = |row: &AnyRow| written(row, stored.clone()).map_err(db_error);
        let rows: Vec<Stored> = rows.iter().map(written).collect::<Result<_>>()?;
        Ok(rows.into_iter().find(|row| !row.is_altered(kind, name)))
    }
}

fn written(row: &AnyRow, stored: Stored) -> sqlx::Result<Stored> {
    Ok(Stored {
        labels: row.try_get("labels")?,
        doc: Bytes::from(row.try_get::<Vec<u8>, _>("doc")?),
        create_time: row.try_get("create_time")?,
        update_time: row.try_get("update_time")?,
        ..stored
    })
}
