//! Undoing a session beside what others have done since, and beside other sessions.

use mpp_api::{
    registry::{
        DeleteServiceRequest, HandBackServiceRequest, Offering, Service, UpdateServiceRequest,
        unit::Kind,
    },
    sync::{Hello, RedriveRecordsRequest, undone_record::Change},
};
use mpp_sync::Policy;
use mpp_testkit::on_both;
use prost_types::FieldMask;

use crate::{
    catalog::withdrawn,
    publisher::{begin_again, codes, delete, hello, record, record_of},
    quarantine::{BARU, all, asleep, create_unit, late, redrive},
    undone::{changes, name, run, services, undo},
    world::{KEMENDAGRI, KTP, OFFERING, SECOND, SOURCE, World, fixed, reason, service, text, unit},
};

const HOUR: i64 = 3_600 * SECOND;
const JATIM: &str = "units/kemendagri-jatim";

#[tokio::test]
async fn two_bad_sessions_go_back_one_after_the_other() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        run(&world, vec![record("s1", "Layanan"), record("s2", "Layanan")]).await;
        let before = services(&world).await;
        let first = run(&world, vec![record("s1", "Rusak"), record("s3", "Rusak")]).await;
        let second = run(&world, vec![record("s1", "Rusak lagi"), delete("s2")]).await;
        let left = undo(&world, &first, true).await;
        assert_eq!(changes(&left).get(name("s1").as_str()), Some(&Change::Left));
        undo(&world, &second, false).await;
        undo(&world, &first, false).await;
        assert_eq!(services(&world).await, before);
        // Asking once more changes nothing, and tells of nothing that has gone back.
        assert_eq!(undo(&world, &second, false).await, []);
        assert_eq!(services(&world).await, before);
        run(&world, vec![record("s1", "Benar")]).await;
        assert_ne!(services(&world).await, before, "other bytes are taken");
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn what_a_later_session_sends_alike_is_its_word_and_stays() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        run(&world, vec![record("s1", "Layanan")]).await;
        let first = run(&world, vec![record("s1", "Lain")]).await;
        run(&world, vec![record("s1", "Rusak")]).await;
        run(&world, vec![record("s1", "Lain")]).await;
        let told = undo(&world, &first, false).await;
        assert_eq!(changes(&told).get(name("s1").as_str()), Some(&Change::Left));
        assert_eq!(services(&world).await[&name("s1")].title, text("Lain"));
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn what_waited_and_was_applied_beside_another_sessions_goes_back_with_its_own() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        run(&world, vec![late("s1", "Layanan")]).await;
        let second = run(&world, vec![late("s2", "Layanan"), late("s3", "Layanan")]).await;
        create_unit(&world, "dinas-baru").await;
        assert_eq!(redrive(&mut world.admin(), all()).await.taken, 3);
        let of = |id: &str| format!("{BARU}/services/{id}");
        let told = undo(&world, &second, false).await;
        let changed = changes(&told);
        assert_eq!([of("s2"), of("s3")].map(|name| changed[name.as_str()]), [Change::Deleted; 2]);
        let left = services(&world).await;
        assert!(left.contains_key(&of("s1")) && !left.contains_key(&of("s2")), "{left:?}");
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_move_is_undone_whole_or_not_at_all() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        let office = unit("kemendagri-jatim", Kind::Office, KEMENDAGRI);
        world.admin().create_unit("kemendagri-jatim", office).await.expect("a unit");
        let moves = Hello { unique_ids: true, accept_moves: true, ..hello() };
        let all = |unit: &str| ["s1", "s2"].map(|id| record_of(unit, id, service("Layanan")));
        let mut bad = String::new();
        for unit in [KEMENDAGRI, JATIM] {
            let mut session = begin_again(&world, moves.clone()).await;
            bad.clone_from(&session.welcome.session);
            session.send(all(unit).to_vec()).await;
            session.end().await;
        }
        let there = format!("{JATIM}/services/s1");
        let fixed = Service { name: there.clone(), fees: vec![fixed(7_000)], ..Service::default() };
        let request = UpdateServiceRequest {
            service: Some(fixed),
            update_mask: Some(FieldMask { paths: vec!["fees".into()] }),
            reason: "Perbup 12/2026".into(),
            ..Default::default()
        };
        world.admin().catalog.update_service(request).await.expect("set");
        for validate_only in [true, false] {
            let told = undo(&world, &bad, validate_only).await;
            let changes = changes(&told);
            let of = |unit: &str, id: &str| changes[format!("{unit}/services/{id}").as_str()];
            assert_eq!([of(KEMENDAGRI, "s1"), of(JATIM, "s1")], [Change::Left, Change::Left]);
            assert_eq!(
                [of(KEMENDAGRI, "s2"), of(JATIM, "s2")],
                [Change::BroughtBack, Change::Deleted]
            );
        }
        let now = services(&world).await;
        assert!(now.contains_key(&there) && !now.contains_key(&name("s1")));
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn what_a_mall_has_put_on_offer_since_stays() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        let session = run(&world, vec![record("s1", "Layanan"), record("s2", "Layanan")]).await;
        let offering = Offering { service: name("s1"), ..Offering::default() };
        world.admin().propose("s1", offering).await.expect("on offer");
        for validate_only in [true, false] {
            let told = undo(&world, &session, validate_only).await;
            let of_it = told.iter().find(|one| one.name == name("s1")).expect("told");
            assert_eq!(of_it.change(), Change::Left);
            assert!(of_it.left_reason.contains("offerings/s1"), "{of_it:?}");
        }
        let now = services(&world).await;
        assert!(now.contains_key(&name("s1")) && !now.contains_key(&name("s2")));
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_preview_in_many_pieces_tells_what_the_undo_does() {
    on_both(async |database| {
        let policy = Policy { batch_records: 1, ..asleep() };
        let world = World::with_source_under(&database, policy).await;
        let (name, to) = (KTP.to_owned(), SOURCE.to_owned());
        let request = HandBackServiceRequest { name, to, ..Default::default() };
        world.admin().catalog.hand_back_service(request).await.expect("handed over");
        run(&world, vec![record("ktp-el-baru", "KTP elektronik baru")]).await;
        let mut session = begin_again(&world, hello()).await;
        let id = session.welcome.session.clone();
        session.send(vec![delete("ktp-el-baru")]).await;
        for waits in ["a", "b", "c"] {
            session.send(vec![late(waits, "Akta")]).await;
        }
        session.end().await;
        let shown = undo(&world, &id, true).await;
        let done = undo(&world, &id, false).await;
        assert_eq!(changes(&shown), changes(&done));
        assert_eq!(changes(&done).get(OFFERING), Some(&Change::BroughtBack));
        let held = done.iter().filter(|one| one.change() == Change::Held);
        assert_eq!(held.count(), 3);
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_name_that_only_a_bad_sync_had_used_is_free_for_another_source() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        world.admin().create_source("mirror", KEMENDAGRI).await.expect("a source");
        let session = run(&world, vec![record("s1", "Layanan")]).await;
        undo(&world, &session, false).await;
        let hello = Hello { source: "sources/mirror".into(), ..hello() };
        let mut mirror = begin_again(&world, hello).await;
        let result = mirror.send(vec![record("s1", "Layanan lain")]).await;
        mirror.end().await;
        assert_eq!(codes(&result), [""], "{result:?}");
        assert_eq!(services(&world).await[&name("s1")].source, "sources/mirror");
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_name_that_only_a_bad_sync_had_used_is_free_for_an_officer() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        let session = run(&world, vec![record("s1", "Layanan"), record("s2", "Layanan")]).await;
        undo(&world, &session, false).await;
        let mut admin = world.admin();
        let right = || service("Layanan yang benar");
        let made = admin.create_service(KEMENDAGRI, "s1", right()).await.expect("a new one");
        assert_eq!((made.source.as_str(), made.create_time), ("", made.update_time));
        assert_eq!(admin.service(&name("s1")).await.expect("it"), made, "as reads show it");
        let twice = admin.create_service(KEMENDAGRI, "s1", right()).await;
        assert_eq!(reason(twice), "ALREADY_EXISTS");
        let tombstone = withdrawn();
        let delete = DeleteServiceRequest { name: name("s1"), tombstone, ..Default::default() };
        admin.catalog.delete_service(delete).await.expect("withdrawn");
        let again = admin.create_service(KEMENDAGRI, "s1", right()).await;
        assert_eq!(reason(again), "TOMBSTONED", "what was withdrawn does not come back");
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_name_that_is_free_again_bears_a_new_record_whoever_writes_it() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        let session = run(&world, vec![record("s1", "Rusak"), record("s2", "Rusak")]).await;
        undo(&world, &session, false).await;
        world.clock.advance(HOUR);
        run(&world, vec![record("s1", "Layanan")]).await;
        let mut admin = world.admin();
        let called = admin.create_service(KEMENDAGRI, "s2", service("Layanan")).await.expect("new");
        let sent = admin.service(&name("s1")).await.expect("it");
        assert!(sent.create_time.is_some());
        assert_eq!([called.create_time, called.update_time], [sent.create_time, sent.update_time]);
        assert_eq!(sent.create_time, sent.update_time, "it was made when it came");
        world.clock.advance(HOUR);
        let session = run(&world, vec![delete("s1")]).await;
        undo(&world, &session, false).await;
        let back = admin.service(&name("s1")).await.expect("it");
        assert_eq!(back.create_time, sent.create_time, "an undo brings back the one that it was");
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn what_an_officer_has_released_stays_where_the_undo_is_asked_for_again() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        let session = run(&world, vec![late("s1", "Akta")]).await;
        assert_eq!(undo(&world, &session, false).await[0].change(), Change::Held);
        create_unit(&world, "dinas-baru").await;
        let name = format!("{BARU}/services/s1");
        let request = RedriveRecordsRequest {
            source: SOURCE.into(),
            name: name.clone(),
            ..Default::default()
        };
        let released = world.admin().sync.redrive_records(request).await.expect("released");
        assert_eq!(released.into_inner().taken, 1);
        undo(&world, &session, false).await;
        assert!(services(&world).await.contains_key(&name));
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn where_the_bytes_that_were_undone_are_not_known_the_first_that_come_wait() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        let session = run(&world, vec![late("s1", "Akta")]).await;
        create_unit(&world, "dinas-baru").await;
        let request = RedriveRecordsRequest { source: SOURCE.into(), ..Default::default() };
        let applied = world.admin().sync.redrive_records(request).await.expect("applied");
        assert_eq!(applied.into_inner().taken, 1);
        assert_eq!(undo(&world, &session, false).await[0].change(), Change::Deleted);
        let name = format!("{BARU}/services/s1");
        for title in ["Akta", "Akta"] {
            run(&world, vec![late("s1", title)]).await;
            assert!(!services(&world).await.contains_key(&name));
        }
        run(&world, vec![late("s1", "Akta kelahiran")]).await;
        assert!(services(&world).await.contains_key(&name), "other bytes are taken");
        world.stop().await;
    })
    .await;
}
