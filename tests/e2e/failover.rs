//! A database that goes away and comes back behind its address: the services find it again by
//! themselves, at once, and none of their followers has to start anew. Patroni's own failover is
//! `tests/ha`.

use futures::future::join_all;
use mpp_api::{
    registry::{Mall, UpdateMallRequest, directory_service_client::DirectoryServiceClient},
    reporting::{GetReportRequest, report_service_client::ReportServiceClient},
    scheduling::{
        BookAppointmentRequest, ListSlotsRequest, booking_service_client::BookingServiceClient,
    },
};
use mpp_client::{Channel, Settings, connect_with, error_of};
use mpp_testkit::{Backend, nik};
use mpp_tests::{
    PATIENCE, Service, Setup, Suite,
    cluster::Cluster,
    copy::{Copy, Follower},
    eventually,
    keys::{APP, AUDITOR, ORGANISER},
    proxy::Proxy,
    town::{self, MALL, OFFERING, request_id},
    wait::that,
};

/// More than a service has connections, so that each of them is used.
const AT_ONCE: usize = 32;
/// Each write asks the database: a fault of a moment ago never counts, or a service would refuse
/// writes by itself from when it has lasted until the next look finds it over.
const ASKS: &str = "[health]\nfault_counts_millis = 60000\n";

#[tokio::test]
async fn connections_that_fall_silent_are_given_up_for_new_ones() {
    let cluster = Cluster::start().await;
    let network = Proxy::to(vec![([127, 0, 0, 1], cluster.port()).into()]).await;
    let setup = Setup { cluster: Some(&cluster), ..Setup::default() };
    let mut suite = Suite::prepare(Backend::Postgres, setup).await;
    for service in Service::ALL {
        let direct = format!("127.0.0.1:{}", cluster.port());
        let through = network.url().replace("http://", "");
        let url = suite.database(service).replace(&direct, &through);
        suite.reach_database_at(service, url);
    }
    suite.run_all().await;
    town::open(&suite).await;
    let followers = follow(&suite);
    for number in 1..=2 {
        // TCP itself would notice after a quarter of an hour.
        network.forget_connections();
        all_services_write(&suite, number).await;
    }
    nobody_started_anew(&mut suite, &followers).await;
}

#[tokio::test]
async fn after_a_restart_of_the_server_no_call_meets_a_connection_of_before() {
    let cluster = Cluster::start().await;
    let mut suite = asks_always(&cluster).await;
    town::open(&suite).await;
    let followers = follow(&suite);
    assert_eq!(refused(&suite).await, Vec::<String>::new());
    for _ in 0..2 {
        cluster.restart_with(&[]).await;
        first_write(&suite).await;
        assert_eq!(refused(&suite).await, Vec::<String>::new());
    }
    all_services_write(&suite, 1).await;
    nobody_started_anew(&mut suite, &followers).await;
}

#[tokio::test]
async fn sessions_of_a_server_that_took_no_writes_are_not_kept_once_it_does() {
    let cluster = Cluster::start().await;
    let mut suite = asks_always(&cluster).await;
    town::open(&suite).await;
    let followers = follow(&suite);
    // It holds for sessions that begin from now on, for as long as they last.
    cluster.sql("postgres", "alter database registry set default_transaction_read_only = on").await;
    let end = "select pg_terminate_backend(pid) from pg_stat_activity where datname = 'registry'";
    cluster.sql("postgres", end).await;
    assert!(!refused(&suite).await.is_empty(), "nothing can be written");
    cluster.sql("postgres", "alter database registry reset default_transaction_read_only").await;
    first_write(&suite).await;
    assert_eq!(refused(&suite).await, Vec::<String>::new());
    all_services_write(&suite, 1).await;
    nobody_started_anew(&mut suite, &followers).await;
}

/// A suite whose registry lets its database answer every write.
async fn asks_always(cluster: &Cluster) -> Suite {
    let setup = Setup { cluster: Some(cluster), ..Setup::default() };
    let mut suite = Suite::start_with(Backend::Postgres, setup).await;
    let policy = suite.home().join("policy.toml");
    std::fs::write(&policy, ASKS).expect("a file");
    suite.kill(Service::Registry).await;
    let mut serve = suite.serve(Service::Registry);
    serve.env("MPP_POLICY_FILE", &policy);
    suite.launch_by(Service::Registry, serve);
    suite.ready(Service::Registry).await;
    suite
}

