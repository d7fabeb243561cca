//! The state that the reader and the followers of a process share: the ring, and how far it
//! reaches.

use std::{
    sync::{Arc, RwLock, RwLockReadGuard, RwLockWriteGuard},
    time::Duration,
};

use futures::future::BoxFuture;
use mpp_core::Result;
use tokio::sync::{Notify, Semaphore, watch};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    last_proof::LastProof,
    pace::ProofPace,
    page::{self, FeedPlace, TransactionPiece},
    ring::{Ring, Tail},
};
use crate::{Db, Turns, mark::Marked};

/// Bounds of a feed; [`FeedPolicy`](super::FeedPolicy) has the usual ones.
#[derive(Clone, Debug)]
pub struct FeedOptions {
    /// Size of the ring, in bytes of documents.
    pub ring_bytes: usize,
    /// Size of one message, in bytes; a single larger record still goes out alone.
    pub message_bytes: usize,
    /// How often to look without having been woken.
    pub poll_interval: Duration,
    /// How long a follower stays without a token.
    pub bookmark_interval: Duration,
    /// The same where a follower wants to know soon how far it has come.
    pub prompt_interval: Duration,
    /// How long a follower may take for a message of the initial state.
    pub stall: Duration,
    /// How long the whole initial state may take.
    pub state_limit: Duration,
    /// How often the records are read again to prove their digest.
    pub proof: ProofPace,
    /// How long a service may take to read all that it keeps, for a caller that compares its
    /// copies.
    pub compare_limit: Duration,
    /// How many initial states, and how many catch-up pages, are read at once: three states of
    /// followers (`initial_states` of the shell's limits), and one of the replica's own memory.
    pub concurrent_reads: usize,
}

#[derive(Debug)]
pub(super) struct FeedState {
    pub db: Db,
    pub options: FeedOptions,
    pub shutdown: CancellationToken,
    /// Cancelled once the reader has ended.
    pub ended: CancellationToken,
    ring: RwLock<Ring>,
    pub tail: watch::Sender<Tail>,
    /// Tells this process's notifications from the others'.
    pub id: String,
    pub states: Arc<Semaphore>,
    /// Taken by callers in turn, so that no caller has every place.
    catch_ups: Turns<String>,
    /// Somebody wants to know the digest, which is not known yet.
    pub unproven: Notify,
    /// When the records were last compared with what the feed had told.
    pub last_proof: LastProof,
}

impl FeedState {
    /// The feed of a database that stands at `head`; the ring begins empty there.
    pub fn new(db: Db, head: Marked, options: FeedOptions, shutdown: CancellationToken) -> Self {
        let ring = Ring::new(head, options.ring_bytes);
        let reads = options.concurrent_reads.max(1);
        Self {
            tail: watch::Sender::new(ring.tail()),
            ring: RwLock::new(ring),
            id: Uuid::now_v7().simple().to_string(),
            states: Arc::new(Semaphore::new(reads)),
            catch_ups: Turns::new(reads, (reads - 1).max(1)),
            unproven: Notify::new(),
            last_proof: LastProof::default(),
            db,
            options,
            shutdown,
            ended: CancellationToken::new(),
        }
    }

    pub fn ring(&self) -> RwLockReadGuard<'_, Ring> {
        self.ring.read().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    pub fn ring_mut(&self) -> RwLockWriteGuard<'_, Ring> {
        self.ring.write().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Starts over where the database stands now, perhaps in another history; every follower is
    /// cut.
    pub fn restart(&self, head: Marked, other_history: bool) {
        let tail = {
            let mut ring = self.ring_mut();
            ring.restart(head, other_history);
            ring.tail()
        };
        self.tail.send_replace(tail);
    }

    /// A page from the database, with few at a time: a caller with a hundred streams that are all
    /// behind holds up another caller by one page.
    pub fn catch_up<'a>(
        &'a self,
        place: FeedPlace,
        caller: &'a str,
    ) -> BoxFuture<'a, Result<Vec<TransactionPiece>>> {
        Box::pin(async move {
            let _turn = self.catch_ups.take(caller.to_owned()).await;
            let page = page::read(&self.db, place, self.options.message_bytes).await?;
            Ok(page.pieces)
        })
    }
}
