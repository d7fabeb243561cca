//! The few SQL texts in which the two databases differ, side by side. All others serve both.

use crate::DatabasePolicy;

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

/// How long to wait for another process that has the file's lock, such as one that copies it.
macro_rules! sqlite_patience {
    () => {
        "pragma busy_timeout = 5000"
    };
}

/// The kind of database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

/// The texts of one database.
#[derive(Debug)]
pub(crate) struct Dialect {
    pub engine: Engine,
    /// Sets up a connection; on PostgreSQL it answers whether it leads to a standby.
    pub session: fn(&DatabasePolicy) -> String,
    /// Set up in addition on a connection that writes; may be empty.
    pub writer: fn(&DatabasePolicy) -> String,
    /// Begins a writing transaction; answers the database's time. One round trip.
    pub begin: &'static str,
    /// The same, but until it ends the transaction sees everything as it is now.
    pub begin_snapshot: &'static str,
    /// Begins a read-only snapshot.
    pub snapshot: &'static str,
    /// Answers the database's time.
    pub clock: &'static str,
    /// Answers the database's time, "on" if it takes no writes, and the newest commit's time.
    /// Index: revision_at.
    pub look: &'static str,
    /// Fails if there is no room for a write; leaves nothing behind.
    pub try_write: &'static str,
    /// Ends a SELECT whose rows are to be written.
    pub for_update: &'static str,
    /// Ends a SELECT whose rows must stay until the commit.
    pub for_share: &'static str,
    /// FROM the records of kind `$1` whose names are in the JSON array `$2`, locked in its order.
    pub records_named: &'static str,
    /// JOINs the changes `c` of revision `r` after the place (`$1`, `$2`), `$4` at most.
    pub changes_of: &'static str,
    /// The number of the transaction that runs, as its changes bear it.
    pub own_tx: &'static str,
    /// Answers the names of all tables and views but those of the database itself and of its
    /// extensions.
    pub tables: &'static str,
    /// The columns of a record, and whether each value is of its column's type.
    pub record_columns: &'static str,
    /// The columns of change `c` and revision `r`.
    pub change_columns: &'static str,
    /// Names a row within one statement.
    pub row_id: &'static str,
    /// Follows a text that is to compare by its bytes, as that of an index does.
    pub by_bytes: &'static str,
    /// The numbers that are drawn for the feed.
    pub counters: &'static [Counter],
}

/// A number that is drawn, beside the rows that show which was given out last.
#[derive(Debug)]
pub(crate) struct Counter {
    pub table: &'static str,
    pub name: &'static str,
    /// Answers the number as it stands, and the last that was given out.
    pub read: &'static str,
    /// How far the number may be ahead of the last one given out; `None` if being ahead does no
    /// harm.
    pub most_ahead: Option<i64>,
    /// The consequence of a wrong number, as the end of a message.
    pub harm: &'static str,
    pub mend: &'static str,
}

/// Transactions that failed have used up far fewer numbers.
const MANY: Option<i64> = Some(1_000_000_000);

const RECORD_COLUMNS: &str = "version, form, deleted, labels, doc, tombstone, create_time, \
    update_time, proof, proof_version, sealed, 1 as of_class";

/// SQLite keeps values of any type in any column, and any bytes as text. With these casts a row
/// that somebody has altered to another type does not fail the read of all others.
const SQLITE_RECORD_COLUMNS: &str = "cast(version as integer) as version, \
    cast(form as integer) as form, cast(deleted as integer) as deleted, \
    cast(labels as blob) as labels, cast(doc as blob) as doc, cast(tombstone as blob) as tombstone, \
    cast(create_time as integer) as create_time, cast(update_time as integer) as update_time, \
    cast(proof as integer) as proof, cast(proof_version as integer) as proof_version, \
    cast(sealed as integer) as sealed, \
    (typeof(version) = 'integer' and typeof(form) = 'integer' and typeof(deleted) = 'integer' \
     and typeof(labels) = 'text' and typeof(doc) = 'blob' and typeof(tombstone) in ('blob', 'null') \
     and typeof(create_time) = 'integer' and typeof(update_time) = 'integer' \
     and typeof(proof) = 'integer' and typeof(proof_version) = 'integer' \
     and typeof(sealed) = 'integer') as of_class";

const CHANGE_COLUMNS: &str = "c.kind, c.name, c.version, c.deleted, c.labels, c.labels_before, \
    c.doc, c.tombstone, c.create_time, c.update_time, c.version_before, r.rev, r.origin, r.actor, \
    r.session, r.at";

