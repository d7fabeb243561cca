//! Answers and requests that travel packed, and pages of other origins.

use std::io::{Read as _, Write as _};

use axum::body::Body;
use bytes::Bytes;
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use hyper_util::rt::TokioIo;
use mpp_core::Role;
use mpp_rpc::Origins;
use tokio::net::TcpStream;

use crate::setup::{BANYUWANGI, Server, server, server_with};

const CALL: &str = "/v1/malls/banyuwangi/counters/dukcapil/windows/1:callNext";
const PAGE: &str = "https://mpp.banyuwangikab.go.id";

/// The address of a queue whose counter has a name of `length` letters, which the answer repeats.
fn queue(length: usize) -> String {
    format!("/v1/malls/banyuwangi/counters/{}/queue", "a".repeat(length))
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }
}

async fn send(
    server: &Server,
    verb: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Vec<u8>,
) -> Answer {
    let tcp = TcpStream::connect(server.address).await.expect("a connection");
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(tcp)).await.expect("HTTP/1.1");
    tokio::spawn(connection);
    let mut request = Request::builder().method(verb).uri(path).header("host", "registry");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::from(body)).expect("a request");
    let (parts, body) = sender.send_request(request).await.expect("an answer").into_parts();
    let body = body.collect().await.expect("a whole answer").to_bytes();
    Answer { status: parts.status, headers: parts.headers, body }
}

fn token(server: &Server, role: Role) -> String {
    format!("Bearer {}", server.issuer.token(role, &[BANYUWANGI]))
}

async fn get(server: &Server, path: &str, accept: &str) -> Answer {
    let token = token(server, Role::Reader);
    let headers = [("authorization", token.as_str()), ("accept-encoding", accept)];
    send(server, "GET", path, &headers, Vec::new()).await
}

#[tokio::test]
async fn an_answer_comes_packed_where_that_is_asked_for_and_pays() {
    let server = server().await;
    let plain = get(&server, &queue(5000), "identity").await;
    assert_eq!(plain.header("content-encoding"), "");

    let gzip = get(&server, &queue(5000), "gzip").await;
    assert_eq!(gzip.header("content-encoding"), "gzip");
    let mut read = Vec::new();
    GzDecoder::new(&*gzip.body).read_to_end(&mut read).expect("gzip");
    assert_eq!(read, plain.body);

    let zstd = get(&server, &queue(5000), "gzip, zstd").await;
    assert_eq!(zstd.header("content-encoding"), "zstd");
    assert_eq!(zstd::decode_all(&*zstd.body).expect("zstd"), plain.body);

    for answer in [&gzip, &zstd] {
        assert!(answer.body.len() < plain.body.len() / 10);
        assert!(answer.header("vary").contains("accept-encoding"));
        assert_eq!(answer.header("content-length"), answer.body.len().to_string());
        // Other bytes, so another ETag; a strong one, which may be sent as If-Match.
        let own = plain.header("etag").trim_end_matches('"');
        assert_eq!(answer.header("etag"), format!("{own}-{}\"", answer.header("content-encoding")));
    }
    let small = get(&server, &queue(5), "gzip, zstd").await;
    assert_eq!(small.header("content-encoding"), "", "{:?}", small.body);
}

