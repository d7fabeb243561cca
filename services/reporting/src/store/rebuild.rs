//! Rebuilds the projections from the inbox, in memory beside the live ones, and compares them.

use std::fmt::Write as _;

use bytes::Bytes;
use mpp_core::Result;
use mpp_store::{Db, Read, db_error};
use sha2::{Digest, Sha256};
use sqlx::any::AnyRow;

use super::get;
use crate::model::{Event, Rows, Upstream, Written, project};

/// Events and rows in one page.
const PAGE: i64 = 1_000;
/// Differences that are named.
const MAX_DIFFERENCES: usize = 20;

/// What the comparison found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// SHA-256 over the live rows in order.
    pub live_digest: String,
    /// The same of the rebuilt rows.
    pub rebuilt_digest: String,
    /// Events in the inbox.
    pub inbox_count: i64,
    /// The first rows that differ.
    pub differences: Vec<String>,
}

/// Compares, in one snapshot.
///
/// # Errors
/// `UNAVAILABLE` where the database is away; internal where a document cannot be read.
pub async fn verify(db: &Db) -> Result<Verified> {
    let mut read = db.read().await?;
    let (rebuilt, inbox_count) = rebuild(&mut read).await?;
    let live = live(&mut read).await?;
    Ok(Verified {
        live_digest: digest(&live),
        rebuilt_digest: digest(&rebuilt),
        inbox_count,
        differences: differences(&live, &rebuilt),
    })
}

/// Index: inbox's primary key.
async fn rebuild(read: &mut Read) -> Result<(Written, i64)> {
    let mut rows = Rows::empty();
    let (mut last, mut count) = (0, 0);
    loop {
        let page = sqlx::query("select * from inbox where seq > $1 order by seq limit $2")
            .bind(last)
            .bind(PAGE)
            .fetch_all(read.conn())
            .await
            .map_err(db_error)?;
        for row in &page {
            project(&mut rows, &event(row)?)?;
            last = get(row, "seq")?;
            count += 1;
        }
        if page.is_empty() {
            return Ok((rows.into_written(), count));
        }
    }
}

fn event(row: &AnyRow) -> Result<Event> {
    Ok(Event {
        feed: Upstream::parse(&get::<String>(row, "feed")?)?,
        revision: get(row, "revision")?,
        sub: get(row, "sub")?,
        kind: get(row, "kind")?,
        name: get(row, "name")?,
        version: get(row, "version")?,
        doc: get::<Option<Vec<u8>>>(row, "doc")?.map(Bytes::from),
        labels: get(row, "labels")?,
        actor: get(row, "actor")?,
        at: get(row, "at")?,
    })
}

/// Index: projection's primary key.
async fn live(read: &mut Read) -> Result<Written> {
    let mut rows = Written::new();
    let mut last = (String::new(), String::new());
    loop {
        let page = sqlx::query(
            "select name, key, value from projection where (name, key) > ($1, $2)
             order by name, key limit $3",
        )
        .bind(last.0.clone())
        .bind(last.1.clone())
        .bind(PAGE)
        .fetch_all(read.conn())
        .await
        .map_err(db_error)?;
        for row in &page {
            last = (get(row, "name")?, get(row, "key")?);
            rows.insert(last.clone(), get(row, "value")?);
        }
        if page.is_empty() {
            return Ok(rows);
        }
    }
}

/// Lengths before texts, so that no two lists of rows read alike.
fn digest(rows: &Written) -> String {
    let mut hash = Sha256::new();
    for ((name, key), value) in rows {
        let value = value.as_deref();
        for text in [name.as_str(), key.as_str(), value.unwrap_or_default()] {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text);
        }
        hash.update([u8::from(value.is_some())]);
    }
    hash.finalize().iter().fold(String::new(), |mut hex, byte| {
        // Writing to a String does not fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn differences(live: &Written, rebuilt: &Written) -> Vec<String> {
    let changed = live.iter().filter(|(key, value)| rebuilt.get(key) != Some(value));
    let lost = rebuilt.iter().filter(|(key, _)| !live.contains_key(key));
    changed
        .chain(lost)
        .take(MAX_DIFFERENCES)
        .map(|((name, key), _)| {
            let key = (name.clone(), key.clone());
            format!(
                "{} {}: live {:?}, rebuilt {:?}",
                key.0,
                key.1,
                live.get(&key),
                rebuilt.get(&key)
            )
        })
        .collect()
}
