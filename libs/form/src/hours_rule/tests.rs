//! Forms of rules: every fault at once, and times as the contract spells them.

use mpp_api::scheduling::hours_rule::Week;

use super::*;

fn interval(open: &str, close: &str) -> WireInterval {
    WireInterval { open: open.into(), close: close.into() }
}

fn office_hours() -> HoursRule {
    HoursRule {
        name: "hoursRules/office".into(),
        target: "malls/banyuwangi".into(),
        weekly: Some(Week {
            mon: vec![interval("08:00", "15:00")],
            fri: vec![interval("08:00", "11:00"), interval("13:00", "15:00")],
            ..Week::default()
        }),
        basis: "Perbup 1/2026".into(),
        ..HoursRule::default()
    }
}

fn fields(doc: &HoursRule) -> Vec<String> {
    let error = check(doc).expect_err("it is wrong");
    error.violations().iter().map(|violation| violation.field.clone()).collect()
}

#[test]
fn a_good_rule_becomes_the_calendars() {
    let (target, rule) = check(&office_hours()).unwrap();
    assert_eq!((target.name(), rule.layer), ("malls/banyuwangi", Layer::Mall));
    assert_eq!(rule.weekly.minutes(), 7 * 60 + 5 * 60);
    assert_eq!(rule.observes, None);
}

#[test]
fn every_fault_is_named_at_once() {
    let mut doc = office_hours();
    doc.target = "banyuwangi".into();
    doc.valid_from = "kemarin".into();
    doc.season = 9;
    doc.basis.clear();
    if let Some(week) = &mut doc.weekly {
        week.fri[1].close = "25:00".into();
        week.mon[0].open = "pagi".into();
    }
    let expected =
        ["target", "valid_from", "season", "weekly.mon[0].open", "weekly.fri[1].close", "basis"];
    assert_eq!(fields(&doc), expected);
}

#[test]
fn a_closing_before_the_opening_names_its_place() {
    let mut doc = office_hours();
    if let Some(week) = &mut doc.weekly {
        week.fri[1].close = "12:00".into();
    }
    assert_eq!(fields(&doc), ["weekly.fri[1].close"]);
}

#[test]
fn a_time_is_kept_in_the_contracts_form() {
    let mut doc = office_hours();
    doc.weekly = Some(Week { sat: vec![interval("8:00", "12.30")], ..Week::default() });
    check(&doc).expect("both are read");
    write_times(&mut doc);
    assert_eq!(doc.weekly.expect("hours").sat, [interval("08:00", "12:30")]);
}

#[test]
fn a_rule_opens_or_closes() {
    let mut doc = office_hours();
    doc.closure = Some(hours_rule::Closure::default());
    assert_eq!(fields(&doc), ["closure.reason.id", "closure"]);
    doc.closure = None;
    doc.weekly = None;
    assert_eq!(fields(&doc), ["weekly"]);
}

#[test]
fn a_day_of_a_thousand_intervals_is_one_fault() {
    let mut doc = office_hours();
    if let Some(week) = &mut doc.weekly {
        week.tue = vec![interval("08:00", "09:00"); 1000];
    }
    assert_eq!(fields(&doc), ["weekly.tue"]);
}

#[test]
fn a_closure_whose_reason_is_a_filler_is_told_which_word_that_is() {
    let closed = |reason: &str| {
        let reason = Some(LocalizedText { id: reason.into(), ..LocalizedText::default() });
        let closure = hours_rule::Closure { reason, ..hours_rule::Closure::default() };
        HoursRule { weekly: None, closure: Some(closure), ..office_hours() }
    };
    for word in ["Salah", "-", "N/A"] {
        let error = check_reason(&closed(word), None).expect_err(word);
        let words = format!("'{word}' names no reason; say in Indonesian why");
        assert!(error.message().contains(&words), "{error}");
        assert!(check_reason(&closed(word), Some(&closed(word))).is_ok(), "it is stored so");
    }
    assert!(check_reason(&closed("Salah satu gedung kebanjiran"), None).is_ok());
}
