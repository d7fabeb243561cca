//! The cost of the nation's page for its listeners: bytes a listener and minute while tickets come
//! all the time, and how long an event takes to reach all of them.
//!
//!     cargo run --release -p mpp-web --example listen [SECONDS] [LISTENERS]
//!
//! Reporting is played here: 514 malls, 3,000 counters, a ticket ten times a second, told as
//! reporting tells it, once a second. The pages and their streams are the real ones, over HTTP.

use std::{
    collections::BTreeMap,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use futures::{Stream, StreamExt as _};
use mpp_api::{
    registry::mall::Stage,
    report::{WatchReportResponse, difference},
    reporting::{
        Extent, Freshness, GetMallReportRequest, GetMallReportResponse, GetReportRequest,
        GetReportResponse, MallReport, ProvinceReport, RegionReport, Report, Share, StageCount,
        VerifyProjectionsRequest, VerifyProjectionsResponse, WatchReportRequest,
        freshness::Feed,
        report_service_server::{ReportService, ReportServiceServer},
    },
    types::LocalizedText,
};
use mpp_client::Endpoint;
use mpp_core::Clock;
use mpp_rpc::HealthPolicy;
use mpp_web::{Options, Policy, PublicAddresses};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::{broadcast, watch},
    time::sleep,
};
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};

const MALLS: i32 = 514;
const COUNTERS: i32 = 3_000;
const PROVINCES: i32 = 38;

#[tokio::main]
async fn main() {
    let mut asked = std::env::args().skip(1).map(|text| text.parse::<u64>().expect("a number"));
    let (seconds, listeners) = (asked.next().unwrap_or(60), asked.next().unwrap_or(100));
    let reporting = Reporting::start().await;
    let pages = pages(&reporting.address, listeners).await;
    let mut heard = Vec::new();
    for number in 0..listeners {
        heard.push(listen(&pages, if number % 2 == 0 { "/" } else { "/en" }).await);
    }
    sleep(Duration::from_secs(2)).await;
    busy(&reporting, &heard, seconds).await;
    alone(&reporting, &heard).await;
}

/// Tickets come all the time.
async fn busy(reporting: &Reporting, heard: &[Heard], seconds: u64) {
    let before: Vec<u64> = heard.iter().map(Heard::bytes).collect();
    let (began, cpu) = (Instant::now(), cpu_time());
    while began.elapsed() < Duration::from_secs(seconds) {
        (0..10).for_each(|_| reporting.ticket());
        reporting.tell();
        sleep(Duration::from_secs(1)).await;
    }
    let minutes = began.elapsed().as_secs_f64() / 60.0;
    let most = heard.iter().zip(before).map(|(heard, before)| heard.bytes() - before).max();
    let kib = most.unwrap_or_default() as f64 / 1024.0 / minutes;
    println!(
        "{} listeners, ten tickets a second for {seconds} s: {kib:.0} KiB a listener and minute, \
         {:.1} % of one processor (reporting's part and the listeners' included)",
        heard.len(),
        (cpu_time() - cpu) * 100.0 / began.elapsed().as_secs_f64()
    );
}

/// One ticket after a silence: until every listener has it.
async fn alone(reporting: &Reporting, heard: &[Heard]) {
    let mut took = Vec::new();
    for _ in 0..20 {
        sleep(Duration::from_millis(1_700)).await;
        let before: Vec<u64> = heard.iter().map(Heard::bytes).collect();
        let began = Instant::now();
        reporting.ticket();
        reporting.tell();
        for (heard, before) in heard.iter().zip(before) {
            while heard.bytes() == before {
                sleep(Duration::from_millis(1)).await;
            }
        }
        took.push(began.elapsed());
    }
    took.sort();
    println!("a ticket after a silence reaches all: p50 {:.1?}, most {:.1?}", took[10], took[19]);
}

/// Bytes that a listener got.
struct Heard(Arc<AtomicU64>);

