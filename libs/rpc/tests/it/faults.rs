use mpp_api::scheduling::IssueTicketRequest;
use mpp_client::{ClientError, error_of};
use mpp_core::{Reason, Role};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tonic::{Code, Status};

use crate::setup::{BANYUWANGI, Server, ask, framed, server};

async fn answers_still(server: &Server) {
    server.queue(Role::Reader, &[]).get_queue(ask("echo")).await.expect("others are served");
}

async fn raw(server: &Server, path: &str, body: Vec<u8>) -> ClientError {
    let token = format!("Bearer {}", server.issuer.token(Role::Administrator, &[]));
    let answer = server.raw(path, &[("authorization", &token)], body).await;
    error_of(&Status::from_header_map(&answer).expect("a status"))
}

#[tokio::test]
async fn a_handler_that_panics_is_one_internal_error() {
    let server = server().await;
    let mut queue = server.queue(Role::Reader, &[]);
    let status = queue.get_queue(ask("panic")).await.expect_err("a panic");
    assert_eq!(status.code(), Code::Internal);
    assert!(error_of(&status).is(Reason::Internal));
    assert!(!format!("{status:?}").contains("hunter2"));
    queue.get_queue(ask("echo")).await.expect("the same connection goes on");
}

#[tokio::test]
async fn what_went_wrong_inside_stays_inside() {
    let server = server().await;
    let refused = server.queue(Role::Reader, &[]).get_queue(ask("fault")).await;
    let status = refused.expect_err("a fault");
    assert!(!format!("{status:?}").contains("hunter2"));
    let error = error_of(&status);
    assert!(!error.indonesian.is_empty());
    assert_eq!(error.trace.len(), 32, "the trace that the message speaks of");
}

#[tokio::test]
async fn a_message_that_is_too_large_is_refused_with_its_reason() {
    let server = server().await;
    let mut queue = server.queue(Role::Organiser, &[BANYUWANGI]);
    let counter = "x".repeat(5 * 1024 * 1024);
    let request = IssueTicketRequest { counter, ..Default::default() };
    let error = error_of(&queue.issue_ticket(request).await.expect_err("5 MiB"));
    assert!(error.is(Reason::TooLarge), "{error:?}");
    assert_eq!(error.code, Code::ResourceExhausted);
    answers_still(&server).await;
}

#[tokio::test]
async fn bytes_that_are_no_message_are_the_callers_fault() {
    let server = server().await;
    let path = "/mpp.scheduling.v1.QueueService/GetQueue";
    let error = raw(&server, path, framed(&[0xff; 20])).await;
    assert!(error.is(Reason::InvalidField), "{error:?}");
    assert_eq!(error.code, Code::InvalidArgument);
}

#[tokio::test]
async fn a_method_that_is_not_there_is_unimplemented() {
    let server = server().await;
    for path in [
        "/mpp.scheduling.v1.QueueService/Undo",
        "/elsewhere.v1.Service/Method",
        "/mpp.registry.v1.DirectoryService/GetMall",
        "/",
    ] {
        let error = raw(&server, path, framed(&[])).await;
        assert!(error.is(Reason::Unimplemented), "{path}: {error:?}");
    }
}

#[tokio::test]
async fn garbage_on_the_port_harms_nobody() {
    let server = server().await;
    let lines: [&[u8]; 4] = [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        &[0; 4096],
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\xff\xff\xff\xff\xff\xff\xff\xff\xff",
    ];
    for line in lines {
        let mut tcp = TcpStream::connect(server.address).await.expect("a connection");
        // The server may have hung up by then, which is as good.
        let _ = tcp.write_all(line).await;
        let _ = tcp.shutdown().await;
        let _ = tcp.read_to_end(&mut Vec::new()).await;
    }
    answers_still(&server).await;
}

#[tokio::test]
async fn headers_without_end_are_refused() {
    let server = server().await;
    let mut request = tonic::Request::new(ask("echo"));
    let value = "x".repeat(64 * 1024).parse().expect("ASCII");
    request.metadata_mut().insert("x-filler", value);
    server.queue(Role::Reader, &[]).get_queue(request).await.expect_err("64 KiB of headers");
    answers_still(&server).await;
}

#[tokio::test]
async fn a_head_that_is_too_large_is_told_so_at_both_doors() {
    let server = server().await;
    let large = "a".repeat(20_000);
    let mut request = tonic::Request::new(ask("echo"));
    request.metadata_mut().insert("x-a", large.parse().expect("ASCII"));
    let refused = server.queue(Role::Reader, &[]).get_queue(request).await;
    let error = error_of(&refused.expect_err("too large"));
    assert!(error.is(Reason::TooLarge) && error.message.contains("16384"), "{error:?}");

    let mut tcp = TcpStream::connect(server.address).await.expect("a connection");
    let head =
        format!("GET /v1/feed HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-A: {large}\r\n\r\n");
    tcp.write_all(head.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    tcp.read_to_string(&mut answer).await.expect("an answer");
    let (status, body) = answer.split_once("\r\n\r\n").expect("a body");
    assert!(status.starts_with("HTTP/1.1 431 "), "{status}");
    let told: serde_json::Value = serde_json::from_str(body).expect("JSON");
    assert_eq!(told["details"][0]["reason"], "TOO_LARGE", "{told}");
}
