//! Times of services: the unit says which fields a time has, and what a reader did not understand
//! is kept in the source's words.

use mpp_api::types::{ServiceTime, service_time::Unit};
use mpp_core::FieldCode;

use crate::{
    Check,
    limits::{LONG, LONGEST_TIME, SHORT},
};

/// The most cases, steps or notes of one time.
const MAX_PARTS: usize = 100;

/// Checks how long a service takes.
pub fn time(check: &mut Check, field: &str, time: &ServiceTime) {
    check.within(field, |part| {
        one(part, time);
        part.each("cases", &time.cases, MAX_PARTS, part_of_one);
        part.each("steps", &time.steps, MAX_PARTS, part_of_one);
        if !time.condition.is_empty() {
            part.fail("condition", FieldCode::NotAllowed, "is said of one of a time's cases");
        }
    });
}

/// Checks a case or a step: a time that is not made of others.
fn part_of_one(check: &mut Check, time: &ServiceTime) {
    one(check, time);
    if time.unit() == Unit::Cases || !time.steps.is_empty() {
        check.fail("", FieldCode::NotAllowed, "a case or a step has no cases or steps");
    }
}

fn one(check: &mut Check, time: &ServiceTime) {
    check.text("source_text", &time.source_text, LONG);
    check.text("condition", &time.condition, SHORT);
    check.text("per", &time.per, SHORT);
    check.texts("notes", &time.notes, MAX_PARTS, SHORT);
    if Unit::try_from(time.unit).is_err() || time.unit() == Unit::Unspecified {
        return check.fail("unit", FieldCode::Required, "must be a known unit");
    }
    match time.unit() {
        Unit::Unparsed => {
            check.required("source_text", &time.source_text, LONG);
            no_length(check, time, "must be 0 where the words cannot be parsed");
        }
        Unit::Cases => no_length(check, time, "must be 0 where it depends on the case"),
        _ => check_length(check, time),
    }
    check_cases(check, time);
}

fn check_length(check: &mut Check, time: &ServiceTime) {
    check.range("value", time.value, 1, LONGEST_TIME);
    if time.min_value != 0 {
        check.range("min_value", time.min_value, 1, time.value.saturating_sub(1));
    }
}

fn no_length(check: &mut Check, time: &ServiceTime, said: &str) {
    for (field, value) in [("value", time.value), ("min_value", time.min_value)] {
        if value != 0 {
            check.fail(field, FieldCode::NotAllowed, said);
        }
    }
    if !time.per.is_empty() {
        check.fail("per", FieldCode::NotAllowed, "is said of a time; here is none");
    }
    if !time.steps.is_empty() {
        check.fail("steps", FieldCode::NotAllowed, "add up to a time; here is none");
    }
}

fn check_cases(check: &mut Check, time: &ServiceTime) {
    match (time.unit() == Unit::Cases, time.cases.is_empty()) {
        (true, true) => check.fail("cases", FieldCode::Required, "are what this unit tells"),
        (false, false) => {
            check.fail("cases", FieldCode::NotAllowed, "must be left out for this unit");
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(of: &ServiceTime) -> Vec<String> {
        let mut check = Check::new("service");
        time(&mut check, "time", of);
        let found = check.finish().err();
        found.iter().flat_map(|e| e.violations()).map(|v| v.field.clone()).collect()
    }

    fn of(unit: Unit, value: i64) -> ServiceTime {
        ServiceTime { value, unit: unit.into(), ..ServiceTime::default() }
    }

    #[test]
    fn words_that_cannot_be_parsed_are_kept_never_guessed() {
        let guessed = ServiceTime { source_text: "secepatnya".into(), ..of(Unit::Unparsed, 3) };
        assert_eq!(fields(&guessed), ["service.time.value"]);
        assert_eq!(fields(&of(Unit::Unparsed, 0)), ["service.time.source_text"]);
    }

    #[test]
    fn the_shorter_end_of_a_range_is_shorter() {
        let range = |min_value| ServiceTime { min_value, ..of(Unit::Hours, 3) };
        assert!(fields(&range(2)).is_empty());
        assert_eq!(fields(&range(3)), ["service.time.min_value"]);
        assert_eq!(fields(&range(-1)), ["service.time.min_value"]);
    }

    #[test]
    fn a_time_that_depends_tells_its_cases() {
        let case = ServiceTime { condition: "pasien baru".into(), ..of(Unit::Minutes, 12) };
        let cases = vec![case.clone()];
        assert!(fields(&ServiceTime { cases: cases.clone(), ..of(Unit::Cases, 0) }).is_empty());
        assert_eq!(fields(&of(Unit::Cases, 0)), ["service.time.cases"]);
        assert_eq!(fields(&ServiceTime { cases, ..of(Unit::Minutes, 2) }), ["service.time.cases"]);
        assert_eq!(fields(&case), ["service.time.condition"]);
        let steps = vec![of(Unit::Cases, 0)];
        let nested = fields(&ServiceTime { steps, ..of(Unit::Minutes, 2) });
        assert_eq!(nested, ["service.time.steps[0].cases", "service.time.steps[0]"]);
    }
}
