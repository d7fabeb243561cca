use std::{net::SocketAddr, time::Duration};

use mpp_api::feed::{WatchRequest, feed_service_client::FeedServiceClient};
use mpp_client::{Channel, ClientError, error_of};
use mpp_core::{Reason, Role};
use mpp_rpc::ServerPolicy;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
};
use tonic::Code;

use crate::setup::{Server, ask, eventually, framed, server, server_with};

const HEALTH: &str = "/grpc.health.v1.Health/Watch";

#[tokio::test]
async fn calls_beyond_the_limit_are_refused_at_once_and_the_others_answered() {
    let server = server_with(|shell| shell.limits.calls = 4).await;
    let queue = server.queue(Role::Reader, &[]);
    let running: Vec<_> = (0..2)
        .map(|_| {
            let mut queue = queue.clone();
            tokio::spawn(async move { queue.get_queue(ask("gate")).await })
        })
        .collect();
    server.desk.wait_for(2).await;

    let refused = queue.clone().get_queue(ask("echo")).await.expect_err("no place");
    let error = error_of(&refused);
    assert!(error.is(Reason::Overloaded), "{error:?}");
    assert_eq!(error.code, Code::Unavailable);
    assert!(error.retry_after.is_some());

    server.desk.release(2);
    for call in running {
        call.await.expect("no panic").expect("answered");
    }
    queue.clone().get_queue(ask("echo")).await.expect("a place again");
}

#[tokio::test]
async fn one_caller_does_not_take_the_places_of_all() {
    let server = server_with(|shell| shell.limits.calls_per_caller = 2).await;
    let reader = server.queue(Role::Reader, &[]);
    let running: Vec<_> = (0..2)
        .map(|_| {
            let mut reader = reader.clone();
            tokio::spawn(async move { reader.get_queue(ask("gate")).await })
        })
        .collect();
    server.desk.wait_for(2).await;

    let refused = reader.clone().get_queue(ask("echo")).await.expect_err("one too many");
    let error = error_of(&refused);
    assert!(error.is(Reason::LimitReached), "{error:?}");
    assert!(error.retry_after.is_some());
    let mut auditor = server.queue(Role::Auditor, &[]);
    auditor.get_queue(ask("echo")).await.expect("another caller has its own");

    server.desk.release(2);
    for call in running {
        call.await.expect("no panic").expect("answered");
    }
    reader.clone().get_queue(ask("echo")).await.expect("a place again");
}

#[tokio::test]
async fn each_caller_holds_only_so_many_streams() {
    let server = server_with(|shell| shell.limits.streams_per_caller = 2).await;
    let mut service = server.feed(Role::Service);
    let mut open = Vec::new();
    for _ in 0..2 {
        open.push(service.watch(WatchRequest::default()).await.expect("a stream"));
    }
    let error = error_of(&service.watch(WatchRequest::default()).await.expect_err("one too many"));
    assert!(error.is(Reason::LimitReached), "{error:?}");
    assert_eq!(error.code, Code::ResourceExhausted);

    let mut auditor = server.feed(Role::Auditor);
    auditor.watch(WatchRequest::default()).await.expect("another caller has its own");

    open.pop();
    let freed = async || service.clone().watch(WatchRequest::default()).await.is_ok();
    eventually("a place after a stream has ended", freed).await;
}

/// The answer to a stranger's watch of the health service, and the connection that holds it.
async fn watch_of_health(server: &Server, from: &str) -> (http::HeaderMap, impl Sized) {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind(SocketAddr::new(from.parse().expect("an address"), 0)).expect("bound");
    let tcp = socket.connect(server.address).await.expect("a connection");
    let (send, connection) = h2::client::handshake(tcp).await.expect("HTTP/2");
    let connection = tokio::spawn(connection);
    let mut ready = send.ready().await.expect("a stream");
    let request = http::Request::post(format!("http://{}{HEALTH}", server.address))
        .header("content-type", "application/grpc")
        .header("te", "trailers");
    let request = request.body(()).expect("a request");
    let (answer, mut message) = ready.send_request(request, false).expect("sent");
    message.send_data(framed(&[]).into(), true).expect("sent");
    let (parts, body) = answer.await.expect("an answer").into_parts();
    (parts.headers, (ready, connection, body))
}

