//! The clients that feed a source: each answers for what it sends, and for nothing else.

use std::collections::{HashMap, HashSet};

use mpp_api::sync::Hello;
use mpp_core::{Error, FieldCode, Micros, Result};
use mpp_store::{Conn, Tx, db_error, placeholders};
use sqlx::{AssertSqlSafe, Row as _, any::AnyRow};

/// Names of one statement: the databases limit its parameters.
const CHUNK: usize = 200;

/// The condition for the rows of all clients.
pub const ANYONES: &str = "1 = 1";

/// A client of a source, and those beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Client {
    /// The fencing token of its first session; 0 where it is not known.
    pub number: i64,
    /// The others that may still send: they have opened a session not too long ago.
    pub others: Vec<i64>,
    /// The time since which they were heard.
    since: Micros,
}

/// The name by which a hello's client is told from others of the source.
pub fn named(hello: &Hello) -> &str {
    if hello.client.is_empty() { &hello.holder } else { &hello.client }
}

impl Client {
    /// The client of a number, with the others that were heard since then. Index: sync_client's
    /// primary key.
    ///
    /// # Errors
    /// `UNAVAILABLE` when the database is away.
    pub async fn of(tx: &mut Tx, source: &str, number: i64, since: Micros) -> Result<Self> {
        let text = "select number from sync_client where source = $1 and number <> $2
                    and heard >= $3";
        let query = sqlx::query_scalar(text).bind(source).bind(number).bind(since);
        let others = query.fetch_all(tx.conn()).await.map_err(db_error)?;
        Ok(Self { number, others, since })
    }

    /// The client of a name, for who opens no session: 0 stands for one that is not known yet. No
    /// other is beside one without a name. Index: sync_client's primary key.
    ///
    /// # Errors
    /// `UNAVAILABLE` when the database is away.
    pub async fn called(tx: &mut Tx, source: &str, name: &str, since: Micros) -> Result<Self> {
        if name.is_empty() {
            return Ok(Self::default());
        }
        let text = "select number from sync_client where source = $1 and name = $2";
        let query = sqlx::query_scalar(text).bind(source).bind(name);
        let known: Option<i64> = query.fetch_optional(tx.conn()).await.map_err(db_error)?;
        Self::of(tx, source, known.unwrap_or_default(), since).await
    }

    /// The condition that a row of the column `client` is not another one's. The numbers are the
    /// program's own.
    pub fn may_forget(&self) -> String {
        self.not_among_others("client")
    }

    /// The condition that a column names none of the others of the source `$1`, however many there
    /// are. Index: sync_client's primary key.
    pub(super) fn not_among_others(&self, column: &str) -> String {
        let Self { number, since, .. } = self;
        if self.others.is_empty() {
            return ANYONES.to_owned();
        }
        format!(
            "{column} not in (select number from sync_client
             where source = $1 and number <> {number} and heard >= {since})"
        )
    }

    /// The condition that the column `client` names one of the source `$1` that is away for good.
    /// Index: sync_client's primary key.
    pub(super) fn is_away(&self) -> String {
        let Self { number, since, .. } = self;
        format!(
            "client not in (0, {number}) and client not in (select number from sync_client
             where source = $1 and heard >= {since})"
        )
    }
}

/// The name of the client that has sent a record last, by its key, if that is another one of the
/// source that may still send: what it has sent is not this one's to move. Indexes: primary key of
/// sync_sent, and of sync_client.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn sent_by_other(
    tx: &mut Tx,
    (source, client): (&str, &Client),
    key: u64,
) -> Result<Option<String>> {
    if client.others.is_empty() {
        return Ok(None);
    }
    let text = "select c.name from sync_sent s
        join sync_client c on c.source = s.source and c.number = s.client
        where s.source = $1 and s.key = $2 and s.client <> $3 and c.heard >= $4";
    let query = sqlx::query_scalar(text).bind(source).bind(key.cast_signed());
    let query = query.bind(client.number).bind(client.since);
    let name: Option<String> = query.fetch_optional(tx.conn()).await.map_err(db_error)?;
    Ok(name.map(name_shown))
}

/// A client's name as it is told.
pub fn name_shown(name: String) -> String {
    if name.is_empty() { "without a name".to_owned() } else { name }
}

/// The names of clients, by source and number.
pub type Clients = HashMap<(String, i64), String>;

