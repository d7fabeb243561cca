//! Two upstreams that only serve their feeds, and reporting beside them.

use std::{net::SocketAddr, time::Duration};

use mpp_api::{
    Document,
    reporting::{
        GetMallReportRequest, GetReportRequest, MallDetail, Report, VerifyProjectionsRequest,
        report_service_client::ReportServiceClient,
    },
    types::Tombstone,
};
use mpp_client::Endpoint;
use mpp_core::{Clock, Micros};
use mpp_reporting::{Options, Policy, Running};
use mpp_rpc::feed::FeedServer;
use mpp_store::{Actor, Db, Expect, Feed, FeedOptions, Labels, Schema};
use mpp_testkit::{Backend, TestDatabase, database};
use tokio::{net::TcpListener, task::JoinHandle, time::timeout};
use tokio_stream::wrappers::TcpListenerStream;
use tokio_util::sync::CancellationToken;
use tonic::{Status, service::Routes};

/// 24 November 2026, 07:00 in Jakarta.
pub const MORNING: Micros = 1_795_478_400_000_000;
pub const SECOND: Micros = 1_000_000;
pub const DAY: Micros = 86_400 * SECOND;

/// Longer than anything here takes; reached only by what never comes.
pub const PATIENCE: Duration = Duration::from_secs(240);

/// A service that serves its feed and nothing else.
pub struct Upstream {
    database: TestDatabase,
    db: Db,
    stop: CancellationToken,
    server: JoinHandle<()>,
    pub address: SocketAddr,
}

impl Upstream {
    pub async fn start(service: &'static str, clock: &Clock) -> Self {
        let database = database(Backend::Sqlite).await;
        let schema = Schema { service, steps: &[], history_kinds: &[], standing_kinds: &[] };
        let options = database.options(clock.clone());
        let db = Db::open_migrated(&options, &schema).await.expect("an empty database");
        Self::serve(database, db, None).await
    }

    async fn serve(database: TestDatabase, db: Db, address: Option<SocketAddr>) -> Self {
        let stop = CancellationToken::new();
        let options =
            FeedOptions { bookmark_interval: Duration::from_millis(300), ..FeedOptions::default() };
        let feed = Feed::start(db.clone(), options, stop.clone()).await.expect("a feed");
        let at = address.unwrap_or_else(|| "127.0.0.1:0".parse().expect("an address"));
        let listener = listen(at).await;
        let address = listener.local_addr().expect("bound");
        let ends = stop.clone();
        let server = tokio::spawn(async move {
            let served = tonic::transport::Server::builder()
                .add_service(FeedServer::new(feed, mpp_api::document::KINDS).into_route())
                .serve_with_incoming_shutdown(TcpListenerStream::new(listener), ends.cancelled())
                .await;
            served.expect("served");
        });
        Self { database, db, stop, server, address }
    }

    /// Cuts every connection and comes back at the same address.
    pub async fn reconnect(self) -> Self {
        let address = self.address;
        self.move_to(address).await
    }

    /// Cuts every connection and comes back at another address.
    pub async fn move_to(self, address: SocketAddr) -> Self {
        self.stop.cancel();
        self.server.abort();
        let _ = self.server.await;
        Self::serve(self.database, self.db, Some(address)).await
    }

    pub async fn end(self) -> SocketAddr {
        self.stop.cancel();
        self.server.abort();
        let _ = self.server.await;
        self.address
    }

    /// Puts a record; answers the revision.
    pub async fn put<D: Document>(&self, name: &str, doc: &D) -> i64 {
        let by = Actor::new("api", "units/kemendagri");
        let mut tx = self.db.begin(&by).await.expect("a transaction");
        tx.put(name, doc, Labels::new(), Expect::Any).await.expect("put");
        tx.commit().await.expect("committed")
    }

    /// Puts records in one transaction.
    pub async fn put_all<D: Document>(&self, docs: &[(String, D)]) -> i64 {
        let by = Actor::new("api", "units/kemendagri");
        let mut tx = self.db.begin(&by).await.expect("a transaction");
        for (name, doc) in docs {
            tx.put(name, doc, Labels::new(), Expect::Any).await.expect("put");
        }
        tx.commit().await.expect("committed")
    }

    pub async fn delete<D: Document>(&self, name: &str) -> i64 {
        let by = Actor::new("api", "units/kemendagri");
        let mut tx = self.db.begin(&by).await.expect("a transaction");
        let tombstone = Tombstone { reason: 1, ..Tombstone::default() };
        tx.delete::<D>(name, &tombstone, Expect::Any).await.expect("deleted");
        tx.commit().await.expect("committed")
    }
}

