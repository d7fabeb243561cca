//! Rows about a source's records that were altered or deleted by hand: each is named, none is
//! applied as if it had been sent, and the source sends again those that it has.

use mpp_api::sync::{Hello, Outcome};
use mpp_store::{Actor, Disagreement};
use mpp_sync::store::books;
use mpp_testkit::{execute, on_both};
use tonic::Response;

use crate::{
    publisher::{Session, begin_again, hello, outcomes, record, source},
    quarantine::{all, asleep, create_unit, late, redrive, run},
    world::{World, reason},
};

pub async fn wrong(world: &World) -> Vec<Disagreement> {
    let registry = &world.running.registry;
    let mut read = registry.db.read().await.expect("a snapshot");
    books::disagreements(read.conn(), registry.now(), ("registry", "")).await.expect("compared")
}

pub async fn mend(world: &World, accept: bool) {
    let registry = &world.running.registry;
    // A row that one round deletes is found missing by the next.
    for _ in 0..4 {
        let mut tx = registry.db.begin(&Actor::default()).await.expect("a transaction");
        let now = tx.now();
        let found = books::disagreements(tx.conn(), now, ("registry", "")).await.expect("compared");
        tx.mend(&found, accept).await.expect("mended");
        tx.commit().await.expect("committed");
    }
}

/// One record stands, one waits and one stands rejected, in two batches.
async fn three(world: &World) -> Hello {
    let mut session = Session::begin(world).await;
    let first = session.send(vec![late("akta", "Akta"), record("a", "A")]).await;
    assert_eq!(outcomes(&first), [Outcome::Quarantined, Outcome::Applied]);
    let last = session.send(vec![record("b", "")]).await;
    assert_eq!(outcomes(&last), [Outcome::Rejected]);
    session.end().await;
    assert_eq!(wrong(world).await, []);
    Hello { checkpoint: last.checkpoint, ..hello() }
}

/// The table, and an alteration of it whose loss the source can make good.
const RECORDS: [(&str, &str); 7] = [
    ("sync_waiting", "update sync_waiting set awaited = 'units/x', message = 'x'"),
    ("sync_waiting", "update sync_waiting set record = (select digest from sync_batch limit 1)"),
    ("sync_waiting", "update sync_waiting set refused = 1"),
    ("sync_waiting", "delete from sync_waiting"),
    ("sync_rejected", "update sync_rejected set name = 'x'"),
    ("sync_rejected", "delete from sync_rejected"),
    ("sync_lease", "update sync_lease set source_redriven = 7, source_redrive_rejected = 7"),
];

#[tokio::test]
async fn what_waits_or_stands_rejected_is_told_and_sent_again_where_it_was_altered() {
    for (table, fault) in RECORDS {
        on_both(async |database| {
            let world = World::with_source_under(&database, asleep()).await;
            let known = three(&world).await;
            execute(database.url(), fault).await;
            let found = wrong(&world).await;
            assert!(!found.is_empty(), "{fault}");
            let named = found.iter().all(|one| one.table == table && one.is_mendable(false));
            assert!(named, "{fault}: {found:?}");
            mend(&world, false).await;
            assert_eq!(wrong(&world).await, [], "mended of {fault}");

            let mut session = begin_again(&world, known).await;
            assert_eq!(session.welcome.send_all, table != "sync_lease", "{fault}");
            if !session.welcome.send_all {
                return;
            }
            session.send(vec![late("akta", "Akta"), record("a", "A"), record("b", "")]).await;
            session.end().await;
            assert_eq!(wrong(&world).await, [], "sent again after {fault}");
            let shown = source(&world).await;
            assert_eq!((shown.waiting_now, shown.rejected_now), (1, 1), "{fault}");
        })
        .await;
    }
}

/// It was not told to send everything, and at its end records that it has not sent would count as
/// gone.
#[tokio::test]
async fn a_session_that_is_under_way_ends_where_its_source_is_asked_for_everything_again() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        let known = three(&world).await;
        let mut session = begin_again(&world, known.clone()).await;
        assert!(!session.welcome.send_all, "it knows its answers");
        execute(database.url(), "delete from sync_waiting").await;
        mend(&world, false).await;
        let batch = session.batch(vec![record("a", "Akta lain")]);
        let lost = session.try_batch(batch).await.expect_err("its answers are void");
        assert_eq!(reason(Err::<Response<()>, _>(lost)), "LEASE_LOST");
        let next = begin_again(&world, known).await;
        assert!(next.welcome.send_all);
        next.end().await;
    })
    .await;
}

#[tokio::test]
async fn a_record_that_was_altered_while_it_waited_is_not_taken() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        run(&world, vec![late("akta", "Akta"), late("lain", "Lain")]).await;
        let swap = "update sync_waiting set record =
                    (select o.record from sync_waiting o where o.name like '%/lain')
                    where name like '%/akta'";
        execute(database.url(), swap).await;
        create_unit(&world, "dinas-baru").await;
        let tried = redrive(&mut world.admin(), all()).await;
        assert_eq!((tried.taken, tried.rejected), (1, 0), "the other one");
        let found = wrong(&world).await;
        assert!(found[0].what.contains("akta"), "it is still told: {found:?}");
        mend(&world, false).await;
        assert_eq!(wrong(&world).await, []);
    })
    .await;
}

