//! The server: one stack of layers for all services, read from top to bottom.
//!
//! A field is validated where its message is decoded, in each service's `grpc.rs`; the last layer
//! here is authorization. Each layer is there for one reason, which stands beside it in
//! [`stack`].

use std::{convert::Infallible, net::SocketAddr, time::Duration};

use axum::{
    error_handling::HandleErrorLayer,
    extract::Request,
    middleware::{from_fn, from_fn_with_state},
    response::Response,
};
use mpp_core::{Error, Result};
use tokio::{net::TcpListener, time::timeout};
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;
use tonic_health::{ServingStatus, server::HealthReporter};
use tower::{
    ServiceBuilder, limit::GlobalConcurrencyLimitLayer, load_shed::LoadShedLayer,
    util::BoxCloneSyncService,
};

use crate::{
    Drain, Readiness, Tls, Verifier, health,
    layer::{authorize, deadline, explain, identity, panic, shed, stream, trace},
    listen,
};

/// How often the gRPC health service follows the readiness.
const FOLLOW_EVERY: Duration = Duration::from_millis(250);

/// Everything that a peer could otherwise have without end.
///
/// A message's size is bounded by tonic itself, at 4 MiB, unless a service says otherwise.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Calls in progress, over all connections; more are refused at once.
    pub calls: usize,
    /// Longest time for a call that is not a stream.
    pub call_time: Duration,
    /// Streams (watches, syncs) of one caller.
    pub streams_per_caller: usize,
    /// Longest time for a stream, so that what was checked at its beginning is checked again: whose
    /// it is, and what they may. Followers connect again and go on.
    pub stream_time: Duration,
    /// Calls and streams on one connection.
    pub streams_per_connection: u32,
    /// Connections; more wait in the kernel.
    pub connections: usize,
    /// How long a connection may take until its first call, so that half-open ones do not pile
    /// up; one that is closed meanwhile in good order is opened again by its next call.
    pub first_call: Duration,
    /// After this a connection takes no more calls, so that callers spread over new replicas and
    /// certificates are looked at again.
    pub connection_age: Duration,
    /// Headers of one call, in bytes.
    pub header_bytes: u32,
    /// A peer that is silent so long is pinged, and cut if it stays silent as long again.
    pub keepalive: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            calls: 1024,
            call_time: Duration::from_secs(30),
            streams_per_caller: 64,
            stream_time: Duration::from_secs(6 * 3600),
            streams_per_connection: 256,
            connections: 4096,
            first_call: Duration::from_secs(60),
            connection_age: Duration::from_secs(3600),
            header_bytes: 16 * 1024,
            keepalive: Duration::from_secs(20),
        }
    }
}

/// How a server is set up.
#[derive(Clone)]
pub struct Shell {
    /// Checks bearer tokens.
    pub identity: Verifier,
    /// Certificate and key; `None` is plain text, which only loopback allows.
    pub tls: Option<Tls>,
    /// Allows plain text beyond loopback: only where something else encrypts and proves both
    /// ends, such as a service mesh's sidecar.
    pub plain_text_anywhere: bool,
    /// The bounds.
    pub limits: Limits,
    /// How it ends.
    pub drain: Drain,
}

impl Shell {
    /// Plain text on loopback, with the usual limits.
    pub fn new(identity: Verifier) -> Self {
        Self {
            identity,
            tls: None,
            plain_text_anywhere: false,
            limits: Limits::default(),
            drain: Drain::default(),
        }
    }
}

/// All layers and, behind them, the routes.
pub(crate) type Stack = BoxCloneSyncService<Request, Response, Infallible>;

