//! A unit writes only its own subtree, an organiser only its own mall.

use mpp_api::{
    registry::{
        AcceptOfferingRequest, Counter, Mall, Offering, Service, Unit, UpdateCounterRequest,
        UpdateMallRequest, UpdateOfferingRequest, UpdateServiceRequest, UpdateUnitRequest,
        mall::{Stage, StageEntry},
    },
    sync::{CreateSourceRequest, Source},
};
use mpp_core::Role;
use mpp_testkit::on_both;

use crate::world::{
    BKPM, COUNTER, DPMPTSP, DUKCAPIL, KEMENDAGRI, KTP, MALL, OFFERING, World, counter, mall,
    reason, service, text,
};

const DENIED: &str = "PERMISSION_DENIED";

#[tokio::test]
async fn an_officer_of_another_unit_is_refused() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        let mut other = world.caller(Role::UnitOfficer, &[BKPM]);
        let mut own = world.caller(Role::UnitOfficer, &[KEMENDAGRI]);
        let stolen = other.create_service(KEMENDAGRI, "kk", service("Kartu Keluarga")).await;
        assert_eq!(reason(stolen), DENIED);
        own.create_service(KEMENDAGRI, "kk", service("Kartu Keluarga")).await.expect("its own");
        let update = || {
            let service =
                Service { name: KTP.into(), product: "KTP-el".into(), ..Service::default() };
            UpdateServiceRequest { service: Some(service), ..Default::default() }
        };
        assert_eq!(reason(other.catalog.update_service(update()).await), DENIED);
        own.catalog.update_service(update()).await.expect("its own");
    })
    .await;
}

#[tokio::test]
async fn who_holds_a_unit_writes_all_below_it_and_nothing_above() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        let mut above = world.caller(Role::UnitOfficer, &["units/pemkab-banyuwangi"]);
        above.create_service(DUKCAPIL, "antar-ktp", service("Antar KTP")).await.expect("below it");
        let mut below = world.caller(Role::UnitOfficer, &[DUKCAPIL]);
        let up = below.create_service("units/pemkab-banyuwangi", "x", service("X")).await;
        assert_eq!(reason(up), DENIED);
        let escape = Unit { name: DUKCAPIL.into(), parent: KEMENDAGRI.into(), ..Unit::default() };
        let request = UpdateUnitRequest { unit: Some(escape), ..Default::default() };
        assert_eq!(
            reason(below.directory.update_unit(request).await),
            DENIED,
            "no unit moves itself under another"
        );
        let rename =
            Unit { name: DUKCAPIL.into(), display_name: text("Disdukcapil"), ..Unit::default() };
        let request = UpdateUnitRequest { unit: Some(rename), ..Default::default() };
        below.directory.update_unit(request).await.expect("its own name");
    })
    .await;
}

#[tokio::test]
async fn an_organiser_runs_its_own_mall_only() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        world
            .admin()
            .create_mall(
                "jember",
                Mall { region: "regions/35.09".into(), organiser: BKPM.into(), ..mall() },
            )
            .await
            .expect("a mall");
        let by_unit = world.caller(Role::Organiser, &[DPMPTSP]);
        let by_mall = world.caller(Role::Organiser, &[MALL]);
        for mut organiser in [by_unit, by_mall] {
            let update = |mall: &str| UpdateMallRequest {
                mall: Some(Mall {
                    name: mall.into(),
                    display_name: text("MPP Blambangan"),
                    ..Mall::default()
                }),
                ..Default::default()
            };
            organiser.directory.update_mall(update(MALL)).await.expect("its own");
            assert_eq!(
                reason(organiser.directory.update_mall(update("malls/jember")).await),
                DENIED
            );
            assert_eq!(
                reason(organiser.create_counter("malls/jember", "x", counter(DUKCAPIL)).await),
                DENIED
            );
            let renamed =
                Counter { name: COUNTER.into(), ticket_prefix: "DK".into(), ..Counter::default() };
            let request = UpdateCounterRequest { counter: Some(renamed), ..Default::default() };
            organiser.directory.update_counter(request).await.expect("a counter in its mall");
        }
        let accept = AcceptOfferingRequest { name: OFFERING.into(), ..Default::default() };
        let mut stranger = world.caller(Role::Organiser, &["malls/jember"]);
        assert_eq!(reason(stranger.catalog.accept_offering(accept).await), DENIED);
    })
    .await;
}

