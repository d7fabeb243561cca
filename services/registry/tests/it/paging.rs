//! Lists in pages, while others write.

use std::collections::BTreeSet;

use mpp_api::registry::{
    CountAdoptionRequest, GetServiceRequest, ListBrokenRequirementsRequest, ListDivergencesRequest,
    ListServicesRequest, ListServicesResponse, SearchServicesRequest, SuggestStandardsRequest,
};
use mpp_testkit::on_both;

use crate::world::{BKPM, Clients, KEMENDAGRI, KTP, World, reason, refused, service};

async fn page(clients: &mut Clients, token: &str) -> ListServicesResponse {
    let request = ListServicesRequest {
        parent: BKPM.into(),
        page_size: 3,
        page_token: token.into(),
        ..Default::default()
    };
    clients.catalog.list_services(request).await.expect("a page").into_inner()
}

#[tokio::test]
async fn pages_hold_each_record_once_while_others_are_made() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        let mut admin = world.admin();
        for number in 0..10 {
            let id = format!("izin-{number:02}");
            admin.create_service(BKPM, &id, service("Izin")).await.expect("a service");
        }
        let first = page(&mut admin, "").await;
        assert_eq!((first.services.len(), first.total_size), (3, 10));
        let mut seen: Vec<String> =
            first.services.iter().map(|service| service.name.clone()).collect();
        let mut token = first.next_page_token;
        let mut round = 0;
        while !token.is_empty() {
            // One record before the page that was read, one after it.
            for id in [format!("a-{round}"), format!("z-{round}")] {
                admin.create_service(BKPM, &id, service("Izin")).await.expect("a service");
            }
            let next = page(&mut admin, &token).await;
            seen.extend(next.services.iter().map(|service| service.name.clone()));
            token = next.next_page_token;
            round += 1;
            assert!(round < 20, "the pages do not end");
        }
        let unique: BTreeSet<&String> = seen.iter().collect();
        assert_eq!(unique.len(), seen.len(), "twice: {seen:?}");
        for number in 0..10 {
            assert!(
                seen.iter().any(|name| name.ends_with(&format!("izin-{number:02}"))),
                "{number} is missing"
            );
        }
        assert!(
            !seen.iter().any(|name| name.contains("/a-")),
            "what comes before a page does not shift it"
        );
    })
    .await;
}

#[tokio::test]
async fn filters_and_totals_belong_together() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        let mut admin = world.admin();
        for number in 0..5 {
            let mut made = service("Izin");
            made.category = if number < 2 { "licensing".into() } else { "tax".into() };
            admin.create_service(BKPM, &format!("izin-{number}"), made).await.expect("a service");
        }
        let list = |parent: &str, category: &str| ListServicesRequest {
            parent: parent.into(),
            category: category.into(),
            page_size: 1,
            ..Default::default()
        };
        let found = admin
            .catalog
            .list_services(list("units/-", "licensing"))
            .await
            .expect("a list")
            .into_inner();
        assert_eq!((found.services.len(), found.total_size), (1, 2));
        let carried =
            ListServicesRequest { page_token: found.next_page_token, ..list("units/-", "tax") };
        assert_eq!(reason(admin.catalog.list_services(carried).await), "INVALID_PAGE_TOKEN");
        let negative = ListServicesRequest { page_size: -1, ..list(KEMENDAGRI, "") };
        assert_eq!(reason(admin.catalog.list_services(negative).await), "INVALID_FIELD");
        let below = admin
            .catalog
            .list_services(list("units/pemkab-banyuwangi", ""))
            .await
            .expect("a list")
            .into_inner();
        assert_eq!(below.total_size, 0);
    })
    .await;
}

#[tokio::test]
async fn large_services_come_in_pages_that_every_client_takes() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        let mut admin = world.admin();
        for number in 0..100 {
            let mut large = service("Izin");
            large.procedure = vec!["x".repeat(3_950); 14];
            let made = admin.create_service(BKPM, &format!("izin-{number:03}"), large).await;
            made.expect("a service of 55 KB");
        }
        let (mut token, mut seen, mut pages) = (String::new(), Vec::new(), 0);
        loop {
            let request = ListServicesRequest {
                parent: BKPM.into(),
                page_size: 100,
                page_token: token,
                ..Default::default()
            };
            let page = admin.catalog.list_services(request).await;
            let page = page.expect("within the client's 4 MiB").into_inner();
            assert_eq!(page.total_size, 100);
            seen.extend(page.services.into_iter().map(|service| service.name));
            pages += 1;
            token = page.next_page_token;
            if token.is_empty() {
                break;
            }
        }
        let all: Vec<String> =
            (0..100).map(|number| format!("{BKPM}/services/izin-{number:03}")).collect();
        assert_eq!(seen, all);
        assert_eq!(pages, 2);
    })
    .await;
}

#[tokio::test]
async fn a_negative_number_of_entries_is_refused_with_the_bound_of_its_own_list() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        let mut admin = world.admin();
        let (parent, page_size) = ("standards/-".to_owned(), -1);
        let list = ListServicesRequest { parent: BKPM.into(), page_size, ..Default::default() };
        let search = SearchServicesRequest { query: "ktp".into(), page_size, ..Default::default() };
        let divergences =
            ListDivergencesRequest { parent: parent.clone(), page_size, ..Default::default() };
        let adoption = CountAdoptionRequest { parent, page_size, ..Default::default() };
        let broken = ListBrokenRequirementsRequest { page_size, ..Default::default() };
        let suggest =
            SuggestStandardsRequest { name: KTP.into(), max_results: -1, ..Default::default() };
        let all = [
            (refused(admin.catalog.list_services(list).await), "page_size", "1 to 1000,"),
            (refused(admin.search.search_services(search).await), "page_size", "1 to 100,"),
            (
                refused(admin.standards.list_divergences(divergences).await),
                "page_size",
                "1 to 100,",
            ),
            (refused(admin.standards.count_adoption(adoption).await), "page_size", "1 to 100,"),
            (
                refused(admin.processes().list_broken_requirements(broken).await),
                "page_size",
                "1 to 100,",
            ),
            (refused(admin.standards.suggest_standards(suggest).await), "max_results", "1 to 100,"),
        ];
        for (error, field, bound) in all {
            assert_eq!((error.reason.as_str(), &*error.fields[0].0), ("INVALID_FIELD", field));
            assert!(error.fields[0].1.contains(bound), "{error:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_number_that_none_can_be_is_refused_and_named() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        let mut admin = world.admin();
        let least = |min_revision| GetServiceRequest { name: KTP.into(), min_revision };
        let named = |error: mpp_client::ClientError, field: &str| {
            assert_eq!((error.reason.as_str(), &*error.fields[0].0), ("INVALID_FIELD", field));
        };
        for number in [-1, i64::MIN] {
            named(refused(admin.catalog.get_service(least(number)).await), "min_revision");
            let list = ListServicesRequest {
                parent: BKPM.into(),
                min_revision: number,
                ..Default::default()
            };
            named(refused(admin.catalog.list_services(list).await), "min_revision");
            let search = SearchServicesRequest {
                query: "ktp".into(),
                min_revision: number,
                ..Default::default()
            };
            named(refused(admin.search.search_services(search).await), "min_revision");
        }
        assert_eq!(reason(admin.catalog.get_service(least(i64::MAX)).await), "LINEAGE_CHANGED");
    })
    .await;
}
