//! The hours of one place on one date, and why.

use jiff::civil::Date;

use crate::bar::Bar;
use crate::decree::{Decrees, Holiday, HolidayKind, RamadanStatus};
use crate::interval::Interval;
use crate::reason::{Reason, ReasonCode};
use crate::rule::{Layer, Observes, Rule};

/// Whether a place is open on a date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Open in these intervals: not empty, sorted, apart.
    Open(Vec<Interval>),
    /// Closed all day.
    Closed,
    /// Nobody has decided yet. Never to be sold or promised.
    Unknown,
}

/// The answer for one date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// The local date.
    pub date: Date,
    /// Open, closed or unknown.
    pub status: Status,
    /// The place that serves citizens meanwhile, if a closure names one.
    pub referral: Option<String>,
    /// The reasons in order: the season, the closure or rule that holds, the ones it overrides, and
    /// the decrees.
    pub why: Vec<Reason>,
}

impl Day {
    /// A day on which a place is closed by more than its rules.
    pub fn barred(date: Date, bar: &Bar) -> Day {
        Day { date, status: Status::Closed, referral: None, why: vec![Reason::barred(bar)] }
    }

    pub(crate) fn unknown(date: Date, why: Vec<Reason>) -> Day {
        Day { date, status: Status::Unknown, referral: None, why }
    }

    /// The open intervals; empty when closed or unknown.
    pub fn intervals(&self) -> &[Interval] {
        match &self.status {
            Status::Open(intervals) => intervals,
            Status::Closed | Status::Unknown => &[],
        }
    }

    /// Whether a holiday decree is among the reasons for being closed.
    pub fn closed_by_decree(&self) -> bool {
        self.status == Status::Closed && self.why.iter().any(|why| why.code.closes_by_decree())
    }
}

/// The hours on `date` of the place whose rules, and those of all layers above it, are given;
/// `region` is the Kemendagri code of the mall's regency. The order of `rules` does not matter.
pub fn resolve(date: Date, rules: &[Rule], decrees: &Decrees, region: &str) -> Day {
    resolve_where(date, rules, decrees, region, |_| true)
}

/// Like [`resolve`], with the rules of `layer` and those above it only: the mall's own answer, when
/// all that the caller has is a counter's rules.
pub fn resolve_down_to(
    layer: Layer,
    date: Date,
    rules: &[Rule],
    decrees: &Decrees,
    region: &str,
) -> Day {
    resolve_where(date, rules, decrees, region, |rule| rule.layer <= layer)
}

fn resolve_where(
    date: Date,
    rules: &[Rule],
    decrees: &Decrees,
    region: &str,
    wanted: impl Fn(&Rule) -> bool,
) -> Day {
    let mut valid: Vec<&Rule> = rules.iter().filter(|r| wanted(r) && r.covers(date)).collect();
    valid.sort_by(|a, b| a.precedence(b));
    let question = Question { date, decrees, region };
    match decrees.ramadan(date) {
        RamadanStatus::Outside => question.decide(&in_season(&valid, false)),
        RamadanStatus::In(row) => {
            let mut day = question.decide(&in_season(&valid, true));
            day.why.insert(0, Reason::ramadan(row));
            day
        }
        RamadanStatus::Undecided(row) => {
            let ramadan = question.decide(&in_season(&valid, true));
            let outside = question.decide(&in_season(&valid, false));
            reconcile(ramadan, outside, Reason::ramadan_not_decided(date, row))
        }
    }
}

fn in_season<'a>(valid: &[&'a Rule], ramadan: bool) -> Vec<&'a Rule> {
    valid.iter().copied().filter(|rule| rule.applies_in(ramadan)).collect()
}

/// One answer from two hypotheses: theirs where they agree, else unknown with the reasons of both.
/// A referral that only one of them gives cannot be promised.
fn reconcile(ramadan: Day, outside: Day, undecided: Reason) -> Day {
    if ramadan == outside {
        return ramadan;
    }
    let agree = ramadan.status == outside.status;
    let Day { date, status, referral, why: in_ramadan } = ramadan;
    let referral = referral.filter(|place| outside.referral.as_ref() == Some(place));
    let mut why = vec![undecided];
    why.extend(agree.then(Reason::ramadan_makes_no_difference));
    why.extend(in_ramadan);
    for step in outside.why {
        if !why.contains(&step) {
            why.push(step);
        }
    }
    if agree { Day { date, status, referral, why } } else { Day::unknown(date, why) }
}

