//! Rows that somebody has altered in the database, past the program, as writes find them.
//!
//! A write never builds on such a row: what it leaves as it stands would be proven anew, and fed
//! under its author's name. It reads the record as it was written, where the row itself or the feed
//! still bears that out, and puts it back with its own change; else it is refused. Who gives the
//! whole record needs nothing of the row, and writes it anew.

use bytes::Bytes;
use mpp_core::Result;
use sqlx::{Row as _, any::AnyRow};

use crate::{
    Tx, db_error, metrics,
    record::{Altered, Stored},
};

impl Tx {
    /// The row as it was written, if it was altered since and anything still has that.
    pub(crate) async fn as_it_was(
        &mut self,
        kind: &str,
        name: &str,
        stored: Stored,
    ) -> Result<Stored> {
        // No write of this program builds on a newer one's row, so that it is left to that one.
        if stored.check_form(kind, name).is_err() || !stored.is_altered(kind, name) {
            return Ok(stored);
        }
        metrics::altered(self.db.name(), kind, &[name.to_owned()], 1);
        // One that only was marked as deleted bears itself out.
        let living = Stored { deleted: false, ..stored.clone() };
        let written = match living.is_altered(kind, name) {
            false => Some(living),
            true => self.as_written(kind, name, &living).await?,
        };
        Ok(match written {
            Some(row) => Stored { altered: Altered::Restored, ..row },
            None => Stored { altered: Altered::Lost, ..stored },
        })
    }

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
