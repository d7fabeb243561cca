//! A browser without its window: asks the page's routes and listens to their events.

use std::{
    net::SocketAddr,
    sync::atomic::{AtomicU32, Ordering::Relaxed},
};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderMap, Request, StatusCode},
};
use http_body_util::BodyExt as _;
use tokio::time::timeout;
use tower::ServiceExt as _;

use crate::world::PATIENCE;

pub struct Shown {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub html: String,
}

pub async fn open(page: &Router, path: &str) -> Shown {
    let request = Request::get(path).body(Body::empty()).expect("a request");
    let response = page.clone().oneshot(request).await.expect("infallible");
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.expect("a body").to_bytes();
    let html = String::from_utf8(bytes.to_vec()).expect("UTF-8");
    Shown { status: parts.status, headers: parts.headers, html }
}

/// A stream of events that is read piece by piece.
pub struct Events {
    pub status: StatusCode,
    body: Body,
    heard: String,
}

impl Events {
    /// Listens as a peer of its own.
    pub async fn listen(page: &Router, path: &str) -> Self {
        static PEERS: AtomicU32 = AtomicU32::new(0);
        let [_, a, b, c] = PEERS.fetch_add(1, Relaxed).to_be_bytes();
        Self::listen_from(page, path, &format!("10.{a}.{b}.{c}:1000")).await
    }

    /// Listens as a server that tells the peer's address passes it on.
    pub async fn listen_from(page: &Router, path: &str, peer: &str) -> Self {
        let mut request = Request::get(path).body(Body::empty()).expect("a request");
        let peer: SocketAddr = peer.parse().expect("an address");
        request.extensions_mut().insert(ConnectInfo(peer));
        Self::send(page, request).await
    }

    async fn send(page: &Router, request: Request<Body>) -> Self {
        let response = page.clone().oneshot(request).await.expect("infallible");
        Self { status: response.status(), body: response.into_body(), heard: String::new() }
    }

    /// Reads on until a text comes; gives what was heard, and forgets it.
    pub async fn hear(&mut self, text: &str) -> String {
        let heard = timeout(PATIENCE, async {
            while !self.heard.contains(text) {
                assert!(self.next().await, "the stream ended before '{text}'");
            }
        });
        heard.await.unwrap_or_else(|_| panic!("never heard '{text}'"));
        std::mem::take(&mut self.heard)
    }

    /// Reads until the end.
    pub async fn end(mut self) {
        let ended = timeout(PATIENCE, async { while self.next().await {} });
        ended.await.expect("the stream ends");
    }

    async fn next(&mut self) -> bool {
        let Some(frame) = self.body.frame().await else {
            return false;
        };
        if let Ok(data) = frame.expect("a frame").into_data() {
            self.heard.push_str(&String::from_utf8_lossy(&data));
        }
        true
    }
}
