//! How each client of a source stands, by its own sessions. Every write is under the lock of the
//! source's lease.

use std::collections::HashSet;

use mpp_api::sync::Incomplete;
use mpp_core::{Micros, Result};
use mpp_store::{Tx, db_error};
use sqlx::{Row as _, any::AnyRow};

use crate::model::clients::ClientState;

/// Keeps how a session of a client has ended that spoke of all that it feeds. Index: sync_client's
/// primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn ended(
    tx: &mut Tx,
    (source, client): (&str, i64),
    unread: i64,
    lacks: Option<&Incomplete>,
) -> Result<()> {
    let now = tx.now();
    sqlx::query(
        "update sync_client set last_end = $3, unread = $4 where source = $1 and number = $2",
    )
    .bind(source)
    .bind(client)
    .bind(now)
    .bind(unread)
    .execute(tx.conn())
    .await
    .map_err(db_error)?;
    lack(tx, (source, client), lacks, now).await
}

/// Keeps what the last session of a client lacked; if nothing, it was complete, and ended then.
/// Index: sync_client's primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn lack(
    tx: &mut Tx,
    (source, client): (&str, i64),
    lacks: Option<&Incomplete>,
    ended: Micros,
) -> Result<()> {
    let text = if lacks.is_some() {
        "update sync_client set lack = $3, lack_text = $4 where source = $1 and number = $2"
    } else {
        "update sync_client set lack = $3, lack_text = $4, last_success = $5
         where source = $1 and number = $2"
    };
    let query = sqlx::query(text).bind(source).bind(client);
    let query = query.bind(lacks.map_or(0, |found| i64::from(found.reason)));
    let query = query.bind(lacks.map_or("", |found| found.text.as_str()));
    let query = if lacks.is_some() { query } else { query.bind(ended) };
    query.execute(tx.conn()).await.map(drop).map_err(db_error)
}

/// All clients of a source. Indexes: primary keys of sync_client and, where there are several, of
/// sync_sent, sync_rejected and sync_waiting.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn all(tx: &mut Tx, source: &str) -> Result<Vec<ClientState>> {
    let text = "select number, name, first_heard, heard, last_end, last_success, unread, lack,
        lack_text, unscheduled from sync_client where source = $1";
    let rows = sqlx::query(text).bind(source).fetch_all(tx.conn()).await.map_err(db_error)?;
    let all: sqlx::Result<Vec<_>> = rows.iter().map(read).collect();
    let mut all = all.map_err(db_error)?;
    let have_sent = if all.len() > 1 { have_sent(tx, source).await? } else { HashSet::new() };
    let is_alone = all.len() == 1;
    all.iter_mut().for_each(|one| one.has_sent = is_alone || have_sent.contains(&one.number));
    Ok(all)
}

fn read(row: &AnyRow) -> sqlx::Result<ClientState> {
    let (lack, text): (i64, String) = (row.try_get("lack")?, row.try_get("lack_text")?);
    let reason = i32::try_from(lack).unwrap_or_default();
    Ok(ClientState {
        number: row.try_get("number")?,
        name: row.try_get("name")?,
        first: row.try_get("first_heard")?,
        heard: row.try_get("heard")?,
        last_end: row.try_get("last_end")?,
        last_success: row.try_get("last_success")?,
        unread: row.try_get("unread")?,
        incomplete: (reason != 0).then_some(Incomplete { reason, text }),
        has_sent: false,
        is_unscheduled: row.try_get::<i64, _>("unscheduled")? != 0,
    })
}

/// The clients that have sent something last which stands, waits or was refused.
async fn have_sent(tx: &mut Tx, source: &str) -> Result<HashSet<i64>> {
    let text = "select client from sync_sent where source = $1
        union select client from sync_rejected where source = $1
        union select client from sync_waiting where source = $1";
    let all = sqlx::query_scalar(text).bind(source).fetch_all(tx.conn()).await;
    all.map(HashSet::from_iter).map_err(db_error)
}
