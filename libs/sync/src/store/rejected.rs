//! Which records of a source stand rejected now: those whose last answer said so. Those that wait
//! are kept whole ([`super::waiting`]).

use std::collections::HashSet;

use mpp_api::sync::Outcome;
use mpp_core::Result;
use mpp_store::{Conn, Tx, db_error, placeholders};
use sha2::{Digest as _, Sha256};
use sqlx::{AssertSqlSafe, Row};

use super::{
    clients::ANYONES,
    lease::Lease,
    seal::{self, Sealed},
    waiting::{self, Waiting},
};

/// Rows of one statement: the databases limit its parameters.
const CHUNK: usize = 400;

/// The state of a record after its answer.
pub struct Stands {
    id: String,
    name: String,
    outcome: Outcome,
}

/// Records of a source that do not stand as they were sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// How many are wrong.
    pub rejected: i64,
    /// How many wait for something else.
    pub waiting: i64,
}

impl Count {
    /// The rejected and the waiting ones together.
    pub fn all(self) -> i64 {
        self.rejected + self.waiting
    }
}

impl Stands {
    /// A record by its own id and the name that it asks for.
    pub fn new(id: &str, name: &str, outcome: Outcome) -> Self {
        Self { id: key(id), name: key(name), outcome }
    }

    /// A record that waited, and is rejected.
    pub fn rejected(id: &str, name: &str) -> Self {
        Self::new(id, name, Outcome::Rejected)
    }

    fn is_refused(&self) -> bool {
        self.outcome == Outcome::Rejected
    }
}

/// A key that stands for a text, which may hold anything.
pub fn key(text: &str) -> String {
    mpp_core::hex(&Sha256::digest(text)[..16])
}

/// Keeps a batch's answers, in its own transaction. If ids are unique, an id means the same record
/// under any unit, but for what another client has sent there. Index: sync_rejected's primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn keep(tx: &mut Tx, lease: &Lease, sequence: i64, all: &[Stands]) -> Result<()> {
    let rejected: Vec<&Stands> = all.iter().filter(|one| one.is_refused()).collect();
    if rejected.is_empty() && !stands(tx, &lease.source).await? {
        return Ok(());
    }
    for chunk in all.chunks(CHUNK) {
        let ids: Vec<&str> = chunk.iter().map(|one| one.id.as_str()).collect();
        let names: Vec<&str> = chunk.iter().map(|one| one.name.as_str()).collect();
        delete(tx, &lease.source, &ids, &names, ANYONES).await?;
        if lease.unique_ids {
            delete(tx, &lease.source, &ids, &[], &lease.client.may_forget()).await?;
        }
    }
    for chunk in rejected.chunks(CHUNK) {
        insert(tx, &lease.source, (sequence, lease.client.number), chunk).await?;
    }
    Ok(())
}

/// Keeps that a record which waited is rejected now. Index: sync_rejected's primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn add(tx: &mut Tx, row: &Waiting, stands: &Stands) -> Result<()> {
    insert(tx, &row.source, (row.sequence, row.client), &[stands]).await
}

/// These no longer stand rejected: they were tried again, and were taken or wait. Index:
/// sync_rejected's primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn take_back(tx: &mut Tx, source: &str, all: &[Stands]) -> Result<()> {
    for chunk in all.chunks(CHUNK) {
        let ids: Vec<&str> = chunk.iter().map(|one| one.id.as_str()).collect();
        let names: Vec<&str> = chunk.iter().map(|one| one.name.as_str()).collect();
        delete(tx, source, &ids, &names, ANYONES).await?;
    }
    Ok(())
}

/// Whether anything stands rejected. Index: sync_rejected's primary key.
async fn stands(tx: &mut Tx, source: &str) -> Result<bool> {
    sqlx::query("select 1 as one from sync_rejected where source = $1 limit 1")
        .bind(source)
        .fetch_optional(tx.conn())
        .await
        .map(|row| row.is_some())
        .map_err(db_error)
}

