//! The clients that feed a source: each answers for what it sends, and for nothing else.

use std::collections::HashMap;

use mpp_api::sync::Hello;
use mpp_core::{Micros, Result};
use mpp_store::{Conn, Tx, db_error};
use sqlx::Row as _;

use super::lease::Lease;

/// Clients of a source that count beside another one, those heard last: one that names itself anew
/// in each session would otherwise make every statement longer.
const MOST_OTHERS: i64 = 100;

/// The condition for the rows of all clients.
pub const ANYONES: &str = "1 = 1";

/// A client of a source, and those beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Client {
    /// The fencing token of its first session; 0 where it is not known.
    pub number: i64,
    /// The others that may still send: they have opened a session not too long ago.
    pub others: Vec<i64>,
    /// Since when they were heard.
    since: Micros,
}

/// The name by which a hello's client is told from others of the source.
pub fn named(hello: &Hello) -> &str {
    if hello.client.is_empty() { &hello.holder } else { &hello.client }
}

impl Client {
    /// The client of a number, with the others that were heard since then. Index: sync_client's
    /// primary key.
    ///
    /// # Errors
    /// `UNAVAILABLE` when the database is away.
    pub async fn of(tx: &mut Tx, source: &str, number: i64, since: Micros) -> Result<Self> {
        let text = "select number from sync_client where source = $1 and number <> $2
                    and heard >= $3 order by heard desc limit $4";
        let query = sqlx::query_scalar(text).bind(source).bind(number).bind(since);
        let others = query.bind(MOST_OTHERS).fetch_all(tx.conn()).await.map_err(db_error)?;
        Ok(Self { number, others, since })
    }

    /// The condition that a row of the column `client` is not another one's. The numbers are the
    /// program's own.
    pub fn may_forget(&self) -> String {
        self.not_among_others("client")
    }

    /// The condition that a column names none of the others.
    pub(super) fn not_among_others(&self, column: &str) -> String {
        let others: Vec<String> = self.others.iter().map(i64::to_string).collect();
        match others.as_slice() {
            [] => ANYONES.to_owned(),
            others => format!("{column} not in ({})", others.join(", ")),
        }
    }
}

/// The name of the client that has sent a record last, by its key, if that is another one of the
/// source that may still send: what it has sent is not this one's to move. Indexes: primary key of
/// sync_sent, and of sync_client.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn sent_by_other(tx: &mut Tx, lease: &Lease, key: u64) -> Result<Option<String>> {
    if lease.client.others.is_empty() {
        return Ok(None);
    }
    let text = "select c.name from sync_sent s
        join sync_client c on c.source = s.source and c.number = s.client
        where s.source = $1 and s.key = $2 and s.client <> $3 and c.heard >= $4";
    let query = sqlx::query_scalar(text).bind(&lease.source).bind(key.cast_signed());
    let query = query.bind(lease.client.number).bind(lease.client.since);
    let name: Option<String> = query.fetch_optional(tx.conn()).await.map_err(db_error)?;
    Ok(name.map(told))
}

/// A client's name as it is told.
pub fn told(name: String) -> String {
    if name.is_empty() { "without a name".to_owned() } else { name }
}

/// The names of clients, by source and number.
pub type Clients = HashMap<(String, i64), String>;

/// Notes that a client opens a session; answers its number. Index: sync_client's primary key.
pub(super) async fn heard(tx: &mut Tx, source: &str, name: &str, fencing: i64) -> Result<i64> {
    let text = "insert into sync_client (source, name, number, heard) values ($1, $2, $3, $4)
        on conflict (source, name) do update set heard = excluded.heard returning number";
    let query = sqlx::query_scalar(text).bind(source).bind(name).bind(fencing).bind(tx.now());
    query.fetch_one(tx.conn()).await.map_err(db_error)
}

/// Forgets clients that have opened no session since then, but for this one, once nothing of them
/// is kept any more. Index: sync_client's primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn tidy(tx: &mut Tx, source: &str, client: &Client, since: Micros) -> Result<()> {
    let text = "delete from sync_client where source = $1 and number <> $2 and heard < $3";
    let query = sqlx::query(text).bind(source).bind(client.number).bind(since);
    query.execute(tx.conn()).await.map(drop).map_err(db_error)
}

/// The names of clients by source and number, of one source or, if that is empty, of all. Index:
/// sync_client's primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn names(conn: &mut Conn, source: &str) -> Result<Clients> {
    let text = "select source, number, name from sync_client where $1 = '' or source = $1";
    let rows = sqlx::query(text).bind(source).fetch_all(conn).await.map_err(db_error)?;
    let read = |row: &sqlx::any::AnyRow| -> sqlx::Result<_> {
        Ok(((row.try_get("source")?, row.try_get("number")?), row.try_get("name")?))
    };
    rows.iter().map(|row| read(row).map_err(db_error)).collect()
}
