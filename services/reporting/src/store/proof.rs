//! The inbox as it is stored now, and its events that are not what was appended.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use mpp_core::{Contents, Digest, Result, row_proof};
use mpp_store::{CountedNames, Read, Tx, db_error};
use sqlx::any::AnyRow;

use super::{PAGE, SUBJECT, get};
use crate::model::{Event, Upstream};

/// The records of a feed in the inbox.
#[derive(Debug, Default)]
pub struct Received {
    /// The living records, each as its last event left it.
    pub contents: Contents,
    /// Events that were altered, by kind.
    pub altered: BTreeMap<String, CountedNames>,
    /// Events of an older program, which kept no proof of them.
    pub unproven: i64,
    /// Living records whose last event was altered: kind, name and version.
    altered_last: BTreeSet<(String, String, i64)>,
}

impl Received {
    /// Their digest. A record whose last event was altered counts with a version that no record
    /// has, so that it is found whether it should be there or not.
    pub fn digest(&self) -> Digest {
        let mut digest = self.contents.versions.clone();
        for (kind, name, version) in &self.altered_last {
            digest.change(kind, name, Some(*version), Some(i64::MIN));
        }
        digest
    }

    fn add(&mut self, row: &StoredEvent, is_last: bool) {
        let StoredEvent { event, is_altered, .. } = row;
        self.unproven += i64::from(row.noted.is_none());
        if *is_altered {
            self.altered.entry(event.kind.clone()).or_default().add(&event.name);
        }
        let Some(doc) = event.doc.as_ref().filter(|_| is_last) else { return };
        self.contents.add(&event.kind, &event.name, event.version, doc);
        if *is_altered {
            let record = (event.kind.clone(), event.name.clone(), event.version);
            self.altered_last.insert(record);
        }
    }
}

/// An event as it is stored.
pub(super) struct StoredEvent {
    pub seq: i64,
    pub event: Event,
    /// True if it is not the event that was appended.
    pub is_altered: bool,
    /// The proof of the event that was appended.
    noted: Option<i64>,
}

/// Eight bytes of a hash over an event.
pub(super) fn proof(event: &Event) -> i64 {
    let number = i64::to_be_bytes;
    let is_there = [u8::from(event.doc.is_some())];
    row_proof(&[
        event.feed.as_str().as_bytes(),
        &number(event.revision),
        &number(event.sub),
        event.kind.as_bytes(),
        event.name.as_bytes(),
        &number(event.version),
        &is_there,
        event.doc.as_deref().unwrap_or_default(),
        event.labels.as_bytes(),
        event.actor.as_bytes(),
        &number(event.at),
    ])
}

/// The same for the last number that was given out.
pub(super) fn head_proof(seq: i64) -> i64 {
    row_proof(&[b"head", &seq.to_be_bytes()])
}

pub(super) fn stored(row: &AnyRow) -> Result<StoredEvent> {
    let event = event(row)?;
    let noted: Option<i64> = get(row, "proof")?;
    let is_altered = noted.is_some_and(|noted| noted != proof(&event));
    Ok(StoredEvent { seq: get(row, "seq")?, event, is_altered, noted })
}

/// Reads all events of a feed. Index: inbox_record.
///
/// # Errors
/// `UNAVAILABLE` if the database is away.
pub async fn received(read: &mut Read, feed: Upstream) -> Result<Received> {
    let (mut all, mut last) = (Received::default(), None::<StoredEvent>);
    loop {
        let rows = page(read, feed, last.as_ref()).await?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            let row = stored(row)?;
            let (kind, name) = (row.event.kind.clone(), row.event.name.clone());
            if let Some(before) = last.replace(row) {
                let goes_on = before.event.kind == kind && before.event.name == name;
                all.add(&before, !goes_on);
            }
        }
    }
    if let Some(last) = last {
        all.add(&last, true);
    }
    Ok(all)
}

/// The next events, record by record. Index: inbox_record.
async fn page(read: &mut Read, feed: Upstream, after: Option<&StoredEvent>) -> Result<Vec<AnyRow>> {
    let (kind, name, seq) = after
        .map_or(("", "", 0), |row| (row.event.kind.as_str(), row.event.name.as_str(), row.seq));
    sqlx::query(
        "select * from inbox where feed = $1 and (kind, name, seq) > ($2, $3, $4)
         order by kind, name, seq limit $5",
    )
    .bind(feed.as_str())
    .bind(kind)
    .bind(name)
    .bind(seq)
    .bind(PAGE)
    .fetch_all(read.conn())
    .await
    .map_err(db_error)
}

