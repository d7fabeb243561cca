//! Things besides positions that clients hold of a registry: the etag of a record, the revision of
//! a write, the fencing token of a session. The registry is restored to before all of them, and a
//! client that comes back with one is told so at once.

use std::time::Instant;

use mpp_api::{
    registry::{
        Counter, GetCounterRequest, UpdateCounterRequest,
        directory_service_client::DirectoryServiceClient,
    },
    reporting::{GetReportRequest, report_service_client::ReportServiceClient},
    sync::{
        Batch, Checkpoint, KeepSessionRequest, OpenSessionRequest, PushBatchRequest,
        sync_service_client::SyncServiceClient,
    },
};
use mpp_client::{Channel, error_of};
use mpp_core::Reason;
use mpp_testkit::Backend;
use mpp_tests::{
    PATIENCE, Service, Suite,
    backup::Backup,
    eventually,
    keys::{APP, ORGANISER, PUBLISHER, Who},
    town::{self, DUKCAPIL, SOURCE, directory},
    wait::that,
};
use tonic::Status;

#[tokio::test]
async fn what_a_restore_has_lost_is_neither_waited_for_nor_taken_for_another_on_sqlite() {
    tell(Backend::Sqlite).await;
}

#[tokio::test]
async fn what_a_restore_has_lost_is_neither_waited_for_nor_taken_for_another_on_postgres() {
    tell(Backend::Postgres).await;
}

async fn tell(backend: Backend) {
    let mut suite = Suite::start(backend).await;
    town::open(&suite).await;
    let before = counter(&suite, 0).await.expect("a counter");
    let backup = Backup::of(suite.database(Service::Registry)).await;

    let (lost, revision) = rename(&suite, "Gerai Hilang", "").await.expect("renamed");
    let own = suite.channel(Service::Registry, APP);
    own.read_from(revision);
    let ghost = open(&suite).await;
    suite.stop(Service::Registry).await;
    backup.restore().await;
    suite.launch(Service::Registry);
    suite.ready(Service::Registry).await;

    let asked = Instant::now();
    let refused = counter(&suite, revision).await.expect_err("the revision is gone");
    assert!(error_of(&refused).is(Reason::LineageChanged), "{refused:?}");
    assert!(refused.message().contains("without min_revision"), "{refused:?}");
    // A client of this project asks for its own writes by itself, and so goes on by itself.
    let mut reader = DirectoryServiceClient::new(own);
    let request = GetCounterRequest { name: DUKCAPIL.into(), ..Default::default() };
    let found = reader.get_counter(request).await.expect("what there is").into_inner().counter;
    assert_eq!(found.as_ref().map(|found| &found.etag), Some(&before.etag), "it is as it was");
    println!("both answered after {:?}", asked.elapsed());
    a_report_is_not_waited_for(&suite, revision).await;

    let heir = open(&suite).await;
    assert_ne!(heir, ghost);
    let refused = push(&suite, ghost).await.expect_err("its session is lost");
    assert!(error_of(&refused).is(Reason::LeaseLost), "{refused:?}");
    let own = KeepSessionRequest { source: SOURCE.into(), fencing_token: heir };
    sync(&suite, PUBLISHER).keep_session(own).await.expect("the new session's own");

    let (instead, _) = rename(&suite, "Gerai Sebaliknya", &before.etag).await.expect("as read");
    assert_eq!(version(&instead), version(&lost), "the number was given again");
    let refused = rename(&suite, "Gerai Buta", &lost.etag).await.expect_err("never seen");
    assert!(error_of(&refused).is(Reason::EtagMismatch), "{refused:?}");
    let kept = counter(&suite, 0).await.expect("a counter");
    assert_eq!(kept.etag, instead.etag, "nobody wrote over what they had not read");
    rename(&suite, "Gerai Baru", &kept.etag).await.expect("as read");
}

/// Reporting, too, finds out that the write is lost, once it follows the restored feed.
async fn a_report_is_not_waited_for(suite: &Suite, lost: i64) {
    eventually(PATIENCE, "the report of what is lost is refused", async || {
        let mut reports = ReportServiceClient::new(suite.channel(Service::Reporting, APP));
        let request = GetReportRequest { min_registry_revision: lost, ..Default::default() };
        let answer = reports.get_report(request).await;
        let refused = answer.as_ref().err().map(error_of);
        let is_told = refused.is_some_and(|error| error.is(Reason::LineageChanged));
        that(is_told, format!("{:?}", answer.map(drop)))
    })
    .await;
}

fn version(counter: &Counter) -> &str {
    counter.etag.split('.').next().unwrap_or_default()
}

async fn counter(suite: &Suite, min_revision: i64) -> Result<Counter, Status> {
    let request = GetCounterRequest { name: DUKCAPIL.into(), min_revision };
    let answer = directory(suite, APP).get_counter(request).await?;
    Ok(answer.into_inner().counter.unwrap_or_default())
}

async fn rename(suite: &Suite, name: &str, etag: &str) -> Result<(Counter, i64), Status> {
    let display_name = town::text(name);
    let etag = etag.to_owned();
    let counter = Counter { name: DUKCAPIL.into(), display_name, etag, ..Default::default() };
    let request = UpdateCounterRequest {
        counter: Some(counter),
        update_mask: Some(prost_types::FieldMask { paths: vec!["display_name".into()] }),
        request_id: town::request_id(),
        ..Default::default()
    };
    let answer = directory(suite, ORGANISER).update_counter(request).await?.into_inner();
    Ok((answer.counter.unwrap_or_default(), answer.revision))
}

/// A session of a script, call by call; answers its fencing token.
async fn open(suite: &Suite) -> i64 {
    let request = OpenSessionRequest {
        source: SOURCE.into(),
        mapping_version: "1".into(),
        holder: "script".into(),
        take_over: true,
        ..Default::default()
    };
    let answer = sync(suite, PUBLISHER).open_session(request).await.expect("a session");
    answer.into_inner().welcome.unwrap_or_default().fencing_token
}

async fn push(suite: &Suite, fencing_token: i64) -> Result<(), Status> {
    let checkpoint = Checkpoint { sequence: 1, position: "1".into(), ..Default::default() };
    let batch =
        Batch { nonce: 1, fencing_token, checkpoint: Some(checkpoint), ..Default::default() };
    let request = PushBatchRequest { source: SOURCE.into(), batch: Some(batch) };
    sync(suite, PUBLISHER).push_batch(request).await.map(drop)
}

fn sync(suite: &Suite, who: Who) -> SyncServiceClient<Channel> {
    SyncServiceClient::new(suite.channel(Service::Registry, who))
}
