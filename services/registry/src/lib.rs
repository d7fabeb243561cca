//! The registry: the shared index of Indonesia's public service malls (*Mal Pelayanan Publik*).
//!
//! # Floor plan
//! ```text
//! grpc/    wire only                               policy.rs   numbers an operator may question
//! app/     each kind's rules: references, owners,  jobs.rs     background work under its lease
//!          consequences; one file for each kind,   metrics.rs  numbers that it tells of itself
//!          beside them lists, filters, jobs' work
//! sync/    what sources send, by the engine of     search/     the index of words, in memory
//!          `mpp-sync`                              store/      the schema; SQL of federation's
//! memory/  this replica's copy, and the updates                tables is `mpp-sync`'s
//!          that it gives to search
//! model/   rules, pure
//! ```
//! Arrows run down only: `grpc → sync → app → memory → search`, and all of them on `model`, `store`
//! and `policy`. Writing a record, listing and keeping the own feed in
//! memory are alike in every service and stand in `mpp-resource`.
//!
//! # Data flow
//! ```text
//!  write ─▶ grpc ─▶ app (one transaction: references, owners, put) ─▶ database ─▶ change feed
//!  read  ◀─ grpc ◀─ memory and search (this replica's copy) ◀────────────────────────┘
//! ```
//! A write goes to the database and is answered once this replica's own memory shows it; a read
//! never asks the database, except for what is gone: when a record went, and where a service that
//! is named has moved, which memory does not keep. So reads scale with replicas, and a replica that
//! is behind says so: `min_revision` waits for it.
//!
//! # Decisions, and what they rule out
//! - **References are checked in the transaction that writes**, locked against change until the
//!   commit, and not in memory, which may be behind.
//! - **Labels that come from another record** (an offering's region, a service's agency) are
//!   written with the record, because followers filter by them without knowing the rest; when a
//!   mall or a unit moves, the records below are relabelled in the same transaction
//!   ([`app::relabel`]). Fields that depend on the day or on a fee are never
//!   stored.
//! - **A unit that changes local fees proposes again; quota and slots are its own.** See
//!   [`model::offering`].
//! - **A record that a source publishes is changed at the source.** The API refuses it to officers,
//!   since the next run would undo their change unseen. An administrator's overrides are kept field
//!   by field, with author and reason, beside the source's values ([`model::provenance`]). Units,
//!   malls and counters of a source have none: they are taken back whole ([`app::published`]).
//! - **A service that goes takes its offerings and its links to standards with it**, as withdrawn,
//!   in the same transaction. One that moves keeps its links.
//! - **Whether a service is of a standard is a record of its own** ([`app::standards`]), not a
//!   field of the service: a source's next record would overwrite the field, and a pair that was
//!   rejected has to be remembered as well. Suggestions are worked out when asked for, and never
//!   stored.
//! - **Whether a service follows its standard is what both say**, and not who pressed a button: it
//!   is compared anew when asked for. Adopting is a write of the service by its own rules; the link
//!   keeps which version was adopted, and why a service says otherwise.
//! - **Regions are reference data**: the binary's table is the truth, and the records follow it at
//!   start ([`app::regions`]).
//!
//! # A new kind of record
//! See `mpp_resource`. Here it needs its form and its line in [`model`], its rules in [`app`], its
//! list in [`app::lists`], its methods in [`grpc`].

#![forbid(unsafe_code)]

// Public are only the start, and the rooms that benchmarks and tests of one replica drive directly.
mod app;
pub mod grpc;
mod jobs;
pub mod memory;
mod metrics;
mod model;
mod policy;
pub mod search;
pub mod store;
mod sync;

use std::sync::Arc;

use mpp_api::registry::{
    catalog_service_server::CatalogServiceServer, directory_service_server::DirectoryServiceServer,
    life_event_service_server::LifeEventServiceServer,
    process_service_server::ProcessServiceServer, search_service_server::SearchServiceServer,
    standard_service_server::StandardServiceServer,
};
use mpp_core::{Error, Result};
use mpp_resource::{
    copies::Copies,
    memory::{Follow, Memory, MemoryPolicy},
};
use mpp_rpc::{HealthPolicy, Readiness, feed::FeedServer, history::HistoryServer};
use mpp_store::{Db, Feed, FeedOptions};
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;

pub use app::Registry;
use memory::SearchListener;
pub use metrics::METRICS;
pub use policy::Policy;
pub use store::SCHEMA;

/// How the registry is set up.
#[derive(Clone, Debug)]
pub struct Options {
    /// Its own database.
    pub database: mpp_store::Options,
    /// Migrate the database first: for `mpp up` and tests. Otherwise `mpp migrate registry` does.
    pub migrate: bool,
    /// Bounds of the change feed.
    pub feed: FeedOptions,
    /// When it counts as well.
    pub health: HealthPolicy,
    /// The registry's own settings.
    pub policy: Policy,
    /// The settings of federation.
    pub sync: mpp_sync::Policy,
    /// The settings of its memory.
    pub memory: MemoryPolicy,
}

