//! Requests in many small pieces: they are read, or told why not, and the connection's other calls
//! go on.

use bytes::Bytes;
use http::HeaderMap;
use mpp_client::{ClientError, error_of};
use mpp_core::{Reason, Role};
use prost::Message as _;
use tokio::net::TcpStream;
use tonic::{Code, Status};

use crate::setup::{Server, ask, framed, server, server_with};

const QUEUE: &str = "/mpp.scheduling.v1.QueueService/GetQueue";
const REFLECTION: &str = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";

type Send = h2::client::SendRequest<Bytes>;
type Opened = (h2::client::ResponseFuture, h2::SendStream<Bytes>);

async fn connect(server: &Server) -> Send {
    let tcp = TcpStream::connect(server.address).await.expect("a connection");
    let (send, connection) = h2::client::handshake(tcp).await.expect("HTTP/2");
    tokio::spawn(connection);
    send
}

async fn open(server: &Server, send: &Send, path: &str) -> Opened {
    let token = server.issuer.token(Role::Administrator, &[]);
    let request = http::Request::post(format!("http://{}{path}", server.address))
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/grpc")
        .header("te", "trailers");
    let mut ready = send.clone().ready().await.expect("a stream");
    ready.send_request(request.body(()).expect("a request"), false).expect("sent")
}

/// How a call ends: what stands in its head, if that is its end, or else behind its messages.
async fn end(answer: h2::client::ResponseFuture) -> HeaderMap {
    let (parts, mut body) = answer.await.expect("an answer").into_parts();
    while let Some(piece) = body.data().await {
        let length = piece.expect("a piece, and no end of the connection").len();
        body.flow_control().release_capacity(length).expect("open");
    }
    let mut headers = parts.headers;
    headers.extend(body.trailers().await.expect("an end").unwrap_or_default());
    headers
}

fn error(headers: &HeaderMap) -> ClientError {
    error_of(&Status::from_header_map(headers).expect("a status"))
}

/// A question of at least this many bytes, to be sent one byte a piece.
fn long_question(bytes: usize) -> Vec<u8> {
    let counter = format!("{}/echo", "x".repeat(bytes));
    framed(&mpp_api::scheduling::GetQueueRequest { counter }.encode_to_vec())
}

fn in_pieces(stream: &mut h2::SendStream<Bytes>, message: &[u8]) {
    for (at, byte) in message.iter().enumerate() {
        let sent = stream.send_data(Bytes::copy_from_slice(&[*byte]), at + 1 == message.len());
        sent.expect("the connection goes on");
    }
}

#[tokio::test]
async fn a_message_in_twenty_thousand_pieces_is_read() {
    let server = server().await;
    let send = connect(&server).await;
    let (answer, mut stream) = open(&server, &send, QUEUE).await;
    in_pieces(&mut stream, &long_question(20_000));
    assert_eq!(end(answer).await["grpc-status"], "0");
    // Once more, and with another call beside it.
    let (first, mut one) = open(&server, &send, QUEUE).await;
    let (second, mut two) = open(&server, &send, QUEUE).await;
    in_pieces(&mut one, &long_question(10_000));
    in_pieces(&mut two, &framed(&ask("echo").encode_to_vec()));
    assert_eq!(end(second).await["grpc-status"], "0");
    assert_eq!(end(first).await["grpc-status"], "0");
}

#[tokio::test]
async fn pieces_of_many_calls_at_once_are_read() {
    let server = server().await;
    let send = connect(&server).await;
    let mut calls = Vec::new();
    for _ in 0..50 {
        calls.push(open(&server, &send, QUEUE).await);
    }
    let message = long_question(400);
    for (at, byte) in message.iter().enumerate() {
        for (_, stream) in &mut calls {
            let sent = stream.send_data(Bytes::copy_from_slice(&[*byte]), at + 1 == message.len());
            sent.expect("the connection goes on");
        }
    }
    for (answer, _) in calls {
        assert_eq!(end(answer).await["grpc-status"], "0");
    }
}

#[tokio::test]
async fn small_messages_that_nobody_reads_are_refused_before_the_connection_ends() {
    for most in [300, 1024] {
        let server = server_with(|shell| shell.limits.small_pieces = most).await;
        let send = connect(&server).await;
        let (answer, mut stream) = open(&server, &send, REFLECTION).await;
        // ListServices: each is answered by more than it has, and no answer is taken meanwhile.
        for _ in 0..10_000 {
            let message = Bytes::from(framed(&[0x3a, 0]));
            if stream.send_data(message, false).is_err() {
                break;
            }
        }
        let refused = error(&end(answer).await);
        assert!(refused.is(Reason::LimitReached), "{refused:?}");
        assert_eq!(refused.code, Code::ResourceExhausted);
        let limit = format!("more than {most} pieces");
        assert!(refused.message.contains(&limit), "{refused:?}");
        server.queue(Role::Reader, &[]).get_queue(ask("echo")).await.expect("others are served");
    }
}

#[tokio::test]
async fn empty_pieces_are_refused_before_the_connection_ends() {
    let server = server().await;
    let send = connect(&server).await;
    let (answer, mut stream) = open(&server, &send, QUEUE).await;
    for _ in 0..10_000 {
        if stream.send_data(Bytes::new(), false).is_err() {
            break;
        }
    }
    let refused = error(&end(answer).await);
    assert!(refused.is(Reason::LimitReached), "{refused:?}");
    assert!(refused.message.contains("64 empty pieces"), "{refused:?}");
    server.queue(Role::Reader, &[]).get_queue(ask("echo")).await.expect("others are served");
}
