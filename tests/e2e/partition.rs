//! A bad network between the registry and those who follow it: they go on with what they have, say
//! so, and catch up.

use mpp_api::{
    registry::{Counter, UpdateCounterRequest},
    reporting::{
        GetReportRequest, Report, freshness::Feed, report_service_client::ReportServiceClient,
    },
    scheduling::{GetHoursRequest, hours_service_client::HoursServiceClient},
};
use mpp_testkit::Backend;
use mpp_tests::{
    PATIENCE, Service, Setup, Suite, eventually, http,
    keys::{APP, ORGANISER},
    proxy::{Proxy, Weather},
    town::{self, DUKCAPIL, MALL, directory},
    wait::pause,
    wait::that,
};

/// A suite whose followers reach the registry through a proxy.
async fn behind_a_proxy(backend: Backend) -> (Suite, Proxy) {
    let mut suite = Suite::prepare(backend, Setup::default()).await;
    let proxy = Proxy::to(vec![suite.socket(Service::Registry)]).await;
    suite.see_registry_at(proxy.url());
    suite.run_all().await;
    (suite, proxy)
}

#[tokio::test]
async fn followers_go_on_through_a_cut_and_catch_up() {
    let (suite, proxy) = behind_a_proxy(Backend::Postgres).await;
    town::open(&suite).await;
    settled(&suite).await;

    proxy.set(Weather::Cut);
    rename_counter(&suite, "Gerai Dukcapil yang baru").await;
    eventually(PATIENCE, "the report says that the registry is away", async || {
        let report = report(&suite).await?;
        let registry = report
            .freshness
            .iter()
            .find(|feed| feed.feed() == Feed::Registry)
            .ok_or("no freshness")?;
        that(!registry.connected && !report.complete, format!("{registry:?}"))?;
        that(report.incomplete_reason.is_some_and(|why| !why.id.is_empty()), "it does not say why")
    })
    .await;
    goes_on(&suite).await;

    proxy.set(Weather::Fair);
    caught_up(&suite).await;
}

#[tokio::test]
async fn followers_notice_a_connection_that_died_without_a_word() {
    let (suite, proxy) = behind_a_proxy(Backend::Sqlite).await;
    town::open(&suite).await;
    settled(&suite).await;

    proxy.forget_connections();
    rename_counter(&suite, "Gerai Dukcapil yang baru").await;
    goes_on(&suite).await;
    caught_up(&suite).await;
}

#[tokio::test]
async fn a_stall_delays_followers_and_loses_nothing() {
    let (suite, proxy) = behind_a_proxy(Backend::Sqlite).await;
    town::open(&suite).await;
    settled(&suite).await;

    proxy.set(Weather::Stalled);
    for number in 0..20 {
        rename_counter(&suite, &format!("Gerai {number}")).await;
    }
    rename_counter(&suite, "Gerai Dukcapil yang baru").await;
    pause(1_000).await;
    goes_on(&suite).await;
    proxy.set(Weather::Fair);
    caught_up(&suite).await;
}

async fn report(suite: &Suite) -> Result<Report, String> {
    let mut reports = ReportServiceClient::new(suite.channel(Service::Reporting, APP));
    let answer = reports
        .get_report(GetReportRequest::default())
        .await
        .map_err(|status| status.to_string())?;
    answer.into_inner().report.ok_or_else(|| "no report".to_owned())
}

async fn settled(suite: &Suite) {
    eventually(PATIENCE, "the report is complete", async || {
        let report = report(suite).await?;
        that(report.complete, format!("{:?}", report.incomplete_reason))?;
        that(
            report.malls.iter().any(|mall| mall.mall == MALL && mall.counters == 1),
            "the mall is not in it",
        )
    })
    .await;
}

async fn rename_counter(suite: &Suite, name: &str) {
    let counter =
        Counter { name: DUKCAPIL.into(), display_name: town::text(name), ..Default::default() };
    let request = UpdateCounterRequest {
        counter: Some(counter),
        update_mask: Some(prost_types::FieldMask { paths: vec!["display_name".into()] }),
        request_id: town::request_id(),
        ..Default::default()
    };
    directory(suite, ORGANISER).update_counter(request).await.expect("the registry itself is well");
}

/// The followers answer from their copies, and are ready or say what is missing.
async fn goes_on(suite: &Suite) {
    let mut hours = HoursServiceClient::new(suite.channel(Service::Scheduling, APP));
    let request = GetHoursRequest { target: DUKCAPIL.into(), days: 7, ..Default::default() };
    let answer = hours.get_hours(request).await.expect("hours are known");
    assert_eq!(answer.into_inner().days.len(), 7);
    let (status, _) = http::get(&suite.page("/")).await.expect("the page");
    assert_eq!(status, 200);
    for service in [Service::Scheduling, Service::Reporting] {
        let (live, _) = http::get(&suite.health(service, "livez")).await.expect("a probe");
        assert_eq!(live, 200, "a cut is no reason to restart {}", service.name());
        let (ready, body) = http::get(&suite.health(service, "readyz")).await.expect("a probe");
        assert!(ready == 200 || body.contains("registry"), "{}: {ready} {body}", service.name());
    }
}

async fn caught_up(suite: &Suite) {
    eventually(PATIENCE, "the page shows the counter's new name", async || {
        let (_, body) = http::get(&suite.page("/malls/banyuwangi")).await?;
        that(body.contains("Gerai Dukcapil yang baru"), "the old one")
    })
    .await;
    settled(suite).await;
    for service in [Service::Scheduling, Service::Reporting] {
        eventually(PATIENCE, &format!("{} is ready again", service.name()), async || {
            let (status, body) = http::get(&suite.health(service, "readyz")).await?;
            that(status == 200, body)
        })
        .await;
    }
}
