//! How connections of plain HTTP end: with the server, by their age, and never in the midst of an
//! answer.

use std::time::Duration;

use mpp_api::feed::WatchRequest;
use mpp_core::Role;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    health,
    setup::{BANYUWANGI, Server, server, server_with},
};

/// A connection that asks for a queue again and again, one request at a time.
struct Plain {
    tcp: TcpStream,
    token: String,
}

impl Plain {
    async fn connect(server: &Server) -> Self {
        let tcp = TcpStream::connect(server.address).await.expect("a connection");
        Self { tcp, token: server.issuer.token(Role::Reader, &[BANYUWANGI]) }
    }

    async fn ask(&mut self, counter: &str) {
        let request = format!(
            "GET /v1/malls/a/counters/{counter}/queue HTTP/1.1\r\nHost: x\r\n\
             Authorization: Bearer {}\r\n\r\n",
            self.token
        );
        self.tcp.write_all(request.as_bytes()).await.expect("sent");
    }

    async fn answer(&mut self) -> String {
        let mut text = String::new();
        while !text.contains('}') {
            let mut bytes = [0; 4096];
            let count = self.tcp.read(&mut bytes).await.expect("bytes");
            assert!(count > 0, "it ended after {text}");
            text.push_str(&String::from_utf8_lossy(&bytes[..count]));
        }
        text
    }

    /// Waits until the server hangs up; nothing more comes.
    async fn end(mut self) {
        let mut rest = Vec::new();
        let _ = self.tcp.read_to_end(&mut rest).await;
        assert_eq!(String::from_utf8_lossy(&rest), "");
    }
}

#[tokio::test]
async fn a_connection_takes_one_request_after_the_other_and_ends_with_the_server() {
    let server = server().await;
    let mut plain = Plain::connect(&server).await;
    for _ in 0..3 {
        plain.ask("echo").await;
        assert!(plain.answer().await.starts_with("HTTP/1.1 200"));
    }
    server.shutdown.cancel();
    plain.end().await;
    server.running.await.expect("no panic").expect("it ended in order");
}

#[tokio::test]
async fn a_request_under_way_is_answered_before_the_server_ends() {
    let server = server().await;
    let mut plain = Plain::connect(&server).await;
    plain.ask("gate").await;
    server.desk.wait_for(1).await;
    server.shutdown.cancel();
    let closed = async || TcpStream::connect(server.address).await.is_err();
    crate::setup::eventually("no new connections", closed).await;
    server.desk.release(1);
    let answer = plain.answer().await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("connection: close"), "{answer}");
    plain.end().await;
    server.running.await.expect("no panic").expect("it ended in order");
}

#[tokio::test]
async fn a_connection_of_age_ends_after_its_answer() {
    let age = Duration::from_millis(200);
    let server = server_with(|shell| shell.limits.connection_age = age).await;
    let (mut idle, mut busy) = (Plain::connect(&server).await, Plain::connect(&server).await);
    idle.ask("echo").await;
    idle.answer().await;
    busy.ask("gate").await;
    server.desk.wait_for(1).await;
    // Ends only when the server hangs up.
    idle.end().await;
    server.desk.release(1);
    assert!(busy.answer().await.starts_with("HTTP/1.1 200"));
    busy.end().await;
}

#[tokio::test]
async fn a_connection_of_age_is_cut_where_its_last_call_does_not_end() {
    let server = server_with(|shell| {
        shell.limits.connection_age = Duration::from_millis(200);
        shell.limits.last_calls = Duration::from_millis(200);
    })
    .await;
    let mut watch = server.feed(Role::Service).watch(WatchRequest::default()).await;
    let watch = watch.as_mut().expect("a stream").get_mut();
    watch.message().await.expect("it lasts").expect("a first message");
    // The watch alone would last for hours.
    let cut = tokio::time::timeout(Duration::from_secs(20), watch.message()).await;
    cut.expect("not that long").expect_err("it is cut");
}

#[tokio::test]
async fn one_address_takes_not_every_place() {
    let server = server_with(|shell| shell.limits.connections_per_address = 1).await;
    let mut first = Plain::connect(&server).await;
    first.ask("echo").await;
    first.answer().await;
    // Closed at once.
    Plain::connect(&server).await.end().await;
    first.ask("echo").await;
    assert!(first.answer().await.starts_with("HTTP/1.1 200"), "the first goes on");
    drop(first);
    let place = async || {
        let mut tcp = TcpStream::connect(server.address).await.expect("a connection");
        let _ =
            tcp.write_all(b"GET /v1/feed HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
        let mut text = String::new();
        let _ = tcp.read_to_string(&mut text).await;
        text.starts_with("HTTP/1.1 401")
    };
    crate::setup::eventually("a place again", place).await;
    let metrics = health::get(&server, "/metrics").await;
    let counted = metrics.lines().any(|line| line.starts_with("mpp_rpc_connections_turned_away"));
    assert!(counted, "an operator sees that somebody was turned away: {metrics}");
}

#[tokio::test]
async fn a_connection_that_is_idle_between_requests_ends() {
    let server = server_with(|shell| shell.limits.first_call = Duration::from_millis(300)).await;
    let mut plain = Plain::connect(&server).await;
    plain.ask("echo").await;
    plain.answer().await;
    plain.end().await;
}
