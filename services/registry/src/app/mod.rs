//! What the registry does when it is asked to write: the rules of each kind of record, with what it
//! refers to, who may write it, and what follows from it.
//!
//! One file for each kind ([`units`], [`malls`], [`counters`], [`services`], [`offerings`],
//! [`sources`]), on the one way to write a record (`mpp_resource::write`); [`filing`] is what they
//! share, [`relabel`] keeps true what lies below a mall or a unit that moves, [`seed`] brings the
//! regions in line at start.

pub mod counters;
pub mod filing;
pub mod malls;
pub mod offerings;
pub mod relabel;
pub mod seed;
pub mod services;
mod show;
pub mod sources;
pub mod units;

use std::sync::Arc;

use mpp_core::{Micros, Result};
use mpp_resource::{Replica, memory::Memory};
use mpp_store::Db;

use crate::{memory::State, policy::Policy, search::Engine};

/// What every method works on. Clones share it.
#[derive(Clone)]
pub struct Registry {
    /// The database: what is written.
    pub db: Db,
    /// This replica's memory: what is read.
    pub memory: Memory<State>,
    /// This replica's search index.
    pub search: Engine,
    /// Its settings.
    pub policy: Arc<Policy>,
}

impl Registry {
    /// The time by the process's clock, for what is worked out on reading.
    pub fn now(&self) -> Micros {
        self.db.clock().now()
    }

    /// Makes the memory exact about the records that refer to one that this transaction has locked.
    ///
    /// # Errors
    /// `UNAVAILABLE` where the memory lags too far.
    pub async fn catch_up(&self) -> Result<()> {
        self.memory.catch_up(&self.db).await
    }
}

impl Replica for Registry {
    type View = State;

    fn db(&self) -> &Db {
        &self.db
    }

    fn memory(&self) -> &Memory<State> {
        &self.memory
    }
}
