//! Makes the projections anew from the inbox, while the present ones are served.
//!
//! The whole inbox is read and projected without a lock and without a write, however long that
//! takes. Then one transaction adds the events that have come in since, and writes the rows that
//! differ: only that part holds the inbox's head, and a process that dies before it leaves
//! everything as it was.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use mpp_core::{Error, Result};
use mpp_resource::derived;
use mpp_store::{Db, Tx};
use tokio::{
    sync::Mutex,
    task::JoinHandle,
    time::{Instant, timeout},
};

use super::{
    append::{left_to_newer, replace_changes},
    writer,
};
use crate::{
    app::projections::{Projected, live, project_after},
    model::{FORM, Key, Rows, Upstream, Written, change_records, differing, value},
    store::{self, Head},
};

/// Runs one rebuild at a time, which goes on even if its caller goes away. Clones share it.
#[derive(Clone, Default)]
pub struct Rebuilds(Arc<Mutex<Option<Running>>>);

/// A rebuild that is under way, or has ended since.
struct Running {
    accept: &'static [Upstream],
    task: JoinHandle<Result<i64>>,
}

impl Running {
    /// True if it is under way and accepts the altered events of all these feeds.
    fn serves(&self, accept: &[Upstream]) -> bool {
        !self.task.is_finished() && accept.iter().all(|feed| self.accept.contains(feed))
    }

    /// A rebuild that begins once the one `before` has ended.
    fn after(before: Option<Self>, db: &Db, accept: &'static [Upstream]) -> Self {
        let db = db.clone();
        let task = tokio::spawn(async move {
            if let Some(before) = before {
                // It has logged its own failure.
                drop(before.task.await);
            }
            let done = rebuild(&db, accept, false).await;
            // Its caller may be gone.
            done.inspect_err(|error| tracing::error!(%error, "a repair of projections failed"))
        });
        Self { accept, task }
    }
}

impl Rebuilds {
    /// Starts a rebuild, or joins the one that is under way if that accepts as much, and waits for
    /// it no longer than `patience`: `None` if it still goes on. Answers how many altered events of
    /// the feeds in `accept` were accepted as they are.
    ///
    /// # Errors
    /// The same as [`rebuild`].
    pub async fn run(
        &self,
        db: &Db,
        accept: &'static [Upstream],
        patience: Duration,
    ) -> Result<Option<i64>> {
        let mut running = self.0.lock().await;
        let own = match running.take() {
            Some(running) if running.serves(accept) => running,
            before => Running::after(before, db, accept),
        };
        match timeout(patience, &mut running.insert(own).task).await {
            Err(_) => Ok(None),
            Ok(done) => {
                *running = None;
                done.map_err(Error::internal)?.map(Some)
            }
        }
    }
}

/// Projections made from the inbox up to its number `last`, and the keys of the rows that differ
/// from those that are served.
struct Anew {
    rows: Written,
    differing: BTreeSet<Key>,
    inbox: Projected,
}

/// Projects the whole inbox anew, after accepting altered events of the feeds in `accept` as they
/// are, where nobody sends them again. Answers how many those were. Rows of a newer program are
/// made anew only by a replica that is `alone`, with no newer one beside it.
///
/// # Errors
/// `UNAVAILABLE` if the database is away; internal if a document cannot be read; `NEWER_FORM`
/// where the rows are left to a newer program.
pub async fn rebuild(db: &Db, accept: &[Upstream], alone: bool) -> Result<i64> {
    let accepted = accept_altered(db, accept).await?;
    let anew = read(db).await?;
    let mut tx = derived::begin(db, &writer(), alone).await?;
    swap(&mut tx, anew).await?;
    tx.commit().await?;
    Ok(accepted)
}

/// Makes the projections anew without anybody having asked, and so only from a sound inbox.
///
/// # Errors
/// The same as [`store::inboxes_are_sound`] and [`rebuild`].
pub async fn rebuild_where_sound(db: &Db, alone: bool) -> Result<()> {
    store::inboxes_are_sound(db).await?;
    rebuild(db, &[], alone).await.map(drop)
}

/// Accepts altered events, a page in each transaction, so that a repair that is cut off goes on
/// from there.
async fn accept_altered(db: &Db, feeds: &[Upstream]) -> Result<i64> {
    let (mut after, mut accepted) = (Some(0), 0);
    while let Some(seq) = after.filter(|_| !feeds.is_empty()) {
        let mut tx = db.begin(&writer()).await?;
        let (some, next) = store::accept_altered(&mut tx, feeds, seq).await?;
        tx.commit().await?;
        (after, accepted) = (next, accepted + some);
    }
    Ok(accepted)
}

/// Projects the inbox and compares the result with the rows that are served, in one snapshot.
async fn read(db: &Db) -> Result<Anew> {
    let mut read = db.read().await?;
    let mut rows = Rows::empty();
    let inbox = project_after(read.conn(), &mut rows, Projected::default()).await?;
    let (rows, live) = (rows.into_written(), live(&mut read).await?);
    read.end().await?;
    let differing = differing(&live, &rows).cloned().collect();
    Ok(Anew { rows, differing, inbox })
}

/// Under the inbox's lock, projects the events appended meanwhile and writes the rows that differ.
async fn swap(tx: &mut Tx, anew: Anew) -> Result<()> {
    let head = store::lock_head(tx).await?;
    let locked = Instant::now();
    if head.form > FORM && !tx.stands_in_for_newer() {
        return Err(left_to_newer(head.form));
    }
    let mut rows = Rows::over(anew.rows);
    project_after(tx.conn(), &mut rows, anew.inbox).await?;
    let (mut all, added) = rows.into_parts();
    let keys = anew.differing.into_iter().chain(added.keys().cloned()).collect();
    all.extend(added);
    let there = store::there(tx, keys).await?;
    let other = there.into_iter().filter(|(key, live)| live.as_ref() != value(&all, key));
    let changed: Written =
        other.map(|(key, _)| (key.clone(), value(&all, &key).cloned())).collect();
    let records = if head.form == FORM { change_records(&changed)? } else { change_records(&all)? };
    let names = change_records(&all)?.into_iter().map(|(name, ..)| name).collect();
    replace_changes(tx, names, records).await?;
    let count = changed.len();
    store::save_rows(tx, changed, head.seq).await?;
    store::remark(tx, head.seq).await?;
    store::set_head(tx, Head { seq: head.seq, form: FORM }).await?;
    let locked_millis = locked.elapsed().as_millis();
    tracing::info!(form = FORM, rows = count, locked_millis, "the projections are made anew");
    Ok(())
}
