//! From an edit in an office's own database to search, to the offering and to the page, at the
//! nation's size: by the agent, which hears of it by a notification.

mod office;

use std::{
    sync::{Arc, atomic::Ordering::Relaxed},
    time::{Duration, Instant},
};

use mpp_api::{
    registry::{
        AcceptOfferingRequest, CreateOfferingRequest, GetOfferingRequest, GetServiceRequest,
        Offering, SearchServicesRequest, Service as CatalogService,
        catalog_service_client::CatalogServiceClient, search_service_client::SearchServiceClient,
    },
    types::Fee,
};
use mpp_client::Channel;
use mpp_testkit::Backend;
use mpp_tests::{
    Service, Suite,
    copy::Copy,
    http,
    keys::{APP, AUDITOR, OFFICER, ORGANISER},
    town::{self, DUKCAPIL},
};
use prost::Message as _;
use tokio::task::JoinHandle;

use self::office::Office;
use crate::{
    fair::{self, State},
    quantile,
    sync::founded,
    verdict,
};

/// Services of the nation.
const NATION: usize = 100_000;
/// Those of them that the office keeps: as many as a regency has, and as many as a large ministry.
const OWN: [usize; 2] = [1_000, 20_000];
/// Services that are offered at the counter, each of which is edited.
const EDITS: usize = 100;
const PAUSE: Duration = Duration::from_millis(500);
/// Between two looks for one edit: those who look take processors, too.
const LOOK: Duration = Duration::from_millis(50);
const LIMIT_MILLIS: f64 = 2_000.0;
/// When an edit that is not seen is given up.
const LONGEST: Duration = Duration::from_secs(120);

pub async fn measure() {
    for own in OWN {
        nation(own).await;
    }
}

async fn nation(own: usize) {
    let (suite, cluster) = founded(Backend::Postgres).await;
    let cluster = cluster.expect("PostgreSQL");
    let mut office = Office::found(&suite, &cluster, own).await;
    others(&suite, NATION - own).await;
    let begun = Instant::now();
    office.start_agent(&suite);
    synced(&suite, own).await;
    println!(
        "edit: an office with {own} of {NATION} services, first read {:.1} s, PostgreSQL",
        begun.elapsed().as_secs_f64()
    );
    offer(&suite).await;
    edits(&suite, &mut office, 0, "idle").await;
    let (state, large) = first_syncs(&suite).await;
    edits(&suite, &mut office, 1, "beside three first syncs").await;
    fair::end(&state, large).await;
    agree(&suite, &mut office).await;
}

/// The services of all other offices, by one source.
async fn others(suite: &Suite, count: usize) {
    let channel = fair::source(suite, "lainnya").await;
    let records = NATION..NATION + count;
    let sync = fair::first_sync(channel, "sources/lainnya".into(), records, Arc::default());
    assert!(sync.await, "it comes to its end");
}

async fn synced(suite: &Suite, own: usize) {
    let name = service(own - 1);
    let mut catalog = CatalogServiceClient::new(suite.channel(Service::Registry, APP));
    let begun = Instant::now();
    while catalog
        .get_service(GetServiceRequest { name: name.clone(), min_revision: 0 })
        .await
        .is_err()
    {
        assert!(begun.elapsed() < 5 * LONGEST, "the agent has not sent {name}");
        tokio::time::sleep(PAUSE).await;
    }
}

async fn offer(suite: &Suite) {
    let (mut officer, mut organiser) =
        (town::catalog_of(suite, OFFICER), town::catalog_of(suite, ORGANISER));
    for row in 0..EDITS {
        let offering = Offering { service: service(row), ..Offering::default() };
        let request = CreateOfferingRequest {
            parent: DUKCAPIL.into(),
            offering_id: format!("layanan-{row}"),
            offering: Some(offering),
            request_id: town::request_id(),
            ..Default::default()
        };
        officer.create_offering(request).await.expect("an offering");
        let request = AcceptOfferingRequest {
            name: offering_of(row),
            request_id: town::request_id(),
            ..Default::default()
        };
        organiser.accept_offering(request).await.expect("an accepted offering");
    }
}

async fn first_syncs(suite: &Suite) -> (Arc<State>, Vec<JoinHandle<bool>>) {
    let state = Arc::<State>::default();
    let mut large = Vec::new();
    for number in 0..3 {
        let channel = fair::source(suite, &format!("besar-{number}")).await;
        let first = 10 * NATION + number * fair::RECORDS;
        let (records, source) = (first..first + fair::RECORDS, format!("sources/besar-{number}"));
        large.push(tokio::spawn(fair::first_sync(channel, source, records, state.clone())));
    }
    while state.taken.load(Relaxed) < 1_500 {
        tokio::time::sleep(PAUSE).await;
    }
    (state, large)
}

