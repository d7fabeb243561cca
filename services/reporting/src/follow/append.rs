//! The transaction of the inbox: a batch of events is appended and projected, all or nothing.
//!
//! The row of `inbox_head` is locked first: that makes the order of projecting the order of
//! commits, so a replica that has read up to a number can never miss a lower one.

use std::{cmp::Ordering, collections::BTreeSet};

use mpp_api::{reporting::CatalogChange, types::tombstone::Reason as Why};
use mpp_core::{Error, Reason, Result};
use mpp_resource::derived;
use mpp_store::Tx;

pub use crate::store::Reached;
use crate::{
    model::{ChangeRecord, Event, FORM, Rows, Upstream, Written, change_records, project},
    store::{self, Head},
};

/// Rounds in which a projection may ask for rows: first a record's own, then those that it adds to.
const ROUNDS: usize = 8;

/// Appends a whole transaction of a feed, or the records that have vanished from its state.
///
/// # Errors
/// `UNAVAILABLE` if the database is away; internal if a stored row cannot be read.
pub async fn append(tx: &mut Tx, feed: Upstream, events: &[Event], reached: Reached) -> Result<()> {
    let head = lock(tx).await?;
    append_after(tx, head, feed, events, reached).await
}

/// Appends a part of a feed's state, without the records that are held already in the same version.
///
/// # Errors
/// The same as [`append`].
pub async fn append_state(tx: &mut Tx, feed: Upstream, events: Vec<Event>) -> Result<()> {
    let head = lock(tx).await?;
    let news = store::drop_held(tx, feed, events).await?;
    append_after(tx, head, feed, &news, Reached::Midst).await
}

async fn append_after(
    tx: &mut Tx,
    head: i64,
    feed: Upstream,
    events: &[Event],
    reached: Reached,
) -> Result<()> {
    let seq = store::insert_events(tx, head, events).await?;
    let written = project_all(tx, events).await?;
    derived::put(tx, change_records(&written)?).await?;
    store::save_rows(tx, written, seq).await?;
    let newest = events.iter().map(|event| event.at).max();
    store::save_feed(tx, feed, newest, reached).await?;
    store::set_head(tx, Head { seq, form: FORM }).await
}

/// Locks the inbox's head. Rows of an older program are projected anew before anything is added,
/// and those of a newer one if none is there any more.
async fn lock(tx: &mut Tx) -> Result<i64> {
    let head = store::lock_head(tx).await?;
    match head.form.cmp(&FORM) {
        Ordering::Equal => {}
        Ordering::Less => project_anew(tx, head.seq).await?,
        Ordering::Greater if tx.stands_in_for_newer() => project_anew(tx, head.seq).await?,
        Ordering::Greater => return Err(left_to_newer(head.form)),
    }
    Ok(head.seq)
}

pub(super) fn left_to_newer(form: i64) -> Error {
    let text = format!(
        "the projections are in form {form}, and this replica, which writes form {FORM}, leaves them \
         to a newer one"
    );
    Error::new(Reason::NewerForm, text)
}

/// Projects the whole inbox, beginning with no rows. Every replica then reads them again. It
/// happens within the transaction, if the rows were not made anew beforehand ([`super::rebuild`]).
async fn project_anew(tx: &mut Tx, head: i64) -> Result<()> {
    let (mut rows, mut last) = (Rows::empty(), 0);
    loop {
        let events = store::events_after(tx.conn(), last).await?;
        let Some((newest, _)) = events.last() else { break };
        last = *newest;
        for (_, event) in &events {
            project(&mut rows, event)?;
        }
    }
    let written = rows.into_written();
    let records = change_records(&written)?;
    let names = records.iter().map(|(name, ..)| name.clone()).collect();
    replace_changes(tx, names, records).await?;
    store::replace_rows(tx, written, head).await?;
    tracing::info!(form = FORM, "the projections are made anew");
    Ok(())
}

/// Writes catalog changes so that exactly those of these names are left: others are withdrawn.
pub(super) async fn replace_changes(
    tx: &mut Tx,
    names: BTreeSet<String>,
    changes: Vec<ChangeRecord>,
) -> Result<()> {
    let there = store::change_names(tx).await?;
    let gone = there.difference(&names).cloned();
    derived::withdraw::<CatalogChange>(tx, gone, Why::Withdrawn).await?;
    derived::put(tx, changes).await.map(drop)
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
        store::load_rows(tx, &mut rows, missing).await?;
    }
    Err(Error::internal("a projection asks for ever more rows"))
}
