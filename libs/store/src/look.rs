//! A look at a database over a connection of its own: is it there, does it take writes, and what
//! time is it there? A pool would report a refusal only after a long wait, and nothing while all of
//! its connections are busy.

use futures::{StreamExt as _, future::BoxFuture, stream::FuturesUnordered};
use mpp_core::{Error, Micros, Reason, Result};
use sqlx::{AnyConnection, Row as _, any::AnyRow};
use tokio::time::{Instant, sleep, timeout};

use crate::{
    Db, Options,
    connect::{self, dialect_of, sqlite_path},
    db_error,
    error::{read_only, refused_writes},
    reach::is_of_the_connection,
};

/// The result of a look.
#[derive(Clone, Copy, Debug)]
pub struct ClockReading {
    /// The process's clock in the middle of the look.
    pub here: Micros,
    /// The database's clock, moved as far as the process's is.
    pub there: Micros,
    /// When the newest commit was made, by the clock at that time.
    pub newest: Option<Micros>,
}

/// Looks at one database now and then.
#[derive(Debug)]
pub struct Looker {
    db: Db,
    conn: Option<AnyConnection>,
    /// When it was opened.
    opened: Instant,
    /// False before the first look.
    has_looked: bool,
    /// The refused writes of this process when it was last found to take them; `None` before the
    /// first look.
    refused: Option<u64>,
}

/// A connection, and what was seen over it.
type LookedOver = (AnyConnection, ClockReading);

impl Db {
    /// A looker, to keep an eye on the database.
    pub fn looker(&self) -> Looker {
        let opened = Instant::now();
        Looker { db: self.clone(), conn: None, opened, has_looked: false, refused: None }
    }
}

impl Looker {
    /// Looks whether the database answers and, if a write was refused since the last look, whether
    /// it takes writes. What it finds holds for all connections of the process.
    ///
    /// # Errors
    /// Why it does not answer.
    pub fn look(&mut self) -> BoxFuture<'_, Result<ClockReading>> {
        Box::pin(async {
            let looked = self.look_and_write().await;
            match &looked {
                Err(error) if is_unreached(error) => self.db.0.reach.note_lost(),
                _ => self.db.0.reach.find(),
            }
            if looked.is_err() {
                // Closing it also ends a transaction or statement that it may be in.
                self.conn = None;
            }
            self.has_looked = true;
            looked
        })
    }

    /// Waits until a connection of this process was found to be of no use: time for a look.
    pub fn until_doubted(&self) -> impl Future<Output = ()> + Send + use<> {
        let reach = self.db.0.reach.clone();
        async move { reach.until_doubted().await }
    }

    async fn look_and_write(&mut self) -> Result<ClockReading> {
        let readers = &self.db.0.readers;
        if readers.is_closed() {
            return Err(db_error(sqlx::Error::PoolClosed));
        }
        readers.check()?;
        if readers.is_outdated(self.opened.elapsed()) {
            self.conn = None;
        }
        let (conn, look) = self.see().await?;
        self.conn = Some(conn);
        match timeout(self.db.0.policy.look(), self.try_write()).await {
            Ok(tried) => tried?,
            // Somebody else has been writing for long. The try ends with its connection.
            Err(_) if self.db.is_sqlite() => self.conn = None,
            Err(_) => return Err(silent(&self.db)),
        }
        Ok(look)
    }

    /// Asks over the earlier connection or, where that is lost or silent for a moment, over a new
    /// one.
    async fn see(&mut self) -> Result<LookedOver> {
        let Some(conn) = self.conn.take() else {
            let seen = see_anew(self.db.clone()).await?;
            if self.has_looked {
                self.let_go(self.db.0.reach.is_away());
            }
            return Ok(seen);
        };
        let mut again = ask(self.db.clone(), conn);
        let was_silent = match timeout(self.db.0.policy.look_beside(), &mut again).await {
            Ok(Ok(seen)) => return Ok(seen),
            Ok(Err(_)) => false,
            Err(_) => true,
        };
        let seen = if was_silent {
            let anew = async {
                let seen = see_anew(self.db.clone()).await;
                // A server that has only stood still for a while answers both.
                sleep(self.db.0.policy.look_last_word()).await;
                seen
            };
            tokio::select! {
                biased;
                Ok(seen) = again => return Ok(seen),
                seen = anew => seen?,
            }
        } else {
            see_anew(self.db.clone()).await?
        };
        self.let_go(was_silent);
        Ok(seen)
    }

    /// Connections that are older than the one that was just made. SQLite's are not over a network.
    fn let_go(&mut self, cut: bool) {
        self.opened = Instant::now();
        if !self.db.is_sqlite() {
            self.db.0.reach.renew(cut);
        }
    }

    /// Tries one, if one was refused since this was last found to work: a write of its own for
    /// every look would keep the disk busy for nothing.
    async fn try_write(&mut self) -> Result<()> {
        let (text, refused) = (self.db.0.dialect.try_write, refused_writes());
        if self.refused.is_some_and(|known| known != refused) {
            let conn = self.conn.as_mut().ok_or_else(|| silent(&self.db))?;
            let tried = sqlx::raw_sql(text).execute(conn).await.map_err(db_error);
            match tried {
                // Somebody else writes, and will get the refusal.
                Err(error) if error.reason() == Reason::WriteConflict => return Ok(()),
                tried => tried.map(drop)?,
            }
        }
        self.refused = Some(refused);
        Ok(())
    }
}

