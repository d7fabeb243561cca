//! The question that a report answers.

use jiff::civil::{Date, date};
use mpp_calendar::{Zone, local_date};
use mpp_core::{Error, FieldCode, Micros, Result};

/// The first day that can be asked for: the calendar's rules begin in 1995, and no mall is so old.
const FIRST_DAY: Date = date(1995, 1, 1);

/// The day and the state of knowledge that a report is asked for.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// The day that facts must hold for; `None`: today, in Jakarta for the nation, at each mall for
    /// its own tickets.
    pub as_of: Option<Date>,
    /// Facts that became known after it are left out; `None`: nothing is.
    pub known_on: Option<Micros>,
    /// The time now.
    pub now: Micros,
}

impl Question {
    /// Asks for today, with everything that is known now.
    pub fn now(now: Micros) -> Self {
        Self { now, ..Self::default() }
    }

    /// Refuses days and times that no report can answer for.
    ///
    /// # Errors
    /// Names the field, `as_of` or `known_on`; internal, where now is outside the calendar.
    pub fn check(&self) -> Result<()> {
        let today = local_date(self.now, Zone::Wib).map_err(Error::internal)?;
        let out_of_range =
            |field, text: String| Err(Error::field(field, FieldCode::OutOfRange, text));
        match self.as_of {
            Some(day) if day > today => out_of_range(
                "as_of",
                format!(
                    "{day} is yet to come; today is {today} in Jakarta, the last day to ask for"
                ),
            )?,
            Some(day) if day < FIRST_DAY => out_of_range(
                "as_of",
                format!("{day} is too early; the first day to ask for is {FIRST_DAY}"),
            )?,
            _ => {}
        }
        let known_day = self.known_on.map(|time| local_date(time, Zone::Wib));
        match (self.known_on, known_day) {
            (Some(time), _) if time > self.now => out_of_range(
                "known_on",
                "is yet to come; leave it empty for what is known now".to_owned(),
            ),
            (Some(_), Some(day)) if day.as_ref().map_or(true, |day| *day < FIRST_DAY) => {
                out_of_range(
                    "known_on",
                    format!("is too early; the first day to ask for is {FIRST_DAY}"),
                )
            }
            _ => Ok(()),
        }
    }
}
