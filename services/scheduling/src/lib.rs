//! Scheduling: when each counter of each mall is open, where that deviates, and who comes when.
//!
//! # Floor plan
//! ```text
//! grpc/     wire only: decode, call a use case, encode
//!   │
//! app/      use cases, one file each: book_appointment, call_next, get_hours, hours_rules …
//!   ├────────────┬────────────┐
//! model/       memory/      store/
//! pure rules   this         SQL only
//!              replica's
//!              copies ◀──── follow/ (the registry's feed), and the own feed
//!
//! sync/     hours rules as sources send them, by the engine of `mpp-sync`
//! jobs.rs   measures deviations, relabels rules, erases past days and tidies federation, on one
//!           replica, by a lease; counts for the metrics on each
//! metrics.rs
//!           numbers that it tells of itself
//! policy.rs numbers that an operator may question
//! ```
//!
//! # Hours
//! Rules inherit national → mall → counter → offering; `mpp-calendar` resolves them together with
//! decrees, and says why. Rules are records like any other (`mpp-resource`), so they come to every
//! replica by the feed. Bookings, tickets and calls are commands on the same ground.
//!
//! # Deviations
//! The week of each counter is a record too, for reporting to follow. `app::measure_deviations`
//! keeps them.
//!
//! # Never one too many
//! A slot exists only in the plan until it is booked; then it is a row with a constraint. A
//! booking is one transaction of five statements besides the feed's: the applicant's hash, the
//! place, the code, the record, the answer. The place is one statement, an upsert that takes a
//! place only where fewer are booked than are offered *now*: the offer is worked out at each read
//! and each sale, and only noted in the row. (A job that re-plans rows was rejected: between a
//! change of hours and its run, the old plan would sell.) A daily quota is the sum of the day's
//! slots, under a row lock, and not a second counter: it cannot drift when a quota comes and goes.
//!
//! # The queue
//! `model::ticket` describes the order; calling is one statement, and an index sees to it that a
//! window serves one ticket. Both queue and slots are read from the database, since a place that
//! is sold must be seen as sold by every replica; all else is read from memory.
//!
//! # Personal data
//! Only the table `applicant` is near it: keyed hashes (`model::applicant`), erased when the day
//! is over. The NIK is read, hashed and dropped; request digests are made without it.
//!
//! Appointments are records, so every reader can follow them and knows their names. The proof that
//! one is somebody's is its code: in a table of its own, in the answers to the holder and to those
//! who keep the counter, and never in the feed.
//!
//! # Rejected
//! - *A hold while somebody fills in a form:* a booking asks for nothing but a NIK, which its
//!   caller has before it asks for a slot, so there is no form to hold a place for; a place that is
//!   held and not booked is one that the next citizen is refused.
//! - *Giving a place to somebody else if its holder has not come by some minute:* whoever is late
//!   keeps the appointment, and is a walk-in in the queue after `late_grace_minutes`.
//!
//! # A new kind of rule target
//! Add its layer to `mpp_calendar::Layer`, its form to `mpp_form::hours_rule::Target`, and its
//! existence to `memory::directory`.

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
mod sync;

use std::{sync::Arc, time::Duration};

use mpp_calendar::Decrees;
use mpp_client::{Channel, Endpoint, Settings, connect_with};
use mpp_core::Result;
use mpp_resource::{
    copies::Copies,
    copy::{self, Copy},
    memory::{Follow, MemoryPolicy},
};
use mpp_rpc::{
    HealthPolicy, Readiness, Upstream, feed::FeedServer, follow::Follower, history::HistoryServer,
    watch_database,
};
use mpp_store::{Db, Feed, FeedOptions, Filter, LastProof};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;
use uuid::Uuid;

pub use app::erase_past;
pub use metrics::METRICS;
pub use policy::Policy;
pub use store::SCHEMA;

use crate::{
    app::{Deviations, Registry, Scheduling},
    follow::registry::{FEED, RegistryShelf},
    jobs::DeviationsJob,
    memory::{Memory, directory},
    model::applicant::Keys,
    store::own_name,
};

/// Everything that the service needs.
#[derive(Clone)]
pub struct Options {
    /// Its own database.
    pub database: mpp_store::Options,
    /// Bounds of its own feed.
    pub feed: FeedOptions,
    /// The registry, whose feed it follows.
    pub upstream: Endpoint,
    /// How patiently it is called.
    pub client: Settings,
    /// Ids and secrets (32 bytes or more) of the keys in force that applicants are hashed under,
    /// oldest first, the same on every replica. To rotate, add one; take the old one away once the
    /// days that were bookable before ([`Policy::days_ahead`]) have passed.
    pub applicant_keys: Vec<(String, Vec<u8>)>,
    /// When it counts as well.
    pub health: HealthPolicy,
    /// The operator's numbers.
    pub policy: Policy,
    /// The settings of federation.
    pub sync: mpp_sync::Policy,
    /// The settings of its memory.
    pub memory: MemoryPolicy,
}

/// A service that runs.
pub struct Running {
    /// Everything that it serves, including its feed.
    pub routes: Routes,
    /// The parts that are still missing, by name: `database`, `clock`, `registry copy`, `registry
    /// feed`, `own feed`.
    pub readiness: Readiness,
    /// Its own feed.
    pub feed: Feed,
    /// The database that it works on.
    pub db: Db,
}

