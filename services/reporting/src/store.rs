//! The inbox and the projections in the database.
//!
//! One transaction appends a batch, projects it, and moves its feed's position. The row of
//! `inbox_head` is locked first: that makes the order of projecting the order of commits, so a
//! replica that has read up to a number can never miss a lower one.

mod news;
mod rebuild;

use std::collections::{BTreeMap, BTreeSet};

use mpp_core::{Error, Reason, Result};
use mpp_store::{Actor, Db, Migration, Position, Schema, Statements, Tx, db_error};
use sqlx::{AssertSqlSafe, Row as _, any::AnyRow};

pub use news::{living, news, note_feed, position};
pub use rebuild::verify;

use crate::model::{Event, Key, Rows, Upstream, Written, project};

/// The service's track of migrations.
pub const SCHEMA: Schema = Schema {
    service: "reporting",
    steps: &[Migration {
        version: 1,
        name: "inbox",
        statements: Statements::Both(include_str!("sql/0001_inbox.sql")),
    }],
    history_kinds: &[],
};

/// Rows in one statement; both databases take so many parameters.
const ROWS: usize = 500;
/// Rounds in which a projection may ask for rows: a record, and what it adds to.
const ROUNDS: usize = 8;

/// What an append moves.
#[derive(Clone, Debug)]
pub enum Advance {
    /// A part of the initial state: the position stays, and records that are held already in the
    /// same version are left out.
    State,
    /// A whole transaction, or the end of the initial state: the position moves here.
    To(Position),
}

/// Appends a batch of one feed, projects it, and moves the feed's position, all or nothing. Answers
/// the inbox's last number.
///
/// # Errors
/// `WRITE_CONFLICT` where the feed does not stand at `from`: another replica has projected.
pub async fn append(
    db: &Db,
    feed: Upstream,
    from: Option<&Position>,
    mut events: Vec<Event>,
    advance: &Advance,
) -> Result<i64> {
    let mut tx = db.begin(&actor()).await?;
    let mut seq = lock_head(&mut tx).await?;
    if tx.position(feed.as_str()).await?.as_ref() != from {
        let moved = format!("another replica has projected the {} feed", feed.as_str());
        return Err(Error::new(Reason::WriteConflict, moved));
    }
    if matches!(advance, Advance::State) {
        events = drop_held(&mut tx, feed, events).await?;
    }
    for chunk in events.chunks(ROWS) {
        insert_events(&mut tx, seq, chunk).await?;
        seq += number(chunk.len());
    }
    let written = project_all(&mut tx, &events).await?;
    save_rows(&mut tx, written, seq).await?;
    save_feed(&mut tx, feed, &events, advance).await?;
    sqlx::query("update inbox_head set seq = $1 where one = 1")
        .bind(seq)
        .execute(tx.conn())
        .await
        .map_err(db_error)?;
    tx.commit().await?;
    Ok(seq)
}

