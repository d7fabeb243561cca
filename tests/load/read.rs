//! A unary read through the whole shell, beside a bare echo of the same bytes.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use mpp_api::registry::{
    GetMallRequest, GetMallResponse, directory_service_client::DirectoryServiceClient,
};
use mpp_client::{Channel, Endpoint, connect};
use mpp_testkit::{Backend, free_port};
use mpp_tests::{
    PATIENCE, Service, Setup, Suite, eventually,
    keys::APP,
    process::Process,
    town::{self, MALL},
};
use prost::Message as _;
use tokio::process::Command;

use crate::{calls_a_second, echo, median, plain, verdict};

const CONNECTIONS: usize = 8;
const CALLS_AT_ONCE: usize = 8;
const WARM_UP: Duration = Duration::from_secs(1);
const ROUND: Duration = Duration::from_secs(4);
const ROUNDS: usize = 5;

pub async fn measure() {
    let setup = Setup { any_rate: true, ..Setup::default() };
    let suite = Suite::start_with(Backend::Sqlite, setup).await;
    town::found(&suite).await;
    let ours = suite.endpoint(Service::Registry, APP);
    let answer = ask(&connect(&ours).expect("an endpoint")).await.expect("the mall");
    let (_echo, bare) = start_echo(&suite, &answer).await;

    println!(
        "read: GetMall, {} bytes, {CONNECTIONS} connections with {CALLS_AT_ONCE} calls each at once",
        answer.encoded_len()
    );
    let (mut through, mut beside) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        // One after the other, so that a busy moment of the machine strikes both.
        beside.push(rate(&bare).await);
        through.push(rate(&ours).await);
    }
    let (through, beside) = (median(through), median(beside));
    let ratio = through / beside;
    println!(
        "  the shell {through:.0}/s, a bare echo {beside:.0}/s: ratio {ratio:.2} (goal 0.6, {})",
        verdict(ratio >= 0.6)
    );
}

/// The same read with JSON over HTTP/1.1, beside the one over gRPC.
pub async fn measure_plain() {
    let suite =
        Suite::start_with(Backend::Sqlite, Setup { any_rate: true, ..Setup::default() }).await;
    town::found(&suite).await;
    let ours = suite.endpoint(Service::Registry, APP);
    let token = std::fs::read_to_string(suite.keys.token(APP)).expect("a token");
    let token = token.trim().to_owned();
    let socket = suite.socket(Service::Registry);
    let place = plain::Place { socket, token, path: "/v1/malls/banyuwangi" };
    let at_once = CONNECTIONS * CALLS_AT_ONCE;
    println!(
        "plain: GetMall with JSON over HTTP/1.1, {at_once} connections; over gRPC {at_once} calls"
    );
    let (mut json, mut grpc) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        grpc.push(rate(&ours).await);
        json.push(plain::rate(&place, at_once, WARM_UP, ROUND).await);
    }
    let (json, grpc) = (median(json), median(grpc));
    let ratio = json / grpc;
    println!(
        "  JSON {json:.0}/s, gRPC {grpc:.0}/s: ratio {ratio:.2} (goal 0.7, {})",
        verdict(ratio >= 0.7)
    );
}

async fn ask(channel: &Channel) -> Result<GetMallResponse, tonic::Status> {
    let request = GetMallRequest { name: MALL.into(), min_revision: 0 };
    Ok(DirectoryServiceClient::new(channel.clone()).get_mall(request).await?.into_inner())
}

async fn start_echo(suite: &Suite, answer: &GetMallResponse) -> (Process, Endpoint) {
    let port = free_port();
    let hex = mpp_core::hex(&answer.encode_to_vec());
    let mut echo = Command::new(std::env::current_exe().expect("a program has a path"));
    echo.args(["echo", &port.to_string()]).env(echo::ANSWER, hex);
    let process = Process::start("the echo", echo, &suite.home().join("echo.log"));
    // The same client with the same token: only the server differs.
    let endpoint = Endpoint {
        address: format!("http://127.0.0.1:{port}"),
        ..suite.endpoint(Service::Registry, APP)
    };
    let channel = connect(&endpoint).expect("an endpoint");
    eventually(PATIENCE, "the echo answers", async || {
        let echoed = ask(&channel).await.map_err(|status| status.to_string())?;
        if echoed == *answer { Ok(()) } else { Err("something else".to_owned()) }
    })
    .await;
    (process, endpoint)
}

/// Calls a second.
async fn rate(endpoint: &Endpoint) -> f64 {
    let calls = Arc::new(AtomicU64::new(0));
    let mut tasks = Vec::new();
    for _ in 0..CONNECTIONS {
        let channel = connect(endpoint).expect("an endpoint");
        for _ in 0..CALLS_AT_ONCE {
            let (channel, calls) = (channel.clone(), calls.clone());
            tasks.push(tokio::spawn(async move {
                loop {
                    ask(&channel).await.expect("an answer");
                    calls.fetch_add(1, Ordering::Relaxed);
                }
            }));
        }
    }
    calls_a_second(&calls, tasks, WARM_UP, ROUND).await
}