#[tokio::test]
async fn an_organiser_does_not_say_that_its_mall_was_verified() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        let mut organiser = world.caller(Role::Organiser, &[MALL]);
        let mut verifier = world.caller(Role::Verifier, &[]);
        let entry = |stage: Stage, date: &str| StageEntry {
            stage: stage.into(),
            date: date.into(),
            ..Default::default()
        };
        let with = |more: StageEntry| Mall {
            name: MALL.into(),
            stages: [mall().stages, vec![more]].concat(),
            ..Mall::default()
        };
        let suspended = with(entry(Stage::Suspended, "2026-04-01"));
        let evaluated = with(entry(Stage::Evaluated, "2026-04-01"));
        let uninaugurated = Mall { stages: mall().stages[..1].to_vec(), ..suspended.clone() };
        let moved = Mall { name: MALL.into(), region: "regions/35.09".into(), ..Mall::default() };
        let handed_on = Mall { name: MALL.into(), organiser: BKPM.into(), ..Mall::default() };
        let renamed =
            Mall { name: MALL.into(), display_name: text("MPP Blambangan"), ..Mall::default() };
        let ask = |mall: &Mall, validate_only| UpdateMallRequest {
            mall: Some(mall.clone()),
            validate_only,
            ..Default::default()
        };
        for wrong in [&evaluated, &uninaugurated, &moved, &handed_on] {
            let checked = organiser.directory.update_mall(ask(wrong, true)).await;
            assert_eq!(reason(checked), DENIED);
            let written = organiser.directory.update_mall(ask(wrong, false)).await;
            assert_eq!(reason(written), DENIED);
            let allowed = verifier.directory.update_mall(ask(wrong, true)).await;
            allowed.expect("a verifier may");
        }
        let renaming = verifier.directory.update_mall(ask(&renamed, false)).await;
        assert_eq!(reason(renaming), DENIED, "the organiser's to say");
        for own in [&renamed, &suspended] {
            let written = organiser.directory.update_mall(ask(own, false)).await;
            written.expect("its own to say");
        }
        let shown = organiser.mall(MALL).await.expect("known");
        assert_eq!(shown.stage(), Stage::Suspended);
    })
    .await;
}

#[tokio::test]
async fn a_role_does_not_do_what_its_line_does_not_say() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        let mut reader = world.caller(Role::Reader, &[KEMENDAGRI, MALL]);
        assert_eq!(reason(reader.create_service(KEMENDAGRI, "x", service("X")).await), DENIED);
        let mut organiser = world.caller(Role::Organiser, &[MALL, DUKCAPIL]);
        let propose =
            organiser.propose("x", Offering { service: KTP.into(), ..Offering::default() }).await;
        assert_eq!(reason(propose), DENIED, "the unit proposes");
        let request = CreateSourceRequest {
            source_id: "x".into(),
            source: Some(Source::default()),
            ..Default::default()
        };
        assert_eq!(reason(organiser.sync.create_source(request).await), DENIED);
    })
    .await;
}

#[tokio::test]
async fn what_is_set_for_good_is_refused_by_name() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        let mut admin = world.admin();
        let other = Offering {
            name: OFFERING.into(),
            service: "units/bkpm/services/nib".into(),
            ..Offering::default()
        };
        let request = UpdateOfferingRequest { offering: Some(other), ..Default::default() };
        let error = crate::world::refused(admin.catalog.update_offering(request).await);
        assert_eq!(error.fields[0].0, "offering.service");
        let other = Counter { name: COUNTER.into(), unit: BKPM.into(), ..Counter::default() };
        let request = UpdateCounterRequest { counter: Some(other), ..Default::default() };
        let error = crate::world::refused(admin.directory.update_counter(request).await);
        assert_eq!(error.fields[0].0, "counter.unit");
    })
    .await;
}
