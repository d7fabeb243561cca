//! The registry's database is restored from an older copy and written on, past every position that
//! a follower holds, before that follower comes back: none keeps lost records, and none misses
//! those that came instead.

use mpp_api::{
    feed::Filter,
    registry::{
        Counter, CreateMallRequest, GetMallRequest, GetServiceRequest, Mall, UpdateCounterRequest,
        directory_service_client::DirectoryServiceClient,
        mall::{Site, Stage, StageEntry},
    },
    reporting::{
        GetReportRequest, Report, VerifyProjectionsRequest,
        report_service_client::ReportServiceClient,
    },
    scheduling::{GetHoursRequest, hours_service_client::HoursServiceClient},
};
use mpp_client::{Cache, Channel, Endpoint, connect, error_of};
use mpp_core::Reason;
use mpp_testkit::Backend;
use mpp_tests::{
    PATIENCE, Service, Suite,
    backup::Backup,
    copy::{Copy, feed},
    eventually,
    http::{Event, events, send},
    keys::{ADMINISTRATOR, APP, ORGANISER},
    proxy::{Proxy, Weather},
    town::{self, DUKCAPIL, Ministry, directory, row},
    wait::that,
};

/// More writes than anybody lost.
const WRITTEN_ON: usize = 12;
const LOST: &str = "units/kemendagri/services/hilang-nanti";

#[tokio::test]
async fn nobody_keeps_what_a_restore_has_lost_on_sqlite() {
    tell(Backend::Sqlite).await;
}

#[tokio::test]
async fn nobody_keeps_what_a_restore_has_lost_on_postgres() {
    tell(Backend::Postgres).await;
}

async fn tell(backend: Backend) {
    let mut suite = Suite::start(backend).await;
    let ministry = town::open(&suite).await;
    // While it runs; on SQLite the files with their log and lock.
    let backup = Backup::of(suite.database(Service::Registry)).await;

    let far = Proxy::to(vec![suite.socket(Service::Registry)]).await;
    let cache = cache(&suite, &far);
    ministry.publish(
        &[town::catalog(), vec![row("HILANG-NANTI", "Layanan sesaat", "Gratis")]].concat(),
    );
    ministry.sync(&suite).await.succeeded();
    create_mall(&suite, "sesaat").await;
    let held = hold(&suite).await;
    everybody_knows(&suite, "malls/sesaat").await;
    eventually(PATIENCE, "the cache has the mall", async || {
        that(cache.get::<Mall>("malls/sesaat").is_ok_and(|mall| mall.is_some()), "it has not")
    })
    .await;

    far.set(Weather::Cut);
    for service in Service::ALL {
        suite.stop(service).await;
    }
    backup.restore().await;
    suite.launch(Service::Registry);
    suite.ready(Service::Registry).await;
    create_mall(&suite, "sebaliknya").await;
    write_on(&suite, "lain").await;
    let head = feed(&suite.channel(Service::Registry, ADMINISTRATOR)).await.expect("the feed");
    assert!(head.head_revision > held.copy.revision, "every number was given again");
    for service in [Service::Scheduling, Service::Reporting] {
        suite.launch(service);
        suite.ready(service).await;
    }
    far.set(Weather::Fair);

    only_what_is_left(&suite).await;
    is_refused(&suite, held).await;
    eventually(PATIENCE, "the cache starts again", async || {
        that(
            cache.get::<Mall>("malls/sesaat").is_ok_and(|mall| mall.is_none()),
            "it has the lost",
        )?;
        that(cache.get::<Mall>("malls/sebaliknya").is_ok_and(|mall| mall.is_some()), "not the new")
    })
    .await;
    another_agent_syncs(&suite).await;
    the_agent_sends_again_what_was_lost(&suite, &ministry).await;
}

/// Things that others hold of the registry: a copy, and the id of an event.
pub struct Held {
    copy: Copy,
    event: String,
}

async fn hold(suite: &Suite) -> Held {
    hold_of(suite, &suite.endpoint(Service::Registry, ADMINISTRATOR)).await
}

/// The same, of a registry that answers elsewhere.
pub async fn hold_of(suite: &Suite, registry: &Endpoint) -> Held {
    let channel = connect(registry).expect("an endpoint");
    let copy = Copy::of(&channel).await.expect("a copy");
    let whole = |event: &Event| event.data.contains("\"initialStateComplete\":true");
    let asked = listening_to(suite, &registry.address, "?initialState=true", "");
    let heard = events(asked.map(|_| ()), whole).await;
    let event = heard.expect("the state").last().expect("its end").id.clone();
    Held { copy, event }
}

/// A browser's request for the feed, with the id of the last event that it had.
fn listening_to(suite: &Suite, address: &str, query: &str, last: &str) -> http::Request<String> {
    let token = std::fs::read_to_string(suite.keys.token(ADMINISTRATOR)).expect("a token");
    let request = http::Request::builder()
        .uri(format!("{address}/v1/feed:watch{query}"))
        .header("accept", "text/event-stream")
        .header("authorization", format!("Bearer {}", token.trim()));
    let request = if last.is_empty() { request } else { request.header("last-event-id", last) };
    request.body(String::new()).expect("a request")
}

