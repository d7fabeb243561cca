//! The form of an hours rule: from the wire's message to the calendar's rule, with every fault at
//! once.

mod target;

use mpp_api::{
    scheduling::{HoursRule, Interval as WireInterval, hours_rule},
    types::LocalizedText,
};
use mpp_calendar::{
    Closure, Interval, Layer, MAX_INTERVALS, MAX_TEXT, Observes, Problem, Rule, Season, Weekly,
    parse_time,
};
use mpp_core::{Error, FieldCode, FieldViolation, Result};

pub use self::target::{Target, lies_within};
use crate::{
    day,
    screen::{self, name::is_blank},
};

/// Checks a rule and gives the calendar's form of it.
///
/// # Errors
/// Names every wrong field, as a path from the rule, such as `weekly.fri[1].close`.
pub fn check(doc: &HoursRule) -> Result<(Target, Rule)> {
    let mut faults = Faults::default();
    let target = faults.keep(Target::parse(&doc.target, "target"));
    let valid_from = faults.keep(day::parse_optional(&doc.valid_from, "valid_from")).flatten();
    let valid_through =
        faults.keep(day::parse_optional(&doc.valid_through, "valid_through")).flatten();
    let season = faults.keep(season(doc.season)).unwrap_or_default();
    let weekly = weekly(doc.weekly.as_ref(), &mut faults);
    let closure = doc.closure.as_ref().map(|closure| checked_closure(closure, &mut faults));
    faults.add(one_of_both(doc));
    let rule = Rule {
        id: doc.name.trim_start_matches("hoursRules/").to_owned(),
        layer: target.as_ref().map_or(Layer::National, Target::layer),
        valid_from,
        valid_through,
        weekly,
        season,
        closure,
        observes: observes(doc),
        basis: doc.basis.clone(),
    };
    faults.add(rule.validate().err().map(violation));
    match target {
        Some(target) if faults.0.is_empty() => Ok((target, rule)),
        _ => Err(Error::fields(faults.0)),
    }
}

/// Writes each time as the contract spells it: "8.00" was understood as 08:00 and is kept as that.
pub fn write_times(doc: &mut HoursRule) {
    let Some(week) = &mut doc.weekly else { return };
    let days = [
        &mut week.mon,
        &mut week.tue,
        &mut week.wed,
        &mut week.thu,
        &mut week.fri,
        &mut week.sat,
        &mut week.sun,
    ];
    for interval in days.into_iter().flatten() {
        for time in [&mut interval.open, &mut interval.close] {
            if let Some(minute) = parse_time(time) {
                *time = format!("{:02}:{:02}", minute / 60, minute % 60);
            }
        }
    }
}

#[derive(Default)]
struct Faults(Vec<FieldViolation>);

impl Faults {
    fn keep<T>(&mut self, checked: Result<T>) -> Option<T> {
        checked.map_err(|error| self.0.extend_from_slice(error.violations())).ok()
    }

    /// A field is blamed once: later faults usually follow from the first.
    fn add(&mut self, fault: Option<FieldViolation>) {
        let is_new = |fault: &FieldViolation| self.0.iter().all(|own| own.field != fault.field);
        if let Some(fault) = fault.filter(is_new) {
            self.0.push(fault);
        }
    }
}

fn fault(field: &str, code: FieldCode, description: impl Into<String>) -> FieldViolation {
    FieldViolation { field: field.to_owned(), description: description.into(), code }
}

fn violation(error: mpp_calendar::Error) -> FieldViolation {
    fault(&error.field, field_code(&error.problem), error.problem.to_string())
}

fn season(number: i32) -> Result<Season> {
    match hours_rule::Season::try_from(number) {
        Ok(season) => Ok(calendar_season(season)),
        Err(_) => Err(Error::field(
            "season",
            FieldCode::UnknownValue,
            format!("{number} is not a season"),
        )),
    }
}

/// A rule that says nothing leaves this to the next rule above. A counter that works on national
/// holidays works on those of its region too.
fn observes(doc: &HoursRule) -> Option<Observes> {
    let (national, collective) = (doc.works_national_holidays, doc.works_collective_leave);
    (national || collective).then_some(Observes {
        national: !national,
        collective: !collective,
        regional: !national,
    })
}

fn one_of_both(doc: &HoursRule) -> Option<FieldViolation> {
    match (&doc.weekly, &doc.closure) {
        (Some(_), Some(_)) => Some(fault(
            "closure",
            FieldCode::NotAllowed,
            "a rule either gives hours or closes; leave one out",
        )),
        (None, None) => {
            Some(fault("weekly", FieldCode::Required, "give weekly hours, or a closure"))
        }
        _ => None,
    }
}

