//! The standing of each regency and city, live.
//!
//! # Floor plan
//! ```text
//!  two feeds                                      GetReport, WatchReport, …
//!     │                                                    │
//!  jobs     the lease of projecting               grpc     the wire
//!     │                                                    │
//!  follow   each feed to inbox and projections    app      the use cases
//!     │                                                    │
//!  store    inbox, projections, feeds' standing   memory   the nation, the present report
//!     └──────────────── changed rows ──────────────────────┘
//!
//!  model    events to rows, rows to the nation, the nation to a report: pure, under all
//!  metrics  numbers that it tells of itself
//!  policy   numbers that an operator may question
//! ```
//! - **Inbox.** Every upstream change is appended to reporting's own inbox, in one transaction with
//!   that feed's position and with the projections that it changes. The inbox's head row is locked
//!   first, so one replica projects and every replica can read up to a number without a gap.
//! - **Projections** are a function of the inbox ([`model`]). Each row follows from one feed alone;
//!   the two meet only in a report, so it cannot matter how they interleave. `VerifyProjections`
//!   rebuilds all rows in memory and compares digests.
//! - **Memory.** Each replica loads the rows at its start and then reads those that changed, woken
//!   by its own projecting and looking four times a second for another's. Reports are computed
//!   from memory and never ask the database.
//! - **Watching.** The present report is worked out at most once a second, however many events come
//!   in and however many watch; each message holds only changes and is encoded once.
//! - **Own feed.** Catalog changes are records, too, written in the transaction that projects them:
//!   programs that want to hear of a fee as it changes follow them (`mpp.feed.v1`). Everything else
//!   that is shown is worked out, or is a record of an upstream, which serves it itself.
//! - **Lag.** Each replica hears from the upstreams themselves how far they are, and says so if
//!   nobody reads a feed or it is read too late.
//! - **Known on.** A fact counts as known since the upstream's commit time, however often the
//!   report is rebuilt. Stages, malls, counters and offerings keep their past and answer for any
//!   day and any state of knowledge; of sources, deviations and tickets only the last state is
//!   kept, and a report that had to leave some out says so. A copy that starts from an upstream's
//!   state learns when a record last changed, but not its content before that.
//!
//! # Rejected
//! - *Projecting on every replica:* each would follow both feeds and write the same rows; with one
//!   writer the database does the work once, and one number tells a reader that it has all.
//! - *One row per ticket in memory:* a nation prints 150,000 a day; the days' sums are enough.
//! - *Reports in SQL:* every look at the page would be a join over the nation.
//! - *The whole report to every watcher at each event:* at the nation's size some 180 KB, nine
//!   times a second, for each of them.
//! - *Changes by their place in a list:* shorter than by name, but a client that shows a row has
//!   its name, and one wrong place would go unseen.
//!
//! # A new projection
//! Give it a row in `model/facts.rs`, a line in `model/project.rs`, a table in `model/nation.rs`.
//! The store, the rebuild and the replicas need nothing. To show it, add a field to `Report`, and
//! for a list its implementation of `Row` in `mpp_api::report`.

#![forbid(unsafe_code)]

mod app;
mod follow;
mod grpc;
mod jobs;
mod memory;
mod metrics;
mod model;
mod policy;
mod store;

use std::{sync::Arc, time::Duration};

use mpp_api::reporting::report_service_server::ReportServiceServer;
use mpp_client::{Channel, Endpoint, Settings, connect_with};
use mpp_core::{Reason, Result};
use mpp_resource::copies::{Copies, Work};
use mpp_rpc::{HealthPolicy, Readiness, Upstream, feed::FeedServer};
use mpp_store::{Db, Feed, FeedOptions, LastProof};
use tokio::{sync::Notify, task::JoinSet};
use tokio_util::sync::CancellationToken;

pub use metrics::METRICS;
pub use policy::Policy;
pub use store::SCHEMA;

/// Options of the service.
#[derive(Clone, Debug)]
pub struct Options {
    /// Reporting's own database.
    pub database: mpp_store::Options,
    /// Bounds of its own feed.
    pub feed: FeedOptions,
    /// Run the steps that the database lacks first: for `mpp up` and tests.
    pub migrate: bool,
    /// The registry's feed.
    pub registry: Endpoint,
    /// The address of scheduling, whose feed it follows.
    pub scheduling: Endpoint,
    /// Deadlines and retries of the calls to both.
    pub client: Settings,
    /// The upstreams hold made-up records; reports say so.
    pub sample_data: bool,
    /// When the service counts as ready.
    pub health: HealthPolicy,
    /// Numbers that an operator may question.
    pub policy: Policy,
}

impl Options {
    /// The default numbers, over real data.
    pub fn new(database: mpp_store::Options, registry: Endpoint, scheduling: Endpoint) -> Self {
        let (health, policy) = (HealthPolicy::default(), Policy::default());
        let feed = FeedOptions::default();
        Self {
            database,
            feed,
            migrate: false,
            registry,
            scheduling,
            client: Settings::default(),
            sample_data: false,
            health,
            policy,
        }
    }
}

/// The service, running.
pub struct Running {
    /// For the gRPC server.
    pub routes: tonic::service::Routes,
    /// Names the components that are not ready: "database", "clock", and "copies" until both feeds
    /// were read whole once.
    pub readiness: Readiness,
    /// The background tasks; they end after the shutdown was asked for.
    pub tasks: JoinSet<()>,
}

