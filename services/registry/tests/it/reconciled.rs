//! A client that has lost its state, or doubts it, finds out what differs and sends only that; the
//! accounting holds, and so does everything that a session that sends all brings in order.

use std::collections::BTreeMap;

use mpp_api::{
    registry::{DeleteServiceRequest, unit::Kind},
    sync::{
        Accounting, BatchResult, Checkpoint, End, Hello, OpenSessionRequest, Outcome, Range,
        Reconcile, ReconcileRecordsRequest, Reconciled, Record, Summary,
        sync_request::Message as Ask, sync_response::Message as Answer,
    },
    types::Tombstone,
};
use mpp_core::Role;
use mpp_form::reconcile::{AnswerState, ComparedRecord, Set, SetDifference, Walk, digest, key_of};
use mpp_testkit::on_both;

use crate::{
    publisher::{Session, begin_again, codes, hello, outcomes, record, record_of, source},
    pusher::{Push, opening},
    world::{KEMENDAGRI, SOURCE, World, reason, service, unit},
};

const LATER: &str = "units/kemendagri-jatim";

fn named(record: &Record) -> String {
    format!("{}/services/{}", record.unit, record.source_id)
}

fn item(record: &Record, standing: AnswerState) -> ComparedRecord {
    ComparedRecord::new(key_of(&named(record)), &digest(record), standing)
}

/// Thirty records, of which one is wrong and one waits for its unit.
fn catalog() -> Vec<Record> {
    let mut all: Vec<_> = (0..28).map(|number| record(&format!("s{number}"), "Layanan")).collect();
    all.push(record("salah", ""));
    all.push(record_of(LATER, "menunggu", service("Menunggu")));
    all
}

/// Compares the registry's set with that of a client that knows of no answer to these records.
async fn compared(session: &mut Session, records: &[Record]) -> SetDifference {
    let items = records.iter().map(|record| item(record, AnswerState::Taken)).collect();
    let mut walk = Walk::new(Set::new(items));
    while let Some(ranges) = walk.next_message() {
        let answer = session.ask(Ask::Reconcile(Reconcile { ranges })).await.expect("an answer");
        let Some(Answer::Reconciliation(answer)) = answer else { panic!("{answer:?}") };
        walk.hear(answer).expect("an answer to it");
    }
    walk.found()
}

/// The records that the client is told to send.
fn wanted<'a>(found: &SetDifference, records: &'a [Record]) -> Vec<&'a Record> {
    let is_wanted = |record: &&Record| found.wanted.contains_key(&item(record, AnswerState::Taken));
    records.iter().filter(is_wanted).collect()
}

fn ids(records: &[&Record]) -> Vec<String> {
    records.iter().map(|record| record.source_id.clone()).collect()
}

async fn confirm(session: &mut Session, found: &SetDifference) -> BatchResult {
    let mut batch = session.batch(Vec::new());
    batch.reconciled = Some(found.reconciled());
    session.try_batch(batch).await.expect("confirmed")
}

/// A first sync of these records, and its end.
async fn synced(world: &World, records: Vec<Record>) -> Summary {
    let mut session = begin_again(world, hello()).await;
    session.send(records).await;
    session.end().await
}

/// A client that knows of nothing reconciles, sends what is wanted and ends.
pub async fn reconciled(
    world: &World,
    hello: Hello,
    records: &[Record],
) -> (Vec<String>, Summary, Checkpoint) {
    let mut session = begin_again(world, hello).await;
    assert!(session.welcome.send_all && session.welcome.can_reconcile);
    let found = compared(&mut session, records).await;
    confirm(&mut session, &found).await;
    let wanted = wanted(&found, records);
    if !wanted.is_empty() {
        session.send(wanted.iter().map(|record| (*record).clone()).collect()).await;
    }
    let checkpoint = session.checkpoint.clone();
    (ids(&wanted), session.end().await, checkpoint)
}