fn weekly(week: Option<&hours_rule::Week>, faults: &mut Faults) -> Weekly {
    let Some(week) = week else {
        return Weekly::default();
    };
    let days = [&week.mon, &week.tue, &week.wed, &week.thu, &week.fri, &week.sat, &week.sun];
    let mut readable = true;
    let mut number = 0;
    let parsed = days.map(|day| {
        let name = Weekly::DAY_NAMES[number];
        number += 1;
        let parsed = day_intervals(day, name, faults);
        readable &= parsed.len() == day.len();
        parsed
    });
    if !readable {
        return Weekly::default();
    }
    Weekly::new(parsed).unwrap_or_else(|error| {
        faults.add(Some(violation(error)));
        Weekly::default()
    })
}

/// The intervals that can be read; those that cannot are faults. Bounded, so that a day of a
/// million intervals is one fault.
fn day_intervals(day: &[WireInterval], name: &str, faults: &mut Faults) -> Vec<Interval> {
    let mut intervals = Vec::new();
    for (index, interval) in day.iter().enumerate().take(MAX_INTERVALS + 1) {
        let path = format!("weekly.{name}[{index}]");
        let open = faults.keep(time(&interval.open, &format!("{path}.open")));
        let close = faults.keep(time(&interval.close, &format!("{path}.close")));
        intervals.extend(open.zip(close).map(|(open, close)| Interval::new(open, close)));
    }
    if day.len() > MAX_INTERVALS {
        let hint = format!("holds {}, at most {MAX_INTERVALS} are allowed", day.len());
        faults.add(Some(fault(&format!("weekly.{name}"), FieldCode::TooMany, hint)));
    }
    intervals
}

fn time(text: &str, field: &str) -> Result<u16> {
    parse_time(text).ok_or_else(|| {
        let shown: String = text.chars().take(10).filter(|c| !c.is_control()).collect();
        Error::field(field, FieldCode::Time, format!("'{shown}' is not a time of day; write 07:30"))
    })
}

/// The hint for a closure without a reason.
const WHY: &str = "say in Indonesian why it is closed";

/// Refuses a new reason of a closure that says nothing, such as "-". A stored one counts as it is:
/// the day stays closed.
///
/// # Errors
/// Names the reason.
pub fn check_reason(rule: &HoursRule, before: Option<&HoursRule>) -> Result<()> {
    let reason = reason_of(rule);
    let says_nothing = is_blank(reason) && screen::text(reason).is_none();
    if says_nothing && !reason.trim().is_empty() && before.map(reason_of) != Some(reason) {
        let shown: String = reason.chars().take(40).filter(|sign| !sign.is_control()).collect();
        let hint = format!("'{shown}' names no reason; {WHY}");
        return Err(Error::field("hours_rule.closure.reason.id", FieldCode::Required, hint));
    }
    Ok(())
}

fn reason_of(rule: &HoursRule) -> &str {
    let reason = rule.closure.as_ref().and_then(|closure| closure.reason.as_ref());
    reason.map_or("", |reason| &reason.id)
}

fn checked_closure(closure: &hours_rule::Closure, faults: &mut Faults) -> Closure {
    let reason = closure.reason.clone().unwrap_or_default();
    if reason.id.trim().is_empty() {
        faults.add(Some(fault("closure.reason.id", FieldCode::Required, WHY)));
    }
    if reason.id.len().max(reason.en.len()) > MAX_TEXT {
        let hint = format!("is longer than {MAX_TEXT} bytes");
        faults.add(Some(fault("closure.reason", FieldCode::TooLong, hint)));
    }
    Closure {
        mandatory: closure.mandatory,
        reason: shown_reason(&reason),
        referral: (!closure.referral.trim().is_empty()).then(|| closure.referral.clone()),
    }
}

/// The reason for the calendar's sentences, which hold one text; a missing one is refused above.
fn shown_reason(reason: &LocalizedText) -> String {
    if reason.id.trim().is_empty() { "-".to_owned() } else { reason.id.clone() }
}

/// A rule that names no season holds the whole year.
fn calendar_season(season: hours_rule::Season) -> Season {
    match season {
        hours_rule::Season::Unspecified | hours_rule::Season::Any => Season::Any,
        hours_rule::Season::Ramadan => Season::Ramadan,
        hours_rule::Season::OutsideRamadan => Season::OutsideRamadan,
    }
}

/// The field code of a fault that the calendar finds in a value.
fn field_code(problem: &Problem) -> FieldCode {
    match problem {
        Problem::Empty => FieldCode::Required,
        Problem::TooMany { .. } => FieldCode::TooMany,
        Problem::TooLong { .. } => FieldCode::TooLong,
        Problem::AfterMidnight(_)
        | Problem::RamadanLength(_)
        | Problem::SlotLength(_)
        | Problem::OutOfRange => FieldCode::OutOfRange,
        Problem::NotAfterOpening(_)
        | Problem::NotAfterPrevious(_)
        | Problem::EndsBeforeStart(_) => FieldCode::Order,
        Problem::Unreadable(_) => FieldCode::Unreadable,
        Problem::NoSuchHoliday => FieldCode::NotFound,
        Problem::RegionMismatch => FieldCode::NotAllowed,
    }
}

#[cfg(test)]
mod tests;
