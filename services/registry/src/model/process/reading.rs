//! How long a service takes and what it costs, as far as that was surely read.

use mpp_api::types::{Fee, ServiceTime, fee::Kind, service_time::Unit};

/// Whole numbers from one to another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// The smallest number.
    pub least: i64,
    /// The greatest number.
    pub most: i64,
}

impl Span {
    fn new(one: i64, other: i64) -> Self {
        Self { least: one.min(other).max(0), most: one.max(other).max(0) }
    }

    /// Adds both ends; a sum beyond the range of `i64` is cut off there.
    pub fn plus(self, other: Self) -> Self {
        Self {
            least: self.least.saturating_add(other.least),
            most: self.most.saturating_add(other.most),
        }
    }

    /// From the smaller to the greater end of both: it is either of them.
    pub fn or(self, other: Self) -> Self {
        Self { least: self.least.min(other.least), most: self.most.max(other.most) }
    }

    /// The longer of both, at each end: they are taken side by side.
    fn or_longer(self, other: Self) -> Self {
        Self { least: self.least.max(other.least), most: self.most.max(other.most) }
    }
}

/// A time in two measures, which are not added up: a working day is no fixed number of hours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Length {
    /// The time in working days.
    pub working_days: Span,
    /// Minutes, hours and calendar days, as minutes.
    pub minutes: Span,
}

impl Length {
    /// One after the other.
    pub fn plus(self, other: Self) -> Self {
        self.with(other, Span::plus)
    }

    /// Side by side: the longer one, in each measure.
    pub fn or_longer(self, other: Self) -> Self {
        self.with(other, Span::or_longer)
    }

    /// Either of them, in each measure.
    pub fn or(self, other: Self) -> Self {
        self.with(other, Span::or)
    }

    /// From the shorter end of this one to the longer end of another.
    pub fn to(self, other: Self) -> Self {
        self.with(other, |one, other| Span { least: one.least, most: other.most })
    }

    fn with(self, other: Self, both: impl Fn(Span, Span) -> Span) -> Self {
        Self {
            working_days: both(self.working_days, other.working_days),
            minutes: both(self.minutes, other.minutes),
        }
    }
}

/// How long a service takes; `None` where that was not surely read, or is for one of several
/// things.
pub fn length(time: &ServiceTime) -> Option<Length> {
    if !time.per.is_empty() {
        return None;
    }
    let of = |minutes: i64| {
        let least = if time.at_most { 0 } else { time.value };
        let least = if time.min_value > 0 { time.min_value } else { least };
        Span::new(least.saturating_mul(minutes), time.value.saturating_mul(minutes))
    };
    let minutes = match time.unit() {
        Unit::Minutes => 1,
        Unit::Hours => 60,
        Unit::CalendarDays => 24 * 60,
        Unit::WorkingDays => return Some(Length { working_days: of(1), ..Length::default() }),
        Unit::Cases => {
            let cases: Option<Vec<Length>> = time.cases.iter().map(length).collect();
            return cases?.into_iter().reduce(Length::or);
        }
        Unit::Unparsed | Unit::Unspecified => return None,
    };
    Some(Length { minutes: of(minutes), ..Length::default() })
}

/// What somebody who needs the service once pays, in rupiah. Several fees are for several things,
/// of which the applicant needs one. `None` if no fee is named, or one of them has no sure sum.
pub fn cost(fees: &[Fee]) -> Option<Span> {
    either(fees)
}

fn either(fees: &[Fee]) -> Option<Span> {
    let all: Option<Vec<Span>> = fees.iter().map(one_cost).collect();
    all?.into_iter().reduce(Span::or)
}

fn one_cost(fee: &Fee) -> Option<Span> {
    match fee.kind() {
        Kind::Free => Some(Span::default()),
        // For each of several things, whose number nobody knows.
        _ if !fee.unit.is_empty() => None,
        Kind::Fixed => Some(Span::new(fee.amount_rupiah, fee.amount_rupiah)),
        Kind::Range => Some(Span::new(fee.amount_rupiah, fee.max_rupiah)),
        Kind::Cases => either(&fee.cases),
        Kind::Parts => {
            let parts: Option<Vec<Span>> = fee.parts.iter().map(one_cost).collect();
            parts?.into_iter().reduce(Span::plus)
        }
        Kind::LocalRegulation
        | Kind::Regulation
        | Kind::Charged
        | Kind::Formula
        | Kind::Foreign
        | Kind::Unparsed
        | Kind::Unspecified => None,
    }
}

/// Whether a time or one of its cases is called approximate.
pub fn is_approximate_time(time: &ServiceTime) -> bool {
    time.approximate || time.cases.iter().any(is_approximate_time)
}

/// Whether a fee, or a case or part of it, is called approximate.
pub fn is_approximate_fee(fee: &Fee) -> bool {
    fee.approximate || fee.cases.iter().chain(&fee.parts).any(is_approximate_fee)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(value: i64, unit: Unit) -> ServiceTime {
        ServiceTime { value, unit: unit.into(), ..ServiceTime::default() }
    }

    fn fixed(amount_rupiah: i64) -> Fee {
        Fee { kind: Kind::Fixed.into(), amount_rupiah, ..Fee::default() }
    }

    fn minutes(least: i64, most: i64) -> Option<Length> {
        Some(Length { minutes: Span { least, most }, ..Length::default() })
    }

    #[test]
    fn working_days_and_hours_are_two_measures() {
        let days = Span { least: 3, most: 3 };
        let working = Some(Length { working_days: days, ..Length::default() });
        assert_eq!(length(&time(3, Unit::WorkingDays)), working);
        assert_eq!(length(&time(3, Unit::Hours)), minutes(180, 180));
        let cases = vec![time(2, Unit::WorkingDays), time(1, Unit::Hours)];
        let either = length(&ServiceTime { cases, ..time(0, Unit::Cases) });
        let both = Length {
            working_days: Span { least: 0, most: 2 },
            minutes: Span { least: 0, most: 60 },
        };
        assert_eq!(either, Some(both));
    }

    #[test]
    fn a_maximum_says_nothing_of_the_shorter_end() {
        let at_most = ServiceTime { at_most: true, ..time(1, Unit::CalendarDays) };
        assert_eq!(length(&at_most), minutes(0, 1_440));
        assert_eq!(length(&ServiceTime { min_value: 5, ..time(9, Unit::Minutes) }), minutes(5, 9));
        assert_eq!(length(&ServiceTime { per: "halaman".into(), ..time(9, Unit::Minutes) }), None);
        let cases = vec![time(9, Unit::Minutes), time(0, Unit::Unparsed)];
        assert_eq!(length(&ServiceTime { cases, ..time(0, Unit::Cases) }), None, "one is not read");
    }

    #[test]
    fn several_fees_are_alternatives_and_parts_are_added() {
        assert_eq!(cost(&[]), None, "nobody says that it is free");
        let span = |least, most| Some(Span { least, most });
        assert_eq!(cost(&[fixed(350_000), fixed(650_000)]), span(350_000, 650_000));
        let parts = vec![fixed(10), Fee { kind: Kind::Range.into(), max_rupiah: 5, ..fixed(1) }];
        assert_eq!(
            cost(&[Fee { kind: Kind::Parts.into(), parts, ..Fee::default() }]),
            span(11, 15)
        );
        assert_eq!(cost(&[Fee { unit: "lembar".into(), ..fixed(10) }]), None, "how many?");
        let by_law = Fee { kind: Kind::LocalRegulation.into(), ..Fee::default() };
        assert_eq!(cost(&[fixed(10), by_law]), None);
    }
}