/// Opens the database, loads the memory and starts to follow.
///
/// # Errors
/// A setting out of range, `SCHEMA_MISMATCH` if a migration is missing, `UNAVAILABLE` if the
/// database is away, and a wrong endpoint. An upstream that is away is no error: reports say so.
pub async fn start(options: Options, shutdown: CancellationToken) -> Result<Running> {
    let policy = options.policy;
    policy.check()?;
    let connect = |endpoint| connect_with(endpoint, options.client);
    let channels = [connect(&options.registry)?, connect(&options.scheduling)?];
    let db = match options.migrate {
        true => Db::open_migrated(&options.database, &SCHEMA).await?,
        false => Db::open(&options.database, &SCHEMA).await?,
    };
    let nation = load(&db, &policy).await?;
    let clock = options.database.clock.clone();
    let pace = options.feed.proof;
    let feed = Feed::start(db.clone(), options.feed, shutdown.clone()).await?;
    let memory = memory::Memory::new(nation, clock, policy.clone(), options.sample_data)?;
    let memory = Arc::new(memory);

    metrics::begin(&memory);
    let readiness = Readiness::new(options.health);
    let lost = app::Lost::new(channels.clone());
    let registry = registry(&channels[0], &policy, &memory);
    let proofs = <[LastProof; 2]>::default();
    let copies = serve_copies(&feed, &db, &memory, &proofs);
    tokio::spawn(copies.clone().look_after(db.clone(), pace, shutdown.clone()));
    let follow = follow::Follow {
        db: db.clone(),
        channels,
        wake: Arc::new(Notify::new()),
        silence: policy.feed_silence(),
        proofs,
        pace,
    };
    let mut tasks = work(&memory, follow, &readiness, policy.projecting_lease(), &shutdown);
    tasks.spawn(jobs::tidy_feed(feed.clone(), policy, shutdown.clone()));
    let feed = serve_feed(feed, &registry);
    let app = app::Reporting { memory, registry, db, lost, shutdown };
    let reports = ReportServiceServer::new(grpc::Reports(app));
    let routes = tonic::service::Routes::new(reports).add_service(feed.into_route());
    let routes = routes.add_service(copies.into_route());
    Ok(Running { routes, readiness, tasks })
}

/// How reads wait for what the registry has written and the memory does not hold yet.
fn registry(
    channel: &Channel,
    policy: &Policy,
    memory: &Arc<memory::Memory>,
) -> Arc<app::Registry> {
    let name = model::Upstream::Registry.as_str();
    let upstream = Upstream::new(name, channel.clone(), policy.unknown_wait());
    Arc::new(app::Registry { upstream, memory: memory.clone() })
}

/// Starts the tasks that run beside the calls.
fn work(
    memory: &Arc<memory::Memory>,
    follow: follow::Follow,
    readiness: &Readiness,
    lease: Duration,
    shutdown: &CancellationToken,
) -> JoinSet<()> {
    let (db, wake, health) = (&follow.db, &follow.wake, memory::Health::new(readiness));
    let mut tasks = JoinSet::new();
    for (upstream, channel) in model::Upstream::ALL.into_iter().zip(follow.channels.clone()) {
        tasks.spawn(follow::listen(upstream, channel, memory.clone(), shutdown.clone()));
    }
    tasks.spawn(mpp_rpc::watch_database(readiness, db.clone(), shutdown.clone()));
    tasks.spawn(memory::run(db.clone(), memory.clone(), wake.clone(), health, shutdown.clone()));
    tasks.spawn(jobs::project(db.clone(), follow, lease, shutdown.clone()));
    tasks
}

/// The nation as the projections hold it. Rows that cannot be read were altered in the database;
/// they follow from the inbox and are made anew from it instead of keeping the service down. If the
/// inbox was altered, too, the service starts without a nation: not ready, but up, so that it can
/// be repaired.
async fn load(db: &Db, policy: &Policy) -> Result<model::Nation> {
    let error = match memory::load(db, policy).await {
        Err(error) if error.reason() == Reason::Internal => error,
        loaded => return loaded,
    };
    let context = error.context();
    tracing::error!(%error, ?context, "projections cannot be read; they are made anew");
    match follow::rebuild_where_sound(db, false).await {
        Err(error) if error.reason() == Reason::WrongState => {
            tracing::error!(%error, "the projections are not made anew");
            Ok(model::Nation::default())
        }
        made => {
            made?;
            memory::load(db, policy).await
        }
    }
}

fn serve_copies(
    feed: &Feed,
    db: &Db,
    memory: &Arc<memory::Memory>,
    proofs: &[LastProof; 2],
) -> Copies {
    let (rebuilt, rebuilds) = (db.clone(), follow::Rebuilds::default());
    // Half of the limit, so that the call answers before it would be cut off.
    let patience = feed.compare_limit() / 2;
    let rebuild = move |accept: &'static [model::Upstream]| -> Work<Option<i64>> {
        let (db, rebuilds) = (rebuilt.clone(), rebuilds.clone());
        Box::pin(async move { rebuilds.run(&db, accept, patience).await })
    };
    let keeping = app::copies::CopyPlaces {
        db: db.clone(),
        memory: memory.clone(),
        by: follow::writer(),
        rebuild: Arc::new(rebuild),
    };
    Copies::new(feed.compare_limit(), app::copies::kept(feed, &keeping, proofs))
}

fn serve_feed(feed: Feed, registry: &Arc<app::Registry>) -> FeedServer {
    let registry = registry.clone();
    FeedServer::new(feed, model::KINDS).knowing(move |label, value| {
        let registry = registry.clone();
        Box::pin(async move { app::filters::label(&registry, label, &value).await })
    })
}