#[tokio::test]
async fn a_batch_that_was_altered_or_is_gone_is_told_and_what_follows_from_it_is_left_alone() {
    for fault in [
        "update sync_batch set applied = applied + 1, received = received + 1 where sequence = 2",
        "update sync_batch set position = 'x' where sequence = 1",
        "delete from sync_batch where sequence = 1",
        "delete from sync_batch where sequence = 2",
        "delete from sync_batch",
    ] {
        on_both(async |database| {
            let world = World::with_source_under(&database, asleep()).await;
            let known = three(&world).await;
            let before = source(&world).await.accounting;
            execute(database.url(), fault).await;
            let found = wrong(&world).await;
            assert_eq!(found.len(), 1, "{fault}: {found:?}");
            assert_eq!((found[0].table, found[0].is_mendable(false)), ("sync_batch", false));
            mend(&world, false).await;
            assert_eq!(source(&world).await.accounting, before, "nothing is counted anew: {fault}");
            mend(&world, true).await;
            assert_eq!(wrong(&world).await, [], "accepted: {fault}");

            let mut session = begin_again(&world, known).await;
            session.send(vec![late("akta", "Akta"), record("a", "A"), record("b", "")]).await;
            session.end().await;
            assert_eq!(wrong(&world).await, [], "it goes on after {fault}");
        })
        .await;
    }
}

/// Where every batch is there and is as it was answered, it is the sum that was altered.
#[tokio::test]
async fn a_sum_that_was_altered_by_itself_is_made_anew_and_nothing_comes_again() {
    for (fault, is_safe) in [
        ("update sync_lease set batch_sum = 7", true),
        ("update sync_lease set batch_sum = 7, sequence = 1", false),
        ("update sync_lease set batch_sum = 7, source_applied = 9", false),
        ("update sync_lease set batch_sum = 7; update sync_batch set proof = 0", false),
    ] {
        on_both(async |database| {
            let world = World::with_source_under(&database, asleep()).await;
            let known = three(&world).await;
            execute(database.url(), fault).await;
            let found = wrong(&world).await;
            assert_eq!(found.len(), 1, "{fault}: {found:?}");
            assert_eq!(found[0].is_mendable(false), is_safe, "{fault}: {found:?}");
            let words = if is_safe { "has another sum" } else { "--accept-altered" };
            assert!(found[0].what.contains(words), "{fault}: {found:?}");
            mend(&world, !is_safe).await;
            assert_eq!(wrong(&world).await, [], "mended of {fault}");
            let session = begin_again(&world, known).await;
            assert_eq!(session.welcome.send_all, !is_safe, "{fault}");
        })
        .await;
    }
}

/// Every way in which rows come and go keeps their sums.
#[tokio::test]
async fn the_sums_follow_whatever_the_program_does_with_the_rows() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        let known = three(&world).await;
        // Sent again, tried without success, taken; back to the start; the rejected one is sent
        // well.
        run(&world, vec![late("akta", "Akta baru"), record("c", "")]).await;
        redrive(&mut world.admin(), all()).await;
        assert_eq!(wrong(&world).await, [], "tried in vain");
        create_unit(&world, "dinas-baru").await;
        redrive(&mut world.admin(), all()).await;
        assert_eq!(wrong(&world).await, [], "taken");
        begin_again(&world, known).await.end().await;
        run(&world, vec![record("b", "B"), record("c", "C")]).await;
        assert_eq!(wrong(&world).await, [], "sent well");
    })
    .await;
}

/// Even in a table that has only its key to name a row by.
#[tokio::test]
async fn a_value_of_another_type_is_named_and_put_back_in_every_table() {
    let database = mpp_testkit::database(mpp_testkit::Backend::Sqlite).await;
    let world = World::with_source_under(&database, asleep()).await;
    three(&world).await;
    for (table, fault) in [
        ("sync_sent", "update sync_sent set digest = cast(digest as text)"),
        ("sync_waiting", "update sync_waiting set record = cast(record as text)"),
        ("sync_batch", "update sync_batch set position = cast(position as blob)"),
    ] {
        execute(database.url(), fault).await;
        let db = &world.running.registry.db;
        let mut tx = db.begin(&Actor::default()).await.expect("a transaction");
        let found = db.misfiled(tx.conn(), &[]).await.expect("looked at");
        assert!(!found.is_empty() && found.iter().all(|one| one.table == table), "{found:?}");
        tx.mend(&found, false).await.expect("mended");
        assert_eq!(db.misfiled(tx.conn(), &[]).await.expect("looked at"), [], "{fault}");
        tx.commit().await.expect("committed");
        assert_eq!(wrong(&world).await, [], "as it was before {fault}");
    }
}