/// It is refused at once, not left waiting.
async fn is_refused(suite: &Suite, held: Held) {
    is_refused_by(suite, &suite.endpoint(Service::Registry, ADMINISTRATOR), held).await;
}

/// The same, by a registry that answers elsewhere.
pub async fn is_refused_by(suite: &Suite, registry: &Endpoint, mut held: Held) {
    let channel = connect(registry).expect("an endpoint");
    let refused = held.copy.follow(&channel, |_| false).await.expect_err("another history");
    assert!(error_of(&refused).is(Reason::LineageChanged), "{refused:?}");
    let asked = listening_to(suite, &registry.address, "", &held.event);
    let (status, body) = send(asked).await.expect("an answer");
    assert!(status == 400 && body.contains("LINEAGE_CHANGED"), "{status} {body}");
}

fn cache(suite: &Suite, through: &Proxy) -> Cache {
    let mut endpoint = suite.endpoint(Service::Registry, ADMINISTRATOR);
    endpoint.address = through.url();
    let filter = Filter { kinds: vec!["mall".into()], ..Filter::default() };
    Cache::follow("far", connect(&endpoint).expect("an endpoint"), filter)
}

pub async fn create_mall(suite: &Suite, id: &str) {
    create_mall_at(suite.channel(Service::Registry, ADMINISTRATOR), id).await;
}

/// The same, at a registry that answers elsewhere.
pub async fn create_mall_at(registry: Channel, id: &str) {
    let stage = StageEntry {
        stage: Stage::Operating.into(),
        date: "2020-01-06".into(),
        evidence: "Antara".into(),
    };
    let mall = Mall {
        display_name: town::text(&format!("Mal {id}")),
        region: "regions/35.09".into(),
        organiser: "units/dpmptsp-banyuwangi".into(),
        sites: vec![Site { address: "Jalan Raya 1".into(), location: None }],
        stages: vec![stage],
        ..Default::default()
    };
    let request = CreateMallRequest {
        mall_id: id.to_owned(),
        mall: Some(mall),
        request_id: town::request_id(),
        ..Default::default()
    };
    let created = DirectoryServiceClient::new(registry).create_mall(request).await;
    created.expect("a mall");
}

async fn write_on(suite: &Suite, what: &str) {
    write_on_at(&suite.channel(Service::Registry, ORGANISER), what).await;
}

/// The same, at a registry that answers elsewhere.
pub async fn write_on_at(registry: &Channel, what: &str) {
    let mut directory = DirectoryServiceClient::new(registry.clone());
    for number in 0..WRITTEN_ON {
        let display_name = town::text(&format!("Gerai {what} {number}"));
        let counter = Counter { name: DUKCAPIL.into(), display_name, ..Default::default() };
        let request = UpdateCounterRequest {
            counter: Some(counter),
            update_mask: Some(prost_types::FieldMask { paths: vec!["display_name".into()] }),
            request_id: town::request_id(),
            ..Default::default()
        };
        directory.update_counter(request).await.expect("a counter");
    }
}

async fn report(suite: &Suite) -> Result<Report, String> {
    let mut reports = ReportServiceClient::new(suite.channel(Service::Reporting, APP));
    let answer = reports.get_report(GetReportRequest::default()).await;
    let report = answer.map_err(|status| status.to_string())?.into_inner().report;
    report.ok_or_else(|| "no report".to_owned())
}

/// Whether scheduling knows a target of hours.
async fn scheduling_knows(suite: &Suite, target: &str) -> Result<bool, String> {
    let mut hours = HoursServiceClient::new(suite.channel(Service::Scheduling, APP));
    let request = GetHoursRequest { target: target.to_owned(), days: 1, ..Default::default() };
    match hours.get_hours(request).await {
        Ok(_) => Ok(true),
        Err(status) if error_of(&status).is(Reason::NotFound) => Ok(false),
        Err(status) => Err(status.to_string()),
    }
}

pub async fn everybody_knows(suite: &Suite, mall: &str) {
    eventually(PATIENCE, "reporting and scheduling have the mall", async || {
        that(report(suite).await?.malls.iter().any(|one| one.mall == mall), "not in the report")?;
        that(scheduling_knows(suite, mall).await?, "not in scheduling")
    })
    .await;
}

/// Whether reporting or scheduling has the mall.
pub async fn anybody_knows(suite: &Suite, mall: &str) -> Result<bool, String> {
    let reported = report(suite).await?.malls.iter().any(|one| one.mall == mall);
    Ok(reported || scheduling_knows(suite, mall).await?)
}

