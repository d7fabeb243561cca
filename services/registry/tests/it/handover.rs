//! A session by single calls between replicas, holders and streams: who has the lease, and until
//! when.

use std::time::Duration;

use mpp_api::sync::{Hello, OpenSessionRequest, Outcome};
use mpp_client::error_of;
use mpp_core::Clock;
use mpp_testkit::{Backend, database, on_both};
use tokio::time::{sleep, timeout};

use crate::{
    publisher::{Session, hello, outcomes, record, source},
    pusher::{Push, opening, publisher, records},
    world::{MAY_2026, SECOND, SOURCE, World, reason, refused},
};

#[tokio::test]
async fn a_session_outlives_the_server_that_opened_it() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut push = Push::open(&world).await;
        let batch = push.batch(records(0..3));
        let first = push.push(batch.clone()).await.expect("an answer");
        world.stop().await;

        let world = World::at(&database, Clock::stopped_at(MAY_2026)).await;
        push.moves_to(&world);
        let again = push.push(batch).await.expect("its stored answers");
        assert_eq!((again.results, again.repeated_nonce), (first.results, true));
        push.send(records(3..5)).await;
        let counted = push.end().await.expect("a summary").session.expect("counted");
        assert_eq!((counted.received, counted.applied), (5, 5));
        world.stop().await;

        let world = World::at(&database, Clock::stopped_at(MAY_2026)).await;
        push.moves_to(&world);
        let again = push.end().await.expect("its summary again").session;
        assert_eq!(again, Some(counted));
    })
    .await;
}

#[tokio::test]
async fn any_replica_answers_the_next_call() {
    let database = database(Backend::Postgres).await;
    let one = World::with_source(&database).await;
    let two = World::empty(&database).await;
    let mut push = Push::open(&one).await;
    for round in 0..6u8 {
        push.moves_to(if round % 2 == 0 { &two } else { &one });
        let result = push.send(records(round..round + 2)).await;
        let known = if round == 0 { Outcome::Applied } else { Outcome::Unchanged };
        assert_eq!(outcomes(&result), [known, Outcome::Applied], "round {round}");
    }
    push.moves_to(&two);
    let counted = push.end().await.expect("a summary").session.expect("counted");
    assert_eq!((counted.received, counted.applied, counted.unchanged), (12, 7, 5));
}

#[tokio::test]
async fn a_stream_and_single_calls_take_over_from_each_other() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut push = Push::open(&world).await;
        push.send(vec![record("kk", "Kartu Keluarga")]).await;
        let held = Session::with(&world, hello()).await.err().expect("one at a time");
        assert_eq!(error_of(&held).reason, "LEASE_HELD");

        let checkpoint = Some(push.checkpoint.clone());
        let by_force = Hello { checkpoint: checkpoint.clone(), take_over: true, ..hello() };
        let mut stream = Session::with(&world, by_force).await.expect("taken over");
        assert_eq!(stream.welcome.checkpoint, checkpoint);
        assert!(stream.welcome.fencing_token > push.welcome.fencing_token);
        let ghost = vec![record("kk", "Written by a ghost")];
        assert_eq!(reason(push.try_send(ghost.clone()).await), "LEASE_LOST");
        assert_eq!(reason(push.keep().await), "LEASE_LOST");
        assert_eq!(reason(push.end().await), "LEASE_LOST", "it never ended completely");
        let result = stream.send(vec![record("kk", "Kartu Keluarga")]).await;
        assert_eq!(outcomes(&result), [Outcome::Unchanged]);

        let checkpoint = Some(stream.checkpoint.clone());
        assert_eq!(reason(Push::with(&world, opening()).await.map(drop)), "LEASE_HELD");
        let by_force = OpenSessionRequest { checkpoint, take_over: true, ..opening() };
        let mut push = Push::with(&world, by_force).await.expect("taken over");
        let late = stream.batch(ghost);
        let status = stream.try_batch(late).await.expect_err("shut out");
        assert_eq!(error_of(&status).reason, "LEASE_LOST");
        let result = push.send(vec![record("kk", "Kartu Keluarga")]).await;
        assert_eq!(outcomes(&result), [Outcome::Unchanged], "the ghost wrote nothing");
        let summary = push.end().await.expect("a summary");
        assert_eq!(summary.source.expect("counted").received, 3);
    })
    .await;
}

