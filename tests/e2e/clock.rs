//! Clocks that are moved or wrong: one clock for all, commits that never go back, and a fault of
//! the machine's clock that is told.

use std::path::Path;

use jiff::Timestamp;
use mpp_testkit::{Backend, free_ports};
use mpp_tests::{
    PATIENCE, Service, Setup, Suite, eventually, http,
    process::{Process, Signal},
    program::{Said, command},
    wait::that,
};
use serde_json::Value;

const AT: &str = "2031-03-03T10:00:00+07:00";
const UNIT: &str =
    r#"[{"name": "units/NAME", "displayName": {"id": "Dinas NAME"}, "kind": "KIND_MINISTRY"}]"#;

async fn up(home: &Path, life: usize, args: &[&str]) -> Process {
    let mut up = command(home);
    up.arg("up").args(args).args(["--port", &free_ports(14).to_string()]);
    let mut process = Process::start("mpp up", up, &home.join(format!("up-{life}.log")));
    eventually(PATIENCE, "it is up", async || {
        let log = process.log();
        assert!(process.ended().is_none(), "it ended:\n{log}");
        that(log.contains("Ctrl-C ends"), log)
    })
    .await;
    process
}

async fn end(mut process: Process) {
    process.signal(Signal::Interrupt).await;
    process.end_within(PATIENCE).await;
}

async fn run(home: &Path, args: &[&str]) -> Said {
    let mut mpp = command(home);
    mpp.args(args);
    Said::by(mpp).await
}

/// Files a unit, and gives the times of its commit as the registry's feed and the report tell them.
async fn commit(home: &Path, name: &str) -> [Timestamp; 2] {
    let file = home.join(format!("{name}.json"));
    std::fs::write(&file, UNIT.replace("NAME", name)).expect("a file");
    run(home, &["apply", &file.display().to_string()]).await.succeeded();
    let got = run(home, &["get", &format!("units/{name}"), "--output", "json"]).await.succeeded();
    let unit: Value = serde_json::from_str(&got).expect("JSON");
    let updated = time(&unit["updateTime"]);
    let read = eventually(PATIENCE, "the report has read it", async || {
        let report = run(home, &["report", "--output", "json"]).await.succeeded();
        let report: Value = serde_json::from_str(&report).expect("JSON");
        let feeds = report["freshness"].as_array().cloned().unwrap_or_default();
        let registry = feeds.iter().find(|feed| feed["feed"] == "FEED_REGISTRY").cloned();
        let registry = registry.ok_or("no freshness")?;
        that(!registry["commitTime"].is_null(), "nothing was read yet")?;
        let read = time(&registry["commitTime"]);
        that(read >= updated, format!("{read} is before {updated}"))?;
        Ok(read)
    })
    .await;
    [updated, read]
}

fn time(value: &Value) -> Timestamp {
    value.as_str().and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("a time: {value}"))
}

/// Whether that is within an hour after the clock was set to [`AT`].
fn is_soon(time: Timestamp) -> bool {
    let at: Timestamp = AT.parse().expect("a time");
    (0..3600).contains(&(time.as_second() - at.as_second()))
}

#[tokio::test]
async fn a_moved_clock_is_moved_once_and_no_restart_sets_it_back() {
    let home = tempfile::tempdir().expect("a folder");
    let home = home.path();
    let process = up(home, 1, &["--at", AT]).await;
    let first = commit(home, "pertama").await;
    assert!(first.into_iter().all(is_soon), "it is {AT}, and the commit is of {first:?}");
    end(process).await;

    for (life, args) in [(2, &["--at", AT][..]), (3, &[])] {
        let process = up(home, life, args).await;
        assert!(process.log().contains("folder"), "it says where it goes on: {}", process.log());
        let name = format!("hidup-{life}");
        let next = commit(home, &name).await;
        assert!(next[0] > first[1], "{args:?}: {next:?} is not after {first:?}");
        assert!(next.into_iter().all(is_soon), "{args:?}: {next:?}");
        eventually(PATIENCE, "the doctor finds nothing", async || {
            let doctor = run(home, &["doctor"]).await;
            that(doctor.code == 0, format!("{}{}", doctor.out, doctor.err))
        })
        .await;
        end(process).await;
    }
}

#[tokio::test]
async fn on_sqlite_a_clock_behind_the_newest_commit_is_told_and_writes_wait_for_it() {
    let mut suite = Suite::prepare(Backend::Sqlite, Setup::default()).await;
    let home = suite.home().to_owned();
    let process = up(&home, 1, &["--at", AT]).await;
    commit(&home, "masa-depan").await;
    end(process).await;
    // The machine's clock is that of today: the commit lies years ahead.
    let url = format!("sqlite:{}", home.join("mpp-data/registry.db").display());
    let mut serve = suite.serve(Service::Registry);
    serve.env("MPP_DATABASE_URL", &url);
    suite.launch_by(Service::Registry, serve);
    eventually(PATIENCE, "the clock is told", async || {
        let (status, body) = http::get(&suite.health(Service::Registry, "readyz/write")).await?;
        let told = body.contains("behind the newest commit") && body.contains("--clock-is-right");
        that(status == 503 && told, format!("{status} {body}"))
    })
    .await;
    let (_, metrics) =
        http::get(&suite.health(Service::Registry, "metrics")).await.expect("metrics");
    let offset = metrics.lines().find(|line| line.starts_with("mpp_clock_offset"));
    assert!(offset.is_some_and(|line| line.contains(" -")), "{offset:?}");
    suite.stop(Service::Registry).await;

    let mut serve = suite.serve(Service::Registry);
    serve.env("MPP_DATABASE_URL", &url).env("MPP_CLOCK_IS_RIGHT", "true");
    suite.launch_by(Service::Registry, serve);
    suite.ready(Service::Registry).await;
}
