//! One service in a process of its own, and its migrations.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use mpp_client::{ClientTls, Endpoint, TokenSource};
use mpp_core::{Clock, Error, FieldCode, Result};
use mpp_rpc::{Drain, PageShell, Readiness, ServerPolicy, Shell, Use};
use mpp_store::{DatabasePolicy, Schema};
use mpp_web::PublicAddresses;
use tokio::{net::TcpListener, task::JoinSet, time::timeout};
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;

use crate::{
    client::ClientArgs,
    config::{MigrateArgs, ServeArgs, ServeCommand, WebArgs},
    credentials,
    keys::Keys,
    policy::Policies,
    process::bind,
    service::Service,
    stop::until_stopped,
};

/// How often a server that does not serve yet says why.
const SAY_AGAIN: Duration = Duration::from_secs(10);

/// Runs one service until it is told to stop; then drains.
pub async fn run(command: ServeCommand, client: &ClientArgs) -> Result<()> {
    match command {
        ServeCommand::Registry(args) => run_service(Service::Registry, *args, client).await,
        ServeCommand::Scheduling(args) => run_service(Service::Scheduling, *args, client).await,
        ServeCommand::Reporting(args) => run_service(Service::Reporting, *args, client).await,
        ServeCommand::Web(args) => run_web(*args, client).await,
    }
}

async fn run_service(service: Service, args: ServeArgs, client: &ClientArgs) -> Result<()> {
    let _telemetry = args.process.log.telemetry(service.name())?;
    let shutdown = until_stopped()?;
    // The databases outlive the drain: calls are answered until the last has gone.
    let ended = CancellationToken::new();
    let _ended = ended.clone().drop_guard();
    let policies = Policies::load(args.process.policy.as_deref())?;
    let shell = args.shell(&policies.server)?;
    credentials::measure_all(service.name(), &args, client);
    let (grpc, health) = (bind(args.listen).await?, bind(args.process.health_listen).await?);
    let Started { routes, readiness, mut tasks } =
        start(service, &args, policies, client, &ended).await?;
    tasks.spawn(announce(readiness.clone(), address(&grpc)?, address(&health)?));
    mpp_rpc::serve(shell, routes, readiness, grpc, health, shutdown).await
}

/// Logs that the service serves once reads are ready; the memory is the last part of that. Until
/// then it logs now and then which parts are missing.
async fn announce(readiness: Readiness, listen: SocketAddr, health: SocketAddr) {
    while timeout(SAY_AGAIN, readiness.until_ready_for(Use::Reads)).await.is_err() {
        tracing::warn!(missing = ?readiness.missing_for(Use::Reads), "not serving yet");
    }
    tracing::info!(%listen, %health, "serving");
}

fn address(listener: &TcpListener) -> Result<SocketAddr> {
    listener.local_addr().map_err(Error::internal)
}

async fn run_web(args: WebArgs, client: &ClientArgs) -> Result<()> {
    let _telemetry = args.process.log.telemetry("web")?;
    let shutdown = until_stopped()?;
    let ended = CancellationToken::new();
    let (pages, health) = (bind(args.listen).await?, bind(args.process.health_listen).await?);
    credentials::measure_client("web", client);
    let policies = Policies::load(args.process.policy.as_deref())?;
    let limits = policies.web.limits();
    let options = mpp_web::Options {
        registry: upstream(client, Service::Registry, None)?,
        scheduling: upstream(client, Service::Scheduling, None)?,
        reporting: upstream(client, Service::Reporting, None)?,
        client: policies.client.settings(),
        clock: Clock::system(),
        health: policies.health,
        policy: policies.web,
        public: PublicAddresses {
            registry: args.public_registry.unwrap_or_default(),
            pages: args.public_pages.unwrap_or_default(),
        },
    };
    let mpp_web::Running { router, readiness, mut tasks } = mpp_web::start(options, ended.clone())?;
    tasks.spawn(announce(readiness.clone(), address(&pages)?, address(&health)?));
    let pause = Duration::from_millis(args.process.drain_pause_millis);
    let shell = PageShell { limits, drain: Drain { pause, ..Drain::default() } };
    mpp_rpc::serve_pages(shell, router, readiness, pages, health, shutdown, ended).await;
    Ok(())
}

/// A service that has started: its methods, and whether it is ready.
pub struct Started {
    pub routes: Routes,
    pub readiness: Readiness,
    /// Background work; it ends when this is dropped.
    pub tasks: JoinSet<()>,
}

