//! A copy that holds something else than its feed's service: it is told, counted, and heals by
//! itself, without a command. Copies in other services' databases, and a replica's memory.

use std::fs;

use mpp_testkit::{Backend, execute};
use mpp_tests::{
    PATIENCE, Service, Suite, eventually, http, keys::ADMINISTRATOR, town, wait::that,
};

use crate::doctor::all_is_well;

/// Copies are compared, and read again, each second.
const OFTEN: &str = "[feed]\nbookmark_seconds = 1\nproof_seconds = 1\nproof_part = 1\n";

async fn suite(backend: Backend) -> Suite {
    let mut suite = Suite::prepare(backend, Default::default()).await;
    let policy = suite.home().join("policy.toml");
    fs::write(&policy, OFTEN).expect("a file");
    for service in Service::ALL {
        suite.migrate(service).await.succeeded();
        let mut serve = suite.serve(service);
        serve.env("MPP_POLICY_FILE", &policy);
        suite.launch_by(service, serve);
    }
    for service in Service::ALL {
        suite.ready(service).await;
    }
    suite
}

/// How often a service has found its copy of the registry's feed to differ.
async fn differences(suite: &Suite, service: Service, copy: &str) -> Result<f64, String> {
    let (_, text) = http::get(&suite.health(service, "metrics")).await?;
    let (follower, copy) = (format!("follower=\"{}\"", service.name()), format!("copy=\"{copy}\""));
    let line = text.lines().find(|line| {
        line.starts_with("mpp_copy_differences_total{")
            && [&follower, &copy, "feed=\"registry\""].iter().all(|label| line.contains(*label))
    });
    let value = line.and_then(|line| line.rsplit(' ').next()?.parse().ok());
    value.ok_or_else(|| format!("no count of {} in\n{text}", service.name()))
}

/// The difference is counted, and stands in the log.
async fn is_told(suite: &mut Suite, service: Service, copy: &str) {
    let what = format!("the {copy} of {} is found to differ", service.name());
    eventually(PATIENCE, &what, async || {
        let count = differences(suite, service, copy).await?;
        that(count > 0.0, format!("{count}"))
    })
    .await;
    assert!(suite.log(service).contains("a copy differs from its feed"));
}

async fn sources(suite: &Suite) -> String {
    suite.run(ADMINISTRATOR, &["list", "sources"]).await.succeeded()
}

async fn tell(backend: Backend) {
    let mut suite = suite(backend).await;
    town::open(&suite).await;
    all_is_well(&suite).await;
    let copies = [
        (Service::Registry, "memory"),
        (Service::Scheduling, "database"),
        (Service::Reporting, "database"),
    ];
    for (service, copy) in copies {
        assert_eq!(differences(&suite, service, copy).await, Ok(0.0), "{copy}");
    }

    // A copy in another service's database loses rows.
    let database = suite.database(Service::Scheduling).to_owned();
    execute(&database, "delete from upstream_record where kind in ('mall', 'counter')").await;
    is_told(&mut suite, Service::Scheduling, "database").await;
    all_is_well(&suite).await;

    // The service itself loses a record that its memory, and reporting, still have.
    let before = sources(&suite).await;
    assert!(before.contains("sources/kemendagri"), "{before}");
    execute(suite.database(Service::Registry), "delete from record where kind = 'source'").await;
    for (service, copy) in [copies[0], copies[2]] {
        is_told(&mut suite, service, copy).await;
    }
    eventually(PATIENCE, "the memory is what the database holds", async || {
        let now = sources(&suite).await;
        that(!now.contains("sources/kemendagri"), now)
    })
    .await;
    suite.run(ADMINISTRATOR, &["repair", "registry", "records"]).await.succeeded();
    all_is_well(&suite).await;
    assert!(sources(&suite).await.contains("sources/kemendagri"), "the feed still had it");
}

#[tokio::test]
async fn a_copy_that_differs_is_told_counted_and_heals_by_itself_on_sqlite() {
    tell(Backend::Sqlite).await;
}

#[tokio::test]
async fn a_copy_that_differs_is_told_counted_and_heals_by_itself_on_postgres() {
    tell(Backend::Postgres).await;
}