/// Deletes the rows of these keys of which the condition holds.
async fn delete(
    tx: &mut Tx,
    source: &str,
    ids: &[&str],
    names: &[&str],
    holds: &str,
) -> Result<()> {
    let places = |from: usize, count: usize| {
        (from..from + count).map(|at| format!("${at}")).collect::<Vec<_>>().join(", ")
    };
    let mut text =
        format!("delete from sync_rejected where source = $1 and id in ({})", places(2, ids.len()));
    if !names.is_empty() {
        text += &format!(" and name in ({})", places(2 + ids.len(), names.len()));
    }
    text += &format!(" and {holds} returning proof");
    let query = sqlx::query(AssertSqlSafe(text)).bind(source);
    let query = ids.iter().chain(names).fold(query, |query, key| query.bind(*key));
    let gone = query.fetch_all(tx.conn()).await.map_err(db_error)?;
    seal::add(tx, source, Sealed::Rejected, -seal::sum_of(&gone)?).await
}

/// The hash of a row without its batch and client, which a reconcile moves on.
fn seal_of(source: &str, id: &str, name: &str) -> i64 {
    seal::seal(&[source.as_bytes(), id.as_bytes(), name.as_bytes()])
}

/// The rows that were altered by hand, of the source `part` or, if that is empty, of all: source,
/// id and name. Index: sync_rejected's primary key; scans the table for all.
pub(super) async fn altered(conn: &mut Conn, part: &str) -> Result<Vec<[String; 3]>> {
    let of_it = seal::of_source("source", part);
    let text =
        format!("select source, id, name, proof from sync_rejected where proof <> 0 and {of_it}");
    let query = sqlx::query(AssertSqlSafe(text)).bind(part);
    let rows = query.fetch_all(conn).await.map_err(db_error)?;
    let mut altered = Vec::new();
    for row in &rows {
        let text = |column: &str| row.try_get::<String, _>(column).map_err(db_error);
        let key = [text("source")?, text("id")?, text("name")?];
        let [source, id, name] = &key;
        let proof: i64 = row.try_get("proof").map_err(db_error)?;
        if seal_of(source, id, name) != proof {
            altered.push(key);
        }
    }
    Ok(altered)
}

async fn insert(
    tx: &mut Tx,
    source: &str,
    (sequence, client): (i64, i64),
    all: &[&Stands],
) -> Result<()> {
    let row =
        |at: usize| format!("($1, $2, $3, ${}, ${}, ${})", 4 + 3 * at, 5 + 3 * at, 6 + 3 * at);
    let rows = (0..all.len()).map(row);
    let text = format!(
        "insert into sync_rejected (source, sequence, client, id, name, proof) values {}
         on conflict do nothing returning proof",
        rows.collect::<Vec<_>>().join(", ")
    );
    let query = sqlx::query(AssertSqlSafe(text)).bind(source).bind(sequence).bind(client);
    let query = all.iter().fold(query, |query, one| {
        query.bind(&one.id).bind(&one.name).bind(seal_of(source, &one.id, &one.name))
    });
    let new = query.fetch_all(tx.conn()).await.map_err(db_error)?;
    seal::add(tx, source, Sealed::Rejected, seal::sum_of(&new)?).await
}

/// Forgets records that a session's client no longer has, by their own ids; not those that another
/// client has sent. Index: sync_rejected's primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn forget(tx: &mut Tx, lease: &Lease, ids: &[String]) -> Result<()> {
    let (source, own) = (&lease.source, lease.client.may_forget());
    // A hostile id was never kept whole; no record waits under an id that cannot be bound.
    let whole: Vec<&str> = ids.iter().map(String::as_str).filter(|id| !id.contains('\0')).collect();
    waiting::remove(tx, source, waiting::By::Id, &whole, &own).await?;
    let keys: Vec<String> = ids.iter().map(|id| key(id)).collect();
    for chunk in keys.chunks(CHUNK) {
        let ids: Vec<&str> = chunk.iter().map(String::as_str).collect();
        delete(tx, source, &ids, &[], &own).await?;
    }
    Ok(())
}

/// Forgets what a session's client was answered up to a batch, or after one; not what another
/// client was, which answers for that itself. Index: sync_rejected's primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn forget_between(tx: &mut Tx, lease: &Lease, after: i64, up_to: i64) -> Result<()> {
    waiting::forget_between(tx, lease, after, up_to).await?;
    let source = &lease.source;
    let text = format!(
        "delete from sync_rejected where source = $1 and sequence > $2 and sequence <= $3
         and {} returning proof",
        lease.client.may_forget()
    );
    let query = sqlx::query(AssertSqlSafe(text)).bind(source).bind(after).bind(up_to);
    let gone = query.fetch_all(tx.conn()).await.map_err(db_error)?;
    seal::add(tx, source, Sealed::Rejected, -seal::sum_of(&gone)?).await
}

