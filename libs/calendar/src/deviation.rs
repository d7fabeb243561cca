//! How a counter's hours differ from its mall's, the national template's, and its baseline's.
//!
//! In order of days; within a day as in [`FindingCode`]. Which counter a report shows first is
//! reporting's rule: `order_of_deviations` in its `model/deviations.rs`.

use jiff::civil::Date;

use crate::baseline::{Baseline, Measure, Norm};
use crate::decree::Decrees;
use crate::error::{Error, Problem};
use crate::finding::{Finding, FindingCode, findings};
use crate::interval::total;
use crate::resolve::{Day, Status, resolve, resolve_down_to};
use crate::rule::{Layer, Rule};
use crate::zone::{days_between, shift};

/// Longest range of one report, in days.
pub const MAX_DAYS: i64 = 366;

/// The counter that is measured: its rules with those of its mall and the nation, and its region.
#[derive(Clone, Copy, Debug)]
pub struct Counter<'a> {
    /// Rules of the counter and of all layers above it.
    pub rules: &'a [Rule],
    /// The decrees in force.
    pub decrees: &'a Decrees,
    /// Kemendagri code of the mall's regency.
    pub region: &'a str,
}

/// The yardstick for a counter's hours.
#[derive(Clone, Copy, Debug)]
pub enum Yardstick<'a> {
    /// Its mall's hours, which bind it.
    Mall,
    /// The national template; to differ from it is allowed.
    National,
    /// Its body's baseline.
    Baseline(&'a Baseline),
}

/// A day that deviates, or that cannot be judged yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// The day by the yardstick, with its explanation.
    pub expected: Day,
    /// The day at the counter, with its explanation.
    pub actual: Day,
    /// The findings; none for a day that cannot be judged.
    pub findings: Vec<Finding>,
}

/// The judgement over a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// There is no finding.
    Conforms,
    /// Other hours, which is allowed.
    Differs,
    /// Less than it is bound to.
    FallsShort,
    /// Not one day could be judged.
    Unknown,
}

/// A counter against one yardstick over a range of days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What was found over the whole range.
    pub verdict: Verdict,
    /// Days that could be judged.
    pub days_measured: u32,
    /// Days closed that should be open.
    pub days_missing: u32,
    /// Minutes that the yardstick asks for on the days measured.
    pub expected_minutes: u32,
    /// Minutes that are lacking, whole days included.
    pub short_minutes: u32,
    /// Minutes beyond the yardstick, whole days included.
    pub extra_minutes: u32,
    /// Days with findings, in order.
    pub deviating: Vec<Compared>,
    /// Days that could not be judged, in order. They count nowhere.
    pub unknown: Vec<Compared>,
    /// Nothing could be measured: the body sets its own hours and has not declared them.
    pub undeclared: bool,
}

/// Measures a counter from `from` to `to`, both inclusive.
///
/// # Errors
/// [`Problem::EndsBeforeStart`] or [`Problem::TooMany`] for a range that ends early or passes
/// [`MAX_DAYS`].
pub fn deviation(
    counter: Counter<'_>,
    yardstick: Yardstick<'_>,
    from: Date,
    to: Date,
) -> Result<Report, Error> {
    let days = days_between(from, to) + 1;
    if days < 1 {
        return Err(Error::new("to", Problem::EndsBeforeStart(from)));
    }
    if days > MAX_DAYS {
        let given = usize::try_from(days).unwrap_or(usize::MAX);
        let limit = MAX_DAYS.unsigned_abs() as usize;
        return Err(Error::new("to", Problem::TooMany { given, limit }));
    }
    let mut report = Report::empty();
    let Some((layer, norm)) = norm(counter, yardstick) else {
        report.undeclared = true;
        return Ok(report);
    };
    for date in (0..days).map(|offset| shift(from, offset)) {
        let expected = resolve_down_to(layer, date, norm.rules, counter.decrees, counter.region);
        let actual = resolve(date, counter.rules, counter.decrees, counter.region);
        report.count(expected, actual, norm.measure);
    }
    report.judge(norm.binding);
    Ok(report)
}

/// The hours to measure against, and the last layer of their rules that counts.
fn norm<'a>(counter: Counter<'a>, yardstick: Yardstick<'a>) -> Option<(Layer, Norm<'a>)> {
    let above = |binding| Norm { rules: counter.rules, measure: Measure::Coverage, binding };
    match yardstick {
        Yardstick::Mall => Some((Layer::Mall, above(true))),
        Yardstick::National => Some((Layer::National, above(false))),
        Yardstick::Baseline(baseline) => baseline.norm().map(|norm| (Layer::Offering, norm)),
    }
}

impl Report {
    fn empty() -> Report {
        Report {
            verdict: Verdict::Unknown,
            days_measured: 0,
            days_missing: 0,
            expected_minutes: 0,
            short_minutes: 0,
            extra_minutes: 0,
            deviating: Vec::new(),
            unknown: Vec::new(),
            undeclared: false,
        }
    }

    fn count(&mut self, expected: Day, actual: Day, measure: Measure) {
        if expected.status == Status::Unknown || actual.status == Status::Unknown {
            self.unknown.push(Compared { expected, actual, findings: Vec::new() });
            return;
        }
        self.days_measured += 1;
        self.expected_minutes += total(expected.intervals());
        let findings = findings(&expected, &actual, measure);
        for finding in &findings {
            match finding.code {
                FindingCode::MissingDay => {
                    self.days_missing += 1;
                    self.short_minutes += finding.minutes;
                }
                FindingCode::ShortHours => self.short_minutes += finding.minutes,
                FindingCode::ExtraDay | FindingCode::ExtraHours => {
                    self.extra_minutes += finding.minutes;
                }
                // Their minutes are part of the short hours already.
                FindingCode::OpensLate
                | FindingCode::ClosesEarly
                | FindingCode::ClosedWithoutReferral => {}
            }
        }
        if !findings.is_empty() {
            self.deviating.push(Compared { expected, actual, findings });
        }
    }

    fn judge(&mut self, binding: bool) {
        let mut findings = self.deviating.iter().flat_map(|day| &day.findings);
        self.verdict = match self.days_measured {
            0 => Verdict::Unknown,
            _ if self.deviating.is_empty() => Verdict::Conforms,
            _ if binding && findings.any(|finding| finding.code.is_shortfall()) => {
                Verdict::FallsShort
            }
            _ => Verdict::Differs,
        };
    }
}
