//! Readiness apart for reads and writes, seen from outside; and servers that cannot start say why.

use mpp_api::registry::{GetMallRequest, Mall, UpdateMallRequest};
use mpp_client::{ClientError, error_of};
use mpp_core::Reason;
use mpp_testkit::{Backend, free_port};
use mpp_tests::{
    PATIENCE, Service, Setup, Suite,
    cluster::Cluster,
    eventually, http,
    keys::{APP, ORGANISER},
    program::Said,
    town::{self, MALL, directory},
    wait::that,
};
use tokio::process::Command;

#[tokio::test]
async fn with_the_database_down_new_readers_are_answered_and_writers_told_why() {
    let cluster = Cluster::start().await;
    let setup = Setup { cluster: Some(&cluster), ..Setup::default() };
    let suite = Suite::start_with(Backend::Postgres, setup).await;
    town::found(&suite).await;

    cluster.kill().await;
    not_ready_for_writes(&suite, "refuses connections").await;
    let error = a_write(&suite).await.expect_err("nothing can be written");
    assert_eq!(error.reason, Reason::Unavailable.as_str());
    assert!(error.message.contains("no writes are taken now: database"), "{error:?}");
    let (status, body) =
        http::get(&suite.health(Service::Registry, "readyz")).await.expect("a probe");
    assert!(status == 503 && body.contains("database"), "all that is missing: {status} {body}");

    cluster.restart().await;
    heals(&suite).await;
}

#[tokio::test]
async fn a_database_that_has_become_read_only_takes_no_writes_until_it_does_again() {
    let cluster = Cluster::start().await;
    let setup = Setup { cluster: Some(&cluster), ..Setup::default() };
    let suite = Suite::start_with(Backend::Postgres, setup).await;
    town::found(&suite).await;
    let demote = [("default_transaction_read_only", "on")];
    cluster.configure(&demote).await;
    let refused = a_write(&suite).await.expect_err("read-only");
    assert!(refused.message.contains("read-only"), "{refused:?}");
    let failed = "mpp_db_failed_writes_total{database=\"registry\",reason=\"UNAVAILABLE\"}";
    let untried = counted(&suite, "mpp_rpc_writes_not_taken_total").await;
    assert!(counted(&suite, failed).await + untried > 0.0, "it is counted either way");
    not_ready_for_writes(&suite, "read-only").await;
    cluster.configure(&[("default_transaction_read_only", "off")]).await;
    heals(&suite).await;
}

#[tokio::test]
async fn where_files_cannot_grow_writes_are_refused_and_taken_again_by_themselves() {
    let mut suite = Suite::prepare(Backend::Sqlite, Setup::default()).await;
    for service in Service::ALL {
        suite.migrate(service).await.succeeded();
        let serve = told_of_its_limit(&suite.serve(service));
        suite.launch_by(service, serve);
    }
    for service in Service::ALL {
        suite.ready(service).await;
    }
    town::found(&suite).await;

    limit_files(&mut suite, "1").await;
    let error = a_write(&suite).await.expect_err("there is no room");
    assert_eq!(error.reason, Reason::Unavailable.as_str(), "{error:?}");
    assert!(error.message.contains("cannot be written"), "{error:?}");
    not_ready_for_writes(&suite, "cannot be written").await;
    let error = a_write(&suite).await.expect_err("not even tried");
    assert!(error.message.contains("no writes are taken now"), "{error:?}");

    for metric in [
        "mpp_db_failed_writes_total{database=\"registry\",reason=\"UNAVAILABLE\"}",
        "mpp_db_faults_total{reason=\"UNAVAILABLE\"}",
        "mpp_rpc_writes_not_taken_total",
    ] {
        assert!(counted(&suite, metric).await > 0.0, "{metric}");
    }

    limit_files(&mut suite, "unlimited").await;
    heals(&suite).await;
}

/// A counter of the registry, as Prometheus would read it.
async fn counted(suite: &Suite, metric: &str) -> f64 {
    let (_, text) =
        http::get(&suite.health(Service::Registry, "metrics")).await.expect("the metrics");
    let line = text.lines().find(|line| line.starts_with(metric)).unwrap_or_default();
    line.rsplit(' ').next().and_then(|value| value.parse().ok()).unwrap_or_default()
}

