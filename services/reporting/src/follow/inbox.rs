//! One upstream's part of the inbox, as the copy of its feed is written.
//!
//! The initial state is appended part by part, since it may be large: the position moves only at
//! its end, and only then is it known which records have vanished.

use std::collections::BTreeMap;

use mpp_core::{Digest, Error, Result};
use mpp_resource::copy::{Names, Shelf};
use mpp_store::{Change, Op, Position, Read, Tx};

use super::append::{Reached, append, append_state};
use crate::{
    model::{Event, Upstream},
    store,
};

/// The inbox of one feed.
pub struct Inbox {
    feed: Upstream,
    /// True if there is no newer program to which its projections would be left.
    alone: bool,
    /// While a state comes in: the living records that it has not named yet, with their versions.
    unnamed: BTreeMap<(String, String), i64>,
    /// The last event's revision and its number within it.
    last: (i64, i64),
    /// Something was written, and with it a note that the feed was heard of.
    noted: bool,
}

impl Inbox {
    /// The inbox of one upstream.
    pub fn new(feed: Upstream, alone: bool) -> Self {
        Self { feed, alone, unnamed: BTreeMap::new(), last: (0, 0), noted: false }
    }

    /// True if something was written since this was last asked.
    pub fn take_noted(&mut self) -> bool {
        std::mem::take(&mut self.noted)
    }

    /// Called before anything is written.
    fn begin(&mut self, tx: &mut Tx) {
        self.noted = true;
        if self.alone {
            tx.stand_in_for_newer();
        }
    }

    fn events(&mut self, changes: &[Change]) -> Result<Vec<Event>> {
        changes.iter().map(|change| self.event(change)).collect()
    }

    fn event(&mut self, change: &Change) -> Result<Event> {
        Ok(Event {
            feed: self.feed,
            revision: change.revision,
            sub: self.number_within(change.revision),
            kind: change.kind.clone(),
            name: change.name.clone(),
            version: change.version,
            doc: (change.op == Op::Put).then(|| change.doc.clone()),
            labels: serde_json::to_string(&change.labels).map_err(Error::internal)?,
            actor: change.actor.clone(),
            at: change.at,
        })
    }

    /// Deletes the records that the state did not name. When they vanished is not known; it became
    /// known now.
    fn vanished(&mut self, tx: &Tx, revision: i64) -> Vec<Event> {
        let unnamed = std::mem::take(&mut self.unnamed);
        let gone = unnamed.into_iter().map(|((kind, name), version)| Event {
            feed: self.feed,
            revision,
            sub: self.number_within(revision),
            kind,
            name,
            version: version + 1,
            doc: None,
            labels: "{}".to_owned(),
            actor: store::SUBJECT.to_owned(),
            at: tx.now(),
        });
        gone.collect()
    }

    /// Counts the events of a revision from 1.
    fn number_within(&mut self, revision: i64) -> i64 {
        let (last, number) = self.last;
        self.last = (revision, if last == revision { number + 1 } else { 1 });
        self.last.1
    }
}

impl Shelf for Inbox {
    /// Each replica's memory reads the projections by itself.
    async fn load(&mut self, _: &mut Read, _: Option<&Position>) -> Result<Option<Digest>> {
        Ok(None)
    }

    async fn versions(
        &mut self,
        tx: &mut Tx,
        records: &Names,
    ) -> Result<BTreeMap<(String, String), i64>> {
        store::versions(tx, self.feed, records).await
    }

    async fn held(&mut self, read: &mut Read) -> Result<Digest> {
        store::held(read, self.feed).await
    }

    async fn begin_state(&mut self, read: &mut Read) -> Result<()> {
        self.unnamed = store::living(read, self.feed).await?;
        self.last = (0, 0);
        Ok(())
    }

    async fn add_state(&mut self, tx: &mut Tx, records: Vec<Change>) -> Result<()> {
        let events = self.events(&records)?;
        for event in &events {
            self.unnamed.remove(&(event.kind.clone(), event.name.clone()));
        }
        self.begin(tx);
        append_state(tx, self.feed, events).await
    }

    async fn end_state(&mut self, tx: &mut Tx, position: &Position) -> Result<()> {
        let vanished = self.vanished(tx, position.revision);
        self.begin(tx);
        append(tx, self.feed, &vanished, Reached::Revision(position.revision)).await?;
        store::set_deletions_right(tx, self.feed).await
    }

    async fn write(&mut self, tx: &mut Tx, changes: &[Change], position: &Position) -> Result<()> {
        let events = self.events(changes)?;
        self.begin(tx);
        let news = store::drop_repeated(tx, self.feed, events).await?;
        append(tx, self.feed, &news, Reached::Revision(position.revision)).await
    }
}