#[tokio::test]
async fn a_session_that_is_not_heard_of_for_a_lease_has_ended() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut push = Push::open(&world).await;
        world.clock.advance(20 * SECOND);
        push.keep().await.expect("kept");
        world.clock.advance(20 * SECOND);
        push.send(vec![record("kk", "Kartu Keluarga")]).await;
        world.clock.advance(29 * SECOND);
        let other = || OpenSessionRequest { holder: "php-2".into(), ..opening() };
        let held = refused(Push::with(&world, other()).await.map(drop));
        assert_eq!(held.reason, "LEASE_HELD");
        assert!(held.retry_after.is_some());

        world.clock.advance(2 * SECOND);
        assert_eq!(reason(push.try_send(records(0..1)).await), "LEASE_EXPIRED");
        assert_eq!(reason(push.keep().await), "LEASE_EXPIRED");
        assert_eq!(reason(push.end().await), "LEASE_EXPIRED");
        Push::with(&world, other()).await.expect("the lease has ended");
        assert_eq!(reason(push.try_send(records(0..1)).await), "LEASE_LOST");
        let counted = source(&world).await.accounting.expect("counted");
        assert_eq!(counted.received, 1, "nothing was written without a lease");
    })
    .await;
}

#[tokio::test]
async fn a_lease_that_was_just_prolonged_is_not_written_again() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut push = Push::open(&world).await;
        let until = async || -> i64 {
            let mut read = world.running.registry.db.read().await.expect("a snapshot");
            sqlx::query_scalar("select until from sync_lease where source = $1")
                .bind(SOURCE)
                .fetch_one(read.conn())
                .await
                .expect("a lease")
        };
        let opened = until().await;
        world.clock.advance(SECOND / 2);
        push.keep().await.expect("kept");
        assert_eq!(until().await, opened);
        world.clock.advance(SECOND / 2);
        push.keep().await.expect("kept");
        assert_eq!(until().await, opened + SECOND);
    })
    .await;
}

#[tokio::test]
async fn a_holder_that_opens_again_goes_on_and_another_waits() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let lost = Push::open(&world).await;
        let mut push = Push::open(&world).await;
        assert!(push.welcome.fencing_token > lost.welcome.fencing_token);
        assert!(push.welcome.send_all, "it was told so by a welcome that may not have come");
        push.send(vec![record("kk", "Kartu Keluarga")]).await;
        let other = OpenSessionRequest { holder: "php-2".into(), ..opening() };
        assert_eq!(reason(Push::with(&world, other).await.map(drop)), "LEASE_HELD");
        let nobody = OpenSessionRequest { holder: " ".into(), ..opening() };
        let error = refused(Push::with(&world, nobody).await.map(drop));
        assert_eq!(error.fields[0].0, "holder");

        let checkpoint = Some(push.checkpoint.clone());
        let resumed = OpenSessionRequest { checkpoint: checkpoint.clone(), ..opening() };
        let resumed = Push::with(&world, resumed).await.expect("its own");
        assert_eq!(resumed.welcome.checkpoint, checkpoint);
        assert!(!resumed.welcome.send_all);
    })
    .await;
}

#[tokio::test]
async fn a_session_whose_stream_broke_off_has_ended_and_has_no_summary() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut stream = Session::begin(&world).await;
        stream.send(records(0..1)).await;
        let mut push = Push {
            publisher: publisher(&world),
            welcome: stream.welcome.clone(),
            checkpoint: stream.checkpoint.clone(),
            nonce: stream.nonce,
        };
        push.send(records(1..2)).await;
        drop(stream);
        let let_go = async {
            while push.keep().await.is_ok() {
                sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(Duration::from_secs(10), let_go).await.expect("the lease was let go");
        assert_eq!(reason(push.try_send(records(1..2)).await), "LEASE_LOST");
        assert_eq!(reason(push.end().await), "LEASE_LOST");
        Session::begin(&world).await.end().await;
        assert_eq!(reason(push.end().await), "LEASE_LOST", "that was another session's end");
    })
    .await;
}
