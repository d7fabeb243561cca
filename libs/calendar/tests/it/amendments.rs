//! Changes by later decrees and by regional letters.

use mpp_calendar::{
    Amendment, Decrees, Holiday, HolidayKey, HolidayKind, Layer, Problem, Ramadan, RamadanStatus,
    ReasonCode, Status, Text, resolve,
};

use crate::{DENPASAR, codes, day, every_day, rule};

fn holiday(date: &str, kind: HolidayKind, region: Option<&str>) -> Holiday {
    Holiday {
        date: day(date),
        kind,
        region: region.map(str::to_owned),
        name: Text::new("A day off", "Hari libur"),
        estimated: false,
        decree: "SK 1/2026".into(),
        revoked_by: None,
    }
}

fn by(decree: &str) -> Amendment {
    Amendment { decree: decree.into(), ..Amendment::default() }
}

fn status(decrees: &Decrees, date: &str, region: &str) -> Status {
    let rules = [rule("mall", Layer::Mall, every_day("08:00-16:00"))];
    resolve(day(date), &rules, decrees, region).status
}

#[test]
fn a_governors_letter_closes_the_province_and_its_regencies_only() {
    let mut decrees = Decrees::national();
    let galungan = holiday("2026-06-17", HolidayKind::Regional, Some("51"));
    let letter = Amendment { add: vec![galungan], ..by("SE Gubernur Bali") };
    assert_eq!(decrees.amend(&letter).unwrap(), [day("2026-06-17")]);
    assert_eq!(status(&decrees, "2026-06-17", "51"), Status::Closed);
    assert_eq!(status(&decrees, "2026-06-17", DENPASAR), Status::Closed);
    for elsewhere in ["52.01", "5", "511", "31.71"] {
        assert_ne!(status(&decrees, "2026-06-17", elsewhere), Status::Closed, "{elsewhere}");
    }
}

#[test]
fn a_decree_moves_a_holiday_and_lists_both_dates() {
    let mut decrees = Decrees::national();
    let old =
        HolidayKey { date: day("2026-12-24"), kind: HolidayKind::CollectiveLeave, region: None };
    let moved = Amendment {
        revoke: vec![old],
        add: vec![holiday("2026-12-28", HolidayKind::CollectiveLeave, None)],
        ..by("SKB perubahan")
    };
    assert_eq!(decrees.amend(&moved).unwrap(), [day("2026-12-24"), day("2026-12-28")]);
    assert_eq!(status(&decrees, "2026-12-28", DENPASAR), Status::Closed);
    let rules = [rule("mall", Layer::Mall, every_day("08:00-16:00"))];
    let before = resolve(day("2026-12-24"), &rules, &decrees, DENPASAR);
    assert!(matches!(before.status, Status::Open(_)));
    assert_eq!(codes(&before).last(), Some(&ReasonCode::HolidayRevoked));
    assert_eq!(before.why.last().unwrap().basis, "SKB perubahan");
}

#[test]
fn deciding_a_feast_settles_the_days_around_it() {
    let mut decrees = Decrees::national();
    assert_eq!(status(&decrees, "2027-05-16", DENPASAR), Status::Unknown);
    let decided = Amendment {
        add: vec![holiday("2027-05-17", HolidayKind::National, None)],
        ..by("sidang isbat")
    };
    let touched = decrees.amend(&decided).unwrap();
    assert_eq!(touched, [day("2027-05-16"), day("2027-05-17"), day("2027-05-18")]);
    assert!(matches!(status(&decrees, "2027-05-16", DENPASAR), Status::Open(_)));
    assert_eq!(status(&decrees, "2027-05-17", DENPASAR), Status::Closed);
}

#[test]
fn a_revoked_estimate_leaves_no_doubt_behind() {
    let mut decrees = Decrees::national();
    let expected =
        HolidayKey { date: day("2027-05-17"), kind: HolidayKind::National, region: None };
    let revoked = Amendment { revoke: vec![expected], ..by("sidang isbat") };
    assert_eq!(decrees.amend(&revoked).unwrap().len(), 3);
    for date in ["2027-05-16", "2027-05-17"] {
        assert!(matches!(status(&decrees, date, DENPASAR), Status::Open(_)), "{date}");
    }
}

