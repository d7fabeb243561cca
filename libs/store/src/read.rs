//! Reading from one consistent snapshot.

use futures::future::BoxFuture;
use mpp_api::Document;
use mpp_core::{Digest, Error, Micros, Result};
use sqlx::{AssertSqlSafe, Row as _};

use crate::{
    Change, Conn, Db, Position, Record, bounds::Bounds, db_error, mark::Marked, position,
    record::StoredRow, session::Session,
};

/// A read-only snapshot; ends when it is dropped. Keep it short: it holds a connection.
#[derive(Debug)]
pub struct Read {
    session: Session,
    bounds: Bounds,
}

/// Greater than every name that starts as a text does, once appended to it.
pub(crate) const LAST: char = char::MAX;

/// Up to `limit` living records whose names lie between two, in the order of names, each with
/// whether it was altered in the database: to compare what follows from them. Index: record's
/// primary key.
///
/// # Errors
/// `UNAVAILABLE` if the database is away; internal for one that cannot be read.
pub async fn records_between<D: Document>(
    conn: &mut Conn,
    after: &str,
    before: &str,
    limit: i64,
) -> Result<Vec<(Record<D>, bool)>> {
    let columns = conn.dialect().record_columns;
    let text = format!(
        "select name, {columns} from record
         where kind = $1 and name > $2 and name < $3 and deleted = 0 order by name limit $4"
    );
    let rows = sqlx::query(AssertSqlSafe(text))
        .bind(D::KIND)
        .bind(after)
        .bind(before)
        .bind(limit)
        .fetch_all(conn)
        .await
        .map_err(db_error)?;
    let record = |row: &sqlx::any::AnyRow| {
        let name: String = row.try_get("name").map_err(db_error)?;
        let stored = StoredRow::from_row(row)?;
        Ok((stored.record(&name)?, stored.is_altered(D::KIND, &name)))
    };
    rows.iter().map(record).collect()
}

/// A column of a service's own table, written so that it compares by bytes: names that begin alike
/// then lie together. On PostgreSQL an index of it has to say so, too (`collate "C"`).
pub fn by_bytes(conn: &Conn, column: &str) -> String {
    format!("{column}{}", conn.dialect().by_bytes)
}

/// The name at which the page after another begins, among the names that start with a prefix. It is
/// one bound and not two: SQLite seeks by the first and walks to the second, so that a later page
/// would cost as much as all before it.
pub(crate) fn first_name(prefix: &str, after: &str) -> String {
    if after < prefix { prefix.to_owned() } else { format!("{after}\u{1}") }
}

/// A kind and the name of a record of it.
type Key<'a> = (&'a str, &'a str);

/// One version of a record, for snapshots and transactions alike. Indexes: change_history,
/// revision_tx.
///
/// # Errors
/// `UNAVAILABLE` if the database is away.
pub async fn version_of(conn: &mut Conn, key: Key<'_>, version: i64) -> Result<Option<Change>> {
    Ok(versions(conn, "c.version = $3", (key, version), 1).await?.into_iter().next())
}

/// The last version of a record, for snapshots and transactions alike. Indexes: like
/// [`version_of`].
///
/// # Errors
/// `UNAVAILABLE` if the database is away.
pub async fn newest_version(conn: &mut Conn, key: Key<'_>) -> Result<Option<Change>> {
    let which = "c.version < $3 order by c.version desc";
    Ok(versions(conn, which, (key, i64::MAX), 1).await?.into_iter().next())
}

async fn versions(
    conn: &mut Conn,
    which: &'static str,
    ((kind, name), bound): (Key<'_>, i64),
    limit: u32,
) -> Result<Vec<Change>> {
    let text = format!(
        "select {} from change c join revision r on r.tx = c.tx
         where c.kind = $1 and c.name = $2 and {which} limit $4",
        conn.dialect().change_columns
    );
    let rows = sqlx::query(AssertSqlSafe(text))
        .persistent(false)
        .bind(kind)
        .bind(name)
        .bind(bound)
        .bind(i64::from(limit))
        .fetch_all(conn)
        .await
        .map_err(db_error)?;
    rows.iter().map(Change::from_row).collect()
}

impl Db {
    /// One consistent snapshot to read from.
    ///
    /// # Errors
    /// The same as [`Db::begin`].
    pub fn read(&self) -> BoxFuture<'_, Result<Read>> {
        Box::pin(async {
            let (mut session, _) = Session::begin(&self.0.readers, self.0.dialect.snapshot).await?;
            let bounds = Bounds::select(session.conn()?).await?;
            Ok(Read { session, bounds })
        })
    }
}

impl Read {
    /// The feed's revision that the snapshot shows.
    pub fn revision(&self) -> i64 {
        self.bounds.head.revision
    }

    /// The same with its mark.
    pub(crate) fn head(&self) -> Marked {
        self.bounds.head
    }

    /// The feed's floor in the snapshot.
    pub fn floor(&self) -> i64 {
        self.bounds.floor
    }

    /// The connection, for the service's own tables.
    ///
    /// # Panics
    /// Never: the connection is there as long as the snapshot is.
    #[allow(clippy::expect_used)]
    pub fn conn(&mut self) -> &mut Conn {
        self.session.conn().expect("nothing ends the session before it is dropped")
    }

