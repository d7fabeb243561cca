//! A connection with an open transaction, which never goes back to the pool open.

use mpp_core::{Error, Result};
use sqlx::any::AnyRow;
use tokio::runtime::Handle;

use crate::{
    conn::Conn,
    db_error,
    pool::Pool,
    reach::{away, is_of_the_connection},
};

/// Rolls back when it is dropped before [`Session::finish`].
#[derive(Debug)]
pub(crate) struct Session {
    conn: Option<Conn>,
}

impl Session {
    /// Begins with a fixed text in one round trip; answers the row that the text selects. If a
    /// connection turns out to be dead, or to lead to a server that no longer takes writes, nothing
    /// has changed, so another one is tried once: a new one, since earlier ones are in doubt.
    pub async fn begin(pool: &Pool, text: &'static str) -> Result<(Self, Option<AnyRow>)> {
        pool.check()?;
        match Self::try_begin(pool, text).await {
            Err(error) if is_of_the_connection(&error) => {
                Self::try_begin(pool, text).await.map_err(db_error)
            }
            tried => tried.map_err(db_error),
        }
    }

    async fn try_begin(pool: &Pool, text: &'static str) -> sqlx::Result<(Self, Option<AnyRow>)> {
        let mut session = Self { conn: Some(pool.try_take().await?) };
        let conn = session.conn.as_mut().ok_or_else(away)?;
        let mut rows = sqlx::raw_sql(text).fetch_all(conn).await?;
        Ok((session, rows.pop()))
    }

    /// The connection, within the transaction.
    pub fn conn(&mut self) -> Result<&mut Conn> {
        match &mut self.conn {
            Some(conn) => Ok(conn),
            None => Err(Error::internal("the transaction has ended")),
        }
    }

    /// Gives the connection back once the transaction has ended.
    pub fn finish(mut self) {
        drop(self.conn.take());
    }

    /// Rolls back and waits for it.
    pub async fn rollback(mut self) -> Result<()> {
        let Some(conn) = self.conn.take() else {
            return Ok(());
        };
        rollback(conn).await
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let Some(mut conn) = self.conn.take() else {
            return;
        };
        match Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn(rollback(conn))),
            Err(_) => conn.throw_away(),
        }
    }
}

/// Rolls back; a connection on which that fails is closed, which rolls back too.
async fn rollback(mut conn: Conn) -> Result<()> {
    let longest = conn.give_back();
    let done = tokio::time::timeout(longest, sqlx::raw_sql("rollback").execute(&mut conn)).await;
    match done {
        Ok(Ok(_)) => Ok(()),
        // The transaction ended on its own, as when its BEGIN failed.
        Ok(Err(error)) if error.to_string().contains("no transaction is active") => Ok(()),
        Ok(Err(error)) => {
            conn.throw_away();
            Err(db_error(error))
        }
        Err(_) => {
            conn.throw_away();
            Err(Error::new(mpp_core::Reason::Unavailable, "the database did not roll back in time"))
        }
    }
}
