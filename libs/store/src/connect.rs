//! How to reach a database: its address, its kind, and connections to it.

use std::{path::PathBuf, time::Duration};

use futures::future::BoxFuture;
use mpp_core::{Clock, Error, FieldCode, Result};
use sqlx::{Any, AnyPool, any::AnyPoolOptions, pool::PoolConnection};

use crate::{
    db_error,
    dialect::{Dialect, POSTGRES, SQLITE},
    file::Owned,
};

/// How long a request waits for a connection.
const ACQUIRE: Duration = Duration::from_secs(10);
/// A connection that lay idle longer is tried before it is used.
const TRUST_IDLE: Duration = Duration::from_secs(5);

/// How to reach a database.
#[derive(Clone, Debug)]
pub struct Options {
    /// `sqlite:/path/registry.db` or `postgres://user@host/database`.
    pub url: String,
    /// Upper bound of the connections, six of which only read; at least eight. On SQLite, where
    /// one more writes, of those that read.
    pub max_connections: u32,
    /// Tells the time if the database's own clock is not asked, and how far to shift it.
    pub clock: Clock,
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
        FieldCode::Format,
        "must be sqlite:/path/to/file.db or postgres://user@host/database",
    ))
}

/// Connections that are set up as the dialect asks. Clones share them.
#[derive(Clone, Debug)]
pub(crate) struct Pool(AnyPool);

impl Pool {
    /// At most `size` connections, each made when it is first needed.
    pub fn new(options: &Options, dialect: &'static Dialect, size: u32) -> Result<Self> {
        let pool = AnyPoolOptions::new()
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
                Box::pin(
                    async move { sqlx::raw_sql(dialect.session).execute(conn).await.map(drop) },
                )
            })
            .connect_lazy(&options.url);
        pool.map(Self).map_err(db_error)
    }

    /// A connection, once there is one.
    pub fn take(&self) -> BoxFuture<'_, Result<PoolConnection<Any>>> {
        Box::pin(async { self.try_take().await.map_err(db_error) })
    }

    /// As [`Pool::take`], with the driver's own error.
    pub fn try_take(&self) -> BoxFuture<'_, sqlx::Result<PoolConnection<Any>>> {
        Box::pin(self.0.acquire())
    }

    /// Waits for every connection to be given back, and closes it.
    pub fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.0.close())
    }
}