#[tokio::test]
async fn who_has_lost_everything_sends_only_what_is_not_as_it_says() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let first = Session::begin(&world).await;
        assert!(first.welcome.send_all && !first.welcome.can_reconcile, "there is nothing yet");
        first.end().await;
        synced(&world, catalog()).await;
        let mut session = begin_again(&world, hello()).await;
        let found = compared(&mut session, &catalog()).await;
        let mut asked_again = ids(&wanted(&found, &catalog()));
        asked_again.sort_unstable();
        assert_eq!(asked_again, ["menunggu", "salah"], "their answers are not known any more");
        assert!(found.lone.is_empty() && found.rounds <= 5);
        let result = confirm(&mut session, &found).await;
        assert_eq!((result.confirmed, result.results.len()), (28, 0));
        let again: Vec<Record> = wanted(&found, &catalog()).into_iter().cloned().collect();
        let result = session.send(again).await;
        assert!(!outcomes(&result).contains(&Outcome::Applied), "{:?}", codes(&result));
        let checkpoint = session.checkpoint.clone();
        let summary = session.end().await;
        assert_eq!(summary.incomplete, None);
        let counted = summary.session.expect("counts");
        assert_eq!((counted.received, counted.rejected, counted.quarantined), (2, 1, 1));
        let stands = source(&world).await;
        assert_eq!((stands.rejected_now, stands.waiting_now), (1, 1));
        let hello = Hello { checkpoint: Some(checkpoint), ..hello() };
        let next = begin_again(&world, hello).await;
        assert!(!next.welcome.send_all, "from here on it knows");
        next.end().await;
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_client_that_still_has_its_answers_is_in_sync_in_one_round() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        synced(&world, catalog()).await;
        let mut session = begin_again(&world, hello()).await;
        let standing = |record: &Record| match record.source_id.as_str() {
            "salah" => AnswerState::Rejected(false),
            "menunggu" => AnswerState::Waiting(false),
            _ => AnswerState::Taken,
        };
        let items = catalog().iter().map(|record| item(record, standing(record))).collect();
        let mut walk = Walk::new(Set::new(items));
        let ranges = walk.next_message().expect("the whole");
        let answer = session.ask(Ask::Reconcile(Reconcile { ranges })).await.expect("an answer");
        let Some(Answer::Reconciliation(answer)) = answer else { panic!("{answer:?}") };
        walk.hear(answer).expect("an answer to it");
        assert!(walk.next_message().is_none(), "nothing differs");
        let result = confirm(&mut session, &walk.found()).await;
        assert_eq!(result.confirmed, 28);
        let summary = session.end().await;
        assert_eq!(summary.incomplete, None, "though nothing was sent under send_all");
        let stands = source(&world).await;
        assert_eq!((stands.rejected_now, stands.waiting_now), (1, 1), "they need not come again");
        let accounting = stands.accounting.expect("counts");
        assert_eq!((accounting.received, accounting.rejected), (30, 1));
        // The waiting record was kept, and is applied once its unit is there.
        let office = unit("kemendagri-jatim", Kind::Office, KEMENDAGRI);
        world.admin().create_unit("kemendagri-jatim", office).await.expect("a unit");
        let request =
            mpp_api::sync::RedriveRecordsRequest { source: SOURCE.into(), ..Default::default() };
        let done = world.admin().sync.redrive_records(request).await.expect("tried").into_inner();
        assert_eq!(done.taken, 1);
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn what_changed_came_or_went_is_found_under_any_mapping() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        synced(&world, catalog()).await;
        let mut now = catalog();
        now.retain(|record| record.source_id != "salah" && record.source_id != "s3");
        now[0] = record("s0", "Layanan lain");
        now.push(record("baru", "Layanan baru"));
        let other = Hello { mapping_version: "2".into(), ..hello() };
        let mut session = begin_again(&world, other.clone()).await;
        let found = compared(&mut session, &now).await;
        let held: BTreeMap<String, bool> = now
            .iter()
            .filter_map(|one| {
                Some((one.source_id.clone(), *found.wanted.get(&item(one, AnswerState::Taken))?))
            })
            .collect();
        let expected = [("baru", false), ("menunggu", false), ("s0", true)];
        assert_eq!(held, expected.map(|(id, held)| (id.to_owned(), held)).into());
        let mut lone: Vec<_> = found.lone.iter().map(|one| (one.name.as_str(), one.held)).collect();
        lone.sort_unstable();
        assert_eq!(lone, [("", false), ("units/kemendagri/services/s3", true)]);
        confirm(&mut session, &found).await;
        let sent: Vec<Record> = wanted(&found, &now).into_iter().cloned().collect();
        let result = session.send(sent).await;
        let taken = outcomes(&result).iter().filter(|one| **one == Outcome::Applied).count();
        assert_eq!(taken, 2);
        session.end().await;
        let stands = source(&world).await;
        assert_eq!((stands.rejected_now, stands.waiting_now), (0, 1), "the wrong one has gone");
        let (again, ..) = reconciled(&world, hello(), &now).await;
        assert_eq!(again, ["menunggu"], "under the first mapping, too");
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_record_whose_refusal_is_forgotten_is_not_taken_for_the_one_that_stands() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let wrong = || vec![record("s0", ""), record("s1", "Layanan")];
        synced(&world, vec![record("s0", "Layanan"), record("s1", "Layanan")]).await;
        synced(&world, wrong()).await;
        let mut session = begin_again(&world, hello()).await;
        session.send(vec![record("s1", "Layanan")]).await;
        let gone = End { rejected_gone: vec!["s0".into()], ..End::default() };
        session.end_with(gone).await;
        let (again, ..) = reconciled(&world, hello(), &wrong()).await;
        assert_eq!(again, ["s0"], "an earlier one of its name is published, and not this one");
        assert_eq!(source(&world).await.rejected_now, 1);
    })
    .await;
}

