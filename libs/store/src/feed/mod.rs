//! The change feed of a process: one reader, a ring in memory, any number of followers.
//!
//! The reader is woken by commits of this process, by a notification of another replica's, and
//! polls besides. Followers read the ring by a cursor; who comes from further back reads the
//! database until it meets the ring. What a follower costs is its position.

pub(crate) mod change;
mod compact;
mod filter;
mod page;
mod reader;
mod ring;
mod state;
mod status;
mod subscription;
mod token;

use std::{
    sync::{Arc, RwLock, RwLockReadGuard, RwLockWriteGuard},
    time::Duration,
};

use bytes::Bytes;
use mpp_core::{Error, Reason, Result};
use tokio::sync::{Notify, Semaphore, mpsc, watch};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub use change::{Change, Op};
pub use compact::Retention;
pub use filter::Filter;
pub use status::Status;
pub use subscription::{Batch, Subscription};

use crate::Db;
use page::{Bounds, Place};
use reader::Reader;
use ring::{Ring, Tail};
use token::Token;

/// Bounds of a feed.
#[derive(Clone, Debug)]
pub struct FeedOptions {
    /// What the ring may hold, in bytes.
    pub ring_bytes: usize,
    /// What one message may hold, in bytes, save a single larger record.
    pub message_bytes: usize,
    /// How often to look without having been woken.
    pub poll_interval: Duration,
    /// How long a follower stays without a token.
    pub bookmark_interval: Duration,
    /// How long a follower may take for a message of the initial state.
    pub stall: Duration,
    /// How many initial states, and how many catch-up pages, are read at a time.
    pub concurrent_reads: usize,
}

impl Default for FeedOptions {
    fn default() -> Self {
        Self {
            ring_bytes: 32 * 1024 * 1024,
            message_bytes: 256 * 1024,
            poll_interval: Duration::from_millis(500),
            bookmark_interval: Duration::from_secs(3),
            stall: Duration::from_secs(30),
            concurrent_reads: 2,
        }
    }
}

/// Where a follower starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// With what is committed from now on.
    Now,
    /// With the current state.
    State,
    /// After a token that it received for the same filter.
    Token(Bytes),
}

/// The change feed of a process. Clones share it.
#[derive(Clone, Debug)]
pub struct Feed(Arc<Inner>);

#[derive(Debug)]
pub(crate) struct Inner {
    db: Db,
    options: FeedOptions,
    shutdown: CancellationToken,
    /// Cancelled once the reader has ended.
    ended: CancellationToken,
    ring: RwLock<Ring>,
    tail: watch::Sender<Tail>,
    /// The lineage of what is in the ring.
    lineage: RwLock<String>,
    /// Tells this process's notifications from the others'.
    id: String,
    states: Arc<Semaphore>,
    catch_ups: Semaphore,
}

impl Feed {
    /// Starts the reader at the head. It ends with `shutdown`.
    ///
    /// # Errors
    /// `UNAVAILABLE` where the database is away.
    pub async fn start(db: Db, options: FeedOptions, shutdown: CancellationToken) -> Result<Self> {
        let bounds = page::bounds(&db.0.readers).await?;
        let ring = Ring::new(bounds.head, options.ring_bytes);
        let reads = options.concurrent_reads.max(1);
        let inner = Arc::new(Inner {
            tail: watch::Sender::new(ring.tail()),
            ring: RwLock::new(ring),
            lineage: RwLock::new(bounds.lineage.clone()),
            id: Uuid::now_v7().simple().to_string(),
            states: Arc::new(Semaphore::new(reads)),
            catch_ups: Semaphore::new(reads),
            db,
            options,
            shutdown,
            ended: CancellationToken::new(),
        });
        let woken = Arc::new(Notify::new());
        let reader = Reader::new(inner.clone(), bounds.head);
        tokio::spawn(reader.run(woken.clone()));
        if !inner.db.is_sqlite() {
            let committed = inner.db.0.committed.subscribe();
            tokio::spawn(reader::notify_others(inner.clone(), committed));
            tokio::spawn(reader::listen(inner.clone(), woken));
        }
        Ok(Self(inner))
    }

    /// The database that it is the feed of.
    pub fn db(&self) -> &Db {
        &self.0.db
    }

    /// The lineage of what it serves.
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
            Start::Now => Ok(follower(Place::after(self.head())).with_greeting()),
            Start::State => Ok(follower(Place::after(self.head())).with_state(self.state(&filter))),
            Start::Token(token) => {
                let token = Token::decode(&token, filter.hash())?;
                let place = self.resume(&token, lineage).await?;
                Ok(follower(place))
            }
        }
    }

    /// Where a token goes on, if it can.
    async fn resume(&self, token: &Token, lineage: Uuid) -> Result<Place> {
        if token.lineage != lineage {
            return Err(lineage_changed());
        }
        let place = Place::after(token.revision);
        let in_ring = self.0.ring().cursor_after(place).is_some();
        if in_ring && token.revision <= self.head() {
            return Ok(place);
        }
        // Another replica may have been ahead of this one's ring.
        let bounds = page::bounds(&self.0.db.0.readers).await?;
        if bounds.lineage != self.0.served_lineage() || token.revision > bounds.head {
            return Err(lineage_changed());
        }
        page::check_floor(place, bounds.floor)?;
        Ok(place)
    }

    /// Starts to read the state once one of the few readers is free.
    fn state(&self, filter: &Filter) -> mpsc::Receiver<Result<state::Part>> {
        let (to, parts) = mpsc::channel(1);
        let (inner, filter) = (self.0.clone(), filter.clone());
        let limits = state::Limits {
            message_bytes: inner.options.message_bytes,
            stall: inner.options.stall,
        };
        tokio::spawn(async move {
            tokio::select! {
                permit = inner.states.clone().acquire_owned() => {
                    if let Ok(permit) = permit {
                        state::send(inner.db.clone(), filter, limits, to, permit).await;
                    }
                }
                // The follower left while it waited.
                () = to.closed() => {}
            }
        });
        parts
    }
}

impl Inner {
    fn ring(&self) -> RwLockReadGuard<'_, Ring> {
        self.ring.read().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn ring_mut(&self) -> RwLockWriteGuard<'_, Ring> {
        self.ring.write().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn served_lineage(&self) -> String {
        self.lineage.read().unwrap_or_else(|poisoned| poisoned.into_inner()).clone()
    }

    /// The lineage as tokens carry it.
    fn lineage(&self) -> Uuid {
        Uuid::parse_str(&self.served_lineage()).unwrap_or_default()
    }

    /// Starts over where the database stands now; every follower is cut.
    fn restart(&self, bounds: &Bounds) {
        tracing::warn!(lineage = bounds.lineage, head = bounds.head, "the feed starts over");
        *self.lineage.write().unwrap_or_else(|poisoned| poisoned.into_inner()) =
            bounds.lineage.clone();
        let tail = {
            let mut ring = self.ring_mut();
            ring.restart(bounds.head);
            ring.tail()
        };
        self.tail.send_replace(tail);
    }
}

fn lineage_changed() -> Error {
    Error::new(
        Reason::LineageChanged,
        "the database was restored or promoted since; start again with initial_state",
    )
}
