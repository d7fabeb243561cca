//! Sources take turns: a small sync goes past large ones, by a stream and by single calls, and what
//! the API writes waits for none of them. Orders are told by revisions, not by times.

use std::time::Duration;

use mpp_api::{
    registry::unit::Kind,
    sync::{
        BatchResult, Hello, OpenSessionRequest, PreviewRecordsRequest, PushBatchRequest, Record,
        UndoSessionRequest,
    },
};
use mpp_core::Role;
use mpp_sync::{
    Policy, Turn,
    turn::{Patience, Work, turn},
};
use mpp_testkit::on_both;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tonic::Request;

use crate::{
    hostile::refuse,
    publisher::{Session, batch_after, codes, hello, record},
    pusher::Push,
    quarantine::{all, asleep, late, run},
    world::{KEMENDAGRI, SOURCE, World, refused, unit},
};

const LARGE: [&str; 3] = ["besar-1", "besar-2", "besar-3"];

/// A registry with these sources of Kemendagri, which writes for one of them at a time.
async fn with_sources(database: &mpp_testkit::TestDatabase, ids: &[&str], policy: Policy) -> World {
    let world = World::with_source_under(database, Policy { write_places: 1, ..policy }).await;
    for id in ids {
        world.admin().create_source(id, KEMENDAGRI).await.expect("a source");
    }
    world
}

/// A source writes, and goes on until this is dropped.
async fn writing(world: &World) -> Turn {
    turn(&world.running.registry, "sources/kemendagri", Work::Redrive, &Patience::default())
        .await
        .expect("its turn")
}

