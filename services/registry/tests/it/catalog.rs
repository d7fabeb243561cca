//! Offerings proposed and accepted; services that go.

use mpp_api::{
    registry::{
        AcceptOfferingRequest, DeleteOfferingRequest, DeleteServiceRequest, GetServiceRequest,
        GetWithdrawnServiceRequest, ListOfferingsRequest, Offering, Service, UpdateOfferingRequest,
        UpdateServiceRequest, offering::State,
    },
    types::{Tombstone, tombstone::Reason},
};
use mpp_core::Role;
use mpp_testkit::on_both;
use prost_types::FieldMask;

use crate::world::{
    BKPM, COUNTER, Clients, DUKCAPIL, KEMENDAGRI, KTP, MALL, OFFERING, World, fixed, reason,
    refused, service,
};

pub fn withdrawn() -> Option<Tombstone> {
    Some(Tombstone { reason: Reason::Withdrawn.into(), successor: String::new() })
}

async fn change(officer: &mut Clients, offering: Offering) -> Offering {
    let request = UpdateOfferingRequest {
        offering: Some(Offering { name: OFFERING.into(), ..offering }),
        ..Default::default()
    };
    officer
        .catalog
        .update_offering(request)
        .await
        .expect("changed")
        .into_inner()
        .offering
        .expect("an offering")
}

#[tokio::test]
async fn a_unit_proposes_and_the_malls_organiser_accepts() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        let mut officer = world.caller(Role::UnitOfficer, &[DUKCAPIL]);
        let mut organiser = world.caller(Role::Organiser, &[MALL]);
        let given =
            Offering { service: KTP.into(), state: State::Accepted.into(), ..Offering::default() };
        let proposed = officer.propose("ktp-2", given).await.expect("proposed");
        assert_eq!(proposed.state(), State::Proposed, "a unit does not accept for the mall");
        let accept = |etag: &str| AcceptOfferingRequest {
            name: proposed.name.clone(),
            etag: etag.into(),
            ..Default::default()
        };
        assert_eq!(reason(organiser.catalog.accept_offering(accept("7")).await), "ETAG_MISMATCH");
        let answer = organiser
            .catalog
            .accept_offering(accept(&proposed.etag))
            .await
            .expect("accepted")
            .into_inner();
        assert_eq!(answer.offering.expect("an offering").state(), State::Accepted);
        assert_eq!(reason(organiser.catalog.accept_offering(accept("")).await), "WRONG_STATE");
    })
    .await;
}

#[tokio::test]
async fn a_new_local_price_is_proposed_again_and_a_new_quota_is_not() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        let mut officer = world.caller(Role::UnitOfficer, &[DUKCAPIL]);
        let slots = Offering {
            slot_minutes: 15,
            slot_capacity: 2,
            quota_per_day: 40,
            ..Offering::default()
        };
        assert_eq!(change(&mut officer, slots).await.state(), State::Accepted);
        let dearer = Offering { fees: vec![fixed(10_000)], ..Offering::default() };
        let changed = change(&mut officer, dearer).await;
        assert_eq!(changed.state(), State::Proposed);
        assert_eq!(changed.effective_fees, [fixed(10_000)]);
        let mut admin = world.admin();
        let accept = AcceptOfferingRequest { name: OFFERING.into(), ..Default::default() };
        admin.catalog.accept_offering(accept).await.expect("accepted");
        let cheaper = Offering { fees: vec![fixed(5_000)], ..Offering::default() };
        assert_eq!(
            change(&mut admin, cheaper).await.state(),
            State::Accepted,
            "who may accept need not ask"
        );
    })
    .await;
}

#[tokio::test]
async fn an_offering_shows_the_services_title_and_fee_as_they_are_now() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        let mut admin = world.admin();
        let changed = Service { name: KTP.into(), fees: vec![fixed(50_000)], ..Service::default() };
        let request = UpdateServiceRequest { service: Some(changed), ..Default::default() };
        admin.catalog.update_service(request).await.expect("changed");
        let offering = admin.offering(OFFERING).await.expect("known");
        assert_eq!(offering.effective_fees, [fixed(50_000)]);
        assert!(offering.fees.is_empty());
        assert_eq!(offering.service_title, service("KTP elektronik baru").title);
    })
    .await;
}