/// Notes that a client opens a session; answers its number. Index: sync_client's primary key.
pub(super) async fn heard(tx: &mut Tx, hello: &Hello, fencing: i64, most: usize) -> Result<i64> {
    make_room(tx, hello, most).await?;
    let (source, name) = (&hello.source, named(hello));
    let text = "insert into sync_client (source, name, number, heard, first_heard, unscheduled)
        values ($1, $2, $3, $4, $4, $5)
        on conflict (source, name) do update set heard = excluded.heard,
        unscheduled = excluded.unscheduled returning number";
    let query = sqlx::query_scalar(text).bind(source).bind(name).bind(fencing).bind(tx.now());
    let query = query.bind(i64::from(hello.unscheduled));
    query.fetch_one(tx.conn()).await.map_err(db_error)
}

/// The condition that nothing is kept of a client of the source `$1`. Indexes: primary keys of
/// sync_rejected and sync_waiting.
const NOTHING_KEPT: &str = "number not in (select client from sync_rejected where source = $1)
    and number not in (select client from sync_waiting where source = $1)";

/// Before a source has more clients than that, it forgets the one that was heard longest ago, of
/// those of which nothing is kept and whose last session lacked nothing: otherwise the source would
/// look whole. Index: sync_client's primary key.
async fn make_room(tx: &mut Tx, hello: &Hello, most: usize) -> Result<()> {
    let text = "select count(*) as clients, count(case when name = $2 then 1 end) as known
        from sync_client where source = $1";
    let query = sqlx::query(text).bind(&hello.source).bind(named(hello));
    let row = query.fetch_one(tx.conn()).await.map_err(db_error)?;
    let of = |column: &str| row.try_get::<i64, _>(column).map_err(db_error);
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    if of("known")? > 0 || of("clients")? < most {
        return Ok(());
    }
    let text = format!(
        "delete from sync_client where source = $1 and name in (select name from sync_client
         where source = $1 and lack = 0 and {NOTHING_KEPT} order by heard, name limit 1)"
    );
    let query = sqlx::query(AssertSqlSafe(text)).bind(&hello.source);
    let gone = query.execute(tx.conn()).await.map_err(db_error)?;
    if gone.rows_affected() > 0 {
        return Ok(());
    }
    let field = if hello.client.is_empty() { "holder" } else { "client" };
    let text = format!(
        "would be one more than the {most} clients that a source may have, and records of each of \
         them wait or were refused; keep one name over all sessions"
    );
    Err(Error::field(field, FieldCode::TooMany, text))
}

/// Forgets clients that have opened no session since then, but for this one, once nothing of them
/// is kept any more; until then the source names them as away. Index: sync_client's primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn tidy(tx: &mut Tx, source: &str, client: &Client, since: Micros) -> Result<()> {
    let text = format!(
        "delete from sync_client where source = $1 and number <> $2 and heard < $3
         and {NOTHING_KEPT}"
    );
    let query = sqlx::query(AssertSqlSafe(text)).bind(source).bind(client.number).bind(since);
    query.execute(tx.conn()).await.map(drop).map_err(db_error)
}

/// The clients of a source: name, number, and when each opened a session last. Index:
/// sync_client's primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn all(conn: &mut Conn, source: &str) -> Result<Vec<(String, i64, Micros)>> {
    let text = "select name, number, heard from sync_client where source = $1";
    let rows = sqlx::query(text).bind(source).fetch_all(conn).await.map_err(db_error)?;
    let read = |row: &AnyRow| -> sqlx::Result<_> {
        Ok((row.try_get("name")?, row.try_get("number")?, row.try_get("heard")?))
    };
    rows.iter().map(|row| read(row).map_err(db_error)).collect()
}

/// The names of these clients by source and number. Index: sync_client's primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn names(conn: &mut Conn, wanted: &HashSet<(&str, i64)>) -> Result<Clients> {
    let wanted: Vec<_> = wanted.iter().collect();
    let mut names = Clients::new();
    for chunk in wanted.chunks(CHUNK) {
        let text = format!(
            "select source, number, name from sync_client where source in {} and number in {}",
            placeholders(1, 1, chunk.len()),
            placeholders(1 + chunk.len(), 1, chunk.len())
        );
        let query = sqlx::query(AssertSqlSafe(text));
        let query = chunk.iter().fold(query, |query, (source, _)| query.bind(*source));
        let query = chunk.iter().fold(query, |query, (_, number)| query.bind(*number));
        for row in query.fetch_all(&mut *conn).await.map_err(db_error)? {
            let of = |column: &str| row.try_get::<String, _>(column).map_err(db_error);
            names.insert((of("source")?, row.try_get("number").map_err(db_error)?), of("name")?);
        }
    }
    Ok(names)
}
