//! When the demo takes place: now, unless some zone has closed; then on the next working morning,
//! so that a first look by night does not find everything merely closed.

use jiff::{
    ToSpan as _,
    civil::{Date, Weekday},
};
use mpp_calendar::{
    Decrees, Status, Zone, civil_service, local_date, local_to_utc_micros, resolve,
};
use mpp_core::Micros;

/// 09:15 in Jakarta, 11:15 in Jayapura: all three zones are at work.
const MORNING_MINUTES: u16 = 9 * 60 + 15;
/// From 08:30 in Jakarta, something is open in each zone.
const FIRST_MINUTE: i64 = 8 * 60 + 30;

/// The time to start at; `None` if now will do, or if the decrees end, so that no working day is
/// known.
pub fn start_of_demo(now: Micros) -> Option<Micros> {
    let today = local_date(now, Zone::Wib).ok()?;
    let midnight = local_to_utc_micros(today, 0, Zone::Wib).ok()?;
    let minute = (now - midnight) / 60_000_000;
    if (FIRST_MINUTE..last_minute(today)).contains(&minute) && is_working_day(today) {
        return None;
    }
    let first = if minute < FIRST_MINUTE { today } else { next(today) };
    let day = std::iter::successors(Some(first), |day| Some(next(*day)))
        .take(30)
        .find(|day| is_working_day(*day))?;
    local_to_utc_micros(day, MORNING_MINUTES, Zone::Wib).ok()
}

/// The last minute at which a counter can still be visited: on Fridays many malls close at 11:00.
fn last_minute(day: Date) -> i64 {
    if day.weekday() == Weekday::Friday { 10 * 60 + 30 } else { 13 * 60 }
}

fn next(day: Date) -> Date {
    day.saturating_add(1.day())
}

fn is_working_day(date: Date) -> bool {
    let day = resolve(date, civil_service(), &Decrees::national(), "");
    matches!(day.status, Status::Open(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wib(date: Date, minute: u16) -> Micros {
        local_to_utc_micros(date, minute, Zone::Wib).expect("in range")
    }

    #[test]
    fn by_day_the_demo_is_now() {
        assert_eq!(start_of_demo(wib(jiff::civil::date(2026, 11, 24), 10 * 60)), None);
    }

    #[test]
    fn on_a_friday_it_begins_before_the_early_closing() {
        let friday_noon = wib(jiff::civil::date(2026, 11, 27), 12 * 60);
        let monday = wib(jiff::civil::date(2026, 11, 30), MORNING_MINUTES);
        assert_eq!(start_of_demo(friday_noon), Some(monday));
    }

    #[test]
    fn by_night_it_is_the_next_working_morning() {
        let friday_night = wib(jiff::civil::date(2026, 11, 27), 22 * 60);
        let monday = wib(jiff::civil::date(2026, 11, 30), MORNING_MINUTES);
        assert_eq!(start_of_demo(friday_night), Some(monday));
        let before_dawn = wib(jiff::civil::date(2026, 11, 24), 3 * 60);
        assert_eq!(
            start_of_demo(before_dawn),
            Some(wib(jiff::civil::date(2026, 11, 24), MORNING_MINUTES))
        );
    }
}
