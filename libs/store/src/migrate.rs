//! Migrations: steps that only add, run once each, under a lock.
//!
//! There are two tracks: this crate's own ("store") and the service's. A binary works with its own
//! version of a track or with one step more, so that a rolling update may migrate first.

use std::time::Duration;

use futures::future::BoxFuture;
use mpp_core::{Error, Reason, Result};
use sqlx::{Any, AnyConnection, AssertSqlSafe, Connection as _, Row as _, Transaction};

use crate::{
    Options,
    connect::{self, dialect_of, own},
    db_error,
    dialect::{Dialect, Engine},
    error::{has_no_table, mismatch},
    owner,
    schema::{Migration, STORE, Schema},
};

/// How often a migrator looks whether another one has ended: one small statement, of a process that
/// does nothing else yet.
const LOOK_AGAIN: Duration = Duration::from_millis(100);
/// The lock that migrators take on PostgreSQL.
const LOCK_KEY: i64 = 5_213_002;

/// Both databases understand it; it also serves as the record of who migrated when.
const LEDGER: &str = "create table if not exists migration (
    track text not null, version bigint not null, name text not null,
    run_at bigint not null, run_by text not null, primary key (track, version))";

/// Runs the steps that the database lacks and answers their names; running it again does nothing.
///
/// # Errors
/// `UNAVAILABLE` if the database is away, a SQLite file has an owner or another migrator does
/// not end; `SCHEMA_MISMATCH` if the database is another service's, holds what is not ours, or is
/// more than one step ahead.
pub fn migrate<'a>(options: &'a Options, schema: &'a Schema) -> BoxFuture<'a, Result<Vec<String>>> {
    Box::pin(async {
        let _owned = own(options).await?;
        run(options, schema).await
    })
}

/// Like [`migrate`], for a caller that already owns the file.
pub(crate) async fn run(options: &Options, schema: &Schema) -> Result<Vec<String>> {
    let dialect = dialect_of(options)?;
    let mut conn = connect::first(options, dialect).await?;
    // A step over a large table may take long; waiting for its locks may not.
    if dialect.engine == Engine::Postgres {
        let patient = "set statement_timeout = 0";
        sqlx::raw_sql(patient).execute(&mut conn).await.map_err(db_error)?;
    }
    let ran = run_steps(&mut conn, dialect, schema, options).await;
    let closed = conn.close().await.map_err(db_error);
    let ran = ran?;
    closed?;
    Ok(ran)
}

async fn run_steps(
    conn: &mut AnyConnection,
    dialect: &Dialect,
    schema: &Schema,
    options: &Options,
) -> Result<Vec<String>> {
    claim(conn, dialect, schema, options).await?;
    let mut ran = Vec::new();
    for (track, steps) in tracks(schema) {
        for step in steps {
            if apply(conn, dialect, track, step, options).await? {
                ran.push(format!("{track} {} {}", step.version, step.name));
            }
        }
    }
    check(conn, schema).await?;
    Ok(ran)
}

/// Makes the database the service's own, before anything else is written to it.
async fn claim(
    conn: &mut AnyConnection,
    dialect: &Dialect,
    schema: &Schema,
    options: &Options,
) -> Result<()> {
    owner::check_free(conn, dialect, schema.service).await?;
    let mut tx = begin_alone(conn, dialect, options).await?;
    sqlx::raw_sql(LEDGER).execute(&mut *tx).await.map_err(db_error)?;
    note(&mut tx, (owner::TRACK, 0, schema.service), options).await.map_err(db_error)?;
    // Another service's migrator may have come first.
    owner::check(&mut tx, schema.service).await?;
    tx.commit().await.map_err(db_error)
}

