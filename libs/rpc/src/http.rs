//! Plain HTTP for probes and pages: within bounds that axum's own `serve` does not have.

use std::{sync::Arc, time::Duration};

use axum::{Extension, Router, extract::ConnectInfo};
use futures::future::BoxFuture;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinSet,
    time::timeout,
};
use tokio_util::sync::CancellationToken;

use crate::{addresses::Addresses, listen::accept};

/// How long connections may take to end once the server stops. No setting: an answer of a page or
/// of metrics is short, and what lasts, an event stream, goes on at another replica.
const FAREWELL: Duration = Duration::from_secs(10);

/// Bounds of a plain HTTP port, for everything that peers could otherwise pile up.
#[derive(Clone, Copy, Debug)]
pub struct HttpLimits {
    /// Connections; more wait in the kernel.
    pub connections: usize,
    /// Connections from one address, or one network of IPv6; more are closed at once. A proxy is
    /// one address, too.
    pub connections_per_address: usize,
    /// How long a request's head may take, and a connection between two requests.
    pub head: Duration,
}

impl HttpLimits {
    /// For probes and a few scrapers.
    pub fn probes() -> Self {
        Self { connections: 256, connections_per_address: 128, head: Duration::from_secs(10) }
    }
}

/// Serves `router` as HTTP/1.1 until `stop`; then lets running requests finish for some seconds. An
/// answer may take as long as it likes, such as a stream of events, which its handler ends at the
/// stop.
pub fn serve_http(
    listener: TcpListener,
    router: Router,
    limits: HttpLimits,
    stop: CancellationToken,
) -> BoxFuture<'static, ()> {
    // Boxed, so that all of HTTP is compiled here and not in the program once more.
    Box::pin(run(listener, router, limits, stop))
}

async fn run(listener: TcpListener, router: Router, limits: HttpLimits, stop: CancellationToken) {
    let places = Arc::new(Semaphore::new(limits.connections));
    let addresses = Addresses::new(limits.connections, limits.connections_per_address);
    let mut connections = JoinSet::new();
    loop {
        let (place, tcp, peer) = tokio::select! {
            () = stop.cancelled() => break,
            Some(_) = connections.join_next() => continue,
            accepted = accept(&listener, &places) => accepted,
        };
        let Some(share) = addresses.admit(peer) else { continue };
        // Handlers see the peer's address: the page bounds how many listeners one network has.
        let router = router.clone().layer(Extension(ConnectInfo(peer)));
        let connection = connection(tcp, router, limits.head, stop.clone());
        connections.spawn(async move {
            connection.await;
            drop((place, share));
        });
    }
    drop(listener);
    let ended = async { while connections.join_next().await.is_some() {} };
    if timeout(FAREWELL, ended).await.is_err() {
        tracing::debug!("HTTP connections still open after {FAREWELL:?} were cut");
    }
}

async fn connection(tcp: TcpStream, router: Router, head: Duration, stop: CancellationToken) {
    let _ = tcp.set_nodelay(true);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head)
        .serve_connection(TokioIo::new(tcp), TowerToHyperService::new(router));
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!("an HTTP connection ended: {error}");
    }
}
