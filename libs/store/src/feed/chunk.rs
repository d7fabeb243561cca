//! Shared by compaction and the end of history: chunks, and the kinds that are kept.

use mpp_core::Result;
use sqlx::Row as _;

use crate::{Conn, Db, db_error};

/// Revisions in one chunk, so that no transaction of compaction is long.
const CHUNK: i64 = 500;

/// The last revision of the chunk after `from`. Numbers may have gaps: it ends at a revision that
/// exists. Index: revision's primary key.
pub(super) async fn chunk_end(conn: &mut Conn, from: i64, last: i64) -> Result<i64> {
    let row = sqlx::query(
        "select max(rev) from (select rev from revision where rev > $1 and rev <= $2
                               order by rev limit $3) chunk",
    )
    .bind(from)
    .bind(last)
    .bind(CHUNK)
    .fetch_one(conn)
    .await
    .map_err(db_error)?;
    Ok(row.try_get::<Option<i64>, _>(0).map_err(db_error)?.unwrap_or(last))
}

/// The kinds with history, as a list of literals.
pub(super) fn history_kinds(db: &Db) -> String {
    literals(db.0.history_kinds)
}

/// The kinds whose record a session writes when it ends, as a list of literals.
pub(super) fn standing_kinds(db: &Db) -> String {
    literals(db.0.standing_kinds)
}

/// A list of SQL literals; the kinds are the service's own constants, so nothing is escaped.
fn literals(kinds: &[&str]) -> String {
    let kinds: Vec<_> = kinds.iter().map(|kind| format!("'{kind}'")).collect();
    if kinds.is_empty() { "''".to_owned() } else { kinds.join(",") }
}