const SQLITE_CHANGE_COLUMNS: &str = "cast(c.kind as text) as kind, cast(c.name as text) as name, \
    cast(c.version as integer) as version, cast(c.deleted as integer) as deleted, \
    cast(c.labels as blob) as labels, cast(c.labels_before as blob) as labels_before, \
    cast(c.doc as blob) as doc, cast(c.tombstone as blob) as tombstone, \
    cast(c.create_time as integer) as create_time, cast(c.update_time as integer) as update_time, \
    cast(c.version_before as integer) as version_before, r.rev, cast(r.origin as text) as origin, \
    cast(r.actor as text) as actor, cast(r.session as text) as session, cast(r.at as integer) as at";

/// SQLite has one writer, whose next revision is the head plus one.
const SQLITE_COUNTERS: &[Counter] = &[
    Counter {
        table: "feed",
        name: "the head",
        read: "select head, (select coalesce(max(rev), 0) from revision) from feed",
        most_ahead: Some(0),
        harm: "writes fail, or answer a revision that never comes",
        mend: "update feed set head = (select coalesce(max(rev), 0) from revision)",
    },
    Counter {
        table: "sqlite_sequence",
        name: "the number of changes",
        read: "select seq, (select coalesce(max(last_seq), 0) from revision) from sqlite_sequence
               where name = 'change' and seq > (select coalesce(max(last_seq), 0) from revision)",
        most_ahead: MANY,
        harm: "it may end, and then writes fail",
        mend: "update sqlite_sequence set seq = (select coalesce(max(last_seq), 0) from revision)
               where name = 'change'",
    },
];

const POSTGRES_COUNTERS: &[Counter] = &[
    Counter {
        table: "revision_number",
        name: "the number of revisions",
        read: "select last_value, (select coalesce(max(rev), 0) from revision) from revision_number",
        most_ahead: MANY,
        harm: "writes fail, or are committed below what followers have passed",
        mend: "select setval('revision_number', greatest((select max(rev) from revision), 1))
               from (select pg_advisory_xact_lock(5213001)) alone",
    },
    Counter {
        table: "tx_number",
        name: "the number of transactions",
        read: "select last_value, (select coalesce(max(tx), 0) from revision) from tx_number",
        most_ahead: None,
        harm: "writes fail until it has passed",
        mend: "select setval('tx_number', greatest((select max(tx) from revision), 1))",
    },
];

/// Moves SQLite's log into its file and cuts it, without waiting: if a reader still needs the log,
/// the next look tries again.
pub(crate) const SQLITE_CUT_LOG: &str =
    concat!("pragma busy_timeout = 0; pragma wal_checkpoint(truncate); ", sqlite_patience!());

/// The next revision is the head plus one: a head that was altered is set right first.
const SQLITE_BEGIN: &str = concat!(
    "begin immediate;
     update feed set head = max(cast(floor as integer),
                                (select coalesce(max(rev), 0) from revision))
     where head <> max(cast(floor as integer), (select coalesce(max(rev), 0) from revision)); select ",
    sqlite_clock!()
);

/// One process owns the file and one connection writes. FULL syncs the log at each commit: with
/// NORMAL a power failure may take back the last commits, which followers have already seen.
///
/// Documents of about 2 KB lie one to a page of 4 KB and three to one of 8 KB, and the log is moved
/// into the file every 32 MB instead of 4: that makes bulk writes twice as fast. After a move it is
/// cut to 4 MB, and to nothing while nobody writes ([`crate::wal`]). The page size holds for new
/// files.
pub(crate) const SQLITE: Dialect = Dialect {
    engine: Engine::Sqlite,
    session: sqlite_session,
    writer: |_| String::new(),
    begin: SQLITE_BEGIN,
    begin_snapshot: SQLITE_BEGIN,
    snapshot: "begin",
    clock: concat!("select ", sqlite_clock!()),
    look: concat!("select ", sqlite_clock!(), ", 'off', (select max(at) from revision)"),
    // Large enough to need room: small writes still fit into the log's file, which keeps its size.
    try_write: "insert into job (name, holder, until) values ('room', hex(randomblob(32768)), 0)
                on conflict (name) do update set holder = excluded.holder;
                delete from job where name = 'room'",
    for_update: "",
    for_share: "",
    records_named: "record where kind = $1 and name in (select value from json_each($2))",
    changes_of: "join change c on c.tx = r.tx and (r.rev > $1 or c.seq > $2)",
    own_tx: "(select head + 1 from feed)",
    tables: "select name from sqlite_master where type in ('table', 'view')
             and name not like 'sqlite_%' order by name",
    record_columns: SQLITE_RECORD_COLUMNS,
    change_columns: SQLITE_CHANGE_COLUMNS,
    row_id: "rowid",
    by_bytes: "",
    counters: SQLITE_COUNTERS,
};

