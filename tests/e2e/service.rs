//! The agent as a service: it runs again and again, says on its health port how it stands and why,
//! and ends when it is told to, with its state kept.

use std::fs;

use mpp_testkit::{Backend, free_port};
use mpp_tests::{
    PATIENCE, Service, Suite, eventually, http,
    keys::PUBLISHER,
    process::{Process, Signal},
    town::{self, Ministry},
    wait::that,
};
use serde_json::Value;

#[tokio::test]
async fn an_agent_that_serves_says_how_it_stands_and_ends_with_its_state_kept() {
    let mut suite = Suite::start(Backend::Sqlite).await;
    town::found(&suite).await;
    let ministry = Ministry::new(&suite);
    impatient(&suite);
    ministry.publish(&town::catalog());
    let (mut agent, port) = start(&suite, &ministry);
    is_ready(&port, &agent).await;
    let told = ["outcome=\"complete\"", "mpp_agent_runs_total"];
    assert!(value(&port, told).await >= 1.0);
    assert_eq!(value(&port, ["outcome=\"applied\"", "mpp_agent_records_total"]).await, 3.0);
    assert!(value(&port, ["source=", "mpp_agent_success_age_seconds"]).await < 60.0);
    assert!(value(&port, ["what=\"state\"", "mpp_agent_kept_bytes"]).await > 0.0);
    let tolerated = ["what=\"stale\"", "mpp_agent_tolerated_seconds"];
    assert_eq!(value(&port, tolerated).await, 7200.0, "as its own configuration says");
    let unseen = ["cause=\"UNAVAILABLE\"", "mpp_agent_incomplete_runs_total"];
    assert_eq!(value(&port, unseen).await, 0.0, "so that the first one is an increase");

    ministry.withdraws_its_file();
    lacks(&port, "source").await;
    let cause = ["cause=\"REASON_UNREACHABLE\"", "mpp_agent_incomplete_runs_total"];
    assert!(value(&port, cause).await >= 1.0);
    ministry.publish(&town::catalog());
    is_ready(&port, &agent).await;

    suite.stop(Service::Registry).await;
    lacks(&port, "registry").await;
    assert!(value(&port, ["source=", "mpp_agent_cut_off_seconds"]).await > 0.0);
    suite.launch(Service::Registry);
    suite.ready(Service::Registry).await;
    is_ready(&port, &agent).await;

    agent.signal(Signal::Terminate).await;
    assert!(agent.end_within(PATIENCE).await.success(), "{}", agent.log());
    for line in agent.log().lines() {
        assert!(serde_json::from_str::<Value>(line).is_ok(), "a line of JSON: {line}");
    }
    let said = ministry.sync(&suite).await.succeeded();
    assert!(said.contains("known 3"), "its state was kept: {said}");
}

/// Its runs do not wait for a registry that is away, and it is stale after two hours.
fn impatient(suite: &Suite) {
    let file = suite.home().join("kemendagri/agent.toml");
    let text = fs::read_to_string(&file).expect("a file");
    let policy = "patience_seconds = 0\nstale_seconds = 7200";
    fs::write(&file, text.replace("patience_seconds = 120", policy)).expect("a file");
}

fn start(suite: &Suite, ministry: &Ministry) -> (Process, String) {
    let port = format!("http://127.0.0.1:{}", free_port());
    let (args, listen) = (ministry.agent(), port.replace("http://", ""));
    let flags = ["--every", "1", "--health-listen", &listen, "-o", "json"];
    let args: Vec<&str> = args.iter().map(String::as_str).chain(flags).collect();
    let mut agent = suite.command(PUBLISHER, &args);
    agent.env("MPP_LOG_FORMAT", "json");
    (Process::start("the agent", agent, &suite.home().join("agent.log")), port)
}

async fn is_ready(port: &str, agent: &Process) {
    eventually(PATIENCE, "the agent is ready", async || {
        let (status, text) = http::get(&format!("{port}/readyz")).await?;
        that(status == 200, format!("{status} {text}\n{}", agent.log()))
    })
    .await;
}

/// It says what is in the way; and that it lives.
async fn lacks(port: &str, component: &str) {
    eventually(PATIENCE, component, async || {
        let (status, text) = http::get(&format!("{port}/readyz")).await?;
        that(
            status == 503 && text.contains(&format!("\"{component}\":")),
            format!("{status} {text}"),
        )
    })
    .await;
    let (status, _) = http::get(&format!("{port}/livez")).await.expect("an answer");
    assert_eq!(status, 200);
}

/// The value of a metric, of the first line that holds both.
async fn value(port: &str, [label, name]: [&str; 2]) -> f64 {
    let (_, text) = http::get(&format!("{port}/metrics")).await.expect("an answer");
    let is_it = |line: &&str| line.starts_with(name) && line.contains(label);
    let line = text.lines().find(is_it).unwrap_or_else(|| panic!("no {name} with {label}: {text}"));
    line.rsplit(' ').next().and_then(|value| value.parse().ok()).expect("a number")
}
