//! Counters against their mall, the template and their baseline.

use mpp_calendar::{
    Baseline, Closure, Counter, Decrees, FindingCode, Layer, Problem, ReasonCode, Regime, Report,
    Rule, Season, Verdict, Yardstick, civil_service, deviation,
};

use crate::{DENPASAR, day, every_day, rule, week};

/// An ordinary week in September 2026, Monday to Sunday.
const WEEK: (&str, &str) = ("2026-09-07", "2026-09-13");

const USUAL: &str = "07:30-12:00 13:00-16:00";
const FRIDAY: &str = "07:30-11:30 13:00-16:30";

fn measure(rules: &[Rule], against: Yardstick<'_>, (from, to): (&str, &str)) -> Report {
    let decrees = Decrees::national();
    let counter = Counter { rules, decrees: &decrees, region: DENPASAR };
    deviation(counter, against, day(from), day(to)).unwrap()
}

fn found(report: &Report) -> Vec<(String, FindingCode, u32)> {
    let of_day = |day: &mpp_calendar::Compared| {
        let date = day.actual.date.to_string();
        day.findings.iter().map(move |f| (date.clone(), f.code, f.minutes)).collect::<Vec<_>>()
    };
    report.deviating.iter().flat_map(of_day).collect()
}

fn mall() -> Rule {
    rule("mall", Layer::Mall, week(USUAL, FRIDAY, "", ""))
}

#[test]
fn a_counter_that_closes_early_falls_short_of_its_mall() {
    let counter = rule("counter", Layer::Counter, week("08:00-12:00 13:00-15:00", FRIDAY, "", ""));
    let report = measure(&[mall(), counter], Yardstick::Mall, ("2026-09-10", "2026-09-11"));
    let thursday = "2026-09-10".to_owned();
    assert_eq!(
        found(&report),
        [
            (thursday.clone(), FindingCode::OpensLate, 30),
            (thursday.clone(), FindingCode::ClosesEarly, 60),
            (thursday, FindingCode::ShortHours, 90),
        ]
    );
    assert_eq!(report.verdict, Verdict::FallsShort);
    assert_eq!((report.days_measured, report.expected_minutes), (2, 900));
    assert_eq!((report.short_minutes, report.extra_minutes, report.days_missing), (90, 0, 0));
    let texts = &report.deviating[0].findings;
    let implied: Vec<_> = texts.iter().map(|finding| finding.implied).collect();
    assert_eq!(implied, [false, false, true], "short hours follow from the other two");
    assert_eq!(texts[0].text.en, "Opens at 08:00, 30 minutes after 07:30.");
    assert_eq!(texts[1].text.id, "Tutup pukul 15:00, 60 menit sebelum 16:00.");
}

#[test]
fn a_longer_break_is_short_though_both_ends_fit() {
    let counter = rule("counter", Layer::Counter, week("07:30-11:30 13:00-16:00", FRIDAY, "", ""));
    let report = measure(&[mall(), counter], Yardstick::Mall, ("2026-09-07", "2026-09-07"));
    assert_eq!(found(&report), [("2026-09-07".into(), FindingCode::ShortHours, 30)]);
    assert!(!report.deviating[0].findings[0].implied, "it follows from nothing else");
}

#[test]
fn absent_days_count_whole_and_a_closure_without_referral_is_named() {
    let twice_a_week = rule(
        "counter",
        Layer::Counter,
        mpp_calendar::Weekly::new([
            crate::hours(USUAL),
            vec![],
            crate::hours(USUAL),
            vec![],
            vec![],
            vec![],
            vec![],
        ])
        .unwrap(),
    );
    let report = measure(&[mall(), twice_a_week], Yardstick::Mall, WEEK);
    assert_eq!((report.days_missing, report.short_minutes), (3, 1350));
    let silent =
        found(&report).iter().filter(|f| f.1 == FindingCode::ClosedWithoutReferral).count();
    assert_eq!(silent, 3);

    let referred = Rule {
        closure: Some(Closure {
            mandatory: false,
            reason: "pindah".into(),
            referral: Some("Kantor Imigrasi".into()),
        }),
        ..rule("counter", Layer::Counter, every_day(""))
    };
    let report = measure(&[mall(), referred], Yardstick::Mall, ("2026-09-07", "2026-09-07"));
    assert_eq!(found(&report), [("2026-09-07".into(), FindingCode::MissingDay, 450)]);
}