#[tokio::test]
async fn a_record_that_was_deleted_by_hand_is_asked_for() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        synced(&world, catalog()).await;
        let delete = DeleteServiceRequest {
            name: format!("{KEMENDAGRI}/services/s5"),
            tombstone: Some(Tombstone { reason: 1, successor: String::new() }),
            ..Default::default()
        };
        world.admin().catalog.delete_service(delete).await.expect("deleted");
        let (again, summary, _) = reconciled(&world, hello(), &catalog()).await;
        assert_eq!(again, ["s5", "salah", "menunggu"]);
        assert_eq!(summary.session.expect("counts").rejected, 2, "its name is not used again");
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn single_calls_compare_and_confirm_as_well_and_a_call_that_is_sent_again_counts_once() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        synced(&world, catalog()).await;
        let mut push =
            Push::with(&world, OpenSessionRequest { holder: "php-2".into(), ..opening() })
                .await
                .expect("a session");
        assert!(push.welcome.can_reconcile);
        let items = catalog().iter().map(|record| item(record, AnswerState::Taken)).collect();
        let mut walk = Walk::new(Set::new(items));
        while let Some(ranges) = walk.next_message() {
            let request =
                ReconcileRecordsRequest { source: SOURCE.into(), ranges, ..<_>::default() };
            let answer = push.publisher.sync.reconcile_records(request).await.expect("compared");
            walk.hear(answer.into_inner().reconciliation.expect("an answer")).expect("to it");
        }
        let found = walk.found();
        assert_eq!(found.wanted.len(), 2);
        let mut early = push.batch(Vec::new());
        early.reconciled = Some(Reconciled { last_sequence: 0, ..found.reconciled() });
        let refused = push.push(early).await;
        assert_eq!(reason(refused), "PROTOCOL_VIOLATION", "a batch was answered since");
        let mut batch = push.batch(Vec::new());
        batch.reconciled = Some(found.reconciled());
        let result = push.push(batch.clone()).await.expect("confirmed");
        let repeated = push.push(batch.clone()).await.expect("again");
        assert!(repeated.repeated_nonce);
        assert_eq!((result.confirmed, repeated.confirmed), (28, 28));
        batch.reconciled = Some(Reconciled::default());
        assert_eq!(reason(push.push(batch).await), "PROTOCOL_VIOLATION", "another one");
        let mut late = push.batch(Vec::new());
        late.reconciled = Some(Reconciled::default());
        assert_eq!(reason(push.push(late).await), "PROTOCOL_VIOLATION", "the first batch only");
        let summary = push.end().await.expect("an end");
        assert_eq!(summary.incomplete, None);
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn who_may_not_write_for_a_source_compares_nothing_and_wrong_ranges_are_named() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let range = |prefix: &str| Range {
            prefix: prefix.into(),
            fingerprints: vec![0; 128].into(),
            ..Range::default()
        };
        let ask = |ranges: Vec<Range>| ReconcileRecordsRequest {
            source: SOURCE.into(),
            ranges,
            ..<_>::default()
        };
        let mut other = world.caller(Role::Publisher, &["sources/bkpm"]);
        let refused = other.sync.reconcile_records(ask(vec![range("")])).await;
        assert_eq!(reason(refused), "PERMISSION_DENIED");
        let mut own = world.caller(Role::Publisher, &[SOURCE]);
        let wrong = own.sync.reconcile_records(ask(vec![range(""), range("xyz")])).await;
        let error = crate::world::refused(wrong);
        assert_eq!(error.reason, "INVALID_FIELD");
        assert!(format!("{error:?}").contains("ranges[1].prefix"), "{error:?}");
        let none = own.sync.reconcile_records(ask(vec![range("")])).await.expect("compared");
        let answer = none.into_inner().reconciliation.expect("an answer");
        assert_eq!(answer.ranges[0].differs, 0xffff, "an empty set has other fingerprints than 0");
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_death_before_the_answers_came_is_made_good_by_comparing() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        synced(&world, catalog()).await;
        // The client knows of the first batch; the answers to the second never reach it.
        let mut session = begin_again(&world, hello()).await;
        let known = session.send(catalog()[..10].to_vec()).await.checkpoint;
        session.send(vec![record("hilang", "Layanan"), record("s1", "Lain")]).await;
        session.end().await;
        let hello = Hello { checkpoint: known, ..hello() };
        let mut all = catalog();
        all.push(record("hilang", "Layanan"));
        let (again, summary, checkpoint) = reconciled(&world, hello.clone(), &all).await;
        assert_eq!(again, ["s1", "salah", "menunggu"]);
        let source = summary.source.expect("counts");
        let Accounting { received, applied, unchanged, rejected, quarantined, .. } = source;
        assert_eq!(received, applied + unchanged + rejected + quarantined);
        let next = begin_again(&world, Hello { checkpoint: Some(checkpoint), ..hello }).await;
        assert!(!next.welcome.send_all);
        next.end().await;
        world.stop().await;
    })
    .await;
}
