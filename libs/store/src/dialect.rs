//! Where the two databases differ, as texts side by side. Everything else is one SQL text.

/// The database's clock in microseconds since 1970; PostgreSQL's moves within a transaction.
macro_rules! postgres_clock {
    () => {
        "(extract(epoch from clock_timestamp()) * 1000000)::bigint"
    };
}
/// SQLite's clock counts milliseconds.
macro_rules! sqlite_clock {
    () => {
        "cast(unixepoch('subsec') * 1000000 as integer)"
    };
}

/// Which database it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

/// The texts of one database.
#[derive(Debug)]
pub(crate) struct Dialect {
    pub engine: Engine,
    /// Sets up a connection.
    pub session: &'static str,
    /// Begins a writing transaction; answers the database's time. One round trip.
    pub begin: &'static str,
    /// Begins a read-only snapshot.
    pub snapshot: &'static str,
    /// Answers the database's time.
    pub clock: &'static str,
    /// Ends a SELECT whose rows are to be written.
    pub for_update: &'static str,
    /// Ends a SELECT whose rows must stay until the commit.
    pub for_share: &'static str,
    /// Names a row within one statement.
    pub row_id: &'static str,
}

/// One process owns the file and one connection writes. FULL syncs the log at each commit: with
/// NORMAL a power failure may take back the last commits, which followers have already seen.
pub(crate) const SQLITE: Dialect = Dialect {
    engine: Engine::Sqlite,
    session: "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on;
              pragma busy_timeout = 5000; pragma cache_size = -16000",
    begin: concat!("begin immediate; select ", sqlite_clock!()),
    snapshot: "begin",
    clock: concat!("select ", sqlite_clock!()),
    for_update: "",
    for_share: "",
    row_id: "rowid",
};

/// The timeouts bound what a stalled client or a lock can hold up.
pub(crate) const POSTGRES: Dialect = Dialect {
    engine: Engine::Postgres,
    session: "set lock_timeout = '10s'; set statement_timeout = '60s';
              set idle_in_transaction_session_timeout = '60s'; set jit = off; set timezone = 'UTC'",
    begin: concat!("begin; select ", postgres_clock!(), " from feed_begin()"),
    snapshot: "begin isolation level repeatable read read only",
    clock: concat!("select ", postgres_clock!()),
    for_update: " for update",
    for_share: " for share",
    row_id: "ctid",
};
