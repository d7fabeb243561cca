//! Whole records that wait, or were rejected when they were tried again.

mod lists;
mod row;
mod undo;

use std::collections::{BTreeMap, HashMap};

use mpp_core::{Micros, Result};
use mpp_store::{Conn, Tx, db_error, placeholders};
use sqlx::{AssertSqlSafe, Row, query::Query};
use tokio_stream::StreamExt as _;

pub use lists::{causes, page};
use row::{COLUMNS, read};
pub use undo::undo;

use super::{
    lease::Lease,
    seal::{self, Sealed},
};
pub use row::{Cause, Held, Waiting};

/// Rows of one statement: the databases limit its parameters.
const CHUNK: usize = 400;

type AnyQuery<'q> = Query<'q, sqlx::Any, sqlx::any::AnyArguments>;

/// A selection of a source's records.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// The name of the source.
    pub source: String,
    /// Only records with this code; empty: all.
    pub code: String,
    /// Only those that wait for this; `None`: all.
    pub awaited: Option<String>,
    /// Only the record of this name; empty: all.
    pub name: String,
    /// Also records that were rejected.
    pub with_refused: bool,
    /// Also records that were undone: an officer releases them.
    pub with_undone: bool,
    /// Only records that may be tried by then.
    pub by: Option<Micros>,
}

impl Selection {
    /// The condition for the selected records; its parameters begin at number `first`.
    fn meant(&self, first: usize) -> String {
        let [code, any, awaited, name, refused, by] = [0, 1, 2, 3, 4, 5].map(|at| first + at);
        let undone = if self.with_undone { "" } else { "and code <> 'UNDONE'" };
        format!(
            "(${code} = '' or code = ${code}) and (${any} = 0 or awaited = ${awaited})
             and (${name} = '' or name = ${name}) and refused <= ${refused}
             and not_before <= ${by} {undone}"
        )
    }

    /// The values of that condition.
    fn bind<'q>(&'q self, query: AnyQuery<'q>) -> AnyQuery<'q> {
        query
            .bind(&self.code)
            .bind(i64::from(self.awaited.is_some()))
            .bind(self.awaited.as_deref().unwrap_or_default())
            .bind(&self.name)
            .bind(i64::from(self.with_refused))
            .bind(self.by.unwrap_or(Micros::MAX))
    }
}

/// Locks the source's state against its sessions until the commit; false if there is none left.
/// Index: sync_lease's primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn lock(tx: &mut Tx, source: &str) -> Result<bool> {
    let text = "update sync_lease set source = source, sealed_locks = sealed_locks + 1
                where source = $1 returning unsealed";
    let row = sqlx::query(text).bind(source).fetch_optional(tx.conn()).await.map_err(db_error)?;
    let Some(row) = row else { return Ok(false) };
    if row.try_get::<i64, _>("unsealed").map_err(db_error)? != 0 {
        seal::reckon(tx, source).await?;
    }
    Ok(true)
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

/// The records that are kept under these names. Index: sync_waiting's primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn known(tx: &mut Tx, source: &str, names: &[&str]) -> Result<HashMap<String, Waiting>> {
    let all = Selection {
        source: source.to_owned(),
        with_refused: true,
        with_undone: true,
        ..Selection::default()
    };
    still(tx, &all, names).await
}

/// The records that are kept under these names, if a selection still means them. Index:
/// sync_waiting's primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn still(
    tx: &mut Tx,
    wanted: &Selection,
    names: &[&str],
) -> Result<HashMap<String, Waiting>> {
    let mut known = HashMap::new();
    for chunk in names.chunks(CHUNK) {
        let text = format!(
            "select {COLUMNS}, record from sync_waiting where source = $1 and {} and name in {}",
            wanted.meant(2),
            placeholders(8, 1, chunk.len())
        );
        let query = wanted.bind(sqlx::query(AssertSqlSafe(text)).bind(&wanted.source));
        let query = chunk.iter().fold(query, |query, name| query.bind(*name));
        for row in query.fetch_all(tx.conn()).await.map_err(db_error)? {
            let one = read(&row).map_err(db_error)?;
            known.insert(one.name.clone(), one);
        }
    }
    Ok(known)
}

/// Drops records by their names or ids, those of which the condition holds. Index: sync_waiting's
/// primary key, sync_waiting_id.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn remove(tx: &mut Tx, source: &str, by: By, keys: &[&str], holds: &str) -> Result<()> {
    let column = match by {
        By::Name => "name",
        By::Id => "source_id",
    };
    for chunk in keys.chunks(CHUNK) {
        let text = format!(
            "delete from sync_waiting where source = $1 and {column} in {} and {holds}
             returning proof",
            placeholders(2, 1, chunk.len())
        );
        let query = sqlx::query(AssertSqlSafe(text)).bind(source);
        let query = chunk.iter().fold(query, |query, key| query.bind(*key));
        let gone = query.fetch_all(tx.conn()).await.map_err(db_error)?;
        seal::add(tx, source, Sealed::Waiting, -seal::sum_of(&gone)?).await?;
    }
    Ok(())
}

