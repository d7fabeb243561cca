//! The view that reads are answered from, and the revision that it has reached.

use std::{
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard},
    time::Duration,
};

use mpp_core::{Digest, Error, FieldCode, Reason, Result};
use mpp_store::{Change, Db, LastProof};
use tokio::{
    sync::{Notify, watch},
    time::{Instant, error::Elapsed, timeout},
};

use super::{
    lost::Lost,
    records::{HeldRecord, Records},
};
use crate::metrics;

/// Time kept free for the answer of a finished write to reach its author: a wait ends this long
/// before the call's deadline.
const ANSWER: Duration = Duration::from_millis(100);

/// Everything that a service answers reads from, at one revision.
pub trait View: Default + Send + Sync + 'static {
    /// The kinds of record that it is made of.
    const KINDS: &'static [&'static str];

    /// Takes in one change of a record of `kind`, one of [`View::KINDS`].
    ///
    /// # Errors
    /// Internal, for a document that cannot be read. The whole state is then loaded anew.
    fn apply(&mut self, kind: &'static str, change: &Change) -> Result<()>;

    /// The records themselves.
    fn records(&self) -> &Records;
}

/// How long a memory lets others wait.
#[derive(Clone, Copy, Debug)]
pub struct Waits {
    /// How long a read waits for the first whole state. A caller that is turned away then finds
    /// another replica sooner than this one.
    pub loading: Duration,
    /// How long a write waits until reads of this replica show it.
    pub catch_up: Duration,
}

#[cfg(test)]
impl Waits {
    /// How long the tests of this crate let others wait.
    pub(crate) const TESTS: Self =
        Self { loading: Duration::from_secs(2), catch_up: Duration::from_secs(5) };
}

/// The memory of this replica. Clones share it.
pub struct Memory<V>(Arc<MemoryState<V>>);

struct MemoryState<V> {
    view: RwLock<V>,
    /// The revision that the view has reached; `None` until the first state is complete.
    revision: watch::Sender<Option<i64>>,
    waits: Waits,
    lost: Lost,
    /// Somebody wants the whole state to be loaded again.
    again: Notify,
    proof: LastProof,
}

impl<V> Clone for Memory<V> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<V> MemoryState<V> {
    fn read(&self) -> RwLockReadGuard<'_, V> {
        // A panic in the follower leaves the last whole records; reads go on.
        self.view.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn reached(&self) -> i64 {
        self.revision.borrow().unwrap_or_default()
    }
}

impl<V: View> Memory<V> {
    /// An empty memory; reads wait until it is filled.
    pub fn new(waits: Waits) -> Self {
        let (revision, _) = watch::channel(None);
        let (view, lost) = (RwLock::default(), Lost::default());
        let (again, proof) = (Notify::new(), LastProof::default());
        Self(Arc::new(MemoryState { view, revision, waits, lost, again, proof }))
    }