/// Edits one service after another, and shows how long each took to be seen.
async fn edits(suite: &Suite, office: &mut Office, round: i64, when: &str) {
    let mut seen = Vec::new();
    for row in 0..EDITS {
        let rupiah = 10_000 + 1_000 * i64::try_from(row).expect("small") + round;
        office.edit(row, rupiah).await;
        let looks = Looks::new(suite, row, rupiah);
        seen.push(tokio::spawn(looks.until_seen(Instant::now())));
        tokio::time::sleep(PAUSE).await;
    }
    let mut times = [const { Vec::new() }; 3];
    for seen in seen {
        let took = seen.await.expect("a look");
        times.iter_mut().zip(took).for_each(|(times, took)| times.push(took));
    }
    for (what, mut millis) in ["search", "offering", "page"].into_iter().zip(times) {
        millis.sort_by(f64::total_cmp);
        let [p50, p99, max] = [500, 990, 1000].map(|part| quantile(&millis, part));
        println!(
            "  {when}, edit to {what}: p50 {p50:.0} ms, p99 {p99:.0} ms, max {max:.0} ms \
             (goal p99 2 s, {})",
            verdict(p99 <= LIMIT_MILLIS)
        );
    }
}

/// A place in which an edit is to be seen.
#[derive(Clone, Copy)]
enum Place {
    Search,
    Offering,
    Page,
}

impl Place {
    const ALL: [Self; 3] = [Self::Search, Self::Offering, Self::Page];
}

/// Somebody who looks for one edit, in three places.
struct Looks {
    row: usize,
    rupiah: i64,
    channel: Channel,
    page: String,
}

impl Looks {
    fn new(suite: &Suite, row: usize, rupiah: i64) -> Self {
        let page = suite.page(&format!("/{}", service(row)));
        Self { row, rupiah, channel: suite.channel(Service::Registry, APP), page }
    }

    /// Milliseconds until search, the offering and the page show it.
    async fn until_seen(self, begun: Instant) -> [f64; 3] {
        let [search, offering, page] = Place::ALL.map(|place| self.seen_in(place, begun));
        tokio::join!(search, offering, page).into()
    }

    async fn seen_in(&self, place: Place, begun: Instant) -> f64 {
        while !self.is_shown(place).await {
            assert!(begun.elapsed() < LONGEST, "an edit is not seen");
            tokio::time::sleep(LOOK).await;
        }
        begun.elapsed().as_secs_f64() * 1_000.0
    }

    async fn is_shown(&self, place: Place) -> bool {
        match place {
            Place::Search => self.is_searched().await,
            Place::Offering => self.is_offered().await,
            Place::Page => self.is_on_page().await,
        }
    }

    async fn is_searched(&self) -> bool {
        let query = format!("layanan nomor {}", self.row);
        let request = SearchServicesRequest { query, ..Default::default() };
        let answer = SearchServiceClient::new(self.channel.clone()).search_services(request).await;
        let hits = answer.map(|answer| answer.into_inner().hits).unwrap_or_default();
        let here = hits.iter().find(|hit| hit.service == service(self.row));
        here.is_some_and(|hit| self.is_new(&hit.fees))
    }

    async fn is_offered(&self) -> bool {
        let request = GetOfferingRequest { name: offering_of(self.row), min_revision: 0 };
        let answer = CatalogServiceClient::new(self.channel.clone()).get_offering(request).await;
        let offering = answer.ok().and_then(|answer| answer.into_inner().offering);
        offering.is_some_and(|offering| self.is_new(&offering.effective_fees))
    }

    async fn is_on_page(&self) -> bool {
        let thousands = format!("Rp{}.{:03}", self.rupiah / 1_000, self.rupiah % 1_000);
        http::get(&self.page).await.is_ok_and(|(_, body)| body.contains(&thousands))
    }

    fn is_new(&self, fees: &[Fee]) -> bool {
        fees.iter().any(|fee| fee.amount_rupiah == self.rupiah)
    }
}

/// Every row of the office's table is in the registry's feed, with its fee.
async fn agree(suite: &Suite, office: &mut Office) {
    let channel = suite.channel(Service::Registry, AUDITOR);
    let copy = Copy::of(&channel).await.expect("the registry's feed");
    let rows = office.rows().await;
    for (code, fee) in &rows {
        let key = ("service".to_owned(), format!("units/kemendagri/services/{code}"));
        let (_, document) = copy.records.get(&key).unwrap_or_else(|| panic!("{code} is lost"));
        let service = CatalogService::decode(document.as_slice()).expect("a service");
        let told: Vec<_> = service.fees.iter().map(|fee| fee.source_text.as_str()).collect();
        assert_eq!(told, [fee.as_str()], "{code}");
    }
    println!("  all {} rows stand in the feed as in the office's table", rows.len());
}

fn service(row: usize) -> String {
    format!("units/kemendagri/services/layanan-{row}")
}

fn offering_of(row: usize) -> String {
    format!("{DUKCAPIL}/offerings/layanan-{row}")
}
