//! From the driver's errors to the domain's.

use std::{
    borrow::Cow,
    io,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

use mpp_core::{Error, Reason};
use sqlx::error::ErrorKind;

use crate::{metrics, reach::Standby};

/// How long a caller that lost a race waits before it sends the same request again.
const RETRY_RACE: Duration = Duration::from_millis(50);
/// The text of the trigger that protects records of a newer form.
const NEWER_FORM: &str = "newer form";
/// How long a caller waits for a database that is away.
const RETRY_AWAY: Duration = Duration::from_secs(1);

/// How many writes of this process a database has refused for lack of room or permission, whatever
/// the request: a looker then tries whether it still refuses.
static REFUSED: AtomicU64 = AtomicU64::new(0);

const FULL: &str = "the database's disk is full; it takes writes again once there is room";
const UNWRITABLE: &str = "the database's files cannot be written (a quota, or the disk); it takes writes again once they can";
const READ_ONLY: &str =
    "the database is read-only: it was set so, or it is a file that may not be written";
const MISFILED: &str = "a row of the database cannot be read: as a rule a value was stored by hand as another type than its \
    column's; on SQLite `mpp doctor` names such a row and `mpp repair SERVICE bookkeeping` mends it, else restore a backup";
const STANDBY: &str = "the database's server is a standby; the address has to lead to the primary";

/// How many writes this process's databases have refused so far.
pub(crate) fn refused_writes() -> u64 {
    REFUSED.load(Relaxed)
}

/// The refusal by a database that is known to take no writes, before one is tried.
pub(crate) fn read_only() -> Error {
    Error::new(Reason::Unavailable, READ_ONLY).with_retry_after(RETRY_AWAY)
}

/// Maps a driver's error. Its text goes to the log, never to the caller.
pub fn db_error(error: sqlx::Error) -> Error {
    let (reason, message) = meaning(&error);
    metrics::fault(reason);
    if [FULL, UNWRITABLE, READ_ONLY].contains(&message) {
        REFUSED.fetch_add(1, Relaxed);
    }
    let mapped = match reason {
        Reason::Internal if message.is_empty() => return Error::internal(error),
        Reason::WriteConflict => write_conflict(),
        Reason::NewerForm => newer_form(message),
        Reason::Unavailable | Reason::Overloaded => {
            Error::new(reason, message).with_retry_after(RETRY_AWAY)
        }
        _ => Error::new(reason, message),
    };
    mapped.with_context(error)
}

/// The reason of an error, and for an operator the way out.
pub(crate) fn meaning(error: &sqlx::Error) -> (Reason, &'static str) {
    match error {
        sqlx::Error::Database(database) => of_database(database.as_ref()),
        sqlx::Error::PoolTimedOut => (Reason::Overloaded, "no database connection became free"),
        sqlx::Error::PoolClosed => (Reason::Unavailable, "the database was closed"),
        sqlx::Error::Io(error) => (Reason::Unavailable, of_network(error)),
        sqlx::Error::Tls(_) => (
            Reason::Unavailable,
            "TLS with the database was refused or failed; see `sslmode` and the certificates in \
             its address",
        ),
        sqlx::Error::Protocol(_) => (
            Reason::Unavailable,
            "what answers there does not speak PostgreSQL's protocol; see host and port",
        ),
        sqlx::Error::WorkerCrashed => (Reason::Unavailable, "the database is not reachable"),
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => (Reason::Internal, MISFILED),
        _ => (Reason::Internal, ""),
    }
}

/// Why a server was not reached.
fn of_network(error: &io::Error) -> &'static str {
    use io::ErrorKind::{
        ConnectionRefused, HostUnreachable, NetworkUnreachable, NotFound, TimedOut,
    };
    match error.kind() {
        ConnectionRefused => {
            "the database's server refuses connections; is it running, and are host and port right?"
        }
        NotFound => "there is no socket of a database's server at that path",
        TimedOut | HostUnreachable | NetworkUnreachable => {
            "the database's server cannot be reached from here; see the network between"
        }
        _ if error.get_ref().is_some_and(|inner| inner.is::<Standby>()) => STANDBY,
        // The resolver has no kind of its own.
        _ if error.to_string().contains("lookup address") => {
            "there is no such host as the database's address names; correct it, or see the DNS"
        }
        _ => "the database is not reachable",
    }
}

