//! Which of several rules applies.

use mpp_calendar::{Closure, Layer, Observes, ReasonCode, Rule, Season, Status, resolve_down_to};
use mpp_calendar::{Decrees, Problem};

use crate::{DENPASAR, codes, day, every_day, on, open, rule, week};

fn closed(id: &str, layer: Layer, mandatory: bool, from: &str, to: &str) -> Rule {
    let closure = Closure { mandatory, reason: "banjir".into(), referral: None };
    Rule {
        valid_from: Some(day(from)),
        valid_through: Some(day(to)),
        closure: Some(closure),
        ..rule(id, layer, every_day(""))
    }
}

fn for_period(rule: Rule, from: &str, to: &str) -> Rule {
    Rule { valid_from: Some(day(from)), valid_through: Some(day(to)), ..rule }
}

/// Template, mall, counter and service, each with its own hours.
fn four_layers() -> Vec<Rule> {
    vec![
        rule("nation", Layer::National, every_day("08:00-16:00")),
        rule("mall", Layer::Mall, every_day("09:00-17:00")),
        rule("counter", Layer::Counter, every_day("10:00-14:00")),
        rule("service", Layer::Offering, every_day("10:00-12:00")),
    ]
}

#[test]
fn the_more_specific_layer_wins_and_what_it_overrides_is_told() {
    let rules = four_layers();
    let expected = ["08:00-16:00", "09:00-17:00", "10:00-14:00", "10:00-12:00"];
    for (depth, hours) in expected.iter().enumerate() {
        let answer = on("2026-08-18", &rules[..=depth]);
        assert_eq!(answer.status, open(hours));
        assert_eq!(answer.why[0].code, ReasonCode::RuleApplied);
        let overridden =
            codes(&answer).iter().filter(|code| **code == ReasonCode::RuleOverridden).count();
        assert_eq!(overridden, depth);
    }
    let mall =
        resolve_down_to(Layer::Mall, day("2026-08-18"), &rules, &Decrees::national(), DENPASAR);
    assert_eq!(mall.status, open("09:00-17:00"));
}

#[test]
fn within_a_layer_the_shortest_period_wins_then_the_later_start_then_the_id() {
    let usual = rule("usual", Layer::Mall, every_day("08:00-16:00"));
    let year =
        for_period(rule("year", Layer::Mall, every_day("08:00-15:00")), "2026-01-01", "2026-12-31");
    let fair =
        for_period(rule("fair", Layer::Mall, every_day("08:00-20:00")), "2026-09-07", "2026-09-13");
    let later = for_period(
        rule("later", Layer::Mall, every_day("08:00-21:00")),
        "2026-09-09",
        "2026-09-15",
    );
    let alike = Rule { id: "earlier-id".into(), ..fair.clone() };
    let rules = [usual, year, fair, later, alike];
    assert_eq!(on("2025-09-08", &rules).status, open("08:00-16:00"));
    assert_eq!(on("2026-09-06", &rules).status, open("08:00-15:00"));
    assert_eq!(on("2026-09-10", &rules).status, open("08:00-21:00"));
    let answer = on("2026-09-08", &rules);
    assert!(answer.why[0].text.en.contains("rule earlier-id"), "{:?}", answer.why);
}

#[test]
fn periods_include_both_ends() {
    let fair =
        for_period(rule("fair", Layer::Mall, every_day("08:00-20:00")), "2026-09-07", "2026-09-08");
    for (date, known) in
        [("2026-09-06", false), ("2026-09-07", true), ("2026-09-08", true), ("2026-09-09", false)]
    {
        assert_eq!(
            on(date, std::slice::from_ref(&fair)).status != Status::Unknown,
            known,
            "{date}"
        );
    }
    assert_eq!(codes(&on("2026-09-09", &[fair])), [ReasonCode::NoRule]);
}

#[test]
fn hours_of_ramadan_hold_beside_a_yearly_schedule_of_the_same_mall() {
    let rules = [
        for_period(rule("2026", Layer::Mall, every_day("08:00-16:00")), "2026-01-01", "2026-12-31"),
        Rule { season: Season::Ramadan, ..rule("fasting", Layer::Mall, every_day("08:00-14:00")) },
    ];
    assert_eq!(on("2026-02-18", &rules).status, open("08:00-16:00"));
    assert_eq!(on("2026-02-19", &rules).status, open("08:00-14:00"));
}

#[test]
fn of_two_equal_periods_the_narrower_season_wins() {
    let usual = rule("a", Layer::Mall, every_day("08:00-16:00"));
    let outside =
        Rule { season: Season::OutsideRamadan, ..rule("b", Layer::Mall, every_day("08:00-17:00")) };
    let rules = [usual, outside];
    assert_eq!(on("2026-02-18", &rules).status, open("08:00-17:00"));
    assert_eq!(on("2026-02-19", &rules).status, open("08:00-16:00"));
}

