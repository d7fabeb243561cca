//! A source, its next session and the books, once records that waited are applied.

use mpp_api::sync::{End, Hello, Outcome, Record, incomplete::Reason};
use mpp_core::Clock;
use mpp_store::Actor;
use mpp_sync::{Policy, store::books};
use mpp_testkit::on_both;

use crate::{
    publisher::{Session, begin_again, hello, outcomes, record, record_of, source},
    quarantine::{
        all, asleep, create_unit, late, listed, quick, redrive, run, run_as, until, until_title,
    },
    world::{BKPM, MAY_2026, SECOND, SOURCE, World, service, unit},
};

/// The disagreements that the registry's books find.
async fn faults(world: &World) -> Vec<String> {
    let registry = &world.running.registry;
    let mut read = registry.db.read().await.expect("a snapshot");
    let found = books::disagreements(read.conn(), registry.now(), ("registry", ""))
        .await
        .expect("compared");
    found.iter().map(|one| format!("{one:?}")).collect()
}

async fn set(world: &World, text: &'static str) {
    let by = Actor::default();
    let mut tx = world.running.registry.db.begin(&by).await.expect("a transaction");
    sqlx::query(text).bind(SOURCE).execute(tx.conn()).await.expect("set");
    tx.commit().await.expect("committed");
}

#[tokio::test]
async fn a_session_that_goes_back_and_ends_leaves_no_fault_in_the_books() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        let mut session = Session::begin(&world).await;
        let first = session.send(vec![record("a", "A")]).await.checkpoint;
        session.send(vec![record("b", "B")]).await;
        session.end().await;
        assert_eq!(faults(&world).await, [] as [String; 0]);
        // Back to the first batch, and to the start: each session ends without a batch.
        let back = Hello { checkpoint: first, ..hello() };
        begin_again(&world, back).await.end().await;
        assert_eq!(faults(&world).await, [] as [String; 0]);
        set(&world, "update sync_lease set mark = 77 where source = $1").await;
        assert_eq!(faults(&world).await.len(), 1, "a mark of no batch");
        begin_again(&world, hello()).await.end().await;
        let at = source(&world).await.checkpoint.expect("a checkpoint");
        assert_eq!((at.sequence, at.position.as_str(), at.mark), (2, "", 0));
        assert_eq!(faults(&world).await, [] as [String; 0], "at the start is no fault");
        run(&world, vec![record("a", "A")]).await;
        assert_eq!(faults(&world).await, [] as [String; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_record_that_waited_and_was_applied_stands_as_it_was_sent() {
    on_both(async |database| {
        let world = World::with_source_under(&database, quick()).await;
        let result = run(&world, vec![late("akta", "Akta")]).await;
        let waits = source(&world).await;
        assert_eq!(waits.incomplete.expect("all wait").reason(), Reason::AllWaiting);
        assert_eq!(waits.last_success_time, None);

        create_unit(&world, "dinas-baru").await;
        let shown = until("it is applied", async || {
            let shown = source(&world).await;
            (shown.waiting_now == 0).then_some(shown)
        })
        .await;
        assert_eq!(shown.incomplete, None, "nothing is said to wait that does not");
        assert!(shown.last_success_time.is_some());
        assert_eq!(shown.last_success_time, shown.last_end_time);

        let known = Hello { checkpoint: result.checkpoint, ..hello() };
        let session = begin_again(&world, known.clone()).await;
        assert!(!session.welcome.send_all);
        assert_eq!(session.end().await.incomplete, None, "it has nothing new to say");
        let remapped = Hello { mapping_version: "2".into(), ..known };
        let session = begin_again(&world, remapped).await;
        let lack = session.end().await.incomplete.expect("it knows nothing of its source");
        assert_eq!(lack.reason(), Reason::NothingSent);
    })
    .await;
}

#[tokio::test]
async fn what_waited_and_is_refused_is_told_as_refused() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        let unique = || Hello { unique_ids: true, ..hello() };
        run(&world, vec![late("akta", "Akta")]).await;
        create_unit(&world, "dinas-baru").await;
        // Somebody else publishes it, and withdraws it for good, before the next look.
        let mut admin = world.admin();
        admin.create_service(crate::quarantine::BARU, "akta", service("Akta")).await.expect("made");
        let request = mpp_api::registry::DeleteServiceRequest {
            name: "units/dinas-baru/services/akta".into(),
            tombstone: Some(mpp_api::types::Tombstone {
                reason: mpp_api::types::tombstone::Reason::Withdrawn.into(),
                ..Default::default()
            }),
            ..Default::default()
        };
        admin.catalog.delete_service(request).await.expect("deleted");
        assert_eq!(redrive(&mut admin, all()).await.rejected, 1);
        let shown = source(&world).await;
        let lack = shown.incomplete.expect("nothing stands");
        assert_eq!(lack.reason(), Reason::NothingTaken);
        assert!(
            lack.text.contains("rejected: 1; waiting for something else, such as their unit: 0")
        );
        assert_eq!(shown.last_success_time, None);
        run_as(&world, unique(), vec![record("kk", "KK")]).await;
        assert_eq!(source(&world).await.incomplete, None);
    })
    .await;
}

