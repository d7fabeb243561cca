//! A rolling upgrade, from the side of the old replica: what a newer one has written stays whole.

use mpp_api::registry::{
    DeleteServiceRequest, GetMallRequest, GetServiceRequest, Mall, UpdateMallRequest,
};
use mpp_client::error_of;
use mpp_testkit::{Backend, become_next_version, document, write_as_next_version};
use mpp_tests::{
    PATIENCE, Service, Suite, eventually,
    keys::{ADMINISTRATOR, APP, PUBLISHER},
    process::Process,
    town::{self, KTP_HILANG, MALL, directory},
    wait::that,
};
use tonic::Status;

#[tokio::test]
async fn an_old_replica_reads_and_never_rewrites_what_a_newer_one_wrote_on_sqlite() {
    tell(Backend::Sqlite).await;
}

#[tokio::test]
async fn an_old_replica_reads_and_never_rewrites_what_a_newer_one_wrote_on_postgres() {
    tell(Backend::Postgres).await;
}

async fn tell(backend: Backend) {
    let mut suite = Suite::start(backend).await;
    let ministry = town::open(&suite).await;
    let database = suite.database(Service::Registry).to_owned();
    suite.stop(Service::Registry).await;
    let mall = write_as_next_version(&database, "mall", MALL).await;
    let service = write_as_next_version(&database, "service", KTP_HILANG).await;
    // The regions too, which each replica brings in line when it starts.
    write_as_next_version(&database, "region", "regions/35.10").await;
    suite.launch(Service::Registry);
    suite.ready(Service::Registry).await;

    assert_waits(&update_mall(&suite).await.expect_err("refused"));
    assert_waits(&delete_service(&suite).await.expect_err("refused"));
    let read = GetMallRequest { name: MALL.into(), min_revision: 0 };
    directory(&suite, APP).get_mall(read).await.expect("a mall, without the field");

    // The agent waits, and nothing of its batch is lost.
    let mut catalog = town::catalog();
    catalog[0] = town::row("KTP-HILANG", "Penggantian KTP elektronik yang hilang", "Gratis");
    ministry.publish(&catalog);
    let mut agent = start_agent(&suite, &ministry.agent());
    let newer = mpp_api::document::form_number("service") + 1;
    eventually(PATIENCE, "the agent is told to wait", async || {
        let log = agent.log();
        that(log.contains(&format!("in form {newer} of its kind")), log)
    })
    .await;
    assert_eq!(document(&database, "mall", MALL).await, mall);
    assert_eq!(document(&database, "service", KTP_HILANG).await, service);

    suite.stop(Service::Registry).await;
    become_next_version(&database).await;
    suite.launch(Service::Registry);
    suite.ready(Service::Registry).await;
    assert!(agent.end_within(PATIENCE).await.success(), "{}", agent.log());
    let read = GetServiceRequest { name: KTP_HILANG.into(), min_revision: 0 };
    let mut catalog = town::catalog_of(&suite, APP);
    let service = catalog.get_service(read).await.expect("a service").into_inner().service;
    let fees = service.expect("a service").fees;
    assert_eq!(fees[0].source_text, "Gratis", "its record is there");
    update_mall(&suite).await.expect("the newer version writes");
}

async fn update_mall(suite: &Suite) -> Result<(), Status> {
    let mall =
        Mall { name: MALL.into(), display_name: town::text("MPP Banyuwangi"), ..Mall::default() };
    let request = UpdateMallRequest {
        mall: Some(mall),
        request_id: town::request_id(),
        ..Default::default()
    };
    directory(suite, ADMINISTRATOR).update_mall(request).await.map(drop)
}

async fn delete_service(suite: &Suite) -> Result<(), Status> {
    let tombstone = mpp_api::types::Tombstone {
        reason: mpp_api::types::tombstone::Reason::Withdrawn.into(),
        successor: String::new(),
    };
    let request = DeleteServiceRequest {
        name: KTP_HILANG.into(),
        tombstone: Some(tombstone),
        request_id: town::request_id(),
        ..Default::default()
    };
    town::catalog_of(suite, ADMINISTRATOR).delete_service(request).await.map(drop)
}

fn assert_waits(status: &Status) {
    let error = error_of(status);
    assert_eq!(error.reason, "NEWER_FORM", "{status:?}");
    assert!(error.retry_after.is_some(), "it says when to come again: {status:?}");
}

fn start_agent(suite: &Suite, args: &[String]) -> Process {
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let agent = suite.command(PUBLISHER, &args);
    Process::start("the agent", agent, &suite.home().join("agent.log"))
}
