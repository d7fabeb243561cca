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
            let why = ended
                .err()
                .map_or_else(|| "the feed ended".to_owned(), |error| error.to_string());
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
            let Batch {
                changes,
                revision,
                token,
                ..
            } = batch;
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
        let mut updates = index::vanished(&self.memory.read(), &state);
        updates.extend(index::everything(&state, revision));
        self.memory.change(revision, |now| {
            *now = state;
            Ok(())
        })?;
        self.tell(updates, revision).await
    }

    async fn take(&self, changes: &[Arc<Change>], revision: i64) -> Result<()> {
        self.memory
            .change(revision, |state| apply(state, changes))?;
        let updates = {
            let state = self.memory.read();
            let updates = changes
                .iter()
                .flat_map(|change| index::updates(&state, &change.kind, &change.name, revision));
            updates.collect()
        };
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