impl Options {
    /// The usual bounds over a database.
    pub fn new(database: mpp_store::Options) -> Self {
        let (feed, health) = (FeedOptions::default(), HealthPolicy::default());
        Self {
            database,
            migrate: false,
            feed,
            health,
            policy: Policy::default(),
            sync: mpp_sync::Policy::default(),
            memory: MemoryPolicy::default(),
        }
    }
}

/// A registry that runs.
pub struct Running {
    /// Its services, to be handed to [`mpp_rpc::serve`].
    pub routes: Routes,
    /// Says what is missing before it can serve.
    pub readiness: Readiness,
    /// The feed of its changes.
    pub feed: Feed,
    /// The replica that its methods work on.
    pub registry: Registry,
}

/// Opens the database, brings the regions in line, and starts memory, search and background work.
/// Answers before the memory is complete; the readiness says when it is. Cancel `shutdown` once the
/// server has drained: until then calls are answered, and writes wait for the memory.
///
/// # Errors
/// When the database is away, owned by another process, or of another schema; when a setting is
/// outside its range.
pub async fn start(options: Options, shutdown: CancellationToken) -> Result<Running> {
    options.policy.check()?;
    options.sync.check()?;
    options.memory.check()?;
    let wait = options.memory.waits().catch_up;
    options.database.policy.check_wait("catch_up_wait_millis", wait)?;
    let db = open(&options).await?;
    let seeded = app::regions::seed(&db).await?;
    if seeded > 0 {
        tracing::info!(seeded, "regions were brought in line with the binary's table");
    }
    let pace = options.feed.proof;
    let feed = Feed::start(db.clone(), options.feed, shutdown.clone()).await?;
    let policy = Arc::new(options.policy);
    let registry = Registry {
        memory: Memory::new(options.memory.waits()),
        search: engine(&policy)?,
        events: engine(&policy)?,
        sync: mpp_sync::Engine::new(options.sync),
        db,
        policy,
        comparing: app::Comparing::default(),
        measured: app::Measured::default(),
        faults: app::Faults::default(),
    };
    let readiness = Readiness::new(options.health);
    work(&registry, &feed, &readiness, &shutdown);
    let copies = Copies::new(feed.compare_limit(), app::copies::kept(&registry, &feed));
    tokio::spawn(copies.clone().look_after(registry.db.clone(), pace, shutdown.clone()));
    let routes = routes(&registry, &feed, copies, shutdown);
    Ok(Running { routes, readiness, feed, registry })
}

fn engine(policy: &Policy) -> Result<search::Engine> {
    search::Engine::start(policy.search_queue_batches, policy.into()).map_err(Error::internal)
}

async fn open(options: &Options) -> Result<Db> {
    if options.migrate {
        Db::open_migrated(&options.database, &SCHEMA).await
    } else {
        Db::open(&options.database, &SCHEMA).await
    }
}

/// Starts the tasks that run beside the calls.
fn work(registry: &Registry, feed: &Feed, readiness: &Readiness, shutdown: &CancellationToken) {
    let Registry { db, memory, search, events, .. } = registry.clone();
    let follow = Follow {
        feed: feed.clone(),
        memory: memory.clone(),
        listener: SearchListener { memory, search, events },
        ready: readiness.component("memory").for_writes(),
        shutdown: shutdown.clone(),
    };
    let measured = Arc::new(registry.clone());
    metrics::begin(&measured);
    mpp_sync::begin(&measured);
    tokio::spawn(async move {
        follow.run().await;
        drop(measured);
    });
    tokio::spawn(mpp_rpc::watch_database(readiness, db, shutdown.clone()));
    tokio::spawn(mpp_sync::look::run(registry.clone(), shutdown.clone()));
    tokio::spawn(jobs::run(registry.clone(), feed.clone(), shutdown.clone()));
}

fn serve_feed(registry: &Registry, feed: &Feed) -> FeedServer {
    let (knows, owns) = (registry.clone(), registry.clone());
    FeedServer::new(feed.clone(), model::KINDS)
        .knowing(move |label, value| {
            let knows = knows.clone();
            Box::pin(async move { app::filters::label(&knows, label, &value).await })
        })
        .owned_by(move |mall| owns.memory.read().owners(mall))
}

fn serve_history(registry: &Registry) -> HistoryServer {
    let owns = registry.clone();
    HistoryServer::new(registry.db.clone()).owned_by(move |mall| owns.memory.read().owners(mall))
}

fn routes(registry: &Registry, feed: &Feed, copies: Copies, shutdown: CancellationToken) -> Routes {
    let sync = mpp_sync::serve::server(registry.clone(), shutdown);
    let feed = serve_feed(registry, feed);
    Routes::new(DirectoryServiceServer::new(grpc::directory::Directory(registry.clone())))
        .add_service(CatalogServiceServer::new(grpc::catalog::Catalog(registry.clone())))
        .add_service(StandardServiceServer::new(grpc::standards::Standards(registry.clone())))
        .add_service(ProcessServiceServer::new(grpc::processes::Processes(registry.clone())))
        .add_service(LifeEventServiceServer::new(grpc::life_events::LifeEvents(registry.clone())))
        .add_service(SearchServiceServer::new(grpc::search::Search(registry.clone())))
        .add_service(sync)
        .add_service(feed.into_route())
        .add_service(serve_history(registry).into_route())
        .add_service(copies.into_route())
}