#[test]
fn deciding_ramadan_settles_its_hours_and_lists_old_and_new_days() {
    let mut decrees = Decrees::national();
    let decided = Ramadan {
        hijri_year: 1448,
        first: day("2027-02-09"),
        last: day("2027-03-09"),
        estimated: false,
        source: "sidang isbat".into(),
    };
    let touched =
        decrees.amend(&Amendment { ramadan: vec![decided], ..by("sidang isbat") }).unwrap();
    assert_eq!((touched[0], touched[touched.len() - 1]), (day("2027-02-07"), day("2027-03-10")));
    assert_eq!(decrees.ramadan(day("2027-02-08")), RamadanStatus::Outside);
    assert!(matches!(decrees.ramadan(day("2027-02-09")), RamadanStatus::In(_)));
}

#[test]
fn one_election_day_does_not_decree_its_year_but_a_joint_decree_does() {
    let mut decrees = Decrees::national();
    let election = holiday("2029-02-14", HolidayKind::National, None);
    let alone = Amendment { add: vec![election], ..by("Keppres") };
    decrees.amend(&alone).unwrap();
    assert_eq!(status(&decrees, "2029-02-15", DENPASAR), Status::Unknown);
    let joint = Amendment { fixes_years: vec![2029], ..by("SKB 2029") };
    assert_eq!(decrees.amend(&joint).unwrap().len(), 365);
    assert!(matches!(status(&decrees, "2029-02-15", DENPASAR), Status::Open(_)));
    assert_eq!(status(&decrees, "2029-02-14", DENPASAR), Status::Closed);
    assert_eq!(decrees.year(2029), Some("SKB 2029"));
}

#[test]
fn a_bad_amendment_names_the_row_and_changes_nothing() {
    let absent = HolidayKey { date: day("2026-12-23"), kind: HolidayKind::National, region: None };
    let long = Ramadan {
        hijri_year: 1449,
        first: day("2028-01-28"),
        last: day("2028-03-28"),
        estimated: true,
        source: "x".into(),
    };
    let good = holiday("2026-12-28", HolidayKind::National, None);
    let add = |row: Holiday| Amendment { add: vec![good.clone(), row], ..by("x") };
    let everywhere = holiday("2026-12-28", HolidayKind::Regional, None);
    let bad_code = holiday("2026-12-28", HolidayKind::Regional, Some("Bali"));
    let regional = holiday("2026-12-28", HolidayKind::National, Some("51"));
    let too_deep = holiday("2026-12-28", HolidayKind::Regional, Some("51.71.01.1001.1001"));
    let undated = Holiday { decree: String::new(), ..good.clone() };
    let cases = [
        (Amendment::default(), "decree", Problem::Empty),
        (
            Amendment { revoke: vec![absent], ..add(good.clone()) },
            "revoke[0]",
            Problem::NoSuchHoliday,
        ),
        (add(everywhere), "add[1].region", Problem::RegionMismatch),
        (add(bad_code), "add[1].region", Problem::RegionMismatch),
        (add(too_deep), "add[1].region", Problem::RegionMismatch),
        (add(regional), "add[1].region", Problem::RegionMismatch),
        (add(undated), "add[1].decree", Problem::Empty),
        (
            Amendment { ramadan: vec![long], ..by("x") },
            "ramadan[0].last",
            Problem::RamadanLength(61),
        ),
        (
            Amendment { add: vec![good.clone(); 501], ..by("x") },
            "add",
            Problem::TooMany { given: 501, limit: 500 },
        ),
    ];
    for (amendment, field, problem) in cases {
        let mut decrees = Decrees::national();
        let error = decrees.amend(&amendment).unwrap_err();
        assert_eq!((error.field.as_str(), error.problem), (field, problem));
        assert_eq!(decrees, Decrees::national());
    }
}