/// The key by which rows are named.
#[derive(Clone, Copy, Debug)]
pub enum By {
    /// The service's name.
    Name,
    /// The last part of the name.
    Id,
}

/// Keeps records under names that have none yet.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn insert(tx: &mut Tx, all: &[Waiting]) -> Result<()> {
    for chunk in all.chunks(tx.rows_at_once(22)) {
        let text = format!(
            "insert into sync_waiting ({COLUMNS}, record, bytes) values {}",
            placeholders(1, chunk.len(), 22)
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
                .bind(one.seal())
                .bind(one.client)
                .bind(one.record.as_slice())
                .bind(i64::try_from(one.record.len()).unwrap_or(i64::MAX))
        });
        query.execute(tx.conn()).await.map_err(db_error)?;
    }
    let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
    for one in all {
        *sums.entry(&one.source).or_default() += one.seal();
    }
    for (source, sum) in sums {
        seal::add(tx, source, Sealed::Waiting, sum).await?;
    }
    Ok(())
}

/// Stores a record as a try has left it; `before` is the record before the try. An altered one
/// stays marked as such. Index: sync_waiting's primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn tried(tx: &mut Tx, before: &Waiting, one: &Waiting) -> Result<()> {
    let proof = if before.is_altered() { one.seal() ^ 2 } else { one.seal() };
    sqlx::query(
        "update sync_waiting set field = $3, code = $4, message = $5, awaited = $6, refused = $7,
         rules = $8, last_try = $9, tries = $10, not_before = $11, proof = $12
         where source = $1 and name = $2",
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
    .bind(proof)
    .execute(tx.conn())
    .await
    .map_err(db_error)?;
    seal::add(tx, &one.source, Sealed::Waiting, proof - before.proof).await
}

/// The names of the next records of a selection after a name, in their order. Index: sync_waiting's
/// primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn select(
    conn: &mut Conn,
    wanted: &Selection,
    after: &str,
    limit: usize,
) -> Result<Vec<String>> {
    let text = format!(
        "select name from sync_waiting where source = $1 and {} and name > $8
         order by name limit $9",
        wanted.meant(2)
    );
    let rows = wanted
        .bind(sqlx::query(AssertSqlSafe(text)).bind(&wanted.source))
        .bind(after)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(conn)
        .await
        .map_err(db_error)?;
    rows.iter().map(|row| row.try_get("name").map_err(db_error)).collect()
}

/// How many records wait. Index: sync_waiting_cause.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn count(tx: &mut Tx, source: &str) -> Result<i64> {
    let text = "select count(*) as records from sync_waiting where source = $1 and refused = 0";
    let row = sqlx::query(text).bind(source).fetch_one(tx.conn()).await.map_err(db_error)?;
    row.try_get("records").map_err(db_error)
}

/// The names of the records that wait. Index: sync_waiting_cause.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn names(conn: &mut Conn, source: &str) -> Result<Vec<String>> {
    let text = "select name from sync_waiting where source = $1 and refused = 0";
    let rows = sqlx::query(text).bind(source).fetch_all(conn).await.map_err(db_error)?;
    rows.iter().map(|row| row.try_get("name").map_err(db_error)).collect()
}

/// Drops records that came with the batches after one, up to another; not another client's. Index:
/// sync_waiting's primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn forget_between(tx: &mut Tx, lease: &Lease, after: i64, up_to: i64) -> Result<()> {
    let source = &lease.source;
    let text = format!(
        "delete from sync_waiting where source = $1 and sequence > $2 and sequence <= $3
         and {} returning proof",
        lease.client.may_forget()
    );
    let query = sqlx::query(AssertSqlSafe(text)).bind(source).bind(after).bind(up_to);
    let gone = query.fetch_all(tx.conn()).await.map_err(db_error)?;
    seal::add(tx, source, Sealed::Waiting, -seal::sum_of(&gone)?).await
}

/// The rows that were altered by hand, of the source `part` or, if that is empty, of all: source
/// and name. Index: sync_waiting's primary key; scans the table for all.
pub(super) async fn altered(conn: &mut Conn, part: &str) -> Result<Vec<(String, String)>> {
    let of_it = seal::of_source("source", part);
    let text = format!("select {COLUMNS}, record from sync_waiting where proof <> 0 and {of_it}");
    let mut rows = sqlx::query(AssertSqlSafe(text)).bind(part).fetch(conn);
    let mut altered = Vec::new();
    while let Some(row) = rows.try_next().await.map_err(db_error)? {
        let one = read(&row).map_err(db_error)?;
        if one.is_altered() {
            altered.push((one.source, one.name));
        }
    }
    Ok(altered)
}

/// Adds to the counts of redriven records. Index: sync_lease's primary key; the row is locked.
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
