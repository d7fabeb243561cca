//! The task that keeps a memory at the head of its service's feed.

use std::{future::Future, sync::Arc, time::Duration};

use mpp_core::{Error, Result};
use mpp_rpc::Component;
use mpp_store::{Batch, Change, Feed, Filter, Start, Subscription};
use tokio_util::sync::CancellationToken;

use super::view::{Memory, View};
use crate::metrics;

/// How long to wait before starting again.
const PAUSE: Duration = Duration::from_millis(500);

/// Is told of the changes of a memory, once reads show them: a search index, a job.
pub trait Listener<V>: Send + Sync {
    /// The whole state is there, in the place of `before`.
    fn replaced(&self, before: V, revision: i64) -> impl Future<Output = Result<()>> + Send;
    /// A transaction has been taken in; it may hold kinds that the memory does not.
    fn changed(
        &self,
        changes: &[Arc<Change>],
        revision: i64,
    ) -> impl Future<Output = Result<()>> + Send;
}

/// Follows a service's own feed.
pub struct Follow<V, L> {
    /// Where changes come from.
    pub feed: Feed,
    /// Where they go.
    pub memory: Memory<V>,
    /// Told of them once reads show them.
    pub listener: L,
    /// Up while the memory follows.
    pub ready: Component,
    /// Ends the task.
    pub shutdown: CancellationToken,
}

impl<V: View, L: Listener<V>> Follow<V, L> {
    /// Runs until shutdown. After a failure it starts again from the whole state; reads meanwhile
    /// show the last known state.
    pub async fn run(self) {
        let service = self.feed.db().name();
        self.memory.belongs_to(self.feed.db());
        metrics::RELOADS.begin([[service]]);
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
            metrics::RELOADS.add(1, [service]);
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn follow(&self) -> Result<()> {
        let filter = Filter::kinds(V::KINDS.iter().copied());
        let feed = self.feed.subscribe(Start::State, filter).await?;
        let mut feed = feed.telling_every_revision();
        self.load(&mut feed).await?;
        self.ready.up();
        let mut waiting = Vec::new();
        while let Some(batch) = feed.next().await? {
            let Batch { changes, revision, token, .. } = batch;
            waiting.extend(changes);
            // Only the last message of a transaction has a token: readers see all of it or none.
            if token.is_some() {
                self.take_in(&std::mem::take(&mut waiting), revision).await?;
            }
        }
        Ok(())
    }

    /// Takes in the whole state aside, and puts it in the place of the one before.
    async fn load(&self, feed: &mut Subscription) -> Result<()> {
        let mut view = V::default();
        let revision = loop {
            let Some(batch) = feed.next().await? else {
                return Err(Error::internal("the feed ended within the initial state"));
            };
            apply(&mut view, &batch.changes)?;
            if batch.initial_state_complete {
                break batch.revision;
            }
        };
        let before = self.memory.replace(revision, view);
        self.listener.replaced(before, revision).await
    }

    async fn take_in(&self, changes: &[Arc<Change>], revision: i64) -> Result<()> {
        self.memory.change(revision, |view| apply(view, changes))?;
        self.listener.changed(changes, revision).await
    }
}

fn apply<V: View>(view: &mut V, changes: &[Arc<Change>]) -> Result<()> {
    for change in changes {
        if let Some(kind) = V::KINDS.iter().find(|kind| **kind == change.kind) {
            view.apply(kind, change)?;
        }
    }
    Ok(())
}
