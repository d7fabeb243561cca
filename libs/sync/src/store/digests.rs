//! The last answer to each record of a source, with the digest of its bytes, for a client that
//! compares.

use std::collections::{BTreeMap, HashMap};

use mpp_core::Result;
use mpp_form::record;
use mpp_store::{Conn, Tx, db_error, placeholders};
use sqlx::{AssertSqlSafe, Row};

/// Rows of one statement: the databases limit its parameters.
const CHUNK: usize = 400;

/// The answer to a record, as far as a comparison depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answered {
    /// It was taken.
    Taken,
    /// It was taken, with a remark for its publisher.
    Remarked,
    /// It was rejected, or waits.
    NotTaken,
}

impl Answered {
    fn number(self) -> i64 {
        match self {
            Self::Taken => 0,
            Self::Remarked => 1,
            Self::NotTaken => 2,
        }
    }

    /// An unknown number does not count as taken.
    fn of_number(number: i64) -> Self {
        match number {
            0 => Self::Taken,
            1 => Self::Remarked,
            _ => Self::NotTaken,
        }
    }
}

/// A record that was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The key of its name.
    pub key: u64,
    /// The digest of its bytes.
    pub digest: [u8; 16],
    /// How it was answered.
    pub answered: Answered,
    /// Nothing was published under its name before, so that nobody else can have sent it.
    pub is_new: bool,
}

/// A record as it was answered last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredDigest {
    /// The record, with its last answer.
    pub sent: Sent,
    /// It was answered by the present rules.
    pub is_of_these_rules: bool,
    /// The client that sent it last; 0 where that is not known.
    pub client: i64,
    /// The only client that has ever sent it, or was found to have it; 0 where several have, or it
    /// is not known.
    pub alone: i64,
}

/// The changes of a batch.
#[derive(Debug, Default)]
pub struct Changes {
    /// Records whose answer holds as long as their bytes are the same.
    pub answered: Vec<Sent>,
    /// Keys whose answer is forgotten.
    pub gone: Vec<u64>,
}

/// A key as the database stores it: its numbers are signed.
fn number(key: u64) -> i64 {
    key.cast_signed()
}

/// Stores the changes of a source's client in the batch's own transaction. Index: sync_sent's
/// primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn keep(tx: &mut Tx, (source, client): (&str, i64), changes: &Changes) -> Result<()> {
    remove(tx, source, &changes.gone).await?;
    // One statement may write a row only once; in the order of keys two transactions do not
    // wait for each other.
    let all: BTreeMap<u64, Sent> = changes.answered.iter().map(|one| (one.key, *one)).collect();
    let all: Vec<Sent> = all.into_values().collect();
    for chunk in all.chunks(tx.rows_at_once(7)) {
        let text = format!(
            "insert into sync_sent (source, key, digest, outcome, rules, client, alone) values {}
             on conflict (source, key) do update set digest = excluded.digest,
             outcome = excluded.outcome, rules = excluded.rules, client = excluded.client,
             alone = case when sync_sent.alone = excluded.client
             and sync_sent.client = excluded.client then sync_sent.alone else 0 end",
            placeholders(1, chunk.len(), 7)
        );
        let query = chunk.iter().fold(sqlx::query(AssertSqlSafe(text)), |query, one| {
            query
                .bind(source)
                .bind(number(one.key))
                .bind(one.digest.as_slice())
                .bind(one.answered.number())
                .bind(record::RULES)
                .bind(client)
                .bind(if one.is_new { client } else { 0 })
        });
        query.execute(tx.conn()).await.map_err(db_error)?;
    }
    Ok(())
}

/// What was last sent, and taken, under these keys, and by which client. Index: sync_sent's primary
/// key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn last_sent(
    tx: &mut Tx,
    source: &str,
    keys: &[u64],
) -> Result<HashMap<u64, ([u8; 16], i64)>> {
    let mut found = HashMap::new();
    for chunk in keys.chunks(CHUNK) {
        let text = format!(
            "select key, digest, outcome, rules, client, alone from sync_sent
             where source = $1 and outcome <> 2 and key in {}",
            placeholders(2, 1, chunk.len())
        );
        let query = sqlx::query(AssertSqlSafe(text)).bind(source);
        let query = chunk.iter().fold(query, |query, key| query.bind(number(*key)));
        for row in query.fetch_all(tx.conn()).await.map_err(db_error)? {
            let StoredDigest { sent, client, .. } = read(&row).map_err(db_error)?;
            found.insert(sent.key, (sent.digest, client));
        }
    }
    Ok(found)
}