    /// Reads; everything that one guard shows is of one revision. Never held over an await.
    pub fn read(&self) -> RwLockReadGuard<'_, V> {
        self.0.read()
    }

    /// True once the first state is complete.
    pub fn is_whole(&self) -> bool {
        self.0.revision.borrow().is_some()
    }

    /// The revision that reads show; 0 before the first.
    pub fn revision(&self) -> i64 {
        self.0.reached()
    }

    /// Waits until reads show `revision`, for as long as the caller polls; 0 is whatever there is,
    /// once it is whole. A record that is not loaded yet is not missing, and no list is empty for
    /// that reason. Meanwhile it takes no place from calls that could be answered.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the first state takes too long; `LINEAGE_CHANGED` if the database has
    /// no such revision; `LIMIT_REACHED` and `OVERLOADED` if as many wait as may.
    pub async fn wait_for(&self, revision: i64) -> Result<()> {
        if revision < 0 {
            let text = "is negative; send the revision that a write was answered with, or nothing";
            return Err(Error::field("min_revision", FieldCode::OutOfRange, text));
        }
        let reached = async {
            tokio::select! {
                biased;
                reached = self.reaches(revision) => reached,
                error = self.0.lost.is_known(revision) => Err(error),
            }
        };
        mpp_rpc::waiting(reached).await?
    }

    async fn reaches(&self, revision: i64) -> Result<()> {
        let mut reached = self.0.revision.subscribe();
        let loading = self.0.waits.loading;
        let whole = timeout(loading, reached.wait_for(Option::is_some)).await;
        whole.map(drop).map_err(|_| still_loading(loading))?;
        let waited = reached.wait_for(|reached| reached.is_some_and(|now| now >= revision));
        // It ends with the memory only, which `self` holds.
        waited.await.map(drop).map_err(Error::internal)
    }

    /// Waits until reads here show a write, so that its author sees it. A replica that lags does
    /// not fail the write, which is done: the wait ends before the call's deadline.
    pub async fn see(&self, revision: i64, deadline: Option<Instant>) {
        let left = deadline.map(|at| at.saturating_duration_since(Instant::now() + ANSWER));
        let limit = left.unwrap_or(Duration::MAX).min(self.0.waits.catch_up);
        if !matches!(timeout(limit, self.reaches(revision)).await, Ok(Ok(()))) {
            tracing::warn!(revision, "the memory lags behind a write of this replica");
        }
    }

    /// Waits until the memory shows all that was committed up to `head`. With the head of a
    /// transaction that holds the lock of a record, it makes the memory exact about the records
    /// that refer to that one: a write that wants to refer to it waits for the same lock.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the memory lags too far.
    pub async fn catch_up(&self, head: i64) -> Result<()> {
        let limit = self.0.waits.catch_up;
        let lags = |_: Elapsed| {
            let message = "this replica's memory lags behind the database";
            Error::new(Reason::Unavailable, message).with_retry_after(limit)
        };
        timeout(limit, self.reaches(head)).await.map_err(lags)?
    }

    /// Runs `look` on the memory. If it names something unknown, runs it again once the memory
    /// shows all that was committed before: another replica may just have written it.
    ///
    /// # Errors
    /// The errors of `look`; `UNAVAILABLE` if the database is away or the memory lags too far.
    pub async fn settled<T>(&self, look: impl Fn(&V) -> Result<T>) -> Result<T> {
        let found = look(&self.read());
        if found.as_ref().map_or_else(Error::may_be_due_to_lag, |_| false) {
            mpp_rpc::waiting(self.reach_head()).await??;
            return look(&self.read());
        }
        found
    }

    async fn reach_head(&self) -> Result<()> {
        let head = self.0.lost.head().await.ok_or_else(|| {
            let text = "whether another replica has just written it cannot be told: the database is \
                        away; try again";
            Error::new(Reason::Unavailable, text).with_retry_after(self.0.waits.loading)
        })?;
        self.catch_up(head).await
    }

    /// The memory's revision, 0 before the first whole state, and the digest of its records then.
    pub fn held(&self) -> (i64, Digest) {
        let view = self.0.read();
        (self.0.reached(), view.records().digest().clone())
    }

    /// All records of one moment, with shared documents, and the revision.
    pub(crate) fn rows(&self) -> (i64, Vec<HeldRecord>) {
        let view = self.0.read();
        (self.0.reached(), view.records().all())
    }

    /// Loads the whole state again; until then the present one is served.
    pub fn start_again(&self) {
        self.0.again.notify_one();
    }

    pub(super) async fn asked_to_start_again(&self) {
        self.0.again.notified().await;
    }

    /// When the memory was last compared with what its service holds, and with which outcome.
    pub fn last_proof(&self) -> &LastProof {
        &self.0.proof
    }

    /// Ties the memory to its database, which knows whether a revision was lost, and begins to
    /// measure how much the memory holds.
    pub(super) fn belongs_to(&self, db: &Db) {
        self.0.lost.ask(db);
        self.measured(db.name());
    }

    fn measured(&self, service: &'static str) {
        metrics::REVISION.observe(&self.0, [service], |shared| shared.reached() as f64);
        metrics::BYTES.observe(&self.0, [service], |shared| shared.read().records().bytes() as f64);
        metrics::RECORDS.observe_each(&self.0, move |shared| {
            let view = shared.read();
            let point = |(kind, count): (&str, usize)| {
                (vec![service.to_owned(), kind.to_owned()], count as f64)
            };
            view.records().counts().map(point).collect()
        });
    }

    pub(super) fn change(
        &self,
        revision: i64,
        change: impl FnOnce(&mut V) -> Result<()>,
    ) -> Result<()> {
        let mut view = self.0.view.write().unwrap_or_else(PoisonError::into_inner);
        change(&mut view)?;
        self.0.revision.send_replace(Some(revision));
        Ok(())
    }

    /// Replaces the view with a whole new one, and hands the earlier one back.
    pub(super) fn replace(&self, revision: i64, mut view: V) -> V {
        let mut own = self.0.view.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::swap(&mut *own, &mut view);
        self.0.revision.send_replace(Some(revision));
        drop(own);
        view
    }
}

fn still_loading(retry_after: Duration) -> Error {
    let message = "this replica is still loading; ask again, and another one answers meanwhile";
    Error::new(Reason::Unavailable, message).with_retry_after(retry_after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Nothing(Records);

    impl View for Nothing {
        const KINDS: &'static [&'static str] = &[];

        fn apply(&mut self, _kind: &'static str, _change: &Change) -> Result<()> {
            Ok(())
        }

        fn records(&self) -> &Records {
            &self.0
        }
    }

    #[tokio::test]
    async fn a_memory_that_does_not_load_turns_reads_away() {
        let memory: Memory<Nothing> = Memory::new(Waits::TESTS);
        let error = memory.wait_for(0).await.expect_err("not loaded");
        assert_eq!(error.reason(), Reason::Unavailable);
        assert!(error.retry_after().is_some());
    }

    #[tokio::test]
    async fn a_write_that_is_done_is_answered_before_its_deadline() {
        let memory: Memory<Nothing> = Memory::new(Waits::TESTS);
        memory.replace(0, Nothing::default());
        let deadline = Instant::now() + 3 * ANSWER;
        // The transaction takes its part of the time.
        tokio::time::sleep(ANSWER).await;
        memory.see(1, Some(deadline)).await;
        assert!(Instant::now() < deadline);
    }

    #[tokio::test]
    async fn an_empty_state_is_whole_as_well() {
        let memory: Memory<Nothing> = Memory::new(Waits::TESTS);
        memory.replace(0, Nothing::default());
        memory.wait_for(0).await.expect("whole");
    }
}
