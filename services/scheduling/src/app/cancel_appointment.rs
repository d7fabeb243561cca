//! Cancelling an appointment: its place is free again.

use mpp_api::scheduling::{Appointment, appointment};
use mpp_core::{Error, Result};
use mpp_resource::{
    Call,
    command::{self, Done},
};
use mpp_store::{Expect, Tx};

use super::Scheduling;
use crate::{
    metrics::BOOKINGS,
    model::appointment::{require_cancellable, shown},
    store::booking as sql,
};

impl Scheduling {
    /// Cancels the appointment `name` for those who know its code or keep its counter.
    ///
    /// # Errors
    /// `NOT_FOUND`, also for a wrong code; `PERMISSION_DENIED`; `WRONG_STATE` once it is cancelled,
    /// was called to a window, or has a ticket. Its day and time do not matter.
    pub async fn cancel_appointment(
        &self,
        call: &Call,
        name: &str,
        code: &str,
    ) -> Result<Done<Appointment>> {
        let cancel = async |tx: &mut Tx| self.cancel(tx, call, name, code).await;
        let done = command::run(&self.db, call, cancel).await?;
        BOOKINGS.add(1, ["cancelled"]);
        Ok(done)
    }

    async fn cancel(
        &self,
        tx: &mut Tx,
        call: &Call,
        name: &str,
        given_code: &str,
    ) -> Result<Appointment> {
        let stored = tx.get::<Appointment>(name).await?;
        let mut stored = stored.ok_or_else(|| Error::not_found(name))?;
        let code = sql::code_of(tx.conn(), name).await?;
        self.require_holder(call, &stored.doc, given_code, &code)?;
        let ticket = sql::ticket_of(tx.conn(), name).await?;
        require_cancellable(&stored.doc, ticket.as_deref())?;
        stored.doc.set_state(appointment::State::Cancelled);
        sql::give_back(tx, name, &stored.doc.slot).await?;
        tx.put(name, &stored.doc, stored.labels, Expect::Any).await?;
        Ok(shown(stored.doc, code, stored.create_time, tx.now()))
    }
}
