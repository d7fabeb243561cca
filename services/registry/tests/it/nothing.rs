//! References to nothing are reported: filters that nothing can pass, names of what is not there,
//! places where no mall can be.

use mpp_api::{
    registry::{
        DeleteServiceRequest, ListCountersRequest, ListMallsRequest, ListOfferingsRequest,
        ListServicesRequest, ListStandardLinksRequest, ListWindowsRequest, Mall,
        SearchServicesRequest, Service, Unit, UpdateServiceRequest, UpdateUnitRequest,
        service::Requirement,
    },
    sync::{Source, UpdateSourceRequest},
    types::{LocalizedText, Location, Tombstone, tombstone::Reason},
};
use mpp_testkit::on_both;
use prost_types::FieldMask;
use tonic::{Response, Status};

use crate::{
    publisher::{Session, record_of},
    world::{BKPM, DUKCAPIL, KEMENDAGRI, KTP, SOURCE, World, mall, refused, service},
};

/// The field that a refusal is about.
fn field<T: std::fmt::Debug>(answer: Result<Response<T>, Status>) -> String {
    refused(answer).fields[0].0.clone()
}

#[tokio::test]
async fn a_filter_that_nothing_can_pass_is_no_empty_answer() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        let mut reader = world.admin();
        let ask = |change: fn(&mut SearchServicesRequest)| {
            let mut request = SearchServicesRequest { query: "ktp".into(), ..Default::default() };
            change(&mut request);
            request
        };
        for (request, told) in [
            (ask(|ask| ask.region = "99.99".into()), "region"),
            (ask(|ask| ask.region = "regions/3510".into()), "region"),
            (ask(|ask| ask.agency = "units/nowhere".into()), "agency"),
            (ask(|ask| ask.category = "kependudukan".into()), "category"),
            (ask(|ask| ask.near = Some(Location::default())), "near"),
        ] {
            assert_eq!(field(reader.search.search_services(request).await), told);
        }
        let region = ListMallsRequest { region: "99".into(), ..Default::default() };
        assert_eq!(field(reader.directory.list_malls(region).await), "region");
        let organiser =
            ListMallsRequest { organiser: "units/nowhere".into(), ..Default::default() };
        assert_eq!(field(reader.directory.list_malls(organiser).await), "organiser");
        let unit = ListCountersRequest {
            parent: "malls/-".into(),
            unit: "units/nowhere".into(),
            ..Default::default()
        };
        assert_eq!(field(reader.directory.list_counters(unit).await), "unit");
        let every = || ListServicesRequest { parent: "units/-".into(), ..Default::default() };
        let category = ListServicesRequest { category: "kependudukan".into(), ..every() };
        let error = refused(reader.catalog.list_services(category).await);
        assert!(
            error.fields[0].0 == "category" && error.message.contains("population"),
            "{error:?}"
        );
        let source = ListServicesRequest { source: "sources/nowhere".into(), ..every() };
        assert_eq!(field(reader.catalog.list_services(source).await), "source");
        let service = ListOfferingsRequest {
            parent: "malls/-".into(),
            service: "ktp".into(),
            ..Default::default()
        };
        assert_eq!(field(reader.catalog.list_offerings(service).await), "service");
        for parent in ["malls/nowhere", "malls/banyuwangi/counters/nowhere"] {
            let below = ListOfferingsRequest { parent: parent.into(), ..Default::default() };
            assert_eq!(field(reader.catalog.list_offerings(below).await), "parent", "{parent}");
        }
        let below = ListStandardLinksRequest {
            parent: "units/nowhere/services/-".into(),
            ..Default::default()
        };
        assert_eq!(field(reader.standards.list_standard_links(below).await), "parent");
        let below =
            ListWindowsRequest { parent: "malls/nowhere/counters/-".into(), ..Default::default() };
        assert_eq!(field(reader.directory.list_windows(below).await), "parent");
        let below = ListServicesRequest { parent: "units/nowhere".into(), ..Default::default() };
        assert_eq!(field(reader.catalog.list_services(below).await), "parent");
        let good = ListServicesRequest { category: "population".into(), ..every() };
        let listed = reader.catalog.list_services(good).await.expect("there are").into_inner();
        assert_eq!(listed.services[0].name, KTP);
    })
    .await;
}

#[tokio::test]
async fn what_a_source_also_writes_adds_something() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut admin = world.admin();
        let mut change = async |also_writes: &[&str]| {
            let source = Source {
                name: SOURCE.into(),
                also_writes: also_writes.iter().map(|unit| (*unit).to_owned()).collect(),
                ..Source::default()
            };
            let request = UpdateSourceRequest { source: Some(source), ..Default::default() };
            admin.sync.update_source(request).await
        };
        assert_eq!(field(change(&[BKPM, BKPM]).await), "source.also_writes[1]");
        assert_eq!(field(change(&[BKPM, KEMENDAGRI]).await), "source.also_writes[1]");
        change(&[BKPM, DUKCAPIL]).await.expect("two others");
    })
    .await;
}