impl Heard {
    fn bytes(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

async fn listen(pages: &str, page: &str) -> Heard {
    let mut stream = TcpStream::connect(pages).await.expect("connected");
    let request = format!("GET /events?of={page} HTTP/1.1\r\nHost: {pages}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("asked");
    let bytes = Arc::new(AtomicU64::new(0));
    let count = bytes.clone();
    tokio::spawn(async move {
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(read @ 1..) = stream.read(&mut buffer).await {
            count.fetch_add(read as u64, Ordering::Relaxed);
        }
    });
    Heard(bytes)
}

/// The pages, for this many listeners from one address.
async fn pages(reporting: &str, listeners: u64) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound").to_string();
    let endpoint = Endpoint { address: reporting.to_owned(), ..Endpoint::default() };
    let listeners = usize::try_from(listeners).expect("listeners") * 2;
    let policy = Policy { listeners, address_part: 1, ..Policy::default() };
    let options = Options {
        registry: endpoint.clone(),
        scheduling: endpoint.clone(),
        reporting: endpoint,
        client: mpp_client::Settings::default(),
        clock: Clock::system(),
        health: HealthPolicy::default(),
        policy,
        public: PublicAddresses::default(),
    };
    let mut running = mpp_web::start(options, CancellationToken::new()).expect("started");
    let router = running.router.clone();
    tokio::spawn(async move { running.tasks.join_next().await });
    let stop = CancellationToken::new();
    tokio::spawn(mpp_rpc::serve_http(listener, router, Policy::default().limits(), stop));
    while !running.readiness.is_ready() {
        sleep(Duration::from_millis(10)).await;
    }
    address
}

/// Seconds of processor time of this process.
fn cpu_time() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split(' ').collect();
    let ticks: f64 = [12, 13].iter().filter_map(|at| fields.get(*at)?.parse::<f64>().ok()).sum();
    ticks / 100.0
}

/// The nation's report, and who watches it.
struct Reporting {
    address: String,
    state: watch::Sender<Report>,
    changes: broadcast::Sender<WatchReportResponse>,
    told: std::sync::Mutex<Report>,
}

impl Reporting {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("bound"));
        let state = watch::Sender::new(nation());
        let changes = broadcast::Sender::new(16);
        let service = Watching { state: state.clone(), changes: changes.clone() };
        let incoming = tokio_stream::wrappers::TcpListenerStream::new(listener);
        tokio::spawn(async move {
            let server = tonic::transport::Server::builder();
            let routes = tonic::service::Routes::new(ReportServiceServer::new(service));
            let mut server = server;
            server.add_routes(routes).serve_with_incoming(incoming).await.expect("served");
        });
        let told = std::sync::Mutex::new(state.borrow().clone());
        Self { address, state, changes, told }
    }

    /// Somebody was served at some mall.
    fn ticket(&self) {
        self.state.send_modify(|report| {
            report.tickets_completed_today += 1;
            let at = report.tickets_completed_today.unsigned_abs() as usize % report.malls.len();
            report.malls[at].tickets_issued_today += 1;
            report.malls[at].tickets_completed_today += 1;
            report.freshness[1].revision += 1;
            report.known_on = Some(timestamp());
            report.freshness[1].commit_time = report.known_on;
        });
    }

    /// Tells what changed.
    fn tell(&self) {
        let now = self.state.borrow().clone();
        let mut told = self.told.lock().expect("no panic");
        let change = WatchReportResponse::change(&difference(&told, &now));
        *told = now;
        let _ = self.changes.send(change);
    }
}

fn timestamp() -> prost_types::Timestamp {
    let now = Clock::system().now();
    prost_types::Timestamp { seconds: now / 1_000_000, nanos: 0 }
}

