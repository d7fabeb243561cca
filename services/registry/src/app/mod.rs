//! The rules of each kind of record: the records that it refers to, who may write it, and the
//! records that change with it.
//!
//! One file for each kind ([`regions`], [`units`], [`malls`], [`counters`] with their windows,
//! [`services`], [`offerings`], [`standards`] with the links to them, [`life_events`],
//! [`sources`]), on the one way to write a record (`mpp_resource::write`); [`filing`] is shared by
//! them, [`relabel`] brings the labels below a mall or a unit that moves in line. `authors` leaves
//! persons out of what is answered. [`copies`] reads all that is kept. [`published`] has units,
//! malls and counters of a source changed there only.
//!
//! Of standards: `suggestions`, which service may be of which one; `divergences`, where those of
//! one differ; `compare_with_standard`, what a service says otherwise, and `standing`, what that
//! makes of it; `adopt_standard`, how it takes the text over (`follow_standard`: the text that it
//! then has); `carry_links`, what is kept when a service lives on under another name; `progress`
//! and `measure_adoption`, how many do. Work over many records takes its turn by
//! `comparison_turns`.
//!
//! Of processes: `processes`, which services lead to one or through a life event, `satisfiers`,
//! which may, and `broken`, what leads nowhere.
//!
//! [`lists`] picks the records of a list, [`search`] answers questions; both refuse filters that
//! nothing can pass, by [`filters`].

mod adopt_standard;
mod authors;
mod broken;
mod carry_links;
mod compare_with_standard;
mod comparison_turns;
pub mod copies;
pub mod counters;
mod divergences;
pub mod filing;
pub mod filters;
mod follow_standard;
pub mod life_events;
pub mod lists;
pub mod malls;
mod measure_adoption;
pub mod offerings;
mod processes;
mod progress;
pub mod published;
pub mod regions;
pub mod relabel;
mod satisfiers;
pub mod search;
pub mod services;
pub mod sources;
pub mod standards;
mod standing;
mod suggestions;
pub mod units;
mod withdrawn;

use std::sync::Arc;

pub use broken::Faults;
pub use comparison_turns::Comparing;
pub use measure_adoption::Measured;
use mpp_core::Micros;
use mpp_resource::{Replica, memory::Memory};
use mpp_store::Db;

use crate::{memory::RegistryView, policy::Policy, search::Engine};

/// A replica of the registry: every method works on it. Clones share it.
#[derive(Clone)]
pub struct Registry {
    /// The database, which is written to.
    pub db: Db,
    /// This replica's memory, which is read from.
    pub memory: Memory<RegistryView>,
    /// This replica's search index.
    pub search: Engine,
    /// Its index of life events.
    pub events: Engine,
    /// What it keeps for federation.
    pub sync: mpp_sync::Engine,
    /// Its settings.
    pub policy: Arc<Policy>,
    /// Places for work that compares many records.
    pub comparing: Comparing,
    /// How all services stood to their standards when it last looked.
    pub measured: Measured,
    /// How many requirements led nowhere then.
    pub faults: Faults,
}

impl Registry {
    /// The time by the process's clock, for fields that depend on the day.
    pub fn now(&self) -> Micros {
        self.db.clock().now()
    }
}

impl Replica for Registry {
    type View = RegistryView;

    fn db(&self) -> &Db {
        &self.db
    }

    fn memory(&self) -> &Memory<RegistryView> {
        &self.memory
    }
}
