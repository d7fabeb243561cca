//! The initial state: every record that matches, from one snapshot.
//!
//! A task of its own reads the snapshot and hands over messages one by one; a reader that does not
//! take the next one in time, or all of them, loses the snapshot, so that neither one that stalls
//! nor one that trickles holds a connection, and its place among the few, for long.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use futures::TryStreamExt as _;
use mpp_core::{Error, Reason, Result};
use sqlx::{AssertSqlSafe, Row as _, any::AnyRow};
use tokio::{
    sync::mpsc::{self, error::SendTimeoutError},
    time::Instant,
};

use super::{
    change::{Change, Op},
    filter::Filter,
    own::CountedNames,
};
use crate::{
    Db, Read, db_error,
    mark::Marked,
    metrics,
    read::{LAST, first_name},
    record::{StoredRow, readable_labels},
};

/// Records in one page.
const PAGE: i64 = 256;

/// A part of the state.
#[derive(Debug)]
pub(crate) enum StatePart {
    Changes {
        changes: Vec<Arc<Change>>,
        revision: i64,
    },
    /// The state is complete; changes after this revision follow.
    End {
        at: Marked,
    },
}

/// Bounds of the task.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub message_bytes: usize,
    /// The service that owns the records.
    pub service: &'static str,
    /// How long the reader may take for a message.
    pub stall: Duration,
    /// How long it may take for all.
    pub whole: Duration,
}

/// The reader of the state, and when its time is over.
struct Reader<'a> {
    to: &'a mpsc::Sender<Result<StatePart>>,
    /// The caller that it reads for; empty for this process itself.
    caller: &'a str,
    until: Instant,
    limits: Limits,
}

/// Sends the state, then its end, or why it ends before. What the state holds while it is read, its
/// `places`, is given back before its reader is told.
pub(crate) async fn send(
    db: Db,
    (filter, caller): (Filter, String),
    limits: Limits,
    to: mpsc::Sender<Result<StatePart>>,
    places: impl Send,
) {
    let until = Instant::now() + limits.whole;
    let reader = Reader { to: &to, caller: &caller, until, limits };
    let done = read(&db, &filter, &reader).await;
    drop(places);
    if let Err(error) = done {
        // If this fails, nobody waits for it any more.
        let _ = to.send(Err(error)).await;
    }
}

async fn read(db: &Db, filter: &Filter, reader: &Reader<'_>) -> Result<()> {
    let mut snapshot = db.read().await?;
    let at = snapshot.head();
    let mut kind = String::new();
    while let Some(next) = next_kind(&mut snapshot, &kind).await? {
        kind = next;
        if !filter.kinds.is_empty() && !filter.kinds.contains(&kind) {
            continue;
        }
        let mut after = String::new();
        while let Some(last) = send_page(&mut snapshot, filter, (&kind, &after), reader).await? {
            after = last;
        }
    }
    snapshot.end().await?;
    reader.send(StatePart::End { at }).await
}

/// Sends the records after a name and answers the last name; `None` after the last page.
async fn send_page(
    snapshot: &mut Read,
    filter: &Filter,
    (kind, after): (&str, &str),
    reader: &Reader<'_>,
) -> Result<Option<String>> {
    let (revision, limits) = (snapshot.revision(), reader.limits);
    let (page, altered) = page(snapshot, filter, kind, after, limits.message_bytes).await?;
    if altered.count > 0 {
        metrics::altered(limits.service, kind, &altered.names, altered.count);
    }
    let last = page.last().map(|change| change.name.clone());
    let fits = page.into_iter().filter(|change| filter.matches_labels(&change.labels));
    let changes: Vec<_> = fits.map(Arc::new).collect();
    if !changes.is_empty() {
        reader.send(StatePart::Changes { changes, revision }).await?;
    }
    Ok(last)
}

impl Reader<'_> {
    async fn send(&self, part: StatePart) -> Result<()> {
        let left = self.until.saturating_duration_since(Instant::now());
        match self.to.send_timeout(Ok(part), left.min(self.limits.stall)).await {
            Ok(()) => Ok(()),
            Err(SendTimeoutError::Timeout(_)) => Err(self.cut(left < self.limits.stall)),
            // Nobody waits for it any more.
            Err(SendTimeoutError::Closed(_)) => Err(too_slow("the initial state was left")),
        }
    }

    fn cut(&self, is_whole: bool) -> Error {
        let Limits { service, stall, whole, .. } = self.limits;
        let (limit, what, longest) = match is_whole {
            true => ("state_seconds", "the initial state has lasted", whole),
            false => ("stall_seconds", "the next message of the initial state has waited", stall),
        };
        metrics::STATES_CUT.add(1, [service, limit]);
        let caller = self.caller;
        tracing::warn!(service, caller, limit, "an initial state was not taken in time, and cut");
        too_slow(&format!(
            "{what} for {} s, and no more are allowed; start again with initial_state, read faster, \
             or follow less with each stream (kinds, labels, name_prefix)",
            longest.as_secs()
        ))
    }
}

fn too_slow(text: &str) -> Error {
    Error::new(Reason::WatchTooSlow, text)
}

/// The kind after another, in order. Index: record's primary key.
async fn next_kind(snapshot: &mut Read, after: &str) -> Result<Option<String>> {
    let row = sqlx::query("select min(kind) from record where kind > $1 and kind < $2")
        .bind(after)
        .bind(LAST.to_string())
        .fetch_one(snapshot.conn())
        .await
        .map_err(db_error)?;
    row.try_get(0).map_err(db_error)
}

/// The records after a name, as many as fit in about a message, and those of them that were altered
/// in the database. Index: record's primary key.
async fn page(
    snapshot: &mut Read,
    filter: &Filter,
    kind: &str,
    after: &str,
    message_bytes: usize,
) -> Result<(Vec<Change>, CountedNames)> {
    let revision = snapshot.revision();
    let columns = snapshot.conn().dialect().record_columns;
    let text = format!(
        "select name, {columns} from record
         where kind = $1 and name >= $2 and name < $3 and deleted = 0
         order by name limit $4"
    );
    let mut rows = sqlx::query(AssertSqlSafe(text))
        .bind(kind)
        .bind(first_name(&filter.name_prefix, after))
        .bind(format!("{}{LAST}", filter.name_prefix))
        .bind(PAGE)
        .fetch(snapshot.conn());
    let (mut changes, mut altered, mut bytes) = (Vec::new(), CountedNames::default(), 0);
    while let Some(row) = rows.try_next().await.map_err(db_error)? {
        let stored = StoredRow::from_row(&row)?;
        let change = change(&row, &stored, kind, revision)?;
        if stored.is_altered(kind, &change.name) {
            altered.add(&change.name);
        }
        bytes += change.size();
        changes.push(change);
        if bytes >= message_bytes {
            break;
        }
    }
    Ok((changes, altered))
}

fn change(row: &AnyRow, stored: &StoredRow, kind: &str, revision: i64) -> Result<Change> {
    let name: String = row.try_get("name").map_err(db_error)?;
    Ok(Change {
        kind: kind.to_owned(),
        labels: readable_labels(&name, &stored.labels),
        name,
        version: stored.version,
        op: Op::Put,
        doc: Bytes::clone(&stored.doc),
        tombstone: None,
        labels_before: None,
        origin: String::new(),
        actor: String::new(),
        session: String::new(),
        at: stored.update_time,
        create_time: stored.create_time,
        update_time: stored.update_time,
        revision,
    })
}