#[test]
fn more_than_the_mall_asks_is_a_difference_not_a_failure() {
    let counter =
        rule("counter", Layer::Counter, week(USUAL, "07:30-11:30 13:00-18:00", "08:00-12:00", ""));
    let report = measure(&[mall(), counter], Yardstick::Mall, WEEK);
    assert_eq!(
        found(&report),
        [
            ("2026-09-11".into(), FindingCode::ExtraHours, 90),
            ("2026-09-12".into(), FindingCode::ExtraDay, 240),
        ]
    );
    assert_eq!((report.verdict, report.extra_minutes), (Verdict::Differs, 330));
}

#[test]
fn to_fall_short_of_the_template_is_a_difference_only() {
    let template = rule("template", Layer::National, week(USUAL, FRIDAY, "", ""));
    let own = rule("mall", Layer::Mall, week("08:00-12:00", "08:00-11:00", "", ""));
    let report = measure(&[template, own.clone()], Yardstick::National, WEEK);
    assert_eq!(report.verdict, Verdict::Differs);
    assert_eq!(report.short_minutes, 5 * 450 - 4 * 240 - 180);
    let without = measure(&[own], Yardstick::National, WEEK);
    assert_eq!((without.verdict, without.unknown.len()), (Verdict::Unknown, 7));
}

#[test]
fn a_day_closed_by_decree_is_no_deviation() {
    let counter = rule("counter", Layer::Counter, week("08:00-14:00", "08:00-11:00", "", ""));
    let report = measure(&[mall(), counter], Yardstick::Mall, ("2026-08-17", "2026-08-17"));
    assert_eq!((report.verdict, report.days_measured), (Verdict::Conforms, 1));
}

#[test]
fn undecided_days_are_listed_and_not_counted() {
    let report = measure(&[mall()], Yardstick::Mall, ("2027-12-30", "2028-01-05"));
    assert_eq!((report.days_measured, report.unknown.len()), (2, 5));
    assert_eq!(report.verdict, Verdict::Conforms);
    let first = &report.unknown[0];
    assert_eq!(first.actual.why.last().unwrap().code, ReasonCode::YearNotDecreed);
    assert_eq!(first.actual.date, day("2028-01-01"));
}

#[test]
fn the_civil_service_is_measured_by_start_end_and_total_not_by_where_its_break_lies() {
    let civil = Baseline::of(Regime::CivilService);
    let other_break = rule(
        "c",
        Layer::Counter,
        week("07:30-11:30 12:30-16:00", "07:30-11:00 12:30-16:30", "", ""),
    );
    let report = measure(&[other_break], Yardstick::Baseline(&civil), WEEK);
    assert_eq!(report.verdict, Verdict::Conforms, "{report:#?}");
    assert_eq!(report.expected_minutes, 2250);

    let no_friday_break = rule("c", Layer::Counter, week(USUAL, "07:30-14:30", "", ""));
    let report = measure(&[no_friday_break], Yardstick::Baseline(&civil), WEEK);
    let friday = "2026-09-11".to_owned();
    assert_eq!(
        found(&report),
        [(friday.clone(), FindingCode::ClosesEarly, 120), (friday, FindingCode::ShortHours, 30)]
    );
    assert_eq!(report.verdict, Verdict::FallsShort);
}

