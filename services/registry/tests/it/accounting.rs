//! received = applied + unchanged + rejected + quarantined, whatever happens.

use std::collections::BTreeMap;

use mpp_api::sync::{
    Accounting, Checkpoint, Hello, OpenSessionRequest, Outcome, Record,
    sync_request::Message as Ask,
};
use mpp_core::Clock;
use mpp_registry::SCHEMA;
use mpp_store::{Actor, Db, Schema};
use mpp_sync::store::batches;
use mpp_testkit::{Backend, TestDatabase, database, on_both};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};

use crate::{
    publisher::{ask, begin_again, delete, hello, record, source},
    pusher::{Push, opening},
    world::{MAY_2026, SOURCE, World},
};

/// A client's next step.
#[derive(Clone, Debug)]
enum Step {
    /// Sends records and reads the answers.
    Send(Vec<(u8, Kind)>),
    /// Sends the last batch again.
    Repeat,
    /// Sends records and goes away before the answers.
    BreakOff(Vec<(u8, Kind)>),
    /// Ends the session and begins another.
    End,
    /// Sends records by single calls, each of them twice, in a session that shuts this one out.
    ByCalls(Vec<(u8, Kind)>),
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Good(u8),
    Untitled,
    Delete,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let kind = prop_oneof![6 => (0u8..3).prop_map(Kind::Good), 1 => Just(Kind::Untitled), 1 => Just(Kind::Delete)];
    let records = prop::collection::vec((0u8..12, kind), 1..8);
    let step = prop_oneof![
        5 => records.clone().prop_map(Step::Send),
        2 => Just(Step::Repeat),
        2 => records.clone().prop_map(Step::BreakOff),
        1 => Just(Step::End),
        2 => records.prop_map(Step::ByCalls),
    ];
    prop::collection::vec(step, 1..12)
}

fn records(plan: &[(u8, Kind)]) -> Vec<Record> {
    let one = |(id, kind): &(u8, Kind)| {
        let id = format!("s{id}");
        match kind {
            Kind::Good(text) => record(&id, &format!("Layanan {text}")),
            Kind::Untitled => record(&id, ""),
            Kind::Delete => delete(&id),
        }
    };
    plan.iter().map(one).collect()
}

fn balances(counted: &Accounting) -> bool {
    counted.received == counted.applied + counted.unchanged + counted.rejected + counted.quarantined
}

/// Plays the steps; answers how many records were surely received, and how many perhaps.
async fn play(world: &World, steps: &[Step]) -> (i64, i64) {
    let (mut sure, mut perhaps) = (0, 0);
    let mut session = begin_again(world, hello()).await;
    let mut last = None;
    for step in steps {
        match step {
            Step::Send(plan) => {
                let batch = session.batch(records(plan));
                let result = session.try_batch(batch.clone()).await.expect("an answer");
                assert_eq!(result.results.len(), plan.len());
                assert!(
                    result.results.iter().all(|answer| answer.outcome() != Outcome::Unspecified)
                );
                sure += plan.len() as i64;
                last = Some((batch, result));
            }
            Step::Repeat => {
                let Some((batch, first)) = &last else {
                    continue;
                };
                let again = session.try_batch(batch.clone()).await.expect("an answer");
                assert!(again.repeated_nonce);
                assert_eq!(again.results, first.results);
            }
            Step::BreakOff(plan) => {
                let known = session.checkpoint.clone();
                let batch = session.batch(records(plan));
                session.asks.send(ask(Ask::Batch(batch))).await.expect("open");
                drop(session);
                perhaps += plan.len() as i64;
                session = begin_again(world, Hello { checkpoint: Some(known), ..hello() }).await;
                last = None;
            }
            Step::End => {
                let known = session.checkpoint.clone();
                let summary = session.end().await;
                assert!(
                    balances(&summary.source.expect("counted"))
                        && balances(&summary.session.expect("counted"))
                );
                session = begin_again(world, Hello { checkpoint: Some(known), ..hello() }).await;
                last = None;
            }
            Step::ByCalls(plan) => {
                let known = by_calls(world, session.checkpoint.clone(), records(plan)).await;
                drop(session);
                sure += plan.len() as i64;
                session = begin_again(world, Hello { checkpoint: Some(known), ..hello() }).await;
                last = None;
            }
        }
    }
    session.end().await;
    (sure, perhaps)
}

/// Answers the checkpoint that is reached.
async fn by_calls(world: &World, known: Checkpoint, records: Vec<Record>) -> Checkpoint {
    let open = OpenSessionRequest { checkpoint: Some(known), take_over: true, ..opening() };
    let mut push = Push::with(world, open).await.expect("taken over");
    let batch = push.batch(records);
    let first = push.push(batch.clone()).await.expect("an answer");
    let again = push.push(batch).await.expect("an answer");
    assert_eq!((again.results, again.repeated_nonce), (first.results, true));
    let ended = push.end().await.expect("a summary");
    let again = push.end().await.expect("a summary");
    assert_eq!((ended.session, ended.source), (again.session, again.source));
    assert!(balances(&ended.session.expect("counted")));
    push.checkpoint
}

