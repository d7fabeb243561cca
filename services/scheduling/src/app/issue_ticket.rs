//! Printing a ticket for somebody who has come and waits.

use mpp_api::scheduling::{Appointment, IssueTicketResponse, ticket::Priority};
use mpp_core::{Error, Micros, Reason, Result};
use mpp_form::hours_rule::Target;
use mpp_resource::{
    Call,
    command::{self, Done},
};
use mpp_store::{Expect, Tx};

use super::Scheduling;
use crate::{
    model::{
        appointment::require_check_in,
        schedule::Schedule,
        slot::SlotName,
        ticket::{self, Queued, Rank, TicketState},
    },
    store::queue as sql,
};

/// A citizen who comes to a counter.
pub struct Arrival {
    /// The counter that the citizen comes to.
    pub counter: Target,
    /// Priority for the elderly, the disabled and the pregnant.
    pub priority: Priority,
    /// The appointment's name; empty for a walk-in.
    pub appointment: String,
}

impl Scheduling {
    /// Issues a ticket; for an appointment only on its day and at its counter.
    ///
    /// # Errors
    /// `NOT_FOUND`, `PERMISSION_DENIED`, `COUNTER_CLOSED`; `WRONG_STATE` or `REFERENCE_INVALID` for
    /// an appointment that cannot be checked in.
    pub async fn issue_ticket(
        &self,
        call: &Call,
        arrival: &Arrival,
    ) -> Result<Done<IssueTicketResponse>> {
        // A refusal counts inside the command only: the same request may have been answered before.
        let printer = self.printer(call, &arrival.counter).await;
        command::run(&self.db, call, async |tx| {
            let (schedule, prefix) = printer?;
            schedule.require_open(tx.now(), self.memory.decrees(), self.policy.days_ahead)?;
            let queued = self.number(tx, arrival, &schedule, &prefix).await?;
            if !sql::enter(tx, &queued).await? {
                let hint = "a ticket has been printed for this appointment; its holder waits";
                return Err(Error::new(Reason::WrongState, hint));
            }
            let ahead = sql::ahead_of(tx, &queued).await?;
            let (doc, labels) = (queued.document(), queued.labels(&arrival.counter, &schedule));
            tx.put(&doc.name, &doc, labels, Expect::New).await?;
            let ahead = i32::try_from(ahead).unwrap_or(i32::MAX);
            Ok(IssueTicketResponse { ticket: Some(doc), ahead, revision: 0 })
        })
        .await
    }

    /// The counter's schedule and the prefix of its tickets, if the caller may print them.
    async fn printer(&self, call: &Call, counter: &Target) -> Result<(Schedule, String)> {
        let schedule = self.known(|| self.memory.schedule(counter)).await?;
        self.authorize(call, counter)?;
        Ok((schedule, self.prefix(counter.name())?))
    }

    /// The next number of the prefix on the mall's local date, and where it stands in the queue.
    async fn number(
        &self,
        tx: &mut Tx,
        arrival: &Arrival,
        schedule: &Schedule,
        prefix: &str,
    ) -> Result<Queued> {
        let now = tx.now();
        let date = schedule.today(now)?;
        let appointment_at =
            check_in(tx, schedule, &arrival.appointment, &date.to_string()).await?;
        let mall = arrival.counter.mall().unwrap_or_default();
        let seq = sql::next_number(tx, mall, prefix, &date.to_string()).await?;
        let number = ticket::number(prefix, seq);
        Ok(Queued {
            name: ticket::name(mall, date, &number),
            counter: arrival.counter.name().to_owned(),
            date: date.to_string(),
            number,
            seq,
            rank: Rank::new(arrival.priority, now, appointment_at, self.policy.late_grace()),
            state: TicketState::Waiting,
            window: String::new(),
            appointment: arrival.appointment.clone(),
            issued_at: now,
            called_at: 0,
            completed_at: 0,
        })
    }

    fn prefix(&self, counter: &str) -> Result<String> {
        let state = self.memory.read();
        let known = state.directory.counter(counter)?;
        Ok(ticket::prefix(&known.ticket_prefix).to_owned())
    }
}

/// Checks the appointment in, and returns the start of its slot; `None` for a walk-in.
async fn check_in(
    tx: &mut Tx,
    schedule: &Schedule,
    appointment: &str,
    today: &str,
) -> Result<Option<Micros>> {
    if appointment.is_empty() {
        return Ok(None);
    }
    let stored = tx.get::<Appointment>(appointment).await?.ok_or_else(|| {
        let text = format!("appointment: {appointment} does not exist");
        Error::new(Reason::ReferenceInvalid, text)
    })?;
    require_check_in(&stored.doc, &schedule.target, today)?;
    let slot = SlotName::parse(&stored.doc.slot, "appointment")?;
    mpp_calendar::local_to_utc_micros(slot.date, slot.minute, schedule.zone)
        .map(Some)
        .map_err(Error::internal)
}
