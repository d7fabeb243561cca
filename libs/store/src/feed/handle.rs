//! A service's hold on its feed: it starts the reader and the followers.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use mpp_core::{Error, Reason, Result};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{
    filter::Filter,
    last_proof::LastProof,
    page::{self, FeedPlace},
    proof, reader,
    shared::{FeedOptions, FeedState},
    state,
    subscription::Subscription,
    token::Token,
};
use crate::{Db, mark::Marked, metrics};

/// The start of a follower.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// Begin with the changes that are committed from now on.
    Now,
    /// Begin with the current state.
    State,
    /// Go on after a token that it received for the same filter.
    Token(Bytes),
}

/// The change feed of a process. Clones share it.
#[derive(Clone, Debug)]
pub struct Feed(pub(super) Arc<FeedState>);

impl Feed {
    /// Starts the reader at the head. It ends with `shutdown`.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the database is away.
    pub async fn start(db: Db, options: FeedOptions, shutdown: CancellationToken) -> Result<Self> {
        let bounds = page::bounds(&db).await?;
        let name = db.name();
        db.has_jobs(&["feed-retention"]);
        let shared = Arc::new(FeedState::new(db, bounds.head, options, shutdown));
        metrics::FEED_HEAD
            .observe(&shared, [name], |shared| shared.tail.borrow().head.revision as f64);
        reader::start(&shared, bounds.head);
        metrics::FEED_DIFFERENCES.begin([[name]]);
        metrics::RECORDS_ALTERED.begin([[name]]);
        metrics::STATES_CUT.begin(["state_seconds", "stall_seconds"].map(|limit| [name, limit]));
        tokio::spawn(proof::keep(shared.clone()));
        Ok(Self(shared))
    }

    /// The database that it is the feed of.
    pub fn db(&self) -> &Db {
        &self.0.db
    }

    /// When the records were last compared with what the feed had told, and how that went.
    pub fn last_proof(&self) -> &LastProof {
        &self.0.last_proof
    }

    /// How long reading everything that the service keeps may take, for a comparison.
    pub fn compare_limit(&self) -> Duration {
        self.0.options.compare_limit
    }

    /// Waits until the reader has ended, after the shutdown. Then the database may be closed.
    pub async fn ended(&self) {
        self.0.ended.cancelled().await;
    }

    /// The last revision that followers can get.
    pub fn head(&self) -> i64 {
        self.0.tail.borrow().head.revision
    }

    /// How often this process has found that another database has taken the place of the one that
    /// it served: one that was restored, or that lost commits in a failover.
    pub fn restores(&self) -> u64 {
        self.0.tail.borrow().history
    }

    /// Waits until followers can get a revision. The caller bounds the wait.
    ///
    /// # Errors
    /// `UNAVAILABLE` once the feed is shut down.
    pub async fn wait_for(&self, revision: i64) -> Result<()> {
        let mut tail = self.0.tail.subscribe();
        let reached = tokio::select! {
            reached = tail.wait_for(|tail| tail.head.revision >= revision) => reached.is_ok(),
            () = self.0.shutdown.cancelled() => false,
        };
        if reached {
            return Ok(());
        }
        Err(Error::new(Reason::Unavailable, "the server is shutting down; ask another one"))
    }

    /// Starts a follower.
    ///
    /// # Errors
    /// At once: `INVALID_RESUME_TOKEN`, `LINEAGE_CHANGED`, `REVISION_COMPACTED` for a token that
    /// cannot be resumed; `INVALID_FIELD` for a filter beyond its bounds.
    pub async fn subscribe(&self, start: Start, filter: Filter) -> Result<Subscription> {
        filter.check()?;
        // Seen before the place is checked, so that a restart in between is noticed.
        let tail = *self.0.tail.borrow();
        let follower =
            |at| Subscription::new(self.0.clone(), filter.clone(), tail, FeedPlace::after(at));
        match start {
            Start::Now => Ok(follower(tail.head).with_greeting()),
            Start::State => Ok(follower(tail.head).with_state(self.state((&filter, ""), ()))),
            Start::Token(token) => {
                let token = Token::decode(&token, filter.hash())?;
                self.check(token.at).await?;
                Ok(follower(token.at).coming_back())
            }
        }
    }

    /// Starts a follower with the current state, for a caller that has a place for it. The place is
    /// given back as soon as the state has been read, or is cut.
    ///
    /// # Errors
    /// `INVALID_FIELD` for a filter beyond its bounds.
    pub fn subscribe_at(
        &self,
        filter: &Filter,
        caller: &str,
        place: impl Send + 'static,
    ) -> Result<Subscription> {
        filter.check()?;
        let tail = *self.0.tail.borrow();
        let at = FeedPlace::after(tail.head);
        let follower = Subscription::new(self.0.clone(), filter.clone(), tail, at);
        Ok(follower.with_state(self.state((filter, caller), place)).for_caller(caller))
    }

    /// Whether a follower can go on from a position. If the ring does not hold it, only the
    /// database knows: another replica may have been ahead of this one.
    async fn check(&self, at: Marked) -> Result<()> {
        let in_ring = self.0.ring().holds(at);
        if in_ring { Ok(()) } else { page::check(self.db(), at).await }
    }

    /// Starts to read the state once one of the few readers is free.
    fn state(
        &self,
        (filter, caller): (&Filter, &str),
        place: impl Send + 'static,
    ) -> mpsc::Receiver<Result<state::StatePart>> {
        let (to, parts) = mpsc::channel(1);
        let (shared, wanted) = (self.0.clone(), (filter.clone(), caller.to_owned()));
        let limits = state::Limits {
            message_bytes: shared.options.message_bytes,
            service: shared.db.name(),
            stall: shared.options.stall,
            whole: shared.options.state_limit,
        };
        tokio::spawn(async move {
            tokio::select! {
                permit = shared.states.clone().acquire_owned() => {
                    if let Ok(permit) = permit {
                        let places = (permit, place);
                        state::send(shared.db.clone(), wanted, limits, to, places).await;
                    }
                }
                // The follower left while it waited.
                () = to.closed() => {}
            }
        });
        parts
    }
}
