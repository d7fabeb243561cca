//! A local copy of what passes a filter, kept by following the feed.
//!
//! A document is decoded when it is read, and kept as it came: decoding costs a microsecond or so,
//! while keeping each record decoded would need a table of kinds and several times the memory.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
    time::SystemTime,
};

use bytes::Bytes;
use mpp_api::{Document, document, feed::Filter};
use mpp_core::{Difference, Digest, Error, Result};
use tokio::{sync::watch, task::AbortHandle, time::Instant};

use crate::{Change, Channel, Event, Follower, FreshStarts, Link, Position};

/// A local copy of a service's records. It ends with its last clone.
///
/// Reads never wait and never fail for the network: while the feed is away, they show the last
/// state, and [`Cache::freshness`] says how old that is. A transaction is seen whole or not at all.
/// If the feed cannot go on from the copy's position (it was compacted, or restored), the whole
/// state is fetched again, and the old one is shown until the new one is complete. The same happens
/// if the copy is found to differ from what the service says that it should hold
/// ([`Freshness::differences`]).
#[derive(Clone)]
pub struct Cache {
    shared: Arc<SharedRecords>,
    fresh: watch::Receiver<Freshness>,
    _following: Arc<Following>,
}

/// How fresh a copy is.
#[derive(Clone, Debug, Default)]
pub struct Freshness {
    /// The feed's revision up to which the copy has everything; 0 until the first state is whole.
    pub revision: i64,
    /// When the last change that it has was committed, by the service's clock.
    pub commit_time: Option<SystemTime>,
    /// The connection: since when it holds, when the feed was last heard of, and why it does not.
    pub link: Link,
    /// How often the copy was found to differ from what the service holds, by the digest that the
    /// feed tells every few seconds. The copy then fetches the whole state anew, and where that
    /// does not help, does so ever more seldom.
    pub differences: u64,
}

/// A record of a copy.
#[derive(Clone, Debug, PartialEq)]
pub struct CachedRecord<D> {
    /// The record. A feed's documents lack the fields that the store knows by itself: the etag,
    /// which stands below, and the record's times.
    pub document: D,
    /// To be sent with an update or a delete, which then fails if somebody else wrote meanwhile.
    pub etag: String,
    /// When this version was committed, by the service's clock.
    pub commit_time: Option<SystemTime>,
    /// The author of the change.
    pub actor: String,
}

#[derive(Default)]
struct SharedRecords(RwLock<Records>);

#[derive(Default)]
struct Records {
    kinds: BTreeMap<String, BTreeMap<String, KeptDocument>>,
    /// The digest of the records that lie there.
    digest: Digest,
}

struct KeptDocument {
    document: Bytes,
    version: i64,
    commit_time: Option<SystemTime>,
    actor: String,
}

/// The task behind the copy.
struct Following(AbortHandle);

impl Drop for Following {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Cache {
    /// Begins to keep a copy of what passes `filter` on the service behind `channel`. It is empty
    /// until [`Cache::whole`].
    ///
    /// # Panics
    /// Outside a Tokio runtime.
    pub fn follow(name: &str, channel: Channel, filter: Filter) -> Self {
        let shared = Arc::new(SharedRecords::default());
        let (tell, fresh) = watch::channel(Freshness::default());
        let follower = Follower::new(name, channel, filter, None);
        let starts = FreshStarts::new(Instant::now());
        let keeper = Keeper { shared: shared.clone(), tell, coming: None, starts };
        let task = tokio::spawn(keeper.run(follower));
        Self { shared, fresh, _following: Arc::new(Following(task.abort_handle())) }
    }

    /// Waits until the first state is complete; for ever if the service cannot be reached, so put
    /// a time limit around it.
    pub async fn whole(&self) -> Freshness {
        self.reached(1).await
    }

    /// Waits until the copy has everything up to a revision: that which a write was answered with.
    pub async fn reached(&self, revision: i64) -> Freshness {
        let mut fresh = self.fresh.clone();
        let waited = fresh.wait_for(|fresh| fresh.revision >= revision.max(1)).await;
        // The task behind it ends with this copy only.
        waited.map(|fresh| fresh.clone()).unwrap_or_default()
    }

    /// How fresh it is now.
    pub fn freshness(&self) -> Freshness {
        self.fresh.borrow().clone()
    }

    /// Tells of each step of the copy, to wait for changes by `changed()`.
    pub fn subscribe(&self) -> watch::Receiver<Freshness> {
        self.fresh.clone()
    }

