//! Plans of batches: what is decided without the database.

use mpp_api::{
    registry::{Counter, Service},
    sync::record::Delete,
    types::{LocalizedText, Tombstone, tombstone::Reason as Why},
};

use mpp_form::record::Entry;

use super::*;

fn record(source_id: &str, title: &str) -> Record {
    let title = Some(LocalizedText { id: title.into(), en: String::new() });
    let body = Some(Body::Service(Service { title, ..Service::default() }));
    let unit = "units/a".into();
    Record { source_id: source_id.into(), unit, body, confirmed: true, ..Record::default() }
}

fn planned(records: Vec<Record>) -> Plan<Entry> {
    let lease = Lease { source: "sources/a".into(), ..Lease::default() };
    Plan::new(Batch { nonce: 1, records, ..Batch::default() }, &lease)
}

fn codes(plan: &Plan<Entry>) -> Vec<String> {
    let waiting = plan.waiting.iter();
    let fates = waiting.map(|(index, _)| (*index, Ok(Outcome::Applied.into())));
    let all = plan.decided.clone().into_iter().chain(fates).collect();
    let result = plan.result(&all, &plan.checkpoint);
    result.results.into_iter().map(|answer| answer.code).collect()
}

#[test]
fn of_several_records_of_one_name_the_first_counts_also_where_it_is_wrong() {
    let plan = planned(vec![
        record("kk", "first"),
        record("ktp", ""),
        record("kk", "second"),
        record("ktp", "x"),
    ]);
    assert_eq!(codes(&plan), ["", "REQUIRED", "DUPLICATE", "DUPLICATE"]);
    let told = plan.decided[&2].clone().expect_err("a duplicate").description;
    assert!(told.contains("record 3") && told.contains("record 1, units/a/services/kk"));
}

#[test]
fn where_ids_are_unique_another_unit_is_a_duplicate_and_a_move_is_none() {
    let elsewhere = || Record { unit: "units/b".into(), ..record("kk", "second") };
    let successor = "units/b/services/kk".to_owned();
    let tombstone = Some(Tombstone { reason: Why::Moved.into(), successor });
    let name = "units/a/services/kk".to_owned();
    let leaves = Record {
        unit: String::new(),
        body: Some(Body::Delete(Delete { name, tombstone })),
        ..record("kk", "")
    };
    let of = |records: Vec<Record>, unique_ids| {
        let lease = Lease { source: "sources/a".into(), unique_ids, ..Lease::default() };
        codes(&Plan::<Entry>::new(Batch { nonce: 1, records, ..Batch::default() }, &lease))
    };
    assert_eq!(of(vec![record("kk", "first"), elsewhere()], true), ["", "DUPLICATE"]);
    assert_eq!(of(vec![record("kk", "first"), elsewhere()], false), ["", ""]);
    assert_eq!(of(vec![leaves.clone(), elsewhere()], true), ["", ""]);
    for unique_ids in [true, false] {
        let both = vec![record("kk", "first"), leaves.clone()];
        assert_eq!(of(both.clone(), unique_ids), ["", "DUPLICATE"], "the first counts");
        assert_eq!(of(both.into_iter().rev().collect(), unique_ids), ["", "DUPLICATE"]);
    }
}

#[test]
fn records_of_several_kinds_may_share_an_id_also_where_ids_are_unique() {
    let counter = |mall: &str| {
        let body = Some(Body::Counter(Counter::default()));
        let (unit, parent) = (String::new(), mall.to_owned());
        Record { unit, parent, body, ..record("kk", "") }
    };
    let lease = Lease { source: "sources/a".into(), unique_ids: true, ..Lease::default() };
    let records = vec![counter("malls/a"), record("kk", "x"), counter("malls/b"), record("kk", "")];
    let plan = Plan::<Entry>::new(Batch { nonce: 1, records, ..Batch::default() }, &lease);
    let code = |index: usize| {
        let fate = plan.decided.get(&index)?.as_ref();
        fate.err().map(|fault| fault.code)
    };
    let none = Some(FieldCode::Required);
    assert_eq!([0, 1, 2, 3].map(code), [none, None, none, Some(FieldCode::Duplicate)]);
}

#[test]
fn other_records_have_another_digest() {
    let digest = |records| planned(records).digest;
    assert_eq!(digest(vec![record("a", "x")]), digest(vec![record("a", "x")]));
    assert_ne!(digest(vec![record("a", "x")]), digest(vec![record("a", "y")]));
    assert_ne!(digest(vec![record("a", "x")]), digest(vec![record("a", "x"), record("a", "x")]));
}

#[test]
fn a_record_with_several_faults_names_them_all_in_one_answer() {
    let mut wrong = record("kk", "");
    if let Some(Body::Service(service)) = &mut wrong.body {
        service.category = "Two Words".into();
    }
    let plan = planned(vec![wrong]);
    let answer = plan.result(&plan.decided, &plan.checkpoint).results.remove(0);
    assert_eq!((answer.field.as_str(), answer.outcome()), ("service.title.id", Outcome::Rejected));
    assert!(answer.message.contains("service.category"), "{}", answer.message);
}

/// An earlier answer to a name may not hold any more once something else was asked for under it.
#[test]
fn whatever_is_asked_for_and_not_kept_is_known_no_more() {
    let name = "units/a/services/kk".to_owned();
    let body = Some(Body::Delete(Delete { name, tombstone: None }));
    let leaves = Record { unit: String::new(), body, ..record("kk", "") };
    let known = |record: Record, outcome: Outcome, code: FieldCode, send_again: bool| {
        let plan = planned(vec![record]);
        let code = if outcome == Outcome::Applied { String::new() } else { code.to_string() };
        let answer =
            RecordResult { outcome: outcome.into(), code, send_again, ..Default::default() };
        let result = BatchResult { results: vec![answer], ..BatchResult::default() };
        let Changes { answered, gone } = plan.changes(&result, |_| false);
        (answered.first().map(|one| one.answered), gone.len())
    };
    let put = || record("kk", "Kartu Keluarga");
    let waits = FieldCode::UnitNotFound;
    assert_eq!(known(put(), Outcome::Applied, waits, false), (Some(Answered::Taken), 0));
    assert_eq!(known(put(), Outcome::Quarantined, waits, true), (Some(Answered::NotTaken), 0));
    let failed = FieldCode::Internal;
    assert_eq!(known(put(), Outcome::Rejected, failed, true), (None, 1), "the registry failed");
    assert_eq!(known(leaves, Outcome::Quarantined, waits, true), (None, 1), "it is to go");
    let second = FieldCode::Duplicate;
    assert_eq!(
        known(put(), Outcome::Rejected, second, false),
        (None, 0),
        "the first has its answer"
    );
}