/// The timeouts bound what a stalled client or a lock can hold up.
///
/// Plans are kept, and one that was made while a table was empty would still read all of it when it
/// is large: a bulk write fell to a tenth. So no plan is left to statistics. Sequential scans are
/// out (what has no index still gets one), and a LATERAL with LIMIT leaves nothing but a look into
/// the index for each row.
pub(crate) const POSTGRES: Dialect = Dialect {
    engine: Engine::Postgres,
    session: postgres_session,
    writer: postgres_writer,
    begin: concat!("begin; select ", postgres_clock!(), " from feed_begin()"),
    begin_snapshot: concat!(
        "begin isolation level repeatable read; select ",
        postgres_clock!(),
        " from feed_begin()"
    ),
    snapshot: "begin isolation level repeatable read read only",
    clock: concat!("select ", postgres_clock!()),
    look: concat!(
        "select ",
        postgres_clock!(),
        ", current_setting('transaction_read_only'), (select max(at) from revision)"
    ),
    // Long enough to need pages that the table does not have.
    try_write: "begin; insert into job (name, holder, until) values ('room ' || pg_backend_pid(),
                (select string_agg(md5(random()::text), '') from generate_series(1, 1024)), 0);
                rollback",
    for_update: " for update",
    for_share: " for share",
    records_named: "json_array_elements_text($2::json) as wanted (one) cross join lateral
        (select * from record where kind = $1 and name = wanted.one collate \"C\" limit 1
         for update) found",
    changes_of: "cross join lateral
        (select * from change where tx = r.tx and (r.rev > $1 or seq > $2)
         order by seq limit $4) c",
    own_tx: "current_setting('mpp.tx')::bigint",
    tables: "select n.nspname || '.' || c.relname from pg_class c
             join pg_namespace n on n.oid = c.relnamespace
             where c.relkind in ('r', 'p', 'v', 'm', 'f')
             and n.nspname <> 'information_schema' and n.nspname not like 'pg\\_%'
             and not exists (select 1 from pg_depend d where d.classid = 'pg_class'::regclass
                             and d.objid = c.oid and d.deptype = 'e')
             order by 1",
    record_columns: RECORD_COLUMNS,
    change_columns: CHANGE_COLUMNS,
    row_id: "ctid",
    by_bytes: " collate \"C\"",
    counters: POSTGRES_COUNTERS,
};

fn sqlite_session(_policy: &DatabasePolicy) -> String {
    concat!(
        "pragma page_size = 8192; pragma journal_mode = wal; pragma wal_autocheckpoint = 4000;
         pragma journal_size_limit = 4194304;
         pragma synchronous = full; pragma foreign_keys = on; pragma cache_size = -16000; ",
        sqlite_patience!()
    )
    .to_owned()
}

fn postgres_writer(policy: &DatabasePolicy) -> String {
    format!("set idle_in_transaction_session_timeout = '{}s'", policy.idle_write_seconds)
}

/// Lets the server notice a client that is gone without a word: the driver cannot set that on its
/// own side, and a session that is not ended keeps its locks. Not every server knows all of these
/// settings.
const POSTGRES_CLIENT_CHECKS: &str = "select set_config(name, case name
        when 'tcp_keepalives_idle' then '10' when 'tcp_keepalives_interval' then '5'
        when 'tcp_keepalives_count' then '3' when 'tcp_user_timeout' then '20s' else '5s' end, false)
    from pg_settings where name in ('tcp_keepalives_idle', 'tcp_keepalives_interval',
        'tcp_keepalives_count', 'tcp_user_timeout', 'client_connection_check_interval')";

fn postgres_session(policy: &DatabasePolicy) -> String {
    format!(
        "{POSTGRES_CLIENT_CHECKS}; set lock_timeout = '{}s'; set statement_timeout = '{}s';
         set idle_in_transaction_session_timeout = '{}s'; set jit = off;
         set enable_seqscan = off; set timezone = 'UTC'; select pg_is_in_recovery()",
        policy.lock_wait_seconds, policy.statement_seconds, policy.idle_transaction_seconds
    )
}
