//! One service in a process of its own, and its migrations.

use std::net::SocketAddr;

use mpp_core::{Clock, Error, Reason, Result};
use mpp_rpc::{ClientTls, Endpoint, HttpLimits, Readiness, Shell, TokenSource};
use mpp_store::Schema;
use tokio::{net::TcpListener, task::JoinSet};
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;

use crate::{
    client::ClientArgs,
    config::{LogFormat, MigrateArgs, ServeArgs},
    policy::Policies,
    service::Service,
    stop::until_stopped,
};

/// Runs one service until it is told to stop; then drains.
pub async fn run(service: Service, args: ServeArgs, client: &ClientArgs) -> Result<()> {
    let _telemetry = telemetry(service.name(), &args)?;
    let shutdown = until_stopped()?;
    // The databases outlive the drain: calls are answered until the last has gone.
    let ended = CancellationToken::new();
    let _ended = ended.clone().drop_guard();
    let (grpc, health) = (bind(args.listen).await?, bind(args.health_listen).await?);
    let service = start(service, &args, client, &ended).await?;
    if let Some(page) = service.page {
        let listener = bind(args.page_listen).await?;
        tokio::spawn(serve_page(listener, page, shutdown.clone()));
    }
    tracing::info!(listen = %args.listen, health = %args.health_listen, "serving");
    mpp_rpc::serve(args.shell()?, service.routes, service.readiness, grpc, health, shutdown).await
}

/// A service that has started: what it answers, whether it is ready, and its page.
pub struct Started {
    pub routes: Routes,
    pub readiness: Readiness,
    pub page: Option<axum::Router>,
    /// What runs beside; it ends when this is dropped.
    pub tasks: JoinSet<()>,
}

impl Started {
    fn new(routes: Routes, readiness: Readiness) -> Self {
        Self { routes, readiness, page: None, tasks: JoinSet::new() }
    }
}

async fn start(
    service: Service,
    args: &ServeArgs,
    client: &ClientArgs,
    ended: &CancellationToken,
) -> Result<Started> {
    let database = args.database.options(Clock::system());
    let policies = Policies::load(args.policy.as_deref())?;
    match service {
        Service::Registry => registry(database, policies.registry, ended).await,
        Service::Scheduling => {
            let registry = upstream(client, Service::Registry, args)?;
            scheduling(database, registry, args.applicant_keys()?, policies.scheduling, ended).await
        }
        Service::Reporting => {
            let registry = upstream(client, Service::Registry, args)?;
            let scheduling = upstream(client, Service::Scheduling, args)?;
            reporting(database, registry, scheduling, ended).await
        }
    }
}

pub async fn registry(
    database: mpp_store::Options,
    policy: mpp_registry::Policy,
    ended: &CancellationToken,
) -> Result<Started> {
    let options = mpp_registry::Options { policy, ..mpp_registry::Options::new(database) };
    let running = mpp_registry::start(options, ended.clone()).await?;
    Ok(Started::new(running.routes, running.readiness))
}

pub async fn scheduling(
    database: mpp_store::Options,
    registry: Endpoint,
    applicant_keys: Vec<(String, Vec<u8>)>,
    policy: mpp_scheduling::Policy,
    ended: &CancellationToken,
) -> Result<Started> {
    let feed = mpp_store::FeedOptions::default();
    let options =
        mpp_scheduling::Options { database, feed, upstream: registry, applicant_keys, policy };
    let running = mpp_scheduling::start(options, ended.clone()).await?;
    Ok(Started::new(running.routes, running.readiness))
}

pub async fn reporting(
    database: mpp_store::Options,
    registry: Endpoint,
    scheduling: Endpoint,
    ended: &CancellationToken,
) -> Result<Started> {
    let options = mpp_reporting::Options::new(database, registry, scheduling);
    let running = mpp_reporting::start(options, ended.clone()).await?;
    let started = Started::new(running.routes, running.readiness);
    Ok(Started { page: Some(running.page), tasks: running.tasks, ..started })
}

/// Serves the page until shutdown; open event streams are told to end.
pub async fn serve_page(listener: TcpListener, page: axum::Router, shutdown: CancellationToken) {
    mpp_rpc::serve_http(listener, page, HttpLimits::page(), shutdown).await;
}

/// Another service, as this one calls it: by its token, and by its own certificate where it has one.
fn upstream(client: &ClientArgs, service: Service, args: &ServeArgs) -> Result<Endpoint> {
    let (address, flag) = match service {
        Service::Registry => (&client.registry, "--registry"),
        Service::Scheduling => (&client.scheduling, "--scheduling"),
        Service::Reporting => (&client.reporting, "--reporting"),
    };
    let address = address.clone().ok_or_else(|| {
        let text = format!("give the address of {} with {flag} https://HOST:PORT", service.name());
        Error::field(flag.trim_start_matches('-'), "REQUIRED", text)
    })?;
    let identity = args.tls_cert.clone().zip(args.tls_key.clone());
    let tls = client.tls_ca.clone().map(|ca| ClientTls { ca, identity, server_name: None });
    Ok(Endpoint { address, token: client.token_file.clone().map(TokenSource::File), tls })
}

/// Brings a service's database to this version's schema.
pub async fn migrate(service: Service, args: MigrateArgs) -> Result<()> {
    let steps =
        mpp_store::migrate(&args.database.options(Clock::system()), schema(service)).await?;
    if steps.is_empty() {
        println!("{}: nothing to do", service.name());
    }
    for step in steps {
        println!("{}: {step}", service.name());
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

/// Listens on an address.
///
/// # Errors
/// Says which address, and what to do.
pub async fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        let text = format!(
            "{address} cannot be listened on: {error}; is another mpp running? choose another port"
        );
        Error::new(Reason::Unavailable, text)
    })
}

fn telemetry(service: &str, args: &ServeArgs) -> Result<mpp_telemetry::Guard> {
    let log_format = match args.log_format {
        LogFormat::Text => mpp_telemetry::LogFormat::Text,
        LogFormat::Json => mpp_telemetry::LogFormat::Json,
    };
    mpp_telemetry::init(mpp_telemetry::Config {
        service: service.to_owned(),
        instance: args.instance.clone(),
        otlp_endpoint: None,
        log_format,
        filter: args.log.clone(),
    })
    .map_err(Error::internal)
}

/// A shell for a process of one's own, on loopback.
pub fn loopback_shell(verifier: mpp_rpc::Verifier) -> Shell {
    Shell { drain: mpp_rpc::Drain::at_once(), ..Shell::new(verifier) }
}
