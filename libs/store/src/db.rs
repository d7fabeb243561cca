//! One database that is open: its pools, its clock, its owner.

use std::sync::Arc;

use futures::future::BoxFuture;
use mpp_core::{Backoff, Clock, Error, Micros, Result};
use sqlx::{AnyConnection, Row as _};
use tokio::sync::watch;

use crate::{
    Conn, DatabasePolicy, Migration, Options, Schema,
    bounds::Bounds,
    connect::{self, dialect_of, own, sqlite_path},
    db_error,
    dialect::{Dialect, Engine},
    file::Owned,
    metrics, migrate,
    pool::Pool,
    reach::Reach,
    wal,
};

/// Connections that write, however few are allowed: one works while another waits.
const MIN_WRITERS: u32 = 2;

/// A database that is open. Clones share it.
#[derive(Clone, Debug)]
pub struct Db(pub(crate) Arc<Inner>);

#[derive(Debug)]
pub(crate) struct Inner {
    /// The service that it belongs to, such as `registry`.
    pub name: &'static str,
    pub dialect: &'static Dialect,
    pub url: String,
    pub clock: Clock,
    pub policy: DatabasePolicy,
    pub history_kinds: &'static [&'static str],
    pub standing_kinds: &'static [&'static str],
    /// The service's track of migrations.
    pub steps: &'static [Migration],
    /// On SQLite one connection, so that writers queue in order.
    pub writers: Pool,
    pub readers: Pool,
    /// The looker's findings; both pools heed them.
    pub reach: Reach,
    /// On SQLite, the lock on the file.
    pub owned: Option<Arc<Owned>>,
    /// The last revision that this process committed; wakes the feed's reader.
    pub committed: watch::Sender<i64>,
}

impl Db {
    /// Opens a database whose schema fits.
    ///
    /// # Errors
    /// `UNAVAILABLE` if it cannot be reached or a SQLite file has another owner,
    /// `SCHEMA_MISMATCH` if a step is missing or it is more than one step ahead.
    pub fn open<'a>(options: &'a Options, schema: &'a Schema) -> BoxFuture<'a, Result<Self>> {
        Box::pin(async {
            let owned = own(options).await?;
            Self::open_owned(options, schema, owned).await
        })
    }

    /// Migrates and opens: for `mpp up` and tests.
    ///
    /// # Errors
    /// The same as [`migrate`](crate::migrate()) and [`Db::open`].
    pub fn open_migrated<'a>(
        options: &'a Options,
        schema: &'a Schema,
    ) -> BoxFuture<'a, Result<Self>> {
        Box::pin(async {
            let owned = own(options).await?;
            migrate::run(options, schema).await?;
            Self::open_owned(options, schema, owned).await
        })
    }

    async fn open_owned(options: &Options, schema: &Schema, owned: Option<Owned>) -> Result<Self> {
        let dialect = dialect_of(options)?;
        let (readers, writers) = sizes(options, dialect.engine);
        let name = schema.service;
        metrics::begin(name);
        let (reach, owned) = (Reach::default(), owned.map(Arc::new));
        let pool = |size, which| {
            let named = (format!("{name}/{which}"), which == "writers");
            Pool::new(options, dialect, size, &reach, owned.clone(), named)
        };
        let (readers, writers) = (pool(readers, "readers")?, pool(writers, "writers")?);
        prepare(options, schema, dialect).await?;
        let committed = watch::Sender::new(0);
        if let Some(path) = sqlite_path(&options.url) {
            wal::look_after(&path, writers.clone(), committed.subscribe());
        }
        Ok(Self(Arc::new(Inner {
            name,
            dialect,
            url: options.url.clone(),
            clock: options.clock.clone(),
            policy: options.policy.clone(),
            history_kinds: schema.history_kinds,
            standing_kinds: schema.standing_kinds,
            steps: schema.steps,
            writers,
            readers,
            reach,
            owned,
            committed,
        })))
    }

    /// The name of the service that it belongs to.
    pub fn name(&self) -> &'static str {
        self.0.name
    }

    /// The kinds of record whose every version is kept.
    pub fn history_kinds(&self) -> &'static [&'static str] {
        self.0.history_kinds
    }

    /// Counts a writing transaction whose own work failed; one that could not begin or commit is
    /// counted already.
    pub fn note_failed(&self, error: &Error) {
        metrics::failed_write(self.0.name, error);
    }

    /// True on SQLite.
    pub fn is_sqlite(&self) -> bool {
        self.0.dialect.engine == Engine::Sqlite
    }

    /// How long its users wait for it.
    pub fn policy(&self) -> &DatabasePolicy {
        &self.0.policy
    }

    /// The pauses of work on it that has failed and is tried again.
    pub fn backoff(&self) -> Backoff {
        self.0.policy.backoff()
    }

    /// The process's clock.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The database's time, moved as far as the process's clock is.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the database is away.
    pub fn now(&self) -> BoxFuture<'_, Result<Micros>> {
        Box::pin(async {
            let mut conn = self.0.readers.take().await?;
            self.now_by(&mut conn).await
        })
    }

    /// The same over a connection that the caller holds already: somebody who holds one and waits
    /// for another could keep others waiting for ever.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the database is away.
    pub async fn now_by(&self, conn: &mut Conn) -> Result<Micros> {
        let row = sqlx::raw_sql(self.0.dialect.clock).fetch_one(conn).await;
        let time = row.and_then(|row| row.try_get(0)).map_err(db_error)?;
        Ok(self.shifted(time))
    }

    /// The feed's last revision, as the database has it: it counts every revision that was ever
    /// given out in this history, whichever replica wrote it.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the database is away.
    pub fn head(&self) -> BoxFuture<'_, Result<i64>> {
        Box::pin(async {
            let mut conn = self.0.readers.take().await?;
            Ok(Bounds::select(&mut conn).await?.head.revision)
        })
    }

    /// The database's time as this process's clock would tell it.
    pub(crate) fn shifted(&self, database: Micros) -> Micros {
        self.0.clock.shift().map_or_else(|| self.0.clock.now(), |shift| database + shift)
    }

    /// Tells whether the database answers.
    ///
    /// # Errors
    /// `UNAVAILABLE` if it does not.
    pub async fn ping(&self) -> Result<()> {
        self.now().await.map(drop)
    }

    /// Waits for every connection to be given back, closes it, and gives up a SQLite file. Stop the
    /// feed first.
    pub async fn close(&self) {
        self.0.writers.close().await;
        self.0.readers.close().await;
        if let Some(owned) = &self.0.owned {
            owned.release();
        }
    }
}

