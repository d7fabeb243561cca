//! Hashes of the rows that are kept of a source, each in its row, and their sums beside its lease:
//! by them a row that was altered, added or deleted by hand is known.

use mpp_core::{Result, row_proof};
use mpp_store::{Conn, Tx, db_error};
use sqlx::{AssertSqlSafe, Row as _, any::AnyRow};

/// Bits of a hash: many of them still add up to a number.
const BITS: i64 = (1 << 40) - 1;

/// A table of rows that are sealed, and the column of `sync_lease` with their sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sealed {
    Batches,
    Rejected,
    Waiting,
}

impl Sealed {
    pub fn table(self) -> &'static str {
        match self {
            Self::Batches => "sync_batch",
            Self::Rejected => "sync_rejected",
            Self::Waiting => "sync_waiting",
        }
    }

    pub fn sum(self) -> &'static str {
        match self {
            Self::Batches => "batch_sum",
            Self::Rejected => "rejected_sum",
            Self::Waiting => "waiting_sum",
        }
    }
}

/// The hash of a row, never 0.
pub(super) fn seal(columns: &[&[u8]]) -> i64 {
    row_proof(columns) & BITS | 1
}

/// Adds to a source's sum. Index: sync_lease's primary key.
pub(super) async fn add(tx: &mut Tx, source: &str, sealed: Sealed, sum: i64) -> Result<()> {
    if sum == 0 {
        return Ok(());
    }
    let column = sealed.sum();
    let text = format!("update sync_lease set {column} = {column} + $2 where source = $1");
    let query = sqlx::query(AssertSqlSafe(text)).bind(source).bind(sum);
    query.execute(tx.conn()).await.map(drop).map_err(db_error)
}

/// The sum over rows that a statement has answered.
pub(super) fn sum_of(rows: &[AnyRow]) -> Result<i64> {
    let proof = |row: &AnyRow| row.try_get::<i64, _>("proof").map_err(db_error);
    rows.iter().map(proof).sum()
}

/// Each source with its sum, and with that over the rows that there are. Scanned.
pub(super) async fn sums(conn: &mut Conn, sealed: Sealed) -> Result<Vec<(String, i64, i64)>> {
    let (table, column) = (sealed.table(), sealed.sum());
    let text = format!(
        "select l.source, l.{column} as says,
         (select cast(coalesce(sum(t.proof), 0) as bigint) from {table} t
          where t.source = l.source) as there from sync_lease l order by l.source"
    );
    let rows = sqlx::query(AssertSqlSafe(text)).persistent(false).fetch_all(conn).await;
    let sums = |row: &AnyRow| -> sqlx::Result<_> {
        Ok((row.try_get("source")?, row.try_get("says")?, row.try_get("there")?))
    };
    rows.map_err(db_error)?.iter().map(|row| sums(row).map_err(db_error)).collect()
}
