//! A change by one body is seen by all others: how a fee travels, and how hours do.

use std::time::Instant;

use mpp_api::{
    feed::{Filter, WatchRequest, WatchResponse, feed_service_client::FeedServiceClient},
    registry::{
        GetOfferingRequest, GetServiceRequest, SearchServicesRequest,
        search_service_client::SearchServiceClient,
    },
    reporting::{GetReportRequest, report_service_client::ReportServiceClient},
    scheduling::{
        ListDeviationsRequest,
        deviation::{Finding, Yardstick, finding::Code},
        hours_service_client::HoursServiceClient,
    },
    types::Fee,
};
use mpp_testkit::Backend;
use mpp_tests::{
    PATIENCE, Service, Suite, eventually, http,
    keys::{APP, ORGANISER},
    town::{self, DUKCAPIL, KTP_HILANG, Ministry, OFFERING, row},
    wait::that,
};
use tonic::Streaming;

const NEW_FEE: i64 = 75_000;

#[tokio::test]
async fn a_fee_changed_in_a_ministrys_csv_is_in_search_in_the_offering_and_on_the_page_on_postgres()
{
    tell_of_a_fee(Backend::Postgres).await;
}

#[tokio::test]
async fn a_fee_changed_in_a_ministrys_csv_is_in_search_in_the_offering_and_on_the_page_on_sqlite() {
    tell_of_a_fee(Backend::Sqlite).await;
}

#[tokio::test]
async fn a_counter_that_closes_early_shows_as_a_deviation_on_the_page_on_postgres() {
    tell_of_hours(Backend::Postgres).await;
}

#[tokio::test]
async fn a_counter_that_closes_early_shows_as_a_deviation_on_the_page_on_sqlite() {
    tell_of_hours(Backend::Sqlite).await;
}

async fn tell_of_a_fee(backend: Backend) {
    let suite = Suite::start(backend).await;
    let ministry = town::open(&suite).await;
    eventually(PATIENCE, "the page shows the mall", async || on_page(&suite, "Banyuwangi").await)
        .await;
    assert_eq!(
        offered_fee(&suite).await,
        Ok(vec![50_000]),
        "the fee as the ministry published it first"
    );

    let heard = http::listen(&suite.page("/events?of=/"), "Rp75.000");
    let region = follow_region(&suite, Service::Registry, &["offering", "service"]).await;
    let mut changes = FeedServiceClient::new(suite.channel(Service::Reporting, APP));
    let changes = changes.watch(WatchRequest::default()).await.expect("a stream").into_inner();
    raise_the_fee(&suite, &ministry).await;
    let ended = Instant::now();
    let is_new = |fees: Vec<i64>| that(fees == [NEW_FEE], format!("the fees are {fees:?}"));
    let (search, offering, page) = tokio::join!(
        async {
            let seen = async || is_new(searched_fee(&suite).await?);
            eventually(PATIENCE, "the new fee is in the search", seen).await;
            ended.elapsed()
        },
        async {
            eventually(PATIENCE, "the new fee is in the offering", async || {
                is_new(offered_fee(&suite).await?)
            })
            .await;
            ended.elapsed()
        },
        async {
            eventually(PATIENCE, "the new fee is on the page", async || {
                on_page(&suite, "Rp75.000").await
            })
            .await;
            ended.elapsed()
        },
    );
    println!(
        "{backend:?}, after the agent's end: search {search:.0?}, offering {offering:.0?}, page {page:.0?} (goal 2 s)"
    );
    assert_eq!(service_fee(&suite).await, [NEW_FEE]);
    let heard = tokio::time::timeout(PATIENCE, heard).await;
    let heard = heard.expect("an open page hears of it").expect("a listener");
    heard.expect("the fee, in an event");
    hears_of(region, |name| name == KTP_HILANG).await;
    hears_of(changes, |name| name.starts_with("catalogChanges/")).await;
}

/// One watch of a regency, with what its records rest on, from now on.
async fn follow_region(
    suite: &Suite,
    service: Service,
    kinds: &[&str],
) -> Streaming<WatchResponse> {
    let filter = Filter {
        kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
        labels: [("region".to_owned(), "35.10".to_owned())].into(),
        wider: true,
        ..Filter::default()
    };
    let request = WatchRequest { filter: Some(filter), ..Default::default() };
    let mut feed = FeedServiceClient::new(suite.channel(service, APP));
    feed.watch(request).await.expect("a stream").into_inner()
}

async fn hears_of(mut feed: Streaming<WatchResponse>, is_it: impl Fn(&str) -> bool) {
    let heard = async {
        loop {
            let message = feed.message().await.expect("no refusal").expect("not the end");
            if message.changes.iter().any(|change| is_it(&change.name)) {
                return;
            }
        }
    };
    tokio::time::timeout(PATIENCE, heard).await.expect("who follows hears of it");
}

