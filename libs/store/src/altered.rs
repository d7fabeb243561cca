//! Rows that somebody has altered in the database, past the program, as writes find them.
//!
//! A write never builds on such a row: the parts that it leaves alone would get a new proof, and be
//! fed under its author's name. It reads the record as it was written, if the row itself or the
//! feed still proves that, and puts it back with its own change; else it is refused. A write that
//! gives the whole record needs nothing of the row, and replaces it.

use bytes::Bytes;
use mpp_core::Result;
use sqlx::{AssertSqlSafe, Row as _, any::AnyRow};

use crate::{
    Tx, db_error, metrics,
    record::{Altered, StoredRow},
    texts::text,
};

impl Tx {
    /// The row as it was written, if it was altered since and something still holds what was
    /// written.
    pub(crate) async fn as_it_was(
        &mut self,
        kind: &str,
        name: &str,
        stored: StoredRow,
    ) -> Result<StoredRow> {
        // A row of a newer program is left to that program: no write of this one builds on it.
        if stored.check_form(kind, name).is_err() || !stored.is_altered(kind, name) {
            return Ok(stored);
        }
        metrics::altered(self.db.name(), kind, &[name.to_owned()], 1);
        let mut written = None;
        for proven in stored.perhaps_written() {
            let marked = [proven.deleted, !proven.deleted];
            let mut same =
                marked.into_iter().map(|deleted| StoredRow { deleted, ..proven.clone() });
            written = match same.find(|row| !row.is_altered(kind, name)) {
                Some(row) => Some(row),
                None => self.as_written(kind, name, &proven).await?,
            };
            if written.is_some() {
                break;
            }
        }
        // Above whatever copies may have read of it.
        let version = stored.version.max(stored.proof.version);
        Ok(match written {
            Some(row) => {
                StoredRow { version, of_class: stored.of_class, altered: Altered::Restored, ..row }
            }
            None => StoredRow { altered: Altered::Lost, ..stored },
        })
    }

    /// The row as it was written by its proof, if the feed still has it. Index: change_history.
    async fn as_written(
        &mut self,
        kind: &str,
        name: &str,
        stored: &StoredRow,
    ) -> Result<Option<StoredRow>> {
        let columns = self.db.0.dialect.change_columns;
        let text = format!(
            "select {columns} from change c left join revision r on r.tx = c.tx
             where c.kind = $1 and c.name = $2 and c.version = $3"
        );
        let rows = sqlx::query(AssertSqlSafe(text))
            .bind(kind)
            .bind(name)
            .bind(stored.version)
            .fetch_all(self.conn())
            .await
            .map_err(db_error)?;
        let written = |row: &AnyRow| written(row, stored.clone()).map_err(db_error);
        let rows: Vec<StoredRow> = rows.iter().map(written).collect::<Result<_>>()?;
        Ok(rows.into_iter().find(|row| !row.is_altered(kind, name)))
    }
}

fn written(row: &AnyRow, stored: StoredRow) -> sqlx::Result<StoredRow> {
    Ok(StoredRow {
        deleted: row.try_get::<i64, _>("deleted")? != 0,
        labels: text(row, "labels")?.0,
        doc: Bytes::from(row.try_get::<Vec<u8>, _>("doc")?),
        tombstone: row.try_get::<Option<Vec<u8>>, _>("tombstone")?.map(Bytes::from),
        create_time: row.try_get("create_time")?,
        update_time: row.try_get("update_time")?,
        ..stored
    })
}
