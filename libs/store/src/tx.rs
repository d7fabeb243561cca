//! A writing transaction. Its changes get their revision with the commit.

use std::collections::HashMap;

use futures::future::BoxFuture;
use mpp_core::{Error, Micros, Reason, Result, hex};
use sqlx::{AssertSqlSafe, Row as _};

use crate::{
    Conn, Db, bounds::Bounds, db_error, dialect::Engine, record::StoredRow, session::Session,
};

/// The author of a change, as the feed tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Actor {
    /// The change's origin: `api`, `feed`, or the name of a source.
    pub origin: String,
    /// The caller that makes it, such as `units/bkpm` or `services/scheduling`.
    pub subject: String,
    /// The sync session that brings it; empty for any other.
    pub session: String,
}

impl Actor {
    /// The author of changes that no sync session brings.
    pub fn new(origin: impl Into<String>, subject: impl Into<String>) -> Self {
        Self { origin: origin.into(), subject: subject.into(), session: String::new() }
    }

    /// The same author within a session.
    #[must_use]
    pub fn within(self, session: &str) -> Self {
        Self { session: session.to_owned(), ..self }
    }
}

/// A writing transaction; dropped without [`Tx::commit`] it leaves nothing.
#[derive(Debug)]
pub struct Tx {
    pub(crate) db: Db,
    pub(crate) session: Session,
    by: Actor,
    now: Micros,
    /// Records that this transaction has locked and read, or written.
    pub(crate) seen: HashMap<(&'static str, String), StoredRow>,
    stands_in: bool,
}

impl Db {
    /// Begins a writing transaction; the feed tells its changes as made by `by`.
    ///
    /// # Errors
    /// `UNAVAILABLE` or `OVERLOADED` if no connection can be had.
    pub fn begin<'a>(&'a self, by: &'a Actor) -> BoxFuture<'a, Result<Tx>> {
        self.begin_with(by, self.0.dialect.begin)
    }

    /// Begins a writing transaction that sees everything as it is now until it ends: what it
    /// compares fits together although others write, and it locks only what it writes. Nothing that
    /// it writes may have changed meanwhile, else it is refused and has to begin again. On SQLite
    /// it is the only writer.
    ///
    /// # Errors
    /// The same as [`Db::begin`].
    pub fn begin_snapshot<'a>(&'a self, by: &'a Actor) -> BoxFuture<'a, Result<Tx>> {
        self.begin_with(by, self.0.dialect.begin_snapshot)
    }

    fn begin_with<'a>(&'a self, by: &'a Actor, text: &'static str) -> BoxFuture<'a, Result<Tx>> {
        Box::pin(async move {
            self.try_begin(by, text).await.inspect_err(|error| self.note_failed(error))
        })
    }

    async fn try_begin(&self, by: &Actor, text: &'static str) -> Result<Tx> {
        let (session, row) = Session::begin(&self.0.writers, text).await?;
        let row = row.ok_or_else(|| Error::internal("BEGIN answered no time"))?;
        let now = self.shifted(row.try_get(0).map_err(db_error)?);
        let (db, by, seen) = (self.clone(), by.clone(), HashMap::new());
        Ok(Tx { db, session, by, now, seen, stands_in: false })
    }
}

impl Tx {
    /// When the transaction began, by the database's clock, moved as far as the process's is.
    pub fn now(&self) -> Micros {
        self.now
    }

    /// Says which sync session has brought what the transaction writes, if that is known only now.
    pub fn within(&mut self, session: &str) {
        session.clone_into(&mut self.by.session);
    }

    /// From now on the transaction also overwrites rows of a newer program. Only for data that a
    /// service works out from other records, once no newer program does that any more: a newer one
    /// works it out again when it is back. The rows keep the newer form's number.
    pub fn stand_in_for_newer(&mut self) {
        self.stands_in = true;
    }

    /// True after [`Tx::stand_in_for_newer`].
    pub fn stands_in_for_newer(&self) -> bool {
        self.stands_in
    }

    /// Passes if the row may be rewritten.
    pub(crate) fn check_form(&self, stored: &StoredRow, kind: &str, name: &str) -> Result<()> {
        if self.stands_in { Ok(()) } else { stored.check_form(kind, name) }
    }

    /// The connection, for the service's own tables. Ending the transaction through it is a fault.
    ///
    /// # Panics
    /// Never: the connection is there as long as the transaction is.
    #[allow(clippy::expect_used)]
    pub fn conn(&mut self) -> &mut Conn {
        self.session.conn().expect("only commit and rollback end the session, and they take self")
    }

