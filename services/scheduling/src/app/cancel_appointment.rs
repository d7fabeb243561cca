//! Cancelling an appointment: its place is free again.

use mpp_api::scheduling::{Appointment, CancelAppointmentResponse, appointment};
use mpp_core::{Error, Result};
use mpp_store::{Expect, Tx};

use super::{App, Call};
use crate::{
    model::appointment::{require_cancellable, shown},
    store::booking as sql,
};

impl App {
    /// Cancels the appointment `name` for whoever knows its code or keeps its counter.
    ///
    /// # Errors
    /// `NOT_FOUND`, also for a wrong code; `PERMISSION_DENIED`; `WRONG_STATE` once it is too late.
    pub async fn cancel_appointment(
        &self,
        call: &Call,
        name: &str,
        code: &str,
    ) -> Result<CancelAppointmentResponse> {
        self.once(call, async {
            let mut tx = self.begin(call).await?;
            let appointment = Some(self.cancel(&mut tx, call, name, code).await?);
            Ok((tx, CancelAppointmentResponse { appointment, revision: 0 }))
        })
        .await
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