/// One step and its line in the ledger, all or nothing; false if it has run already.
async fn apply(
    conn: &mut AnyConnection,
    dialect: &Dialect,
    track: &str,
    step: &Migration,
    options: &Options,
) -> Result<bool> {
    let failed = |error: sqlx::Error| {
        let what = format!(
            "step {} '{}' of {track} failed and left nothing: {error}; mend it and migrate again",
            step.version, step.name
        );
        Error::new(Reason::SchemaMismatch, what).with_context(error)
    };
    let mut tx = begin_alone(conn, dialect, options).await?;
    if done(&mut tx, track).await.map_err(db_error)?.contains(&step.version) {
        tx.rollback().await.map_err(db_error)?;
        return Ok(false);
    }
    let text = step.statements.on(dialect.engine).into_owned();
    sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut *tx).await.map_err(failed)?;
    note(&mut tx, (track, step.version, step.name), options).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    Ok(true)
}

/// Writes a line of the ledger; a line that is there already stays. Index: migration's primary key.
async fn note(
    conn: &mut AnyConnection,
    (track, version, name): (&str, i64, &str),
    options: &Options,
) -> sqlx::Result<()> {
    sqlx::query(
        "insert into migration (track, version, name, run_at, run_by) values ($1,$2,$3,$4,$5)
         on conflict (track, version) do nothing",
    )
    .bind(track)
    .bind(version)
    .bind(name)
    .bind(options.clock.now())
    .bind(format!("{} {}", env!("CARGO_PKG_VERSION"), migrator()))
    .execute(conn)
    .await
    .map(drop)
}

/// Checks that the database is the service's, and that every track stands at this binary's version
/// or one step further.
pub(crate) async fn check(conn: &mut AnyConnection, schema: &Schema) -> Result<()> {
    owner::check(conn, schema.service).await?;
    for (track, steps) in tracks(schema) {
        let done = match done(conn, track).await {
            // A database without a ledger has run no step; the first missing one says so.
            Err(error) if has_no_table(&error) => Vec::new(),
            done => done.map_err(db_error)?,
        };
        if let Some(step) = steps.iter().find(|step| !done.contains(&step.version)) {
            return Err(mismatch(format!(
                "the database lacks step {} '{}' of {track}; run `mpp migrate {}`",
                step.version, step.name, schema.service
            )));
        }
        let own = steps.last().map_or(0, |step| step.version);
        let newest = done.iter().copied().max().unwrap_or(0);
        if newest > own + 1 {
            return Err(mismatch(format!(
                "the database is at step {newest} of {track}, this program knows {own} and works \
                 with {} at most; use a newer program",
                own + 1
            )));
        }
    }
    Ok(())
}

fn tracks(schema: &Schema) -> [(&'static str, &'static [Migration]); 2] {
    [("store", STORE), (schema.service, schema.steps)]
}

/// The versions of a track that have run. Index: migration's primary key.
async fn done(conn: &mut AnyConnection, track: &str) -> sqlx::Result<Vec<i64>> {
    let rows = sqlx::query("select version from migration where track = $1 order by version")
        .bind(track)
        .fetch_all(conn)
        .await?;
    rows.iter().map(|row| row.try_get(0)).collect()
}

/// A transaction beside which no other migrator runs one. The lock ends with it, so that a migrator
/// that dies leaves no lock.
async fn begin_alone<'a>(
    conn: &'a mut AnyConnection,
    dialect: &Dialect,
    options: &Options,
) -> Result<Transaction<'a, Any>> {
    let mut tx = conn.begin().await.map_err(db_error)?;
    // A SQLite file has one owner.
    if dialect.engine == Engine::Sqlite {
        return Ok(tx);
    }
    let started = tokio::time::Instant::now();
    loop {
        let row = sqlx::query("select pg_try_advisory_xact_lock($1)")
            .bind(LOCK_KEY)
            .fetch_one(&mut *tx)
            .await
            .map_err(db_error)?;
        if row.try_get(0).map_err(db_error)? {
            return Ok(tx);
        }
        if started.elapsed() > options.policy.migration_wait() {
            return Err(Error::new(
                Reason::Unavailable,
                "another migration holds the lock; see pg_locks (locktype advisory) for its process",
            ));
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// The migrator as the ledger names it: the container's or machine's name, and the process.
fn migrator() -> String {
    let host = std::env::var("HOSTNAME").unwrap_or_else(|_| "localhost".to_owned());
    format!("{host}:{}", std::process::id())
}