#[test]
fn ramadan_shortens_the_baseline_too() {
    let civil = Baseline::of(Regime::CivilService);
    let fasting = Rule {
        season: Season::Ramadan,
        ..rule(
            "r",
            Layer::Counter,
            week("08:00-12:00 12:30-15:00", "08:00-11:30 12:30-15:30", "", ""),
        )
    };
    let usual = rule("u", Layer::Counter, week(USUAL, FRIDAY, "", ""));
    let report =
        measure(&[usual, fasting], Yardstick::Baseline(&civil), ("2026-02-16", "2026-03-01"));
    // Collective leave and New Year on 16 and 17 February, one full day, then two and five days of
    // Ramadan.
    assert_eq!((report.verdict, report.expected_minutes), (Verdict::Conforms, 450 + 7 * 390));
}

#[test]
fn a_direct_service_office_is_held_to_its_own_decision_and_else_only_differs() {
    let six_days = week("08:00-12:00 13:00-15:00", "08:00-11:00 13:00-15:00", "08:00-13:00", "");
    let counter = [rule("c", Layer::Counter, six_days.clone())];
    let exempt = Baseline::of(Regime::DirectService);
    assert_eq!(measure(&counter, Yardstick::Baseline(&exempt), WEEK).verdict, Verdict::Differs);
    let held = Baseline::of(Regime::CivilService);
    assert_eq!(measure(&counter, Yardstick::Baseline(&held), WEEK).verdict, Verdict::FallsShort);
    let decided = Baseline::own(Regime::DirectService, vec![rule("sk", Layer::National, six_days)]);
    assert_eq!(measure(&counter, Yardstick::Baseline(&decided), WEEK).verdict, Verdict::Conforms);
    let skips_saturday = [rule(
        "c",
        Layer::Counter,
        week("08:00-12:00 13:00-15:00", "08:00-11:00 13:00-15:00", "", ""),
    )];
    let report = measure(&skips_saturday, Yardstick::Baseline(&decided), WEEK);
    assert_eq!((report.verdict, report.days_missing), (Verdict::FallsShort, 1));
}

#[test]
fn two_regimes_in_one_mall_are_both_right() {
    // The police keep 07:00 to 15:00, the licensing office the civil service's hours.
    let police_week = week("07:00-15:00", "07:00-15:00", "", "");
    let police = [mall(), rule("skck", Layer::Counter, police_week.clone())];
    let licensing = [mall()];
    let own =
        Baseline::own(Regime::ArmyPolice, vec![rule("kapolri", Layer::National, police_week)]);
    let civil = Baseline::of(Regime::CivilService);
    assert_eq!(measure(&police, Yardstick::Baseline(&own), WEEK).verdict, Verdict::Conforms);
    assert_eq!(measure(&licensing, Yardstick::Baseline(&civil), WEEK).verdict, Verdict::Conforms);
    assert_eq!(measure(&police, Yardstick::Mall, WEEK).verdict, Verdict::FallsShort);
}

#[test]
fn a_body_that_has_not_told_its_own_hours_is_not_judged() {
    for regime in [Regime::ArmyPolice, Regime::Own] {
        let report = measure(&[mall()], Yardstick::Baseline(&Baseline::of(regime)), WEEK);
        assert_eq!((report.verdict, report.days_measured), (Verdict::Unknown, 0));
        assert!(report.undeclared);
    }
}

#[test]
fn the_civil_service_conforms_to_itself_in_every_decreed_year() {
    let civil = Baseline::of(Regime::CivilService);
    for year in 2022..=2026 {
        let range = (&*format!("{year}-01-01"), &*format!("{year}-12-31"));
        let report = measure(civil_service(), Yardstick::Baseline(&civil), range);
        assert_eq!((report.verdict, report.unknown.len()), (Verdict::Conforms, 0), "{year}");
    }
}

#[test]
fn a_range_is_bounded() {
    let decrees = Decrees::national();
    let counter = Counter { rules: &[], decrees: &decrees, region: DENPASAR };
    let error =
        |from, to| deviation(counter, Yardstick::Mall, day(from), day(to)).unwrap_err().problem;
    assert_eq!(error("2026-09-08", "2026-09-07"), Problem::EndsBeforeStart(day("2026-09-08")));
    assert_eq!(error("2026-01-01", "2027-01-02"), Problem::TooMany { given: 367, limit: 366 });
}
