//! A service of a unit that the source of a unit above publishes: what its officer may do.

use mpp_api::{
    registry::{
        DeleteServiceRequest, HandBackServiceRequest, Service, UpdateServiceRequest, unit::Kind,
    },
    sync::Outcome,
    types::{Tombstone, tombstone},
};
use mpp_core::Role;
use mpp_testkit::on_both;

use crate::{
    given::unit,
    provenance::{WHY, run},
    publisher::{outcomes, record_of},
    world::{KEMENDAGRI, World, reason, service},
};

fn withdrawn() -> Tombstone {
    Tombstone { reason: tombstone::Reason::Withdrawn.into(), ..Tombstone::default() }
}

#[tokio::test]
async fn an_officer_takes_no_service_from_a_source_of_a_unit_above() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut admin = world.admin();
        let below = unit("cabang", Kind::Office, KEMENDAGRI);
        admin.create_unit("cabang", below).await.expect("made");
        let name = "units/cabang/services/kk";
        let result = run(&world, vec![record_of("units/cabang", "kk", service("KK"))]).await;
        assert_eq!(outcomes(&result), [Outcome::Applied], "the ministry's source writes below it");
        let mut officer = world.caller(Role::UnitOfficer, &["units/cabang"]);
        let ask = |to: &str, fields: &[&str]| HandBackServiceRequest {
            name: name.into(),
            to: to.into(),
            fields: fields.iter().map(|field| (*field).to_owned()).collect(),
            ..Default::default()
        };
        let titled = || UpdateServiceRequest {
            service: Some(Service { name: name.into(), ..service("Kartu Keluarga") }),
            reason: WHY.into(),
            ..Default::default()
        };
        let set = officer.catalog.update_service(titled()).await;
        assert_eq!(reason(set), "WRONG_STATE", "only an administrator overrides");
        let take = officer.catalog.hand_back_service(ask("units/cabang", &[])).await;
        assert_eq!(reason(take), "PERMISSION_DENIED", "the source is the ministry's");
        let delete = DeleteServiceRequest {
            name: name.into(),
            tombstone: Some(withdrawn()),
            ..Default::default()
        };
        assert_eq!(reason(officer.catalog.delete_service(delete).await), "WRONG_STATE");

        admin.catalog.update_service(titled()).await.expect("an administrator overrides");
        let undo = officer.catalog.hand_back_service(ask("", &["title"])).await;
        assert_eq!(reason(undo), "PERMISSION_DENIED", "nor what an administrator has set");
        let mut above = world.caller(Role::UnitOfficer, &[KEMENDAGRI]);
        let ends = above.catalog.hand_back_service(ask("units/cabang", &[])).await;
        assert_eq!(reason(ends), "PERMISSION_DENIED", "an override stands");
        admin.catalog.hand_back_service(ask("", &["title"])).await.expect("given back");
        let given = above.catalog.hand_back_service(ask("units/cabang", &[])).await;
        let given = given.expect("its own source, and a unit below").into_inner().service;
        assert_eq!(given.expect("a service").source, "");
    })
    .await;
}