/// The counts of the stored batches, of all sessions and of the last.
async fn stored(world: &World) -> (Option<Accounting>, Option<Accounting>) {
    let sums = async |only: &str| {
        let text = format!(
            "select cast(coalesce(sum(received), 0) as bigint),
             cast(coalesce(sum(applied), 0) as bigint),
             cast(coalesce(sum(unchanged), 0) as bigint),
             cast(coalesce(sum(rejected), 0) as bigint),
             cast(coalesce(sum(quarantined), 0) as bigint)
             from sync_batch where source = $1 and {only}"
        );
        let mut read = world.running.registry.db.read().await.expect("a snapshot");
        let (received, applied, unchanged, rejected, quarantined) =
            sqlx::query_as(sqlx::AssertSqlSafe(text))
                .bind(SOURCE)
                .fetch_one(read.conn())
                .await
                .expect("sums");
        Accounting { received, applied, unchanged, rejected, quarantined, ..Accounting::default() }
    };
    let last = "session = (select session from sync_lease where source = $1)";
    let sent_again = sums("counted = 0").await.received;
    let source = Accounting { sent_again, ..sums("counted = 1").await };
    (Some(source), Some(sums(last).await))
}

/// The schema of the version before the totals.
const BEFORE: Schema = Schema { steps: SCHEMA.steps.split_at(1).0, ..SCHEMA };

/// A batch as the version before stores it, of 5 records and all outcomes.
async fn store_as_before(db: &Db, session: &str, nonce: i64) {
    let by = Actor::default();
    let mut tx = db.begin(&by).await.expect("a transaction");
    let empty: &[u8] = &[];
    sqlx::query(
        "insert into sync_batch (source, session, nonce, fencing, sequence, position, current,
         digest, answers, received, applied, unchanged, rejected, quarantined, at)
         values ($1, $2, $3, 1, $3, '', 1, $4, $4, 5, 2, 1, 1, 1, 0)",
    )
    .bind(SOURCE)
    .bind(session)
    .bind(nonce)
    .bind(empty)
    .execute(tx.conn())
    .await
    .expect("a batch");
    tx.commit().await.expect("committed");
}

#[tokio::test]
async fn what_was_stored_before_the_totals_is_counted_and_what_a_replica_then_still_stores() {
    on_both(async |database| {
        let options = database.options(Clock::stopped_at(MAY_2026));
        let db = Db::open_migrated(&options, &BEFORE).await.expect("before");
        let by = Actor::default();
        let mut tx = db.begin(&by).await.expect("a transaction");
        let lease = "insert into sync_lease (source, fencing, session, holder, until,
             mapping_version, resend, sequence, position)
             values ('sources/kemendagri', 1, 'second', '', 0, '1', 0, 3, '')";
        sqlx::query(lease).execute(tx.conn()).await.expect("a lease");
        tx.commit().await.expect("committed");
        store_as_before(&db, "first", 1).await;
        store_as_before(&db, "first", 2).await;
        store_as_before(&db, "second", 3).await;
        db.close().await;

        let db = Db::open_migrated(&options, &SCHEMA).await.expect("now");
        let received = async || {
            let mut read = db.read().await.expect("a snapshot");
            let of = [SOURCE.to_owned()];
            let totals = batches::totals_of(read.conn(), &of).await.expect("known");
            let totals = &totals[SOURCE];
            assert!(balances(&totals.source) && balances(&totals.session));
            (totals.source.received, totals.session.received)
        };
        assert_eq!(received().await, (15, 5));
        store_as_before(&db, "second", 4).await;
        assert_eq!(received().await, (20, 10));
        db.close().await;
    })
    .await;
}

async fn check(database: &TestDatabase, steps: &[Step]) {
    let world = World::with_source(database).await;
    let (sure, perhaps) = play(&world, steps).await;
    let shown = source(&world).await;
    assert_eq!(
        (shown.accounting, shown.last_session),
        stored(&world).await,
        "what is shown is what is stored"
    );
    let counted = shown.accounting.expect("counted");
    assert!(balances(&counted), "{counted:?}");
    assert_eq!(counted.received, sure, "what the client has the answers of");
    assert!((0..=perhaps).contains(&counted.sent_again), "{counted:?}: {perhaps}");
    let state = world.running.registry.memory.read();
    let living: BTreeMap<_, _> = state
        .records
        .rows::<mpp_api::registry::Service>("units/kemendagri/services/s")
        .map(|(name, row)| (name.to_string(), row.stamp.version))
        .collect();
    let changes: i64 = living.values().sum();
    assert!(
        changes <= counted.applied + counted.sent_again,
        "{changes} versions of what was applied {} times",
        counted.applied
    );
}

#[test]
fn the_identity_holds_under_any_batches_and_disconnects() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    for (backend, cases) in [(Backend::Sqlite, 24), (Backend::Postgres, 8)] {
        let config = Config { cases, failure_persistence: None, ..Config::default() };
        let told = TestRunner::new(config).run(&steps(), |steps| {
            runtime.block_on(async {
                let database = database(backend).await;
                check(&database, &steps).await;
            });
            Ok(())
        });
        told.unwrap_or_else(|failure| panic!("{backend:?}: {failure}"));
    }
}
