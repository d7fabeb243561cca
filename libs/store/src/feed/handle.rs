//! A service's hold on its feed: it starts the reader and the followers.

use std::sync::Arc;

use bytes::Bytes;
use mpp_core::{Error, Reason, Result};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    filter::Filter,
    page::{self, FeedPlace},
    reader,
    shared::{FeedOptions, Shared, lineage_changed},
    state,
    subscription::Subscription,
    token::Token,
};
use crate::Db;

/// Where a follower starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// With the changes that are committed from now on.
    Now,
    /// With the current state.
    State,
    /// After a token that it received for the same filter.
    Token(Bytes),
}

/// The change feed of a process. Clones share it.
#[derive(Clone, Debug)]
pub struct Feed(pub(super) Arc<Shared>);

impl Feed {
    /// Starts the reader at the head. It ends with `shutdown`.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the database is away.
    pub async fn start(db: Db, options: FeedOptions, shutdown: CancellationToken) -> Result<Self> {
        let bounds = page::bounds(&db).await?;
        let shared = Arc::new(Shared::new(db, &bounds, options, shutdown));
        reader::start(&shared, bounds.head);
        Ok(Self(shared))
    }

    /// The database that it is the feed of.
    pub fn db(&self) -> &Db {
        &self.0.db
    }

    /// The lineage of the changes that it serves.
    pub fn lineage(&self) -> String {
        self.0.served_lineage()
    }

    /// Waits until the reader has ended, after the shutdown. Then the database may be closed.
    pub async fn ended(&self) {
        self.0.ended.cancelled().await;
    }

    /// The last revision that followers can have.
    pub fn head(&self) -> i64 {
        self.0.tail.borrow().head
    }

    /// Waits until followers can have a revision. The caller bounds the wait.
    ///
    /// # Errors
    /// `UNAVAILABLE` once the feed is shut down.
    pub async fn wait_for(&self, revision: i64) -> Result<()> {
        let mut tail = self.0.tail.subscribe();
        let reached = tokio::select! {
            reached = tail.wait_for(|tail| tail.head >= revision) => reached.is_ok(),
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
        let epoch = self.0.tail.borrow().epoch;
        let lineage = self.0.lineage();
        let follower =
            |place| Subscription::new(self.0.clone(), filter.clone(), epoch, lineage, place);
        match start {
            Start::Now => Ok(follower(FeedPlace::after(self.head())).with_greeting()),
            Start::State => {
                Ok(follower(FeedPlace::after(self.head())).with_state(self.state(&filter)))
            }
            Start::Token(token) => {
                let token = Token::decode(&token, filter.hash())?;
                let place = self.resume(&token, lineage).await?;
                Ok(follower(place))
            }
        }
    }

    /// The place at which a token goes on, if it can.
    async fn resume(&self, token: &Token, lineage: Uuid) -> Result<FeedPlace> {
        if token.lineage != lineage {
            return Err(lineage_changed());
        }
        let place = FeedPlace::after(token.revision);
        let in_ring = self.0.ring().cursor_after(place).is_some();
        if in_ring && token.revision <= self.head() {
            return Ok(place);
        }
        // Another replica may have been ahead of this one's ring.
        let bounds = page::bounds(self.db()).await?;
        if bounds.lineage != self.0.served_lineage() || token.revision > bounds.head {
            return Err(lineage_changed());
        }
        page::check_floor(place, bounds.floor)?;
        Ok(place)
    }

    /// Starts to read the state once one of the few readers is free.
    fn state(&self, filter: &Filter) -> mpsc::Receiver<Result<state::Part>> {
        let (to, parts) = mpsc::channel(1);
        let (shared, filter) = (self.0.clone(), filter.clone());
        let limits = state::Limits {
            message_bytes: shared.options.message_bytes,
            stall: shared.options.stall,
        };
        tokio::spawn(async move {
            tokio::select! {
                permit = shared.states.clone().acquire_owned() => {
                    if let Ok(permit) = permit {
                        state::send(shared.db.clone(), filter, limits, to, permit).await;
                    }
                }
                // The follower left while it waited.
                () = to.closed() => {}
            }
        });
        parts
    }
}
