//! How waiting ends: by its source's word, after a crash, and by two replicas at once.

use mpp_api::sync::{End, Hello};
use mpp_core::{Clock, Role};
use mpp_testkit::{Backend, TestDatabase, database, on_both};

use crate::{
    publisher::{Session, begin_again, hello, let_go, record_of, source},
    quarantine::{
        BARU, all, asleep, create_unit, late, listed, quick, redrive, run, run_as, titles, until,
        until_title,
    },
    world::{KEMENDAGRI, MAY_2026, SOURCE, World, service},
};

#[tokio::test]
async fn a_record_that_its_source_has_no_more_waits_no_more() {
    on_both(async |database| {
        let world = World::with_source_under(&database, quick()).await;
        let unique = || Hello { unique_ids: true, ..hello() };
        run_as(&world, unique(), vec![late("a", "A"), late("b", "B"), late("c", "C")]).await;
        // The three ways: its client says so; it comes under another unit; it is not sent in a
        // complete session under send_all.
        let mut session = begin_again(&world, unique()).await;
        session.send(vec![record_of(KEMENDAGRI, "b", service("B"))]).await;
        let gone = End { rejected_gone: vec!["a".into()], ..End::default() };
        session.end_with(gone).await;
        let names: Vec<_> = listed(&world, SOURCE).await.records;
        assert!(names.iter().all(|one| one.name.ends_with("/c")), "{names:?}");
        let remapped = Hello { mapping_version: "2".into(), ..unique() };
        run_as(&world, remapped, vec![record_of(KEMENDAGRI, "b", service("B"))]).await;
        assert_eq!(listed(&world, SOURCE).await.total_size, 0);
        create_unit(&world, "dinas-baru").await;
        let head = world.running.registry.db.read().await.expect("a snapshot").revision();
        world.shows(head).await;
        assert_eq!(titles(&world), [(format!("{KEMENDAGRI}/services/b"), "B".to_owned())]);
    })
    .await;
}

#[tokio::test]
async fn what_waits_goes_with_its_source() {
    on_both(async |database| {
        let world = World::with_source_under(&database, quick()).await;
        run(&world, vec![late("a", "A")]).await;
        let request =
            mpp_api::sync::DeleteSourceRequest { name: SOURCE.into(), ..Default::default() };
        world.admin().sync.delete_source(request).await.expect("deleted");
        assert_eq!(listed(&world, "sources/-").await.total_size, 0);
        create_unit(&world, "dinas-baru").await;
        assert_eq!(titles(&world), []);
    })
    .await;
}

/// A registry that ends between the arrival and the redrive goes on with it when it starts.
#[tokio::test]
async fn what_has_come_while_nobody_looked_is_found_after_the_start() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        run(&world, vec![late("akta", "Akta")]).await;
        create_unit(&world, "dinas-baru").await;
        world.stop().await;
        let world = World::under(&database, Clock::stopped_at(MAY_2026), quick()).await;
        until_title(&world, "units/dinas-baru/services/akta", "Akta").await;
    })
    .await;
}

/// Records that a session brought before it broke off wait on; a session that goes back sends them
/// again.
#[tokio::test]
async fn what_a_broken_session_has_brought_waits_on() {
    on_both(async |database| {
        let world = World::with_source_under(&database, quick()).await;
        let mut session = Session::begin(&world).await;
        session.send(vec![late("akta", "Akta")]).await;
        let_go(&world, session).await;
        create_unit(&world, "dinas-baru").await;
        until_title(&world, "units/dinas-baru/services/akta", "Akta").await;
    })
    .await;
}

#[tokio::test]
async fn two_replicas_that_redrive_at_once_apply_each_record_once() {
    let database: TestDatabase = database(Backend::Postgres).await;
    let one = World::with_source_under(&database, quick()).await;
    let two = World::under(&database, Clock::stopped_at(MAY_2026), quick()).await;
    let ids: Vec<String> = (0..60).map(|row| format!("s{row}")).collect();
    run(&one, ids.iter().map(|id| late(id, "Layanan")).collect()).await;
    create_unit(&one, "dinas-baru").await;
    let by_hand =
        async |world: &World| redrive(&mut world.caller(Role::Publisher, &[SOURCE]), all()).await;
    tokio::join!(by_hand(&one), by_hand(&two));
    let counted = until("all are applied", async || {
        let shown = source(&two).await;
        (shown.waiting_now == 0).then_some(shown.accounting.expect("counted"))
    })
    .await;
    assert_eq!((counted.redriven, counted.redrive_rejected), (60, 0), "each once");
    let mut read = one.running.registry.db.read().await.expect("a snapshot");
    let versions: i64 = sqlx::query_scalar(
        "select cast(sum(version) as bigint) from record where kind = 'service' and name like $1",
    )
    .bind(format!("{BARU}/services/s%"))
    .fetch_one(read.conn())
    .await
    .expect("a sum");
    assert_eq!(versions, 60);
}