impl Drop for Looker {
    /// Without a looker nobody would see that the database is back.
    fn drop(&mut self) {
        self.db.0.reach.find();
    }
}

/// Asks over a new connection. Another is tried again and again beside those that are still on
/// their way: so it is known at once that a server is back, whatever becomes of the earlier tries.
async fn see_anew(db: Db) -> Result<LookedOver> {
    let mut tries = FuturesUnordered::from_iter([ask_anew(db.clone())]);
    let first = async {
        loop {
            tokio::select! {
                Some(tried) = tries.next() => match tried {
                    Err(_) if !tries.is_empty() => {}
                    tried => return tried,
                },
                () = sleep(db.0.policy.look_beside()) => tries.push(ask_anew(db.clone())),
            }
        }
    };
    timeout(db.0.policy.look(), first).await.unwrap_or_else(|_| Err(silent(&db)))
}

fn ask_anew(db: Db) -> BoxFuture<'static, Result<LookedOver>> {
    Box::pin(async {
        let inner = &db.0;
        let conn =
            connect::single(&inner.url, inner.dialect, &inner.policy).await.map_err(db_error)?;
        ask(db, conn).await
    })
}

fn ask(db: Db, mut conn: AnyConnection) -> BoxFuture<'static, Result<LookedOver>> {
    Box::pin(async move {
        let (text, clock) = (db.0.dialect.look, db.clock());
        let before = clock.now();
        let row = sqlx::raw_sql(text).fetch_one(&mut conn).await;
        let after = clock.now();
        let (there, no_writes, newest) = row.and_then(columns).map_err(db_error)?;
        if no_writes == "on" {
            return Err(read_only());
        }
        Ok((
            conn,
            ClockReading { here: before + (after - before) / 2, there: db.shifted(there), newest },
        ))
    })
}

fn silent(db: &Db) -> Error {
    let text = format!("the database does not answer within {} s", db.0.policy.look_seconds);
    let cause = sqlx::Error::Io(std::io::ErrorKind::TimedOut.into());
    Error::new(Reason::Unavailable, text).with_context(cause)
}

/// True if the server was not even reached.
fn is_unreached(error: &Error) -> bool {
    let cause = error.context().and_then(|context| context.downcast_ref());
    cause.is_some_and(|cause| match cause {
        // The server is reached, and is read-only.
        sqlx::Error::Database(error) if error.code().as_deref() == Some("25006") => false,
        cause => is_of_the_connection(cause),
    })
}

fn columns(row: AnyRow) -> sqlx::Result<(Micros, String, Option<Micros>)> {
    Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?))
}

/// When the newest commit of a database was made, by the clock at that time; `None` if there is no
/// database yet, or no commit in it.
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

    const SCHEMA: Schema =
        Schema { service: "test", steps: &[], history_kinds: &[], standing_kinds: &[] };

    async fn database(folder: &std::path::Path) -> (Options, Db) {
        let url = format!("sqlite:{}", folder.join("test.db").display());
        let options = Options::new(url, 8, Clock::system());
        let db = Db::open_migrated(&options, &SCHEMA).await.expect("a database");
        (options, db)
    }

    #[tokio::test]
    async fn after_a_refused_write_one_is_tried_until_there_is_room_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let (_, db) = database(folder.path()).await;
        let mut looker = db.looker();
        looker.look().await.expect("it answers");
        let conn = looker.conn.as_mut().expect("a connection");
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
        let options = Options::new(url, 8, Clock::system());
        assert_eq!(newest_commit(&options).await.expect("no file"), None);
        assert!(!folder.path().join("test.db").exists(), "and none is made");
        let (options, db) = database(folder.path()).await;
        assert_eq!(newest_commit(&options).await.expect("a file"), None);
        sqlx::query(
            "insert into revision (rev, tx, last_seq, origin, actor, at) values (1, 1, 1, '', '', 42)",
        )
        .execute(&mut db.0.writers.take().await.expect("a connection"))
        .await
        .expect("a commit");
        assert_eq!(newest_commit(&options).await.expect("a file"), Some(42));
    }
}
