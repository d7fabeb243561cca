//! The copy of a followed feed's records, kept with its position.

use std::collections::BTreeMap;

use mpp_core::{Contents, Digest, Result, proof};
use mpp_resource::copy::Names;
use mpp_store::{CountedNames, Read, Tx, db_error, placeholders};
use sqlx::{AssertSqlSafe, Row as _, any::AnyRow};

/// Rows of one page, where the whole table is read.
const PAGE: i64 = 1000;

/// A record of the copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// The record's kind.
    pub kind: String,
    /// The record's name.
    pub name: String,
    /// Its version upstream.
    pub version: i64,
    /// Its document, encoded.
    pub doc: Vec<u8>,
    /// False if the row was altered in the database.
    pub is_proven: bool,
}

/// Forgets everything of a feed, before its state is written anew.
/// Index: upstream_record's primary key.
///
/// # Errors
/// `UNAVAILABLE` or `WRITE_CONFLICT`, as the database answers.
pub async fn forget(tx: &mut Tx, feed: &str) -> Result<()> {
    let query = sqlx::query("delete from upstream_record where feed = $1").bind(feed);
    query.execute(tx.conn()).await.map_err(db_error)?;
    Ok(())
}

/// Writes records; if a record is there already, the higher version stays. No record may come
/// twice. Index: upstream_record's primary key.
///
/// # Errors
/// `UNAVAILABLE` or `WRITE_CONFLICT`, as the database answers.
pub async fn put(tx: &mut Tx, feed: &str, records: &[Copied]) -> Result<()> {
    let most = tx.rows_at_once(6);
    for chunk in records.chunks(most) {
        let text = format!(
            "insert into upstream_record (feed, kind, name, version, doc, proof) values {}
             on conflict (feed, kind, name) do update set version = excluded.version,
             doc = excluded.doc, proof = excluded.proof
             where upstream_record.version < excluded.version",
            placeholders(1, chunk.len(), 6)
        );
        let mut query = sqlx::query(AssertSqlSafe(text)).persistent(chunk.len() == most);
        for record in chunk {
            query = query
                .bind(feed)
                .bind(&record.kind)
                .bind(&record.name)
                .bind(record.version)
                .bind(&record.doc[..])
                .bind(proof(&record.kind, &record.name, record.version, &record.doc));
        }
        query.execute(tx.conn()).await.map_err(db_error)?;
    }
    Ok(())
}

/// Removes a record that is gone. Index: upstream_record's primary key.
///
/// # Errors
/// `UNAVAILABLE` or `WRITE_CONFLICT`, as the database answers.
pub async fn remove(tx: &mut Tx, feed: &str, kind: &str, name: &str) -> Result<()> {
    sqlx::query("delete from upstream_record where feed = $1 and kind = $2 and name = $3")
        .bind(feed)
        .bind(kind)
        .bind(name)
        .execute(tx.conn())
        .await
        .map_err(db_error)?;
    Ok(())
}

/// Up to `limit` records after a kind and name, in order. Index: upstream_record's primary key.
///
/// # Errors
/// `UNAVAILABLE` if the database is away.
pub async fn page(
    read: &mut Read,
    feed: &str,
    after: (&str, &str),
    limit: i64,
) -> Result<Vec<Copied>> {
    let rows = sqlx::query(
        "select kind, name, version, doc, proof from upstream_record
         where feed = $1 and (kind, name) > ($2, $3) order by kind, name limit $4",
    )
    .bind(feed)
    .bind(after.0)
    .bind(after.1)
    .bind(limit)
    .fetch_all(read.conn())
    .await
    .map_err(db_error)?;
    rows.iter().map(|row| copied(row).map_err(db_error)).collect()
}

/// The versions of those of the records that exist. Index: upstream_record's primary key.
///
/// # Errors
/// `UNAVAILABLE` or `WRITE_CONFLICT`, as the database answers.
pub async fn versions(
    tx: &mut Tx,
    feed: &str,
    records: &Names,
) -> Result<BTreeMap<(String, String), i64>> {
    let records: Vec<_> = records.iter().collect();
    let mut found = BTreeMap::new();
    let most = tx.rows_at_once(2);
    for chunk in records.chunks(most) {
        let text = format!(
            "with wanted (kind, name) as (values {})
             select r.kind, r.name, r.version from wanted w join upstream_record r
             on r.feed = $1 and r.kind = w.kind and r.name = w.name",
            placeholders(2, chunk.len(), 2)
        );
        let mut query = sqlx::query(AssertSqlSafe(text)).persistent(chunk.len() == most);
        query = query.bind(feed);
        for (kind, name) in chunk {
            query = query.bind(kind).bind(name);
        }
        for row in query.fetch_all(tx.conn()).await.map_err(db_error)? {
            let key = (get(&row, "kind")?, get(&row, "name")?);
            found.insert(key, row.try_get("version").map_err(db_error)?);
        }
    }
    Ok(found)
}

/// The digest of the copy; see [`count`]. Reads the whole table.
///
/// # Errors
/// `UNAVAILABLE` if the database is away.
pub async fn held(read: &mut Read, feed: &str) -> Result<Digest> {
    let (mut digest, mut after) = (Digest::default(), (String::new(), String::new()));
    loop {
        let rows = page(read, feed, (&after.0, &after.1), PAGE).await?;
        rows.iter().for_each(|row| count(&mut digest, row));
        match rows.last() {
            Some(last) => after = (last.kind.clone(), last.name.clone()),
            None => return Ok(digest),
        }
    }
}

/// The rows as they are, with their documents, and those that were altered in the database. Reads
/// the whole table.
///
/// # Errors
/// `UNAVAILABLE` if the database is away.
pub async fn contents(
    read: &mut Read,
    feed: &str,
    mut each: impl FnMut(&Copied) + Send,
) -> Result<(Contents, BTreeMap<String, CountedNames>)> {
    let (mut contents, mut altered) =
        (Contents::default(), BTreeMap::<String, CountedNames>::new());
    let mut after = (String::new(), String::new());
    loop {
        let rows = page(read, feed, (&after.0, &after.1), PAGE).await?;
        for row in &rows {
            contents.add(&row.kind, &row.name, row.version, &row.doc);
            if !row.is_proven {
                altered.entry(row.kind.clone()).or_default().add(&row.name);
            }
            each(row);
        }
        let Some(last) = rows.into_iter().next_back() else { return Ok((contents, altered)) };
        after = (last.kind, last.name);
    }
}

/// Adds a record to the digest of the copy. An altered one counts with a version that no record
/// has, so that the digests differ, whether the record should be there or not.
pub fn count(digest: &mut Digest, record: &Copied) {
    let version = if record.is_proven { record.version } else { i64::MIN };
    digest.add(&record.kind, &record.name, version);
}

fn get(row: &AnyRow, column: &str) -> Result<String> {
    row.try_get(column).map_err(db_error)
}

fn copied(row: &AnyRow) -> sqlx::Result<Copied> {
    let (kind, name): (String, String) = (row.try_get("kind")?, row.try_get("name")?);
    let (version, doc): (i64, Vec<u8>) = (row.try_get("version")?, row.try_get("doc")?);
    let is_proven = row.try_get::<i64, _>("proof")? == proof(&kind, &name, version, &doc);
    Ok(Copied { kind, name, version, doc, is_proven })
}