/// A newer program has written the record.
pub(crate) fn newer_form(text: impl Into<String>) -> Error {
    Error::new(Reason::NewerForm, text).with_retry_after(RETRY_AWAY)
}

/// An older program has written something that only it can read.
pub(crate) fn older_form(text: impl Into<String>) -> Error {
    Error::new(Reason::Unavailable, text).with_retry_after(RETRY_AWAY)
}

/// The database is not as this program needs it.
pub(crate) fn mismatch(message: String) -> Error {
    Error::new(Reason::SchemaMismatch, message)
}

/// True if a statement names a table that does not exist.
pub(crate) fn has_no_table(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| {
        error.code().as_deref() == Some("42P01") || error.message().contains("no such table")
    })
}

/// Refuses a write on a row that was altered.
pub(crate) fn altered(name: &str) -> Error {
    let text = format!(
        "{name} was altered in the database beneath the service; nothing was written, or what was \
         altered would count as written: `mpp repair SERVICE records` puts it back or, where the \
         feed has it no more, keeps what stands there with --accept-altered; then read it again"
    );
    Error::new(Reason::WrongState, text)
}

/// Two writes met.
pub(crate) fn write_conflict() -> Error {
    Error::new(Reason::WriteConflict, "another write came first; send the same request again")
        .with_retry_after(RETRY_RACE)
}

fn of_database(error: &dyn sqlx::error::DatabaseError) -> (Reason, &'static str) {
    // Raised by the trigger `record_form`, of both databases.
    if error.message() == NEWER_FORM {
        return (Reason::NewerForm, "a record is in a newer form than this replica writes");
    }
    match error.kind() {
        ErrorKind::UniqueViolation => return (Reason::AlreadyExists, "such a record exists"),
        ErrorKind::ForeignKeyViolation => {
            return (Reason::ReferenceInvalid, "a record that is referred to does not exist");
        }
        ErrorKind::CheckViolation => {
            return (Reason::WrongState, "the state of the record does not allow it");
        }
        _ => {}
    }
    let (reason, text) = match plain(error.code().unwrap_or_default()).as_ref() {
        // PostgreSQL: serialization, deadlock, lock timeout. SQLite: busy and locked.
        "40001" | "40P01" | "55P03" | "5" | "6" => (Reason::WriteConflict, ""),
        // A statement that was prepared on this connection is missing, or somebody else's is there.
        "26000" | "42P05" => (
            Reason::Unavailable,
            "a pooler before the database gives each transaction another connection; set its \
             pool_mode to session, or connect to PostgreSQL itself",
        ),
        // Statement timeout.
        "57014" => (Reason::DeadlineExceeded, "the database took too long"),
        code => (Reason::Unavailable, text_of(code)),
    };
    if reason == Reason::Unavailable && text.is_empty() {
        (Reason::Internal, "")
    } else {
        (reason, text)
    }
}

/// Explains a code of PostgreSQL or SQLite that keeps a database from its work; empty for any
/// other.
fn text_of(code: &str) -> &'static str {
    match code {
        "53100" | "13" => FULL,
        "58030" | "10" => UNWRITABLE,
        "25006" | "8" => READ_ONLY,
        "57P01" | "57P02" => "the database's server is shutting down",
        "57P03" => "the database's server is starting",
        "55000" => "the database takes no connections now, as while it is restored",
        "25P03" => "the database ended a transaction that stood still",
        "53300" => "the database's server has no connection left; see its max_connections",
        "28P01" | "28000" => {
            "the database's server does not let this user in; see user and password in the address, \
             and for the address and TLS the server's pg_hba.conf"
        }
        "3D000" => "there is no such database on that server; create it, or correct its name",
        "42501" => "the database's user may not do that; make it the owner of its database",
        "11" | "26" => "the file is no SQLite database, or a damaged one; restore it",
        "14" => "the database's file cannot be opened; see the folder and its permissions",
        code if code.starts_with("08") => "the database is not reachable",
        _ => "",
    }
}

