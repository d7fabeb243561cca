//! The task that keeps memory and search at the feed's head.

use std::{sync::Arc, time::Duration};

use mpp_api::{
    Document,
    registry::{Counter, Mall, Offering, Region, Service, Unit, Window},
    sync::Source,
};
use mpp_core::{Error, Result};
use mpp_rpc::Component;
use mpp_store::{Batch, Change, Feed, Filter, Start, Subscription};
use tokio_util::sync::CancellationToken;

use super::{Memory, State, index};
use crate::search::{Engine, Update};

/// The kinds that lie in memory.
pub const KINDS: [&str; 8] = [
    Region::KIND,
    Unit::KIND,
    Mall::KIND,
    Counter::KIND,
    Window::KIND,
    Service::KIND,
    Offering::KIND,
    Source::KIND,
];

/// Records that search is told of at once.
const PART: usize = 1_000;
/// How long to wait before starting again.
const PAUSE: Duration = Duration::from_millis(500);

/// Follows this service's own feed.
pub struct Follow {
    /// Where changes come from.
    pub feed: Feed,
    /// Where they go.
    pub memory: Memory,
    /// What is told of them.
    pub search: Engine,
    /// Up while the memory follows.
    pub ready: Component,
    /// Ends the task.
    pub shutdown: CancellationToken,
}

impl Follow {
    /// Runs until shutdown. What fails starts again from the whole state; reads meanwhile show
    /// what was last known.
    pub async fn run(self) {
        loop {
            let ended = tokio::select! {
                () = self.shutdown.cancelled() => return,
                ended = self.follow() => ended,
            };
            if self.shutdown.is_cancelled() {
                return;
            }
            let why =
                ended.err().map_or_else(|| "the feed ended".to_owned(), |error| error.to_string());
            tracing::warn!(%why, "the memory starts again from the whole state");
            self.ready.down(&why);
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn follow(&self) -> Result<()> {
        let mut feed = self.feed.subscribe(Start::State, Filter::default()).await?;
        self.load(&mut feed).await?;
        self.ready.up();
        let mut waiting = Vec::new();
        while let Some(batch) = feed.next().await? {
            let Batch { changes, revision, token, .. } = batch;
            waiting.extend(changes);
            // Only the last message of a transaction has a token: readers see all of it or none.
            if token.is_some() {
                self.take(&std::mem::take(&mut waiting), revision).await?;
            }
        }
        Ok(())
    }

    /// Takes the whole state in aside, and puts it in the place of the one before.
    async fn load(&self, feed: &mut Subscription) -> Result<()> {
        let mut state = State::default();
        let revision = loop {
            let Some(batch) = feed.next().await? else {
                return Err(Error::internal("the feed ended within the initial state"));
            };
            apply(&mut state, &batch.changes)?;
            if batch.initial_state_complete {
                break batch.revision;
            }
        };
        let gone = index::vanished(&self.memory.read(), &state);
        let names = index::searchable(&state);
        self.memory.change(revision, |now| {
            *now = state;
            Ok(())
        })?;
        self.search.apply(gone).await.map_err(Error::internal)?;
        // In parts: what search is told takes as much memory as the records do.
        for part in names.chunks(PART) {
            let updates = self.updates(part.iter().map(|(kind, name)| (*kind, &**name)), revision);
            self.search.apply(updates).await.map_err(Error::internal)?;
        }
        self.tell(Vec::new(), revision).await
    }

    fn updates<'a>(
        &self,
        changed: impl Iterator<Item = (&'a str, &'a str)>,
        revision: i64,
    ) -> Vec<Update> {
        let state = self.memory.read();
        changed.flat_map(|(kind, name)| index::updates(&state, kind, name, revision)).collect()
    }

    async fn take(&self, changes: &[Arc<Change>], revision: i64) -> Result<()> {
        self.memory.change(revision, |state| apply(state, changes))?;
        let changed = changes.iter().map(|change| (change.kind.as_str(), change.name.as_str()));
        let updates = self.updates(changed, revision);
        self.tell(updates, revision).await
    }

    async fn tell(&self, mut updates: Vec<Update>, revision: i64) -> Result<()> {
        updates.push(Update::Revision(revision));
        self.search.apply(updates).await.map_err(Error::internal)
    }
}

fn apply(state: &mut State, changes: &[Arc<Change>]) -> Result<()> {
    for change in changes {
        if let Some(kind) = KINDS.iter().find(|kind| **kind == change.kind) {
            state.apply(kind, change)?;
        }
    }
    Ok(())
}
