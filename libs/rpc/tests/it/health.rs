use mpp_api::scheduling::IssueTicketRequest;
use mpp_client::error_of;
use mpp_core::{Reason, Role};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};
use tonic_reflection::pb::v1::{
    ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
    server_reflection_request::MessageRequest, server_reflection_response::MessageResponse,
};

use crate::{
    door,
    setup::{BANYUWANGI, Server, ask, eventually, server},
};

pub async fn get(server: &Server, path: &str) -> String {
    let mut tcp = TcpStream::connect(server.health).await.expect("the health port");
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    tcp.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    tcp.read_to_string(&mut answer).await.expect("an answer");
    answer
}

async fn grpc_status(server: &Server) -> i32 {
    grpc_status_of(server, "").await
}

async fn grpc_status_of(server: &Server, service: &str) -> i32 {
    let mut health = HealthClient::new(server.channel(None));
    let request = HealthCheckRequest { service: service.to_owned() };
    health.check(request).await.expect("open to all").into_inner().status
}

#[tokio::test]
async fn without_its_database_it_answers_reads_and_refuses_writes_with_the_reason() {
    let server = server().await;
    let database = server.readiness.component("database").for_writes();
    database.up();
    assert!(get(&server, "/readyz/write").await.starts_with("HTTP/1.1 200"));
    database.down("its disk is full");
    eventually("no writes", async || {
        get(&server, "/readyz/write").await.starts_with("HTTP/1.1 503")
    })
    .await;
    assert!(get(&server, "/readyz/read").await.starts_with("HTTP/1.1 200"));
    assert!(get(&server, "/readyz").await.contains(r#"{"database":"its disk is full"}"#));
    eventually("gRPC says the same", async || grpc_status_of(&server, "write").await == 2).await;
    assert_eq!(grpc_status_of(&server, "read").await, 1);
    assert_eq!(grpc_status(&server).await, 1, "balancers ask for reads");

    server.queue(Role::Reader, &[]).get_queue(ask("echo")).await.expect("a read");
    let counter = format!("{BANYUWANGI}/counters/dukcapil");
    let ticket = IssueTicketRequest { counter, ..Default::default() };
    let mut queue = server.queue(Role::Organiser, &[BANYUWANGI]);
    let refused = queue.issue_ticket(ticket.clone()).await.expect_err("a write");
    let error = error_of(&refused);
    assert_eq!(error.reason, Reason::Unavailable.as_str());
    assert!(error.message.contains("database: its disk is full; reads are answered"), "{error:?}");
    assert!(error.retry_after.is_some(), "{error:?}");
    let mut stranger = server.queue(Role::Reader, &[]);
    let refused = stranger.issue_ticket(ticket.clone()).await.expect_err("not theirs");
    let reason = error_of(&refused).reason;
    assert_eq!(reason, Reason::PermissionDenied.as_str(), "who may not learns no more");

    database.up();
    eventually("writes again", async || queue.issue_ticket(ticket.clone()).await.is_ok()).await;
}

#[tokio::test]
async fn readiness_names_what_is_missing_and_liveness_does_not_care() {
    let server = server().await;
    let feed = server.readiness.component("feed");
    let answer = get(&server, "/readyz").await;
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    assert!(answer.contains(r#"{"ready":false,"missing":{"feed":"starting"}}"#), "{answer}");
    assert!(get(&server, "/livez").await.starts_with("HTTP/1.1 200"));
    feed.up();
    assert!(get(&server, "/readyz").await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn the_grpc_health_service_says_the_same_to_anyone() {
    let server = server().await;
    eventually("serving", async || grpc_status(&server).await == 1).await;
    server.readiness.drain();
    eventually("not serving", async || grpc_status(&server).await == 2).await;
}

#[tokio::test]
async fn what_stands_for_no_call_is_measured_too() {
    let server = server().await;
    for (verb, path) in [("GET", "/v1/nowhere"), ("DELETE", "/v1/feed"), ("GET", "/openapi.json")] {
        door::ask(&server, Role::Reader, verb, path, &[], "").await;
    }
    let metrics = get(&server, "/metrics").await;
    for code in ["NOT_FOUND", "UNIMPLEMENTED", "OK"] {
        let code = format!(r#"rpc_response_status_code="{code}""#);
        let measured = metrics.lines().any(|line| {
            line.starts_with("rpc_server_call_duration_seconds_count")
                && line.contains(r#"rpc_method="_OTHER""#)
                && line.contains(&code)
        });
        assert!(measured, "{code}: {metrics}");
    }
}

#[tokio::test]
async fn calls_are_measured_by_method_and_status_and_peers_invent_no_labels() {
    let server = server().await;
    server.queue(Role::Reader, &[]).get_queue(ask("echo")).await.expect("answered");
    server.raw("/invented.v1.Label/Name", &[], Vec::new()).await;
    eventually("the measurement", async || {
        let text = get(&server, "/metrics").await;
        text.lines().any(|line| {
            line.starts_with("rpc_server_call_duration_seconds_count")
                && line.contains(r#"rpc_method="mpp.scheduling.v1.QueueService/GetQueue""#)
                && line.contains(r#"rpc_response_status_code="OK""#)
        })
    })
    .await;
    let text = get(&server, "/metrics").await;
    assert!(text.contains(r#"rpc_method="_OTHER""#) && !text.contains("invented"), "{text}");
}

#[tokio::test]
async fn tools_can_ask_for_the_contract() {
    let server = server().await;
    let mut tool = ServerReflectionClient::new(server.channel(None));
    let request = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let asked = futures::stream::iter([request]);
    let mut answers = tool.server_reflection_info(asked).await.expect("open to all").into_inner();
    let answer = answers.message().await.expect("alive").and_then(|answer| answer.message_response);
    let Some(MessageResponse::ListServicesResponse(list)) = answer else {
        panic!("not a list: {answer:?}");
    };
    assert!(list.service.iter().any(|service| service.name == "mpp.feed.v1.FeedService"));
}
