//! The civil service's working hours as the law sets them: one dated row for each text.
//!
//! `data/working_hours.csv` holds what the texts fix (days and minutes of the week, start, breaks,
//! Friday's break) and `data/README.md` where each number stands. To follow a new text, end the old
//! row and append one.

use std::sync::LazyLock;

use csv::StringRecord;

use crate::interval::{Interval, Weekly};
use crate::rule::{Layer, Rule, Season};
use crate::table::{cell, date, number, optional_date, rows, time};

/// The place of Friday, whose break is longer, in a week from Monday.
const FRIDAY: u16 = 4;

/// The civil service's hours under the dated texts, in and outside Ramadan.
pub fn civil_service() -> &'static [Rule] {
    static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
        rows("working_hours.csv", include_str!("../data/working_hours.csv"), rule)
            .expect("the file is part of the program, and a test reads it")
    });
    &RULES
}

fn rule(row: &StringRecord) -> Result<Rule, String> {
    Ok(Rule {
        valid_from: Some(date(row, 2)?),
        valid_through: optional_date(row, 3)?,
        season: season(&cell(row, 4)?)?,
        ..Rule::hours(cell(row, 0)?, Layer::National, week(row)?, cell(row, 1)?)
    })
}

/// The working days from Monday on, each with the same working time. Every day ends when that is
/// done, so the longer break of Friday makes it end later.
fn week(row: &StringRecord) -> Result<Weekly, String> {
    let (working_days, start) = (number(row, 5)?, time(row, 7)?);
    if !(1..=7).contains(&working_days) {
        return Err(format!("{working_days} are no days of a week"));
    }
    let weekly_minutes = number(row, 6)?;
    if weekly_minutes % working_days != 0 {
        return Err(format!("{weekly_minutes} minutes do not part evenly on {working_days} days"));
    }
    let working_minutes = weekly_minutes / working_days;
    let day = |break_start: u16, break_minutes: u16| {
        let (resume, end) = (break_start + break_minutes, start + working_minutes + break_minutes);
        vec![Interval::new(start, break_start), Interval::new(resume, end)]
    };
    let usual = day(time(row, 8)?, number(row, 9)?);
    let friday = day(time(row, 10)?, number(row, 11)?);
    let hours = [0, 1, 2, 3, FRIDAY, 5, 6].map(|place| match place {
        place if place >= working_days => vec![],
        FRIDAY => friday.clone(),
        _ => usual.clone(),
    });
    Weekly::new(hours).map_err(|error| error.to_string())
}

fn season(text: &str) -> Result<Season, String> {
    match text {
        "outside_ramadan" => Ok(Season::OutsideRamadan),
        "ramadan" => Ok(Season::Ramadan),
        _ => Err(format!("season {text:?} is neither outside_ramadan nor ramadan")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(id: &str) -> (String, String, u32) {
        let rule = civil_service().iter().find(|rule| rule.id == id).expect(id);
        let day = |index: usize| {
            let day = &rule.weekly.days()[index];
            day.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
        };
        (day(0), day(4), rule.weekly.minutes())
    }

    #[test]
    fn the_week_has_its_hours_and_friday_its_longer_break() {
        let usual = ("07:30–12:00 13:00–16:00".into(), "07:30–11:30 13:00–16:30".into(), 2250);
        assert_eq!(days("keppres-68-1995"), usual);
        assert_eq!(days("perpres-21-2023"), usual);
    }

    #[test]
    fn a_text_of_six_days_has_a_saturday_and_shorter_days() {
        let six = StringRecord::from(
            "x,x,2030-01-01,,ramadan,6,2250,07:30,12:00,60,11:30,90".split(',').collect::<Vec<_>>(),
        );
        let days = week(&six).expect("a week");
        let minutes = days.days().iter().map(|day| crate::interval::total(day));
        assert_eq!(minutes.collect::<Vec<_>>(), [375, 375, 375, 375, 375, 375, 0]);
    }

    #[test]
    fn ramadan_starts_later_and_has_shorter_breaks() {
        let fasting = ("08:00–12:00 12:30–15:00".into(), "08:00–11:30 12:30–15:30".into(), 1950);
        for id in ["se-panrb-11-2022", "se-panrb-6-2023", "perpres-21-2023-ramadan"] {
            assert_eq!(days(id), fasting, "{id}");
        }
    }
}
