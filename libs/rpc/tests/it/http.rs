//! Plain HTTP within its bounds.

use std::{net::SocketAddr, time::Duration};

use axum::{Router, body::Body, routing::get};
use bytes::Bytes;
use mpp_rpc::{HttpLimits, serve_http};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

use crate::setup::eventually;

const HEAD: Duration = Duration::from_millis(200);

struct Port {
    address: SocketAddr,
    /// Says how much the streams of events may send.
    events: watch::Sender<usize>,
    stop: CancellationToken,
    running: JoinHandle<()>,
}

async fn port(connections: usize, connections_per_address: usize) -> Port {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address");
    let (events, said) = watch::channel(1);
    let stop = CancellationToken::new();
    let stream = {
        let stop = stop.clone();
        move || async move {
            let ends = stop.cancelled_owned();
            let lines = futures::stream::unfold((0, said), |(count, mut said)| async move {
                said.wait_for(|events| *events > count).await.ok()?;
                let line = Bytes::from(format!("event {count}\n"));
                Some((Ok::<_, std::convert::Infallible>(line), (count + 1, said)))
            });
            Body::from_stream(futures::StreamExt::take_until(lines, ends))
        }
    };
    let router = Router::new().route("/", get(async || "here")).route("/events", get(stream));
    let limits = HttpLimits { connections, connections_per_address, head: HEAD };
    let running = tokio::spawn(serve_http(listener, router, limits, stop.clone()));
    Port { address, events, stop, running }
}

impl Port {
    async fn send(&self, text: &str) -> TcpStream {
        let mut tcp = TcpStream::connect(self.address).await.expect("a connection");
        // A connection that is closed at once may not take the bytes.
        let _ = tcp.write_all(text.as_bytes()).await;
        tcp
    }

    /// Everything that comes until the server hangs up.
    async fn ask(&self, path: &str) -> String {
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        read_all(self.send(&request).await).await
    }
}

async fn read_all(mut tcp: TcpStream) -> String {
    let mut text = String::new();
    let _ = tcp.read_to_string(&mut text).await;
    text
}

async fn read_until(tcp: &mut TcpStream, wanted: &str) {
    let mut text = String::new();
    while !text.contains(wanted) {
        let mut bytes = [0; 1024];
        let count = tcp.read(&mut bytes).await.expect("bytes");
        assert!(count > 0, "it ended after {text}");
        text.push_str(&String::from_utf8_lossy(&bytes[..count]));
    }
}

#[tokio::test]
async fn half_open_connections_end_and_give_their_places_back() {
    let port = port(6, 3).await;
    let nothing = port.send("").await;
    let half = port.send("GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ").await;
    let kept = port.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    // All places of this address are taken, until one of them has ended.
    eventually("a place again", async || port.ask("/").await.ends_with("here")).await;
    assert_eq!(read_all(nothing).await, "");
    assert!(!read_all(half).await.contains("200"));
    assert!(read_all(kept).await.contains("200"), "answered, and idle");
}

#[tokio::test]
async fn a_stream_of_events_lasts_and_ends_with_the_server() {
    let port = port(4, 4).await;
    let mut listener = port.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n").await;
    read_until(&mut listener, "event 0").await;
    // The time that a head may take is over, however long this lasts.
    tokio::time::sleep(HEAD * 3).await;
    port.events.send_replace(2);
    read_until(&mut listener, "event 1").await;
    port.stop.cancel();
    read_all(listener).await;
    port.running.await.expect("it ended");
    assert!(TcpStream::connect(port.address).await.is_err());
}

#[tokio::test]
async fn one_address_takes_not_every_place() {
    let port = port(100, 1).await;
    let mut first = port.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n").await;
    read_until(&mut first, "event 0").await;
    assert_eq!(port.ask("/").await, "", "closed at once");
    port.events.send_replace(2);
    read_until(&mut first, "event 1").await;
    drop(first);
    port.events.send_replace(3);
    eventually("a place again", async || port.ask("/").await.ends_with("here")).await;
}
