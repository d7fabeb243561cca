//! From the driver's errors to the domain's.

use std::{borrow::Cow, time::Duration};

use mpp_core::{Error, Reason};
use sqlx::error::ErrorKind;

/// How long a caller that lost a race waits before it sends the same request again.
const RETRY_RACE: Duration = Duration::from_millis(50);
/// How long a caller waits for a database that is away.
const RETRY_AWAY: Duration = Duration::from_secs(1);

/// Maps a driver's error. What it says goes to the log, never to the caller.
pub fn db_error(error: sqlx::Error) -> Error {
    let (reason, message) = match &error {
        sqlx::Error::Database(database) => of_database(database.as_ref()),
        sqlx::Error::PoolTimedOut => (Reason::Overloaded, "no database connection became free"),
        sqlx::Error::PoolClosed
        | sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::WorkerCrashed => (Reason::Unavailable, "the database is not reachable"),
        _ => return Error::internal(error),
    };
    let mapped = match reason {
        Reason::Internal => return Error::internal(error),
        Reason::WriteConflict => write_conflict(),
        Reason::Unavailable | Reason::Overloaded => {
            Error::new(reason, message).with_retry_after(RETRY_AWAY)
        }
        _ => Error::new(reason, message),
    };
    mapped.with_context(error)
}

/// Two writes met.
pub(crate) fn write_conflict() -> Error {
    Error::new(Reason::WriteConflict, "another write came first; send the same request again")
        .with_retry_after(RETRY_RACE)
}

fn of_database(error: &dyn sqlx::error::DatabaseError) -> (Reason, &'static str) {
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
    match plain(error.code().unwrap_or_default()).as_ref() {
        // PostgreSQL: serialization, deadlock, lock timeout. SQLite: busy and locked.
        "40001" | "40P01" | "55P03" | "5" | "6" => (Reason::WriteConflict, ""),
        // Statement timeout.
        "57014" => (Reason::DeadlineExceeded, "the database took too long"),
        // PostgreSQL shuts down, starts, has no connection left, is read-only (a demoted primary),
        // or ended an idle transaction. SQLite: disk full or failing.
        "57P01" | "57P02" | "57P03" | "53300" | "53100" | "25006" | "25P03" | "13" | "10" => {
            (Reason::Unavailable, "the database cannot take writes now")
        }
        code if code.starts_with("08") => (Reason::Unavailable, "the database is not reachable"),
        _ => (Reason::Internal, ""),
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
}
