//! The one clock of `mpp up`, which all its services share. One that was moved once (`--at`, a demo
//! by night) goes on from where the folder's records end: if it were set back, it would date new
//! records before old ones, and a report of its present would leave out what was known already.

use std::{ops::RangeInclusive, path::Path};

use mpp_calendar::{Zone, local_date};
use mpp_client::file::{Readers, write_file};
use mpp_core::{Clock, Error, FieldCode, Micros, Result};

use super::{UpArgs, services};
use crate::demo;

/// The file that says that a folder's clock was moved. In any other folder a record from the future
/// is a fault of the machine's clock, which readiness tells.
const MOVED: &str = "clock-was-moved";

/// Now, the time that was asked for, or for a demo by night the next working morning; but not
/// before the newest record.
pub async fn of(args: &UpArgs, data: &Path) -> Result<Clock> {
    let system = Clock::system();
    if args.clock_is_right {
        return Ok(system.trusted());
    }
    let asked = args.at.as_deref().map(time).transpose()?;
    let newest = services::newest_commit(data).await?.unwrap_or(Micros::MIN);
    let moved = asked.is_some() || args.demo || data.join(MOVED).exists();
    let now = system.now();
    let start = if moved { start(now, asked, newest, args.demo) } else { now };
    if start == now {
        return Ok(system);
    }
    mark(data)?;
    let shown = jiff::Timestamp::from_microsecond(start).map_err(Error::internal)?;
    say!("The clock starts at {shown} ({}).", why(start, asked));
    Ok(Clock::starting_at(start))
}

fn start(now: Micros, asked: Option<Micros>, newest: Micros, demo: bool) -> Micros {
    let earliest = asked.unwrap_or(now).max(newest);
    if demo && asked.is_none() {
        return demo::start_of_demo(earliest).unwrap_or(earliest);
    }
    earliest
}

fn why(start: Micros, asked: Option<Micros>) -> &'static str {
    match asked {
        Some(asked) if asked == start => "as asked",
        Some(_) => {
            "where the records of this folder end, which no clock is set back behind; for an earlier \
             time name another folder with --data"
        }
        None => {
            "not before the folder's newest record, and so that malls of all three zones are open"
        }
    }
}

fn mark(data: &Path) -> Result<()> {
    let text = "The clock of this folder was moved: it goes on from its newest record.\n";
    write_file(&data.join(MOVED), text.as_bytes(), Readers::All)
}

/// The calendar's rules begin in 1995, and nobody shows so far ahead.
const YEARS: RangeInclusive<i16> = 1995..=2199;

/// A time with its zone, or a date for 10:00 in Jakarta.
fn time(text: &str) -> Result<Micros> {
    let whole = if text.contains('T') { text.to_owned() } else { format!("{text}T10:00:00+07:00") };
    let parsed: jiff::Timestamp = whole.parse().map_err(|_| {
        let text = format!("'{text}' is not a time; write 2026-03-02 or 2026-03-02T10:00:00+07:00");
        Error::field("at", FieldCode::Time, text)
    })?;
    let day = local_date(parsed.as_microsecond(), Zone::Wib);
    if !day.is_ok_and(|day| YEARS.contains(&day.year())) {
        let (first, last) = (YEARS.start(), YEARS.end());
        let text = format!("'{text}' lies outside the years {first} to {last}");
        return Err(Error::field("at", FieldCode::OutOfRange, text));
    }
    Ok(parsed.as_microsecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Micros {
        time(text).expect("a time")
    }

    #[test]
    fn a_demo_by_night_starts_in_the_morning_and_a_restart_goes_on_from_its_records() {
        let night = at("2026-11-27T22:00:00+07:00");
        let morning = start(night, None, Micros::MIN, true);
        assert_eq!(morning, at("2026-11-30T09:15:00+07:00"));
        let newest = morning + 3_600_000_000;
        assert_eq!(start(night, None, newest, true), newest);
        // The clock ran into its own night: it starts on the next morning, not on the same one
        // again.
        let evening = at("2026-11-30T21:00:00+07:00");
        assert_eq!(start(night, None, evening, true), at("2026-12-01T09:15:00+07:00"));
    }

    #[test]
    fn a_time_that_nobody_shows_anything_of_is_refused() {
        for far in ["0001-01-01", "1994-12-31", "2200-06-01"] {
            let refused = time(far).expect_err("it is too far");
            assert_eq!(refused.violations()[0].code, FieldCode::OutOfRange, "{far}");
        }
    }

    #[test]
    fn a_time_that_is_asked_for_again_is_not_before_the_folders_records() {
        let (now, asked) = (at("2026-11-27"), at("2026-03-02"));
        assert_eq!(start(now, Some(asked), Micros::MIN, true), asked);
        assert_eq!(start(now, Some(asked), asked + 5, true), asked + 5);
        assert_eq!(start(now, None, asked, false), now, "its records lie behind");
    }
}
