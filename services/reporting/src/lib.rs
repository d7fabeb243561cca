//! Where each regency and city stands, live: reports, and the page that shows them.
//!
//! # Flow
//! Two feeds → [inbox](store) → projections → [memory] → report → page and streams.
//! - **Inbox.** Every upstream change is appended to reporting's own inbox, in one transaction with
//!   that feed's position and with the projections that it changes. The inbox's head row is locked
//!   first, so one replica projects and every replica can read up to a number without a gap.
//! - **Projections** are a function of the inbox ([`model`]). Each row follows from one feed alone;
//!   the two meet only in a report, so it cannot matter how they came in between each other.
//!   `VerifyProjections` rebuilds all rows in memory and compares digests.
//! - **Memory.** Each replica loads the rows at its start and then reads those that changed, woken
//!   by its own projecting and looking four times a second for another's. Reports are computed
//!   from memory and never ask the database.
//! - **Known on.** What a report calls known is known since the upstream's commit time, however
//!   often it is rebuilt. Stages, malls, counters and offerings keep their past and answer for any
//!   day and any state of knowledge; of sources, deviations and tickets only the last state is
//!   kept, and a report that had to leave some out says so. A copy that starts from an upstream's
//!   state learns when a record last changed, not what it was before.
//!
//! # Rejected
//! - *Projecting on every replica:* each would follow both feeds and write the same rows; with one
//!   writer the database does the work once, and a reader needs one number to know that it is whole.
//! - *One row per ticket in memory:* a nation prints 150,000 a day; the days' sums are enough.
//! - *Reports in SQL:* every look at the page would be a join over the nation.
//!
//! # A new projection
//! Give it a row in `model/facts.rs`, a line in `model/project.rs`, a table in `model/state.rs`; the
//! store, the rebuild and the replicas need nothing.

#![forbid(unsafe_code)]

mod copy;
mod grpc;
mod memory;
mod model;
mod page;
mod projector;
mod replica;
mod store;

use std::{sync::Arc, time::Duration};

use mpp_api::reporting::report_service_server::ReportServiceServer;
use mpp_core::Result;
use mpp_rpc::{Endpoint, Readiness, connect};
use mpp_store::Db;
use tokio::{sync::Notify, task::JoinSet};
use tokio_util::sync::CancellationToken;

pub use store::SCHEMA;

/// What the service needs.
#[derive(Clone, Debug)]
pub struct Options {
    /// Reporting's own database.
    pub database: mpp_store::Options,
    /// Run the steps that the database lacks first: for `mpp up` and tests.
    pub migrate: bool,
    /// The registry's feed.
    pub registry: Endpoint,
    /// Scheduling's feed.
    pub scheduling: Endpoint,
    /// Browsers that may listen to the page of this replica at a time; a quarter of them from one
    /// address.
    pub listeners: usize,
    /// The upstreams hold made-up records; reports say so.
    pub sample_data: bool,
    /// A feed that is silent so long shows as disconnected; feeds bookmark every few seconds.
    pub silence: Duration,
    /// Reports that watchers are sent follow each other at this distance at the least.
    pub pace: Duration,
}

impl Options {
    /// With the usual bounds.
    pub fn new(database: mpp_store::Options, registry: Endpoint, scheduling: Endpoint) -> Self {
        let silence = Duration::from_secs(8);
        Self {
            database,
            migrate: false,
            registry,
            scheduling,
            listeners: 1_000,
            sample_data: false,
            silence,
            pace: Duration::from_secs(1),
        }
    }
}

/// The service, running.
pub struct Running {
    /// For the gRPC server.
    pub routes: tonic::service::Routes,
    /// The page, for a listener of its own: plain HTTP, public, aggregates only.
    pub page: axum::Router,
    /// Names what is missing: "database", "clock", and "copies" until both feeds were read whole
    /// once.
    pub readiness: Readiness,
    /// The background tasks; they end after the shutdown was asked for.
    pub tasks: JoinSet<()>,
}

/// Opens the database, loads the memory and starts to follow.
///
/// # Errors
/// `SCHEMA_MISMATCH` where a migration is missing, `UNAVAILABLE` where the database is away, and
/// what is wrong with an endpoint. That an upstream is away is no error: reports say so.
pub async fn start(options: Options, shutdown: CancellationToken) -> Result<Running> {
    let channels = [connect(&options.registry)?, connect(&options.scheduling)?];
    let db = match options.migrate {
        true => Db::open_migrated(&options.database, &SCHEMA).await?,
        false => Db::open(&options.database, &SCHEMA).await?,
    };
    let readiness = Readiness::new();
    let health = replica::Health::new(&readiness);
    let state = replica::load(&db).await?;
    let clock = options.database.clock.clone();
    let memory = Arc::new(memory::Memory::new(state, clock, options.sample_data)?);
    let wake = Arc::new(Notify::new());
    let projector = projector::Projector {
        db: db.clone(),
        channels,
        wake: wake.clone(),
        silence: options.silence,
    };
    let pace = replica::Pace::new(options.pace);
    let mut tasks = JoinSet::new();
    tasks.spawn(mpp_rpc::watch_database(&readiness, db.clone(), shutdown.clone()));
    tasks.spawn(projector.run(shutdown.clone()));
    tasks.spawn(replica::run(db.clone(), memory.clone(), wake, health, pace, shutdown.clone()));
    let page = page::router(memory.clone(), options.listeners, shutdown.clone());
    let reports = grpc::Reports { memory, db, shutdown };
    let routes = tonic::service::Routes::new(ReportServiceServer::new(reports));
    Ok(Running { routes, page, readiness, tasks })
}
