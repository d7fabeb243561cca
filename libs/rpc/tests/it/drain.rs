use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use mpp_api::{feed::WatchRequest, scheduling::queue_service_client::QueueServiceClient};
use mpp_client::{Endpoint, TokenSource, connect, error_of};
use mpp_core::{Reason, Role};
use mpp_rpc::{Drain, Readiness};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
};
use tonic::Code;

use crate::setup::{Desk, Server, ask, eventually, server, server_with};

#[tokio::test]
async fn a_running_call_is_answered_before_the_server_ends() {
    let server = server().await;
    let mut queue = server.queue(Role::Reader, &[]);
    let running = tokio::spawn(async move { queue.get_queue(ask("gate")).await });
    server.desk.wait_for(1).await;
    server.shutdown.cancel();
    eventually("draining", async || !server.readiness.is_ready()).await;
    server.desk.release(1);
    running.await.expect("no panic").expect("answered");
    server.running.await.expect("no panic").expect("drained");
}

#[tokio::test]
async fn an_open_watch_is_told_to_move() {
    let server = server().await;
    let mut watch =
        server.feed(Role::Service).watch(WatchRequest::default()).await.expect("open").into_inner();
    watch.message().await.expect("alive").expect("a message");
    server.shutdown.cancel();
    let error = error_of(&watch.message().await.expect_err("told to move"));
    assert_eq!(error.code, Code::Unavailable);
    assert!(error.is(Reason::Unavailable) && error.retry_after.is_some(), "{error:?}");
    server.running.await.expect("no panic").expect("drained");
}

#[tokio::test]
async fn a_call_that_never_ends_does_not_hold_the_server() {
    let wait = Duration::from_millis(50);
    let server = server_with(|shell| shell.drain = Drain { pause: Duration::ZERO, wait }).await;
    let mut queue = server.queue(Role::Reader, &[]);
    let running = tokio::spawn(async move { queue.get_queue(ask("gate")).await });
    server.desk.wait_for(1).await;
    server.shutdown.cancel();
    server.running.await.expect("no panic").expect("ended");
    running.await.expect("no panic").expect_err("cut");
}

/// The servers that a balancer knows.
pub type Servers = Arc<Mutex<Vec<(SocketAddr, Readiness)>>>;

/// Passes connections on to the first server that is ready.
pub async fn balancer(servers: Servers) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address");
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let servers = servers.clone();
            tokio::spawn(async move {
                if let Some(target) = ready(&servers) {
                    let mut server = TcpStream::connect(target).await?;
                    copy_bidirectional(&mut client, &mut server).await?;
                }
                std::io::Result::Ok(())
            });
        }
    });
    address
}

fn ready(servers: &Servers) -> Option<SocketAddr> {
    let servers = servers.lock().expect("unpoisoned");
    servers.iter().find(|(_, readiness)| readiness.is_ready()).map(|(address, _)| *address)
}

async fn replica(issuer: crate::setup::Issuer) -> Server {
    let desk = Desk::default();
    let service = mpp_api::scheduling::queue_service_server::QueueServiceServer::new(desk.clone());
    let routes = tonic::service::Routes::new(service);
    crate::setup::serve(issuer, desk, routes, |shell| {
        shell.drain = Drain { pause: Duration::from_millis(300), wait: Duration::from_secs(30) };
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_see_no_error_while_replicas_are_replaced_under_load() {
    let first = replica(crate::setup::Issuer::new()).await;
    let token = first.issuer.token(Role::Reader, &[]);
    let servers = Arc::new(Mutex::new(vec![(first.address, first.readiness.clone())]));
    let address = format!("http://{}", balancer(servers.clone()).await);
    let (stop, calls) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let callers: Vec<_> = (0..16)
        .map(|_| {
            let token = Some(TokenSource::Text(token.clone()));
            let endpoint = Endpoint { address: address.clone(), token, tls: None };
            let mut queue = QueueServiceClient::new(connect(&endpoint).expect("an endpoint"));
            let (stop, calls) = (stop.clone(), calls.clone());
            tokio::spawn(async move {
                while !stop.load(SeqCst) {
                    queue.get_queue(ask("echo")).await?;
                    calls.fetch_add(1, SeqCst);
                }
                Ok::<_, tonic::Status>(())
            })
        })
        .collect();

    let mut old = first;
    for _ in 0..4 {
        let before = calls.load(SeqCst);
        eventually("calls", async || calls.load(SeqCst) > before + 100).await;
        // The keys are the same everywhere, as replicas' are.
        let Server { issuer, shutdown, running, .. } = old;
        let next = replica(issuer).await;
        servers.lock().expect("unpoisoned").push((next.address, next.readiness.clone()));
        shutdown.cancel();
        running.await.expect("no panic").expect("drained");
        old = next;
    }
    stop.store(true, SeqCst);
    for caller in callers {
        caller.await.expect("no panic").expect("no error");
    }
}
