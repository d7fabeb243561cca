//! Numbers, dates and times as each language writes them.

use jiff::civil::{Date, DateTime};
pub use mpp_api::time::micros;
use mpp_calendar::{Zone, local_time};
use mpp_core::Micros;

use super::{Lang, table};

/// "1.234" or "1,234".
pub fn number(lang: Lang, number: impl Into<i64>) -> String {
    mpp_api::wording::number(number.into(), lang.into())
}

/// How many there are of something.
pub fn count(lang: Lang, many: usize) -> String {
    number(lang, i64::try_from(many).unwrap_or(i64::MAX))
}

/// "64,6%" or "64.6%" of a whole. Less than all is never shown as 100, and more than nothing never
/// as 0. `None` if the whole is 0.
pub fn percent(lang: Lang, part: i64, whole: i64) -> Option<String> {
    (whole > 0).then(|| {
        let tenths = (part * 1_000 + whole / 2) / whole;
        let tenths = match part {
            0 => 0,
            part if part < whole => tenths.clamp(1, 999),
            _ => tenths,
        };
        let point = if lang == Lang::Id { ',' } else { '.' };
        match tenths % 10 {
            0 => format!("{}%", tenths / 10),
            tenth => format!("{}{point}{tenth}%", tenths / 10),
        }
    })
}

/// "30 November 2026".
pub fn day(lang: Lang, date: Date) -> String {
    format!("{} {} {}", date.day(), month(lang, date), date.year())
}

/// "30 November 2026" of an ISO date; a text that is no date stays as it is.
pub fn iso_day(lang: Lang, iso: &str) -> String {
    iso.parse().map_or_else(|_| iso.to_owned(), |date| day(lang, date))
}

/// "27 November": of this year.
pub fn short_day(lang: Lang, date: Date) -> String {
    format!("{} {}", date.day(), month(lang, date))
}

fn month(lang: Lang, date: Date) -> &'static str {
    let place = usize::from(date.month().unsigned_abs()).saturating_sub(1);
    table::MONTHS[place.min(11)].of(lang)
}

/// "Senin, 30 November 2026".
pub fn full_day(lang: Lang, date: Date) -> String {
    format!("{}, {}", super::weekday(date.weekday()).of(lang), day(lang, date))
}

/// "10.57" or "10:57".
pub fn clock(lang: Lang, time: DateTime) -> String {
    let point = if lang == Lang::Id { '.' } else { ':' };
    format!("{:02}{point}{:02}", time.hour(), time.minute())
}

/// "07.30" or "07:30", of the contract's "07:30".
pub fn wall_clock(lang: Lang, time: &str) -> String {
    if lang == Lang::Id { time.replace(':', ".") } else { time.to_owned() }
}

/// A range of hours, such as "07.30–12.00".
pub fn interval(lang: Lang, open: &str, close: &str) -> String {
    format!("{}–{}", wall_clock(lang, open), wall_clock(lang, close))
}

/// Local wall-clock time.
pub fn local(time: Micros, zone: Zone) -> DateTime {
    // Only an instant thousands of years away has no local time.
    local_time(time, zone).unwrap_or_default()
}

/// For the `datetime` attribute.
pub fn machine(time: Micros, zone: Zone) -> String {
    let local = local(time, zone);
    let seconds = local.round(jiff::Unit::Second).unwrap_or(local);
    format!("{seconds}+{:02}:00", zone.utc_offset_hours())
}

/// "Senin–Kamis, Sabtu" or "Monday–Thursday, Saturday", of days of one week in their order.
pub fn weekdays(lang: Lang, dates: &[Date]) -> String {
    let name = |date: &Date| super::weekday(date.weekday()).of(lang);
    let runs = dates.chunk_by(|one, next| one.tomorrow().is_ok_and(|day| day == *next));
    let run = |run: &[Date]| match run {
        [] => String::new(),
        [only] => name(only).to_owned(),
        [first, .., last] => format!("{}–{}", name(first), name(last)),
    };
    runs.map(run).collect::<Vec<_>>().join(", ")
}

/// "24 jam", "7 hari", "30 menit".
pub fn duration(lang: Lang, seconds: i64) -> String {
    let (value, unit) = match seconds {
        86_400.. if seconds % 86_400 == 0 => (seconds / 86_400, table::DAYS),
        3_600.. if seconds % 3_600 == 0 => (seconds / 3_600, table::HOURS_LONG),
        60.. if seconds % 60 == 0 => (seconds / 60, table::MINUTES),
        _ => (seconds, table::SECONDS),
    };
    let text = unit.text(lang, &[&number(lang, value)]);
    match (lang, value) {
        (Lang::En, 1) => text.trim_end_matches('s').to_owned(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 24 November 2026, 07:00 in Jakarta.
    const MORNING: Micros = 1_795_478_400_000_000;

    fn date(text: &str) -> Date {
        text.parse().expect("a date")
    }

    #[test]
    fn each_language_writes_numbers_its_own_way() {
        assert_eq!(number(Lang::Id, 1_234_567), "1.234.567");
        assert_eq!(number(Lang::En, 1_234), "1,234");
        assert_eq!((number(Lang::Id, 999), number(Lang::Id, -15)), ("999".into(), "−15".into()));
        assert_eq!(percent(Lang::Id, 332, 514).as_deref(), Some("64,6%"));
        assert_eq!(percent(Lang::En, 1, 4).as_deref(), Some("25%"));
        assert_eq!(percent(Lang::En, 0, 0), None);
    }

    #[test]
    fn what_is_not_all_is_never_shown_as_all_nor_something_as_nothing() {
        assert_eq!(percent(Lang::En, 9_999, 10_000).as_deref(), Some("99.9%"));
        assert_eq!(percent(Lang::En, 10_000, 10_000).as_deref(), Some("100%"));
        assert_eq!(percent(Lang::En, 1, 100_000).as_deref(), Some("0.1%"));
        assert_eq!(percent(Lang::En, 0, 9).as_deref(), Some("0%"));
    }

    #[test]
    fn times_are_those_of_the_place() {
        assert_eq!(
            full_day(Lang::Id, local(MORNING, Zone::Wib).date()),
            "Selasa, 24 November 2026"
        );
        assert_eq!(clock(Lang::Id, local(MORNING, Zone::Wita)), "08.00");
        assert_eq!(clock(Lang::En, local(MORNING, Zone::Wit)), "09:00");
        assert_eq!(machine(MORNING, Zone::Wib), "2026-11-24T07:00:00+07:00");
        assert_eq!(interval(Lang::Id, "07:30", "12:00"), "07.30–12.00");
    }

    #[test]
    fn days_that_follow_each_other_are_a_range() {
        let days = ["2026-11-23", "2026-11-24", "2026-11-25", "2026-11-28"].map(date);
        assert_eq!(weekdays(Lang::En, &days), "Monday–Wednesday, Saturday");
        assert_eq!(weekdays(Lang::Id, &days), "Senin–Rabu, Sabtu");
    }

    #[test]
    fn durations_use_the_largest_whole_unit() {
        assert_eq!(duration(Lang::Id, 86_400), "1 hari");
        assert_eq!(duration(Lang::En, 86_400), "1 day");
        assert_eq!(duration(Lang::En, 7_200), "2 hours");
    }
}