pub async fn only_what_is_left(suite: &Suite) {
    eventually(PATIENCE, "reporting and scheduling have what is left", async || {
        let malls = report(suite).await?.malls.into_iter().map(|mall| mall.mall);
        let malls: std::collections::BTreeSet<_> = malls.collect();
        let malls: Vec<_> = malls.into_iter().collect();
        that(malls == ["malls/banyuwangi", "malls/sebaliknya"], format!("{malls:?}"))?;
        that(!scheduling_knows(suite, "malls/sesaat").await?, "scheduling has what was lost")?;
        that(scheduling_knows(suite, "malls/sebaliknya").await?, "scheduling lacks the new")
    })
    .await;
}

/// Another machine's agent, with a state of its own, syncs: by the end the source's batches have
/// gone past the number that the first agent remembers.
async fn another_agent_syncs(suite: &Suite) {
    let other = Ministry::at(suite, "another-machine");
    for number in 1..=3 {
        let changed = row("KK-BARU", "Penerbitan Kartu Keluarga baru", &format!("Rp {number}.000"));
        let mut catalog = town::catalog();
        catalog[1] = changed;
        other.publish(&catalog);
        other.sync(suite).await.succeeded();
    }
}

/// Its checkpoint has the number of another one by now; only the mark tells.
async fn the_agent_sends_again_what_was_lost(suite: &Suite, ministry: &Ministry) {
    let said = ministry.sync(suite).await.succeeded();
    assert!(said.contains("read 4 = sent 2 + known 2"), "both sides have compared: {said}");
    let request = GetServiceRequest { name: LOST.into(), min_revision: 0 };
    town::catalog_of(suite, APP).get_service(request).await.expect("it is there again");
}

#[tokio::test]
async fn a_registry_whose_database_is_exchanged_beneath_it_loads_anew_while_idle_on_sqlite() {
    tell_of_an_idle_one(Backend::Sqlite).await;
}

#[tokio::test]
async fn a_registry_whose_database_is_exchanged_beneath_it_loads_anew_while_idle_on_postgres() {
    tell_of_an_idle_one(Backend::Postgres).await;
}

/// Two histories that part: one has a mall that the other lacks, and the other was written on past
/// it. The registry runs on the first when the second takes its place, and nobody writes then.
async fn tell_of_an_idle_one(backend: Backend) {
    let mut suite = Suite::start(backend).await;
    town::open(&suite).await;
    let before = Backup::of(suite.database(Service::Registry)).await;
    create_mall(&suite, "sesaat").await;
    suite.stop(Service::Registry).await;
    let one = Backup::of(suite.database(Service::Registry)).await;
    restart_from(&mut suite, &before).await;
    create_mall(&suite, "sebaliknya").await;
    write_on(&suite, "lain").await;
    suite.stop(Service::Registry).await;
    let other = Backup::of(suite.database(Service::Registry)).await;
    restart_from(&mut suite, &one).await;
    everybody_knows(&suite, "malls/sesaat").await;
    let held = hold(&suite).await;

    other.restore().await;
    eventually(PATIENCE, "the registry's memory is the database's", async || {
        let request = GetMallRequest { name: "malls/sesaat".into(), min_revision: 0 };
        match directory(&suite, APP).get_mall(request).await {
            Err(status) if error_of(&status).is(Reason::NotFound) => Ok(()),
            other => Err(format!("{other:?}")),
        }
    })
    .await;
    only_what_is_left(&suite).await;
    is_refused(&suite, held).await;
    write_on(&suite, "seterusnya").await;
}

async fn restart_from(suite: &mut Suite, backup: &Backup) {
    backup.restore().await;
    suite.launch(Service::Registry);
    suite.ready(Service::Registry).await;
}

#[tokio::test]
async fn followers_whose_own_databases_are_restored_beneath_them_catch_up_on_postgres() {
    tell_of_followers(Backend::Postgres).await;
}

#[tokio::test]
async fn followers_whose_own_databases_are_restored_beneath_them_catch_up_on_sqlite() {
    tell_of_followers(Backend::Sqlite).await;
}

/// Their tables go back to before a mall, and so does their place in the registry's feed.
async fn tell_of_followers(backend: Backend) {
    let suite = Suite::start(backend).await;
    town::open(&suite).await;
    everybody_knows(&suite, "malls/banyuwangi").await;
    let scheduling = Backup::of(suite.database(Service::Scheduling)).await;
    let reporting = Backup::of(suite.database(Service::Reporting)).await;
    create_mall(&suite, "sebaliknya").await;
    write_on(&suite, "lain").await;
    everybody_knows(&suite, "malls/sebaliknya").await;
    scheduling.restore().await;
    reporting.restore().await;
    create_mall(&suite, "seterusnya").await;
    for mall in ["malls/sebaliknya", "malls/seterusnya"] {
        everybody_knows(&suite, mall).await;
    }
    let mut reports = ReportServiceClient::new(suite.channel(Service::Reporting, ADMINISTRATOR));
    eventually(PATIENCE, "what is rebuilt is what is live", async || {
        let answer = reports.verify_projections(VerifyProjectionsRequest::default()).await;
        let verified = answer.map_err(|status| status.to_string())?.into_inner();
        that(verified.live_digest == verified.rebuilt_digest, format!("{verified:?}"))
    })
    .await;
}
