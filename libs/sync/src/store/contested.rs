//! Records that two clients of a source send in different words.

use std::collections::{HashMap, HashSet};

use mpp_core::{Micros, Result};
use mpp_store::{Conn, Tx, db_error, placeholders};
use sqlx::{AssertSqlSafe, Row as _, any::AnyRow};

use super::lease::Lease;

/// Rows of one statement: the databases limit its parameters.
const CHUNK: usize = 400;

/// A record that has changed hands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contested {
    /// Its source.
    pub source: String,
    /// Its name.
    pub name: String,
    /// The client that sent it last.
    pub client: i64,
    /// The client whose words that one replaced.
    pub other: i64,
    /// When it changed hands last.
    pub at: Micros,
    /// How often it did.
    pub changes: i64,
}

/// The clients whose words were replaced, by the keys of records. Index: sync_contested's primary
/// key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn known(tx: &mut Tx, source: &str, keys: &[u64]) -> Result<HashMap<u64, i64>> {
    let mut known = HashMap::new();
    for chunk in keys.chunks(CHUNK) {
        let text = format!(
            "select key, other from sync_contested where source = $1 and key in {}",
            placeholders(2, 1, chunk.len())
        );
        let query = sqlx::query(AssertSqlSafe(text)).bind(source);
        let query = chunk.iter().fold(query, |query, key| query.bind(key.cast_signed()));
        for row in query.fetch_all(tx.conn()).await.map_err(db_error)? {
            let key: i64 = row.try_get("key").map_err(db_error)?;
            known.insert(key.cast_unsigned(), row.try_get("other").map_err(db_error)?);
        }
    }
    Ok(known)
}

/// A record that a client sends in other words than another.
#[derive(Clone, Copy, Debug)]
pub struct Sent<'a> {
    /// The key of its name.
    pub key: u64,
    /// Its name.
    pub name: &'a str,
    /// The other client.
    pub other: i64,
    /// That one has sent it last.
    pub changes_hands: bool,
}

/// Notes that a client has sent such records with a batch. Index: sync_contested's primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn note(tx: &mut Tx, lease: &Lease, sequence: i64, all: &[Sent<'_>]) -> Result<()> {
    for one in all {
        sqlx::query(
            "insert into sync_contested (source, key, name, client, other, sequence, at, changes)
             values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (source, key) do update set
             client = excluded.client, other = excluded.other, sequence = excluded.sequence,
             at = case when excluded.changes = 0 then sync_contested.at else excluded.at end,
             changes = sync_contested.changes + excluded.changes",
        )
        .bind(&lease.source)
        .bind(one.key.cast_signed())
        .bind(one.name)
        .bind(lease.client.number)
        .bind(one.other)
        .bind(sequence)
        .bind(tx.now())
        .bind(i64::from(one.changes_hands))
        .execute(tx.conn())
        .await
        .map_err(db_error)?;
    }
    Ok(())
}

/// A reconcile has found that a client still has what it has sent of these, as if with this batch.
/// Index: sync_contested's primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn confirm(
    tx: &mut Tx,
    lease: &Lease,
    sequence: i64,
    confirmed: &HashSet<u64>,
) -> Result<()> {
    let text = "select key from sync_contested where source = $1 and client = $2";
    let query = sqlx::query_scalar(text).bind(&lease.source).bind(lease.client.number);
    let own: Vec<i64> = query.fetch_all(tx.conn()).await.map_err(db_error)?;
    for key in own.into_iter().filter(|key| confirmed.contains(&key.cast_unsigned())) {
        sqlx::query("update sync_contested set sequence = $3 where source = $1 and key = $2")
            .bind(&lease.source)
            .bind(key)
            .bind(sequence)
            .execute(tx.conn())
            .await
            .map_err(db_error)?;
    }
    Ok(())
}

/// These are sent by one client only, or by both in the same words. Index: sync_contested's primary
/// key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn end(tx: &mut Tx, source: &str, keys: &[u64]) -> Result<()> {
    for chunk in keys.chunks(CHUNK) {
        let text = format!(
            "delete from sync_contested where source = $1 and key in {}",
            placeholders(2, 1, chunk.len())
        );
        let query = sqlx::query(AssertSqlSafe(text)).bind(source);
        let query = chunk.iter().fold(query, |query, key| query.bind(key.cast_signed()));
        query.execute(tx.conn()).await.map_err(db_error)?;
    }
    Ok(())
}

/// The keys of records that are no longer contested.
#[derive(Debug, Default)]
pub struct Settled {
    /// All of them.
    pub all: Vec<u64>,
    /// Those that the ending client had sent last, and no longer sends.
    pub own: Vec<u64>,
}

/// A client has ended completely: what it sends in other words it has sent since that sequence.
/// Ends the contests over what it no longer sends, and those with a client that is away. Index:
/// sync_contested's primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn settle(tx: &mut Tx, lease: &Lease, since: i64) -> Result<Settled> {
    let Lease { source, client, .. } = lease;
    let text = format!(
        "delete from sync_contested where source = $1
         and ({} or (client <> $2 and {}) or (client = $2 and sequence <= $3))
         returning key, cast(
         case when client = $2 and sequence <= $3 then 1 else 0 end as bigint) as own",
        client.not_among_others("other"),
        client.not_among_others("client")
    );
    let query = sqlx::query(AssertSqlSafe(text)).bind(source).bind(client.number);
    let mut settled = Settled::default();
    for row in query.bind(since).fetch_all(tx.conn()).await.map_err(db_error)? {
        let key = row.try_get::<i64, _>("key").map_err(db_error)?.cast_unsigned();
        settled.all.push(key);
        let own: i64 = row.try_get("own").map_err(db_error)?;
        settled.own.extend((own == 1).then_some(key));
    }
    Ok(settled)
}

/// Those of one source or, if that is empty, of all, that changed hands last; and how many there
/// are. Index: sync_contested's primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn list(conn: &mut Conn, source: &str, most: i64) -> Result<(Vec<Contested>, i64)> {
    let text = "select source, name, client, other, at, changes, count(*) over () as all_of_them
        from sync_contested where $1 = '' or source = $1 order by at desc, source, name limit $2";
    let rows = sqlx::query(text).bind(source).bind(most).fetch_all(conn).await.map_err(db_error)?;
    let count = rows.first().map_or(Ok(0), |row| row.try_get("all_of_them").map_err(db_error))?;
    let read = |row: &AnyRow| -> sqlx::Result<_> {
        Ok(Contested {
            source: row.try_get("source")?,
            name: row.try_get("name")?,
            client: row.try_get("client")?,
            other: row.try_get("other")?,
            at: row.try_get("at")?,
            changes: row.try_get("changes")?,
        })
    };
    let all: Result<Vec<_>> = rows.iter().map(|row| read(row).map_err(db_error)).collect();
    Ok((all?, count))
}
