//! Single calls: their answers, and what is refused.

use std::time::Duration;

use mpp_api::sync::{Batch, Checkpoint, OpenSessionRequest, Outcome, Source};
use mpp_client::error_of;
use mpp_core::Role;
use mpp_store::Actor;
use mpp_testkit::on_both;
use tokio::time::{sleep, timeout};

use crate::{
    publisher::{codes, outcomes, record, source},
    pusher::{Push, opening, publisher, records},
    world::{KEMENDAGRI, SOURCE, World, reason, refused},
};

#[tokio::test]
async fn ten_records_are_pushed_and_each_is_answered() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut push = Push::open(&world).await;
        assert!(push.welcome.send_all, "the first session sends everything");
        assert_eq!((push.welcome.max_batch_records, push.welcome.lease_millis), (100, 30_000));
        let mut ten = records(0..10);
        ten[3] = record("s3", "");
        let result = push.send(ten).await;
        assert_eq!(codes(&result)[3], "REQUIRED");
        let applied = outcomes(&result).iter().filter(|out| **out == Outcome::Applied).count();
        assert_eq!(applied, 9);
        let result = push.send(records(0..2)).await;
        assert_eq!(outcomes(&result), [Outcome::Unchanged, Outcome::Unchanged]);
        assert!(source(&world).await.last_success_time.is_none(), "it has not ended");

        let summary = push.end().await.expect("a summary");
        let counted = summary.session.expect("counted");
        assert_eq!(
            (counted.received, counted.applied, counted.unchanged, counted.rejected),
            (12, 9, 2, 1)
        );
        assert_eq!(
            counted.received,
            counted.applied + counted.unchanged + counted.rejected + counted.quarantined
        );
        let shown = source(&world).await;
        assert_eq!((shown.accounting, shown.last_session), (summary.source, summary.session));
        assert_eq!(shown.checkpoint, Some(push.checkpoint.clone()));
        assert!(shown.last_success_time.is_some());
        let service = world.admin().service("units/kemendagri/services/s9").await.expect("kept");
        assert_eq!(service.source, SOURCE);
    })
    .await;
}

#[tokio::test]
async fn a_nonce_that_comes_again_gets_its_answers_and_counts_once() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut push = Push::open(&world).await;
        let batch = push.batch(vec![record("kk", "Kartu Keluarga"), record("akta", "")]);
        let first = push.push(batch.clone()).await.expect("an answer");
        let again = push.push(batch.clone()).await.expect("an answer");
        assert_eq!((again.results, again.checkpoint), (first.results, first.checkpoint));
        assert!(again.repeated_nonce && !first.repeated_nonce);
        let other = Batch { records: vec![record("lain", "Lain")], ..batch };
        assert_eq!(reason(push.push(other).await), "PROTOCOL_VIOLATION");
        push.send(records(0..1)).await;
        let counted = push.end().await.expect("a summary").session.expect("counted");
        assert_eq!(counted.received, 3, "a refusal has not ended the session");
    })
    .await;
}

#[tokio::test]
async fn an_end_that_comes_again_gets_the_same_counts_also_after_a_later_session() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut push = Push::open(&world).await;
        push.send(records(0..3)).await;
        let first = push.end().await.expect("a summary");
        let again = push.end().await.expect("a summary");
        assert_eq!((again.session, again.source), (first.session, first.source));
        assert!(again.revision >= first.revision);
        assert_eq!(reason(push.try_send(records(3..4)).await), "LEASE_LOST");
        assert_eq!(reason(push.keep().await), "LEASE_LOST");

        let mut later = Push::open(&world).await;
        later.send(records(0..1)).await;
        let again = push.end().await.expect("a summary");
        assert_eq!((again.session, again.source), (first.session, first.source));
        later.end().await.expect("the later session goes on all the while");
    })
    .await;
}

#[tokio::test]
async fn a_batch_beyond_its_bounds_is_refused_alone() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut push = Push::open(&world).await;
        assert_eq!(reason(push.try_send(records(0..101)).await), "TOO_LARGE");
        let empty = refused(push.try_send(Vec::new()).await);
        assert_eq!(empty.fields[0].0, "batch.records");
        let mut skipped = push.batch(records(0..1));
        skipped.checkpoint = Some(Checkpoint { sequence: 2, ..Default::default() });
        assert_eq!(reason(push.push(skipped).await), "PROTOCOL_VIOLATION");
        let mut tokenless = push.batch(records(0..1));
        tokenless.fencing_token = 0;
        assert_eq!(refused(push.push(tokenless).await).fields[0].0, "batch.fencing_token");
        let mut invented = push.batch(records(0..1));
        invented.fencing_token += 1;
        assert_eq!(reason(push.push(invented).await), "LEASE_LOST");
        assert_eq!(source(&world).await.accounting.unwrap_or_default().received, 0);
        push.send(records(0..100)).await;
        let counted = push.end().await.expect("a summary").session.expect("counted");
        assert_eq!(counted.received, 100);
    })
    .await;
}

#[tokio::test]
async fn each_call_asks_whose_the_source_is() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut push = Push::open(&world).await;
        for (role, namespaces) in [
            (Role::Publisher, ["sources/bkpm"]),
            (Role::Reader, [SOURCE]),
            (Role::UnitOfficer, [KEMENDAGRI]),
        ] {
            push.publisher = world.caller(role, &namespaces);
            let denied = [
                reason(push.publisher.sync.open_session(opening()).await),
                reason(push.try_send(records(0..1)).await),
                reason(push.keep().await),
                reason(push.end().await),
            ];
            assert_eq!(denied, ["PERMISSION_DENIED"; 4], "{role:?}");
        }
        push.publisher = world.caller(Role::Publisher, &["sources/nowhere"]);
        let nowhere = OpenSessionRequest { source: "sources/nowhere".into(), ..opening() };
        assert_eq!(reason(push.publisher.sync.open_session(nowhere).await), "NOT_FOUND");

        push.publisher = world.caller(Role::Publisher, &[KEMENDAGRI]);
        push.send(records(0..1)).await;
        let counted = push.end().await.expect("who holds the unit publishes too").session;
        assert_eq!(counted.expect("counted").received, 1);
    })
    .await;
}

#[tokio::test]
async fn one_call_of_a_source_is_in_work_and_the_next_is_told_to_wait() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut one = Push::open(&world).await;
        let mut same = Push {
            publisher: publisher(&world),
            welcome: one.welcome.clone(),
            checkpoint: one.checkpoint.clone(),
            nonce: 0,
        };
        let by = Actor::new("test", "users/slow");
        let mut slow = world.running.registry.db.begin(&by).await.expect("a transaction");
        slow.get::<Source>(SOURCE).await.expect("locked");
        // One of them waits for the lock, so the other is answered first.
        let first = tokio::select! {
            kept = one.keep() => kept,
            kept = same.keep() => kept,
        };
        assert_eq!(reason(first), "WRITE_CONFLICT");
        slow.rollback().await.expect("ended");
        let kept = async {
            while let Err(status) = one.keep().await {
                assert_eq!(error_of(&status).reason, "WRITE_CONFLICT");
                sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(Duration::from_secs(10), kept).await.expect("its turn has come");
        one.send(records(0..1)).await;
    })
    .await;
}
