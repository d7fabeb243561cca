//! The server: it puts the stack of layers before a service's routes, listens, says whether it is
//! ready, and drains.

use std::{net::SocketAddr, time::Duration};

use futures::future::BoxFuture;
use mpp_core::{Error, FieldCode, Result};
use tokio::{net::TcpListener, time::timeout};
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;
use tonic_health::{ServingStatus, server::HealthReporter};

use crate::{
    Drain, Limits, Origins, Readiness, Tls, Use, Verifier, health, listen, metrics, stack::stack,
};

/// How often the gRPC health service follows the readiness.
const FOLLOW_EVERY: Duration = Duration::from_millis(250);

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
    /// The limits of what callers may use.
    pub limits: Limits,
    /// Origins whose pages may call from a browser.
    pub origins: Origins,
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
            origins: Origins::default(),
            drain: Drain::default(),
        }
    }
}

/// Serves `routes`, the gRPC health service and reflection on `grpc`, and the probes and metrics
/// on `health`, until `shutdown`; then drains. Keep what the routes need (feed, database) running
/// until this returns, since calls are answered during the drain.
///
/// # Errors
/// Plain text was asked for on an address that is not loopback's.
pub fn serve(
    shell: Shell,
    routes: Routes,
    readiness: Readiness,
    grpc: TcpListener,
    health: TcpListener,
    shutdown: CancellationToken,
) -> BoxFuture<'static, Result<()>> {
    // Boxed, so that all of HTTP/2 is compiled here and not in the program once more.
    Box::pin(run(shell, routes, readiness, grpc, health, shutdown))
}

async fn run(
    shell: Shell,
    routes: Routes,
    readiness: Readiness,
    grpc: TcpListener,
    health: TcpListener,
    shutdown: CancellationToken,
) -> Result<()> {
    metrics::begin();
    check_plain_text(&shell, grpc.local_addr().map_err(Error::internal)?)?;
    let (reporter, health_service) = tonic_health::server::health_reporter();
    let routes = with_reflection(routes.add_service(health_service))?;
    let stopping = CancellationToken::new();
    let probes = CancellationToken::new();
    let _stop_with_us = (stopping.clone().drop_guard(), probes.clone().drop_guard());
    tokio::spawn(health::run(health, readiness.clone(), probes.clone()));
    tokio::spawn(follow(readiness.clone(), reporter, probes.clone()));

    let Shell { identity, limits, origins, .. } = &shell;
    let stack = stack(identity, limits, origins, &readiness, routes, stopping.clone());
    let serving = listen::run(grpc, shell.tls.clone(), stack, shell.limits, stopping.clone());
    tokio::pin!(serving);
    tokio::select! {
        // Only `stopping` ends it.
        () = &mut serving => return Ok(()),
        () = shell.drain.pause(&readiness, &shutdown) => {}
    }
    stopping.cancel();
    if timeout(shell.drain.wait, serving).await.is_err() {
        tracing::warn!("calls still running after {:?} were cut", shell.drain.wait);
    }
    Ok(())
}

/// Reflection, by which tools such as `buf curl` learn the contract.
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
    Err(Error::field("listen", FieldCode::NotAllowed, text))
}

/// The names by which `grpc.health.v1` is asked, and for what. Balancers ask for the empty one: a
/// server that answers reads is worth a connection, and says itself why it takes no writes.
const HEALTH: [(&str, Use); 3] = [("", Use::Reads), ("read", Use::Reads), ("write", Use::Writes)];

/// Lets `grpc.health.v1` say what `/readyz/read` and `/readyz/write` say.
async fn follow(readiness: Readiness, reporter: HealthReporter, stop: CancellationToken) {
    let mut said = [None; HEALTH.len()];
    while !stop.is_cancelled() {
        for ((name, what), said) in HEALTH.into_iter().zip(&mut said) {
            let ready = readiness.is_ready_for(what);
            if said.replace(ready) != Some(ready) {
                let status = if ready { ServingStatus::Serving } else { ServingStatus::NotServing };
                reporter.set_service_status(name, status).await;
            }
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(FOLLOW_EVERY) => {}
        }
    }
}
