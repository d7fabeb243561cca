//! The registry: the shared index of Indonesia's public service malls (*Mal Pelayanan Publik*).
//!
//! # Shape
//! ```text
//!  gRPC ─▶ grpc/ ─▶ store/ (one transaction: references, who may, put) ─▶ database ─▶ change feed
//!             │        └ model/ (rules, pure)                                            │
//!             └──────── reads ◀── memory/ + search/ (this replica's copy) ◀──────────────┘
//!  sync/ (federation) ─▶ store/
//! ```
//! Data flows one way. A write goes to the database and answers once this replica's own memory
//! shows it; a read never asks the database. So reads scale with replicas, and a replica that is
//! behind says so: `min_revision` waits for it.
//!
//! # What was decided, and what was not
//! - **Records are written one way** ([`store::write`]), generic over [`resource::Resource`]:
//!   replay of the request id, form, references, who may, put. A method adds nothing to that but
//!   its message's name. Rejected: a repository for each record, which repeats the etag, the
//!   mask and the request id eight times and forgets one of them in the ninth.
//! - **References are checked in the transaction that writes**, locked against change until the
//!   commit, and not in memory, which may be behind.
//! - **Labels that come from another record** (an offering's region, a service's agency) are
//!   written with the record, because followers filter by them without knowing the rest; when a
//!   mall or a unit moves, what lies below is relabelled in the same transaction
//!   ([`store::relabel`]). What depends on the day or on a fee is never stored ([`memory::Show`]).
//! - **A unit that changes local fees proposes again; quota and slots are its own.** See
//!   [`model::offering`].
//! - **A record that a source publishes is changed at the source.** The API refuses it to officers,
//!   since the next run would undo their change unseen; an administrator takes a record over.
//! - **A service that goes takes its offerings with it**, as withdrawn, in the same transaction.
//! - **Regions are reference data**: the binary's table is the truth, and the records follow it at
//!   start ([`store::seed`]).

#![forbid(unsafe_code)]

pub mod app;
pub mod grpc;
mod jobs;
pub mod memory;
pub mod model;
pub mod search;
pub mod store;
pub mod sync;

use mpp_api::{
    registry::{
        catalog_service_server::CatalogServiceServer,
        directory_service_server::DirectoryServiceServer,
        search_service_server::SearchServiceServer,
    },
    sync::sync_service_server::SyncServiceServer,
};
use mpp_core::{Error, Result};
use mpp_resource::memory::{Follow, Memory, Waits};
use mpp_rpc::Readiness;
use mpp_store::{Db, Feed, FeedOptions, Retention};
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;

pub use app::Registry;
pub use store::SCHEMA;

/// Batches of updates that wait for the search index at the most.
const SEARCH_QUEUE: usize = 16;

/// How the registry is set up.
#[derive(Clone, Debug)]
pub struct Options {
    /// Its own database.
    pub database: mpp_store::Options,
    /// Migrate the database first: for `mpp up` and tests. Otherwise `mpp migrate registry` does.
    pub migrate: bool,
    /// Bounds of the change feed.
    pub feed: FeedOptions,
    /// How long the feed, tombstones and answers are kept.
    pub retention: Retention,
    /// Bounds of federation.
    pub sync: sync::Limits,
}

impl Options {
    /// The usual bounds over a database.
    pub fn new(database: mpp_store::Options) -> Self {
        Self {
            database,
            migrate: false,
            feed: FeedOptions::default(),
            retention: Retention::default(),
            sync: sync::Limits::default(),
        }
    }
}

/// A registry that runs.
pub struct Running {
    /// Its services, to be handed to [`mpp_rpc::serve`].
    pub routes: Routes,
    /// What it needs to serve.
    pub readiness: Readiness,
    /// Its feed.
    pub feed: Feed,
    /// What its methods work on.
    pub registry: Registry,
}

/// Opens the database, brings the regions in line, and starts memory, search and background work.
/// Answers before the memory is complete; the readiness says when it is. Cancel `shutdown` once the
/// server has drained: until then calls are answered, and writes wait for the memory.
///
/// # Errors
/// Where the database is away, owned by another process, or of another schema.
pub async fn start(options: Options, shutdown: CancellationToken) -> Result<Running> {
    let db = open(&options).await?;
    let seeded = app::seed::regions(&db).await?;
    if seeded > 0 {
        tracing::info!(seeded, "regions were brought in line with the binary's table");
    }
    let feed = Feed::start(db.clone(), options.feed.clone(), shutdown.clone()).await?;
    let registry = Registry {
        memory: Memory::new(Waits::default()),
        search: search::Engine::start(SEARCH_QUEUE).map_err(Error::internal)?,
        db: db.clone(),
    };
    let readiness = Readiness::new();
    tokio::spawn(mpp_rpc::watch_database(&readiness, db.clone(), shutdown.clone()));
    let listener =
        memory::SearchListener { memory: registry.memory.clone(), search: registry.search.clone() };
    let follow = Follow {
        feed: feed.clone(),
        memory: registry.memory.clone(),
        listener,
        ready: readiness.component("memory"),
        shutdown: shutdown.clone(),
    };
    tokio::spawn(follow.run());
    tokio::spawn(jobs::run(db, feed.clone(), options.retention, shutdown.clone()));
    let routes = routes(&registry, &feed, options.sync, shutdown);
    Ok(Running { routes, readiness, feed, registry })
}

async fn open(options: &Options) -> Result<Db> {
    if options.migrate {
        Db::open_migrated(&options.database, &SCHEMA).await
    } else {
        Db::open(&options.database, &SCHEMA).await
    }
}

fn routes(
    registry: &Registry,
    feed: &Feed,
    limits: sync::Limits,
    shutdown: CancellationToken,
) -> Routes {
    let sync = grpc::sync::Sync { registry: registry.clone(), limits, shutdown };
    // A batch, and what frames it.
    let sync =
        SyncServiceServer::new(sync).max_decoding_message_size(limits.batch_bytes + 64 * 1024);
    Routes::new(DirectoryServiceServer::new(grpc::directory::Directory(registry.clone())))
        .add_service(CatalogServiceServer::new(grpc::catalog::Catalog(registry.clone())))
        .add_service(SearchServiceServer::new(grpc::search::Search(registry.clone())))
        .add_service(sync)
        .add_service(mpp_rpc::feed::FeedServer::new(feed.clone()).into_route())
}
