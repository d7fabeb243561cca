//! New, known, gone, or not seen: how a source differs from what was answered.

use mpp_api::sync::record::Body;

use super::*;

fn record(id: &str, unit: &str) -> Record {
    Record { source_id: id.into(), unit: unit.into(), ..Record::default() }
}

fn reading(answered: &[Record], ids: &[&str]) -> Difference {
    let digests = answered.iter().map(|record| (record.source_id.clone(), digest(record)));
    let before = answered.iter().map(|record| record.source_id.clone()).collect();
    let mut difference = Difference::new(digests.collect(), before);
    for id in ids {
        difference.judge(&record(id, "units/a"), "row");
    }
    difference
}

#[test]
fn only_what_was_not_answered_in_just_these_bytes_is_new() {
    let mut difference = reading(&[record("kk", "units/a"), record("ktp", "units/a")], &[]);
    let mut judge = |id, unit| difference.judge(&record(id, unit), "row");
    assert_eq!(judge("kk", "units/a"), Verdict::Known);
    assert!(matches!(judge("ktp", "units/b"), Verdict::New(_)));
    assert!(matches!(judge("akta", "units/a"), Verdict::New(_)));
}

#[test]
fn the_first_record_of_an_id_counts_and_is_named() {
    let mut difference = reading(&[], &["kk"]);
    let verdict = difference.judge(&record("kk", "units/b"), "row 2");
    let twin = |differs, goes_on| {
        let first = "row".into();
        Verdict::Duplicate(Twin { first, differs, goes_on, is_refused: false })
    };
    assert_eq!(verdict, twin(true, true), "it may be a part of the first");
    let again = difference.judge(&record("kk", "units/b"), "row 3");
    assert_eq!(again, twin(true, false), "the first is marked once");
    assert_eq!(difference.judge(&record("kk", "units/a"), "row 4"), twin(false, false));
}

#[test]
fn a_later_record_does_not_stand_in_for_a_first_one_that_is_refused() {
    let mut difference = reading(&[record("kk", "units/a")], &[]);
    difference.refuse(Some("kk"), "row 2");
    difference.refuse(Some("kk"), "row 3");
    let Verdict::Duplicate(twin) = difference.judge(&record("kk", "units/b"), "row 4") else {
        panic!("what the index has would become another record");
    };
    assert!(twin.is_refused && twin.differs && !twin.goes_on);
    assert_eq!(&*twin.first, "row 2");
}

#[test]
fn an_id_that_more_records_have_than_there_are_ids_is_made_of_the_wrong_column() {
    let mut difference = reading(&[], &["kk", "kk"]);
    assert_eq!(difference.confusion(), None, "the same once more");
    difference.judge(&record("kk", "units/b"), "row 3");
    assert_eq!(difference.confusion(), None, "one slip");
    difference.judge(&record("kk", "units/c"), "row 4");
    let told = difference.confusion().expect("an id of the wrong column");
    assert!(told.starts_with("2 records have the id of another"), "{told}");
}

#[test]
fn a_tenth_may_go_and_more_may_not() {
    let before: Vec<Record> = (0..20).map(|id| record(&id.to_string(), "units/a")).collect();
    let ids: Vec<&str> = before.iter().map(|record| record.source_id.as_str()).collect();
    let two_gone = reading(&before, &ids[2..]);
    assert_eq!(two_gone.gone().len(), 2);
    assert_eq!(two_gone.shrinkage(10, 0), None);
    let text = reading(&before, &ids[3..]).shrinkage(10, 2).expect("too many");
    assert!(text.contains("3 of 20 records"), "{text}");
    assert!(text.contains("nor withdrawn: 0, 1, 2; nothing"), "each is named: {text}");
    let text = reading(&before, &ids[15..]).shrinkage(10, 2).expect("too many");
    assert!(text.contains(": 0, 1, 10, 11, 12, 13, 14, 2, 3, 4 and 5 more; nothing"), "{text}");
    assert_eq!(reading(&before, &[]).shrinkage(100, 0), None);
}

#[test]
fn what_goes_a_little_with_each_run_counts_together() {
    let before: Vec<Record> = (0..12).map(|id| record(&id.to_string(), "units/a")).collect();
    let ids: Vec<String> = before.iter().map(|record| record.source_id.clone()).collect();
    let run = |told: &[String], left: &[String]| {
        let told: HashSet<String> = told.iter().cloned().collect();
        let held = ids.iter().filter(|id| !told.contains(*id)).cloned().collect();
        let mut difference = Difference::new(HashMap::new(), held).after(told);
        left.iter().for_each(|id| drop(difference.judge(&record(id, "units/a"), "row")));
        difference.shrinkage(10, 3)
    };
    assert_eq!(run(&[], &ids[3..]), None, "three may go");
    let text = run(&ids[..3], &ids[6..]).expect("and three more");
    assert!(text.contains("6 of 12 records"), "{text}");
    assert_eq!(run(&ids[..6], &ids[3..]), None, "some are back");
}

#[test]
fn a_row_that_is_refused_has_not_gone() {
    let before: Vec<Record> = (0..100).map(|id| record(&id.to_string(), "units/a")).collect();
    let ids: Vec<&str> = before.iter().map(|record| record.source_id.as_str()).collect();
    let mut known = reading(&before, &ids[20..]);
    ids[..20].iter().for_each(|id| known.refuse(Some(id), "row"));
    assert!(known.gone().is_empty() && known.is_sure() && known.shrinkage(10, 3).is_none());
    let mut unknown = reading(&before, &ids[20..]);
    (0..20).for_each(|_| unknown.refuse(None, "row"));
    assert_eq!(unknown.shrinkage(10, 3), None, "the twenty rows may be theirs");
    assert!(!unknown.is_sure());
}

