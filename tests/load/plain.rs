//! Plain HTTP beside gRPC: the same read with JSON, and the same watch as server-sent events.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Empty};
use hyper::{
    body::Incoming,
    client::conn::{http1, http2},
};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;

use crate::calls_a_second;

/// A request to a server.
#[derive(Clone)]
pub struct Place {
    pub socket: SocketAddr,
    pub token: String,
    pub path: &'static str,
}

impl Place {
    fn request(&self) -> Request<Empty<Bytes>> {
        let request = Request::get(self.path).header("host", "registry");
        let request = request.header("authorization", format!("Bearer {}", self.token));
        request.body(Empty::new()).expect("a request")
    }

    async fn connect(&self) -> TokioIo<TcpStream> {
        let tcp = TcpStream::connect(self.socket).await.expect("a connection");
        tcp.set_nodelay(true).expect("a socket");
        TokioIo::new(tcp)
    }
}

/// Reads a second over HTTP/1.1, one at a time on each of these connections.
pub async fn rate(place: &Place, connections: usize, warm_up: Duration, round: Duration) -> f64 {
    let calls = Arc::new(AtomicU64::new(0));
    let mut tasks = Vec::new();
    for _ in 0..connections {
        let (mut sender, connection) =
            http1::handshake(place.connect().await).await.expect("HTTP/1.1");
        tokio::spawn(connection);
        let (place, calls) = (place.clone(), calls.clone());
        tasks.push(tokio::spawn(async move {
            loop {
                let answer = sender.send_request(place.request()).await.expect("an answer");
                assert_eq!(answer.status(), 200);
                answer.into_body().collect().await.expect("a whole answer");
                calls.fetch_add(1, Ordering::Relaxed);
            }
        }));
    }
    calls_a_second(&calls, tasks, warm_up, round).await
}

/// Opens this many streams of events on one connection of HTTP/2.
pub async fn streams(place: &Place, count: usize) -> Vec<Events> {
    let (mut sender, connection) =
        http2::handshake(TokioExecutor::new(), place.connect().await).await.expect("HTTP/2");
    tokio::spawn(connection);
    let mut streams = Vec::new();
    for _ in 0..count {
        let mut request = place.request();
        let whole = format!("http://{}{}", place.socket, place.path);
        *request.uri_mut() = whole.parse().expect("an address");
        let answer: Response<Incoming> = sender.send_request(request).await.expect("an answer");
        assert_eq!(answer.status(), 200);
        streams.push(Events { body: answer.into_body(), read: String::new() });
    }
    streams
}

/// A stream of server-sent events.
pub struct Events {
    body: Incoming,
    read: String,
}

impl Events {
    /// The data of the next event that has any.
    pub async fn next(&mut self) -> String {
        loop {
            if let Some((event, rest)) = self.read.split_once("\n\n") {
                let data = event.lines().find_map(|line| line.strip_prefix("data: "));
                let data = data.map(str::to_owned);
                self.read = rest.to_owned();
                match data {
                    Some(data) => return data,
                    None => continue,
                }
            }
            let frame = self.body.frame().await.expect("no end").expect("no cut");
            let data = frame.into_data().expect("data");
            self.read.push_str(std::str::from_utf8(&data).expect("text"));
        }
    }
}