/// Waits until this many stand in line.
async fn in_line(world: &World, count: usize) {
    let stand = || world.running.registry.sync.writes_waiting();
    let come = async {
        while stand() != count {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let come = tokio::time::timeout(Duration::from_secs(30), come).await;
    come.unwrap_or_else(|_| panic!("{} stand in line, not {count}", stand()));
}

async fn session(world: &World, id: &str) -> Session {
    let hello = Hello { source: format!("sources/{id}"), holder: id.into(), ..hello() };
    Session::with(world, hello).await.expect("a session")
}

fn records(id: &str, batch: usize, count: usize) -> Vec<Record> {
    (0..count).map(|number| record(&format!("{id}-{batch}-{number}"), "Layanan")).collect()
}

/// A large source that has just sent a batch, and sends the next.
async fn large(world: &World, id: &'static str) -> Session {
    let mut session = session(world, id).await;
    session.send(records(id, 0, 20)).await;
    session
}

fn sends(mut session: Session, records: Vec<Record>) -> JoinHandle<BatchResult> {
    tokio::spawn(async move { session.send(records).await })
}

/// A small source's batch as a single call.
async fn pushes(world: &World, id: &str) -> JoinHandle<BatchResult> {
    let source = format!("sources/{id}");
    let mut publisher = world.caller(Role::Publisher, &[&source]);
    let opening = OpenSessionRequest {
        source: source.clone(),
        mapping_version: "1".into(),
        holder: id.into(),
        ..OpenSessionRequest::default()
    };
    let opened = publisher.sync.open_session(opening).await.expect("a session").into_inner();
    let welcome = opened.welcome.expect("a welcome");
    let start = welcome.checkpoint.unwrap_or_default();
    let batch = batch_after(&start, welcome.fencing_token, 1, records(id, 0, 1));
    let request = PushBatchRequest { source, batch: Some(batch) };
    tokio::spawn(async move {
        let answer = publisher.sync.push_batch(request).await.expect("an answer").into_inner();
        answer.batch_result.expect("a result")
    })
}

async fn revision(answer: JoinHandle<BatchResult>) -> i64 {
    answer.await.expect("an answer").revision
}

#[tokio::test]
async fn a_small_sync_goes_past_the_large_ones_that_were_before_it() {
    on_both(async |database| {
        let ids = [&LARGE[..], &["kecil-1", "kecil-2"]].concat();
        let world = with_sources(&database, &ids, asleep()).await;
        let mut ready = Vec::new();
        for id in LARGE {
            ready.push((id, large(&world, id).await));
        }
        let small = session(&world, "kecil-1").await;
        let held = writing(&world).await;
        let mut first = Vec::new();
        for (at, (id, session)) in ready.into_iter().enumerate() {
            first.push(sends(session, records(id, 1, 20)));
            in_line(&world, at + 1).await;
        }
        let streamed = sends(small, records("kecil-1", 0, 1));
        in_line(&world, 4).await;
        let pushed = pushes(&world, "kecil-2").await;
        in_line(&world, 5).await;
        let made = world.admin().create_unit("baru", unit("baru", Kind::Ministry, "")).await;
        made.expect("what the API writes is not in line");
        assert_eq!(world.running.registry.sync.writes_waiting(), 5, "all still wait");
        drop(held);
        let small = [revision(streamed).await, revision(pushed).await];
        for answer in first {
            let large = revision(answer).await;
            assert!(small.iter().all(|small| *small < large), "{small:?} before {large}");
        }
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_preview_stands_in_line_and_a_source_has_one_turn_at_a_time() {
    on_both(async |database| {
        let policy = Policy { write_places: 2, ..asleep() };
        let world = World::with_source_under(&database, policy).await;
        let registry = world.running.registry.clone();
        let held = writing(&world).await;
        let mut own = world.caller(Role::Publisher, &["sources/kemendagri"]);
        let request = PreviewRecordsRequest {
            source: "sources/kemendagri".into(),
            records: records("apa", 0, 1),
            ..PreviewRecordsRequest::default()
        };
        let looked = tokio::spawn(async move { own.sync.preview_records(request).await });
        in_line(&world, 1).await;
        let has_one_writer = registry.db.is_sqlite();
        let other = tokio::spawn(async move {
            turn(&registry, "sources/other", Work::Undo, &Patience::default()).await.map(drop)
        });
        if has_one_writer {
            in_line(&world, 2).await;
        } else {
            other.await.expect("no panic").expect("the second place is another's");
        }
        drop(held);
        looked.await.expect("no panic").expect("looked at");
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn whose_turn_does_not_come_within_a_lease_is_told_and_sends_again() {
    on_both(async |database| {
        let policy = Policy { lease_seconds: 2, ..asleep() };
        let world = with_sources(&database, &["kecil"], policy).await;
        let mut client = session(&world, "kecil").await;
        let held = writing(&world).await;
        let batch = client.batch(records("kecil", 0, 1));
        let told = refused(client.try_batch(batch).await);
        assert_eq!(told.reason, "OVERLOADED");
        assert!(told.message.contains("sources/kecil"), "{}", told.message);
        assert_eq!(world.running.registry.sync.writes_waiting(), 0, "it has left the line");
        drop(held);
        let mut again = session(&world, "kecil").await;
        assert_eq!(again.send(records("kecil", 0, 1)).await.results.len(), 1);
        world.stop().await;
    })
    .await;
}

/// How often a source's lease was written.
async fn lease_writes(world: &World, source: &str) -> i64 {
    let mut read = world.running.registry.db.read().await.expect("a snapshot");
    let query = sqlx::query_scalar("select sealed_locks from sync_lease where source = $1");
    query.bind(source).fetch_one(read.conn()).await.expect("a lease")
}

/// Its client's keep-alives stand behind the batch.
#[tokio::test]
async fn the_lease_of_who_stands_in_line_is_kept_by_the_server() {
    on_both(async |database| {
        let policy = Policy { lease_seconds: 3, ..asleep() };
        let world = with_sources(&database, &["kecil"], policy).await;
        let client = session(&world, "kecil").await;
        let held = writing(&world).await;
        let sent = sends(client, records("kecil", 0, 1));
        in_line(&world, 1).await;
        let before = lease_writes(&world, "sources/kecil").await;
        let kept = async {
            while lease_writes(&world, "sources/kecil").await == before {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), kept).await.expect("it is kept");
        drop(held);
        assert_eq!(sent.await.expect("no panic").results.len(), 1, "the session goes on");
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn who_stands_in_line_is_told_to_move_by_a_server_that_ends() {
    on_both(async |database| {
        let world = with_sources(&database, &["kecil"], asleep()).await;
        let held = writing(&world).await;
        let mut own = world.caller(Role::Publisher, &["sources/kecil"]);
        let request = PreviewRecordsRequest {
            source: "sources/kecil".into(),
            records: records("apa", 0, 1),
            ..PreviewRecordsRequest::default()
        };
        let looks = tokio::spawn(async move { own.sync.preview_records(request).await });
        in_line(&world, 1).await;
        let client = session(&world, "kecil").await;
        let sends = tokio::spawn(async move {
            let mut client = client;
            let batch = client.batch(records("kecil", 0, 1));
            client.try_batch(batch).await
        });
        in_line(&world, 2).await;
        world.drains();
        in_line(&world, 0).await;
        assert_eq!(refused(looks.await.expect("no panic")).reason, "UNAVAILABLE");
        assert_eq!(refused(sends.await.expect("no panic")).reason, "UNAVAILABLE");
        drop(held);
        world.stop().await;
    })
    .await;
}

/// A request whose caller waits for a few seconds, and for less than a lease.
fn hurried<T>(message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(Duration::from_secs(6));
    request
}

#[tokio::test]
async fn a_single_call_is_told_so_before_its_own_time_ends() {
    on_both(async |database| {
        let world = with_sources(&database, &["kecil"], asleep()).await;
        run(&world, vec![late("akta", "Akta")]).await;
        let mut push = Push::open(&world).await;
        let batch = Some(push.batch(records("apa", 0, 1)));
        let batch = PushBatchRequest { source: SOURCE.into(), batch };
        let kecil = "sources/kecil";
        let mut other = world.caller(Role::Publisher, &[kecil]);
        let preview = PreviewRecordsRequest {
            source: kecil.into(),
            records: records("apa", 0, 1),
            ..PreviewRecordsRequest::default()
        };
        let (session, source) = (push.welcome.session.clone(), SOURCE.to_owned());
        let undo = UndoSessionRequest { source, session, ..UndoSessionRequest::default() };
        let (mut admin, mut officer) = (world.admin(), world.admin());
        let registry = &world.running.registry;
        let _held =
            turn(registry, kecil, Work::Batch, &Patience::default()).await.expect("its turn");
        let (pushed, looked, redriven, undone) = tokio::join!(
            push.publisher.sync.push_batch(hurried(batch)),
            other.sync.preview_records(hurried(preview)),
            admin.sync.redrive_records(hurried(all())),
            officer.sync.undo_session(hurried(undo)),
        );
        let redriven = refused(redriven);
        assert_eq!(redriven.reason, "OVERLOADED");
        assert!(redriven.message.contains("before stays"), "{}", redriven.message);
        for told in [refused(pushed), refused(looked), refused(undone)] {
            assert_eq!(told.reason, "OVERLOADED", "{}", told.message);
            assert!(told.message.contains("nothing of this was written"), "{}", told.message);
        }
        world.stop().await;
    })
    .await;
}

/// Takes one turn after the other; answers how many of them went before a third that stood in line.
async fn passes(registry: mpp_registry::Registry, source: &str, ends: CancellationToken) -> usize {
    let mut before = 0;
    while !ends.is_cancelled() {
        let _turn =
            turn(&registry, source, Work::Undo, &Patience::default()).await.expect("its turn");
        before += usize::from(registry.sync.writes_waiting() > 1);
        tokio::task::yield_now().await;
    }
    before
}

/// Two others go before each of its turns: it has one for the batch, one to find the record in, one
/// for the rest.
#[tokio::test]
async fn whatever_a_bad_record_costs_is_no_wait_for_each_look() {
    on_both(async |database| {
        let policy = Policy { write_passes: 0, ..asleep() };
        let world = with_sources(&database, &[], policy).await;
        refuse(&database, &world, "poison").await;
        let mut session = Session::begin(&world).await;
        let ends = CancellationToken::new();
        let [one, other] = ["sources/satu", "sources/dua"].map(|source| {
            let (registry, ends) = (world.running.registry.clone(), ends.clone());
            tokio::spawn(async move { passes(registry, source, ends).await })
        });
        let sent = [records("apa", 0, 63), vec![record("poison", "Layanan")]].concat();
        let result = session.send(sent).await;
        ends.cancel();
        assert_eq!(codes(&result)[63], "INTERNAL");
        let before = one.await.expect("no panic") + other.await.expect("no panic");
        assert!(before <= 6, "{before} went before it");
        world.stop().await;
    })
    .await;
}