#[test]
fn rows_that_cannot_be_read_do_not_hide_that_others_have_gone() {
    let before: Vec<Record> = (0..60).map(|id| record(&id.to_string(), "units/a")).collect();
    let ids: Vec<&str> = before.iter().map(|record| record.source_id.as_str()).collect();
    let mut known = reading(&before, &ids[10..]);
    (0..6).for_each(|at| known.refuse(Some(&format!("baru-{at}")), "row"));
    assert!(known.is_sure(), "each has an id of its own, and is none of the ten");
    assert!(known.shrinkage(10, 3).is_some(), "ten have gone");
    let mut unknown = reading(&before, &ids[10..]);
    (0..6).for_each(|_| unknown.refuse(Some("#REF!"), "row"));
    assert_eq!(unknown.surely_gone(), 4);
    let told = unknown.unsure();
    assert!(told.starts_with("10 records that are in the index"), "{told}");
    assert!(told.contains("at least 4 of what is missed") && told.contains(": 0, 1, 2"), "{told}");
    assert!(unknown.shrinkage(5, 3).is_some() && unknown.shrinkage(10, 3).is_none());
}

#[test]
fn what_others_of_the_source_have_sent_is_not_missed_here() {
    let before: Vec<Record> = (0..20).map(|id| record(&id.to_string(), "units/a")).collect();
    let ids: Vec<&str> = before.iter().map(|record| record.source_id.as_str()).collect();
    let mut known = reading(&before, &ids[16..]).of(Some(SentIds::alone(&ids[14..])));
    assert_eq!((known.gone().len(), known.own_gone()), (16, vec!["14", "15"]));
    known.refuse(Some("#REF!"), "row");
    assert_eq!(known.surely_gone(), 1, "one of the two may be the row");
    let told = known.unsure();
    assert!(told.starts_with("2 records that are in the index"), "{told}");
    assert!(told.contains(": 14, 15"), "{told}");
}

#[test]
fn a_rejection_is_forgotten_no_sooner_than_it_is_named_as_gone() {
    let before: Vec<Record> = ["a", "b", "x"].map(|id| record(id, "units/a")).to_vec();
    let rejected = || vec!["x".to_owned(), "b".to_owned()];
    let mut unsure = reading(&before, &["b"]);
    unsure.refuse(None, "row");
    assert!(unsure.rejected_gone(rejected()).is_empty(), "the row may be that of x");
    assert_eq!(unsure.forgotten(rejected()), ["a"], "x is named in a later run");
    let sure = reading(&before, &["b"]);
    assert_eq!(sure.rejected_gone(rejected()), ["x"]);
    let mut forgotten = sure.forgotten(rejected());
    forgotten.sort_unstable();
    assert_eq!(forgotten, ["a", "x"]);
}

#[test]
fn more_rejections_than_one_end_names_wait_for_the_next() {
    let most = mpp_form::limits::REJECTED_GONE;
    let before: Vec<Record> = (0..most + 3).map(|id| record(&id.to_string(), "units/a")).collect();
    let rejected: Vec<String> = before.iter().map(|one| one.source_id.clone()).collect();
    let none = reading(&before, &[]);
    let named = none.rejected_gone(rejected.clone());
    assert_eq!(named.len(), most);
    let forgotten = none.forgotten(rejected);
    assert_eq!(forgotten.len(), most);
    assert!(forgotten.iter().all(|id| named.iter().any(|one| one == id)));
}

#[test]
fn a_small_source_may_split_its_bundle() {
    let before: Vec<Record> = (0..4).map(|id| record(&id.to_string(), "units/a")).collect();
    assert_eq!(reading(&before, &["1", "2", "3", "0a", "0b"]).shrinkage(10, 3), None);
    assert!(reading(&before[..2], &["other"]).shrinkage(10, 3).is_some(), "all went");
    assert_eq!(reading(&before[..1], &["0a", "0b"]).shrinkage(10, 3), None, "it has grown");
}

#[test]
fn services_that_are_not_in_a_list_of_offices_are_another_configurations() {
    let held: HashSet<String> = (0..20).map(|id| format!("kk-{id}")).collect();
    let mut offices = Difference::new(HashMap::new(), held.clone());
    let body = Some(Body::UnitRecord(mpp_api::registry::Unit::default()));
    let office = Record { source_id: "dinkes".into(), body, ..Record::default() };
    assert!(!offices.is_gone_of_others(), "nothing was read");
    offices.judge(&office, "row");
    assert!(offices.is_gone_of_others());
    let told = offices.shrinkage(10, 3).expect("all services");
    assert!(told.contains("another configuration feeds this source"), "{told}");
    assert!(!told.contains("--accept-missing"), "{told}");
    offices.judge(&record("kk-0", "units/a"), "row");
    assert!(!offices.is_gone_of_others(), "it maps services, too");
    let told = offices.shrinkage(10, 3).expect("nineteen services");
    assert!(told.contains("--accept-missing"), "{told}");
}

#[test]
fn what_another_configuration_has_sent_was_not_synced_from_here() {
    let before: Vec<Record> = (0..20).map(|id| record(&id.to_string(), "units/a")).collect();
    let ids: Vec<&str> = before.iter().map(|record| record.source_id.as_str()).collect();
    let second = reading(&before, &ids[15..]).of(Some(SentIds::alone(&ids[15..])));
    assert_eq!(second.shrinkage(10, 3), None, "all of its own is there");
    assert!(second.gone().len() == 15 && !second.is_gone_of_others());
    let told = reading(&before, &ids[19..]).of(Some(SentIds::alone(&ids[15..])));
    let told = told.shrinkage(10, 3).expect("four of its own");
    assert!(told.starts_with("4 of 5 records") && told.contains(": 15, 16, 17, 18;"), "{told}");
}
