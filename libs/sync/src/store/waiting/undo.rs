//! Records that waited when their session was undone.

use mpp_core::{FieldCode, Micros, Result};
use mpp_store::{Tx, db_error};
use sqlx::AssertSqlSafe;

use super::{
    row::{COLUMNS, Waiting, read},
    tried,
};

/// The message for a record that no longer waits for what it waited for.
const HELD: &str = "the session that brought it was undone; it is applied once its source sends \
                    other bytes, or an officer releases it";

/// Holds records back that came with a session, after a name, some at a time: each with whether it
/// asks for its record to go. Index: sync_waiting's primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn undo(
    tx: &mut Tx,
    (source, session): (&str, &str),
    after: &str,
    limit: usize,
) -> Result<Vec<(String, bool)>> {
    let text = format!(
        "select {COLUMNS}, record from sync_waiting where source = $1 and session = $2
         and refused = 0 and code <> 'UNDONE' and name > $3 order by name limit $4"
    );
    let query = sqlx::query(AssertSqlSafe(text)).bind(source).bind(session).bind(after);
    let query = query.bind(i64::try_from(limit).unwrap_or(i64::MAX));
    let mut held = Vec::new();
    for row in query.fetch_all(tx.conn()).await.map_err(db_error)? {
        let was = read(&row).map_err(db_error)?;
        let one = Waiting {
            code: FieldCode::Undone.to_string(),
            message: HELD.to_owned(),
            field: String::new(),
            awaited: String::new(),
            not_before: Micros::MAX,
            ..was.clone()
        };
        tried(tx, &was, &one).await?;
        held.push((one.name, one.deletes));
    }
    Ok(held)
}