#[tokio::test]
async fn a_service_that_goes_takes_its_offerings_along_and_its_name_is_not_used_again() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        let mut admin = world.admin();
        let mut delete = DeleteServiceRequest { name: KTP.into(), ..Default::default() };
        assert_eq!(
            refused(admin.catalog.delete_service(delete.clone()).await).fields[0].0,
            "tombstone.reason"
        );
        delete.tombstone = Some(Tombstone {
            reason: Reason::Superseded.into(),
            successor: "units/kemendagri/services/ktp-digital".into(),
        });
        let check = DeleteServiceRequest { validate_only: true, ..delete.clone() };
        let checked = admin.catalog.delete_service(check.clone()).await.expect("it could go");
        assert_eq!(checked.into_inner().revision, 0, "nothing was written");
        admin.service(KTP).await.expect("it stays");
        admin.offering(OFFERING).await.expect("and so does what would go with it");
        let stale = DeleteServiceRequest { etag: "9.000000000000".into(), ..check };
        assert_eq!(reason(admin.catalog.delete_service(stale).await), "ETAG_MISMATCH");
        let check = DeleteOfferingRequest {
            name: OFFERING.into(),
            tombstone: withdrawn(),
            validate_only: true,
            ..Default::default()
        };
        admin.catalog.delete_offering(check).await.expect("it could go");
        admin.offering(OFFERING).await.expect("it stays");
        admin.catalog.delete_service(delete.clone()).await.expect("deleted");
        assert_eq!(reason(admin.service(KTP).await), "NOT_FOUND");
        assert_eq!(reason(admin.offering(OFFERING).await), "NOT_FOUND");
        let again = admin.create_service(KEMENDAGRI, "ktp-el-baru", service("KTP")).await;
        assert_eq!(reason(again), "TOMBSTONED");
        assert_eq!(reason(admin.catalog.delete_service(delete).await), "TOMBSTONED");
        let late = Service { name: KTP.into(), fees: vec![fixed(5_000)], ..Service::default() };
        let late = UpdateServiceRequest { service: Some(late), ..Default::default() };
        assert_eq!(reason(admin.catalog.update_service(late).await), "TOMBSTONED");
        let offered =
            admin.propose("ktp-3", Offering { service: KTP.into(), ..Offering::default() }).await;
        assert_eq!(reason(offered), "REFERENCE_INVALID");
    })
    .await;
}

#[tokio::test]
async fn an_offering_made_while_its_service_goes_does_not_outlive_it() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        for round in 0..5 {
            let id = format!("s{round}");
            let name = format!("{BKPM}/services/{id}");
            world.admin().create_service(BKPM, &id, service("S")).await.expect("a service");
            let (mut one, mut two) = (world.admin(), world.admin());
            let delete = DeleteServiceRequest {
                name: name.clone(),
                tombstone: withdrawn(),
                ..Default::default()
            };
            let offering = Offering { service: name.clone(), ..Offering::default() };
            let (gone, made) =
                tokio::join!(one.catalog.delete_service(delete), two.propose(&id, offering));
            gone.expect("deleted");
            if let Ok(made) = made {
                assert_eq!(reason(one.offering(&made.name).await), "NOT_FOUND");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn more_services_than_there_are_connections_go_at_once() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        let mut admin = world.admin();
        let names: Vec<String> = (0..40).map(|n| format!("{BKPM}/services/s{n}")).collect();
        for name in &names {
            let id = name.rsplit('/').next().expect("an id");
            admin.create_service(BKPM, id, service("S")).await.expect("a service");
        }
        let goes = names.iter().map(async |name| {
            let mut one = world.admin();
            let tombstone = withdrawn();
            let delete =
                DeleteServiceRequest { name: name.clone(), tombstone, ..Default::default() };
            one.catalog.delete_service(delete).await
        });
        for gone in futures::future::join_all(goes).await {
            gone.expect("deleted");
        }
    })
    .await;
}

