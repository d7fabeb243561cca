//! Search, from the feed.

use mpp_api::{
    registry::{
        Mall, Offering, SearchServicesRequest, SearchServicesResponse, Service, UpdateMallRequest,
        UpdateOfferingRequest, UpdateServiceRequest,
        mall::{Site, Stage, StageEntry},
        service::State,
    },
    types::Location,
};
use mpp_core::Role;
use mpp_testkit::on_both;

use crate::world::{
    BKPM, Clients, DUKCAPIL, KTP, MALL, OFFERING, World, fixed, mall, reason, service,
};

async fn find(reader: &mut Clients, request: SearchServicesRequest) -> SearchServicesResponse {
    reader.search.search_services(request).await.expect("an answer").into_inner()
}

fn ask(query: &str, min_revision: i64) -> SearchServicesRequest {
    SearchServicesRequest { query: query.into(), min_revision, ..Default::default() }
}

#[tokio::test]
async fn a_citizen_finds_the_service_and_where_it_is_offered() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        let mut reader = world.caller(Role::Reader, &[]);
        let now = world.running.registry.memory.revision();
        let near = Some(Location { latitude: -8.17, longitude: 113.70 });
        let found =
            find(&mut reader, SearchServicesRequest { near, ..ask("ktp elektronik", now) }).await;
        let hit = &found.hits[0];
        assert_eq!((hit.service.as_str(), hit.place_count), (KTP, 1));
        assert_eq!(hit.agency, "units/kemendagri");
        let place = &hit.places[0];
        assert_eq!((place.mall.as_str(), place.region.as_str()), (MALL, "regions/35.10"));
        assert!((70.0..80.0).contains(&place.distance_km), "{}", place.distance_km);
        assert_eq!(place.fees, service("").fees);
        assert!(found.revision >= now);
    })
    .await;
}

#[tokio::test]
async fn what_its_owner_does_not_serve_now_is_found_only_where_it_is_asked_for() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        let mut admin = world.admin();
        let say = |state: State| UpdateServiceRequest {
            service: Some(Service { name: KTP.into(), state: state.into(), ..Service::default() }),
            update_mask: Some(prost_types::FieldMask { paths: vec!["state".into()] }),
            ..Default::default()
        };
        let stopped = admin.catalog.update_service(say(State::Inactive)).await.expect("changed");
        let revision = stopped.into_inner().revision;
        assert_eq!(find(&mut admin, ask("ktp elektronik", revision)).await.total_size, 0);
        let all =
            SearchServicesRequest { include_inactive: true, ..ask("ktp elektronik", revision) };
        let hit = find(&mut admin, all).await.hits.remove(0);
        assert!(hit.inactive && hit.service == KTP && hit.place_count == 1, "{hit:?}");
        let offering = admin.offering(OFFERING).await.expect("it stays");
        assert_eq!(offering.service_state(), State::Inactive);

        let served = admin.catalog.update_service(say(State::Active)).await.expect("changed");
        let revision = served.into_inner().revision;
        assert!(!find(&mut admin, ask("ktp elektronik", revision)).await.hits[0].inactive);
    })
    .await;
}

#[tokio::test]
async fn a_mall_that_serves_nobody_now_is_told_as_such() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        let mut admin = world.admin();
        let place = |found: SearchServicesResponse| found.hits[0].places[0].not_serving();
        let now = world.running.registry.memory.revision();
        assert_eq!(place(find(&mut admin, ask("ktp", now)).await), Stage::Unspecified);
        for (stage, told) in [
            (Stage::Suspended, Stage::Suspended),
            (Stage::Operating, Stage::Unspecified),
            (Stage::Closed, Stage::Closed),
        ] {
            let entry = StageEntry { stage: stage.into(), ..StageEntry::default() };
            let stopped = Mall { name: MALL.into(), stages: vec![entry], ..mall() };
            let request = UpdateMallRequest { mall: Some(stopped), ..Default::default() };
            let revision =
                admin.directory.update_mall(request).await.expect("changed").into_inner().revision;
            let found = find(&mut admin, ask("ktp", revision)).await;
            assert_eq!(found.hits[0].place_count, 1, "it is offered there");
            assert_eq!(place(found), told);
        }
    })
    .await;
}

