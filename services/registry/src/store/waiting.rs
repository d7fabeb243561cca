//! Records that wait, whole, and those of them that were rejected when they were tried again.

mod row;

use std::collections::HashMap;

use mpp_core::{Micros, Result};
use mpp_store::{Conn, Tx, db_error, placeholders};
use sqlx::{AssertSqlSafe, Row};

use row::{COLUMNS, cause, read};
pub use row::{Cause, Held, Waiting};

/// Rows of one statement; the databases bound its parameters.
const CHUNK: usize = 400;

/// Which records of a source are meant.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Their source.
    pub source: String,
    /// Only this code; empty: all.
    pub code: String,
    /// Only those that wait for this; `None`: all.
    pub awaited: Option<String>,
    /// Only the record of this name; empty: all.
    pub name: String,
    /// Those that were rejected, too.
    pub with_refused: bool,
    /// Only those that may be tried by then.
    pub by: Option<Micros>,
}

/// Locks the source's state against its sessions until the commit; false where there is none any
/// more. Index: sync_lease's primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn lock(tx: &mut Tx, source: &str) -> Result<bool> {
    sqlx::query("update sync_lease set source = source where source = $1")
        .bind(source)
        .execute(tx.conn())
        .await
        .map(|done| done.rows_affected() > 0)
        .map_err(db_error)
}

/// Index: sync_waiting's primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn held(tx: &mut Tx, source: &str) -> Result<Held> {
    let text = "select count(*) as records, cast(coalesce(sum(bytes), 0) as bigint) as bytes
        from sync_waiting where source = $1";
    let row = sqlx::query(text).bind(source).fetch_one(tx.conn()).await.map_err(db_error)?;
    let of = |column: &str| row.try_get(column).map_err(db_error);
    Ok(Held { records: of("records")?, bytes: of("bytes")? })
}

/// What is kept of these names. Index: sync_waiting's primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn known(tx: &mut Tx, source: &str, names: &[&str]) -> Result<HashMap<String, Waiting>> {
    let mut known = HashMap::new();
    for chunk in names.chunks(CHUNK) {
        let text = format!(
            "select {COLUMNS}, record from sync_waiting where source = $1 and name in {}",
            placeholders(2, 1, chunk.len())
        );
        let query = sqlx::query(AssertSqlSafe(text)).bind(source);
        let query = chunk.iter().fold(query, |query, name| query.bind(*name));
        for row in query.fetch_all(tx.conn()).await.map_err(db_error)? {
            let one = read(&row).map_err(db_error)?;
            known.insert(one.name.clone(), one);
        }
    }
    Ok(known)
}

/// Lets these go, by their names or by their ids. Index: sync_waiting's primary key,
/// sync_waiting_id.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn remove(tx: &mut Tx, source: &str, by: By, keys: &[&str]) -> Result<()> {
    let column = match by {
        By::Name => "name",
        By::Id => "source_id",
    };
    for chunk in keys.chunks(CHUNK) {
        let text = format!(
            "delete from sync_waiting where source = $1 and {column} in {}",
            placeholders(2, 1, chunk.len())
        );
        let query = sqlx::query(AssertSqlSafe(text)).bind(source);
        let query = chunk.iter().fold(query, |query, key| query.bind(*key));
        query.execute(tx.conn()).await.map_err(db_error)?;
    }
    Ok(())
}

/// By which key rows are meant.
#[derive(Clone, Copy, Debug)]
pub enum By {
    /// The service's name.
    Name,
    /// The last part of it.
    Id,
}

/// Keeps records whose names are free.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn insert(tx: &mut Tx, all: &[Waiting]) -> Result<()> {
    for chunk in all.chunks(CHUNK / 10) {
        let text = format!(
            "insert into sync_waiting ({COLUMNS}, record, bytes) values {}",
            placeholders(1, chunk.len(), 20)
        );
        let query = chunk.iter().fold(sqlx::query(AssertSqlSafe(text)), |query, one| {
            query
                .bind(&one.source)
                .bind(&one.name)
                .bind(&one.source_id)
                .bind(i64::from(one.deletes))
                .bind(&one.field)
                .bind(&one.code)
                .bind(&one.message)
                .bind(&one.awaited)
                .bind(i64::from(one.refused))
                .bind(one.rules)
                .bind(one.sequence)
                .bind(&one.session)
                .bind(i64::from(one.unique_ids))
                .bind(one.form)
                .bind(one.first_seen)
                .bind(one.last_try)
                .bind(one.tries)
                .bind(one.not_before)
                .bind(one.record.as_slice())
                .bind(i64::try_from(one.record.len()).unwrap_or(i64::MAX))
        });
        query.execute(tx.conn()).await.map_err(db_error)?;
    }
    Ok(())
}