fn follow(suite: &Suite) -> [Follower; 2] {
    [Service::Registry, Service::Scheduling]
        .map(|service| Follower::start(suite.channel(service, AUDITOR)))
}

/// A client that sends each call once, so that nothing is hidden by a repeat.
fn insists_not(suite: &Suite) -> DirectoryServiceClient<Channel> {
    let settings = Settings { tries: 1, ..Settings::default() };
    let endpoint = suite.endpoint(Service::Registry, ORGANISER);
    DirectoryServiceClient::new(connect_with(&endpoint, settings).expect("an endpoint"))
}

async fn write(mut directory: DirectoryServiceClient<Channel>) -> Result<i64, String> {
    let display_name = town::text(&format!("MPP {}", request_id()));
    let mall = Mall { name: MALL.into(), display_name, ..Default::default() };
    let request = UpdateMallRequest {
        mall: Some(mall),
        update_mask: Some(prost_types::FieldMask { paths: vec!["display_name".into()] }),
        request_id: request_id(),
        ..Default::default()
    };
    let answer = directory.update_mall(request).await;
    let answer = answer.map_err(|status| error_of(&status).message)?;
    Ok(answer.into_inner().revision)
}

/// Why of many writes some failed.
async fn refused(suite: &Suite) -> Vec<String> {
    let directory = insists_not(suite);
    let writes = (0..AT_ONCE).map(|_| write(directory.clone()));
    join_all(writes).await.into_iter().filter_map(Result::err).collect()
}

async fn first_write(suite: &Suite) -> i64 {
    let directory = insists_not(suite);
    eventually(PATIENCE, "a write is taken", async || write(directory.clone()).await).await
}

/// The registry and scheduling write, and so does reporting once it hears of their writes.
async fn all_services_write(suite: &Suite, number: u64) {
    let registry = first_write(suite).await;
    let scheduling = eventually(PATIENCE, "a place is booked", async || {
        book(suite, number).await.map_err(|status| status.message().to_owned())
    })
    .await;
    let mut reports = ReportServiceClient::new(suite.channel(Service::Reporting, AUDITOR));
    let request = GetReportRequest {
        min_registry_revision: registry,
        min_scheduling_revision: scheduling,
        ..Default::default()
    };
    eventually(PATIENCE, "the report shows both", async || {
        let answer = reports.get_report(request.clone()).await;
        let report = answer.map_err(|status| status.to_string())?.into_inner().report;
        that(report.is_some_and(|report| report.complete), "it is not complete")
    })
    .await;
}

async fn book(suite: &Suite, number: u64) -> Result<i64, tonic::Status> {
    let mut booking = BookingServiceClient::new(suite.channel(Service::Scheduling, APP));
    let request = ListSlotsRequest {
        offering: OFFERING.into(),
        days: 3,
        only_available: true,
        ..Default::default()
    };
    let slots = booking.list_slots(request).await?.into_inner().slots;
    let slot = slots.last().ok_or_else(|| tonic::Status::not_found("no slot"))?;
    let request = BookAppointmentRequest {
        slot: slot.name.clone(),
        applicant_nik: nik(number),
        request_id: request_id(),
    };
    Ok(booking.book_appointment(request).await?.into_inner().revision)
}

/// Followers have everything, each change once and in order, and no service has read a state anew.
async fn nobody_started_anew(suite: &mut Suite, followers: &[Follower; 2]) {
    for (service, follower) in [Service::Registry, Service::Scheduling].into_iter().zip(followers) {
        let fresh = Copy::of(&suite.channel(service, AUDITOR)).await.expect("the state");
        eventually(PATIENCE, "the follower has everything", async || {
            that(follower.copy().records == fresh.records, "not yet")
        })
        .await;
        let log = suite.log(service);
        assert!(!log.contains("the feed starts over"), "{log}");
        assert!(!log.contains("starts again from the whole state"), "{log}");
    }
}
