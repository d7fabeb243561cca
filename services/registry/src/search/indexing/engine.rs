//! The handle to a running search engine.

use std::sync::{Arc, PoisonError, RwLock};
use std::thread;

use mpp_rpc::Turns;
use tokio::sync::{mpsc, watch};
use tokio::task::spawn_blocking;

use super::{
    doc::Update,
    index::Index,
    table::SlotTable,
    writer::{Published, Readers, SearchState, Writer},
};
use crate::search::{
    asking::question::{Error, Query},
    ranking::{answer::Results, query},
    words::typo::Tolerance,
};

/// Updates in one entry of the queue.
const BATCH: usize = 1_000;

/// A search engine in this process's memory. Clones share it; its thread ends after the last is
/// dropped.
#[derive(Clone)]
pub struct Engine {
    queue: mpsc::Sender<Vec<Update>>,
    shared: Arc<SearchState>,
    published: watch::Receiver<i64>,
    /// One place for each processor: more searches at once would only slow each other.
    turns: Turns<String>,
    tolerance: Tolerance,
}

impl Engine {
    /// Starts an empty engine. Its queue holds `capacity` (at least 1) batches of up to a thousand
    /// updates.
    pub fn start(capacity: usize, tolerance: Tolerance) -> Result<Self, Error> {
        let index = Index::in_memory()?;
        let state = RwLock::new(Published {
            table: SlotTable::default(),
            view: index.view()?,
            revision: 0,
            steps: 0,
        });
        let shared = Arc::new(SearchState { state, readers: Readers::default() });
        let (queue, updates) = mpsc::channel(capacity.max(1));
        let (sender, published) = watch::channel(0);
        let writer = Writer::new(index, updates, shared.clone(), sender);
        thread::Builder::new()
            .name("search-writer".into())
            .spawn(move || {
                if let Err(error) = writer.run() {
                    tracing::error!(%error, "the search writer ended; searches fail until this replica starts again");
                }
            })
            .map_err(|error| Error::Index(error.into()))?;
        let processors = thread::available_parallelism().map_or(1, usize::from);
        Ok(Self { queue, shared, published, turns: Turns::new(processors, processors), tolerance })
    }

    /// Hands updates over in the feed's order; waits while the queue is full. They are searchable
    /// shortly after.
    pub async fn apply(&self, updates: Vec<Update>) -> Result<(), Error> {
        let mut updates = updates.into_iter();
        loop {
            let batch: Vec<Update> = updates.by_ref().take(BATCH).collect();
            if batch.is_empty() {
                return Ok(());
            }
            self.queue.send(batch).await.map_err(|_| Error::Stopped)?;
        }
    }

    /// The revision that searches show.
    pub fn revision(&self) -> i64 {
        *self.published.borrow()
    }

    /// Answers a query for the caller `who`: callers take turns when there are more searches than
    /// processors. With a `min_revision` it first waits until that is searchable, for as long as
    /// the caller polls: the deadline is the caller's.
    pub async fn search_for(&self, who: &str, query: Query) -> Result<Results, Error> {
        query::check(&query)?;
        self.caught_up(query.min_revision).await?;
        let turn = self.turns.take(who.to_owned()).await;
        let (shared, tolerance) = (self.shared.clone(), self.tolerance);
        let search = spawn_blocking(move || {
            let _turn = turn;
            // The writer changes the state only by whole steps that do not panic.
            let state = shared.state.read().unwrap_or_else(PoisonError::into_inner);
            query::run(&state, &query, &tolerance)
        });
        search.await.map_err(|_| Error::Stopped)?
    }

    /// Like [`Engine::search_for`], without a caller.
    pub async fn search(&self, query: Query) -> Result<Results, Error> {
        self.search_for("", query).await
    }

    /// The state that the writer and the readers share.
    pub fn shared(&self) -> Arc<SearchState> {
        self.shared.clone()
    }

    /// Waits until a revision is searchable.
    pub async fn caught_up(&self, revision: i64) -> Result<(), Error> {
        let mut published = self.published.clone();
        // Its sender is the writer, which has ended if it is gone.
        published.has_changed().map_err(|_| Error::Stopped)?;
        if *published.borrow() < revision {
            let _waiting = self.shared.readers.wait();
            published
                .wait_for(|published| *published >= revision)
                .await
                .map_err(|_| Error::Stopped)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::{pin::pin, time::Duration};

    use futures::FutureExt as _;
    use tokio::time::timeout;

    use super::*;
    use crate::Policy;

    const SOON: Duration = Duration::from_secs(60);

    /// If nobody takes up a place, others would wait for it for ever.
    #[tokio::test]
    async fn a_crowd_of_one_callers_searches_holds_up_another_callers_by_one_of_them() {
        let engine = Engine::start(1, (&Policy::default()).into()).expect("an index");
        let mut busy = Vec::new();
        while let Some(turn) = engine.turns.take("users/crowd".to_owned()).now_or_never() {
            busy.push(turn);
        }
        let mut crowd: Vec<_> = (0..100)
            .map(|_| Box::pin(engine.search_for("users/crowd", Query::default())))
            .collect();
        for search in &mut crowd {
            assert!(search.as_mut().now_or_never().is_none(), "all processors are taken");
        }
        let mut other = pin!(engine.search_for("users/siti", Query::default()));
        assert!(other.as_mut().now_or_never().is_none(), "all processors are taken");
        busy.pop();
        let first = timeout(SOON, crowd.remove(0)).await.expect("who waited longest");
        first.expect("an answer");
        let other = timeout(SOON, other).await.expect("before the next of the crowd");
        other.expect("an answer");
    }
}
