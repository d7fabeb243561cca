//! The inbox: every upstream change as it came.

use std::collections::{BTreeMap, BTreeSet};

use mpp_core::{Digest, Result};
use mpp_resource::copy::Names;
use mpp_store::{Conn, Read, Tx, db_error, placeholders};
use sqlx::{AssertSqlSafe, any::AnyRow};

use super::{
    PAGE, get,
    proof::{event, head_proof, proof, received, set_right, stored},
};
use crate::model::{Event, Upstream};

/// The state of the inbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its last number.
    pub seq: i64,
    /// The form of the rows that were projected from it.
    pub form: i64,
}

/// Locks the inbox's head, and answers where the inbox ends, whatever the head says: an appended
/// event takes the next number, and an altered head must not stop that. If the last events are
/// gone, their numbers stay free, which shows the loss. Indexes: inbox_head's only row, which an
/// upsert that changes nothing locks on both databases; inbox's primary key.
///
/// # Errors
/// `UNAVAILABLE` if the database is away.
pub async fn lock_head(tx: &mut Tx) -> Result<Head> {
    let text = "insert into inbox_head (one, seq) values (1, 0)
                on conflict (one) do update set seq = inbox_head.seq
                returning seq, form, proof";
    let row = sqlx::query(text).fetch_one(tx.conn()).await.map_err(db_error)?;
    let (says, form): (i64, i64) = (get(&row, "seq")?, get(&row, "form")?);
    let is_given_out = get::<i64>(&row, "proof")? == head_proof(says);
    // Only once the lock is held: a statement that waits for it sees the state from before.
    let text = "select coalesce(max(seq), 0) as seq from inbox";
    let row = sqlx::query(text).fetch_one(tx.conn()).await.map_err(db_error)?;
    let seq: i64 = get(&row, "seq")?;
    if says > seq && is_given_out {
        tracing::error!(
            says,
            seq,
            "events of the inbox are gone; what comes in goes on after them"
        );
        return Ok(Head { seq: says, form });
    }
    if seq != says {
        tracing::error!(says, seq, "the inbox's head was altered; it is set to the last number");
    }
    Ok(Head { seq, form })
}

/// Moves the inbox's head.
///
/// # Errors
/// The same as [`lock_head`].
pub async fn set_head(tx: &mut Tx, head: Head) -> Result<()> {
    let text = "update inbox_head set seq = $1, form = $2, proof = $3 where one = 1";
    let moved = sqlx::query(text).bind(head.seq).bind(head.form).bind(head_proof(head.seq));
    moved.execute(tx.conn()).await.map(drop).map_err(db_error)
}

/// Leaves out the records that the inbox holds in the same version: a feed that starts again sends
/// them a second time. A record that was altered in the inbox is set right by the one that is sent.
/// Index: inbox_record.
///
/// # Errors
/// The same as [`lock_head`].
pub async fn drop_held(tx: &mut Tx, feed: Upstream, events: Vec<Event>) -> Result<Vec<Event>> {
    let mut held = BTreeMap::new();
    for row in last_rows(tx, feed, &names(&events), "i.*").await? {
        let row = stored(&row)?;
        held.insert((row.event.kind.clone(), row.event.name.clone()), row);
    }
    let mut news = Vec::new();
    for event in events {
        let row = held.remove(&(event.kind.clone(), event.name.clone()));
        match row.filter(|row| row.event.version == event.version) {
            Some(row) if row.is_altered => set_right(tx, row, &event).await?,
            Some(row) if row.event.doc == event.doc => {}
            _ => news.push(event),
        }
    }
    Ok(news)
}

/// Leaves out events that the inbox has already: if a position was set back, as by a restore of its
/// table alone, the feed sends them again, and older versions would come after newer ones. A
/// record's versions only grow while it lives. A record that was deleted may begin anew, in another
/// history or once its tombstone is gone: then only the very same events are left out. Index:
/// inbox_record.
///
/// # Errors
/// The same as [`lock_head`].
pub async fn drop_repeated(tx: &mut Tx, feed: Upstream, events: Vec<Event>) -> Result<Vec<Event>> {
    let mut last = last_events(tx, feed, &names(&events)).await?;
    let gone: Names =
        last.iter().filter(|(_, last)| !last.lives).map(|(name, _)| name.clone()).collect();
    let held = held_events(tx, feed, &gone).await?;
    let mut is_new = |event: &Event| {
        let name = (event.kind.clone(), event.name.clone());
        let is_new = match last.get(&name) {
            None => true,
            Some(last) if last.lives => event.version > last.version,
            Some(_) => !held.contains(&same(name.clone(), event.version, event.revision, event.at)),
        };
        if is_new {
            last.insert(name, Last { version: event.version, lives: event.doc.is_some() });
        }
        is_new
    };
    Ok(events.into_iter().filter(|event| is_new(event)).collect())
}

/// How a record's last event left it.
struct Last {
    version: i64,
    lives: bool,
}

/// Record, version, revision and time, which no two events have in common.
type Same = ((String, String), [i64; 3]);

fn same(name: (String, String), version: i64, revision: i64, at: i64) -> Same {
    (name, [version, revision, at])
}

fn names(events: &[Event]) -> Names {
    events.iter().map(|event| (event.kind.clone(), event.name.clone())).collect()
}

