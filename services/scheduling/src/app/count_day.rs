//! The day in numbers, for the operator of the service: the tickets that wait, and the places that
//! are offered.

use mpp_calendar::Zone;
use mpp_core::{Micros, Result};

use super::Scheduling;
use crate::{
    model::{date::local, slot},
    store::queue as sql,
};

/// Offerings that are planned before other work gets a turn.
const AT_ONCE: usize = 200;

/// The tickets that wait today.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// How many tickets wait.
    pub tickets: i64,
    /// When the first of them came; `None` if nobody waits.
    pub since: Option<Micros>,
}

impl Scheduling {
    /// The tickets that wait at any counter. The day begins last in the west: a ticket from after
    /// that is of today everywhere.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the database is away.
    pub async fn count_waiting(&self) -> Result<Waiting> {
        let (today, _) = local(self.db.clock().now(), Zone::Wib)?;
        let mut read = self.db.read().await?;
        let (tickets, since) = sql::waiting_since(&mut read, &today.to_string()).await?;
        read.end().await?;
        Ok(Waiting { tickets, since })
    }

    /// How many places all offerings have today, in their slots and by their quotas.
    pub async fn count_offered(&self) -> i64 {
        let names = self.memory.read().directory.offering_names();
        let mut places = 0;
        for some in names.chunks(AT_ONCE) {
            places += some.iter().map(|name| self.offered(name).unwrap_or(0)).sum::<i64>();
            tokio::task::yield_now().await;
        }
        places
    }

    /// The places of one offering. An offering that has gone meanwhile, or is not booked, has none.
    fn offered(&self, name: &str) -> Result<i64> {
        let (schedule, terms) = self.memory.offering(name, "offering")?;
        let today = schedule.today(self.db.clock().now())?;
        let slots = slot::plan(&schedule, &terms, today, self.memory.decrees())?.len();
        let places = i64::try_from(slots).unwrap_or(i64::MAX).saturating_mul(terms.slot_capacity);
        let quota = if terms.quota_per_day > 0 { terms.quota_per_day } else { i64::MAX };
        Ok(places.min(quota))
    }
}