/// How many connections read, and how many write.
fn sizes(options: &Options, engine: Engine) -> (u32, u32) {
    let (size, readers) = (options.max_connections, options.policy.reading_connections);
    match engine {
        Engine::Sqlite => (size.max(readers), 1),
        Engine::Postgres => (readers, size.saturating_sub(readers).max(MIN_WRITERS)),
    }
}

/// Checks and prepares what is served. A fault of the address or of the server is reported here,
/// not by a pool that gave up.
async fn prepare(options: &Options, schema: &Schema, dialect: &'static Dialect) -> Result<()> {
    let mut conn = connect::first(options, dialect).await?;
    migrate::check(&mut conn, schema).await?;
    restore_feed(&mut conn).await?;
    if dialect.engine == Engine::Sqlite {
        forget_leases(&mut conn).await?;
    }
    Ok(())
}

/// Makes the feed's only row anew if it is gone, since nothing can be read without it. Its floor is
/// lost: set to the head, it makes every follower start again from the state.
async fn restore_feed(conn: &mut AnyConnection) -> Result<()> {
    // Writes only if the row is gone, so that a database that takes no writes can still be read.
    let there = sqlx::query("select 1 as one from feed").fetch_optional(&mut *conn).await;
    if there.map_err(db_error)?.is_some() {
        return Ok(());
    }
    let text = "insert into feed (id, lineage, cluster, floor, compacted)
                select 1, '', '', (select coalesce(max(rev), 0) from revision), 0
                where not exists (select 1 from feed) on conflict (id) do nothing";
    let done = sqlx::query(text).execute(conn).await.map_err(db_error)?;
    if done.rows_affected() > 0 {
        tracing::warn!("the feed's row was gone and is made anew: its followers start again");
    }
    Ok(())
}

/// Only the owner of the file runs its jobs, so an earlier holder of a lease is gone. Waiting for
/// the lease's end would stop the jobs for as long as the clock was set back, as between two runs
/// of the demo.
async fn forget_leases(conn: &mut AnyConnection) -> Result<()> {
    sqlx::query("delete from job").execute(conn).await.map_err(db_error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_connections_read_as_the_setting_says_and_two_write_at_least() {
        let with = |reading_connections, most| {
            let policy = DatabasePolicy { reading_connections, ..DatabasePolicy::default() };
            Options { policy, ..Options::new(String::new(), most, Clock::system()) }
        };
        assert_eq!(sizes(&with(6, 16), Engine::Postgres), (6, 10));
        assert_eq!(sizes(&with(9, 16), Engine::Postgres), (9, 7));
        assert_eq!(sizes(&with(9, 8), Engine::Postgres), (9, 2));
        assert_eq!(sizes(&with(9, 8), Engine::Sqlite), (9, 1));
    }
}
