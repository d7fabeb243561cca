//! Turns a database's errors into faults of the source, each with its way out.

use std::io::ErrorKind;

use sqlx::{error::DatabaseError, mysql::MySqlDatabaseError, postgres::PgDatabaseError};

use crate::source::fault::{Fault, excerpt};

/// The place that a fault names: the database's address, and the setting of the statement.
#[derive(Clone, Debug)]
pub struct StatementPlace {
    /// The address, as it may be shown.
    pub place: String,
    /// "layanan.toml, line 9".
    pub asked: String,
}

impl StatementPlace {
    /// A fault before the first row.
    pub fn fault(&self, error: &sqlx::Error) -> Fault {
        match error {
            sqlx::Error::Database(error) => self.of_database(error.as_ref()),
            _ => Fault::unreachable(&self.place, error_text(error)),
        }
    }

    /// A fault while rows are read: those that came are a part.
    pub fn breaks_off(&self, error: &sqlx::Error) -> Fault {
        match error {
            sqlx::Error::Database(error) if kind(error.as_ref()) != DatabaseFault::Other => {
                self.of_database(error.as_ref())
            }
            _ => Fault::torn(&self.place, format!("it breaks off: {}", error_text(error))),
        }
    }

    /// A fault while beginning a transaction that only reads.
    pub fn begins(&self, error: &sqlx::Error) -> Fault {
        let is_old = of_mysql(error).is_some_and(|error| error.number() == 1064);
        if !is_old {
            return self.fault(error);
        }
        let text = "the server is too old to promise that nothing is written: MySQL does since \
                    5.7, MariaDB since 10.1";
        Fault::unreachable(&self.place, text)
    }

    /// The file cannot be opened.
    pub fn no_file(&self, said: &str) -> Fault {
        let text = format!(
            "{said}: see path, and who may read the file and its folder; where nobody writes it, \
             immutable = true reads it without a lock"
        );
        Fault::unreachable(&self.place, text)
    }

    /// A log beside the file holds changes that the file does not.
    pub fn unsettled(&self, log: &str) -> Fault {
        let text = format!(
            "a file with {log} at its end stands beside it and holds changes that immutable = true \
             does not read: take immutable out (the account then has to write in the folder), or \
             have whoever writes the database close it, or copy it with VACUUM INTO"
        );
        Fault::torn(&self.place, text)
    }

    fn of_database(&self, error: &dyn DatabaseError) -> Fault {
        let said = excerpt(error.message());
        let (place, asked) = (&self.place, &self.asked);
        match kind(error) {
            DatabaseFault::Account => Fault::unreachable(
                place,
                format!("{said}: see the account in address, and password_file"),
            ),
            DatabaseFault::OtherDatabase => Fault::unreachable(
                place,
                format!("{said}: see the database's name, which ends the address"),
            ),
            DatabaseFault::Asked => {
                Fault::config(asked, format!("{place} says: {said}; see table or query"))
            }
            DatabaseFault::Permission => Fault::config(
                asked,
                format!("{place} says: {said}; let the account read it (GRANT SELECT)"),
            ),
            DatabaseFault::Part => Fault::config(
                asked,
                format!(
                    "{place} says: {said}; the account sees only some of the rows: let it see all \
                     (ALTER ROLE … BYPASSRLS), or add whole = true to [input] where just these \
                     are meant"
                ),
            ),
            DatabaseFault::Writes => Fault::config(
                asked,
                format!("{place} says: {said}; a source is only read, so give a query that reads"),
            ),
            DatabaseFault::Slow => Fault::unreachable(
                place,
                format!(
                    "{said}: the query takes longer than statement_timeout_seconds in [policy]; \
                     give it an index, or more time"
                ),
            ),
            DatabaseFault::NoFile => self.no_file(&said),
            DatabaseFault::NoDatabase => {
                Fault::unreadable(place, format!("{said}: it is no SQLite file"))
            }
            DatabaseFault::Busy | DatabaseFault::Other => Fault::unreachable(place, said),
        }
    }
}

/// True for an error that may pass by itself, such as that of a server that is starting.
pub fn may_pass(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(error) => {
            !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::InvalidData)
        }
        sqlx::Error::Database(error) => kind(error.as_ref()) == DatabaseFault::Busy,
        _ => false,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DatabaseFault {
    Account,
    OtherDatabase,
    Asked,
    Permission,
    Part,
    Writes,
    Slow,
    NoFile,
    NoDatabase,
    Busy,
    Other,
}

