use std::time::Duration;

use mpp_api::feed::WatchRequest;
use mpp_client::error_of;
use mpp_core::{Reason, Role};
use prost::Message as _;
use tonic::{Code, Request, Status};

use crate::setup::{ask, framed, server, server_with};

const GET_QUEUE: &str = "/mpp.scheduling.v1.QueueService/GetQueue";

#[tokio::test]
async fn the_servers_limit_answers_deadline_exceeded() {
    let server = server_with(|shell| shell.limits.call_time = Duration::from_millis(20)).await;
    let mut queue = server.queue(Role::Reader, &[]);
    let error = error_of(&queue.get_queue(ask("gate")).await.expect_err("no answer in time"));
    assert_eq!(error.code, Code::DeadlineExceeded);
    assert!(error.is(Reason::DeadlineExceeded));
}

#[tokio::test]
async fn the_callers_deadline_is_kept_by_the_server_itself() {
    let server = server().await;
    let token = format!("Bearer {}", server.issuer.token(Role::Reader, &[]));
    let headers = [("authorization", token.as_str()), ("grpc-timeout", "20m")];
    let answer = server.raw(GET_QUEUE, &headers, framed(&ask("gate").encode_to_vec())).await;
    let status = Status::from_header_map(&answer).expect("a status");
    assert_eq!(status.code(), Code::DeadlineExceeded);
    assert!(error_of(&status).is(Reason::DeadlineExceeded));
}

#[tokio::test]
async fn our_client_calls_a_passed_deadline_by_its_name() {
    let server = server().await;
    let mut queue = server.queue(Role::Reader, &[]);
    for _ in 0..20 {
        let mut request = Request::new(ask("gate"));
        request.set_timeout(Duration::from_millis(5));
        let status = queue.get_queue(request).await.expect_err("no answer in time");
        assert_eq!(status.code(), Code::DeadlineExceeded, "{status:?}");
    }
}

#[tokio::test]
async fn a_timeout_that_cannot_be_read_is_named() {
    let server = server().await;
    let token = format!("Bearer {}", server.issuer.token(Role::Reader, &[]));
    let headers = [("authorization", token.as_str()), ("grpc-timeout", "soon")];
    let answer = server.raw(GET_QUEUE, &headers, framed(&[])).await;
    let error = error_of(&Status::from_header_map(&answer).expect("a status"));
    assert_eq!(error.fields[0].0, "grpc-timeout");
}

#[tokio::test]
async fn a_watch_outlives_the_limit_of_calls() {
    let call_time = Duration::from_millis(300);
    let server = server_with(|shell| shell.limits.call_time = call_time).await;
    let mut watch =
        server.feed(Role::Service).watch(WatchRequest::default()).await.expect("open").into_inner();
    assert_eq!(watch.message().await.expect("alive").map(|message| message.revision), Some(1));
    server.desk.wait_for(1).await;
    // The limit is over, however long this lasts.
    tokio::time::sleep(2 * call_time).await;
    server.desk.release(1);
    assert_eq!(watch.message().await.expect("alive").map(|message| message.revision), Some(2));
}

#[tokio::test]
async fn a_watch_ends_at_its_own_deadline() {
    let server = server().await;
    let token = format!("Bearer {}", server.issuer.token(Role::Service, &[]));
    let headers = [("authorization", token.as_str()), ("grpc-timeout", "30m")];
    let path = "/mpp.feed.v1.FeedService/Watch";
    let answer = server.raw(path, &headers, framed(&WatchRequest::default().encode_to_vec())).await;
    let status = Status::from_header_map(&answer).expect("trailers");
    assert_eq!(status.code(), Code::DeadlineExceeded);
}
