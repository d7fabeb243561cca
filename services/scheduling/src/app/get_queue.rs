//! A counter's queue as its display shows it.

use mpp_api::scheduling::GetQueueResponse;
use mpp_core::Result;
use mpp_form::hours_rule::Target;

use super::Scheduling;
use crate::{
    model::ticket::{Queued, TicketState},
    store::queue as sql,
};

impl Scheduling {
    /// The tickets that wait at a counter today, and those that were called to a window.
    ///
    /// # Errors
    /// `NOT_FOUND`, `UNAVAILABLE`.
    pub async fn get_queue(&self, counter: &Target) -> Result<GetQueueResponse> {
        let schedule = self.known(|| self.memory.schedule(counter)).await?;
        let date = schedule.today(self.db.clock().now())?.to_string();
        let (name, policy) = (counter.name(), &self.policy);
        let mut read = self.db.read().await?;
        let (waiting, completed) = sql::counts(&mut read, name, &date).await?;
        let called =
            sql::first(&mut read, name, &date, TicketState::Called, policy.called_tickets_shown)
                .await?;
        let next =
            sql::first(&mut read, name, &date, TicketState::Waiting, policy.waiting_tickets_shown)
                .await?;
        read.end().await?;
        let count = |count: i64| i32::try_from(count).unwrap_or(i32::MAX);
        Ok(GetQueueResponse {
            counter: name.to_owned(),
            date,
            waiting: count(waiting),
            completed: count(completed),
            called: called.iter().map(Queued::document).collect(),
            next: next.iter().map(Queued::document).collect(),
        })
    }
}
