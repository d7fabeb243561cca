//! Days, and the weeks that they lie in.

use jiff::{Span, civil::Date};
use mpp_calendar::Zone;
use mpp_core::{Error, FieldCode, Micros, Result};

/// A number of days from 1 to `most`, where 0 means 1.
///
/// # Errors
/// Names the field `days`.
pub fn day_count(days: i32, most: i64) -> Result<i64> {
    match i64::from(days) {
        0 => Ok(1),
        days if (1..=most).contains(&days) => Ok(days),
        days => {
            let hint = format!("{days} days were asked for; ask for 1 to {most} at a time");
            Err(Error::field("days", FieldCode::OutOfRange, hint))
        }
    }
}

/// `date` moved by `days`, held at the ends of time.
pub fn shift(date: Date, days: i64) -> Date {
    date.saturating_add(Span::new().days(days))
}

/// Days from `from` to `to`; negative where `to` is earlier.
pub fn days_between(from: Date, to: Date) -> i64 {
    from.duration_until(to).as_hours() / 24
}

/// The Monday of the week that holds `date`.
pub fn monday_of(date: Date) -> Date {
    shift(date, -i64::from(date.weekday().to_monday_zero_offset()))
}

/// The local date and minute of the day in `zone`.
///
/// # Errors
/// Only for an instant that no calendar holds.
pub fn local(now: Micros, zone: Zone) -> Result<(Date, u16)> {
    let local = mpp_calendar::local_time(now, zone).map_err(Error::internal)?;
    let minute = u16::from(local.hour().unsigned_abs()) * 60;
    Ok((local.date(), minute + u16::from(local.minute().unsigned_abs())))
}

/// Today in the zone where it comes last: a day before it is over in every zone.
///
/// # Errors
/// Only for an instant that no calendar holds.
pub fn today_in_the_west(now: Micros) -> Result<Date> {
    local(now, Zone::Wib).map(|(today, _)| today)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_week_begins_on_monday() {
        assert_eq!(monday_of(date(2026, 11, 24)), date(2026, 11, 23));
        assert_eq!(monday_of(date(2026, 11, 23)), date(2026, 11, 23));
        assert_eq!(monday_of(date(2026, 11, 29)), date(2026, 11, 23));
    }

    #[test]
    fn midnight_comes_two_hours_earlier_in_papua_than_in_java() {
        let instant = mpp_calendar::local_to_utc_micros(date(2026, 11, 25), 0, Zone::Wit).unwrap();
        assert_eq!(local(instant, Zone::Wit).unwrap(), (date(2026, 11, 25), 0));
        assert_eq!(local(instant, Zone::Wita).unwrap(), (date(2026, 11, 24), 23 * 60));
        assert_eq!(local(instant, Zone::Wib).unwrap(), (date(2026, 11, 24), 22 * 60));
    }
}
