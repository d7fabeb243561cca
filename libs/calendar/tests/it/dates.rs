//! Known dates under the embedded decrees.

use mpp_calendar::{
    Decrees, Layer, Observes, RamadanStatus, ReasonCode, Rule, Status, civil_service, resolve,
};

use crate::{DENPASAR, codes, day, every_day, on, open, rule, week};

fn office() -> Vec<Rule> {
    civil_service().to_vec()
}

#[test]
fn a_civil_service_office_on_known_dates() {
    let usual = open("07:30-12:00 13:00-16:00");
    let friday = open("07:30-11:30 13:00-16:30");
    let fasting = open("08:00-12:00 12:30-15:00");
    let fasting_friday = open("08:00-11:30 12:30-15:30");
    let cases = [
        ("2026-02-18", usual.clone(), ReasonCode::RuleApplied), // the day before Ramadan
        ("2026-02-19", fasting.clone(), ReasonCode::Ramadan),   // its first day
        ("2026-02-20", fasting_friday.clone(), ReasonCode::Ramadan), // a Friday in it
        ("2026-03-17", fasting.clone(), ReasonCode::Ramadan),   // its last working day
        ("2026-03-18", Status::Closed, ReasonCode::CollectiveLeave), // collective leave in it
        ("2026-03-20", Status::Closed, ReasonCode::CollectiveLeave), // its last day
        ("2026-03-21", Status::Closed, ReasonCode::NationalHoliday), // Idul Fitri, a Saturday
        ("2026-03-23", Status::Closed, ReasonCode::CollectiveLeave), // and the Monday after
        ("2026-03-25", usual.clone(), ReasonCode::RuleApplied), // work resumes
        ("2026-08-14", friday.clone(), ReasonCode::RuleApplied), // a Friday
        ("2026-08-17", Status::Closed, ReasonCode::NationalHoliday), // Independence Day, a Monday
        ("2026-08-22", Status::Closed, ReasonCode::ClosedWeekday), // a Saturday
        ("2026-12-24", Status::Closed, ReasonCode::CollectiveLeave), // Christmas leave
        ("2022-03-31", usual.clone(), ReasonCode::RuleApplied), // under Keppres 68/1995
        ("2022-04-04", fasting.clone(), ReasonCode::Ramadan),   // under SE MenPANRB 11/2022
        ("2023-04-11", fasting.clone(), ReasonCode::Ramadan),   // the circular's last day
        ("2023-04-12", fasting, ReasonCode::Ramadan),           // the Perpres begins in mid-Ramadan
        ("2023-04-14", fasting_friday, ReasonCode::Ramadan),    // and so does its Friday
        ("2024-02-14", Status::Closed, ReasonCode::NationalHoliday), // the general election
        ("2025-08-18", Status::Closed, ReasonCode::CollectiveLeave), // added by an amendment in 2025
        ("2027-12-31", friday, ReasonCode::RuleApplied),             // the last decreed day
        ("2028-01-03", Status::Unknown, ReasonCode::YearNotDecreed), // past the last decree
        ("2028-01-01", Status::Unknown, ReasonCode::YearNotDecreed), // even on a Saturday
        ("2021-12-31", Status::Unknown, ReasonCode::YearNotDecreed), // before the first
    ];
    for (date, status, code) in cases {
        let answer = on(date, &office());
        assert_eq!(answer.status, status, "{date}: {:#?}", answer.why);
        assert!(codes(&answer).contains(&code), "{date}: {:#?}", answer.why);
    }
}

#[test]
fn each_text_holds_from_its_own_day() {
    let source = |date: &str| {
        let answer = on(date, &office());
        let applied = answer.why.into_iter().find(|why| why.code == ReasonCode::RuleApplied);
        applied.unwrap().basis
    };
    assert_eq!(source("2023-03-21"), "Keppres 68/1995, Pasal 1");
    assert_eq!(source("2023-04-11"), "SE MenPANRB 6/2023");
    assert_eq!(source("2023-04-12"), "Perpres 21/2023, Pasal 4");
    assert_eq!(source("2023-05-02"), "Perpres 21/2023, Pasal 3–4");
}

#[test]
fn the_decreed_week_adds_up() {
    let minutes: Vec<u32> = civil_service().iter().map(|rule| rule.weekly.minutes()).collect();
    assert_eq!(minutes, [2250, 1950, 1950, 2250, 1950]);
    for rule in civil_service() {
        rule.validate().unwrap();
    }
}

#[test]
fn the_embedded_ramadan_is_the_decided_one() {
    let decrees = Decrees::national();
    let status = |date: &str| match decrees.ramadan(day(date)) {
        RamadanStatus::In(row) => format!("in {}", row.hijri_year),
        RamadanStatus::Outside => "outside".to_owned(),
        RamadanStatus::Undecided(Some(row)) => format!("about {}", row.hijri_year),
        RamadanStatus::Undecided(None) => "undecided".to_owned(),
    };
    let cases = [
        ("2022-01-01", "outside"),
        ("2026-02-18", "outside"),
        ("2026-02-19", "in 1447"),
        ("2026-03-20", "in 1447"),
        ("2026-03-21", "outside"),
        ("2027-02-06", "outside"),
        ("2027-02-07", "about 1448"), // a day before the estimate
        ("2027-03-10", "about 1448"), // a day after it
        ("2027-03-11", "outside"),
        ("2027-12-31", "outside"),
        ("2028-01-25", "outside"),
        ("2028-01-26", "undecided"), // 1449 may begin from here
        ("2021-01-01", "undecided"),
    ];
    for (date, expected) in cases {
        assert_eq!(status(date), expected, "{date}");
    }
}

