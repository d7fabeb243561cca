//! The copy of a followed feed's records, kept with its position.

use mpp_core::Result;
use mpp_store::{Read, Tx, db_error};
use sqlx::{AssertSqlSafe, Row as _, any::AnyRow};

/// Rows of one statement; five binds each stay far below SQLite's 32,766.
const CHUNK: usize = 500;

/// A record of the copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its version upstream.
    pub version: i64,
    /// Its document, encoded.
    pub doc: Vec<u8>,
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

/// Writes records; of a record that is there, the higher version stays. No record may come twice.
/// Index: upstream_record's primary key.
///
/// # Errors
/// `UNAVAILABLE` or `WRITE_CONFLICT`, as the database answers.
pub async fn put(tx: &mut Tx, feed: &str, records: &[Copied]) -> Result<()> {
    for chunk in records.chunks(CHUNK) {
        let rows: Vec<_> = (0..chunk.len())
            .map(|row| {
                let at = row * 4 + 2;
                format!("($1, ${at}, ${}, ${}, ${})", at + 1, at + 2, at + 3)
            })
            .collect();
        let text = format!(
            "insert into upstream_record (feed, kind, name, version, doc) values {}
             on conflict (feed, kind, name) do update set version = excluded.version,
             doc = excluded.doc
             where upstream_record.version < excluded.version",
            rows.join(", ")
        );
        let mut query = sqlx::query(AssertSqlSafe(text)).persistent(chunk.len() == CHUNK);
        query = query.bind(feed);
        for record in chunk {
            query = query
                .bind(&record.kind)
                .bind(&record.name)
                .bind(record.version)
                .bind(&record.doc[..]);
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
/// `UNAVAILABLE` where the database is away.
pub async fn page(
    read: &mut Read,
    feed: &str,
    after: (&str, &str),
    limit: i64,
) -> Result<Vec<Copied>> {
    let rows = sqlx::query(
        "select kind, name, version, doc from upstream_record
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

fn copied(row: &AnyRow) -> sqlx::Result<Copied> {
    Ok(Copied {
        kind: row.try_get("kind")?,
        name: row.try_get("name")?,
        version: row.try_get("version")?,
        doc: row.try_get("doc")?,
    })
}
