//! How to reach a database: its address, its kind, and connections to it.

use std::{
    path::{Path, PathBuf},
    str::FromStr as _,
    time::Duration,
};

use mpp_core::{Clock, Error, FieldCode, Reason, Result};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, percent_encode};
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Row as _, postgres::PgConnectOptions};
use tokio::time::{Instant, sleep, timeout};

use crate::{
    DatabasePolicy, address,
    dialect::{Dialect, Engine, POSTGRES, SQLITE},
    error::meaning,
    file::Owned,
    pooler,
    reach::{Standby, standby},
};

/// How long a last try, begun at the end of the wait, may take.
const LAST_TRY: Duration = Duration::from_millis(200);

/// How long the earlier owner may take to give up a SQLite file.
const LETS_GO: Duration = Duration::from_secs(2);

/// How to reach a database.
#[derive(Clone, Debug)]
pub struct Options {
    /// `sqlite:/path/registry.db` or `postgres://user@host/database`.
    pub url: String,
    /// Upper bound of the connections, of which `reading_connections` of the policy only read, and
    /// at least two write. On SQLite it bounds those that read; one more writes.
    pub max_connections: u32,
    /// Tells the time if the database's own clock is not asked, and how far to shift it.
    pub clock: Clock,
    /// How long to wait for it.
    pub policy: DatabasePolicy,
}

impl Options {
    /// Options with the usual settings.
    pub fn new(url: String, max_connections: u32, clock: Clock) -> Self {
        Self { url, max_connections, clock, policy: DatabasePolicy::default() }
    }
}

/// Locks a SQLite database's file; nothing to do on PostgreSQL. It waits a moment for an owner that
/// is just giving it up, such as the server before this one.
pub(crate) async fn own(options: &Options) -> Result<Option<Owned>> {
    dialect_of(options)?;
    let Some(path) = sqlite_path(&options.url) else { return Ok(None) };
    let since = Instant::now();
    loop {
        match Owned::lock(&path) {
            Err(error) if error.reason() == Reason::Unavailable && since.elapsed() < LETS_GO => {
                sleep(LETS_GO / 20).await;
            }
            answer => return answer.map(Some),
        }
    }
}

/// A connection to a SQLite file, whoever owns it, that only reads.
pub(crate) async fn read_only(path: &Path) -> Result<AnyConnection> {
    sqlx::any::install_default_drivers();
    let url = format!("{}?mode=ro", sqlite_url(path));
    AnyConnection::connect(&url).await.map_err(|error| {
        let text = format!("{} cannot be opened: {error}", path.display());
        Error::new(Reason::Unavailable, text)
    })
}

/// Characters in a file's name that would be read as a part of its address.
const SPECIAL: &AsciiSet = &CONTROLS.add(b'%').add(b'?').add(b'#').add(b' ').add(b'"');

/// The address of a SQLite database in this file, whatever its name holds.
pub fn sqlite_url(path: &Path) -> String {
    let bytes = path.as_os_str().as_encoded_bytes();
    format!("sqlite:{}", percent_encode(bytes, SPECIAL))
}

/// The file of a SQLite URL, as the driver reads it.
pub fn sqlite_path(url: &str) -> Option<PathBuf> {
    let rest = url.strip_prefix("sqlite:")?;
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let name = percent_decode_str(rest.split('?').next().unwrap_or(rest));
    Some(PathBuf::from(name.decode_utf8().ok()?.into_owned()))
}

/// The dialect that a URL asks for.
pub(crate) fn dialect_of(options: &Options) -> Result<&'static Dialect> {
    sqlx::any::install_default_drivers();
    let url = &options.url;
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        address::check(url)?;
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

/// A single connection outside of any pool, set up as the dialect asks.
pub(crate) async fn single(
    url: &str,
    dialect: &Dialect,
    policy: &DatabasePolicy,
) -> sqlx::Result<AnyConnection> {
    let mut conn = AnyConnection::connect(url).await?;
    set_up(&mut conn, dialect, policy).await?;
    Ok(conn)
}

/// Sets a connection up. A connection to a standby is not used, not even to read: it may lag behind
/// what was read before, which would look like another history; and it never becomes the primary's.
pub(crate) async fn set_up(
    conn: &mut AnyConnection,
    dialect: &Dialect,
    policy: &DatabasePolicy,
) -> sqlx::Result<()> {
    let text = AssertSqlSafe((dialect.session)(policy));
    let rows = sqlx::raw_sql(text).fetch_all(conn).await?;
    let last = rows.last().filter(|_| dialect.engine == Engine::Postgres);
    match last.map(|row| row.try_get(0)).transpose()? {
        Some(true) => Err(standby()),
        _ => Ok(()),
    }
}