impl Started {
    fn new(routes: Routes, readiness: Readiness) -> Self {
        Self { routes, readiness, tasks: JoinSet::new() }
    }
}

async fn start(
    service: Service,
    args: &ServeArgs,
    policies: Policies,
    client: &ClientArgs,
    ended: &CancellationToken,
) -> Result<Started> {
    let database = args.database.options(Clock::system(), &policies.database)?;
    let upstream = |service| upstream(client, service, args.identity());
    match service {
        Service::Registry => registry(database, &policies, ended).await,
        Service::Scheduling => {
            let options = mpp_scheduling::Options {
                database,
                feed: policies.feed.options(),
                upstream: upstream(Service::Registry)?,
                client: policies.client.settings(),
                applicant_keys: args.applicant_keys()?,
                health: policies.health,
                policy: policies.scheduling,
                sync: policies.sync,
                memory: policies.memory,
            };
            scheduling(options, ended).await
        }
        Service::Reporting => {
            let (registry, scheduling) =
                (upstream(Service::Registry)?, upstream(Service::Scheduling)?);
            let options = mpp_reporting::Options {
                client: policies.client.settings(),
                sample_data: args.sample_data,
                feed: policies.feed.options(),
                health: policies.health,
                policy: policies.reporting,
                ..mpp_reporting::Options::new(database, registry, scheduling)
            };
            reporting(options, ended).await
        }
    }
}

pub async fn registry(
    database: mpp_store::Options,
    policies: &Policies,
    ended: &CancellationToken,
) -> Result<Started> {
    let options = mpp_registry::Options {
        database,
        migrate: false,
        feed: policies.feed.options(),
        health: policies.health.clone(),
        policy: policies.registry.clone(),
        sync: policies.sync.clone(),
        memory: policies.memory.clone(),
    };
    let running = mpp_registry::start(options, ended.clone()).await?;
    Ok(Started::new(running.routes, running.readiness))
}

pub async fn scheduling(
    options: mpp_scheduling::Options,
    ended: &CancellationToken,
) -> Result<Started> {
    let running = mpp_scheduling::start(options, ended.clone()).await?;
    Ok(Started::new(running.routes, running.readiness))
}

pub async fn reporting(
    options: mpp_reporting::Options,
    ended: &CancellationToken,
) -> Result<Started> {
    let running = mpp_reporting::start(options, ended.clone()).await?;
    Ok(Started { routes: running.routes, readiness: running.readiness, tasks: running.tasks })
}

/// The way to another service: with the token of this one, and its certificate where it has one.
fn upstream(
    client: &ClientArgs,
    service: Service,
    identity: Option<(PathBuf, PathBuf)>,
) -> Result<Endpoint> {
    let (address, flag) = match service {
        Service::Registry => (&client.registry, "--registry"),
        Service::Scheduling => (&client.scheduling, "--scheduling"),
        Service::Reporting => (&client.reporting, "--reporting"),
    };
    let address = address.clone().ok_or_else(|| {
        let text = format!("give the address of {} with {flag} https://HOST:PORT", service.name());
        Error::field(flag.trim_start_matches('-'), FieldCode::Required, text)
    })?;
    let tls = client.tls_ca.clone().map(|ca| ClientTls { ca, identity, server_name: None });
    Ok(Endpoint { address, token: client.token_file.clone().map(TokenSource::File), tls })
}

/// Brings a service's database to this version's schema.
pub async fn migrate(service: Service, args: MigrateArgs) -> Result<()> {
    let options = args.database.options(Clock::system(), &DatabasePolicy::default())?;
    let steps = mpp_store::migrate(&options, schema(service)).await?;
    if steps.is_empty() {
        say!("{}: nothing to do", service.name());
    }
    for step in steps {
        say!("{}: {step}", service.name());
    }
    Ok(())
}

fn schema(service: Service) -> &'static Schema {
    match service {
        Service::Registry => &mpp_registry::SCHEMA,
        Service::Scheduling => &mpp_scheduling::SCHEMA,
        Service::Reporting => &mpp_reporting::SCHEMA,
    }
}

/// A shell for a process of one's own, on loopback.
///
/// # Errors
/// The keys cannot be read.
pub fn loopback_shell(keys: &Keys, policy: &ServerPolicy) -> Result<Shell> {
    let verifier = keys.verifier(policy)?;
    Ok(Shell { drain: Drain::at_once(), limits: policy.limits(), ..Shell::new(verifier) })
}
