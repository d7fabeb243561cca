//! How a counter's hours differ from its mall's, the national template's, and its baseline's.

use jiff::civil::Date;

use crate::baseline::{Baseline, Measure, Yardstick};
use crate::decree::Decrees;
use crate::error::{Error, Problem};
use crate::interval::{Interval, common, format_time, total};
use crate::resolve::{Day, Status, resolve, resolve_down_to};
use crate::rule::{Layer, Rule};
use crate::why::{Text, Why};
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

/// What it is measured against.
#[derive(Clone, Copy, Debug)]
pub enum Against<'a> {
    /// Its mall's hours, which bind it.
    Mall,
    /// The national template; to differ from it is allowed.
    Template,
    /// Its body's baseline.
    Baseline(&'a Baseline),
}

/// What one finding says; clients may branch on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingCode {
    /// Closed on a day that should be open.
    DayMissing,
    /// Closed so, and citizens are not told where to go.
    ClosedWithoutReferral,
    /// Opens later than it should.
    OpensLate,
    /// Closes earlier than it should.
    ClosesEarly,
    /// Open for less time in total, breaks included.
    MinutesShort,
    /// Open on a day that need not be.
    ExtraDay,
    /// Open longer than it need be.
    ExtraMinutes,
}

impl FindingCode {
    /// The code on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            FindingCode::DayMissing => "DAY_MISSING",
            FindingCode::ClosedWithoutReferral => "CLOSED_WITHOUT_REFERRAL",
            FindingCode::OpensLate => "OPENS_LATE",
            FindingCode::ClosesEarly => "CLOSES_EARLY",
            FindingCode::MinutesShort => "MINUTES_SHORT",
            FindingCode::ExtraDay => "EXTRA_DAY",
            FindingCode::ExtraMinutes => "EXTRA_MINUTES",
        }
    }

    /// Whether citizens get less than they should.
    pub const fn is_shortfall(self) -> bool {
        !matches!(self, FindingCode::ExtraDay | FindingCode::ExtraMinutes)
    }
}

/// One finding about one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it says.
    pub code: FindingCode,
    /// By how many minutes; 0 where time is not the point.
    pub minutes: u32,
    /// In words.
    pub text: Text,
}

/// A day that deviates, or that nobody can judge yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// What the reference says, and why.
    pub expected: Day,
    /// What the counter says, and why.
    pub actual: Day,
    /// The findings; none for a day that cannot be judged.
    pub findings: Vec<Finding>,
}

/// The judgement over a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// No finding.
    Conforms,
    /// Other hours, which is allowed.
    Differs,
    /// Less than it is bound to.
    FallsShort,
    /// Not one day could be judged.
    Unknown,
}

/// A counter against one reference over a range of days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The judgement.
    pub verdict: Verdict,
    /// Days that could be judged.
    pub days_measured: u32,
    /// Days closed that should be open.
    pub days_missing: u32,
    /// Minutes that the reference asks for on the days measured.
    pub expected_minutes: u32,
    /// Minutes that are lacking, whole days included.
    pub short_minutes: u32,
    /// Minutes beyond the reference, whole days included.
    pub extra_minutes: u32,
    /// Days with findings, in order.
    pub deviating: Vec<Compared>,
    /// Days that could not be judged, in order. They count nowhere.
    pub unknown: Vec<Compared>,
    /// Why nothing could be measured, where no reference exists.
    pub note: Option<Why>,
}

/// Measures a counter from `from` to `to`, both inclusive.
///
/// # Errors
/// [`Problem::EndsBeforeStart`] or [`Problem::TooMany`] for a range that ends early or passes [`MAX_DAYS`].
pub fn deviation(
    counter: Counter<'_>,
    against: Against<'_>,
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
    let Some(reference) = Reference::of(counter, against) else {
        report.note = Some(Why::baseline_undeclared());
        return Ok(report);
    };
    for date in (0..days).map(|offset| shift(from, offset)) {
        let actual = resolve(date, counter.rules, counter.decrees, counter.region);
        report.count(reference.day(date), actual, reference.measure);
    }
    report.judge(reference.binding);
    Ok(report)
}

struct Reference<'a> {
    counter: Counter<'a>,
    rules: &'a [Rule],
    layer: Layer,
    measure: Measure,
    binding: bool,
}

impl<'a> Reference<'a> {
    fn of(counter: Counter<'a>, against: Against<'a>) -> Option<Reference<'a>> {
        let (layer, yardstick) = match against {
            Against::Mall => (Layer::Mall, layers_above(counter, true)),
            Against::Template => (Layer::National, layers_above(counter, false)),
            Against::Baseline(baseline) => (Layer::Service, baseline.yardstick()?),
        };
        let Yardstick { rules, measure, binding } = yardstick;
        Some(Reference { counter, rules, layer, measure, binding })
    }

    fn day(&self, date: Date) -> Day {
        resolve_down_to(self.layer, date, self.rules, self.counter.decrees, self.counter.region)
    }
}

