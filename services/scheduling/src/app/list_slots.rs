//! The slots of an offering, day by day, as they are planned and sold now.

use jiff::civil::Date;
use mpp_api::scheduling::{ListSlotsResponse, Slot};
use mpp_api::time::from_timestamp;
use mpp_core::Result;

use super::Scheduling;
use crate::{
    model::{
        date,
        schedule::Schedule,
        slot::{self, Terms},
        sold::{self, Sold},
    },
    store::booking as sql,
};

/// The offering and the days that are asked for.
pub struct SlotsWanted {
    /// The offering's resource name.
    pub offering: String,
    /// The first day; `None` for today.
    pub first: Option<Date>,
    /// How many days.
    pub days: i64,
    /// Only slots that lie ahead and have a place left.
    pub only_available: bool,
}

impl Scheduling {
    /// Lists slots, and the days that are closed.
    ///
    /// # Errors
    /// `NOT_FOUND`, `UNAVAILABLE`.
    pub async fn list_slots(&self, wanted: &SlotsWanted) -> Result<ListSlotsResponse> {
        let look = || self.memory.offering(&wanted.offering, "offering");
        let (schedule, terms) = self.known(look).await?;
        let now = self.db.clock().now();
        let today = schedule.today(now)?;
        let first = wanted.first.unwrap_or(today);
        let dates: Vec<Date> = (0..wanted.days).map(|n| date::shift(first, n)).collect();
        let sold = self.sold(&terms, &dates).await?;
        let mut answer = ListSlotsResponse {
            most_days: number(self.policy.slot_list_days),
            days_ahead: number(self.policy.days_ahead),
            first_date: first.to_string(),
            not_sold: terms
                .require_bookable()
                .map_or_else(|why| why.message().into(), |()| String::new()),
            ..Default::default()
        };
        for date in dates {
            let before = answer.slots.len();
            self.add_day(&mut answer, &schedule, &terms, date, &sold)?;
            // The hours of later days are told, but no place can be booked there yet.
            if !slot::is_on_sale(today, date, self.policy.days_ahead) {
                answer.slots[before..].iter_mut().for_each(|slot| slot.available = 0);
            }
        }
        let is_wanted = |slot: &Slot| slot.available > 0 && begins_after(slot, now);
        answer.slots.retain(|slot| !wanted.only_available || is_wanted(slot));
        Ok(answer)
    }

    async fn sold(&self, terms: &Terms, dates: &[Date]) -> Result<Vec<(String, Sold)>> {
        let (Some(first), Some(last)) = (dates.first(), dates.last()) else {
            return Ok(Vec::new());
        };
        let (from, to) = (first.to_string(), last.to_string());
        let mut read = self.db.read().await?;
        let sold = sql::sold(&mut read, &terms.offering, &from, &to).await?;
        read.end().await?;
        Ok(sold)
    }

    fn add_day(
        &self,
        answer: &mut ListSlotsResponse,
        schedule: &Schedule,
        terms: &Terms,
        date: Date,
        sold: &[(String, Sold)],
    ) -> Result<()> {
        let decrees = self.memory.decrees();
        let hours = schedule.day(date, decrees);
        if hours.intervals().is_empty() {
            answer.closed_days.push(schedule.day_hours(&hours));
        }
        let text = date.to_string();
        let of_day = sold.iter().filter(|(date, _)| *date == text);
        let of_day: Vec<Sold> = of_day.map(|(_, sold)| sold.clone()).collect();
        let planned = slot::plan(schedule, terms, date, decrees)?;
        answer.slots.extend(sold::merge(schedule, terms, date, &planned, &of_day)?);
        Ok(())
    }
}

/// A setting, whose range is far smaller.
fn number(setting: i64) -> i32 {
    i32::try_from(setting).unwrap_or(i32::MAX)
}

fn begins_after(slot: &Slot, now: i64) -> bool {
    let start = slot.start_time.as_ref().map(|at| from_timestamp(at, "start_time"));
    start.is_some_and(|start| start.is_ok_and(|start| start > now))
}
