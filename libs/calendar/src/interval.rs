//! Opening intervals in minutes from local midnight. A break is the gap between two intervals.

use std::fmt;

use jiff::civil::Weekday;

use crate::error::{Error, Problem};

/// Minutes in a day; 24:00 as a closing time.
pub const DAY: u16 = 1440;

/// Most intervals of one day; more are a mistake of the source.
pub const MAX_INTERVALS: usize = 12;

/// Open from `open` (inclusive) to `close` (exclusive), in minutes from local midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Interval {
    /// First minute open.
    pub open: u16,
    /// First minute closed again; 1440 is 24:00.
    pub close: u16,
}

impl Interval {
    /// An interval from `open` to `close`; it is checked where it enters a [`Weekly`].
    pub const fn new(open: u16, close: u16) -> Interval {
        Interval { open, close }
    }

    /// Length in minutes.
    pub const fn minutes(self) -> u16 {
        self.close.saturating_sub(self.open)
    }

    fn check(self, previous: Option<Interval>, path: &str) -> Result<(), Error> {
        if self.close > DAY {
            return Err(Error::new(format!("{path}.close"), Problem::AfterMidnight(self.close)));
        }
        if self.close <= self.open {
            let problem = Problem::NotAfterOpening(format_time(self.open));
            return Err(Error::new(format!("{path}.close"), problem));
        }
        match previous {
            Some(before) if self.open <= before.close => {
                let problem = Problem::NotAfterPrevious(format_time(before.close));
                Err(Error::new(format!("{path}.open"), problem))
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}–{}", format_time(self.open), format_time(self.close))
    }
}

/// Hours of a week, Monday first; a day without intervals is closed. Always valid: each day's
/// intervals are sorted, apart from each other, not empty and within 00:00 to 24:00.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Weekly([Vec<Interval>; 7]);

impl Weekly {
    /// Names of the days in field paths, Monday first.
    pub const DAY_NAMES: [&'static str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    /// Checks a week, Monday first.
    ///
    /// # Errors
    /// Names the first bad field, such as `weekly.fri[1].close`.
    pub fn new(days: [Vec<Interval>; 7]) -> Result<Weekly, Error> {
        for (name, intervals) in Self::DAY_NAMES.iter().zip(&days) {
            check_day(intervals, &format!("weekly.{name}"))?;
        }
        Ok(Weekly(days))
    }

    /// The intervals of a day of the week.
    pub fn on(&self, weekday: Weekday) -> &[Interval] {
        &self.0[usize::from(weekday.to_monday_zero_offset().unsigned_abs())]
    }

    /// All days, Monday first.
    pub fn days(&self) -> &[Vec<Interval>; 7] {
        &self.0
    }

    /// Minutes open in the week.
    pub fn minutes(&self) -> u32 {
        self.0.iter().map(|day| total(day)).sum()
    }
}

fn check_day(intervals: &[Interval], path: &str) -> Result<(), Error> {
    if intervals.len() > MAX_INTERVALS {
        let problem = Problem::TooMany { given: intervals.len(), limit: MAX_INTERVALS };
        return Err(Error::new(path, problem));
    }
    let mut previous = None;
    for (index, interval) in intervals.iter().enumerate() {
        interval.check(previous, &format!("{path}[{index}]"))?;
        previous = Some(*interval);
    }
    Ok(())
}

/// Minutes in a day's intervals.
pub fn total(intervals: &[Interval]) -> u32 {
    intervals.iter().map(|i| u32::from(i.minutes())).sum()
}

/// Minutes that both lists cover.
pub(crate) fn common(left: &[Interval], right: &[Interval]) -> u32 {
    let overlap = |a: &Interval, b: &Interval| {
        Interval::new(a.open.max(b.open), a.close.min(b.close)).minutes()
    };
    left.iter().flat_map(|a| right.iter().map(move |b| u32::from(overlap(a, b)))).sum()
}

/// `450` as `07:30`.
pub fn format_time(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// `07:30` (or `7.30`, as Indonesian sources write it) as minutes from midnight; `None` if it is no
/// time of day up to 24:00.
pub fn parse_time(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once([':', '.'])?;
    let digits = |part: &str, widths: std::ops::RangeInclusive<usize>| {
        let plain = widths.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        if plain { part.parse::<u16>().ok() } else { None }
    };
    let (hours, minutes) = (digits(hours, 1..=2)?, digits(minutes, 2..=2)?);
    (minutes < 60).then_some(hours * 60 + minutes).filter(|minute| *minute <= DAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn friday(intervals: &[(u16, u16)]) -> Result<Weekly, Error> {
        let mut days: [Vec<Interval>; 7] = Default::default();
        days[4] = intervals.iter().map(|(open, close)| Interval::new(*open, *close)).collect();
        Weekly::new(days)
    }

    #[test]
    fn a_bad_week_names_the_field_and_the_way_out() {
        let cases: [(&[(u16, u16)], &str); 6] = [
            (&[(450, 690), (780, 780)], "weekly.fri[1].close: must lie after the opening at 13:00"),
            (&[(450, 1441)], "weekly.fri[0].close: 1441 minutes lies after 24:00 (1440 minutes)"),
            (
                &[(450, 690), (680, 960)],
                "weekly.fri[1].open: must lie after the previous closing at 11:30; merge intervals that touch or overlap",
            ),
            (
                &[(780, 960), (450, 690)],
                "weekly.fri[1].open: must lie after the previous closing at 16:00; merge intervals that touch or overlap",
            ),
            (
                &[(450, 690), (690, 960)],
                "weekly.fri[1].open: must lie after the previous closing at 11:30; merge intervals that touch or overlap",
            ),
            (&[(0, 1); 13], "weekly.fri: holds 13, at most 12 are allowed"),
        ];
        for (intervals, message) in cases {
            assert_eq!(friday(intervals).unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn round_the_clock_is_a_valid_day() {
        assert_eq!(friday(&[(0, DAY)]).unwrap().minutes(), 1440);
    }

    #[test]
    fn times_are_read_as_sources_write_them() {
        let cases = [("07:30", 450), ("7.30", 450), ("24:00", 1440), ("00:00", 0)];
        for (text, minute) in cases {
            assert_eq!(parse_time(text), Some(minute), "{text}");
        }
        for text in ["", "7", "07:60", "24:01", "+7:30", "07:3", "-1:00", "99999:00", "٧:30"] {
            assert_eq!(parse_time(text), None, "{text}");
        }
    }
}
