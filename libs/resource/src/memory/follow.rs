//! The task that keeps a memory at the head of its service's feed.

use std::{future::Future, sync::Arc};

use mpp_client::FreshStarts;
use mpp_core::{Backoff, Digest, Error, Result};
use mpp_rpc::Component;
use mpp_store::{Batch, Change, Feed, Filter, Start, Subscription};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::view::{Memory, View};
use crate::{differs::Differs, metrics};

/// Gets the changes of a memory, once reads show them: a search index, a job.
pub trait Listener<V>: Send + Sync {
    /// The whole state is there, in place of `before`.
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
    /// The feed that changes come from.
    pub feed: Feed,
    /// The memory that they go to.
    pub memory: Memory<V>,
    /// Gets the changes once reads show them.
    pub listener: L,
    /// Up while the memory follows.
    pub ready: Component,
    /// Ends the task.
    pub shutdown: CancellationToken,
}

/// When the memory may start again: after a failure, and if it differs.
struct Tries {
    backoff: Backoff,
    starts: FreshStarts,
}

/// Why the memory does not follow any more.
enum Ended {
    /// The feed ended.
    Shut,
    /// The memory differs from what the service holds, or somebody says so.
    Differs,
}

impl<V: View, L: Listener<V>> Follow<V, L> {
    /// Runs until shutdown. After a failure it starts again from the whole state; reads meanwhile
    /// show the last known state.
    pub async fn run(self) {
        let service = self.feed.db().name();
        self.memory.belongs_to(self.feed.db());
        metrics::RELOADS.begin([[service]]);
        let differs = Differs::new(service, self.feed.db(), "memory", self.memory.last_proof());
        let mut tries =
            Tries { backoff: self.feed.db().backoff(), starts: FreshStarts::new(Instant::now()) };
        loop {
            let ended = tokio::select! {
                () = self.shutdown.cancelled() => return,
                ended = self.follow(&differs, &mut tries) => ended,
            };
            if self.shutdown.is_cancelled() {
                return;
            }
            if matches!(ended, Ok(Ended::Differs)) {
                // Until the new state is whole, reads show the old one.
                metrics::RELOADS.add(1, [service]);
                continue;
            }
            let why =
                ended.err().map_or_else(|| "the feed ended".to_owned(), |error| error.to_string());
            tracing::warn!(%why, "the memory starts again from the whole state");
            self.ready.down(&why);
            metrics::RELOADS.add(1, [service]);
            tokio::time::sleep(tries.backoff.pause()).await;
        }
    }

    async fn follow(&self, differs: &Differs, tries: &mut Tries) -> Result<Ended> {
        let filter = Filter::kinds(V::KINDS.iter().copied());
        let feed = self.feed.subscribe(Start::State, filter).await?;
        let mut feed = feed.telling_every_revision();
        self.load(&mut feed).await?;
        self.ready.up();
        tries.backoff.reset();
        let mut waiting = Vec::new();
        loop {
            let batch = tokio::select! {
                batch = feed.next() => batch?,
                () = self.memory.asked_to_start_again() => return Ok(Ended::Differs),
            };
            let Some(batch) = batch else { return Ok(Ended::Shut) };
            let Batch { changes, revision, token, digest, .. } = batch;
            waiting.extend(changes);
            // Only the last message of a transaction has a token: readers see all of it or none.
            if token.is_some() {
                self.take_in(&std::mem::take(&mut waiting), revision).await?;
            }
            let found = digest.is_some_and(|wanted| differs.tell(&self.held(), &wanted));
            if found && tries.starts.may_start(Instant::now()) {
                return Ok(Ended::Differs);
            }
        }
    }

    fn held(&self) -> Digest {
        self.memory.held().1
    }

    /// Takes in the whole state aside, and then replaces the earlier one with it.
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

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicBool, Ordering},
        time::Duration,
    };

    use mpp_api::{Document as _, registry::Unit};
    use mpp_rpc::Readiness;
    use mpp_store::{Actor, Expect, FeedOptions, Labels, ProofPace, Schema};
    use mpp_testkit::on_both;

    use super::*;
    use crate::memory::{Records, Waits};

    const SCHEMA: Schema =
        Schema { service: "memory", steps: &[], history_kinds: &[], standing_kinds: &[] };

    /// Loses a record the first time.
    #[derive(Default)]
    struct Forgetful(Records);

    static HAS_FORGOTTEN: AtomicBool = AtomicBool::new(true);

    impl View for Forgetful {
        const KINDS: &'static [&'static str] = &[Unit::KIND];

        fn apply(&mut self, kind: &'static str, change: &Change) -> Result<()> {
            let is_lost = change.name == "units/b" && !HAS_FORGOTTEN.swap(true, Ordering::Relaxed);
            if !is_lost {
                self.0.apply(kind, change);
            }
            Ok(())
        }

        fn records(&self) -> &Records {
            &self.0
        }
    }

    struct Nobody;

    impl Listener<Forgetful> for Nobody {
        async fn replaced(&self, _before: Forgetful, _revision: i64) -> Result<()> {
            Ok(())
        }

        async fn changed(&self, _changes: &[Arc<Change>], _revision: i64) -> Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_memory_that_lost_a_record_finds_that_and_loads_it() {
        on_both(async |database| {
            let db = database.open(&SCHEMA).await.expect("open");
            let mut tx = db.begin(&Actor::default()).await.expect("begins");
            for name in ["units/a", "units/b"] {
                let unit = Unit { name: name.into(), ..Unit::default() };
                tx.put(name, &unit, Labels::new(), Expect::New).await.expect("put");
            }
            tx.commit().await.expect("committed");
            let (soon, shutdown) = (Duration::from_millis(50), CancellationToken::new());
            let options = FeedOptions {
                bookmark_interval: soon,
                proof: ProofPace { least: soon, part: 50 },
                ..Default::default()
            };
            let feed = Feed::start(db, options, shutdown.clone()).await.expect("a feed");
            let memory: Memory<Forgetful> = Memory::new(Waits::TESTS);
            HAS_FORGOTTEN.store(false, Ordering::Relaxed);
            let follow = Follow {
                feed,
                memory: memory.clone(),
                listener: Nobody,
                ready: Readiness::new(Default::default()).component("memory"),
                shutdown: shutdown.clone(),
            };
            tokio::spawn(follow.run());
            memory.wait_for(0).await.expect("whole");
            while memory.held().1.count() < 2 {
                tokio::time::sleep(soon).await;
            }
            shutdown.cancel();
        })
        .await;
    }
}
