//! Records that were undone, and are not taken again as long as their source sends the same bytes.

use std::collections::HashMap;

use mpp_core::Result;
use mpp_form::reconcile::key_of;
use mpp_store::{Conn, Tx, db_error, placeholders};
use sqlx::{AssertSqlSafe, Row as _, any::AnyRow};

use super::touched::{SAYS_MORE, WITH_BEFORE};

/// Rows of one statement: the databases limit its parameters.
const CHUNK: usize = 100;

/// A record that was undone, as a batch compares it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UndoneDigest {
    /// It had asked for the record to go.
    deletes: bool,
    /// The digest of its bytes; `None` if they are not known.
    digest: Option<[u8; 16]>,
}

impl UndoneDigest {
    /// True if the bytes that were undone are not known.
    pub fn is_open(&self) -> bool {
        !self.deletes && self.digest.is_none()
    }

    /// True for a record that asks for the same as was undone.
    pub fn is_same(&self, deletes: bool, digest: [u8; 16]) -> bool {
        self.deletes == deletes && (deletes || self.digest.is_none_or(|own| own == digest))
    }
}

/// A record that was undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undone {
    /// The record's name.
    pub name: String,
    /// It had asked for the record to go.
    pub deletes: bool,
    /// It was waiting, and never applied.
    pub waited: bool,
}

/// Keeps that these records of a source were undone, with the bytes that it sent last. Indexes: the
/// primary keys of sync_undone and sync_sent.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn keep(
    tx: &mut Tx,
    (source, session): (&str, &str),
    actor: &str,
    all: &[Undone],
) -> Result<()> {
    let now = tx.now();
    for chunk in all.chunks(CHUNK) {
        let rows = placeholders(1, chunk.len(), 8);
        let text = format!(
            "insert into sync_undone (source, key, name, session, deletes, digest, at, actor)
             values {rows} on conflict (source, key) do update set session = excluded.session,
             deletes = excluded.deletes, at = excluded.at,
             actor = excluded.actor"
        );
        let none: &[u8] = &[];
        let query = chunk.iter().fold(sqlx::query(AssertSqlSafe(text)), |query, one| {
            query
                .bind(source)
                .bind(key_of(&one.name).cast_signed())
                .bind(&one.name)
                .bind(session)
                .bind(i64::from(one.deletes))
                .bind(none)
                .bind(now)
                .bind(actor)
        });
        query.execute(tx.conn()).await.map_err(db_error)?;
        sent_so(tx, source, chunk).await?;
    }
    Ok(())
}

/// Notes the bytes of those that were sent as records, and that their answers no longer hold. If
/// another record was refused since one was applied, the applied bytes are no longer known: what
/// comes first then counts as the same, and is noted.
async fn sent_so(tx: &mut Tx, source: &str, some: &[Undone]) -> Result<()> {
    for waited in [false, true] {
        let sent = some.iter().filter(|one| !one.deletes && one.waited == waited);
        let keys: Vec<i64> = sent.map(|one| key_of(&one.name).cast_signed()).collect();
        if !keys.is_empty() {
            note_digests(tx, source, &keys, waited).await?;
        }
    }
    Ok(())
}

async fn note_digests(tx: &mut Tx, source: &str, keys: &[i64], waited: bool) -> Result<()> {
    let among = placeholders(2, 1, keys.len());
    // Answers that tell of a record that stands, or that waits: see `Answered`.
    let answered = if waited { "s.outcome = 2" } else { "s.outcome < 2" };
    let noted = format!(
        "update sync_undone set digest = (select s.digest from sync_sent s
         where s.source = sync_undone.source and s.key = sync_undone.key)
         where source = $1 and key in {among} and exists (select 1 from sync_sent s
         where s.source = sync_undone.source and s.key = sync_undone.key and {answered})"
    );
    let refused = format!("update sync_sent set outcome = 2 where source = $1 and key in {among}");
    for text in [noted, refused] {
        let query = sqlx::query(AssertSqlSafe(text)).bind(source);
        let query = keys.iter().fold(query, |query, key| query.bind(key));
        query.execute(tx.conn()).await.map_err(db_error)?;
    }
    Ok(())
}