/// What the store is told of the writer.
fn actor() -> Actor {
    Actor { origin: "feed".into(), subject: "services/reporting".into() }
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Index: inbox_head's only row. An update that changes nothing locks it on both databases.
async fn lock_head(tx: &mut Tx) -> Result<i64> {
    sqlx::query("update inbox_head set seq = seq where one = 1 returning seq")
        .fetch_one(tx.conn())
        .await
        .and_then(|row| row.try_get(0))
        .map_err(db_error)
}

/// "($1, $2), ($3, $4)" for so many rows of so many columns, from parameter `first` on.
fn placeholders(first: usize, rows: usize, columns: usize) -> String {
    let row = |row: usize| {
        let start = first + row * columns;
        let list: Vec<_> = (start..start + columns).map(|place| format!("${place}")).collect();
        format!("({})", list.join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

/// Leaves out what a feed that starts again tells a second time. Index: inbox_record.
async fn drop_held(tx: &mut Tx, feed: Upstream, events: Vec<Event>) -> Result<Vec<Event>> {
    let mut held = BTreeMap::new();
    for chunk in events.chunks(ROWS) {
        let text = format!(
            "select i.kind, i.name, i.version, i.doc from inbox i
             where i.feed = $1 and (i.kind, i.name) in (values {})
             and i.seq = (select max(l.seq) from inbox l
                          where l.feed = i.feed and l.kind = i.kind and l.name = i.name)",
            placeholders(2, chunk.len(), 2)
        );
        let mut query = sqlx::query(AssertSqlSafe(text)).bind(feed.as_str());
        for event in chunk {
            query = query.bind(event.kind.clone()).bind(event.name.clone());
        }
        for row in query.fetch_all(tx.conn()).await.map_err(db_error)? {
            let key: (String, String) = (get(&row, "kind")?, get(&row, "name")?);
            held.insert(key, (get::<i64>(&row, "version")?, get::<Option<Vec<u8>>>(&row, "doc")?));
        }
    }
    let is_news = |event: &Event| {
        let doc = event.doc.as_ref().map(|doc| doc.to_vec());
        held.get(&(event.kind.clone(), event.name.clone())) != Some(&(event.version, doc))
    };
    Ok(events.into_iter().filter(is_news).collect())
}

async fn insert_events(tx: &mut Tx, seq: i64, events: &[Event]) -> Result<()> {
    let text = format!(
        "insert into inbox (seq, feed, revision, sub, kind, name, version, op, doc, labels, actor, at)
         values {}",
        placeholders(1, events.len(), 12)
    );
    let mut query = sqlx::query(AssertSqlSafe(text));
    for (place, event) in events.iter().enumerate() {
        query = query
            .bind(seq + 1 + number(place))
            .bind(event.feed.as_str())
            .bind(event.revision)
            .bind(event.sub)
            .bind(event.kind.clone())
            .bind(event.name.clone())
            .bind(event.version)
            .bind(if event.doc.is_some() { "put" } else { "deleted" })
            .bind(event.doc.as_ref().map(|doc| doc.to_vec()))
            .bind(event.labels.clone())
            .bind(event.actor.clone())
            .bind(event.at);
    }
    query.execute(tx.conn()).await.map(drop).map_err(db_error)
}

/// Projects the events on the rows that they turn out to need.
async fn project_all(tx: &mut Tx, events: &[Event]) -> Result<Written> {
    let mut rows = Rows::default();
    for _ in 0..ROUNDS {
        for event in events {
            project(&mut rows, event)?;
        }
        let missing = rows.take_missing();
        if missing.is_empty() {
            return Ok(rows.into_written());
        }
        load_rows(tx, &mut rows, missing).await?;
    }
    Err(Error::internal("a projection asks for ever more rows"))
}

/// Index: projection's primary key.
async fn load_rows(tx: &mut Tx, rows: &mut Rows, missing: BTreeSet<Key>) -> Result<()> {
    let keys: Vec<Key> = missing.into_iter().collect();
    for chunk in keys.chunks(ROWS) {
        let text = format!(
            "select name, key, value from projection where (name, key) in (values {})",
            placeholders(1, chunk.len(), 2)
        );
        let mut query = sqlx::query(AssertSqlSafe(text));
        for (name, key) in chunk {
            query = query.bind(name.clone()).bind(key.clone());
        }
        let found = query.fetch_all(tx.conn()).await.map_err(db_error)?;
        for key in chunk {
            rows.load(key.clone(), None);
        }
        for row in &found {
            rows.load((get(row, "name")?, get(row, "key")?), get(row, "value")?);
        }
    }
    Ok(())
}

/// Index: projection's primary key.
async fn save_rows(tx: &mut Tx, written: Written, seq: i64) -> Result<()> {
    let rows: Vec<_> = written.into_iter().collect();
    for chunk in rows.chunks(ROWS) {
        let text = format!(
            "insert into projection (name, key, value, seq) values {}
             on conflict (name, key) do update set value = excluded.value, seq = excluded.seq",
            placeholders(1, chunk.len(), 4)
        );
        let mut query = sqlx::query(AssertSqlSafe(text));
        for ((name, key), value) in chunk {
            query = query.bind(name.clone()).bind(key.clone()).bind(value.clone()).bind(seq);
        }
        query.execute(tx.conn()).await.map_err(db_error)?;
    }
    Ok(())
}

/// Moves the position, and what replicas are told of the feed. Index: feed_state's primary key.
async fn save_feed(tx: &mut Tx, feed: Upstream, events: &[Event], advance: &Advance) -> Result<()> {
    let revision = match advance {
        Advance::To(position) => {
            tx.save_position(feed.as_str(), position).await?;
            position.revision
        }
        Advance::State => 0,
    };
    let now = tx.now();
    sqlx::query(
        "insert into feed_state (feed, revision, commit_time, seen, connected, caught_up)
         values ($1, $2, $3, $4, 1, $5)
         on conflict (feed) do update set
         revision = case when excluded.caught_up = 1 then excluded.revision
                    else feed_state.revision end,
         commit_time = coalesce(excluded.commit_time, feed_state.commit_time),
         seen = excluded.seen, connected = 1, caught_up = excluded.caught_up",
    )
    .bind(feed.as_str())
    .bind(revision)
    .bind(events.iter().map(|event| event.at).max())
    .bind(now)
    .bind(i64::from(matches!(advance, Advance::To(_))))
    .execute(tx.conn())
    .await
    .map(drop)
    .map_err(db_error)
}

fn get<'r, T>(row: &'r AnyRow, column: &str) -> Result<T>
where
    T: sqlx::Decode<'r, sqlx::Any> + sqlx::Type<sqlx::Any>,
{
    row.try_get(column).map_err(db_error)
}