/// Opens the database, which must have been migrated, and starts everything; it ends with
/// `shutdown`. It answers at once; [`Running::readiness`] tells when it is complete.
///
/// # Errors
/// `SCHEMA_MISMATCH`, `UNAVAILABLE`, or a field of the options that is wrong.
pub async fn start(options: Options, shutdown: CancellationToken) -> Result<Running> {
    check(&options)?;
    let Options { policy, .. } = options;
    let waits = options.memory.waits();
    let keys = Keys::new(&options.applicant_keys)?;
    let channel = connect_with(&options.upstream, options.client)?;
    let db = Db::open(&options.database, &SCHEMA).await?;
    let pace = options.feed.proof;
    let feed = Feed::start(db.clone(), options.feed, shutdown.clone()).await?;
    let memory = Memory::new(Decrees::national(), waits);
    let readiness = Readiness::new(options.health);

    let proof = LastProof::default();
    let how = copy::Options {
        feed: FEED,
        by: own_name(),
        bookmark_every: policy.bookmark(),
        pace,
        proof: proof.clone(),
    };
    let reached = follow_registry(&channel, how, (&db, &memory), &readiness, &shutdown).await?;
    let registry = registry(channel, policy.unknown_wait(), reached);
    follow_own(&feed, &memory, &readiness, &shutdown);

    let deviations =
        Deviations { db: db.clone(), memory: memory.clone(), chunk: policy.measured_at_once };
    start_jobs(deviations, feed.clone(), &policy, &shutdown);
    tokio::spawn(watch_database(&readiness, db.clone(), shutdown.clone()));

    let sync = mpp_sync::Engine::new(options.sync);
    let app = Arc::new(Scheduling { db: db.clone(), memory, registry, keys, policy, sync });
    let copies = serve_copies(&feed, &app, &proof);
    tokio::spawn(copies.clone().look_after(db.clone(), pace, shutdown.clone()));
    follow_sources(&app, &shutdown);
    let served = serve_feed(&feed, &app);
    tokio::spawn(jobs::count(app.clone(), shutdown.clone()));
    let routes = grpc::routes(&app, shutdown)
        .add_service(served.into_route())
        .add_service(copies.into_route())
        .add_service(serve_history(&app).into_route());
    Ok(Running { routes, readiness, feed, db })
}

fn check(options: &Options) -> Result<()> {
    options.policy.check()?;
    options.sync.check()?;
    options.memory.check()?;
    let waits = options.memory.waits();
    options.database.policy.check_wait("catch_up_wait_millis", waits.catch_up)
}

/// Keeps the copy of the registry's feed; answers the revision that it has reached.
async fn follow_registry(
    channel: &Channel,
    how: copy::Options,
    (db, memory): (&Db, &Memory),
    readiness: &Readiness,
    shutdown: &CancellationToken,
) -> Result<watch::Receiver<i64>> {
    let shelf = RegistryShelf::new(memory.clone(), readiness.component("registry copy"));
    let copy = Copy::open(db.clone(), how, shelf).await?;
    let reached = copy.reached();
    let kinds = Filter::kinds(directory::KINDS.iter().copied());
    let follower = Follower::new(FEED, channel.clone(), kinds, copy.position().cloned())
        .reporting_to(readiness.component("registry feed").for_nothing())
        .measured_for(SCHEMA.service, db.clock());
    tokio::spawn(copy.follow(follower, shutdown.clone()));
    Ok(reached)
}

/// How calls wait for what the registry has written and the copy does not hold yet.
fn registry(channel: Channel, wait: Duration, reached: watch::Receiver<i64>) -> Arc<Registry> {
    let upstream = Upstream::new(FEED, channel.clone(), wait);
    Arc::new(Registry { upstream, channel, wait, reached })
}

/// Keeps the memory of the service's own records.
fn follow_own(feed: &Feed, memory: &Memory, readiness: &Readiness, shutdown: &CancellationToken) {
    let own = Follow {
        feed: feed.clone(),
        memory: memory.own().clone(),
        listener: memory.clone(),
        ready: readiness.component("own feed").for_writes(),
        shutdown: shutdown.clone(),
    };
    tokio::spawn(own.run());
}

/// Looks after what sources have sent: applies what waits, and forgets what nobody will ask for
/// again.
fn follow_sources(app: &Arc<Scheduling>, shutdown: &CancellationToken) {
    mpp_sync::begin(app);
    tokio::spawn(mpp_sync::look::run(Scheduling::clone(app), shutdown.clone()));
    tokio::spawn(jobs::tidy_sync(app.clone(), shutdown.clone()));
}

fn serve_copies(feed: &Feed, app: &Scheduling, proof: &LastProof) -> Copies {
    let (db, memory, policy) = (app.db.clone(), app.memory.clone(), app.policy.clone());
    let copied = app::Copied { db, feed: FEED, memory, policy };
    Copies::new(feed.compare_limit(), app::kept(feed, &copied, proof))
}

fn serve_feed(feed: &Feed, app: &Arc<Scheduling>) -> FeedServer {
    let (app, owns) = (app.clone(), app.clone());
    FeedServer::new(feed.clone(), model::KINDS)
        .knowing(move |label, value| {
            let app = app.clone();
            Box::pin(async move { app::filters::label(&app, label, &value).await })
        })
        .owned_by(move |mall| owns.memory.read().directory.owners(mall))
}

fn serve_history(app: &Arc<Scheduling>) -> HistoryServer {
    let owns = app.clone();
    HistoryServer::new(app.db.clone())
        .owned_by(move |mall| owns.memory.read().directory.owners(mall))
}

/// The background work that one replica does for all.
fn start_jobs(deviations: Deviations, feed: Feed, policy: &Policy, shutdown: &CancellationToken) {
    let (db, holder) = (deviations.db.clone(), Uuid::now_v7().to_string());
    db.has_jobs(&jobs::ALL);
    let job = DeviationsJob::new(deviations, policy.clone(), &holder);
    tokio::spawn(job.run(shutdown.clone()));
    tokio::spawn(jobs::erase(db, feed, policy.clone(), holder, shutdown.clone()));
}