#[tokio::test]
async fn offerings_are_listed_by_mall_by_counter_and_by_service() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        let mut admin = world.admin();
        admin.create_service(BKPM, "nib", service("NIB")).await.expect("a service");
        let nib = Offering { service: "units/bkpm/services/nib".into(), ..Offering::default() };
        admin.propose("nib", nib).await.expect("an offering");
        let mut names = async |parent: &str, service: &str| {
            let request = ListOfferingsRequest {
                parent: parent.into(),
                service: service.into(),
                ..Default::default()
            };
            let listed = admin.catalog.list_offerings(request).await.expect("a list").into_inner();
            assert_eq!(listed.total_size as usize, listed.offerings.len());
            listed.offerings.into_iter().map(|offering| offering.name).collect::<Vec<_>>()
        };
        assert_eq!(names("malls/-", "").await.len(), 2);
        assert_eq!(names(MALL, KTP).await, [OFFERING]);
        assert_eq!(names(COUNTER, "units/bkpm/services/nib").await.len(), 1);
        let request = DeleteOfferingRequest {
            name: OFFERING.into(),
            tombstone: withdrawn(),
            ..Default::default()
        };
        let mut officer = world.caller(Role::UnitOfficer, &[DUKCAPIL]);
        officer.catalog.delete_offering(request).await.expect("deleted");
        assert_eq!(names(MALL, KTP).await.len(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_requirement_may_name_a_service_that_is_not_there_yet() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        let mut needs = service("Paspor");
        needs.requirements = vec![mpp_api::registry::service::Requirement {
            text: "KTP-el".into(),
            satisfied_by: "units/kemendagri/services/not-yet".into(),
            ..Default::default()
        }];
        let mut admin = world.admin();
        admin
            .create_service(BKPM, "paspor", needs.clone())
            .await
            .expect("catalogs come in any order");
        needs.requirements[0].satisfied_by = "not a name".into();
        let error = refused(admin.create_service(BKPM, "paspor-2", needs).await);
        assert_eq!(error.fields[0].0, "service.requirements[0].satisfied_by");
        let mask = Some(FieldMask { paths: vec!["source".into()] });
        let request = UpdateServiceRequest {
            service: Some(Service { name: KTP.into(), ..Service::default() }),
            update_mask: mask,
            ..Default::default()
        };
        assert_eq!(reason(admin.catalog.update_service(request).await), "INVALID_FIELD");
    })
    .await;
}

#[tokio::test]
async fn a_service_that_was_withdrawn_tells_since_when_by_whom_and_what_takes_its_place() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        let mut admin = world.admin();
        let asked = |name: &str| GetWithdrawnServiceRequest { name: name.into() };
        let there = admin.catalog.get_withdrawn_service(asked(KTP)).await;
        assert_eq!(reason(there), "NOT_FOUND", "it is there");
        admin.create_service(BKPM, "lama", service("Izin lama")).await.expect("a service");
        let name = format!("{BKPM}/services/lama");
        for title in ["Izin usaha lama", "Izin yang lama"] {
            let renamed = Service { name: name.clone(), ..service(title) };
            let request = UpdateServiceRequest { service: Some(renamed), ..Default::default() };
            admin.catalog.update_service(request).await.expect("renamed");
        }
        let tombstone =
            Some(Tombstone { reason: Reason::Superseded.into(), successor: KTP.into() });
        let request = DeleteServiceRequest { name: name.clone(), tombstone, ..Default::default() };
        admin.catalog.delete_service(request).await.expect("deleted");
        let told = admin.catalog.get_withdrawn_service(asked(&name)).await;
        let told = told.expect("it was there").into_inner();
        assert_eq!(told.title.expect("its last title").id, "Izin yang lama");
        let tombstone = told.tombstone.expect("why");
        assert_eq!((tombstone.reason(), tombstone.successor.as_str()), (Reason::Superseded, KTP));
        assert!(told.withdraw_time.is_some());
        assert_eq!(told.actor, "users/-", "no person is named to everyone");
        let get = GetServiceRequest { name: name.clone(), ..Default::default() };
        let gone = admin.catalog.get_service(get).await.expect_err("it is gone");
        let read = mpp_client::error_of(&gone);
        assert_eq!((read.reason.as_str(), read.code), ("NOT_FOUND", tonic::Code::NotFound));
        assert!(read.message.contains(&format!("{KTP} took its place")), "{}", read.message);
        assert!(read.message.contains("by an officer"), "{}", read.message);
        let get =
            GetServiceRequest { name: "units/bkpm/services/lain".into(), ..Default::default() };
        assert_eq!(reason(admin.catalog.get_service(get).await), "NOT_FOUND");
        let never = admin.catalog.get_withdrawn_service(asked("units/bkpm/services/lain")).await;
        assert_eq!(reason(never), "NOT_FOUND");
        let wrong = admin.catalog.get_withdrawn_service(asked("malls/a")).await;
        assert_eq!(reason(wrong), "INVALID_FIELD");
    })
    .await;
}