/// A reconcile has found that a client has these as they were sent last. Index: sync_sent's primary
/// key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn confirm(tx: &mut Tx, (source, client): (&str, i64), keys: &[u64]) -> Result<()> {
    for chunk in keys.chunks(CHUNK) {
        let text = format!(
            "update sync_sent set client = $2, alone = 0
             where source = $1 and client <> $2 and key in {}",
            placeholders(3, 1, chunk.len())
        );
        let query = sqlx::query(AssertSqlSafe(text)).bind(source).bind(client);
        let query = chunk.iter().fold(query, |query, key| query.bind(number(*key)));
        query.execute(tx.conn()).await.map_err(db_error)?;
    }
    Ok(())
}

/// Forgets records that a client has sent last. Index: sync_sent's primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn leave(tx: &mut Tx, (source, client): (&str, i64), keys: &[u64]) -> Result<()> {
    for chunk in keys.chunks(CHUNK) {
        let text = format!(
            "delete from sync_sent where source = $1 and client = $2 and key in {}",
            placeholders(3, 1, chunk.len())
        );
        let query = sqlx::query(AssertSqlSafe(text)).bind(source).bind(client);
        let query = chunk.iter().fold(query, |query, key| query.bind(number(*key)));
        query.execute(tx.conn()).await.map_err(db_error)?;
    }
    Ok(())
}

/// The remarks on these records no longer hold: a client that compares them sends them anew. Their
/// bytes stay known. Index: sync_sent's primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn without_remarks(tx: &mut Tx, source: &str, keys: &[u64]) -> Result<()> {
    for chunk in keys.chunks(CHUNK) {
        let text = format!(
            "update sync_sent set outcome = 0 where source = $1 and outcome = 1 and key in {}",
            placeholders(2, 1, chunk.len())
        );
        let query = sqlx::query(AssertSqlSafe(text)).bind(source);
        let query = chunk.iter().fold(query, |query, key| query.bind(number(*key)));
        query.execute(tx.conn()).await.map_err(db_error)?;
    }
    Ok(())
}

/// Forgets records. Index: sync_sent's primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn remove(tx: &mut Tx, source: &str, keys: &[u64]) -> Result<()> {
    for chunk in keys.chunks(CHUNK) {
        let text = format!(
            "delete from sync_sent where source = $1 and key in {}",
            placeholders(2, 1, chunk.len())
        );
        let query = sqlx::query(AssertSqlSafe(text)).bind(source);
        let query = chunk.iter().fold(query, |query, key| query.bind(number(*key)));
        query.execute(tx.conn()).await.map_err(db_error)?;
    }
    Ok(())
}

/// Forgets all records of a source. Index: sync_sent's primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn forget(tx: &mut Tx, source: &str) -> Result<()> {
    let text = "delete from sync_sent where source = $1";
    sqlx::query(text).bind(source).execute(tx.conn()).await.map(drop).map_err(db_error)
}

/// Whether any answer of a source is stored. Index: sync_sent's primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn is_any(tx: &mut Tx, source: &str) -> Result<bool> {
    sqlx::query("select 1 as one from sync_sent where source = $1 limit 1")
        .bind(source)
        .fetch_optional(tx.conn())
        .await
        .map(|row| row.is_some())
        .map_err(db_error)
}

/// All stored answers of a source; none where an older program, which keeps none, has locked it
/// last: whoever locks it next forgets them. Indexes: primary keys of sync_sent and sync_lease.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn all(conn: &mut Conn, source: &str) -> Result<Vec<StoredDigest>> {
    let text = "select key, digest, outcome, rules, client, alone from sync_sent
        where source = $1 and not exists
        (select 1 from sync_lease l where l.source = sync_sent.source and l.unsealed = 1)";
    let rows = sqlx::query(text).bind(source).fetch_all(conn).await.map_err(db_error)?;
    rows.iter().map(|row| read(row).map_err(db_error)).collect()
}

fn read(row: &sqlx::any::AnyRow) -> sqlx::Result<StoredDigest> {
    let bytes: Vec<u8> = row.try_get("digest")?;
    let key: i64 = row.try_get("key")?;
    let sent = Sent {
        key: key.cast_unsigned(),
        // A digest of another length equals none of a client's.
        digest: <[u8; 16]>::try_from(bytes.as_slice()).unwrap_or_default(),
        answered: Answered::of_number(row.try_get("outcome")?),
        is_new: false,
    };
    Ok(StoredDigest {
        sent,
        is_of_these_rules: row.try_get::<i64, _>("rules")? == record::RULES,
        client: row.try_get("client")?,
        alone: row.try_get("alone")?,
    })
}
