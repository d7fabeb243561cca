//! Whether a place is open at a time, by its days as scheduling tells them.

use jiff::civil::{Date, DateTime};
use mpp_api::scheduling::{DayHours, Interval, day_hours::Status};

use crate::words::{Lang, format, table as words, tells_a_citizen, weekday};

/// Whether it is open, and until or from when.
#[derive(Debug, PartialEq, Eq)]
pub enum OpeningState<'a> {
    /// Open until `close`; `breaks` are still to come today.
    Until { close: &'a str, breaks: Vec<(&'a str, &'a str)> },
    /// On a break until then.
    Break { until: &'a str },
    /// Not open yet today.
    From { open: &'a str },
    /// Closed until then.
    Shut { next: Option<(Date, &'a str)> },
    /// Nothing is known about today's hours.
    Unknown,
}

/// The state at `now`, the wall clock of the place.
pub fn at(days: &[DayHours], now: DateTime) -> OpeningState<'_> {
    let Some(today) = day(days, now.date()) else { return OpeningState::Unknown };
    let clock = format!("{:02}:{:02}", now.hour(), now.minute());
    match today.status() {
        Status::Unspecified | Status::Unknown => OpeningState::Unknown,
        Status::Open => within(&today.intervals, &clock)
            .unwrap_or_else(|| OpeningState::Shut { next: next_open(days, now.date()) }),
        Status::Closed => OpeningState::Shut { next: next_open(days, now.date()) },
    }
}

/// The state within a day that is open; `None` once it is over. Times of day compare as they are
/// written.
fn within<'a>(intervals: &'a [Interval], clock: &str) -> Option<OpeningState<'a>> {
    let last = intervals.last()?;
    let next = intervals.iter().find(|interval| clock < interval.close.as_str())?;
    if clock >= next.open.as_str() {
        let rest = intervals.windows(2).filter(|pair| pair[0].close >= next.close);
        let breaks = rest.map(|pair| (pair[0].close.as_str(), pair[1].open.as_str())).collect();
        return Some(OpeningState::Until { close: &last.close, breaks });
    }
    let begun = intervals.first().is_some_and(|first| clock >= first.open.as_str());
    Some(match begun {
        true => OpeningState::Break { until: &next.open },
        false => OpeningState::From { open: &next.open },
    })
}

/// One of the days, by its date.
pub fn day(days: &[DayHours], date: Date) -> Option<&DayHours> {
    let date = date.to_string();
    days.iter().find(|day| day.date == date)
}

/// The first day after `today` that is open; `None` if a day before it is not known.
fn next_open(days: &[DayHours], today: Date) -> Option<(Date, &str)> {
    let later = days.iter().filter_map(|day| Some((day.date.parse::<Date>().ok()?, day)));
    let mut later = later.filter(|(date, _)| *date > today);
    let (date, day) = later.find(|(_, day)| day.status() != Status::Closed)?;
    let first = (day.status() == Status::Open).then(|| day.intervals.first()).flatten()?;
    Some((date, &first.open))
}

/// "07.30–12.00 dan 13.00–16.00", "tutup" or "belum diketahui".
pub fn in_words(lang: Lang, day: &DayHours) -> String {
    match day.status() {
        Status::Closed => words::CLOSED.of(lang).to_owned(),
        Status::Unspecified | Status::Unknown => words::UNKNOWN.of(lang).to_owned(),
        Status::Open => {
            let times: Vec<String> = day
                .intervals
                .iter()
                .map(|interval| format::interval(lang, &interval.open, &interval.close))
                .collect();
            match times.as_slice() {
                [one, other] => words::AND.text(lang, &[one, other]),
                times => times.join(", "),
            }
        }
    }
}

/// "Selasa", or from a week on "8 Desember 2026".
pub fn day_name(lang: Lang, date: Date, today: Date) -> String {
    match date.since(today) {
        Ok(span) if span.get_days() < 7 => weekday(date.weekday()).of(lang).to_owned(),
        _ => format::day(lang, date),
    }
}

/// Why a day is not as usual in its week, for a citizen: a holiday, a closure, a season.
pub fn why(day: &DayHours) -> impl Iterator<Item = &mpp_api::scheduling::Reason> {
    day.why.iter().filter(|reason| tells_a_citizen(reason.code()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(date: &str, times: &[(&str, &str)]) -> DayHours {
        let interval = |(open, close): &(&str, &str)| Interval {
            open: (*open).into(),
            close: (*close).into(),
        };
        DayHours {
            date: date.into(),
            status: Status::Open.into(),
            intervals: times.iter().map(interval).collect(),
            ..DayHours::default()
        }
    }

    fn other(date: &str, status: Status) -> DayHours {
        DayHours { date: date.into(), status: status.into(), ..DayHours::default() }
    }

    /// A Friday, a weekend, a Monday.
    fn days() -> Vec<DayHours> {
        vec![
            open("2026-11-27", &[("07:30", "11:30"), ("13:00", "16:30")]),
            other("2026-11-28", Status::Closed),
            other("2026-11-29", Status::Closed),
            open("2026-11-30", &[("07:30", "12:00")]),
        ]
    }

    fn time(text: &str) -> DateTime {
        text.parse().expect("a time")
    }

    #[test]
    fn a_day_goes_from_not_yet_over_a_break_to_closed() {
        let days = days();
        assert_eq!(at(&days, time("2026-11-27T07:29")), OpeningState::From { open: "07:30" });
        let morning = OpeningState::Until { close: "16:30", breaks: vec![("11:30", "13:00")] };
        assert_eq!(at(&days, time("2026-11-27T07:30")), morning);
        assert_eq!(at(&days, time("2026-11-27T11:30")), OpeningState::Break { until: "13:00" });
        let afternoon = OpeningState::Until { close: "16:30", breaks: vec![] };
        assert_eq!(at(&days, time("2026-11-27T13:00")), afternoon);
        let monday = Some((time("2026-11-30T00:00").date(), "07:30"));
        assert_eq!(at(&days, time("2026-11-27T16:30")), OpeningState::Shut { next: monday });
        assert_eq!(at(&days, time("2026-11-29T10:00")), OpeningState::Shut { next: monday });
    }

    #[test]
    fn what_nobody_knows_is_not_closed() {
        let days =
            [other("2026-11-27", Status::Unknown), open("2026-11-28", &[("08:00", "12:00")])];
        assert_eq!(at(&days, time("2026-11-27T10:00")), OpeningState::Unknown);
        assert_eq!(at(&days, time("2027-01-01T10:00")), OpeningState::Unknown);
        let before = [other("2026-11-26", Status::Closed), days[0].clone(), days[1].clone()];
        assert_eq!(at(&before, time("2026-11-26T10:00")), OpeningState::Shut { next: None });
    }
}
