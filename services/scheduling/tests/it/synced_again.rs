//! A mall's system comes again: with what it has sent before, without its state, with a bad export
//! that is undone; and what is kept of it is compared, mended, and let go with the source.

use mpp_api::{
    registry::Mall,
    scheduling::HoursRule,
    sync::{
        ListWaitingRecordsRequest, OpenSessionRequest, Outcome, PreviewRecordsRequest,
        ReconcileRecordsRequest, Record, RedriveRecordsRequest, Source, UndoSessionRequest,
        UndoneRecord, record::Body, record_preview::Change, undone_record::Change as Undone,
    },
};
use mpp_core::{Label, Labels};
use mpp_form::reconcile::{AnswerState, ComparedRecord, Set, SetDifference, Walk, digest, key_of};
use mpp_testkit::{alter_records, execute, on_both};
use tonic::Code;

use crate::{
    kept::{findings, repair},
    source::{
        MALL, ORGANISER, SOURCE, Session, closed, codes, delete, hours, name, officer, opening,
        outcomes, publisher, restarted, run, source, sourced, stored, sync, waiting,
    },
    world::{BANK, World, administrator, eventually, mornings, refused},
};

/// The same hours, but for the mornings only.
fn shorter(source_id: &str, target: &str) -> Record {
    let mut record = hours(source_id, target);
    if let Some(Body::HoursRule(rule)) = &mut record.body {
        rule.weekly = Some(mornings());
    }
    record
}

#[tokio::test]
async fn a_batch_that_comes_again_counts_once_and_a_session_goes_on_at_its_checkpoint() {
    on_both(async |database| {
        let world = sourced(database).await;
        let mut session = Session::open(&world).await;
        let batch = session.batch(vec![hours("jam", MALL)]);
        let first = session.push(batch.clone()).await.expect("an answer");
        let again = session.push(batch).await.expect("an answer");
        assert!(!first.repeated_nonce && again.repeated_nonce);
        assert_eq!(outcomes(&again), [Outcome::Applied], "as it was answered");
        let checkpoint = session.checkpoint.clone();
        session.end().await;
        let world = restarted(world, |_| ()).await;
        let known = OpenSessionRequest { checkpoint: Some(checkpoint.clone()), ..opening() };
        let resumed = Session::with(&world, known).await.expect("a session");
        assert!(!resumed.welcome.send_all);
        assert_eq!(resumed.welcome.checkpoint, Some(checkpoint));
        assert_eq!(resumed.welcome.held, 1);
        let summary = resumed.end().await;
        assert_eq!(summary.source.expect("counted").received, 1);
    })
    .await;
}

#[tokio::test]
async fn a_preview_tells_what_would_come_and_keeps_nothing() {
    on_both(async |database| {
        let world = sourced(database).await;
        run(&world, vec![hours("jam", MALL), hours("bank", BANK)]).await;
        let records = vec![
            shorter("jam", MALL),
            delete("bank"),
            closed("libur", MALL, "2026-12-01"),
            hours("baru", "malls/baru"),
        ];
        let source = SOURCE.to_owned();
        let request = PreviewRecordsRequest { source, records, ..Default::default() };
        let told = sync(&world, publisher()).preview_records(request).await.expect("told");
        let told = told.into_inner().records;
        let changes: Vec<_> = told.iter().map(|one| one.change()).collect();
        let none = Change::Unspecified;
        assert_eq!(changes, [Change::Updated, Change::Deleted, Change::Created, none], "{told:?}");
        let paths: Vec<_> = told[0].differences.iter().map(|one| one.path.as_str()).collect();
        assert!(paths.iter().any(|path| path.starts_with("hours_rule.weekly.mon")), "{paths:?}");
        assert_eq!(
            (told[3].name.as_str(), told[3].awaited.as_str()),
            (&*name("baru"), "malls/baru")
        );
        assert!(stored(&world, "libur").await.is_none() && stored(&world, "bank").await.is_some());
        assert_eq!(waiting(&world).await.total_size, 0);
    })
    .await;
}

/// Undoes all of a session.
async fn undo(world: &World, session: &str) -> Vec<UndoneRecord> {
    let request = UndoSessionRequest {
        source: SOURCE.into(),
        session: session.into(),
        ..UndoSessionRequest::default()
    };
    let (mut told, mut sync) = (Vec::new(), sync(world, officer()));
    let mut after = String::new();
    loop {
        let request = UndoSessionRequest { after, ..request.clone() };
        let piece = sync.undo_session(request).await.expect("undone").into_inner();
        told.extend(piece.records);
        after = piece.next;
        if after.is_empty() {
            return told;
        }
    }
}