#[tokio::test]
async fn a_packed_copy_that_is_still_right_is_not_sent_again() {
    let server = server().await;
    let etag = get(&server, &queue(5000), "gzip").await.header("etag").to_owned();
    let token = token(&server, Role::Reader);
    let headers = [("authorization", &*token), ("if-none-match", &*etag)];
    let again = send(&server, "GET", &queue(5000), &headers, Vec::new()).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn a_write_by_a_caller_that_accepts_nothing_is_answered_all_the_same() {
    let server = server().await;
    let answer = get(&server, &queue(5000), "br, identity;q=0").await;
    assert_eq!((answer.status, answer.header("content-encoding")), (StatusCode::OK, ""));
}

#[tokio::test]
async fn streams_and_grpc_are_never_packed() {
    let server = server().await;
    let token = token(&server, Role::Reader);
    let headers = [("authorization", &*token), ("accept-encoding", "gzip, zstd")];
    let path = "/mpp.scheduling.v1.QueueService/GetQueue";
    let message = [&[0x0a, 0xc8, 0x01][..], &[b'a'; 200]].concat();
    let answer = server.raw(path, &headers, crate::setup::framed(&message)).await;
    assert_eq!(answer["grpc-status"], "0");
    assert!(answer.get("content-encoding").is_none());

    let tcp = TcpStream::connect(server.address).await.expect("a connection");
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(tcp)).await.expect("HTTP/1.1");
    tokio::spawn(connection);
    let request = Request::get("/v1/feed:watch").header("host", "x").header("authorization", token);
    let request = request.header("accept-encoding", "gzip, zstd").body(Body::empty());
    let stream = sender.send_request(request.expect("a request")).await.expect("an answer");
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    assert!(stream.headers().get("content-encoding").is_none());
}

async fn call(server: &Server, coding: &str, body: Vec<u8>) -> Answer {
    let token = token(server, Role::CounterOfficer);
    let headers = [("authorization", token.as_str()), ("content-encoding", coding)];
    send(server, "POST", CALL, &headers, body).await
}

fn packed(plain: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    packer.write_all(plain).expect("packs");
    packer.finish().expect("packs")
}

#[tokio::test]
async fn a_request_may_come_packed_and_no_larger_than_one_that_does_not() {
    let server = server().await;
    let answer = call(&server, "gzip", packed(b"{}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{:?}", answer.body);

    let bomb = packed(&vec![b' '; 64 * 1024 * 1024]);
    assert!(bomb.len() < 100_000);
    let answer = call(&server, "gzip", bomb).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);

    let answer = call(&server, "gzip", b"{}".to_vec()).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "no gzip");
    for coding in ["br", "gzip, gzip"] {
        let answer = call(&server, coding, packed(b"{}")).await;
        assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{coding}");
    }
}

/// The question that a browser asks before a page's call.
async fn preflight(server: &Server, origin: &str) -> Answer {
    let headers = [
        ("origin", origin),
        ("access-control-request-method", "PATCH"),
        ("access-control-request-headers", "authorization,if-match"),
    ];
    send(server, "OPTIONS", "/v1/malls/banyuwangi", &headers, Vec::new()).await
}

#[tokio::test]
async fn pages_of_no_other_origin_may_call_unless_an_operator_says_so() {
    let server = server().await;
    let answer = preflight(&server, PAGE).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(answer.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn a_page_of_an_allowed_origin_asks_without_identity_and_reads_what_it_needs() {
    let server = server_with(|shell| {
        shell.origins = Origins::parse(&[PAGE.to_owned()]).expect("an origin");
    })
    .await;
    let asked = preflight(&server, PAGE).await;
    assert_eq!(asked.status, StatusCode::OK);
    assert_eq!(asked.header("access-control-allow-origin"), PAGE);
    assert!(asked.header("access-control-allow-methods").contains("PATCH"));
    assert!(asked.header("access-control-allow-headers").contains("if-match"));

    let token = token(&server, Role::Reader);
    let headers = [("origin", PAGE), ("authorization", token.as_str())];
    let answer = send(&server, "GET", &queue(5), &headers, Vec::new()).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("access-control-allow-origin"), PAGE);
    for name in ["etag", "retry-after", "ratelimit"] {
        assert!(answer.header("access-control-expose-headers").contains(name), "{name}");
    }
    assert_eq!(answer.header("access-control-allow-credentials"), "", "no cookies");

    // Refusals are readable too, or a page could not tell its user why.
    let refused = send(&server, "GET", &queue(5), &[("origin", PAGE)], Vec::new()).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert_eq!(refused.header("access-control-allow-origin"), PAGE);

    let stranger = preflight(&server, "https://evil.example").await;
    assert_eq!(stranger.header("access-control-allow-origin"), "");
}
