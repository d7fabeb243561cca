//! Use cases, one file each: the transaction, the caller's right to it, and its consequences.

mod book_appointment;
mod call_next;
mod cancel_appointment;
mod compare_bookings;
mod compare_queue;
mod complete_ticket;
mod copies;
mod count_day;
mod erase_past;
pub mod filters;
mod get_appointment;
mod get_hours;
mod get_queue;
pub mod hours_rules;
mod issue_ticket;
mod known;
mod list_appointments;
mod list_deviations;
mod list_slots;
mod lists;
mod measure_deviations;
mod relabel_rules;
pub mod sources;
mod tidy_sync;

use std::sync::Arc;

use mpp_core::Result;
use mpp_form::hours_rule::Target;
use mpp_resource::{Call, Replica, memory};
use mpp_store::Db;
use mpp_sync::Engine;

pub use copies::{Copied, kept};
pub use count_day::Waiting;
pub use erase_past::erase_past;
pub use get_hours::HoursWanted;
pub use issue_ticket::Arrival;
pub use known::Registry;
pub use list_appointments::AppointmentsWanted;
pub use list_deviations::DeviationsWanted;
pub use list_slots::SlotsWanted;
pub use measure_deviations::Deviations;

use crate::{
    memory::{Memory, records::Records},
    model::applicant::Keys,
    policy::Policy,
};

/// A replica of scheduling: every use case works on it. Clones share it.
#[derive(Clone)]
pub struct Scheduling {
    /// The database, shared by all replicas.
    pub db: Db,
    /// The replica's memory, which answers reads.
    pub memory: Memory,
    /// Knows the records that have not reached the memory yet.
    pub registry: Arc<Registry>,
    /// Keys that applicants are hashed under.
    pub keys: Keys,
    /// The operator's numbers.
    pub policy: Policy,
    /// Federation: its settings, and what its last look has found.
    pub sync: Engine,
}

impl Replica for Scheduling {
    type View = Records;

    fn db(&self) -> &Db {
        &self.db
    }

    fn memory(&self) -> &memory::Memory<Records> {
        self.memory.own()
    }
}

impl Scheduling {
    /// Succeeds if the caller may act for this target: as its officer, as its mall's organiser,
    /// or with a role that may act anywhere. `UNAVAILABLE` while memory does not know the owners
    /// yet.
    fn authorize(&self, call: &Call, target: &Target) -> Result<()> {
        let owners = self.memory.read().owners(target)?;
        call.grant.check(&owners.iter().map(String::as_str).collect::<Vec<_>>())
    }
}