/// True for a setting that the server does not have.
pub fn is_unknown_setting(error: &sqlx::Error) -> bool {
    of_mysql(error).is_some_and(|error| error.number() == 1193)
}

/// True for a table that the server does not have.
pub fn is_unknown_table(error: &sqlx::Error) -> bool {
    of_mysql(error).is_some_and(|error| matches!(error.number(), 1109 | 1146))
}

fn of_mysql(error: &sqlx::Error) -> Option<&MySqlDatabaseError> {
    error.as_database_error()?.try_downcast_ref()
}

/// The kind of an error, by MySQL's number, PostgreSQL's code (five characters) or SQLite's (a
/// number).
fn kind(error: &dyn DatabaseError) -> DatabaseFault {
    let code = error.code().unwrap_or_default();
    if is_row_security(error) {
        return DatabaseFault::Part;
    }
    if let Some(error) = error.try_downcast_ref::<MySqlDatabaseError>() {
        return by_number(error.number(), &code);
    }
    if code.len() == 5 {
        return of_postgres(&code);
    }
    // The plain code is the lowest byte of an extended one.
    match code.parse::<u32>().map(|code| code & 0xff) {
        Ok(1) => DatabaseFault::Asked,
        Ok(8) => DatabaseFault::Writes,
        Ok(5 | 6) => DatabaseFault::Busy,
        Ok(3 | 10 | 14) => DatabaseFault::NoFile,
        Ok(11 | 26) => DatabaseFault::NoDatabase,
        _ => DatabaseFault::Other,
    }
}

/// Known by the routine in PostgreSQL's source: the message is in the server's language, and the
/// code is the one of any missing permission.
fn is_row_security(error: &dyn DatabaseError) -> bool {
    let error = error.try_downcast_ref::<PgDatabaseError>();
    error.and_then(PgDatabaseError::routine) == Some("check_enable_rls")
}

/// MySQL's own codes are coarser than its numbers.
fn by_number(number: u16, code: &str) -> DatabaseFault {
    match number {
        1044 | 1045 | 1130 | 1251 | 1698 | 1820 | 1862 | 3118 => DatabaseFault::Account,
        1049 => DatabaseFault::OtherDatabase,
        1142 | 1143 | 1227 | 1345 | 1356 | 1370 => DatabaseFault::Permission,
        1792 => DatabaseFault::Writes,
        1969 | 3024 => DatabaseFault::Slow,
        1040 | 1053 | 1203 | 1205 | 1213 | 1226 | 1412 | 1927 => DatabaseFault::Busy,
        1052 => DatabaseFault::Asked,
        _ if code.starts_with("42") => DatabaseFault::Asked,
        _ => DatabaseFault::Other,
    }
}

fn of_postgres(code: &str) -> DatabaseFault {
    match code {
        "28000" | "28P01" => DatabaseFault::Account,
        "3D000" => DatabaseFault::OtherDatabase,
        "42501" => DatabaseFault::Permission,
        "25006" => DatabaseFault::Writes,
        "57014" => DatabaseFault::Slow,
        "53300" | "57P03" | "57P01" | "57P02" | "40001" => DatabaseFault::Busy,
        _ if code.starts_with("42") => DatabaseFault::Asked,
        _ => DatabaseFault::Other,
    }
}

fn not_encrypted(why: &str) -> String {
    format!("the encrypted connection fails ({}): see tls and tls_ca in [input]", excerpt(why))
}

fn error_text(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Io(error) if error.kind() == ErrorKind::ConnectionRefused => {
            "nobody listens there (connection refused): does the database run, and is the port \
             right?"
                .to_owned()
        }
        sqlx::Error::Tls(error) => not_encrypted(&error.to_string()),
        // Some drivers tell of a certificate while they write.
        sqlx::Error::Io(error) if error.kind() == ErrorKind::InvalidData => {
            not_encrypted(&error.to_string())
        }
        sqlx::Error::Configuration(error) if error.to_string().contains("RSA") => {
            "the account's password may travel only encrypted: set tls = \"verified\" or \
             \"encrypted\" in [input]"
                .to_owned()
        }
        sqlx::Error::Protocol(said) if said.contains("authentication plugin") => format!(
            "{}: give the account a password of mysql_native_password or caching_sha2_password",
            excerpt(said)
        ),
        other => excerpt(&other.to_string()),
    }
}
