//! "Today" is the mall's local date.

use mpp_calendar::{Problem, Zone, day_bounds, local_date, local_time, local_to_utc_micros};

use crate::day;

const HOUR: i64 = 3_600_000_000;

/// 2026-08-16T15:00Z, when it becomes the 17th in Jayapura.
const MIDNIGHT_IN_JAYAPURA: i64 = 1_786_892_400_000_000;

#[test]
fn midnight_comes_to_the_east_first() {
    let midnights = [
        (Zone::Wit, MIDNIGHT_IN_JAYAPURA),
        (Zone::Wita, MIDNIGHT_IN_JAYAPURA + HOUR),
        (Zone::Wib, MIDNIGHT_IN_JAYAPURA + 2 * HOUR),
    ];
    for (zone, midnight) in midnights {
        assert_eq!(local_date(midnight - 1, zone).unwrap(), day("2026-08-16"), "{zone}");
        assert_eq!(local_date(midnight, zone).unwrap(), day("2026-08-17"), "{zone}");
        assert_eq!(day_bounds(day("2026-08-17"), zone).unwrap(), (midnight, midnight + 24 * HOUR));
    }
}

#[test]
fn a_ticket_at_half_past_six_belongs_to_today_not_to_yesterday() {
    // 06:30 in Jakarta is 23:30 of the day before in UTC, where other systems restarted their
    // numbers at 07:00.
    let early = local_to_utc_micros(day("2026-08-18"), 390, Zone::Wib).unwrap();
    assert_eq!(local_date(early, Zone::Wib).unwrap(), day("2026-08-18"));
    assert_eq!(local_time(early, Zone::Wib).unwrap(), day("2026-08-18").at(6, 30, 0, 0));
}

#[test]
fn before_1970_days_still_begin_at_midnight() {
    let start = local_to_utc_micros(day("1945-08-17"), 0, Zone::Wib).unwrap();
    assert!(start < 0);
    assert_eq!(local_date(start, Zone::Wib).unwrap(), day("1945-08-17"));
    assert_eq!(local_date(start - 1, Zone::Wib).unwrap(), day("1945-08-16"));
}

#[test]
fn regions_name_their_zone_in_iana_terms() {
    for zone in [Zone::Wib, Zone::Wita, Zone::Wit] {
        assert_eq!(Zone::from_iana(zone.iana_name()), Some(zone));
        assert_eq!(zone.to_string().parse(), Ok(zone));
    }
    assert_eq!(Zone::from_iana("Asia/Pontianak"), Some(Zone::Wib));
    assert_eq!(Zone::from_iana("Asia/Singapore"), None);
    assert_eq!("WIBB".parse::<Zone>().unwrap_err().field, "time_zone");
}

#[test]
fn what_cannot_be_expressed_is_refused() {
    assert_eq!(local_date(i64::MAX, Zone::Wib).unwrap_err().problem, Problem::OutOfRange);
    let late = local_to_utc_micros(day("2026-08-17"), 1441, Zone::Wib).unwrap_err();
    assert_eq!(late.problem, Problem::AfterMidnight(1441));
}