/// How the last event of each of these records left it, deleted ones included. Index: inbox_record.
async fn last_events(
    tx: &mut Tx,
    feed: Upstream,
    records: &Names,
) -> Result<BTreeMap<(String, String), Last>> {
    let rows = last_rows(tx, feed, records, "i.kind, i.name, i.version, i.op").await?;
    let last = |row: &AnyRow| -> Result<_> {
        let lives = get::<String>(row, "op")? == "put";
        Ok(((get(row, "kind")?, get(row, "name")?), Last { version: get(row, "version")?, lives }))
    };
    rows.iter().map(last).collect()
}

/// The last event of each of these records: the last one before the end of the record's stretch of
/// inbox_record. Asked for as the greatest `seq` of a name it is the same, but PostgreSQL, which
/// planned on statistics of an earlier minute, read nearly the whole inbox for each record (890 of
/// 956 rows). Indexes: inbox_record, inbox's primary key.
async fn last_rows(
    tx: &mut Tx,
    feed: Upstream,
    records: &Names,
    columns: &str,
) -> Result<Vec<AnyRow>> {
    let records: Vec<_> = records.iter().collect();
    let mut found = Vec::new();
    for chunk in records.chunks(tx.rows_at_once(2)) {
        let text = format!(
            "with wanted (kind, name) as (values {})
             select {columns} from wanted w join inbox i on i.seq = (
                 select l.seq from inbox l
                 where (l.feed, l.kind, l.name, l.seq) <= ($1, w.kind, w.name, {})
                 order by l.feed desc, l.kind desc, l.name desc, l.seq desc limit 1)
             where i.feed = $1 and i.kind = w.kind and i.name = w.name",
            placeholders(2, chunk.len(), 2),
            i64::MAX
        );
        let mut query = sqlx::query(AssertSqlSafe(text)).bind(feed.as_str());
        for (kind, name) in chunk {
            query = query.bind(kind).bind(name);
        }
        found.extend(query.fetch_all(tx.conn()).await.map_err(db_error)?);
    }
    Ok(found)
}

/// All events of these records, which are few: they were deleted and are told of again. Index:
/// inbox_record.
async fn held_events(tx: &mut Tx, feed: Upstream, records: &Names) -> Result<BTreeSet<Same>> {
    let mut held = BTreeSet::new();
    for (kind, name) in records {
        let text = "select version, revision, at from inbox
                    where feed = $1 and kind = $2 and name = $3";
        let query = sqlx::query(text).bind(feed.as_str()).bind(kind).bind(name);
        for row in query.fetch_all(tx.conn()).await.map_err(db_error)? {
            let key = (kind.clone(), name.clone());
            held.insert(same(key, get(&row, "version")?, get(&row, "revision")?, get(&row, "at")?));
        }
    }
    Ok(held)
}

/// Appends events after the number `seq`; answers the last one's number.
///
/// # Errors
/// The same as [`lock_head`].
pub async fn insert_events(tx: &mut Tx, mut seq: i64, events: &[Event]) -> Result<i64> {
    for chunk in events.chunks(tx.rows_at_once(13)) {
        let text = format!(
            "insert into inbox
             (seq, feed, revision, sub, kind, name, version, op, doc, labels, actor, at, proof)
             values {}",
            placeholders(1, chunk.len(), 13)
        );
        let mut query = sqlx::query(AssertSqlSafe(text));
        for event in chunk {
            seq += 1;
            query = query
                .bind(seq)
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
                .bind(event.at)
                .bind(proof(event));
        }
        query.execute(tx.conn()).await.map_err(db_error)?;
    }
    Ok(seq)
}

/// The living records of a feed in the inbox, by kind and name, with their versions. If a feed
/// starts again and does not name one of them, it has vanished. Index: inbox_record.
///
/// # Errors
/// The same as [`lock_head`].
pub async fn living(read: &mut Read, feed: Upstream) -> Result<BTreeMap<(String, String), i64>> {
    let rows = sqlx::query(
        "select i.kind, i.name, i.version from inbox i
         join (select kind, name, max(seq) as seq from inbox where feed = $1 group by kind, name) l
         on l.seq = i.seq where i.op = 'put'",
    )
    .bind(feed.as_str())
    .fetch_all(read.conn())
    .await
    .map_err(db_error)?;
    rows.iter()
        .map(|row| Ok(((get(row, "kind")?, get(row, "name")?), get(row, "version")?)))
        .collect()
}

/// The versions of those records that live. Index: inbox_record.
///
/// # Errors
/// The same as [`lock_head`].
pub async fn versions(
    tx: &mut Tx,
    feed: Upstream,
    records: &Names,
) -> Result<BTreeMap<(String, String), i64>> {
    let last = last_events(tx, feed, records).await?.into_iter();
    Ok(last.filter(|(_, last)| last.lives).map(|(name, last)| (name, last.version)).collect())
}

/// The digest of a feed's living records in the inbox, read anew: the whole inbox, by inbox_record.
/// A record whose last event was altered counts in a version that no record has.
///
/// # Errors
/// The same as [`lock_head`].
pub async fn held(read: &mut Read, feed: Upstream) -> Result<Digest> {
    Ok(received(read, feed).await?.digest())
}

/// The next events after a number of the inbox, each with its number; none at the end. Index:
/// inbox's primary key.
///
/// # Errors
/// The same as [`lock_head`].
pub async fn events_after(conn: &mut Conn, seq: i64) -> Result<Vec<(i64, Event)>> {
    let rows = sqlx::query("select * from inbox where seq > $1 order by seq limit $2")
        .bind(seq)
        .bind(PAGE)
        .fetch_all(conn)
        .await
        .map_err(db_error)?;
    rows.iter().map(|row| Ok((get(row, "seq")?, event(row)?))).collect()
}