/// The records among these that were undone. Index: sync_undone's primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn known(tx: &mut Tx, source: &str, keys: &[u64]) -> Result<HashMap<u64, UndoneDigest>> {
    let mut known = HashMap::new();
    if !is_any(tx, source).await? {
        return Ok(known);
    }
    for chunk in keys.chunks(CHUNK) {
        let text = format!(
            "select key, deletes, digest from sync_undone where source = $1 and key in {}",
            placeholders(2, 1, chunk.len())
        );
        let query = sqlx::query(AssertSqlSafe(text)).bind(source);
        let query = chunk.iter().fold(query, |query, key| query.bind(key.cast_signed()));
        for row in query.fetch_all(tx.conn()).await.map_err(db_error)? {
            let (key, kept) = kept(&row).map_err(db_error)?;
            known.insert(key, kept);
        }
    }
    Ok(known)
}

fn kept(row: &AnyRow) -> sqlx::Result<(u64, UndoneDigest)> {
    let digest: Vec<u8> = row.try_get("digest")?;
    let kept = UndoneDigest {
        deletes: row.try_get::<i64, _>("deletes")? != 0,
        digest: <[u8; 16]>::try_from(digest.as_slice()).ok(),
    };
    Ok((row.try_get::<i64, _>("key")?.cast_unsigned(), kept))
}

/// Whether anything of a source was undone. Index: sync_undone's primary key.
async fn is_any(tx: &mut Tx, source: &str) -> Result<bool> {
    sqlx::query("select 1 as one from sync_undone where source = $1 limit 1")
        .bind(source)
        .fetch_optional(tx.conn())
        .await
        .map(|row| row.is_some())
        .map_err(db_error)
}

/// Notes the bytes of a record that came first, if those that were undone are not known. Index:
/// sync_undone's primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn note(tx: &mut Tx, source: &str, key: u64, digest: [u8; 16]) -> Result<()> {
    sqlx::query("update sync_undone set digest = $3 where source = $1 and key = $2")
        .bind(source)
        .bind(key.cast_signed())
        .bind(digest.as_slice())
        .execute(tx.conn())
        .await
        .map(drop)
        .map_err(db_error)
}

/// Whether this session's writes of a record were undone already, and it has not only followed a
/// place that was, the last of which made that
/// version. Indexes: change_history; revision_tx, and not revision_session, which would read all of
/// the session that was undone.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn was_undone(
    conn: &mut Conn,
    session: &str,
    (kind, name): (&str, &str),
    last: i64,
) -> Result<bool> {
    let text = format!(
        "select 1 as one from change c join revision r on r.tx = c.tx {WITH_BEFORE}
         where c.kind = $1 and c.name = $2 and c.version > $3 and r.session || '' = $4
         and r.origin = 'undo' and {SAYS_MORE} limit 1"
    );
    let query = sqlx::query(AssertSqlSafe(text)).bind(kind).bind(name).bind(last).bind(session);
    query.fetch_optional(conn).await.map(|row| row.is_some()).map_err(db_error)
}

/// These may be taken again. Index: sync_undone's primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn forget(tx: &mut Tx, source: &str, keys: &[u64]) -> Result<()> {
    for chunk in keys.chunks(CHUNK) {
        let text = format!(
            "delete from sync_undone where source = $1 and key in {}",
            placeholders(2, 1, chunk.len())
        );
        let query = sqlx::query(AssertSqlSafe(text)).bind(source);
        let query = chunk.iter().fold(query, |query, key| query.bind(key.cast_signed()));
        query.execute(tx.conn()).await.map_err(db_error)?;
    }
    Ok(())
}
