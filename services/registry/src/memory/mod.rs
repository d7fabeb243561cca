//! The directory and the catalog in this replica's memory, fed by the change feed.
//!
//! Reads are answered from here, so that they scale with the replicas and not with the database.
//! Records lie encoded, as the feed hands them on, beside their labels with every text kept once:
//! 100,000 services of 2 KB and 300,000 offerings take some 500 MB, where decoded messages would
//! take a multiple. What depends on the day or on another record (a mall's stage, an offering's
//! fees) is worked out on the way out ([`show`]) and so is never stale.
//!
//! A whole transaction is taken in under one lock: no reader sees half of it.

mod follow;
mod index;
mod show;
mod state;
mod table;

use std::{
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard},
    time::Duration,
};

use mpp_api::Document;
use mpp_core::{Error, Reason, Result};
use tokio::{sync::watch, time::timeout};

pub use follow::{Follow, KINDS};
pub use index::{searchable, updates};
pub use show::Show;
pub use state::{Listed, State};
pub use table::Row;

use crate::resource::Stamp;

/// How long a read waits for the first whole state. A caller that is turned away then finds
/// another replica sooner than this one.
const LOADING: Duration = Duration::from_secs(2);

/// The memory of this replica. Clones share it.
#[derive(Clone)]
pub struct Memory(Arc<Shared>);

struct Shared {
    state: RwLock<State>,
    /// The revision that the state has reached; `None` until the first state is complete.
    revision: watch::Sender<Option<i64>>,
}

/// A record out of memory.
#[derive(Clone, Debug)]
pub struct Stored<D> {
    /// Its name.
    pub name: String,
    /// The document as stored.
    pub doc: D,
    /// Version and times.
    pub stamp: Stamp,
}

impl<D: Document> Stored<D> {
    /// Decodes a row; `None` for bytes that are no such message, which the log then names.
    fn decode(name: &str, row: &Row) -> Option<Self> {
        match D::decode(row.doc.clone()) {
            Ok(doc) => Some(Self { name: name.to_owned(), doc, stamp: row.stamp }),
            Err(error) => {
                tracing::error!(name, %error, "a stored document cannot be decoded");
                None
            }
        }
    }
}

impl Default for Memory {
    /// Empty; reads wait until it is filled.
    fn default() -> Self {
        let (revision, _) = watch::channel(None);
        Self(Arc::new(Shared { state: RwLock::default(), revision }))
    }
}

impl Memory {
    /// Reads; everything that one guard shows is of one revision. Never held over an await.
    pub fn read(&self) -> RwLockReadGuard<'_, State> {
        // A panic in the follower leaves the last whole records; reads go on.
        self.0.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The revision that reads show; 0 before the first.
    pub fn revision(&self) -> i64 {
        self.0.revision.borrow().unwrap_or_default()
    }

    /// Waits until reads show `revision`, for as long as the caller polls; 0 is whatever there is,
    /// once it is whole. What is not yet loaded is not missing, and no list of it is empty.
    ///
    /// # Errors
    /// Unavailable where the first state takes too long.
    pub async fn wait_for(&self, revision: i64) -> Result<()> {
        let mut reached = self.0.revision.subscribe();
        let whole = timeout(LOADING, reached.wait_for(Option::is_some)).await;
        whole.map(drop).map_err(|_| loading())?;
        let waited = reached.wait_for(|reached| reached.is_some_and(|now| now >= revision));
        // It ends with the memory only, which `self` holds.
        waited.await.map(drop).map_err(Error::internal)
    }

    fn change(&self, revision: i64, change: impl FnOnce(&mut State) -> Result<()>) -> Result<()> {
        change(&mut self.0.state.write().unwrap_or_else(PoisonError::into_inner))?;
        self.0.revision.send_replace(Some(revision));
        Ok(())
    }
}

fn loading() -> Error {
    let message = "this replica is still loading; ask again, and another one answers meanwhile";
    Error::new(Reason::Unavailable, message).with_retry_after(LOADING)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_memory_that_does_not_load_turns_reads_away() {
        let error = Memory::default().wait_for(0).await.expect_err("not loaded");
        assert_eq!(error.reason(), Reason::Unavailable);
        assert!(error.retry_after().is_some());
    }

    #[tokio::test]
    async fn an_empty_state_is_whole_as_well() {
        let memory = Memory::default();
        memory.change(0, |_| Ok(())).expect("nothing fails");
        memory.wait_for(0).await.expect("whole");
    }
}
