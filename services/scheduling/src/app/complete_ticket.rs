//! A called ticket is served: the window is free again.

use mpp_api::scheduling::Ticket;
use mpp_core::{Error, Reason, Result};
use mpp_form::hours_rule::Target;
use mpp_resource::{
    Call,
    command::{self, Done},
};
use mpp_store::Expect;

use super::Scheduling;
use crate::store::queue as sql;

impl Scheduling {
    /// Completes the ticket `name`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `PERMISSION_DENIED`; `WRONG_STATE` for one that is not called.
    pub async fn complete_ticket(&self, call: &Call, name: &str) -> Result<Done<Ticket>> {
        command::run(&self.db, call, async |tx| {
            let stored = tx.get::<Ticket>(name).await?.ok_or_else(|| Error::not_found(name))?;
            self.authorize(call, &Target::counter_named(&stored.doc.counter, "counter")?)?;
            let Some(completed) = sql::complete(tx, name).await? else {
                return Err(not_called(&stored.doc));
            };
            let doc = completed.document();
            tx.put(name, &doc, stored.labels, Expect::Any).await?;
            Ok(doc)
        })
        .await
    }
}

fn not_called(ticket: &Ticket) -> Error {
    let state = mpp_api::word(ticket.state().as_str_name()).to_lowercase();
    Error::new(Reason::WrongState, format!("{} is {state}, not called", ticket.name))
}