#[tokio::test]
async fn a_bad_export_is_undone_and_comes_back_only_by_an_officers_word() {
    on_both(async |database| {
        let world = sourced(database).await;
        run(&world, vec![hours("jam", MALL), hours("bank", BANK)]).await;
        let bad = || vec![shorter("jam", MALL), closed("libur", MALL, "2026-12-01")];
        let (session, _) = run(&world, [bad(), vec![delete("bank")]].concat()).await;
        let told = undo(&world, &session).await;
        let mut done: Vec<_> = told.iter().map(|one| (one.name.clone(), one.change())).collect();
        done.sort();
        let wanted = [
            (name("bank"), Undone::BroughtBack),
            (name("jam"), Undone::Restored),
            (name("libur"), Undone::Deleted),
        ];
        assert_eq!(done, wanted, "{told:?}");
        let rule = stored(&world, "jam").await.expect("as before");
        assert_eq!(rule.weekly.expect("hours").mon.len(), 2, "office hours again");
        assert!(stored(&world, "bank").await.is_some() && stored(&world, "libur").await.is_none());

        let (_, again) = run(&world, bad()).await;
        assert_eq!(codes(&again), ["UNDONE"; 2], "the same bytes wait");
        let code = "UNDONE".to_owned();
        let release = RedriveRecordsRequest { source: SOURCE.into(), code, ..Default::default() };
        let mut own = sync(&world, publisher());
        refused(own.redrive_records(release.clone()).await, Code::PermissionDenied);
        let done = sync(&world, officer()).redrive_records(release).await.expect("released");
        assert_eq!(done.into_inner().taken, 2);
        assert!(stored(&world, "libur").await.is_some(), "as the officer says");
        let (_, mended) = run(&world, vec![hours("jam", MALL)]).await;
        assert_eq!(outcomes(&mended), [Outcome::Applied], "other bytes are taken as ever");
    })
    .await;
}

fn item(record: &Record) -> ComparedRecord {
    ComparedRecord::new(key_of(&name(&record.source_id)), &digest(record), AnswerState::Taken)
}

/// How the service's records differ from those of a client that has lost its answers.
async fn compared(world: &World, records: &[Record]) -> SetDifference {
    let mut walk = Walk::new(Set::new(records.iter().map(item).collect()));
    let mut sync = sync(world, publisher());
    while let Some(ranges) = walk.next_message() {
        let request = ReconcileRecordsRequest { source: SOURCE.into(), ranges, ..<_>::default() };
        let answer = sync.reconcile_records(request).await.expect("an answer").into_inner();
        walk.hear(answer.reconciliation.expect("compared")).expect("an answer to it");
    }
    walk.found()
}

#[tokio::test]
async fn a_system_that_has_lost_its_state_compares_and_sends_what_differs() {
    on_both(async |database| {
        let world = sourced(database).await;
        let all = [hours("jam", MALL), hours("bank", BANK), closed("libur", MALL, "2026-12-01")];
        run(&world, all.to_vec()).await;
        assert!(compared(&world, &all).await.unconfirmed().is_empty(), "all is as it was sent");
        let other = [all[0].clone(), shorter("bank", BANK)];
        let found = compared(&world, &other).await;
        let wanted: Vec<_> = found.wanted.keys().copied().collect();
        assert_eq!(wanted, [item(&other[1])]);
        let lone: Vec<_> = found.lone.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(lone, [name("libur")]);
        let mut session = Session::open(&world).await;
        let mut batch = session.batch(vec![other[1].clone()]);
        batch.reconciled = Some(found.reconciled());
        let result = session.push(batch).await.expect("an answer");
        assert_eq!((outcomes(&result), result.confirmed), (vec![Outcome::Applied], 1));
        assert!(session.end().await.incomplete.is_none());
    })
    .await;
}

/// The rule's labels, once they name the region.
async fn labels_in(world: &World, region: &str) -> Labels {
    eventually("the region of now", async || {
        let mut read = world.scheduling.running.db.read().await.expect("a snapshot");
        let rule = read.get::<HoursRule>(&name("jam")).await.expect("readable")?;
        (rule.labels.get(&Label::Region)? == region).then_some(rule.labels)
    })
    .await
}

