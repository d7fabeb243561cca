//! Checks that a connection is one of our own for as long as it is open.
//!
//! Statements are prepared once and kept, timeouts are settings of the session, and LISTEN is a
//! session's. A pooler that gives each transaction another server breaks all three, some of them
//! only under load, when it is too late to notice. So it is found out before anything is done.
//!
//! **Rejected: to live with it.** The driver prepares every statement beforehand, so parse and bind
//! of one statement would meet different servers; and each replica has a pool of its own, which is
//! all that such a pooler would be good for.

use std::time::Duration;

use mpp_core::{Error, FieldCode, Reason, Result};
use sqlx::{AnyConnection, Connection as _, Row as _};

use crate::db_error;

/// How often two connections are compared. While others use the pooler too, a server that one of
/// them gives back may go to somebody else.
const TRIES: usize = 3;
/// How long to wait for a connection beside the first: a pooler may have but one to give.
const SECOND: Duration = Duration::from_secs(5);

/// Passes if two connections that are open at once lead to two servers.
///
/// # Errors
/// Names `database` if they are shared between transactions; `UNAVAILABLE` if there is no
/// second connection.
pub(crate) async fn check(one: &mut AnyConnection, address: &str) -> Result<()> {
    let mut other = AnyConnection::connect(address).await.map_err(db_error)?;
    let mut shared = false;
    for _ in 0..TRIES {
        shared = shared || meet(one, &mut other).await?;
    }
    // A connection that does not end in order does no harm.
    let _ = other.close().await;
    if shared { Err(shares()) } else { Ok(()) }
}

/// True if the server process of one connection serves the other while the first is still open:
/// state that the first leaves there is then another's.
async fn meet(one: &mut AnyConnection, other: &mut AnyConnection) -> Result<bool> {
    let first = server(one, "select pg_backend_pid()").await?;
    let within = "begin; select pg_backend_pid()";
    let second = tokio::time::timeout(SECOND, server(other, within)).await;
    let second = second.map_err(|_| {
        let text = "the database, or a pooler before it, gives one connection at a time; allow at \
                    least as many as MPP_DATABASE_CONNECTIONS for each replica";
        Error::new(Reason::Unavailable, text)
    })??;
    sqlx::raw_sql("rollback").execute(other).await.map_err(db_error)?;
    Ok(first == second)
}

/// The server process that answers. Asked in one message without a prepared statement, which any
/// pooler lets pass.
async fn server(conn: &mut AnyConnection, text: &'static str) -> Result<i64> {
    let mut rows = sqlx::raw_sql(text).fetch_all(conn).await.map_err(db_error)?;
    let row = rows.pop().ok_or_else(|| Error::internal("no process answers"))?;
    row.try_get::<i32, _>(0).map(i64::from).map_err(db_error)
}

/// Recognises the error of a pooler that refuses the driver; `None` for any other.
pub(crate) fn refusal(error: &sqlx::Error) -> Option<Error> {
    let said = error.as_database_error()?.message();
    if !said.contains("unsupported startup parameter") {
        return None;
    }
    let text = format!(
        "leads to a pooler that refuses the driver ({said}): connect to PostgreSQL itself, since \
         each replica pools its own connections, or set ignore_startup_parameters = \
         extra_float_digits and pool_mode = session in pgbouncer.ini"
    );
    Some(Error::field("database", FieldCode::NotAllowed, text))
}

fn shares() -> Error {
    let text = "leads to a pooler that gives each transaction another connection (pool_mode = \
                transaction), where prepared statements, settings of the session and LISTEN are \
                lost: connect to PostgreSQL itself, since each replica pools its own connections \
                (MPP_DATABASE_CONNECTIONS), or set pool_mode = session for this database";
    Error::field("database", FieldCode::NotAllowed, text)
}