    /// The living record of that name. Index: record's primary key.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the database is away.
    pub async fn get<D: Document>(&mut self, name: &str) -> Result<Option<Record<D>>> {
        let columns = self.conn().dialect().record_columns;
        let text =
            format!("select {columns} from record where kind = $1 and name = $2 and deleted = 0");
        let row = sqlx::query(AssertSqlSafe(text))
            .bind(D::KIND)
            .bind(name)
            .fetch_optional(self.conn())
            .await
            .map_err(db_error)?;
        row.map(|row| StoredRow::from_row(&row)?.record(name)).transpose()
    }

    /// Up to `limit` living records whose names start with `prefix`, after the name `after`, in
    /// the order of names. Index: record's primary key.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the database is away.
    pub async fn list<D: Document>(
        &mut self,
        prefix: &str,
        after: &str,
        limit: u32,
    ) -> Result<Vec<Record<D>>> {
        let columns = self.conn().dialect().record_columns;
        let text = format!(
            "select name, {columns} from record
             where kind = $1 and name >= $2 and name < $3 and deleted = 0
             order by name limit $4"
        );
        let rows = sqlx::query(AssertSqlSafe(text))
            .bind(D::KIND)
            .bind(first_name(prefix, after))
            .bind(format!("{prefix}{LAST}"))
            .bind(i64::from(limit))
            .fetch_all(self.conn())
            .await
            .map_err(db_error)?;
        let record = |row: &sqlx::any::AnyRow| {
            StoredRow::from_row(row)?.record(row.try_get("name").map_err(db_error)?)
        };
        rows.iter().map(record).collect()
    }

    /// The kept versions of one record, newest first, below a version (`None`: from the newest on).
    /// All of them for the kinds of [`Schema::history_kinds`](crate::Schema) as far as their
    /// retention reaches, else those above the feed's floor.
    /// Indexes: change_history from its end, then revision by its transaction.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the database is away.
    pub async fn versions_below(
        &mut self,
        key: Key<'_>,
        version: Option<i64>,
        limit: u32,
    ) -> Result<Vec<Change>> {
        let which = "c.version < $3 order by c.version desc";
        versions(self.conn(), which, (key, version.unwrap_or(i64::MAX)), limit).await
    }

    /// One version of a record. Indexes: change_history, then revision by its transaction.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the database is away.
    pub async fn version(&mut self, key: Key<'_>, version: i64) -> Result<Option<Change>> {
        version_of(self.conn(), key, version).await
    }

    /// The last version that is kept of those that a record had by a revision. Versions and
    /// revisions rise together: so it is found by halving, however many came later. Indexes: like
    /// [`Read::version`].
    ///
    /// # Errors
    /// `UNAVAILABLE` if the database is away.
    pub async fn version_at(&mut self, key: Key<'_>, revision: i64) -> Result<Option<Change>> {
        let last = self.versions_below(key, None, 1).await?.into_iter().next();
        if last.as_ref().is_none_or(|last| last.revision <= revision) {
            return Ok(last);
        }
        let mut after = last.map_or(0, |last| last.version);
        let Some(mut shown) = self.version_above(key, 0).await? else { return Ok(None) };
        if shown.revision > revision {
            return Ok(None);
        }
        let mut by = shown.version;
        while after - by > 1 {
            let between = i64::midpoint(by, after);
            let found = self.versions_below(key, Some(between + 1), 1).await?.into_iter().next();
            match found {
                Some(found) if found.revision > revision => after = found.version,
                found => (by, shown) = (between, found.unwrap_or(shown)),
            }
        }
        Ok(Some(shown))
    }

    /// The first version of a record above one that is kept; above 0, the first of all. Indexes:
    /// like [`Read::version`].
    ///
    /// # Errors
    /// `UNAVAILABLE` if the database is away.
    pub async fn version_above(&mut self, key: Key<'_>, version: i64) -> Result<Option<Change>> {
        let which = "c.version > $3 order by c.version";
        Ok(versions(self.conn(), which, (key, version), 1).await?.into_iter().next())
    }

    /// The last revision that was committed by a time; 0 if none was. Index: revision_at.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the database is away.
    pub async fn revision_at(&mut self, time: Micros) -> Result<i64> {
        let query = "select coalesce(max(rev), 0) from revision where at <= $1";
        let row = sqlx::query(query).bind(time).fetch_one(self.conn()).await;
        row.and_then(|row| row.try_get(0)).map_err(db_error)
    }

    /// The digest of the copy of another service's feed, as it was saved with its position.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the database is away.
    pub async fn digest(&mut self, feed: &str) -> Result<Digest> {
        position::digest(self.conn(), feed).await
    }

    /// How far an upstream feed has been applied.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the database is away.
    pub async fn position(&mut self, feed: &str) -> Result<Option<Position>> {
        position::select(self.conn(), feed, "").await
    }

    /// Ends the snapshot and waits for it, so that its connection is free at once.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the database is away.
    pub async fn end(self) -> Result<(), Error> {
        self.session.rollback().await
    }
}
