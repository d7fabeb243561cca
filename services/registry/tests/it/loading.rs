//! A replica's answers while its memory is still empty.

use mpp_api::registry::{
    GetServiceRequest, ListRegionsRequest, SearchServicesRequest,
    catalog_service_server::CatalogService, directory_service_server::DirectoryService,
    search_service_server::SearchService,
};
use mpp_core::Clock;
use mpp_registry::{
    Options, Registry,
    grpc::{catalog::Catalog, directory::Directory, search::Search},
};
use mpp_testkit::{TestDatabase, on_both};
use tokio_util::sync::CancellationToken;
use tonic::Request;

use crate::world::{KTP, MAY_2026, World};

/// A replica whose tasks have not run yet: nothing here has let them since they were started.
async fn just_started(database: &TestDatabase, shutdown: &CancellationToken) -> Registry {
    let options =
        Options { migrate: true, ..Options::new(database.options(Clock::stopped_at(MAY_2026))) };
    let running = mpp_registry::start(options, shutdown.clone()).await;
    let registry = running.expect("a registry").registry;
    assert_eq!(registry.memory.revision(), 0, "not yet loaded");
    registry
}

#[tokio::test]
async fn what_is_not_yet_loaded_is_not_missing() {
    on_both(async |database| {
        World::banyuwangi(&database).await.stop().await;
        let ended = CancellationToken::new();
        let registry = just_started(&database, &ended).await;
        let request = GetServiceRequest { name: KTP.into(), min_revision: 0 };
        let found = Catalog(registry.clone()).get_service(Request::new(request)).await;
        let service = found.expect("it is there").into_inner().service;
        assert_eq!(service.map(|service| service.name).as_deref(), Some(KTP));
        ended.cancel();
        registry.db.close().await;
    })
    .await;
}

#[tokio::test]
async fn no_list_is_empty_before_all_is_loaded() {
    on_both(async |database| {
        let ended = CancellationToken::new();
        let registry = just_started(&database, &ended).await;
        let request = Request::new(ListRegionsRequest::default());
        let listed = Directory(registry.clone()).list_regions(request).await;
        assert!(listed.expect("a list").into_inner().total_size > 500);
        ended.cancel();
        registry.db.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_search_waits_for_its_index() {
    on_both(async |database| {
        World::banyuwangi(&database).await.stop().await;
        let ended = CancellationToken::new();
        let registry = just_started(&database, &ended).await;
        let request = SearchServicesRequest { query: "ktp".into(), ..Default::default() };
        let search = Search(registry.clone());
        let found = search.search_services(Request::new(request)).await;
        assert_eq!(found.expect("an answer").into_inner().total_size, 1);
        ended.cancel();
        registry.db.close().await;
    })
    .await;
}