/// Stores what a try has found of a record. Index: sync_waiting's primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn tried(tx: &mut Tx, one: &Waiting) -> Result<()> {
    sqlx::query(
        "update sync_waiting set field = $3, code = $4, message = $5, awaited = $6, refused = $7,
         rules = $8, last_try = $9, tries = $10, not_before = $11 where source = $1 and name = $2",
    )
    .bind(&one.source)
    .bind(&one.name)
    .bind(&one.field)
    .bind(&one.code)
    .bind(&one.message)
    .bind(&one.awaited)
    .bind(i64::from(one.refused))
    .bind(one.rules)
    .bind(one.last_try)
    .bind(one.tries)
    .bind(one.not_before)
    .execute(tx.conn())
    .await
    .map(drop)
    .map_err(db_error)
}

/// The next records of a selection after a name, in the order of names. Index: sync_waiting's
/// primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn select(
    conn: &mut Conn,
    wanted: &Selection,
    after: &str,
    limit: usize,
) -> Result<Vec<Waiting>> {
    let text = format!(
        "select {COLUMNS}, record from sync_waiting where source = $1 and name > $2
         and ($3 = '' or code = $3) and ($4 = 0 or awaited = $5) and ($6 = '' or name = $6)
         and refused <= $7 and not_before <= $8 order by name limit $9"
    );
    let rows = sqlx::query(AssertSqlSafe(text))
        .bind(&wanted.source)
        .bind(after)
        .bind(&wanted.code)
        .bind(i64::from(wanted.awaited.is_some()))
        .bind(wanted.awaited.as_deref().unwrap_or_default())
        .bind(&wanted.name)
        .bind(i64::from(wanted.with_refused))
        .bind(wanted.by.unwrap_or(Micros::MAX))
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(conn)
        .await
        .map_err(db_error)?;
    rows.iter().map(|row| read(row).map_err(db_error)).collect()
}

/// A page of what is kept of a source, of all where it is empty, after a source and a name. Index:
/// sync_waiting's primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn page(
    conn: &mut Conn,
    source: &str,
    code: &str,
    after: (&str, &str),
    limit: usize,
) -> Result<Vec<Waiting>> {
    let text = format!(
        "select {COLUMNS} from sync_waiting where ($1 = '' or source = $1) and ($2 = '' or code = $2)
         and (source > $3 or (source = $3 and name > $4)) order by source, name limit $5"
    );
    let rows = sqlx::query(AssertSqlSafe(text))
        .bind(source)
        .bind(code)
        .bind(after.0)
        .bind(after.1)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(conn)
        .await
        .map_err(db_error)?;
    rows.iter().map(|row| read(row).map_err(db_error)).collect()
}

/// What records of all sources wait for. Index: sync_waiting_cause.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn causes(conn: &mut Conn) -> Result<Vec<Cause>> {
    let rows = sqlx::query(
        "select source, refused, code, awaited, count(*) as records, min(first_seen) as oldest,
         min(rules) as rules, min(not_before) as not_before
         from sync_waiting group by source, refused, code, awaited",
    )
    .fetch_all(conn)
    .await
    .map_err(db_error)?;
    rows.iter().map(|row| cause(row).map_err(db_error)).collect()
}

/// How many wait. Index: sync_waiting_cause.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn count(tx: &mut Tx, source: &str) -> Result<i64> {
    let text = "select count(*) as records from sync_waiting where source = $1 and refused = 0";
    let row = sqlx::query(text).bind(source).fetch_one(tx.conn()).await.map_err(db_error)?;
    row.try_get("records").map_err(db_error)
}

/// Names of what waits. Index: sync_waiting_cause.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn names(tx: &mut Tx, source: &str) -> Result<Vec<String>> {
    let text = "select name from sync_waiting where source = $1 and refused = 0";
    let rows = sqlx::query(text).bind(source).fetch_all(tx.conn()).await.map_err(db_error)?;
    rows.iter().map(|row| row.try_get("name").map_err(db_error)).collect()
}

/// Lets go what came with batches after one, up to another. Index: sync_waiting's primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn forget_between(tx: &mut Tx, source: &str, after: i64, up_to: i64) -> Result<()> {
    let text = "delete from sync_waiting where source = $1 and sequence > $2 and sequence <= $3";
    let query = sqlx::query(text).bind(source).bind(after).bind(up_to);
    query.execute(tx.conn()).await.map(drop).map_err(db_error)
}

/// Counts what became of records that had waited. Index: sync_lease's primary key; the row is
/// locked.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn add_redriven(tx: &mut Tx, source: &str, taken: i64, rejected: i64) -> Result<()> {
    sqlx::query(
        "update sync_lease set source_redriven = source_redriven + $2,
         source_redrive_rejected = source_redrive_rejected + $3 where source = $1",
    )
    .bind(source)
    .bind(taken)
    .bind(rejected)
    .execute(tx.conn())
    .await
    .map(drop)
    .map_err(db_error)
}
