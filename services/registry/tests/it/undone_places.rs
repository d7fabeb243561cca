//! Places of sessions that are undone in any order: what would not stand is left, what only
//! followed a place follows it back, and what was shown is what is done.

use mpp_api::{
    registry::{
        Counter, CreateWindowRequest, Mall, Service, Unit, UpdateMallRequest, Window, unit::Kind,
    },
    sync::{Record, UndoneRecord, undone_record::Change},
};
use mpp_testkit::on_both;
use prost_types::FieldMask;

use crate::{
    kinds::{PEMKAB, gerai, office, regency, run, stored},
    kinds_moved::{PROVINCE, SECTION, agency, assert_applied, parent, tree, two_agencies},
    kinds_undone::{session_of, undo},
    publisher::{codes, outcomes, record_of},
    quarantine::asleep,
    undone::changes,
    world::{MALL, World, service, text, unit},
};

fn reason<'a>(told: &'a [UndoneRecord], name: &str) -> &'a str {
    told.iter().find(|one| one.name == name).map_or("", |one| &one.left_reason)
}

/// What an undo shows, and then does: it is the same.
async fn undone(world: &World, session: &str) -> Vec<UndoneRecord> {
    let shown = undo(world, session, true).await;
    let told = undo(world, session, false).await;
    assert_eq!(changes(&shown), changes(&told), "as it was shown: {shown:?}");
    told
}

