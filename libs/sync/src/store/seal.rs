//! Hashes of the rows that are kept of a source, each in its row, and their sums beside its lease:
//! they show a row that was altered, added or deleted by hand.
//!
//! An older program keeps neither. Triggers (migration 15) note that it has locked a source, and
//! remove the hash of a record that it has tried again, so that its writes do not look like
//! alterations: the next program that locks the source makes its sums anew.

use std::collections::BTreeSet;

use mpp_core::{Result, row_proof};
use mpp_store::{Conn, Tx, db_error};
use sqlx::{AssertSqlSafe, Row as _, any::AnyRow};

use super::digests;

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

/// The condition for rows of the source `$1`, or for all rows if it is empty.
pub(super) fn of_source(column: &str, source: &str) -> String {
    if source.is_empty() { "$1 = ''".to_owned() } else { format!("{column} = $1") }
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

/// Makes a source's sums anew, from the rows that are there, after an older program has written,
/// and forgets the digests of what was sent: it may have taken other records since, without them.
/// Indexes: the primary keys; the lease's row is locked.
pub(super) async fn reckon(tx: &mut Tx, source: &str) -> Result<()> {
    tracing::info!(source, "a program of before has written for it; what is kept is summed anew");
    let sum = |sealed: Sealed| {
        let (table, column) = (sealed.table(), sealed.sum());
        format!(
            "{column} = (select cast(coalesce(sum(t.proof), 0) as bigint) from {table} t
             where t.source = $1)"
        )
    };
    let (waiting, rejected) = (sum(Sealed::Waiting), sum(Sealed::Rejected));
    let text =
        format!("update sync_lease set unsealed = 0, {waiting}, {rejected} where source = $1");
    let query = sqlx::query(AssertSqlSafe(text)).bind(source);
    query.execute(tx.conn()).await.map_err(db_error)?;
    digests::forget(tx, source).await
}

/// The sources for which an older program has written since their sums were made. Index:
/// sync_lease's primary key.
pub(super) async fn unsealed(conn: &mut Conn, part: &str) -> Result<BTreeSet<String>> {
    let of_it = of_source("source", part);
    let text = format!("select source from sync_lease where {of_it} and unsealed = 1");
    let query = sqlx::query_scalar(AssertSqlSafe(text)).bind(part).persistent(false);
    query.fetch_all(conn).await.map(BTreeSet::from_iter).map_err(db_error)
}

/// Each source with its sum, and with the sum over the rows that are there. Leaves out sources for
/// which an older program has written since, except for batches, which no program deletes. Scans
/// the tables for all sources.
pub(super) async fn sums(
    conn: &mut Conn,
    part: &str,
    sealed: Sealed,
) -> Result<Vec<(String, i64, i64)>> {
    let (table, column) = (sealed.table(), sealed.sum());
    let of_it = of_source("l.source", part);
    let sealed = if sealed == Sealed::Batches { "" } else { "and l.unsealed = 0" };
    let text = format!(
        "select l.source, l.{column} as says,
         (select cast(coalesce(sum(t.proof), 0) as bigint) from {table} t
          where t.source = l.source) as there from sync_lease l where {of_it} {sealed}
         order by l.source"
    );
    let query = sqlx::query(AssertSqlSafe(text)).bind(part).persistent(false);
    let rows = query.fetch_all(conn).await;
    let sums = |row: &AnyRow| -> sqlx::Result<_> {
        Ok((row.try_get("source")?, row.try_get("says")?, row.try_get("there")?))
    };
    rows.map_err(db_error)?.iter().map(|row| sums(row).map_err(db_error)).collect()
}