struct Question<'a> {
    date: Date,
    decrees: &'a Decrees,
    region: &'a str,
}

impl Question<'_> {
    /// `rules` are those in force, by precedence. A closure, which holds whatever a decree says,
    /// comes first; then an undecreed year makes everything unknown.
    fn decide(&self, rules: &[&Rule]) -> Day {
        if let Some(day) = self.mandatory_closure(rules) {
            return day;
        }
        let Some((winner, overridden)) = rules.split_first() else {
            return Day::unknown(self.date, vec![Reason::no_rule()]);
        };
        let overrides = overridden.iter().map(|rule| Reason::rule_overridden(rule, winner));
        if let Some(closure) = &winner.closure {
            let why = std::iter::once(Reason::closed(winner, closure)).chain(overrides).collect();
            return self.day(Status::Closed, closure.referral.clone(), why);
        }
        let mut why: Vec<Reason> =
            std::iter::once(Reason::rule_applied(winner)).chain(overrides).collect();
        if self.decrees.year(self.date.year()).is_none() {
            why.push(Reason::year_not_decreed(self.date.year()));
            return Day::unknown(self.date, why);
        }
        let observes = rules.iter().find_map(|rule| rule.observes).unwrap_or(Observes::ALL);
        let status = self.weigh(winner, observes, &mut why);
        self.day(status, None, why)
    }

    /// The closures that hold for all below; of several, the widest names the referral.
    fn mandatory_closure(&self, rules: &[&Rule]) -> Option<Day> {
        let closing: Vec<_> = (rules.iter().rev())
            .filter_map(|rule| rule.mandatory_closure().map(|closure| (rule, closure)))
            .collect();
        if closing.is_empty() {
            return None;
        }
        let why = closing.iter().map(|(rule, closure)| Reason::closed(rule, closure)).collect();
        let referral = closing.iter().find_map(|(_, closure)| closure.referral.clone());
        Some(self.day(Status::Closed, referral, why))
    }

    /// The winner's hours against the decrees.
    fn weigh(&self, winner: &Rule, observes: Observes, why: &mut Vec<Reason>) -> Status {
        let intervals = winner.intervals_on(self.date);
        if intervals.is_empty() {
            why.push(Reason::closed_weekday(winner, self.date.weekday()));
        }
        let holiday = self.decreed_holidays(observes, why);
        if intervals.is_empty() || holiday {
            return Status::Closed;
        }
        if self.undecided_holidays(observes, why) {
            return Status::Unknown;
        }
        Status::Open(intervals.to_vec())
    }

    fn decreed_holidays(&self, observes: Observes, why: &mut Vec<Reason>) -> bool {
        let before = why.len();
        for row in self.decrees.holidays(self.date, self.region) {
            match &row.revoked_by {
                Some(by) => why.push(Reason::holiday_revoked(row, by)),
                None if row.estimated => {}
                None if is_observed(row, observes) => why.push(Reason::holiday(row)),
                None => why.push(Reason::holiday_worked(row)),
            }
        }
        why[before..].iter().any(|step| step.code.closes_by_decree())
    }

    fn undecided_holidays(&self, observes: Observes, why: &mut Vec<Reason>) -> bool {
        let rows = self.decrees.undecided(self.date, self.region);
        why.extend(rows.filter(|row| is_observed(row, observes)).map(Reason::holiday_not_decided));
        why.last().is_some_and(|step| step.code == ReasonCode::HolidayNotDecided)
    }

    fn day(&self, status: Status, referral: Option<String>, why: Vec<Reason>) -> Day {
        Day { date: self.date, status, referral, why }
    }
}

fn is_observed(row: &Holiday, observes: Observes) -> bool {
    match row.kind {
        HolidayKind::National => observes.national,
        HolidayKind::CollectiveLeave => observes.collective,
        HolidayKind::Regional => observes.regional,
    }
}