#[tokio::test]
async fn a_changed_fee_and_a_moved_mall_are_found_at_once() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        let mut admin = world.admin();
        let dearer = Service { name: KTP.into(), fees: vec![fixed(75_000)], ..Service::default() };
        let request = UpdateServiceRequest { service: Some(dearer), ..Default::default() };
        let revision =
            admin.catalog.update_service(request).await.expect("changed").into_inner().revision;
        let found = find(&mut admin, ask("ktp", revision)).await;
        assert_eq!(found.hits[0].places[0].fees, [fixed(75_000)]);
        let free = SearchServicesRequest { only_free: true, ..ask("ktp", revision) };
        assert_eq!(find(&mut admin, free).await.total_size, 0);

        let jember = Site {
            address: "Jember".into(),
            location: Some(Location { latitude: -8.17, longitude: 113.70 }),
        };
        let moved = Mall {
            name: MALL.into(),
            region: "regions/35.09".into(),
            sites: vec![jember],
            ..mall()
        };
        let request = UpdateMallRequest { mall: Some(moved), ..Default::default() };
        let revision =
            admin.directory.update_mall(request).await.expect("moved").into_inner().revision;
        let in_region =
            |region: &str| SearchServicesRequest { region: region.into(), ..ask("ktp", revision) };
        assert_eq!(find(&mut admin, in_region("regions/35.10")).await.total_size, 0);
        assert_eq!(
            find(&mut admin, in_region("regions/35")).await.hits[0].places[0].region,
            "regions/35.09"
        );
    })
    .await;
}

#[tokio::test]
async fn what_is_only_proposed_is_not_shown_as_offered() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        let mut officer = world.caller(Role::UnitOfficer, &[DUKCAPIL]);
        let dearer =
            Offering { name: OFFERING.into(), fees: vec![fixed(1)], ..Offering::default() };
        let request = UpdateOfferingRequest { offering: Some(dearer), ..Default::default() };
        let revision =
            officer.catalog.update_offering(request).await.expect("changed").into_inner().revision;
        let found = find(&mut officer, ask("ktp", revision)).await;
        assert_eq!((found.hits[0].service.as_str(), found.hits[0].place_count), (KTP, 0));
    })
    .await;
}

#[tokio::test]
async fn pages_of_a_search_go_on_where_they_ended() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        let mut admin = world.admin();
        for number in 0..7 {
            admin
                .create_service(BKPM, &format!("izin-{number}"), service("Izin usaha"))
                .await
                .expect("a service");
        }
        let revision = world.running.registry.memory.revision();
        let (mut seen, mut token) = (Vec::new(), String::new());
        loop {
            let request = SearchServicesRequest {
                page_size: 3,
                page_token: token,
                ..ask("izin usaha", revision)
            };
            let page = find(&mut admin, request).await;
            assert_eq!(page.total_size, 7);
            seen.extend(page.hits.into_iter().map(|hit| hit.service));
            token = page.next_page_token;
            if token.is_empty() {
                break;
            }
        }
        let unique: std::collections::BTreeSet<_> = seen.iter().collect();
        assert_eq!((seen.len(), unique.len()), (7, 7));
        let long = ask(&"a".repeat(500), 0);
        assert_eq!(reason(admin.search.search_services(long).await), "INVALID_FIELD");
        let wrong = SearchServicesRequest { region: "3510".into(), ..ask("ktp", 0) };
        assert_eq!(reason(admin.search.search_services(wrong).await), "INVALID_FIELD");
    })
    .await;
}
