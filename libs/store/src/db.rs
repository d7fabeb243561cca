//! One database: its pools, its clock, its owner.

use std::{path::PathBuf, sync::Arc, time::Duration};

use mpp_core::{Clock, Error, Micros, Result};
use sqlx::{AnyPool, Row as _, any::AnyPoolOptions};
use tokio::sync::watch;

use crate::{
    Actor, Read, Schema, Tx, db_error,
    dialect::{Dialect, Engine, POSTGRES, SQLITE},
    file::Owned,
    lineage, migrate,
    session::Session,
};

/// How long a request waits for a connection.
const ACQUIRE: Duration = Duration::from_secs(10);
/// The feed's reader, initial states and catch-ups must not wait for each other.
const MIN_CONNECTIONS: u32 = 6;
/// A connection that lay idle longer is tried before it is used.
const TRUST_IDLE: Duration = Duration::from_secs(5);

/// How to reach a database.
#[derive(Clone, Debug)]
pub struct Options {
    /// `sqlite:/path/registry.db` or `postgres://user@host/database`.
    pub url: String,
    /// Upper bound of the connections; on SQLite, of the reading ones.
    pub max_connections: u32,
    /// Tells the time where the database's own clock is not asked, and how far to shift it.
    pub clock: Clock,
}

/// A database that is open. Clones share it.
#[derive(Clone, Debug)]
pub struct Db(pub(crate) Arc<Inner>);

#[derive(Debug)]
pub(crate) struct Inner {
    pub dialect: &'static Dialect,
    pub url: String,
    pub clock: Clock,
    pub history_kinds: &'static [&'static str],
    /// On SQLite one connection, so that writers queue in order.
    pub writers: AnyPool,
    pub readers: AnyPool,
    /// On SQLite, the lock on the file.
    pub owned: Option<Owned>,
    /// The last revision that this process committed; wakes the feed's reader.
    pub committed: watch::Sender<i64>,
}

impl Db {
    /// Opens a database whose schema fits.
    ///
    /// # Errors
    /// `UNAVAILABLE` where it cannot be reached or a SQLite file has another owner,
    /// `SCHEMA_MISMATCH` where a step is missing or it is more than one step ahead.
    pub async fn open(options: &Options, schema: &Schema) -> Result<Self> {
        let owned = own(options)?;
        Self::open_owned(options, schema, owned).await
    }

    /// Migrates and opens: for `mpp up` and tests.
    ///
    /// # Errors
    /// As [`migrate`](crate::migrate()) and [`Db::open`].
    pub async fn open_migrated(options: &Options, schema: &Schema) -> Result<Self> {
        let owned = own(options)?;
        migrate::run(options, schema).await?;
        Self::open_owned(options, schema, owned).await
    }

    async fn open_owned(options: &Options, schema: &Schema, owned: Option<Owned>) -> Result<Self> {
        let dialect = dialect_of(options)?;
        let readers = pool(options, dialect, options.max_connections.max(MIN_CONNECTIONS))?;
        let writers = match dialect.engine {
            Engine::Sqlite => pool(options, dialect, 1)?,
            Engine::Postgres => readers.clone(),
        };
        let mut conn = writers.acquire().await.map_err(db_error)?;
        migrate::check(&mut conn, schema).await?;
        lineage::settle(&mut conn, dialect, owned.as_ref()).await?;
        drop(conn);
        Ok(Self(Arc::new(Inner {
            dialect,
            url: options.url.clone(),
            clock: options.clock.clone(),
            history_kinds: schema.history_kinds,
            writers,
            readers,
            owned,
            committed: watch::Sender::new(0),
        })))
    }

    /// True on SQLite.
    pub fn is_sqlite(&self) -> bool {
        self.0.dialect.engine == Engine::Sqlite
    }

    /// The process's clock.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The database's time, moved as far as the process's clock is.
    ///
    /// # Errors
    /// `UNAVAILABLE` where the database is away.
    pub async fn now(&self) -> Result<Micros> {
        let row = sqlx::raw_sql(self.0.dialect.clock)
            .fetch_one(&self.0.readers)
            .await
            .map_err(db_error)?;
        Ok(self.shifted(row.try_get(0).map_err(db_error)?))
    }

    /// The database's time as this process's clock would tell it.
    pub(crate) fn shifted(&self, database: Micros) -> Micros {
        self.0.clock.shift().map_or_else(|| self.0.clock.now(), |shift| database + shift)
    }

    /// Begins a writing transaction. `by` is what the feed says of its changes.
    ///
    /// # Errors
    /// `UNAVAILABLE` or `OVERLOADED` where no connection is to be had.
    pub async fn begin(&self, by: &Actor) -> Result<Tx> {
        let (session, row) = Session::begin(&self.0.writers, self.0.dialect.begin).await?;
        let row = row.ok_or_else(|| Error::internal("BEGIN answered no time"))?;
        let now = self.shifted(row.try_get(0).map_err(db_error)?);
        Ok(Tx::new(self.clone(), session, by.clone(), now))
    }

    /// One consistent snapshot to read from.
    ///
    /// # Errors
    /// As [`Db::begin`].
    pub async fn read(&self) -> Result<Read> {
        Read::begin(self).await
    }

    /// Tells whether the database answers.
    ///
    /// # Errors
    /// `UNAVAILABLE` where it does not.
    pub async fn ping(&self) -> Result<()> {
        self.now().await.map(drop)
    }

    /// Waits for every connection to be given back, closes it, and lets go of a SQLite file. Stop
    /// the feed first.
    pub async fn close(&self) {
        self.0.writers.close().await;
        self.0.readers.close().await;
        if let Some(owned) = &self.0.owned {
            owned.release();
        }
    }
}

/// Locks a SQLite database's file; nothing to do on PostgreSQL.
pub(crate) fn own(options: &Options) -> Result<Option<Owned>> {
    dialect_of(options)?;
    sqlite_path(&options.url).map(|path| Owned::lock(&path)).transpose()
}

/// The file of a SQLite URL.
fn sqlite_path(url: &str) -> Option<PathBuf> {
    let rest = url.strip_prefix("sqlite:")?;
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    Some(PathBuf::from(rest.split('?').next().unwrap_or(rest)))
}

/// The dialect that a URL asks for.
pub(crate) fn dialect_of(options: &Options) -> Result<&'static Dialect> {
    sqlx::any::install_default_drivers();
    let url = &options.url;
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return Ok(&POSTGRES);
    }
    let path = url.strip_prefix("sqlite:").unwrap_or_default().trim_start_matches('/');
    if !path.is_empty() && !path.starts_with(":memory:") {
        return Ok(&SQLITE);
    }
    Err(Error::field(
        "database",
        "DATABASE_URL",
        "must be sqlite:/path/to/file.db or postgres://user@host/database",
    ))
}

fn pool(options: &Options, dialect: &'static Dialect, size: u32) -> Result<AnyPool> {
    AnyPoolOptions::new()
        .max_connections(size)
        .acquire_timeout(ACQUIRE)
        .test_before_acquire(false)
        .before_acquire(|conn, meta| {
            Box::pin(async move {
                if meta.idle_for > TRUST_IDLE {
                    sqlx::Connection::ping(conn).await?;
                }
                Ok(true)
            })
        })
        .after_connect(move |conn, _| {
            Box::pin(async move { sqlx::raw_sql(dialect.session).execute(conn).await.map(drop) })
        })
        .connect_lazy(&options.url)
        .map_err(db_error)
}
