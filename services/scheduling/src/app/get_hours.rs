//! The hours of a mall, a counter or an offering, day by day, and why they are so.

use jiff::civil::Date;
use mpp_api::scheduling::GetHoursResponse;
use mpp_core::{Error, FieldCode, NATIONAL, Result};
use mpp_form::hours_rule::Target;

use super::Scheduling;
use crate::model::date;

/// The target and the days that are asked for.
pub struct HoursWanted {
    /// A mall, a counter or an offering.
    pub target: Target,
    /// The first day; `None` for today.
    pub first: Option<Date>,
    /// How many days.
    pub days: i64,
    /// The revision that the answer has to show.
    pub min_revision: i64,
}

impl Scheduling {
    /// The opening hours of a target, day by day, each with what they rest on.
    ///
    /// # Errors
    /// `NOT_FOUND`, `UNAVAILABLE`.
    pub async fn get_hours(&self, wanted: &HoursWanted) -> Result<GetHoursResponse> {
        if wanted.target.name() == NATIONAL {
            let hint = "the nation keeps no hours; name a mall, a counter or an offering";
            return Err(Error::field("target", FieldCode::Name, hint));
        }
        self.memory.own().wait_for(wanted.min_revision).await?;
        let schedule = self.known(|| self.memory.schedule(&wanted.target)).await?;
        let now = self.db.clock().now();
        let first = wanted.first.map_or_else(|| schedule.today(now), Ok)?;
        let decrees = self.memory.decrees();
        let day = |n| schedule.day_hours(&schedule.day(date::shift(first, n), decrees));
        Ok(GetHoursResponse { days: (0..wanted.days).map(day).collect() })
    }
}
