//! Lists of records that wait.

use mpp_core::Result;
use mpp_store::{Conn, db_error};
use sqlx::AssertSqlSafe;

use super::row::{COLUMNS, Cause, Waiting, cause, read};

/// A page of the records that are kept, of one source or, if that is empty, of all, after a source
/// and a name. Index: sync_waiting's primary key, from that place on.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn page(
    conn: &mut Conn,
    source: &str,
    code: &str,
    after: (&str, &str),
    limit: usize,
) -> Result<Vec<Waiting>> {
    let (from, after) = match source {
        "" => ("(source, name) > ($1, $2)", after),
        _ => ("source = $1 and name > $2", (source, after.1)),
    };
    let text = format!(
        "select {COLUMNS} from sync_waiting where {from} and ($3 = '' or code = $3)
         order by source, name limit $4"
    );
    let rows = sqlx::query(AssertSqlSafe(text))
        .bind(after.0)
        .bind(after.1)
        .bind(code)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(conn)
        .await
        .map_err(db_error)?;
    rows.iter().map(|row| read(row).map_err(db_error)).collect()
}

/// The causes that records wait for, of one source or, if that is empty, of all. Index:
/// sync_waiting_cause.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn causes(conn: &mut Conn, source: &str) -> Result<Vec<Cause>> {
    let of_it = if source.is_empty() { "source <> $1" } else { "source = $1" };
    let text = format!(
        "select source, refused, code, awaited, count(*) as records, min(first_seen) as oldest,
         min(last_try) as tried, min(rules) as rules, min(not_before) as not_before
         from sync_waiting where {of_it} group by source, refused, code, awaited"
    );
    let query = sqlx::query(AssertSqlSafe(text)).bind(source);
    let rows = query.fetch_all(conn).await.map_err(db_error)?;
    rows.iter().map(|row| cause(row).map_err(db_error)).collect()
}