/// Forgets the answers to clients that are away for good. Indexes: primary keys of sync_rejected
/// and sync_waiting.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn forget_away(tx: &mut Tx, lease: &Lease) -> Result<()> {
    let (source, away) = (&lease.source, lease.client.is_away());
    for (table, sum) in [("sync_rejected", Sealed::Rejected), ("sync_waiting", Sealed::Waiting)] {
        let text = format!("delete from {table} where source = $1 and {away} returning proof");
        let query = sqlx::query(AssertSqlSafe(text)).bind(source);
        let gone = query.fetch_all(tx.conn()).await.map_err(db_error)?;
        seal::add(tx, source, sum, -seal::sum_of(&gone)?).await?;
    }
    Ok(())
}

/// How many stand rejected, and how many wait. Index: sync_rejected's primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn count(tx: &mut Tx, source: &str) -> Result<Count> {
    let text = "select count(case when waiting = 0 then 1 end) as rejected,
        count(case when waiting = 1 then 1 end) as waiting from sync_rejected where source = $1";
    let row = sqlx::query(text).bind(source).fetch_one(tx.conn()).await.map_err(db_error)?;
    let of = |column: &str| row.try_get::<i64, _>(column).map_err(db_error);
    // A replica of an older version keeps nothing of what waits except its mark.
    let waiting = of("waiting")? + waiting::count(tx, source).await?;
    Ok(Count { rejected: of("rejected")?, waiting })
}

/// The keys of the rejected records' ids, which `source_id` finds in a name, or of their names.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn keys(
    tx: &mut Tx,
    lease: &Lease,
    source_id: fn(&str) -> &str,
) -> Result<HashSet<String>> {
    let column = if lease.unique_ids { "id" } else { "name" };
    let text = format!("select {column} as one from sync_rejected where source = $1");
    let rows = sqlx::query(AssertSqlSafe(text)).bind(&lease.source).fetch_all(tx.conn()).await;
    let rows = rows.map_err(db_error)?;
    let mut keys: HashSet<String> =
        rows.iter().map(|row| row.try_get("one").map_err(db_error)).collect::<Result<_>>()?;
    for name in waiting::names(tx.conn(), &lease.source).await? {
        keys.insert(key(if lease.unique_ids { source_id(&name) } else { &name }));
    }
    Ok(keys)
}

/// Keys of the names of all that stand rejected. Index: sync_rejected's primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn names(conn: &mut Conn, source: &str) -> Result<Vec<String>> {
    let text = "select name from sync_rejected where source = $1 and waiting = 0";
    let rows = sqlx::query(text).bind(source).fetch_all(conn).await.map_err(db_error)?;
    rows.iter().map(|row| row.try_get("name").map_err(db_error)).collect()
}

/// These were answered with a client's batch, though they did not come in it: a reconcile has
/// confirmed them. Index: the primary keys.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn confirm(
    tx: &mut Tx,
    lease: &Lease,
    sequence: i64,
    (table, names): (&str, &[String]),
) -> Result<()> {
    for chunk in names.chunks(CHUNK) {
        let text = format!(
            "update {table} set sequence = $2, client = $3 where source = $1 and name in {}",
            placeholders(4, 1, chunk.len())
        );
        let query = sqlx::query(AssertSqlSafe(text)).bind(&lease.source).bind(sequence);
        let query = query.bind(lease.client.number);
        let query = chunk.iter().fold(query, |query, name| query.bind(name));
        query.execute(tx.conn()).await.map_err(db_error)?;
    }
    Ok(())
}

/// Forgets a source that is deleted: its lease first, since every write of a session locks it, and
/// then what was kept of its batches. Index: the primary keys.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn forget_source(tx: &mut Tx, source: &str) -> Result<()> {
    for table in [
        "sync_lease",
        "sync_batch",
        "sync_rejected",
        "sync_waiting",
        "sync_sent",
        "sync_undone",
        "sync_client",
        "sync_contested",
    ] {
        sqlx::query(AssertSqlSafe(format!("delete from {table} where source = $1")))
            .bind(source)
            .execute(tx.conn())
            .await
            .map_err(db_error)?;
    }
    Ok(())
}

/// The sources of which anything is kept. Index: sync_lease's primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn sources(conn: &mut Conn) -> Result<Vec<String>> {
    let query = sqlx::query("select source from sync_lease order by source");
    let rows = query.fetch_all(conn).await.map_err(db_error)?;
    rows.iter().map(|row| row.try_get("source").map_err(db_error)).collect()
}