#[test]
fn an_undecided_ramadan_leaves_only_hours_that_do_not_depend_on_it() {
    let answer = on("2027-02-10", &office());
    assert_eq!(answer.status, Status::Unknown);
    assert_eq!(codes(&answer)[0], ReasonCode::RamadanNotDecided);

    let kiosk = [rule("kiosk", Layer::Mall, every_day("09:00-15:00"))];
    assert_eq!(on("2027-02-10", &kiosk).status, open("09:00-15:00"));

    let mut two_rules = office();
    two_rules.push(Rule {
        season: mpp_calendar::Season::Ramadan,
        ..rule("same", Layer::Mall, week("09:00-15:00", "", "", ""))
    });
    two_rules.push(rule("usual", Layer::Mall, week("09:00-15:00", "", "", "")));
    let answer = on("2027-02-10", &two_rules);
    assert_eq!(answer.status, open("09:00-15:00"));
    assert_eq!(
        codes(&answer)[..2],
        [ReasonCode::RamadanNotDecided, ReasonCode::RamadanMakesNoDifference]
    );
}

#[test]
fn a_feast_whose_date_is_open_makes_its_neighbours_unknown() {
    let daily = [rule("daily", Layer::Mall, every_day("08:00-16:00"))];
    let works_on_leave = Observes { collective: false, ..Observes::ALL };
    let never_rests = Observes { national: false, collective: false, regional: false };
    let with = |observes| [Rule { observes: Some(observes), ..daily[0].clone() }];
    // Idul Adha is expected on Monday 2027-05-17; the Tuesday after is decreed leave.
    let cases = [
        ("2027-05-15", &daily[..], open("08:00-16:00")),
        ("2027-05-16", &daily[..], Status::Unknown),
        ("2027-05-17", &daily[..], Status::Unknown),
        ("2027-05-18", &daily[..], Status::Closed),
        ("2027-05-18", &with(works_on_leave)[..], Status::Unknown),
        ("2027-05-17", &with(never_rests)[..], open("08:00-16:00")),
    ];
    for (date, rules, status) in cases {
        let answer = on(date, rules);
        assert_eq!(answer.status, status, "{date}: {:#?}", answer.why);
    }
    let answer = on("2027-05-16", &daily);
    assert_eq!(codes(&answer).last(), Some(&ReasonCode::HolidayNotDecided));
    assert!(answer.why.last().unwrap().text.en.contains("Eid al-Adha (about 2027-05-17)"));
    // A Sunday without hours is closed, whichever day the feast falls on.
    assert_eq!(on("2027-05-16", &office()).status, Status::Closed);
}

#[test]
fn every_answer_says_why_in_both_languages_and_names_its_decree() {
    let answer = resolve(day("2026-08-17"), &office(), &Decrees::national(), DENPASAR);
    let holiday = answer.why.last().unwrap();
    assert_eq!(holiday.code, ReasonCode::NationalHoliday);
    assert_eq!(holiday.basis, "SKB 1497/2025");
    assert_eq!(holiday.text.en, "National holiday: Independence Day (SKB 1497/2025).");
    let indonesian = "Hari libur nasional: Hari Kemerdekaan Republik Indonesia (SKB 1497/2025).";
    assert_eq!(holiday.text.id, indonesian);
    assert!(answer.closed_by_decree());
}

#[test]
fn a_broken_decree_file_names_the_row() {
    let names = "name_id,name_en\nHari Raya Natal,Christmas Day\n";
    let header = "date,kind,name_id,estimated,decree\n";
    let refused = |row: &str| {
        let text = format!("{header}{row}\n");
        Decrees::from_csv(&text, names, "y,f,l,e,s\n").unwrap_err().to_string()
    };
    assert!(
        refused("2026-13-25,national,Hari Raya Natal,false,SKB").starts_with("holidays.csv[0]")
    );
    assert!(refused("2026-12-25,federal,Hari Raya Natal,false,SKB").contains("federal"));
    assert!(refused("2026-12-25,national,Natal,false,SKB").contains("no English name"));
    assert!(refused("2026-12-25,national,Hari Raya Natal,perhaps,SKB").contains("perhaps"));
    assert!(refused("2026-12-25,national,Hari Raya Natal,false,").contains("column 5 is empty"));
    let ramadan = "y,f,l,e,s\n1447,2026-02-19,2026-03-25,false,isbat\n";
    let error = Decrees::from_csv(header, names, ramadan).unwrap_err().to_string();
    assert!(error.contains("Ramadan lasts 29 or 30 days, not 35"), "{error}");
}