async fn listen(address: SocketAddr) -> TcpListener {
    loop {
        match TcpListener::bind(address).await {
            Ok(listener) => return listener,
            // The old listener is about to go.
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

/// Everything that a story needs.
pub struct World {
    pub clock: Clock,
    policy: Policy,
    pub registry: Upstream,
    pub scheduling: Upstream,
    pub database: TestDatabase,
    pub reporting: Running,
    shutdown: CancellationToken,
}

impl World {
    /// Watchers are sent each change at once.
    pub async fn start(database: TestDatabase) -> Self {
        Self::start_with(database, 0).await
    }

    /// Starts with another pace of watching.
    pub async fn start_with(database: TestDatabase, watch_pace_millis: u64) -> Self {
        let policy = Policy {
            feed_silence_seconds: 2,
            lag_tolerated_seconds: 1,
            watch_pace_millis,
            ..Policy::default()
        };
        let clock = Clock::stopped_at(MORNING);
        let registry = Upstream::start("registry", &clock).await;
        let scheduling = Upstream::start("scheduling", &clock).await;
        let shutdown = CancellationToken::new();
        let options = options(&database, &clock, &policy, &registry, &scheduling);
        let reporting = mpp_reporting::start(options, shutdown.clone()).await.expect("started");
        let world = Self { clock, policy, registry, scheduling, database, reporting, shutdown };
        // From here on every change comes as a change, not within the first state.
        world.until("both feeds are read", |report| report.complete).await;
        world
    }

    /// Another replica over the same database; PostgreSQL only.
    pub async fn replica(&self) -> Running {
        let options =
            options(&self.database, &self.clock, &self.policy, &self.registry, &self.scheduling);
        mpp_reporting::start(options, self.shutdown.clone()).await.expect("started")
    }

    /// Ends reporting as a drain does, and starts it again.
    pub async fn restart(self) -> Self {
        self.restart_after(async |_| {}).await
    }

    /// The same, with something done to the database before it starts again.
    pub async fn restart_after(mut self, between: impl AsyncFnOnce(&mpp_store::Options)) -> Self {
        self.shutdown.cancel();
        while self.reporting.tasks.join_next().await.is_some() {}
        self.start_again(between).await
    }

    /// Ends reporting as a kill does: nothing is said, the lease has to run out.
    pub async fn crash(mut self) -> Self {
        self.reporting.tasks.shutdown().await;
        self.clock.advance(10 * SECOND);
        // The feed's own tasks: a kill ends them as well.
        self.shutdown.cancel();
        self.start_again(async |_| {}).await
    }

    async fn start_again(self, between: impl AsyncFnOnce(&mpp_store::Options)) -> Self {
        let Self { clock, policy, registry, scheduling, database, reporting, .. } = self;
        drop(reporting);
        let_go(&database.options(clock.clone())).await;
        between(&database.options(clock.clone())).await;
        let shutdown = CancellationToken::new();
        let options = options(&database, &clock, &policy, &registry, &scheduling);
        let started = mpp_reporting::start(options, shutdown.clone()).await;
        let reporting = started.expect("started again");
        Self { clock, policy, registry, scheduling, database, reporting, shutdown }
    }

    pub fn client(&self) -> ReportServiceClient<Routes> {
        ReportServiceClient::new(self.reporting.routes.clone())
    }

    pub async fn ask(&self, request: GetReportRequest) -> Result<Report, Status> {
        let answer = timeout(PATIENCE, self.client().get_report(request)).await;
        Ok(answer.expect("an answer in time")?.into_inner().report.expect("a report"))
    }

    pub async fn mall(&self, name: &str) -> Result<MallDetail, Status> {
        let request = GetMallReportRequest { mall: name.to_owned(), ..Default::default() };
        let answer = self.client().get_mall_report(request).await?;
        Ok(answer.into_inner().mall.expect("a mall"))
    }

    /// The report once the registry's feed was read up to there.
    pub async fn after(&self, registry: i64) -> Report {
        self.after_both(registry, 0).await
    }

    pub async fn after_both(&self, registry: i64, scheduling: i64) -> Report {
        let request = GetReportRequest {
            min_registry_revision: registry,
            min_scheduling_revision: scheduling,
            ..GetReportRequest::default()
        };
        self.ask(request).await.expect("a report")
    }

    /// The report as of a day, known on a time.
    pub async fn as_of(&self, day: &str, known_on: Option<Micros>) -> Report {
        let known_on = known_on.map(mpp_api::time::to_timestamp);
        let request =
            GetReportRequest { as_of: day.into(), known_on, ..GetReportRequest::default() };
        self.ask(request).await.expect("a report")
    }

    /// Asks again until the report is as it should be.
    pub async fn until(&self, what: &str, holds: impl Fn(&Report) -> bool) -> Report {
        let mut last = None;
        let asked = timeout(PATIENCE, async {
            loop {
                let report = self.after(0).await;
                if holds(&report) {
                    return report;
                }
                let seen = report.incomplete_reason.map(|why| why.en);
                last = Some((report.freshness, seen));
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        let asked = asked.await;
        asked.unwrap_or_else(|_| panic!("never came: {what}; last it was {last:?}"))
    }

    /// Compares the rebuilt projections with the live ones; answers how many events there are.
    pub async fn verify(&self) -> i64 {
        let verified = self.client().verify_projections(VerifyProjectionsRequest {}).await;
        let verified = verified.expect("verified").into_inner();
        assert_eq!(verified.differences, Vec::<String>::new());
        assert!(verified.equal);
        assert_eq!(verified.live_digest, verified.rebuilt_digest);
        verified.inbox_count
    }

    /// Cancels what a drain cancels.
    pub fn drain(&self) {
        self.shutdown.cancel();
    }
}

/// Waits until nobody holds the database, which on SQLite one process owns.
async fn let_go(options: &mpp_store::Options) {
    let opened = timeout(PATIENCE, async {
        loop {
            match Db::open(options, &mpp_reporting::SCHEMA).await {
                Ok(db) => return db.close().await,
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    });
    opened.await.expect("the database is let go");
}

fn options(
    database: &TestDatabase,
    clock: &Clock,
    policy: &Policy,
    registry: &Upstream,
    scheduling: &Upstream,
) -> Options {
    let endpoint = |upstream: &Upstream| Endpoint {
        address: format!("http://{}", upstream.address),
        ..Endpoint::default()
    };
    let policy = policy.clone();
    let database = database.options(clock.clone());
    let options = Options::new(database, endpoint(registry), endpoint(scheduling));
    Options { migrate: true, policy, ..options }
}