#[test]
fn a_mandatory_closure_of_the_mall_holds_for_every_counter_in_it() {
    let mut rules = four_layers();
    rules.push(for_period(
        rule("event", Layer::Counter, every_day("08:00-20:00")),
        "2026-09-08",
        "2026-09-08",
    ));
    rules.push(closed("flood", Layer::Mall, true, "2026-09-07", "2026-09-11"));
    let answer = on("2026-09-08", &rules);
    assert_eq!(answer.status, Status::Closed);
    assert_eq!(codes(&answer), [ReasonCode::MandatoryClosure]);
    assert_eq!(answer.why[0].text.id, "Tutup wajib bagi seluruh mal: banjir (aturan flood).");
    assert_eq!(on("2026-09-12", &rules).status, open("10:00-12:00"));
}

#[test]
fn an_ordinary_closure_gives_way_to_a_counter_that_stays_open() {
    let stays = rule("counter", Layer::Counter, every_day("10:00-14:00"));
    let renovation = closed("renovation", Layer::Mall, false, "2026-09-07", "2026-09-11");
    let mall = rule("mall", Layer::Mall, every_day("09:00-17:00"));
    assert_eq!(on("2026-09-08", &[mall.clone(), renovation.clone()]).status, Status::Closed);
    assert_eq!(on("2026-09-08", &[mall, renovation, stays]).status, open("10:00-14:00"));
}

#[test]
fn a_closure_is_certain_even_where_no_decree_is() {
    let mut rules = four_layers();
    assert_eq!(on("2030-03-04", &rules).status, Status::Unknown);
    rules.push(closed("demolished", Layer::Mall, true, "2029-01-01", "2039-12-31"));
    assert_eq!(on("2030-03-04", &rules).status, Status::Closed);
}

#[test]
fn a_closure_tells_where_citizens_are_served() {
    let mut rule = closed("moving", Layer::Counter, false, "2026-09-07", "2026-09-11");
    rule.closure.as_mut().unwrap().referral = Some("Kantor Imigrasi Denpasar".into());
    let answer = on("2026-09-08", &[rule]);
    assert_eq!(answer.referral.as_deref(), Some("Kantor Imigrasi Denpasar"));
    assert!(answer.why[0].text.id.ends_with("Dilayani di: Kantor Imigrasi Denpasar."));
}

#[test]
fn a_mall_may_work_through_collective_leave_and_its_counters_inherit_that() {
    let works = Some(Observes { collective: false, ..Observes::ALL });
    let mall = Rule { observes: works, ..rule("mall", Layer::Mall, every_day("08:00-16:00")) };
    let counter = rule("counter", Layer::Counter, every_day("09:00-12:00"));
    let rules = [mall, counter.clone()];
    let leave = on("2026-03-24", &rules);
    assert_eq!(leave.status, open("09:00-12:00"));
    assert_eq!(codes(&leave).last(), Some(&ReasonCode::HolidayWorked));
    assert_eq!(on("2026-03-21", &rules).status, Status::Closed, "Idul Fitri is observed still");

    let rests = Rule { observes: Some(Observes::ALL), ..counter };
    assert_eq!(on("2026-03-24", &[rules[0].clone(), rests]).status, Status::Closed);
}

#[test]
fn a_counter_that_keeps_no_saturday_is_closed_on_saturdays() {
    let mall = rule("mall", Layer::Mall, every_day("08:00-16:00"));
    let counter =
        rule("counter", Layer::Counter, week("08:00-16:00", "08:00-11:30 13:00-16:00", "", ""));
    let rules = [mall, counter];
    assert_eq!(on("2026-09-11", &rules).status, open("08:00-11:30 13:00-16:00"));
    let saturday = on("2026-09-12", &rules);
    assert_eq!(saturday.status, Status::Closed);
    assert!(!saturday.closed_by_decree());
}

#[test]
fn a_bad_rule_names_the_field() {
    let good = rule("mall", Layer::Mall, every_day("08:00-16:00"));
    good.validate().unwrap();
    let backwards = for_period(good.clone(), "2026-09-08", "2026-09-07");
    let silent = Rule { basis: " ".into(), ..good.clone() };
    let nameless = Rule { id: String::new(), ..good.clone() };
    let mut unexplained = closed("x", Layer::Mall, true, "2026-09-07", "2026-09-08");
    unexplained.closure.as_mut().unwrap().reason.clear();
    let mut nowhere = closed("x", Layer::Mall, true, "2026-09-07", "2026-09-08");
    nowhere.closure.as_mut().unwrap().referral = Some(String::new());
    let endless = Rule { basis: "x".repeat(2001), ..good };
    let cases = [
        (backwards, "valid_through", Problem::EndsBeforeStart(day("2026-09-08"))),
        (silent, "basis", Problem::Empty),
        (nameless, "id", Problem::Empty),
        (unexplained, "closure.reason", Problem::Empty),
        (nowhere, "closure.referral", Problem::Empty),
        (endless, "basis", Problem::TooLong { given: 2001, limit: 2000 }),
    ];
    for (rule, field, problem) in cases {
        let error = rule.validate().unwrap_err();
        assert_eq!((error.field.as_str(), error.problem), (field, problem));
    }
}
