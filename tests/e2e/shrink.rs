//! A source that suddenly answers with nothing, or with much less, loses nothing and does not look
//! fresh.

use mpp_api::{
    registry::ListServicesRequest,
    sync::{GetSourceRequest, Source, incomplete, sync_service_client::SyncServiceClient},
};
use mpp_testkit::Backend;
use mpp_tests::{
    Service, Suite,
    keys::APP,
    town::{self, Ministry, SOURCE},
};

#[tokio::test]
async fn a_source_that_is_suddenly_empty_loses_nothing_and_does_not_look_fresh() {
    let suite = Suite::start(Backend::Sqlite).await;
    let ministry = town::open(&suite).await;
    let before = source(&suite).await;

    ministry.publish(&[]);
    let said = ministry.sync(&suite).await;
    assert_eq!(said.code, 8, "the run fails:\n{}{}", said.out, said.err);
    assert!(
        said.err.contains("held 3 before") && said.err.contains("--accept-missing"),
        "{}",
        said.err
    );
    let told = source(&suite).await.incomplete.expect("the registry knows");
    assert_eq!(told.reason(), incomplete::Reason::NothingRead);
    assert_eq!(services(&suite).await, 3, "nothing is deleted");
    assert_eq!(source(&suite).await.last_success_time, before.last_success_time, "it is not fresh");

    ministry.publish(&town::catalog());
    let said = ministry.sync(&suite).await.succeeded();
    assert!(said.contains("known 3"), "the mended source is in sync again:\n{said}");
    assert_ne!(source(&suite).await.last_success_time, before.last_success_time, "and fresh");
}

#[tokio::test]
async fn records_that_are_gone_for_good_are_said_to_stay() {
    let suite = Suite::start(Backend::Sqlite).await;
    let ministry: Ministry = town::open(&suite).await;
    ministry.publish(&town::catalog()[..2]);
    for _ in 0..2 {
        // Also the second time, and under another mapping: nothing is forgotten.
        let said = ministry.sync(&suite).await;
        assert_eq!(said.code, 8, "a third is gone:\n{}{}", said.out, said.err);
        assert!(said.err.contains("1 of 3 records"), "{}", said.err);
        ministry.changes_its_mapping();
    }

    let said = ministry.sync_with(&suite, &["--accept-missing"]).await.succeeded();
    assert!(said.contains("1 records are no longer in the source; they stay"), "{said}");
    assert_eq!(services(&suite).await, 3);
    ministry.sync(&suite).await.succeeded();
}

async fn services(suite: &Suite) -> i32 {
    let request = ListServicesRequest {
        parent: "units/-".into(),
        source: SOURCE.into(),
        ..Default::default()
    };
    let answer = town::catalog_of(suite, APP).list_services(request).await.expect("a list");
    answer.into_inner().total_size
}

async fn source(suite: &Suite) -> Source {
    let channel = suite.channel(Service::Registry, APP);
    let request = GetSourceRequest { name: SOURCE.into() };
    let answer = SyncServiceClient::new(channel).get_source(request).await.expect("a source");
    answer.into_inner().source.expect("a source")
}