/// The ministry edits its file, and its agent runs: one record of three has changed.
async fn raise_the_fee(suite: &Suite, ministry: &Ministry) {
    let mut rows = town::catalog();
    rows[0] = row("KTP-HILANG", "Penggantian KTP elektronik yang hilang", "Rp 75.000");
    ministry.publish(&rows);
    let said = ministry.sync(suite).await.succeeded();
    assert!(said.contains("read 3 = sent 1 + known 2"), "only what changed is sent:\n{said}");
}

fn amounts(fees: &[Fee]) -> Vec<i64> {
    fees.iter().map(|fee| fee.amount_rupiah).collect()
}

async fn service_fee(suite: &Suite) -> Vec<i64> {
    let request = GetServiceRequest { name: KTP_HILANG.into(), min_revision: 0 };
    let answer = town::catalog_of(suite, APP).get_service(request).await.expect("the service");
    amounts(&answer.into_inner().service.expect("a service").fees)
}

async fn offered_fee(suite: &Suite) -> Result<Vec<i64>, String> {
    let request = GetOfferingRequest { name: OFFERING.into(), min_revision: 0 };
    let answer = town::catalog_of(suite, APP)
        .get_offering(request)
        .await
        .map_err(|status| status.to_string())?;
    Ok(amounts(&answer.into_inner().offering.unwrap_or_default().effective_fees))
}

/// The fee of the best hit, where it and its place in the mall say the same.
async fn searched_fee(suite: &Suite) -> Result<Vec<i64>, String> {
    let request =
        SearchServicesRequest { query: "kalau ktp hilang gimana".into(), ..Default::default() };
    let mut search = SearchServiceClient::new(suite.channel(Service::Registry, APP));
    let answer =
        search.search_services(request).await.map_err(|status| status.to_string())?.into_inner();
    let best = answer.hits.first().ok_or("nothing is found")?;
    that(best.service == KTP_HILANG, format!("{} is first", best.service))?;
    let place = best.places.first().ok_or("the mall is not among the places")?;
    let (fee, local) = (amounts(&best.fees), amounts(&place.fees));
    that(
        place.offering == OFFERING && fee == local,
        format!("{}: {fee:?} and {local:?}", place.offering),
    )?;
    Ok(fee)
}

async fn on_page(suite: &Suite, words: &str) -> Result<(), String> {
    let (status, body) = http::get(&suite.page("/")).await?;
    that(status == 200 && body.contains(words), format!("status {status}, without '{words}'"))
}

async fn tell_of_hours(backend: Backend) {
    let suite = Suite::start(backend).await;
    town::open(&suite).await;
    eventually(PATIENCE, "the counter agrees with its mall", async || {
        that(findings(&suite, false).await? == Some(vec![]), "it is not measured yet")
    })
    .await;

    let region = follow_region(&suite, Service::Scheduling, &["hours_rule", "deviation"]).await;
    town::set_hours(&suite, ORGANISER, "dukcapil-early", DUKCAPIL, ("00:00", "11:00")).await;
    hears_of(region, |name| name == "hoursRules/dukcapil-early").await;
    let told = Instant::now();
    eventually(PATIENCE, "scheduling finds that it closes early", async || {
        let found = findings(&suite, true).await?.ok_or("it does not deviate")?;
        that(found.contains(&Code::ClosesEarly), format!("{found:?}"))
    })
    .await;
    let scheduling = told.elapsed();
    eventually(PATIENCE, "the report says so", async || reported(&suite).await).await;
    let report = told.elapsed();
    eventually(PATIENCE, "the page says so", async || on_page(&suite, "Tutup lebih awal").await)
        .await;
    let page = told.elapsed();
    println!(
        "{backend:?}, after the new hours: scheduling {scheduling:.0?}, report {report:.0?}, page {page:.0?} (goal 2 s)"
    );
}

/// The codes of the findings on the counter's week; `None` if it is not listed.
async fn findings(suite: &Suite, only_deviating: bool) -> Result<Option<Vec<Code>>, String> {
    let request =
        ListDeviationsRequest { scope: DUKCAPIL.into(), only_deviating, ..Default::default() };
    let mut hours = HoursServiceClient::new(suite.channel(Service::Scheduling, APP));
    let answer =
        hours.list_deviations(request).await.map_err(|status| status.to_string())?.into_inner();
    let of = |deviation: &mpp_api::scheduling::Deviation| {
        let of_mall = |finding: &&Finding| finding.yardstick() == Yardstick::Mall;
        deviation.findings.iter().filter(of_mall).map(Finding::code).collect()
    };
    Ok(answer.deviations.first().map(of))
}

async fn reported(suite: &Suite) -> Result<(), String> {
    let mut reports = ReportServiceClient::new(suite.channel(Service::Reporting, APP));
    let answer = reports
        .get_report(GetReportRequest::default())
        .await
        .map_err(|status| status.to_string())?;
    let report = answer.into_inner().report.unwrap_or_default();
    let here = report.deviations.iter().find(|deviation| deviation.counter == DUKCAPIL);
    let found = here.ok_or("the counter is not among the deviations")?;
    that(found.code() == Code::ClosesEarly, format!("the report says {:?}", found.code()))
}
