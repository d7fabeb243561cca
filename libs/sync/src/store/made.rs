//! The places that a session has changed, from the last one back.

use mpp_core::Result;
use mpp_store::{Conn, db_error, placeholders};
use sqlx::{AssertSqlSafe, Row as _, any::AnyRow};

use super::touched::Touched;

/// A record that a session has changed, and where its first change of it lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// The record, and its versions of this session.
    pub touched: Touched,
    seq: i64,
}

impl Made {
    /// The token of its place.
    pub fn token(&self) -> String {
        self.seq.to_string()
    }
}

/// The place that a token names, beyond all others for an empty token; `None` for a text that is no
/// token.
pub fn read(token: &str) -> Option<i64> {
    if token.is_empty() { Some(i64::MAX) } else { token.parse().ok() }
}

/// The records of some kinds that a session has first changed before a place, the last one first. A
/// record that refers to another was written after it, so it comes before it here. Indexes:
/// revision_session, (tx, seq) of change: it reads the session's changes.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn made(
    conn: &mut Conn,
    (source, session): (&str, &str),
    kinds: &[&str],
    (end, limit): (i64, usize),
) -> Result<Vec<Made>> {
    if kinds.is_empty() {
        return Ok(Vec::new());
    }
    let text = format!(
        "select c.kind, c.name, min(c.version) as first, max(c.version) as last,
         count(*) as versions, count(*) as said, min(c.seq) as seq
         from revision r join change c on c.tx = r.tx
         where r.session = $1 and r.session <> '' and r.origin = $2 and c.kind in {}
         group by c.kind, c.name having min(c.seq) < $3 order by min(c.seq) desc limit $4",
        placeholders(5, 1, kinds.len())
    );
    let query = sqlx::query(AssertSqlSafe(text)).bind(session).bind(source).bind(end);
    let query = query.bind(i64::try_from(limit).unwrap_or(i64::MAX));
    let query = kinds.iter().fold(query, |query, kind| query.bind(*kind));
    let rows = query.fetch_all(conn).await.map_err(db_error)?;
    let read = |row: &AnyRow| -> sqlx::Result<Made> {
        Ok(Made { touched: super::touched::read(row)?, seq: row.try_get("seq")? })
    };
    rows.iter().map(|row| read(row).map_err(db_error)).collect()
}