#[tokio::test]
async fn a_unit_that_would_lie_below_itself_or_below_none_is_left() {
    on_both(async |database| {
        let world = regency(&database, asleep()).await;
        session_of(&world, vec![office("atas", PEMKAB), office("bawah", "units/atas")]).await;
        let first = session_of(&world, vec![office("bawah", PEMKAB)]).await;
        session_of(&world, vec![office("atas", "units/bawah")]).await;
        let told = undone(&world, &first).await;
        assert_eq!(changes(&told), [("units/bawah", Change::Left)].into());
        assert!(reason(&told, "units/bawah").contains("below itself"), "{told:?}");

        let made = vec![office("baru", PEMKAB), office("pindah", "units/baru")];
        let second = session_of(&world, made).await;
        let third = session_of(&world, vec![office("pindah", PEMKAB)]).await;
        let fourth = session_of(&world, vec![office("pindah", "units/bawah")]).await;
        undone(&world, &third).await;
        undone(&world, &fourth).await;
        assert_eq!(parent(&world, "units/pindah"), PEMKAB);
        let told = undone(&world, &second).await;
        assert_eq!(
            changes(&told),
            [("units/baru", Change::Deleted), ("units/pindah", Change::Left)].into()
        );
        let told = undone(&world, &third).await;
        assert_eq!(changes(&told), [("units/pindah", Change::Left)].into());
        assert!(
            !codes(&run(&world, vec![office("meja", "units/pindah")]).await).contains(&"INTERNAL")
        );
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_service_does_not_go_back_to_a_unit_that_has_gone_and_stands_where_it_is() {
    on_both(async |database| {
        let world = regency(&database, asleep()).await;
        session_of(&world, vec![office("tetap", PEMKAB)]).await;
        let grant = |unit: &str| record_of(unit, "santunan", service("Santunan"));
        let first =
            session_of_unique(&world, vec![office("baru", PEMKAB), grant("units/baru")]).await;
        let second = session_of_unique(&world, vec![grant("units/tetap")]).await;
        let told = undone(&world, &first).await;
        assert_eq!(changes(&told)["units/baru"], Change::Deleted, "{told:?}");
        let told = undone(&world, &second).await;
        let (from, to) = ("units/baru/services/santunan", "units/tetap/services/santunan");
        assert_eq!(changes(&told), [(from, Change::Left), (to, Change::Left)].into());
        assert!(stored::<Service>(&world, to).is_some(), "it is not lost");
        world.stop().await;
    })
    .await;
}

async fn session_of_unique(world: &World, records: Vec<Record>) -> String {
    let hello = mpp_api::sync::Hello { unique_ids: true, ..crate::kinds::as_regency() };
    let mut session = crate::publisher::begin_again(world, hello).await;
    let id = session.welcome.session.clone();
    let result = session.send(records).await;
    assert_applied(&result);
    session.end().await;
    id
}

#[tokio::test]
async fn what_followed_a_unit_follows_it_back_and_is_taken_again() {
    on_both(async |database| {
        let world = two_agencies(&database, asleep()).await;
        run(&world, tree()).await;
        let moved = session_of(&world, vec![office("dinas", PROVINCE)]).await;
        let below = unit("loket", Kind::Office, SECTION);
        world.admin().create_unit("loket", below).await.expect("a unit");
        assert_eq!(agency::<Unit>(&world, "units/loket"), PROVINCE);
        let told = undone(&world, &moved).await;
        assert_eq!(changes(&told), [("units/dinas", Change::Restored)].into());
        for unit in ["units/dinas", "units/bidang", SECTION, "units/loket"] {
            assert_eq!(agency::<Unit>(&world, unit), PEMKAB, "{unit}");
        }
        assert_eq!(agency::<Service>(&world, "units/seksi/services/izin"), PEMKAB);
        let again = run(&world, tree()).await;
        assert_eq!(codes(&again), [""; 4], "{:?}", outcomes(&again));
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn what_others_run_by_now_is_left_to_them() {
    on_both(async |database| {
        let world = regency(&database, asleep()).await;
        run(&world, vec![gerai(MALL, "lama", PEMKAB)]).await;
        let mut renamed = gerai(MALL, "lama", PEMKAB);
        if let Some(mpp_api::sync::record::Body::Counter(counter)) = &mut renamed.body {
            counter.display_name = text("Gerai Lama");
        }
        let session = session_of(&world, vec![renamed, gerai(MALL, "baru", PEMKAB)]).await;
        let mall =
            Mall { name: MALL.into(), organiser: crate::world::BKPM.into(), ..Mall::default() };
        let paths = vec!["organiser".into(), "source".into()];
        let request = UpdateMallRequest {
            mall: Some(mall),
            update_mask: Some(FieldMask { paths }),
            ..Default::default()
        };
        world.admin().directory.update_mall(request).await.expect("handed to others");
        let told = undone(&world, &session).await;
        let names = ["malls/banyuwangi/counters/baru", "malls/banyuwangi/counters/lama"];
        assert_eq!(changes(&told), names.map(|name| (name, Change::Left)).into());
        assert!(reason(&told, names[0]).contains("may not write it any more"), "{told:?}");
        assert!(names.iter().all(|name| stored::<Counter>(&world, name).is_some()));
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn places_that_were_written_twice_or_hold_a_window_are_shown_as_they_are_undone() {
    on_both(async |database| {
        let world = regency(&database, asleep()).await;
        run(&world, vec![office("lama", PEMKAB)]).await;
        let mut session = crate::publisher::begin_again(&world, crate::kinds::as_regency()).await;
        let id = session.welcome.session.clone();
        let first = vec![
            office("cabang", PEMKAB),
            record_of("units/cabang", "santunan", service("Santunan")),
            gerai(MALL, "sosial", PEMKAB),
        ];
        assert_applied(&session.send(first).await);
        let second = vec![
            office("induk", PEMKAB),
            office("cabang", "units/induk"),
            office("lama", "units/induk"),
            record_of("units/cabang", "santunan", service("Santunan dua")),
        ];
        assert_applied(&session.send(second).await);
        session.end().await;
        let request = CreateWindowRequest {
            parent: "malls/banyuwangi/counters/sosial".into(),
            window_id: "1".into(),
            window: Some(Window { display_name: text("Loket 1"), ..Window::default() }),
            ..Default::default()
        };
        world.admin().directory.create_window(request).await.expect("a window");
        let told = undone(&world, &id).await;
        let expected = [
            ("malls/banyuwangi/counters/sosial", Change::Left),
            ("units/cabang", Change::Deleted),
            ("units/cabang/services/santunan", Change::Deleted),
            ("units/induk", Change::Deleted),
            ("units/lama", Change::Restored),
        ];
        assert_eq!(changes(&told), expected.into());
        let why = reason(&told, "malls/banyuwangi/counters/sosial");
        assert!(why.contains("counters/sosial/windows/1"), "{why}");
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn what_waited_before_a_session_goes_on_waiting_for_the_same() {
    on_both(async |database| {
        let world = regency(&database, asleep()).await;
        run(&world, vec![office("meja", "units/belum")]).await;
        let mut session = crate::publisher::begin_again(&world, crate::kinds::as_regency()).await;
        let id = session.welcome.session.clone();
        session.send(vec![office("meja", "units/belum"), office("lain", "units/belum")]).await;
        session.end().await;
        let told = undone(&world, &id).await;
        assert_eq!(changes(&told), [("units/lain", Change::Held)].into());
        let waiting = crate::quarantine::listed(&world, crate::kinds::OWN).await.records;
        let codes: Vec<_> =
            waiting.iter().map(|one| (one.name.as_str(), one.code.as_str())).collect();
        assert_eq!(codes, [("units/lain", "UNDONE"), ("units/meja", "UNIT_NOT_FOUND")]);
        world.stop().await;
    })
    .await;
}