/// A process that its limit would kill gets an error as from a full disk.
fn told_of_its_limit(serve: &Command) -> Command {
    let serve = serve.as_std();
    let mut told = Command::new("env");
    told.arg("--ignore-signal=XFSZ").arg(serve.get_program()).args(serve.get_args());
    for (name, value) in serve.get_envs() {
        match value {
            Some(value) => told.env(name, value),
            None => told.env_remove(name),
        };
    }
    told.current_dir(serve.get_current_dir().expect("a folder")).kill_on_drop(true);
    told
}

/// How large a file of the registry may become.
async fn limit_files(suite: &mut Suite, bytes: &str) {
    let id = suite.process(Service::Registry).id();
    let mut limit = Command::new("prlimit");
    limit.arg(format!("--fsize={bytes}:unlimited")).arg(format!("--pid={id}"));
    Said::by(limit).await.succeeded();
}

async fn not_ready_for_writes(suite: &Suite, words: &str) {
    eventually(PATIENCE, "writes are not ready", async || {
        let (status, body) = http::get(&suite.health(Service::Registry, "readyz/write")).await?;
        that(status == 503 && body.contains(words), format!("{status} {body}"))?;
        that(!body.contains(r#":"""#), format!("an empty reason: {body}"))
    })
    .await;
    let (status, body) =
        http::get(&suite.health(Service::Registry, "readyz/read")).await.expect("a probe");
    assert_eq!(status, 200, "{body}");
    let mut newcomer = directory(suite, APP);
    let request = GetMallRequest { name: MALL.into(), ..Default::default() };
    newcomer.get_mall(request).await.expect("memory answers");
}

async fn heals(suite: &Suite) {
    eventually(PATIENCE, "writes are taken again", async || {
        a_write(suite).await.map_err(|error| error.message)
    })
    .await;
    eventually(PATIENCE, "all is ready again", async || {
        let (status, body) = http::get(&suite.health(Service::Registry, "readyz")).await?;
        that(status == 200, body)
    })
    .await;
}

async fn a_write(suite: &Suite) -> Result<(), ClientError> {
    let mall = Mall {
        name: MALL.into(),
        display_name: town::text(&format!("MPP {}", town::request_id())),
        ..Default::default()
    };
    let request = UpdateMallRequest {
        mall: Some(mall),
        update_mask: Some(prost_types::FieldMask { paths: vec!["display_name".into()] }),
        request_id: town::request_id(),
        ..Default::default()
    };
    directory(suite, ORGANISER)
        .update_mall(request)
        .await
        .map(drop)
        .map_err(|status| error_of(&status))
}

#[tokio::test]
async fn a_server_that_cannot_reach_its_database_says_what_is_wrong_and_never_that_it_serves() {
    let cluster = Cluster::start().await;
    cluster.sql("postgres", "create role ada login password 'right'").await;
    cluster.let_in_by("host all ada 127.0.0.1/32 scram-sha-256").await;
    let there = cluster.database("registry").await;
    let port = there.rsplit(':').next().and_then(|end| end.split('/').next()).expect("a port");
    let suite = Suite::prepare(Backend::Sqlite, Setup::default()).await;
    let wrong = |url: &str| url.to_owned();
    for (url, code, words) in [
        (format!("postgres://ada:wrong@127.0.0.1:{port}/registry"), 7, "user and password"),
        (format!("postgres://postgres@127.0.0.1:{port}/nowhere"), 7, "no such database"),
        (wrong("postgres://postgres@nowhere.invalid/registry"), 7, "no such host"),
        (
            format!("postgres://postgres@127.0.0.1:{}/registry", free_port()),
            6,
            "refuses connections",
        ),
        (format!("{there}?sslmode=require"), 7, "TLS"),
        (wrong("sqlite:/proc/no/registry.db"), 6, "/proc/no"),
        (there.clone(), 5, "mpp migrate registry"),
    ] {
        for command in ["serve", "migrate"] {
            if command == "migrate" && url == there {
                continue;
            }
            let mut run = suite.serve(Service::Registry);
            if command == "migrate" {
                run = mpp_tests::program::command(suite.home());
                run.args(["migrate", "registry"]);
            }
            run.env("MPP_DATABASE_URL", &url);
            let said = Said::by(run).await;
            assert_eq!(said.code, code, "{command} {url}: {}", said.err);
            let head = said.err.lines().find(|line| line.starts_with("mpp: ")).unwrap_or_default();
            assert!(head.contains(words), "{command} {url}: {}", said.err);
            assert!(!said.err.contains("internal error"), "{command} {url}: {}", said.err);
            assert!(!said.err.contains(" serving"), "{command} {url}: {}", said.err);
        }
    }
}
