//! Connections: the TLS handshake, HTTP/2 within its limits, and how each connection ends.

use std::{
    future::poll_fn,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use axum::extract::Request;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::conn::auto,
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::{
    Limits, Tls,
    addresses::Addresses,
    door::HEADS_READ,
    flood::Flood,
    peer::Peer,
    pieces::Pieces,
    stack::Stack,
    stall::{self, Stall},
    tls,
    unread::{self, StreamTasks},
};

/// How long a connection without any call may take to end. No setting: nobody waits for its answer.
const FAREWELL: Duration = Duration::from_secs(1);
/// The pause after a failed accept, such as when the process has no file descriptor left. No
/// setting: it only keeps a processor from being busy with failing.
const ACCEPT_AGAIN: Duration = Duration::from_millis(50);

/// Accepts until `stop`; then lets every connection finish its calls, and returns once all have
/// ended. Dropping the future cuts them.
pub(crate) async fn run(
    listener: TcpListener,
    tls: Option<Tls>,
    stack: Stack,
    limits: Limits,
    stop: CancellationToken,
) {
    let places = Arc::new(Semaphore::new(limits.connections));
    let addresses = Addresses::new(limits.connections, limits.connections_per_address);
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            Some(_) = connections.join_next() => continue,
            accepted = accept(&listener, &places) => accepted,
        };
        let (place, tcp, peer) = accepted;
        let Some(share) = addresses.admit(peer) else { continue };
        let connection = connection(tcp, peer, tls.clone(), stack.clone(), limits, stop.clone());
        connections.spawn(async move {
            connection.await;
            drop((place, share));
        });
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

/// The next connection, once there is a place for it; until then peers wait in the kernel.
pub(crate) async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> (Option<tokio::sync::OwnedSemaphorePermit>, TcpStream, SocketAddr) {
    loop {
        // The semaphore is never closed, so a permit always comes.
        let place = places.clone().acquire_owned().await.ok();
        match listener.accept().await {
            Ok((tcp, peer)) => return (place, tcp, peer),
            Err(error) => {
                tracing::warn!("a connection was not accepted: {error}");
                sleep(ACCEPT_AGAIN).await;
            }
        }
    }
}

async fn connection(
    tcp: TcpStream,
    peer: SocketAddr,
    tls: Option<Tls>,
    stack: Stack,
    limits: Limits,
    stop: CancellationToken,
) {
    // Answers are small and waited for.
    let _ = tcp.set_nodelay(true);
    stall::tell_soon(&tcp);
    if timeout(limits.handshake, tcp.readable()).await.is_err() {
        return;
    }
    let address = peer.ip();
    let Some(tls) = tls else {
        return serve(tcp, Peer { address, certified: None }, stack, limits, stop).await;
    };
    match timeout(limits.handshake, tls.acceptor().accept(tcp)).await {
        Ok(Ok(io)) => {
            let chain = io.get_ref().1.peer_certificates().unwrap_or_default();
            let certified = chain.first().and_then(tls::caller_of).map(Arc::new);
            serve(io, Peer { address, certified }, stack, limits, stop).await;
        }
        Ok(Err(error)) => tracing::debug!(%peer, "the TLS handshake failed: {error}"),
        Err(_) => tracing::debug!(%peer, "the TLS handshake took too long"),
    }
}

async fn serve(
    io: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    peer: Peer,
    stack: Stack,
    limits: Limits,
    stop: CancellationToken,
) {
    let (called, address) = (Arc::new(AtomicBool::new(false)), peer.address);
    let flood = Flood::default();
    let service = stack.map_request({
        let (called, flood) = (called.clone(), flood.clone());
        move |request: hyper::Request<hyper::body::Incoming>| {
            called.store(true, Relaxed);
            let drawn = |body| axum::body::Body::new(flood.body(body, limits.small_pieces));
            from_peer(request.map(drawn), &peer)
        }
    });
    let service = service.map_response(unread::watched);
    let io = Pieces::new(Stall::new(io, limits.unread, address), flood.clone());
    let http = http(limits);
    let connection = http.serve_connection(TokioIo::new(io), TowerToHyperService::new(service));
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = in_turns(connection.as_mut(), &flood) => ended,
        () = retired(limits, &called, &flood, &stop) => {
            connection.as_mut().graceful_shutdown();
            tokio::select! {
                ended = in_turns(connection.as_mut(), &flood) => ended,
                // hyper waits on for a handshake that never comes.
                () = unused(FAREWELL, &called) => Ok(()),
                // Somebody takes an answer, or sends a request, byte by byte.
                () = sleep(limits.last_calls) => Ok(()),
            }
        }
    };
    if let Err(error) = ended {
        tracing::debug!("a connection ended: {error}");
    }
}

fn from_peer(mut request: Request, peer: &Peer) -> Request {
    request.extensions_mut().insert(peer.clone());
    request
}

/// Drives the connection, and counts how often.
async fn in_turns<C: Future>(mut connection: Pin<&mut C>, flood: &Flood) -> C::Output {
    poll_fn(|cx| {
        flood.turn();
        connection.as_mut().poll(cx)
    })
    .await
}

/// Waits until the connection should take no more calls.
async fn retired(limits: Limits, called: &AtomicBool, flood: &Flood, stop: &CancellationToken) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = flood.emptied() => {}
        // Spread, so that connections that came together do not go together.
        () = sleep(limits.connection_age.mul_f64(rand::random_range(0.9..1.1))) => {}
        () = unused(limits.first_call, called) => {}
    }
}

/// Ends after this time, if there was no call by then; otherwise never.
async fn unused(after: Duration, called: &AtomicBool) {
    sleep(after).await;
    if called.load(Relaxed) {
        std::future::pending::<()>().await;
    }
}

/// HTTP/2 for gRPC and HTTP/1.1 for plain requests, told apart by the connection's first bytes.
fn http(limits: Limits) -> auto::Builder<StreamTasks> {
    // What is too large, but not by far, is read, so that its sender can be told (see `door`).
    let heads = limits.header_bytes.saturating_mul(HEADS_READ);
    let mut http = auto::Builder::new(StreamTasks(limits.unread));
    http.http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.streams_per_connection)
        .max_header_list_size(heads)
        .keep_alive_interval(limits.keepalive)
        .keep_alive_timeout(limits.keepalive);
    http.http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.first_call)
        // A head has to fit into it; hyper takes no less than 8 KiB.
        .max_buf_size((heads as usize).max(8 * 1024));
    http
}
