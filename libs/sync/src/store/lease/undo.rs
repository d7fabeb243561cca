//! A source's lease, for undoing one of its sessions.

use mpp_core::Result;
use mpp_store::{Tx, db_error};

use super::{locked, rule};

/// Locks the source's row until the transaction ends, for undoing a session.
///
/// # Errors
/// `WRONG_STATE` while the session is alive.
pub async fn check_over(tx: &mut Tx, source: &str, session: &str) -> Result<()> {
    let row = locked(tx, source).await?;
    if row.session == session && row.until > tx.now() {
        return Err(rule::still_alive(session));
    }
    Ok(())
}

/// Whether a session of the source is known by its batches, or as its last. Index: sync_batch's
/// primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn was_there(tx: &mut Tx, source: &str, session: &str) -> Result<bool> {
    let text = "select 1 as one from sync_batch where source = $1 and session = $2
                union all select 1 from sync_lease where source = $1 and session = $2 limit 1";
    let query = sqlx::query(text).bind(source).bind(session);
    query.fetch_optional(tx.conn()).await.map(|row| row.is_some()).map_err(db_error)
}

/// Lets the source's client send, or compare, every record anew: some no longer stand as they were
/// answered. Index: sync_lease's primary key; the row is locked.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn ask_anew(tx: &mut Tx, source: &str) -> Result<()> {
    sqlx::query("update sync_lease set mapped_after = sequence where source = $1")
        .bind(source)
        .execute(tx.conn())
        .await
        .map(drop)
        .map_err(db_error)
}