/// The first connection of a process. It waits a while for a server that is starting, and an error
/// says where it looked for the server.
///
/// # Errors
/// Says what is wrong with the address or the server.
pub(crate) async fn first(options: &Options, dialect: &Dialect) -> Result<AnyConnection> {
    let end = Instant::now() + options.policy.connection_wait();
    let mut backoff = options.policy.backoff();
    loop {
        let left = end.saturating_duration_since(Instant::now());
        match timeout(left.max(LAST_TRY), try_first(options, dialect)).await {
            Ok(Ok(conn)) => return conn,
            Ok(Err(error)) if may_be_starting(&error) && Instant::now() < end => {}
            Ok(Err(error)) => return Err(connect_error(error, options, dialect)),
            Err(_) => {
                let text = format!("{}: the server does not answer", place(options, dialect));
                return Err(Error::new(Reason::Unavailable, text));
            }
        }
        let left = end.saturating_duration_since(Instant::now());
        sleep(backoff.pause().min(left)).await;
    }
}

/// The inner error is a fault of a pooler.
async fn try_first(options: &Options, dialect: &Dialect) -> sqlx::Result<Result<AnyConnection>> {
    let mut conn = AnyConnection::connect(&options.url).await?;
    if dialect.engine == Engine::Postgres {
        // Checked before anything is set on a session that may be somebody else's next.
        if let Err(error) = pooler::check(&mut conn, &options.url).await {
            return Ok(Err(error));
        }
    }
    set_up(&mut conn, dialect, &options.policy).await?;
    Ok(Ok(conn))
}

/// A standby may be about to become the primary.
fn may_be_starting(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(error) => {
            let is_standby = error.get_ref().is_some_and(|inner| inner.is::<Standby>());
            is_standby || error.kind() == std::io::ErrorKind::ConnectionRefused
        }
        sqlx::Error::Database(error) => error.code().as_deref() == Some("57P03"),
        _ => false,
    }
}

/// Names the database's place, and says whether the address is wrong or the database only fails for
/// the time being.
fn connect_error(error: sqlx::Error, options: &Options, dialect: &Dialect) -> Error {
    if let Some(refused) = pooler::refusal(&error) {
        return refused;
    }
    let (reason, text) = meaning(&error);
    let wrong_address = match &error {
        sqlx::Error::Configuration(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) => true,
        sqlx::Error::Io(_) => text.contains("no such host") || text.contains("no socket"),
        sqlx::Error::Database(error) => {
            matches!(error.code().as_deref(), Some("28P01" | "28000" | "3D000" | "26"))
        }
        _ => false,
    };
    let text = if text.is_empty() { "the database cannot be opened" } else { text };
    let text = format!("{}: {text}", place(options, dialect));
    if wrong_address {
        return Error::field("database", FieldCode::UnknownValue, text).with_context(error);
    }
    Error::new(reason, text).with_context(error)
}

/// The address of a database, without its secrets.
fn place(options: &Options, dialect: &Dialect) -> String {
    let url = &options.url;
    if dialect.engine == Engine::Sqlite {
        return sqlite_path(url).unwrap_or_default().display().to_string();
    }
    match PgConnectOptions::from_str(url) {
        Ok(to) => {
            let database = to.get_database().unwrap_or(to.get_username());
            format!(
                "{}:{}, database {database}, user {}",
                to.get_host(),
                to.get_port(),
                to.get_username()
            )
        }
        Err(_) => "the database's address".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Db, Schema};

    const SCHEMA: Schema =
        Schema { service: "test", steps: &[], history_kinds: &[], standing_kinds: &[] };

    #[tokio::test]
    async fn a_folder_may_have_any_name() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["50%", "50%25", "apa?", "no#1", "a b", "é", "'\"", "x?mode=ro", "%2e", "a&b=c"]
        {
            let data = folder.path().join(name);
            std::fs::create_dir(&data).expect("a folder of that name");
            let file = data.join("test.db");
            let url = sqlite_url(&file);
            assert_eq!(sqlite_path(&url), Some(file.clone()), "{url}");
            let options = Options::new(url, 8, Clock::system());
            let db = Db::open_migrated(&options, &SCHEMA).await.expect(name);
            db.ping().await.expect("it answers");
            read_only(&file).await.expect("a copy can be taken");
            db.close().await;
            assert!(file.metadata().expect(name).len() > 0, "{name} holds the database");
        }
        assert_eq!(
            std::fs::read_dir(folder.path()).expect("the folder").count(),
            10,
            "and no other"
        );
    }

    #[test]
    fn an_address_as_operators_write_it_is_read_as_the_driver_reads_it() {
        for (url, file) in [
            ("sqlite:/var/lib/mpp/registry.db", "/var/lib/mpp/registry.db"),
            ("sqlite:///var/lib/mpp/registry.db", "/var/lib/mpp/registry.db"),
            ("sqlite:mpp-data/registry.db?mode=rwc", "mpp-data/registry.db"),
            ("sqlite:a%20b%23.db", "a b#.db"),
        ] {
            assert_eq!(sqlite_path(url), Some(PathBuf::from(file)), "{url}");
        }
    }
}