/// A source with many records due has one piece applied, and then the others have their turn.
#[tokio::test]
async fn a_source_of_which_much_is_due_does_not_hold_up_another() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        let mut admin = world.admin();
        admin.create_source("bkpm", BKPM).await.expect("a source");
        let many =
            || (0..60).map(|row| record_of("units/uptd", &format!("s{row}"), service("Izin")));
        let bkpm = Hello { source: "sources/bkpm".into(), ..hello() };
        run_as(&world, bkpm, many().collect::<Vec<Record>>()).await;
        world.clock.advance(SECOND);
        run(&world, vec![late("akta", "Akta")]).await;
        create_unit(&world, "dinas-baru").await;
        let below = unit("uptd", mpp_api::registry::unit::Kind::Office, BKPM);
        admin.create_unit("uptd", below).await.expect("a unit");
        world.stop().await;

        let policy = Policy { batch_records: 10, ..quick() };
        let world = World::under(&database, Clock::stopped_at(MAY_2026), policy).await;
        until_title(&world, "units/dinas-baru/services/akta", "Akta").await;
        until("all is applied", async || {
            (listed(&world, "sources/-").await.total_size == 0).then_some(())
        })
        .await;
        let mut read = world.running.registry.db.read().await.expect("a snapshot");
        let order: Vec<String> = sqlx::query_scalar(
            "select name from change where kind = 'service' and (name like 'units/uptd/%'
             or name like 'units/dinas-baru/%') order by seq",
        )
        .fetch_all(read.conn())
        .await
        .expect("changes");
        let turn = order.iter().position(|name| name.starts_with("units/dinas-baru/"));
        assert_eq!((order.len(), turn), (61, Some(10)), "after one piece of the other");
    })
    .await;
}

#[tokio::test]
async fn a_redrive_leaves_a_session_its_own_room_for_moves() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        let unique = || Hello { unique_ids: true, ..hello() };
        let id = |row: u8| format!("s{row}");
        run_as(&world, unique(), (0..10).map(|row| record(&id(row), "Layanan")).collect()).await;
        create_unit(&world, "kemendagri-jatim").await;
        let mut waits = begin_again(&world, unique()).await;
        waits.send((0..5).map(|row| late(&id(row), "Layanan")).collect()).await;
        waits.end_with(End { part: true, ..End::default() }).await;

        let mut session = begin_again(&world, unique()).await;
        create_unit(&world, "dinas-baru").await;
        let done = redrive(&mut world.admin(), all()).await;
        assert_eq!((done.taken, done.waiting), (5, 0), "as many as may move at once");
        let moved = |row| record_of("units/kemendagri-jatim", &id(row), service("Layanan"));
        let result = session.send((5..10).map(moved).collect()).await;
        assert_eq!(outcomes(&result), [Outcome::Applied; 5], "{:?}", result.results);
        session.end_with(End { part: true, ..End::default() }).await;
        world.stop().await;
    })
    .await;
}
