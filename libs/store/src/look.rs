//! A look at a database over a connection of its own: is it there, does it take writes, and what
//! time is it there? A pool would answer for a long wait what is a refusal, and nothing while all
//! of its connections work.

use std::time::Duration;

use futures::future::BoxFuture;
use mpp_core::{Error, Micros, Reason, Result};
use sqlx::{AnyConnection, Row as _, any::AnyRow};
use tokio::time::{Instant, timeout};

use crate::{
    Db, Options,
    connect::{self, dialect_of, sqlite_path},
    db_error,
    error::{read_only, refused_writes},
};

/// A database that takes longer to say what time it is does not serve anyone.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a look found.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// The process's clock in the middle of the look.
    pub here: Micros,
    /// The database's clock, moved as far as the process's is.
    pub there: Micros,
    /// When the newest commit was made, by the clock of then.
    pub newest: Option<Micros>,
}

/// Looks at one database now and then.
#[derive(Debug)]
pub struct Looker {
    db: Db,
    conn: Option<AnyConnection>,
    /// When it was opened.
    opened: Instant,
    /// The writes that were refused by the last time it was found to take them; none is known of
    /// before the first look.
    refused: Option<u64>,
}

impl Db {
    /// Whoever keeps an eye on the database.
    pub fn looker(&self) -> Looker {
        Looker { db: self.clone(), conn: None, opened: Instant::now(), refused: None }
    }
}

impl Looker {
    /// Looks whether the database answers and, where a write was refused since the last look,
    /// whether it takes any.
    ///
    /// # Errors
    /// Why it does not.
    pub fn look(&mut self) -> BoxFuture<'_, Result<Look>> {
        Box::pin(async {
            let (looked, away) = match timeout(PATIENCE, self.ask()).await {
                Ok(looked) => {
                    let away = looked.as_ref().is_err_and(is_unreached);
                    (looked, away)
                }
                Err(_) => (Err(silent()), true),
            };
            self.db.0.away.set(away);
            if looked.is_err() {
                // Closing it also ends what it may be within.
                self.conn = None;
            }
            looked
        })
    }

    async fn ask(&mut self) -> Result<Look> {
        let (text, clock) = (self.db.0.dialect.look, self.db.clock().clone());
        let conn = self.conn().await?;
        let before = clock.now();
        let row = sqlx::raw_sql(text).fetch_one(conn).await;
        let after = clock.now();
        let (there, no_writes, newest) = row.and_then(columns).map_err(db_error)?;
        if no_writes == "on" {
            return Err(read_only());
        }
        self.try_write().await?;
        Ok(Look { here: before + (after - before) / 2, there: self.db.shifted(there), newest })
    }

    async fn conn(&mut self) -> Result<&mut AnyConnection> {
        let inner = &self.db.0;
        if inner.readers.is_closed() {
            return Err(db_error(sqlx::Error::PoolClosed));
        }
        inner.readers.check()?;
        if self.conn.is_none() || inner.readers.is_outdated(self.opened.elapsed()) {
            self.opened = Instant::now();
            let fresh = connect::single(&inner.url, inner.dialect).await;
            self.conn = Some(fresh.map_err(db_error)?);
        }
        self.conn.as_mut().ok_or_else(|| Error::internal("there is no connection"))
    }

    /// Tries one, if one was refused since this was last found to work: a write of its own for
    /// every look would keep the disk busy for nothing.
    async fn try_write(&mut self) -> Result<()> {
        let (text, refused) = (self.db.0.dialect.try_write, refused_writes());
        if self.refused.is_some_and(|known| known != refused) {
            let tried = sqlx::raw_sql(text).execute(self.conn().await?).await.map_err(db_error);
            match tried {
                // Somebody else writes, who will be told.
                Err(error) if error.reason() == Reason::WriteConflict => return Ok(()),
                tried => tried.map(drop)?,
            }
        }
        self.refused = Some(refused);
        Ok(())
    }
}

impl Drop for Looker {
    /// Nobody would see that it is back.
    fn drop(&mut self) {
        self.db.0.away.set(false);
    }
}

fn silent() -> Error {
    let text = format!("the database does not answer within {} s", PATIENCE.as_secs());
    Error::new(Reason::Unavailable, text)
}

/// True where the server was not even reached.
fn is_unreached(error: &Error) -> bool {
    let cause = error.context().and_then(|context| context.downcast_ref());
    matches!(cause, Some(sqlx::Error::Io(_)))
}

fn columns(row: AnyRow) -> sqlx::Result<(Micros, String, Option<Micros>)> {
    Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?))
}

/// When the newest commit of a database was made, by the clock of then; `None` where there is no
/// database yet, or none in it.
///
/// # Errors
/// It cannot be opened.
pub fn newest_commit(options: &Options) -> BoxFuture<'_, Result<Option<Micros>>> {
    Box::pin(async {
        let dialect = dialect_of(options)?;
        if sqlite_path(&options.url).is_some_and(|path| !path.exists()) {
            return Ok(None);
        }
        let mut conn = connect::first(options, dialect).await?;
        match sqlx::raw_sql(dialect.look).fetch_one(&mut conn).await.and_then(columns) {
            Ok((_, _, newest)) => Ok(newest),
            // It was not migrated yet.
            Err(error) if error.to_string().contains("revision") => Ok(None),
            Err(error) => Err(db_error(error)),
        }
    })
}

#[cfg(test)]
mod tests {
    use mpp_core::Clock;

    use super::*;
    use crate::Schema;

    const SCHEMA: Schema = Schema { service: "test", steps: &[], history_kinds: &[] };

    async fn database(folder: &std::path::Path) -> (Options, Db) {
        let url = format!("sqlite:{}", folder.join("test.db").display());
        let options = Options { url, max_connections: 8, clock: Clock::system() };
        let db = Db::open_migrated(&options, &SCHEMA).await.expect("a database");
        (options, db)
    }

    #[tokio::test]
    async fn after_a_refused_write_one_is_tried_until_there_is_room_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let (_, db) = database(folder.path()).await;
        let mut looker = db.looker();
        looker.look().await.expect("it answers");
        let conn = looker.conn().await.expect("a connection");
        sqlx::raw_sql("pragma max_page_count = 1").execute(conn).await.expect("no room");
        looker.look().await.expect("nobody has missed any");
        looker.refused = Some(refused_writes().wrapping_sub(1));
        let full = looker.look().await.expect_err("none for a write");
        assert!(full.message().contains("disk is full"), "{full}");
        // A new connection, without that bound.
        looker.look().await.expect("there is room again");
        assert_eq!(looker.refused, Some(refused_writes()), "nothing is tried any more");
    }

    #[tokio::test]
    async fn the_newest_commit_is_known_before_a_database_is_there_and_after() {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("test.db").display());
        let options = Options { url, max_connections: 8, clock: Clock::system() };
        assert_eq!(newest_commit(&options).await.expect("no file"), None);
        assert!(!folder.path().join("test.db").exists(), "and none is made");
        let (options, db) = database(folder.path()).await;
        assert_eq!(newest_commit(&options).await.expect("a file"), None);
        sqlx::query(
            "insert into revision (rev, tx, last_seq, origin, actor, at) values (1, 1, 1, '', '', 42)",
        )
        .execute(&mut *db.0.writers.take().await.expect("a connection"))
        .await
        .expect("a commit");
        assert_eq!(newest_commit(&options).await.expect("a file"), Some(42));
    }
}
