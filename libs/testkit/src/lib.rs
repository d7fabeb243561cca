//! Both databases for tests. Each test gets an empty one of its own, dropped at its end.
//!
//! PostgreSQL is one server that `tests/run` starts, or `MPP_TEST_POSTGRES` names
//! (`postgres://user@host:port/postgres`, a superuser). A fake clock is `Clock::stopped_at`.

#![forbid(unsafe_code)]

mod nik;
mod ports;
mod rows;

use std::panic::AssertUnwindSafe;

use mpp_core::{Clock, Result};
use mpp_store::{Db, Options, Schema};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tempfile::TempDir;
use uuid::Uuid;

pub use nik::nik;
pub use ports::{free_port, free_ports};
pub use rows::{
    alter_records, become_next_version, contents, document, execute, write_as_next_version,
};

/// One of the two databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// A file in a folder of its own.
    Sqlite,
    /// A database of its own on the test server.
    Postgres,
}

impl Backend {
    /// Both databases.
    pub const ALL: [Backend; 2] = [Backend::Sqlite, Backend::Postgres];
}

/// An empty database; dropped with this value.
#[derive(Debug)]
pub struct TestDatabase {
    backend: Backend,
    url: String,
    /// Holds the SQLite file.
    folder: Option<TempDir>,
    /// The server's URL and the database's name.
    server: Option<(String, String)>,
}

/// The test server's URL.
///
/// # Panics
/// If none is set, saying what to do.
pub fn postgres_url() -> String {
    std::env::var("MPP_TEST_POSTGRES").unwrap_or_else(|_| {
        panic!(
            "no PostgreSQL for tests: run tests/run, or set MPP_TEST_POSTGRES to \
             postgres://superuser@host:port/postgres"
        )
    })
}

/// Makes an empty database.
///
/// # Panics
/// If the server is not there, saying what to do.
pub async fn database(backend: Backend) -> TestDatabase {
    match backend {
        Backend::Sqlite => {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let url = mpp_store::sqlite_url(&folder.path().join("test.db"));
            TestDatabase { backend, url, folder: Some(folder), server: None }
        }
        Backend::Postgres => {
            let server = postgres_url();
            let name = format!("mpp_{}", Uuid::now_v7().simple());
            run(&server, &format!("create database {name}")).await.expect("a new database");
            let base = server.rsplit_once('/').map_or(server.as_str(), |(base, _)| base);
            let url = format!("{base}/{name}");
            TestDatabase { backend, url, folder: None, server: Some((server, name)) }
        }
    }
}

impl TestDatabase {
    /// Which of the two databases it is.
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// The URL that a client connects to.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The folder of a SQLite database.
    pub fn folder(&self) -> Option<&std::path::Path> {
        self.folder.as_ref().map(TempDir::path)
    }

    /// How to open the database.
    pub fn options(&self, clock: Clock) -> Options {
        Options::new(self.url.clone(), 16, clock)
    }

    /// Migrates and opens it, with the system's clock.
    ///
    /// # Errors
    /// The same as [`Db::open_migrated`].
    pub async fn open(&self, schema: &Schema) -> Result<Db> {
        Db::open_migrated(&self.options(Clock::system()), schema).await
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let Some((server, name)) = self.server.take() else {
            return;
        };
        // Drop is not async: a thread of its own waits for it. A database that stays behind after
        // a panic is no fault of the test.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let text = format!("drop database if exists {name} with (force)");
            runtime.map(|runtime| runtime.block_on(run(&server, &text)).is_ok())
        });
        drop(dropped.join());
    }
}

async fn run(server: &str, text: &str) -> sqlx::Result<()> {
    let mut conn = PgConnection::connect(server).await?;
    sqlx::raw_sql(AssertSqlSafe(text.to_owned())).execute(&mut conn).await?;
    conn.close().await
}

/// Tells a story on SQLite, then on PostgreSQL, and names the one on which it failed.
///
/// # Panics
/// If the story does.
pub async fn on_both(story: impl AsyncFn(TestDatabase)) {
    for backend in Backend::ALL {
        let database = database(backend).await;
        let told = futures_catch(story(database)).await;
        if let Err(panic) = told {
            eprintln!("the story failed on {backend:?}");
            std::panic::resume_unwind(panic);
        }
    }
}

/// Polls a future and catches its panic.
async fn futures_catch(story: impl Future<Output = ()>) -> std::thread::Result<()> {
    let mut story = Box::pin(story);
    std::future::poll_fn(move |context| {
        match std::panic::catch_unwind(AssertUnwindSafe(|| story.as_mut().poll(context))) {
            Ok(poll) => poll.map(Ok),
            Err(panic) => std::task::Poll::Ready(Err(panic)),
        }
    })
    .await
}