/// SQLite's driver gives extended result codes, whose lowest byte is the plain one; PostgreSQL's
/// codes have five characters and stay.
fn plain(code: Cow<'_, str>) -> Cow<'_, str> {
    match code.parse::<u32>() {
        Ok(extended) if code.len() < 5 => Cow::Owned((extended & 0xff).to_string()),
        _ => code,
    }
}

/// The constraint that an error broke: its name on PostgreSQL, on SQLite the text after
/// "constraint failed:" (the columns of a unique one, the name of a check).
pub fn constraint(error: &sqlx::Error) -> Option<String> {
    let database = error.as_database_error()?;
    if let Some(name) = database.constraint() {
        return Some(name.to_owned());
    }
    database.message().split_once("constraint failed: ").map(|(_, what)| what.to_owned())
}

#[cfg(test)]
mod tests {
    use std::{error::Error as StdError, fmt};

    use sqlx::error::DatabaseError;

    use super::*;

    #[derive(Debug)]
    struct Coded(&'static str);

    impl fmt::Display for Coded {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }
    }

    impl StdError for Coded {}

    impl DatabaseError for Coded {
        fn message(&self) -> &str {
            self.0
        }

        fn code(&self) -> Option<Cow<'_, str>> {
            Some(self.0.into())
        }

        fn as_error(&self) -> &(dyn StdError + Send + Sync + 'static) {
            self
        }

        fn as_error_mut(&mut self) -> &mut (dyn StdError + Send + Sync + 'static) {
            self
        }

        fn into_error(self: Box<Self>) -> Box<dyn StdError + Send + Sync + 'static> {
            self
        }

        fn kind(&self) -> ErrorKind {
            ErrorKind::Other
        }
    }

    #[test]
    fn extended_codes_of_sqlite_mean_what_their_plain_ones_do() {
        let reason = |code| db_error(sqlx::Error::Database(Box::new(Coded(code)))).reason();
        for failing in ["10", "778", "13"] {
            assert_eq!(reason(failing), Reason::Unavailable, "{failing}");
        }
        for busy in ["5", "261", "517", "262"] {
            assert_eq!(reason(busy), Reason::WriteConflict, "{busy}");
        }
        assert_eq!(reason("57014"), Reason::DeadlineExceeded, "PostgreSQL's");
        assert_eq!(reason("1"), Reason::Internal);
    }

    #[test]
    fn whatever_keeps_a_database_from_writing_is_told_and_counted() {
        let before = refused_writes();
        let told =
            |code| db_error(sqlx::Error::Database(Box::new(Coded(code)))).message().to_owned();
        for (code, words) in [
            ("53100", "disk is full"),
            ("13", "disk is full"),
            ("778", "cannot be written"),
            ("25006", "read-only"),
            ("1032", "read-only"),
        ] {
            assert!(told(code).contains(words), "{code}: {}", told(code));
        }
        assert!(refused_writes() >= before + 5, "others may count meanwhile");
    }

    #[test]
    fn what_an_operator_has_set_wrongly_is_said_and_is_no_internal_error() {
        let io = |kind, text: &str| sqlx::Error::Io(io::Error::new(kind, text.to_owned()));
        let coded = |code| sqlx::Error::Database(Box::new(Coded(code)));
        for (error, words) in [
            (coded("28P01"), "user and password"),
            (coded("28000"), "pg_hba.conf"),
            (coded("3D000"), "no such database"),
            (coded("55000"), "takes no connections"),
            (io(io::ErrorKind::ConnectionRefused, "refused"), "is it running"),
            (io(io::ErrorKind::Other, "failed to lookup address information: x"), "no such host"),
            (sqlx::Error::Tls("no".into()), "sslmode"),
        ] {
            let told = db_error(error);
            assert_eq!(told.reason(), Reason::Unavailable, "{told}");
            assert!(told.message().contains(words), "{told}");
        }
    }
}