#[tokio::test]
async fn a_rule_stays_its_sources_when_its_mall_moves_and_a_bad_export_goes_back_all_the_same() {
    on_both(async |database| {
        let world = sourced(database).await;
        run(&world, vec![hours("jam", MALL)]).await;
        let (bad, _) = run(&world, vec![shorter("jam", MALL)]).await;
        let region = "regions/51.71".to_owned();
        let mall = Mall { region, organiser: ORGANISER.into(), ..Mall::default() };
        world.upstream.put(MALL, mall).await;
        let labels = labels_in(&world, "51.71").await;
        assert_eq!(labels.get(&Label::Source).map(String::as_str), Some(SOURCE));

        let told = undo(&world, &bad).await;
        assert_eq!(told[0].change(), Undone::Restored, "nobody has changed it: {told:?}");
        let rule = stored(&world, "jam").await.expect("as before");
        assert_eq!(rule.weekly.expect("hours").mon.len(), 2, "office hours again");
        labels_in(&world, "51.71").await;
        let (_, result) = run(&world, vec![hours("jam", MALL)]).await;
        assert_eq!(outcomes(&result), [Outcome::Unchanged], "its labels are those of now");
    })
    .await;
}

#[tokio::test]
async fn an_account_that_was_altered_by_hand_is_found_and_mended() {
    on_both(async |database| {
        let world = sourced(database).await;
        run(&world, vec![hours("jam", MALL)]).await;
        assert_eq!(findings(&world, "bookkeeping").await, []);
        execute(world.database.url(), "update sync_lease set source_applied = 7").await;
        let found = findings(&world, "bookkeeping").await;
        assert!(found[0].1[0].contains("applied is 7, its batches have 1"), "{found:?}");
        repair(&world, "bookkeeping").await;
        assert_eq!(source(&world).await.accounting.expect("counted").applied, 1);
    })
    .await;
}

#[tokio::test]
async fn a_rule_of_which_nobody_has_what_was_written_goes_where_its_source_takes_it_back() {
    on_both(async |database| {
        let world = sourced(database).await;
        run(&world, vec![hours("jam", MALL)]).await;
        let altered = "update record set update_time = update_time + 1 where kind = 'hours_rule'";
        alter_records(world.database.url(), altered).await;
        execute(world.database.url(), "delete from change where kind = 'hours_rule'").await;
        let (_, result) = run(&world, vec![delete("jam")]).await;
        assert_eq!(outcomes(&result), [Outcome::Applied], "{result:?}");
    })
    .await;
}

#[tokio::test]
async fn what_is_kept_of_a_source_goes_with_it() {
    on_both(async |database| {
        let world = sourced(database).await;
        run(&world, vec![hours("baru", "malls/baru")]).await;
        assert_eq!(waiting(&world).await.total_size, 1);
        world.upstream.withdraw::<Source>(SOURCE).await;
        // A replica looks for sources that were given up when it starts, and once in a while.
        let world = restarted(world, |_| ()).await;
        eventually("that it is forgotten", async || {
            let mut sync = sync(&world, administrator());
            let parent = "sources/-".to_owned();
            let request = ListWaitingRecordsRequest { parent, ..Default::default() };
            let listed = sync.list_waiting_records(request).await.ok()?.into_inner();
            (listed.total_size == 0).then_some(())
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_preview_in_parts_knows_what_the_parts_before_have_left_of_a_targets_room() {
    on_both(async |database| {
        let world = sourced(database).await;
        let world = restarted(world, |options| options.policy.rules_per_target = 2).await;
        run(&world, vec![hours("jam", MALL)]).await;
        let parts = [
            vec![hours("satu", MALL), hours("bank", BANK)],
            vec![hours("dua", MALL)],
            vec![delete("jam"), closed("lama", MALL, "2026-03-02")],
            vec![hours("tiga", MALL)],
        ];
        let (mut told, mut so_far) = (Vec::new(), None);
        for records in parts.clone() {
            let request = PreviewRecordsRequest {
                source: SOURCE.into(),
                records,
                so_far,
                ..Default::default()
            };
            let answer = sync(&world, publisher()).preview_records(request).await;
            let answer = answer.expect("a preview").into_inner();
            let results = answer.records.into_iter().filter_map(|one| one.result);
            told.extend(results.map(|result| result.code));
            so_far = answer.so_far;
        }
        let mut sent = Vec::new();
        let mut session = Session::open(&world).await;
        for records in parts {
            sent.extend(codes(&session.send(records).await).into_iter().map(str::to_owned));
        }
        session.end().await;
        assert_eq!(sent, ["", "", "TARGET_FULL", "", "", ""], "the session itself");
        assert_eq!(told, sent, "as it was shown");
    })
    .await;
}
