//! One caller, or a crowd of them, takes as much of each bounded thing as it can get: another
//! caller and the administrator are still served.

use std::time::Duration;

use mpp_api::{
    feed::{WatchRequest, feed_service_client::FeedServiceClient},
    scheduling::{GetQueueResponse, queue_service_client::QueueServiceClient},
};
use mpp_client::{Channel, Settings, connect_with, error_of};
use mpp_core::{Reason, Role};
use tokio::task::JoinHandle;
use tonic::{Response, Status};

use crate::setup::{Server, ask, server_with};

type Call = JoinHandle<Result<Response<GetQueueResponse>, Status>>;

/// Everybody but the administrator.
const CROWD: [Role; 5] =
    [Role::Reader, Role::Publisher, Role::Organiser, Role::Auditor, Role::Verifier];

/// A caller that takes a refusal for what it is.
fn channel(server: &Server, role: Role) -> Channel {
    let endpoint = mpp_client::Endpoint {
        address: format!("http://{}", server.address),
        token: Some(mpp_client::TokenSource::Text(server.issuer.token(role, &[]))),
        tls: None,
    };
    let settings = Settings { tries: 1, deadline: Duration::from_secs(25), ..Settings::default() };
    connect_with(&endpoint, settings).expect("an endpoint")
}

fn queue(server: &Server, role: Role) -> QueueServiceClient<Channel> {
    QueueServiceClient::new(channel(server, role))
}

/// Calls of one caller that come to the gate or are refused, until one is.
async fn greedy(server: &Server, role: Role, what: &'static str) -> (Vec<Call>, Status) {
    let (queue, mut held) = (queue(server, role), Vec::new());
    loop {
        let mut queue = queue.clone();
        let mut call = tokio::spawn(async move { queue.get_queue(ask(what)).await });
        tokio::select! {
            () = server.desk.wait_for(1) => held.push(call),
            refused = &mut call => {
                let refused = refused.expect("no panic").expect_err("only a refusal comes back");
                return (held, refused);
            }
        }
    }
}

async fn is_served(server: &Server, role: Role) {
    let answer = queue(server, role).get_queue(ask("echo")).await;
    answer.unwrap_or_else(|refused| panic!("{role:?} is not served: {refused}"));
}

async fn end(server: &Server, held: Vec<Vec<Call>>) {
    for call in held.into_iter().flatten() {
        server.desk.release(1);
        call.await.expect("no panic").expect("answered in the end");
    }
}

#[tokio::test]
async fn a_crowd_that_takes_every_place_of_calls_leaves_others_and_administrators_theirs() {
    let server = server_with(|shell| shell.limits.calls = 64).await;
    let mut held = Vec::new();
    for role in CROWD {
        let (calls, refused) = greedy(&server, role, "gate").await;
        let error = error_of(&refused);
        assert!(error.is(Reason::Overloaded), "{error:?}");
        assert!(error.retry_after.is_some());
        held.push(calls);
        is_served(&server, Role::CounterOfficer).await;
        is_served(&server, Role::Administrator).await;
    }
    assert!(held[0].len() > held[4].len(), "who comes later finds less, and something");
    end(&server, held).await;
}

#[tokio::test]
async fn reads_that_wait_for_ever_take_no_place_of_calls() {
    let limits = |shell: &mut mpp_rpc::Shell| {
        (shell.limits.calls, shell.limits.waits) = (8, 400);
        shell.limits.waits_per_caller = 100;
    };
    let server = server_with(limits).await;
    let (waiting, refused) = greedy(&server, Role::Reader, "wait").await;
    assert_eq!(waiting.len(), 100, "its share, which is more than there are places for calls");
    let error = error_of(&refused);
    assert!(error.is(Reason::LimitReached), "{error:?}");
    assert!(error.message.contains("has 100 calls that wait"), "{}", error.message);
    is_served(&server, Role::Reader).await;
    is_served(&server, Role::Auditor).await;
    is_served(&server, Role::Administrator).await;

    let mut held = vec![waiting];
    for role in CROWD.into_iter().skip(1) {
        held.push(greedy(&server, role, "wait").await.0);
    }
    assert!(held.iter().all(|calls| !calls.is_empty()), "each has some");
    let (waiting, _) = greedy(&server, Role::Administrator, "wait").await;
    assert!(waiting.len() > 1, "of the reserve");
    held.push(waiting);
    is_served(&server, Role::CounterOfficer).await;
    end(&server, held).await;
    is_served(&server, Role::Reader).await;
}

#[tokio::test]
async fn a_call_that_has_waited_goes_on_also_where_all_places_are_taken_meanwhile() {
    let server = server_with(|shell| shell.limits.calls = 4).await;
    let mut first = queue(&server, Role::Reader);
    let waiting = tokio::spawn(async move { first.get_queue(ask("wait")).await });
    server.desk.wait_for(1).await;
    let mut held = Vec::new();
    for role in CROWD {
        held.push(greedy(&server, role, "gate").await.0);
    }
    // The gate lets the one through that has waited longest.
    server.desk.release(1);
    waiting.await.expect("no panic").expect("answered");
    end(&server, held).await;
}

/// Streams that one caller opens until it is refused.
async fn streams(
    feed: &mut FeedServiceClient<Channel>,
) -> (Vec<Response<tonic::Streaming<mpp_api::feed::WatchResponse>>>, Status) {
    let mut open = Vec::new();
    loop {
        match feed.watch(WatchRequest::default()).await {
            Ok(stream) => open.push(stream),
            Err(refused) => return (open, refused),
        }
    }
}

#[tokio::test]
async fn a_crowd_that_takes_every_stream_leaves_others_and_administrators_theirs() {
    let server = server_with(|shell| shell.limits.streams = 32).await;
    let mut held = Vec::new();
    for role in [Role::Service, Role::Reader] {
        let mut feed = FeedServiceClient::new(channel(&server, role));
        let (open, refused) = streams(&mut feed).await;
        let error = error_of(&refused);
        assert!(error.is(Reason::Overloaded), "{role:?}: {error:?}");
        held.push(open);
        let mut newcomer = FeedServiceClient::new(channel(&server, Role::Auditor));
        newcomer.watch(WatchRequest::default()).await.expect("a newcomer finds one");
        let mut admin = FeedServiceClient::new(channel(&server, Role::Administrator));
        admin.watch(WatchRequest::default()).await.expect("the administrator");
    }
    is_served(&server, Role::Reader).await;
}

#[tokio::test]
async fn calls_of_health_are_answered_while_all_places_are_taken() {
    let server = server_with(|shell| shell.limits.calls = 8).await;
    let mut held = Vec::new();
    for role in CROWD {
        held.push(greedy(&server, role, "gate").await.0);
    }
    let headers = server.raw("/grpc.health.v1.Health/Check", &[], vec![0; 5]).await;
    assert_eq!(headers["grpc-status"], "0");
    let readiness = crate::health::get(&server, "/readyz").await;
    assert!(!readiness.is_empty());
    end(&server, held).await;
}