/// Sets right an event that was altered in the inbox, if the feed's state has the record in the
/// same version: then the event was what is `sent` now. If more than document and labels was
/// altered, its time and author are lost, and the event becomes one of a first state.
///
/// # Errors
/// The same as [`received`].
pub(super) async fn set_right(tx: &mut Tx, row: StoredEvent, sent: &Event) -> Result<()> {
    let (doc, labels) = (sent.doc.clone(), sent.labels.clone());
    let event = Event { doc, labels, ..row.event };
    let event = if row.noted == Some(proof(&event)) { event } else { sent.clone() };
    write(tx, row.seq, &event).await
}

/// Accepts altered events of these feeds as they are now, if nobody sends them again: events that a
/// later one of their record has followed. The last ones are set right by the state. One page,
/// after a number: answers how many were altered, and where to go on, if there is more. Indexes:
/// inbox's primary key; inbox_record, for later events.
///
/// # Errors
/// The same as [`received`].
pub async fn accept_altered(
    tx: &mut Tx,
    feeds: &[Upstream],
    after: i64,
) -> Result<(i64, Option<i64>)> {
    let text = "select i.*, case when exists
                (select 1 from inbox l where l.feed = i.feed and l.kind = i.kind
                 and l.name = i.name and l.seq > i.seq) then 1 else 0 end as followed
                from inbox i where i.seq > $1 order by i.seq limit $2";
    let rows = sqlx::query(text).bind(after).bind(PAGE).fetch_all(tx.conn());
    let rows = rows.await.map_err(db_error)?;
    let mut accepted = 0;
    for row in &rows {
        let is_followed = get::<i64>(row, "followed")? != 0;
        let row = stored(row)?;
        if row.is_altered && is_followed && feeds.contains(&row.event.feed) {
            write(tx, row.seq, &row.event).await?;
            accepted += 1;
        }
    }
    Ok((accepted, rows.last().map(|last| get(last, "seq")).transpose()?))
}

/// Sets right altered deletions, once a whole state has come without their records: so these are
/// indeed gone. Time and author are lost. Index: inbox_record.
///
/// # Errors
/// The same as [`received`].
pub async fn set_deletions_right(tx: &mut Tx, feed: Upstream) -> Result<()> {
    let rows = sqlx::query(
        "select i.* from inbox i
         join (select kind, name, max(seq) as seq from inbox where feed = $1 group by kind, name) l
         on l.seq = i.seq where i.op = 'deleted'",
    )
    .bind(feed.as_str())
    .fetch_all(tx.conn())
    .await
    .map_err(db_error)?;
    for row in &rows {
        let StoredEvent { seq, event, is_altered, .. } = stored(row)?;
        if is_altered {
            let (labels, actor) = ("{}".to_owned(), SUBJECT.to_owned());
            write(tx, seq, &Event { labels, actor, ..event }).await?;
        }
    }
    Ok(())
}

/// Index: inbox's primary key.
async fn write(tx: &mut Tx, seq: i64, event: &Event) -> Result<()> {
    let op = if event.doc.is_some() { "put" } else { "deleted" };
    let text = "update inbox set op = $2, doc = $3, labels = $4, proof = $5, revision = $6,
                sub = $7, actor = $8, at = $9 where seq = $1";
    sqlx::query(text)
        .bind(seq)
        .bind(op)
        .bind(event.doc.as_ref().map(|doc| doc.to_vec()))
        .bind(&event.labels)
        .bind(proof(event))
        .bind(event.revision)
        .bind(event.sub)
        .bind(&event.actor)
        .bind(event.at)
        .execute(tx.conn())
        .await
        .map(drop)
        .map_err(db_error)
}

pub(super) fn event(row: &AnyRow) -> Result<Event> {
    Ok(Event {
        feed: Upstream::parse(&get::<String>(row, "feed")?)?,
        revision: get(row, "revision")?,
        sub: get(row, "sub")?,
        kind: get(row, "kind")?,
        name: get(row, "name")?,
        version: get(row, "version")?,
        doc: get::<Option<Vec<u8>>>(row, "doc")?.map(Bytes::from),
        labels: get(row, "labels")?,
        actor: get(row, "actor")?,
        at: get(row, "at")?,
    })
}