#[tokio::test]
async fn a_source_that_says_a_unit_twice_since_it_moved_can_be_mended() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut admin = world.admin();
        let with = |also_writes: &[&str]| {
            let also_writes = also_writes.iter().map(|unit| (*unit).to_owned()).collect();
            let source = Source { name: SOURCE.into(), also_writes, ..Source::default() };
            UpdateSourceRequest { source: Some(source), ..Default::default() }
        };
        admin.sync.update_source(with(&[BKPM, DUKCAPIL])).await.expect("two others");
        let moved = Unit { name: DUKCAPIL.into(), parent: BKPM.into(), ..Unit::default() };
        let update_mask = Some(FieldMask { paths: vec!["parent".into()] });
        let request =
            UpdateUnitRequest { unit: Some(moved), update_mask, ..UpdateUnitRequest::default() };
        admin.directory.update_unit(request).await.expect("a move");
        let (named, mask) = (with(&[BKPM, DUKCAPIL]), vec!["freshness_target_seconds".into()]);
        let mut named =
            UpdateSourceRequest { update_mask: Some(FieldMask { paths: mask }), ..named };
        if let Some(source) = &mut named.source {
            source.freshness_target_seconds = 7_200;
        }
        admin.sync.update_source(named).await.expect("another field is not held up by it");
        admin.sync.update_source(with(&[BKPM])).await.expect("mended");
    })
    .await;
}

#[tokio::test]
async fn a_reference_to_what_is_not_there_is_taken_and_told() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut admin = world.admin();
        let needs = |name: &str| Requirement {
            satisfied_by: name.into(),
            text: "KK".into(),
            ..Default::default()
        };
        let update = |name: &str| UpdateServiceRequest {
            service: Some(Service {
                name: KTP.into(),
                requirements: vec![needs(name)],
                ..Service::default()
            }),
            ..Default::default()
        };
        let there = "units/kemendagri/services/kk";
        let taken = admin.catalog.update_service(update(there)).await.expect("taken").into_inner();
        let warning = &taken.warnings[0];
        assert_eq!(warning.field, "service.requirements[0].satisfied_by");
        assert_eq!(warning.code, "NOT_THERE_YET");
        assert!(warning.message.contains(there), "{}", warning.message);
        admin.create_service(KEMENDAGRI, "kk", service("Kartu Keluarga")).await.expect("made");
        let taken = admin.catalog.update_service(update(there)).await.expect("taken").into_inner();
        assert!(taken.warnings.is_empty());

        let gone = |successor: &str| DeleteServiceRequest {
            name: there.into(),
            tombstone: Some(Tombstone {
                reason: Reason::Moved.into(),
                successor: successor.into(),
            }),
            ..Default::default()
        };
        let taken = admin.catalog.delete_service(gone("units/bkpm/services/kk")).await;
        let warning = &taken.expect("gone").into_inner().warnings[0];
        assert_eq!(
            (warning.field.as_str(), warning.code.as_str()),
            ("tombstone.successor", "NOT_THERE_YET")
        );
    })
    .await;
}

#[tokio::test]
async fn a_mall_serves_each_other_region_once() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        let served = ["regions/35.09", "regions/35.11", "regions/35.09"];
        let twice = Mall { serves_regions: served.map(String::from).to_vec(), ..mall() };
        let error = refused(world.admin().create_mall("lain", twice).await);
        assert_eq!(error.fields[0].0, "mall.serves_regions[2]");
    })
    .await;
}

#[tokio::test]
async fn a_mask_reaches_below_a_field_and_says_where_it_cannot() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        let mut admin = world.admin();
        let change = |path: &str| UpdateServiceRequest {
            service: Some(Service {
                name: KTP.into(),
                title: Some(LocalizedText { id: "x".into(), en: "Identity card".into() }),
                ..Service::default()
            }),
            update_mask: Some(FieldMask { paths: vec![path.into()] }),
            ..Default::default()
        };
        let before = admin.service(KTP).await.expect("there").title.expect("a title").id;
        admin.catalog.update_service(change("title.en")).await.expect("changed");
        let after = admin.service(KTP).await.expect("there").title.expect("a title");
        assert_eq!((after.id, after.en.as_str()), (before, "Identity card"));
        for (path, way_out) in
            [("title.de", "id, en"), ("fees.label", "as a whole"), ("etag.x", "these can")]
        {
            let error = refused(admin.catalog.update_service(change(path)).await);
            assert!(
                error.fields[0].0 == "update_mask" && error.message.contains(way_out),
                "{error:?}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_mall_is_not_in_the_sea_and_not_on_another_island() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        let mut admin = world.admin();
        for (latitude, longitude, why) in [
            (0.0, 0.0, "leave the location out"),
            (114.3, -8.2, "latitude"),
            (8.2, 114.3, "wrong sign"),
            (-6.2, 106.8, "province 35"),
        ] {
            let mut elsewhere = mall();
            elsewhere.sites[0].location = Some(Location { latitude, longitude });
            let error = refused(admin.create_mall("lain", elsewhere).await);
            assert!(error.fields[0].0.starts_with("mall.sites[0].location"), "{error:?}");
            assert!(error.message.contains(why), "{error:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_synced_record_that_names_what_is_not_there_is_applied_and_told() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut session = Session::begin(&world).await;
        let needs = |name: &str| Service {
            requirements: vec![Requirement {
                satisfied_by: name.into(),
                text: "KK".into(),
                ..Default::default()
            }],
            ..service("Akta")
        };
        let result = session
            .send(vec![
                record_of(KEMENDAGRI, "akta", needs("units/kemendagri/services/kk")),
                record_of(KEMENDAGRI, "kia", needs("units/kemendagri/services/akta")),
            ])
            .await;
        assert_eq!(result.results[0].warnings[0].code, "NOT_THERE_YET");
        assert_eq!(result.results[0].outcome(), mpp_api::sync::Outcome::Applied);
        assert!(result.results[1].warnings.is_empty(), "it came in the same batch");
    })
    .await;
}
