//! Sessions by single calls: what a client behind a gateway does.

use std::time::Duration;

use mpp_api::sync::{
    Batch, BatchResult, Checkpoint, EndSessionRequest, Hello, KeepSessionRequest,
    OpenSessionRequest, Outcome, PushBatchRequest, Record, Source, Summary, Welcome,
};
use mpp_client::error_of;
use mpp_core::{Clock, Role};
use mpp_store::Actor;
use mpp_testkit::{Backend, database, on_both};
use tokio::time::{sleep, timeout};
use tonic::Status;

use crate::{
    publisher::{Session, batch_after, codes, hello, outcomes, record, source},
    world::{Clients, KEMENDAGRI, MAY_2026, SECOND, SOURCE, World, reason, refused},
};

/// A client that keeps what a script keeps between two calls.
pub struct Push {
    publisher: Clients,
    pub welcome: Welcome,
    /// The last checkpoint that was answered.
    pub checkpoint: Checkpoint,
    nonce: i64,
}

impl Push {
    /// Kemendagri's script opens with nothing.
    pub async fn open(world: &World) -> Self {
        Self::with(world, opening()).await.expect("a session")
    }

    pub async fn with(world: &World, request: OpenSessionRequest) -> Result<Self, Status> {
        let mut publisher = publisher(world);
        let opened = publisher.sync.open_session(request).await?.into_inner();
        let welcome = opened.welcome.expect("a welcome");
        let checkpoint = welcome.checkpoint.clone().expect("a checkpoint");
        Ok(Self { publisher, welcome, checkpoint, nonce: 0 })
    }

    /// Its next call is answered by another replica.
    fn moves_to(&mut self, world: &World) {
        self.publisher = publisher(world);
    }

    pub fn batch(&mut self, records: Vec<Record>) -> Batch {
        self.nonce += 1;
        batch_after(&self.checkpoint, self.welcome.fencing_token, self.nonce, records)
    }

    pub async fn push(&mut self, batch: Batch) -> Result<BatchResult, Status> {
        let request = PushBatchRequest { source: SOURCE.into(), batch: Some(batch) };
        let answer = self.publisher.sync.push_batch(request).await?.into_inner();
        let result = answer.batch_result.expect("an answer");
        self.checkpoint = result.checkpoint.clone().expect("a checkpoint");
        Ok(result)
    }

    async fn send(&mut self, records: Vec<Record>) -> BatchResult {
        let batch = self.batch(records);
        self.push(batch).await.expect("an answer")
    }

    async fn try_send(&mut self, records: Vec<Record>) -> Result<BatchResult, Status> {
        let batch = self.batch(records);
        self.push(batch).await
    }

    async fn keep(&mut self) -> Result<(), Status> {
        let fencing_token = self.welcome.fencing_token;
        let request = KeepSessionRequest { source: SOURCE.into(), fencing_token };
        self.publisher.sync.keep_session(request).await.map(drop)
    }

    pub async fn end(&mut self) -> Result<Summary, Status> {
        let fencing_token = self.welcome.fencing_token;
        let request = EndSessionRequest { source: SOURCE.into(), fencing_token };
        let answer = self.publisher.sync.end_session(request).await?.into_inner();
        Ok(answer.summary.expect("a summary"))
    }
}

fn publisher(world: &World) -> Clients {
    world.caller(Role::Publisher, &[SOURCE])
}

pub fn opening() -> OpenSessionRequest {
    OpenSessionRequest {
        source: SOURCE.into(),
        mapping_version: "1".into(),
        holder: "php-1".into(),
        ..OpenSessionRequest::default()
    }
}

fn records(numbers: std::ops::Range<u8>) -> Vec<Record> {
    numbers.map(|number| record(&format!("s{number}"), "Layanan")).collect()
}

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
        assert_eq!(reason(push.try_send(records(0..1)).await), "LEASE_LOST");
        assert_eq!(reason(push.keep().await), "LEASE_LOST");
        assert_eq!(reason(push.end().await), "LEASE_LOST");
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

#[tokio::test]
async fn a_batch_beyond_its_bounds_is_refused_alone() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut push = Push::open(&world).await;
        assert_eq!(reason(push.try_send(records(0..101)).await), "TOO_LARGE");
        let empty = refused(push.try_send(Vec::new()).await);
        assert_eq!(empty.fields[0].0, "batch.records");
        let mut skipped = push.batch(records(0..1));
        skipped.checkpoint = Some(Checkpoint { sequence: 2, position: String::new() });
        assert_eq!(reason(push.push(skipped).await), "PROTOCOL_VIOLATION");
        let mut tokenless = push.batch(records(0..1));
        tokenless.fencing_token = 0;
        assert_eq!(refused(push.push(tokenless).await).fields[0].0, "batch.fencing_token");
        let mut invented = push.batch(records(0..1));
        invented.fencing_token += 1;
        assert_eq!(reason(push.push(invented).await), "PROTOCOL_VIOLATION");
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
        let by = Actor { origin: "test".into(), subject: "users/slow".into() };
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
