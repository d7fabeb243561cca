//! Use cases, one file each: the transaction, the caller's right to it, and its consequences.

mod book_appointment;
mod call_next;
mod cancel_appointment;
mod complete_ticket;
mod erase_past;
mod get_appointment;
mod get_hours;
mod get_queue;
mod hours_rules;
mod issue_ticket;
mod list_deviations;
mod list_slots;
mod measure_deviations;
mod once;

use std::time::Duration;

use mpp_core::{Caller, Error, Reason, Result};
use mpp_rpc::Grant;
use mpp_store::{Actor, Db, RequestKey, Tx};
use tokio::sync::watch;

pub use erase_past::erase_past;
pub use get_hours::HoursWanted;
pub use issue_ticket::Arrival;
pub use list_deviations::DeviationsWanted;
pub use list_slots::SlotsWanted;
pub use measure_deviations::Deviations;

use crate::{
    memory::Memory,
    model::{applicant::Keys, target::Target},
    policy::Policy,
};

/// The service's parts.
pub struct App {
    /// The database.
    pub db: Db,
    /// Answers reads.
    pub memory: Memory,
    /// Keys that applicants are hashed under.
    pub keys: Keys,
    /// The operator's numbers.
    pub policy: Policy,
    /// The own feed's revision that the memory has seen.
    pub applied: watch::Receiver<i64>,
}

/// The caller, and how the call is to be taken.
pub struct Call {
    /// The caller.
    pub caller: Caller,
    /// The method's line in the authorization table, for this caller.
    pub grant: Grant,
    /// Set where the client gave a request id.
    pub key: Option<RequestKey>,
    /// Check everything and keep nothing.
    pub validate_only: bool,
    /// Time until the caller's deadline.
    pub time_left: Option<Duration>,
}

impl App {
    async fn begin(&self, call: &Call) -> Result<Tx> {
        let by = Actor { origin: "api".into(), subject: call.caller.subject.clone() };
        self.db.begin(&by).await
    }

    /// Succeeds where the caller may act at this place: as its officer, as its mall's organiser, or
    /// with a role that may act anywhere.
    fn authorize(&self, call: &Call, target: &Target) -> Result<()> {
        let owners = self.memory.read().owners(target);
        call.grant.check(&owners.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// Waits until the memory has seen `revision` of the own feed.
    ///
    /// # Errors
    /// `DEADLINE_EXCEEDED` where that takes longer than the call has time for.
    pub async fn wait_for(&self, revision: i64, call: &Call) -> Result<()> {
        let mut applied = self.applied.clone();
        let limit = call.time_left.unwrap_or(self.policy.catch_up());
        let arrived = applied.wait_for(|seen| *seen >= revision);
        match tokio::time::timeout(limit, arrived).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_)) => Err(Error::new(Reason::Unavailable, "the server is stopping")),
            Err(_) => Err(Error::new(
                Reason::DeadlineExceeded,
                format!("revision {revision} has not arrived at this replica; try again"),
            )),
        }
    }
}