#[tokio::test]
async fn strangers_of_one_network_leave_those_of_another_their_streams() {
    let server = server_with(|shell| shell.limits.streams_per_caller = 1).await;
    let (first, _held) = watch_of_health(&server, "127.0.0.1").await;
    assert!(!first.contains_key("grpc-status"), "{first:?}");
    let (second, _) = watch_of_health(&server, "127.0.0.1").await;
    assert_eq!(second["grpc-status"], "8", "one too many of this network");
    let (other, _) = watch_of_health(&server, "127.0.0.2").await;
    assert!(!other.contains_key("grpc-status"), "{other:?}");
}

/// How a watch ends, on a busy machine perhaps before its first message.
async fn end_of_a_watch(feed: &mut FeedServiceClient<Channel>) -> ClientError {
    let mut stream = match feed.watch(WatchRequest::default()).await {
        Ok(stream) => stream.into_inner(),
        Err(ended) => return error_of(&ended),
    };
    loop {
        match stream.message().await {
            Ok(message) => drop(message.expect("a message or an error")),
            Err(ended) => return error_of(&ended),
        }
    }
}

#[tokio::test]
async fn a_stream_ends_when_its_token_expires() {
    let server = server().await;
    let mut feed = server.feed(Role::Service);
    let leeway = i64::from(ServerPolicy::default().token_leeway_seconds);
    let half_a_second_before = (600 + leeway) * 1_000_000 - 500_000;
    server.issuer.clock.advance(half_a_second_before);
    let error = end_of_a_watch(&mut feed).await;
    assert!(error.is(Reason::Unauthenticated), "{error:?}");
    assert_eq!(error.code, Code::Unauthenticated);
    assert!(error.message.contains("expired"), "{}", error.message);
}

#[tokio::test]
async fn no_stream_lasts_for_ever_and_a_follower_goes_on() {
    let stream_time = Duration::from_millis(200);
    let server = server_with(|shell| shell.limits.stream_time = stream_time).await;
    let mut feed = server.feed(Role::Service);
    for _ in 0..2 {
        let error = end_of_a_watch(&mut feed).await;
        assert!(error.is(Reason::Unavailable), "{error:?}");
        assert!(error.retry_after.is_some(), "connect again");
    }
}

#[tokio::test]
async fn streams_do_not_use_up_the_places_of_calls() {
    let server = server_with(|shell| shell.limits.calls = 1).await;
    let mut feed = server.feed(Role::Service);
    let _one = feed.watch(WatchRequest::default()).await.expect("a stream");
    let _two = feed.watch(WatchRequest::default()).await.expect("another");
    server.queue(Role::Reader, &[]).get_queue(ask("echo")).await.expect("a call beside them");
}

#[tokio::test]
async fn connections_that_never_call_are_closed_and_the_others_are_not() {
    let first_call = Duration::from_millis(100);
    let server = server_with(|shell| shell.limits.first_call = first_call).await;
    let mut queue = server.queue(Role::Reader, &[]);
    queue.get_queue(ask("echo")).await.expect("a first call");
    let running = tokio::spawn(async move { queue.get_queue(ask("gate")).await });
    server.desk.wait_for(1).await;
    for half in [&b"PRI * HTTP/2.0\r\n"[..], b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"] {
        let mut tcp = TcpStream::connect(server.address).await.expect("a connection");
        tcp.write_all(half).await.expect("sent");
        // Ends only when the server hangs up.
        let _ = tcp.read_to_end(&mut Vec::new()).await;
    }
    server.desk.release(1);
    running.await.expect("no panic").expect("the connection that calls goes on");
}