struct Watching {
    state: watch::Sender<Report>,
    changes: broadcast::Sender<WatchReportResponse>,
}

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl ReportService for Watching {
    type WatchReportStream =
        Pin<Box<dyn Stream<Item = Result<WatchReportResponse, Status>> + Send>>;

    async fn watch_report(
        &self,
        _: Request<WatchReportRequest>,
    ) -> Answer<Self::WatchReportStream> {
        let changes = tokio_stream::wrappers::BroadcastStream::new(self.changes.subscribe());
        let changes = changes.map(|change| change.map_err(|_| Status::data_loss("too slow")));
        let first = WatchReportResponse::whole(&self.state.borrow());
        let first = futures::stream::once(async { Ok(first) });
        Ok(Response::new(Box::pin(first.chain(changes))))
    }

    async fn get_report(&self, _: Request<GetReportRequest>) -> Answer<GetReportResponse> {
        Err(Status::unimplemented("not here"))
    }

    async fn get_mall_report(
        &self,
        _: Request<GetMallReportRequest>,
    ) -> Answer<GetMallReportResponse> {
        Err(Status::unimplemented("not here"))
    }

    async fn verify_projections(
        &self,
        _: Request<VerifyProjectionsRequest>,
    ) -> Answer<VerifyProjectionsResponse> {
        Err(Status::unimplemented("not here"))
    }
}

/// A mall in each of the 514.
fn nation() -> Report {
    let province = |number: i32| format!("regions/{}", 11 + number % PROVINCES * 2);
    let region = |number: i32| format!("{}.{:02}", province(number), number / PROVINCES + 1);
    let text = |id: String| Some(LocalizedText { en: id.clone(), id });
    let counters = COUNTERS / MALLS;
    let malls = (0..MALLS).map(|number| MallReport {
        mall: format!("malls/mall-{number}"),
        display_name: text(format!("Mal Pelayanan Publik Kabupaten {number}")),
        region: region(number),
        region_name: format!("Kabupaten {number}"),
        province: province(number),
        stage: Stage::Operating.into(),
        stage_date: "2024-05-02".into(),
        counters,
        uniform_counters: counters - 1,
        deviating_counters: 1,
        offerings: 40,
        ..MallReport::default()
    });
    let mut malls: Vec<MallReport> = malls.collect();
    malls.sort_by(|one, other| (&one.region, &one.mall).cmp(&(&other.region, &other.mall)));
    let regions = malls.iter().map(|mall| RegionReport {
        region: mall.region.clone(),
        display_name: mall.region_name.clone(),
        province: mall.province.clone(),
        malls: 1,
        covered: true,
        stage: mall.stage,
        ..RegionReport::default()
    });
    let mut of_province: BTreeMap<&str, i32> = BTreeMap::new();
    for mall in &malls {
        *of_province.entry(&mall.province).or_default() += 1;
    }
    let provinces = of_province.into_iter().map(|(name, malls)| ProvinceReport {
        region: name.to_owned(),
        display_name: format!("Provinsi {name}"),
        regions: malls,
        covered: malls,
        malls,
        counters: malls * counters,
        deviating_counters: malls,
    });
    let share = |numerator, denominator| Some(Share { numerator, denominator, ..Share::default() });
    let feed = |feed: Feed| Freshness {
        feed: feed.into(),
        revision: 1,
        commit_time: Some(timestamp()),
        seen_time: Some(timestamp()),
        connected: true,
        ..Freshness::default()
    };
    Report {
        as_of: "2026-11-24".into(),
        known_on: Some(timestamp()),
        coverage_all: share(MALLS, MALLS),
        coverage_autonomous: share(508, 508),
        uniformity: share(COUNTERS - MALLS, COUNTERS),
        stages: vec![StageCount { stage: Stage::Operating.into(), malls: MALLS }],
        provinces: provinces.collect(),
        regions: regions.collect(),
        extent: Some(Extent { malls: MALLS, operating_malls: MALLS, ..Extent::default() }),
        freshness: vec![feed(Feed::Registry), feed(Feed::Scheduling)],
        complete: true,
        malls,
        ..Report::default()
    }
}
