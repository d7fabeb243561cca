//! How many calls a caller may begin in a minute, told through both doors.

use http::StatusCode;
use mpp_api::feed::WatchRequest;
use mpp_client::error_of;
use mpp_core::{Reason, Role};
use tonic::{Code, Status};

use crate::{
    door, health,
    setup::{BANYUWANGI, Server, ask, eventually, server, server_with},
};

const QUEUE: &str = "/v1/malls/banyuwangi/counters/dukcapil/queue";
const CALL: &str = "/v1/malls/banyuwangi/counters/dukcapil/windows/1:callNext";

/// A server at which each caller may begin two reads, one write and one stream in a minute.
async fn strict() -> Server {
    server_with(|shell| {
        shell.limits.reads_per_minute = 2;
        shell.limits.writes_per_minute = 1;
        shell.limits.streams_per_minute = 1;
    })
    .await
}

fn told(status: &Status, name: &str) -> String {
    let value = status.metadata().get(name).and_then(|value| value.to_str().ok());
    value.unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_caller_beyond_its_rate_is_told_when_to_come_again_and_another_is_not_touched() {
    let server = strict().await;
    let mut queue = server.queue(Role::Reader, &[]);
    let first = queue.get_queue(ask("echo")).await.expect("the first of two");
    assert_eq!(first.metadata().get("ratelimit-policy").expect("a policy"), "\"reads\";q=2;w=60");
    assert_eq!(first.metadata().get("ratelimit").expect("a rest"), "\"reads\";r=1;t=30");
    queue.get_queue(ask("echo")).await.expect("the second of two");

    let refused = queue.get_queue(ask("echo")).await.expect_err("the third of two");
    let error = error_of(&refused);
    assert!(error.is(Reason::RateLimited), "{error:?}");
    assert_eq!(error.code, Code::ResourceExhausted);
    assert!(error.retry_after.is_some(), "{error:?}");
    assert!(!told(&refused, "retry-after").is_empty());
    assert!(told(&refused, "ratelimit").starts_with("\"reads\";r=0;t="));

    let mut other = server.queue(Role::Auditor, &[]);
    other.get_queue(ask("echo")).await.expect("another caller has its own");
}

#[tokio::test]
async fn plain_requests_are_counted_with_the_others_and_told_the_same() {
    let server = strict().await;
    server.queue(Role::Reader, &[]).get_queue(ask("echo")).await.expect("over gRPC");
    let answer = door::ask(&server, Role::Reader, "GET", QUEUE, &[], "").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("ratelimit-policy"), "\"reads\";q=2;w=60");
    assert!(answer.header("ratelimit").starts_with("\"reads\";r=0;t="));

    let refused = door::ask(&server, Role::Reader, "GET", QUEUE, &[], "").await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.reason(), Reason::RateLimited.as_str());
    assert!(refused.body.contains("RetryInfo"), "{}", refused.body);
    let seconds: u64 = refused.header("retry-after").parse().expect("seconds");
    assert!((1..=30).contains(&seconds), "one comes back each half minute");
    assert!(refused.header("ratelimit").starts_with("\"reads\";r=0;t="));
}

#[tokio::test]
async fn reads_writes_and_streams_are_counted_apart() {
    let server = strict().await;
    let write = async || door::ask(&server, Role::CounterOfficer, "POST", CALL, &[], "{}").await;
    assert_eq!(write().await.status, StatusCode::OK);
    let refused = write().await;
    assert_eq!(refused.header("ratelimit-policy"), "\"writes\";q=1;w=60");
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    let read = door::ask(&server, Role::CounterOfficer, "GET", QUEUE, &[], "").await;
    assert_eq!(read.status, StatusCode::OK, "reads are left");

    let mut feed = server.feed(Role::Service);
    feed.watch(WatchRequest::default()).await.expect("the one stream");
    let refused = feed.watch(WatchRequest::default()).await.expect_err("one too many");
    assert_eq!(told(&refused, "ratelimit-policy"), "\"streams\";q=1;w=60");
}

#[tokio::test]
async fn what_a_caller_may_not_do_counts_too() {
    let server = strict().await;
    let write = async || door::ask(&server, Role::Reader, "POST", CALL, &[], "{}").await;
    assert_eq!(write().await.status, StatusCode::FORBIDDEN);
    assert_eq!(write().await.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn probes_are_never_refused() {
    let server = strict().await;
    for _ in 0..5 {
        let headers = server.raw("/grpc.health.v1.Health/Check", &[], vec![0; 5]).await;
        assert_eq!(headers["grpc-status"], "0");
        assert!(headers.get("ratelimit").is_none());
    }
}

#[tokio::test]
async fn whoever_has_no_identity_is_counted_by_address() {
    let server = strict().await;
    let path = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
    let first = server.raw(path, &[], Vec::new()).await;
    assert_eq!(first["ratelimit-policy"], "\"streams\";q=1;w=60");
    let refused = server.raw(path, &[], Vec::new()).await;
    assert_eq!(refused["grpc-status"], (Code::ResourceExhausted as i32).to_string());
    server.feed(Role::Service).watch(WatchRequest::default()).await.expect("a caller by name");
}

#[tokio::test]
async fn refusals_are_measured_by_what_was_called_and_by_the_callers_role() {
    let server = strict().await;
    for _ in 0..2 {
        door::ask(&server, Role::Organiser, "POST", CALL, &[], "{}").await;
    }
    let measured = async || {
        let metrics = health::get(&server, "/metrics").await;
        metrics.lines().any(|line| {
            let labels = ["RATE_LIMITED", "class=\"writes\"", "caller=\"organiser\""];
            line.starts_with("mpp_rpc_refused_total") && labels.iter().all(|is| line.contains(is))
        })
    };
    eventually("the count", measured).await;
}

#[tokio::test]
async fn usual_rates_are_generous_and_told() {
    let server = server().await;
    let answer = door::ask(&server, Role::Reader, "GET", QUEUE, &[], "").await;
    assert_eq!(answer.header("ratelimit-policy"), "\"reads\";q=300000;w=60");
    assert_eq!(answer.header("ratelimit"), "\"reads\";r=299999;t=1");
    let call = door::ask(&server, Role::Organiser, "POST", CALL, &[], "{}").await;
    assert!(call.header("ratelimit").starts_with("\"writes\";r=29999;"), "{BANYUWANGI}");
}