    /// The record of this name.
    ///
    /// # Errors
    /// Its document is not of this contract.
    pub fn get<D: Document>(&self, name: &str) -> Result<Option<CachedRecord<D>>> {
        let records = self.shared.read();
        let found = records.kinds.get(D::KIND).and_then(|kind| kind.get(name));
        found.map(|stored| stored.decoded()).transpose()
    }

    /// All records of a kind, in the order of their names.
    ///
    /// # Errors
    /// A document is not of this contract.
    pub fn list<D: Document>(&self) -> Result<Vec<CachedRecord<D>>> {
        let records = self.shared.read();
        let found = records.kinds.get(D::KIND).into_iter().flat_map(BTreeMap::values);
        found.map(KeptDocument::decoded).collect()
    }

    /// How many records of a kind there are.
    pub fn count<D: Document>(&self) -> usize {
        self.shared.read().kinds.get(D::KIND).map_or(0, BTreeMap::len)
    }
}

impl KeptDocument {
    fn decoded<D: Document>(&self) -> Result<CachedRecord<D>> {
        let document = D::decode(self.document.clone()).map_err(Error::internal)?;
        Ok(CachedRecord {
            document,
            etag: document::etag(self.version, &self.document),
            commit_time: self.commit_time,
            actor: self.actor.clone(),
        })
    }
}

impl SharedRecords {
    fn read(&self) -> RwLockReadGuard<'_, Records> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Records> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Applies the follower's events to the records.
struct Keeper {
    shared: Arc<SharedRecords>,
    tell: watch::Sender<Freshness>,
    /// A state that is not complete yet.
    coming: Option<Records>,
    starts: FreshStarts,
}

impl Keeper {
    async fn run(mut self, mut follower: Follower) {
        let mut link = follower.link();
        loop {
            tokio::select! {
                event = follower.next() => match event {
                    Event::Digest(wanted) if self.must_start_again(&wanted) => {
                        follower.rewind(None);
                    }
                    event => self.apply(event),
                },
                // Its sender lives in the follower.
                Ok(()) = link.changed() => {}
            }
            let now = link.borrow_and_update().clone();
            self.tell.send_modify(|fresh| fresh.link = now);
        }
    }

    fn apply(&mut self, event: Event) {
        match event {
            Event::StateBegins => self.coming = Some(Records::default()),
            Event::State(changes) => {
                let coming = self.coming.get_or_insert_default();
                changes.into_iter().for_each(|change| apply(coming, change));
            }
            Event::StateEnds(position) => {
                let state = self.coming.take().unwrap_or_default();
                let newest = state.kinds.values().flat_map(BTreeMap::values);
                let newest = newest.filter_map(|stored| stored.commit_time).max();
                *self.shared.write() = state;
                self.reached(&position, newest);
            }
            Event::Changes(changes, position) => {
                let newest = changes.iter().filter_map(commit_time).max();
                let mut records = self.shared.write();
                changes.into_iter().for_each(|change| apply(&mut records, change));
                drop(records);
                self.reached(&position, newest);
            }
            // The copy differs, and has started again not long ago.
            Event::Digest(_) => {}
        }
    }

    fn must_start_again(&mut self, wanted: &Digest) -> bool {
        let found = self.shared.read().digest.differences(wanted);
        for Difference { kind, held, wanted } in &found {
            tracing::warn!(kind, held, wanted, "a local copy differs from its service");
        }
        if !found.is_empty() {
            self.tell.send_modify(|fresh| fresh.differences += 1);
        }
        !found.is_empty() && self.starts.may_start(Instant::now())
    }

    /// After a restore the revision may be lower than before.
    fn reached(&self, position: &Position, newest: Option<SystemTime>) {
        self.tell.send_modify(|fresh| {
            fresh.revision = position.revision;
            fresh.commit_time = newest.or(fresh.commit_time);
        });
    }
}

/// A put carries the record's document; after any other operation the record is gone.
fn apply(records: &mut Records, change: Change) {
    let commit_time = commit_time(&change);
    let told = change.told;
    let version = told.document.is_some().then_some(told.version);
    let kind = records.kinds.entry(told.kind.clone()).or_default();
    let before = match told.document {
        Some(document) => {
            let actor = told.actor;
            let stored = KeptDocument {
                document: document.value,
                version: told.version,
                commit_time,
                actor,
            };
            kind.insert(told.name.clone(), stored)
        }
        None => kind.remove(&told.name),
    };
    let before = before.map(|stored| stored.version);
    records.digest.change(&told.kind, &told.name, before, version);
}

fn commit_time(change: &Change) -> Option<SystemTime> {
    change.told.commit_time.and_then(|time| SystemTime::try_from(time).ok())
}