/// Serves `routes`, the gRPC health service and reflection on `grpc`, and the probes and metrics
/// on `health`, until `shutdown`; then drains. Keep what the routes need (feed, database) running
/// until this returns, since calls are answered during the drain.
///
/// # Errors
/// Plain text was asked for on an address that is not loopback's.
pub async fn serve(
    shell: Shell,
    routes: Routes,
    readiness: Readiness,
    grpc: TcpListener,
    health: TcpListener,
    shutdown: CancellationToken,
) -> Result<()> {
    check_plain_text(&shell, grpc.local_addr().map_err(Error::internal)?)?;
    let (reporter, health_service) = tonic_health::server::health_reporter();
    let routes = with_reflection(routes.add_service(health_service))?;
    let stopping = CancellationToken::new();
    let probes = CancellationToken::new();
    let _stop_with_us = (stopping.clone().drop_guard(), probes.clone().drop_guard());
    tokio::spawn(health::run(health, readiness.clone(), probes.clone()));
    tokio::spawn(follow(readiness.clone(), reporter, probes.clone()));

    let stack = stack(&shell, routes, stopping.clone());
    let serving = listen::run(grpc, shell.tls.clone(), stack, shell.limits, stopping.clone());
    tokio::pin!(serving);
    tokio::select! {
        // Only `stopping` ends it.
        () = &mut serving => return Ok(()),
        () = pause(&shell.drain, &readiness, &shutdown) => {}
    }
    stopping.cancel();
    if timeout(shell.drain.wait, serving).await.is_err() {
        tracing::warn!("calls still running after {:?} were cut", shell.drain.wait);
    }
    Ok(())
}

/// Until it is time to stop accepting.
async fn pause(drain: &Drain, readiness: &Readiness, shutdown: &CancellationToken) {
    shutdown.cancelled().await;
    tracing::info!("draining");
    readiness.drain();
    tokio::time::sleep(drain.pause).await;
}

fn stack(shell: &Shell, routes: Routes, moving: CancellationToken) -> Stack {
    let limits = &shell.limits;
    let streams = stream::Streams::new(limits.streams_per_caller, limits.stream_time, moving);
    let layers = ServiceBuilder::new()
        // Every call is seen, whatever becomes of it below.
        .layer(from_fn(trace::layer))
        // A fault in one handler is one INTERNAL, not a lost connection.
        .layer(from_fn(panic::layer))
        // Refuse at once what would only wait, and say when to come again …
        .layer(HandleErrorLayer::new(shed::answer))
        .layer(LoadShedLayer::new())
        // … once so many calls are in progress.
        .layer(GlobalConcurrencyLimitLayer::new(limits.calls))
        // Nobody waits for longer than the caller, or the server, allows.
        .layer(from_fn_with_state(limits.call_time, deadline::layer))
        // Who is calling.
        .layer(from_fn_with_state(shell.identity.clone(), identity::layer))
        // Whether they may.
        .layer(from_fn(authorize::layer))
        // How many streams they may hold, and when those end.
        .layer(from_fn_with_state(streams, stream::layer))
        // What tonic refuses by itself gets its reason.
        .layer(from_fn(explain::layer))
        .service(routes.prepare().into_axum_router());
    BoxCloneSyncService::new(layers)
}

/// What tools ask for the contract.
fn with_reflection(routes: Routes) -> Result<Routes> {
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(mpp_api::DESCRIPTORS)
        .build_v1()
        .map_err(Error::internal)?;
    Ok(routes.add_service(reflection))
}

fn check_plain_text(shell: &Shell, address: SocketAddr) -> Result<()> {
    if shell.tls.is_some() || shell.plain_text_anywhere || address.ip().is_loopback() {
        return Ok(());
    }
    let text = format!(
        "{address} is not loopback, and without TLS tokens would be readable on the wire; give a \
         certificate and its key (--tls-cert, --tls-key), listen on 127.0.0.1, or say \
         --plain-text-anywhere where a mesh encrypts"
    );
    Err(Error::field("listen", "PLAIN_TEXT", text))
}

/// Lets `grpc.health.v1` say what `/readyz` says.
async fn follow(readiness: Readiness, reporter: HealthReporter, stop: CancellationToken) {
    let mut said = None;
    while !stop.is_cancelled() {
        let ready = readiness.is_ready();
        if said != Some(ready) {
            let status = if ready { ServingStatus::Serving } else { ServingStatus::NotServing };
            reporter.set_service_status("", status).await;
            said = Some(ready);
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(FOLLOW_EVERY) => {}
        }
    }
}