    /// The feed's revision of this moment, read on the transaction's own connection: holding one
    /// connection and waiting for a second could deadlock with others that do the same.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the database is away.
    pub async fn head(&mut self) -> Result<i64> {
        Ok(Bounds::select(self.conn()).await?.head.revision)
    }

    /// Commits, and answers the feed's revision. A transaction that changed no record gets a
    /// revision that is not below anything it saw.
    ///
    /// # Errors
    /// `WRITE_CONFLICT` if a race was lost. After `UNAVAILABLE` it may have been committed: send
    /// the same request id again to know.
    pub fn commit(mut self) -> BoxFuture<'static, Result<i64>> {
        Box::pin(async move {
            let committed = match self.db.0.dialect.engine {
                Engine::Sqlite => self.commit_sqlite().await,
                Engine::Postgres => self.commit_postgres().await,
            };
            let revision = committed.inspect_err(|error| self.db.note_failed(error))?;
            self.session.finish();
            // After a restore it may be lower than the one before.
            let last = |last: &mut i64| std::mem::replace(last, revision) != revision;
            self.db.0.committed.send_if_modified(last);
            Ok(revision)
        })
    }

    /// Ends without a trace.
    ///
    /// # Errors
    /// If the database is away; then nothing was committed either.
    pub fn rollback(self) -> BoxFuture<'static, Result<()>> {
        Box::pin(self.session.rollback())
    }

    /// One round trip, so that the lock of the order is never held over the network.
    async fn commit_postgres(&mut self) -> Result<i64> {
        let (fixed, shift) = match self.db.0.clock.shift() {
            Some(shift) => ("null".to_owned(), shift),
            None => (self.now.to_string(), 0),
        };
        // Hexadecimal digits cannot end a literal, whatever the texts hold.
        let (origin, actor) = (hex(self.by.origin.as_bytes()), hex(self.by.subject.as_bytes()));
        let session = match self.by.session.as_str() {
            "" => String::new(),
            session => {
                let session = hex(session.as_bytes());
                format!(
                    "select set_config('mpp.session', convert_from('\\x{session}', 'UTF8'), true); "
                )
            }
        };
        let text = format!(
            "{session}select feed_commit({fixed}, {shift}, convert_from('\\x{origin}', 'UTF8'), \
             convert_from('\\x{actor}', 'UTF8')); commit"
        );
        let rows = sqlx::raw_sql(AssertSqlSafe(text)).fetch_all(self.session.conn()?).await;
        let rows = rows.map_err(|error| maybe_committed(db_error(error)))?;
        let row = rows.last().ok_or_else(|| Error::internal("COMMIT answered no revision"))?;
        row.try_get(0).map_err(db_error)
    }

    /// The next number, under the one writer's lock. A clock that is set back by less than
    /// readiness notices does not change the order of commits. Indexes: change_tx, revision_at.
    async fn commit_sqlite(&mut self) -> Result<i64> {
        let (at, by) = (self.now, self.by.clone());
        let conn = self.session.conn()?;
        sqlx::query(
            "insert into revision (rev, tx, last_seq, origin, actor, at, session)
             select head + 1, head + 1, last, $1, $2,
                    case when newest - $3 between 1 and 2000000 then newest else $3 end, $4
             from feed, (select max(seq) as last from change where tx = (select head + 1 from feed)),
                  (select max(at) as newest from revision)
             where last is not null",
        )
        .bind(by.origin)
        .bind(by.subject)
        .bind(at)
        .bind(by.session)
        .execute(&mut *conn)
        .await
        .map_err(db_error)?;
        let row = sqlx::query(
            "update feed set head = max(head, coalesce((select max(rev) from revision), 0))
             returning head",
        )
        .fetch_one(&mut *conn)
        .await
        .map_err(db_error)?;
        sqlx::raw_sql("commit").execute(&mut *conn).await.map_err(db_error)?;
        row.try_get(0).map_err(db_error)
    }
}

/// The commit's answer was lost, so it is not known whether it was carried out: the caller is not
/// told to try again.
fn maybe_committed(error: Error) -> Error {
    if error.reason() != Reason::Unavailable {
        return error;
    }
    let text = "the database went away at the commit, so the write may stand; repeat it with its \
                request_id, or read before you write again";
    Error::new(Reason::Unavailable, text).with_context(error)
}
