//! Messages are read to the last byte, or their fault is reported: in calls and streams, packed or
//! not.

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use http::HeaderMap;
use mpp_api::scheduling::{GetQueueRequest, GetQueueResponse};
use mpp_client::{ClientError, error_of};
use mpp_core::{Reason, Role};
use prost::Message as _;
use std::io::Write as _;
use tonic::{Code, Status};

use crate::setup::{Server, ask, framed, server, server_with};

const QUEUE: &str = "/mpp.scheduling.v1.QueueService/GetQueue";
const REFLECTION: &str = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";

/// One whole answer: what stood in its head and in its end, and its bytes.
struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    fn error(&self) -> ClientError {
        error_of(&Status::from_header_map(&self.headers).expect("a status"))
    }
}

async fn post(server: &Server, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
    let tcp = tokio::net::TcpStream::connect(server.address).await.expect("a connection");
    let (send, connection) = h2::client::handshake(tcp).await.expect("HTTP/2");
    tokio::spawn(connection);
    let token = server.issuer.token(Role::Administrator, &[]);
    let mut request = http::Request::post(format!("http://{}{path}", server.address))
        .header("authorization", format!("Bearer {token}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut ready = send.ready().await.expect("a stream");
    let (answer, mut sent) =
        ready.send_request(request.body(()).expect("a request"), body.is_empty()).expect("sent");
    if !body.is_empty() {
        sent.send_data(body.into(), true).expect("sent");
    }
    let (parts, mut body) = answer.await.expect("an answer").into_parts();
    let (mut headers, mut bytes) = (parts.headers, Vec::new());
    while let Some(piece) = body.data().await {
        let piece = piece.expect("a piece");
        body.flow_control().release_capacity(piece.len()).expect("open");
        bytes.extend_from_slice(&piece);
    }
    headers.extend(body.trailers().await.expect("an end").unwrap_or_default());
    Answer { status: parts.status.as_u16(), headers, body: bytes.into() }
}

async fn grpc(server: &Server, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
    let grpc = [("content-type", "application/grpc"), ("te", "trailers")];
    post(server, path, &[&grpc[..], headers].concat(), body).await
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    packer.write_all(plain).expect("packs");
    packer.finish().expect("packs")
}

fn zstd(plain: &[u8]) -> Vec<u8> {
    zstd::bulk::compress(plain, 19).expect("packs")
}

/// A message that is marked as packed.
fn marked(packed: &[u8]) -> Vec<u8> {
    let mut message = framed(packed);
    message[0] = 1;
    message
}

fn question() -> Vec<u8> {
    ask("echo").encode_to_vec()
}

/// Requests that are no whole message, by what they lack.
fn broken() -> Vec<(&'static str, Vec<u8>)> {
    let whole = framed(&question());
    vec![
        ("a head that ends early", whole[..3].to_vec()),
        ("a head without its message", whole[..5].to_vec()),
        ("a message that ends early", whole[..whole.len() - 1].to_vec()),
        ("a second message that ends early", [&whole[..], &whole[..2]].concat()),
        ("a mark that there is not", [&[7], &whole[1..]].concat()),
        ("a message that is packed, without saying how", marked(&gzip(&question()))),
        ("text that is no UTF-8", framed(&[10, 2, 0xff, 0xfe])),
        ("bytes that are no message", framed(&[0xff; 20])),
    ]
}

#[tokio::test]
async fn what_is_no_whole_message_is_told_so_on_calls_and_on_streams() {
    let server = server().await;
    for (what, body) in broken() {
        for path in [QUEUE, REFLECTION] {
            let error = grpc(&server, path, &[], body.clone()).await.error();
            assert!(error.is(Reason::InvalidField), "{what} at {path}: {error:?}");
            assert_eq!(error.code, Code::InvalidArgument, "{what} at {path}: {error:?}");
            assert_eq!(error.fields[0].0, "request", "{what} at {path}");
        }
    }
}

#[tokio::test]
async fn a_call_has_one_message_and_an_empty_one_is_one() {
    let server = server().await;
    let error = grpc(&server, QUEUE, &[], Vec::new()).await.error();
    assert!(error.is(Reason::InvalidField), "{error:?}");
    assert!(error.fields[0].1.contains("no message came"), "{error:?}");
    let two = framed(&question()).repeat(2);
    let error = grpc(&server, QUEUE, &[], two).await.error();
    assert!(error.fields[0].1.contains("two messages"), "{error:?}");
    let empty = grpc(&server, QUEUE, &[], framed(&[])).await;
    assert_eq!(empty.headers["grpc-status"], "0");
}

#[tokio::test]
async fn a_stream_takes_many_messages_and_ends_well() {
    let server = server().await;
    // ListServices, twice.
    let body = framed(&[0x3a, 0]).repeat(2);
    let answer = grpc(&server, REFLECTION, &[], body).await;
    assert_eq!(answer.headers["grpc-status"], "0", "{:?}", answer.headers);
    let none = grpc(&server, REFLECTION, &[], Vec::new()).await;
    assert_eq!(none.headers["grpc-status"], "0", "whoever asks nothing is told nothing");
}

#[tokio::test]
async fn a_message_beyond_the_limit_is_told_the_limit_on_streams_too() {
    let server = server().await;
    let large = framed(&vec![0; 4 * 1024 * 1024 + 70_000]);
    let error = grpc(&server, QUEUE, &[], large.clone()).await.error();
    assert!(error.is(Reason::TooLarge), "{error:?}");
    assert!(error.message.contains("4194304"), "{error:?}");
    let error = grpc(&server, REFLECTION, &[], large).await.error();
    assert_ne!(error.code, Code::Ok, "{error:?}");
    assert!(!error.reason.is_empty(), "{error:?}");
}

#[tokio::test]
async fn what_comes_packed_is_read() {
    let server = server().await;
    let packed = [("gzip", gzip(&question())), ("zstd", zstd(&question()))];
    for (coding, packed) in packed {
        let headers = [("grpc-encoding", coding)];
        let answer = grpc(&server, QUEUE, &headers, marked(&packed)).await;
        assert_eq!(answer.headers["grpc-status"], "0", "{coding}: {:?}", answer.headers);
        let read = GetQueueResponse::decode(&answer.body[5..]).expect("an answer");
        assert_eq!(read.counter, "echo");
        // A message that names a coding and is not packed after all is read as well.
        let plain = grpc(&server, QUEUE, &headers, framed(&question())).await;
        assert_eq!(plain.headers["grpc-status"], "0", "{coding}");
        let list = match coding {
            "gzip" => gzip(&[0x3a, 0]),
            _ => zstd(&[0x3a, 0]),
        };
        let stream = grpc(&server, REFLECTION, &headers, marked(&list).repeat(3)).await;
        assert_eq!(stream.headers["grpc-status"], "0", "{coding} on a stream");
        let broken = grpc(&server, QUEUE, &headers, marked(b"neither nor")).await.error();
        assert!(broken.is(Reason::InvalidField), "{coding}: {broken:?}");
    }
}

#[tokio::test]
async fn what_is_packed_in_another_way_is_told_what_is_read() {
    let server = server().await;
    for coding in ["deflate", "snappy", "br", ""] {
        let answer = grpc(&server, QUEUE, &[("grpc-encoding", coding)], framed(&question())).await;
        let error = answer.error();
        assert_eq!(error.code, Code::Unimplemented, "{coding}: {error:?}");
        assert!(error.message.contains("gzip, zstd"), "{coding}: {error:?}");
        assert_eq!(answer.headers["grpc-accept-encoding"], "gzip,zstd,identity");
    }
}

#[tokio::test]
async fn a_few_bytes_that_become_many_are_refused_by_the_limit_that_is_set() {
    for most in [1000, 2_000_000] {
        let server = server_with(|shell| shell.limits.unpacked_bytes = most).await;
        let bomb = vec![b' '; 64 * 1024 * 1024];
        for (coding, packed) in [("gzip", gzip(&bomb)), ("zstd", zstd(&bomb))] {
            for path in [QUEUE, REFLECTION] {
                let headers = [("grpc-encoding", coding)];
                let error = grpc(&server, path, &headers, marked(&packed)).await.error();
                assert!(error.is(Reason::TooLarge), "{coding}: {error:?}");
                assert!(error.message.contains(&format!("{most} bytes")), "{error:?}");
            }
        }
    }
}

#[tokio::test]
async fn an_answer_is_packed_for_who_asks_where_it_is_worth_it() {
    let server = server().await;
    let large = framed(&GetQueueRequest { counter: "large".into() }.encode_to_vec());
    for (accepts, coding) in [("gzip", "gzip"), ("identity, zstd,gzip", "zstd")] {
        let headers = [("grpc-accept-encoding", accepts)];
        let answer = grpc(&server, QUEUE, &headers, large.clone()).await;
        assert_eq!(answer.headers["grpc-encoding"], coding);
        assert_eq!(answer.headers["grpc-status"], "0");
        assert_eq!(answer.body[0], 1, "marked as packed");
        assert!(answer.body.len() < 10_000, "{} bytes", answer.body.len());
        let plain = match coding {
            "gzip" => {
                let mut plain = Vec::new();
                let mut reader = flate2::read::GzDecoder::new(&answer.body[5..]);
                std::io::Read::read_to_end(&mut reader, &mut plain).expect("gzip");
                plain
            }
            _ => zstd::stream::decode_all(&answer.body[5..]).expect("zstd"),
        };
        let read = GetQueueResponse::decode(&plain[..]).expect("an answer");
        assert_eq!(read.date.len(), 100_000);

        let small = grpc(&server, QUEUE, &headers, framed(&question())).await;
        assert_eq!(small.body[0], 0, "a small one stays as it is");
        GetQueueResponse::decode(&small.body[5..]).expect("an answer");
    }
    let plain = grpc(&server, QUEUE, &[("grpc-accept-encoding", "br")], large).await;
    assert!(!plain.headers.contains_key("grpc-encoding"));
    assert!(plain.body.len() > 100_000);
}

#[tokio::test]
async fn another_content_type_is_told_what_is_read() {
    let server = server().await;
    let kinds = [
        "application/json",
        "text/plain",
        "application/x-protobuf",
        "application/grpc+json",
        "application/grpc-web",
        "",
    ];
    for kind in kinds {
        let answer = post(&server, QUEUE, &[("content-type", kind)], framed(&question())).await;
        assert_eq!(answer.status, 415, "{kind}");
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        for word in ["INVALID_FIELD", "content-type", "application/grpc", "/openapi.json"] {
            assert!(text.contains(word), "{kind}: {word}: {text}");
        }
    }
    for kind in ["application/grpc", "application/grpc+proto", "application/grpc;charset=utf-8"] {
        let answer = post(&server, QUEUE, &[("content-type", kind)], framed(&question())).await;
        assert_eq!(answer.headers["grpc-status"], "0", "{kind}");
    }
}