fn layers_above(counter: Counter<'_>, binding: bool) -> Yardstick<'_> {
    Yardstick { rules: counter.rules, measure: Measure::Coverage, binding }
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
            note: None,
        }
    }

    fn count(&mut self, expected: Day, actual: Day, measure: Measure) {
        if expected.status == Status::Unknown || actual.status == Status::Unknown {
            self.unknown.push(Compared { expected, actual, findings: Vec::new() });
            return;
        }
        self.days_measured += 1;
        self.expected_minutes += total(expected.intervals());
        let findings = compare(&expected, &actual, measure);
        for finding in &findings {
            match finding.code {
                FindingCode::DayMissing => {
                    self.days_missing += 1;
                    self.short_minutes += finding.minutes;
                }
                FindingCode::MinutesShort => self.short_minutes += finding.minutes,
                FindingCode::ExtraDay | FindingCode::ExtraMinutes => {
                    self.extra_minutes += finding.minutes;
                }
                // Their minutes are part of MINUTES_SHORT already.
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

fn compare(expected: &Day, actual: &Day, measure: Measure) -> Vec<Finding> {
    let (should, does) = (expected.intervals(), actual.intervals());
    match (should.is_empty(), does.is_empty()) {
        (true, true) => Vec::new(),
        (true, false) => vec![extra_day(does)],
        (false, true) => missing_day(should, actual),
        (false, false) => open_both(should, does, measure),
    }
}

fn extra_day(does: &[Interval]) -> Finding {
    let (hours, minutes) = (listed(does), total(does));
    Finding {
        code: FindingCode::ExtraDay,
        minutes,
        text: Text::new(
            format!("Open {hours} on a day that need not be."),
            format!("Buka {hours} pada hari yang tidak diwajibkan."),
        ),
    }
}

fn missing_day(should: &[Interval], actual: &Day) -> Vec<Finding> {
    let (hours, minutes) = (listed(should), total(should));
    let mut findings = vec![Finding {
        code: FindingCode::DayMissing,
        minutes,
        text: Text::new(
            format!("Closed all day; {hours} expected."),
            format!("Tutup sepanjang hari; seharusnya {hours}."),
        ),
    }];
    if actual.referral.is_none() {
        findings.push(Finding {
            code: FindingCode::ClosedWithoutReferral,
            minutes: 0,
            text: Text::new(
                "Closed without saying where citizens are served meanwhile.",
                "Tutup tanpa rujukan tempat layanan pengganti.",
            ),
        });
    }
    findings
}

fn open_both(should: &[Interval], does: &[Interval], measure: Measure) -> Vec<Finding> {
    let ends = |day: &[Interval]| (day[0].open, day[day.len() - 1].close);
    let ((opens, closes), (opened, closed)) = (ends(should), ends(does));
    let (short, extra) = match measure {
        Measure::Coverage => {
            let both = common(should, does);
            (total(should) - both, total(does) - both)
        }
        Measure::Total => {
            let (asked, given) = (total(should), total(does));
            (asked.saturating_sub(given), given.saturating_sub(asked))
        }
    };
    let found = [
        (FindingCode::OpensLate, u32::from(opened.saturating_sub(opens)), (opened, opens)),
        (FindingCode::ClosesEarly, u32::from(closes.saturating_sub(closed)), (closed, closes)),
        (FindingCode::MinutesShort, short, (0, 0)),
        (FindingCode::ExtraMinutes, extra, (0, 0)),
    ];
    found.into_iter().filter(|(_, minutes, _)| *minutes > 0).map(partial_day).collect()
}

fn partial_day((code, minutes, (does, should)): (FindingCode, u32, (u16, u16))) -> Finding {
    let (does, should) = (format_time(does), format_time(should));
    let text = match code {
        FindingCode::OpensLate => Text::new(
            format!("Opens at {does}, {minutes} minutes after {should}."),
            format!("Buka pukul {does}, {minutes} menit setelah {should}."),
        ),
        FindingCode::ClosesEarly => Text::new(
            format!("Closes at {does}, {minutes} minutes before {should}."),
            format!("Tutup pukul {does}, {minutes} menit sebelum {should}."),
        ),
        FindingCode::MinutesShort => Text::new(
            format!("Open {minutes} minutes less than expected."),
            format!("Jam buka kurang {minutes} menit dari seharusnya."),
        ),
        _ => Text::new(
            format!("Open for {minutes} minutes outside the expected hours."),
            format!("Buka {minutes} menit di luar jam yang seharusnya."),
        ),
    };
    Finding { code, minutes, text }
}

fn listed(intervals: &[Interval]) -> String {
    intervals.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
