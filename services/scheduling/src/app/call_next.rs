//! Calling the first citizen who waits at a counter to a window.

use mpp_api::scheduling::{Appointment, Ticket, appointment};
use mpp_core::{Error, Reason, Result};
use mpp_form::hours_rule::Target;
use mpp_resource::{
    Call,
    command::{self, Done},
};
use mpp_store::{Expect, Tx};

use super::Scheduling;
use crate::{model::schedule::Schedule, store::queue as sql};

impl Scheduling {
    /// Calls the first of the counter's queue to one of its windows.
    ///
    /// # Errors
    /// `NOT_FOUND`, `PERMISSION_DENIED`; `QUEUE_EMPTY`; `WRONG_STATE` while the window serves.
    pub async fn call_next(
        &self,
        call: &Call,
        counter: &Target,
        window: &str,
    ) -> Result<Done<Ticket>> {
        // A refusal counts inside the command only: the same request may have been answered before.
        let schedule = self.window_schedule(call, counter, window).await;
        let skip_locked = !self.db.is_sqlite();
        command::run(&self.db, call, async |tx| {
            let schedule = schedule?;
            let (name, today) = (counter.name(), schedule.today(tx.now())?.to_string());
            let called = sql::call_next(tx, name, &today, window, skip_locked).await?;
            let Some(called) = called else {
                return Err(nobody_called(tx, name, window).await?);
            };
            serve_appointment(tx, &called.appointment).await?;
            let (doc, labels) = (called.document(), called.labels(counter, &schedule));
            tx.put(&doc.name, &doc, labels, Expect::Any).await?;
            Ok(doc)
        })
        .await
    }

    /// The schedule of the window's counter, if the caller may call citizens to it.
    async fn window_schedule(
        &self,
        call: &Call,
        counter: &Target,
        window: &str,
    ) -> Result<Schedule> {
        let look = || {
            let state = self.memory.read();
            state.directory.require_window(window)?;
            state.schedule(counter)
        };
        let schedule = self.known(look).await?;
        self.authorize(call, counter)?;
        Ok(schedule)
    }
}

/// An appointment counts as served once its holder is called to a window.
async fn serve_appointment(tx: &mut Tx, name: &str) -> Result<()> {
    if name.is_empty() {
        return Ok(());
    }
    let Some(mut stored) = tx.get::<Appointment>(name).await? else {
        return Ok(());
    };
    stored.doc.set_state(appointment::State::Served);
    tx.put(name, &stored.doc, stored.labels, Expect::Any).await.map(drop)
}

/// Why nobody was called.
async fn nobody_called(tx: &mut Tx, counter: &str, window: &str) -> Result<Error> {
    Ok(match sql::served_at(tx, window).await? {
        Some(ticket) => Error::new(Reason::WrongState, ticket.busy_text()),
        None => Error::new(Reason::QueueEmpty, format!("nobody waits at {counter}")),
    })
}
