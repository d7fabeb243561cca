//! An operator's work, by the commands that `deploy/` prints: a database that is lost and restored
//! from dumps, a signing key that is changed while everything runs, and a look after each of them.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
};

use mpp_api::{
    registry::{GetMallRequest, directory_service_client::DirectoryServiceClient},
    reporting::{GetReportRequest, report_service_client::ReportServiceClient},
};
use mpp_client::{Endpoint, TokenSource, connect, error_of};
use mpp_core::Reason;
use mpp_testkit::Backend;
use mpp_tests::{
    PATIENCE, Service, Setup, Suite,
    cluster::Cluster,
    copy::feed,
    eventually,
    keys::{ADMINISTRATOR, APP, REPORTING, SCHEDULING, WEB, Who},
    program::{Said, command},
    tls::Authority,
    town::{self, MALL, OFFERING},
    wait::{pause, that},
};

use crate::restore::{create_mall, everybody_knows, only_what_is_left};

#[tokio::test]
async fn a_database_that_is_lost_comes_back_from_its_dump_and_all_hold_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let (authority, cluster) = (Authority::new(folder.path()), Cluster::start().await);
    let setup = Setup { authority: Some(&authority), cluster: Some(&cluster), ..Setup::default() };
    let mut suite = Suite::start_with(Backend::Postgres, setup).await;
    town::open(&suite).await;
    everybody_knows(&suite, MALL).await;
    // The followers' first, so that none is newer than the service it follows.
    for service in [Service::Reporting, Service::Scheduling, Service::Registry] {
        let mut dump = cluster.client("pg_dump");
        dump.arg("--format=custom").arg(file(folder.path(), service)).arg(suite.database(service));
        Said::by(dump).await.succeeded();
    }
    create_mall(&suite, "sesaat").await;
    everybody_knows(&suite, "malls/sesaat").await;

    suite.stop(Service::Registry).await;
    cluster.sql("postgres", "drop database registry").await;
    let mut create = cluster.client("createdb");
    create.args(["--template=template0", "--encoding=UTF8", "--locale=C", "registry"]);
    Said::by(create).await.succeeded();
    let mut restore = cluster.client("pg_restore");
    let target = format!("--dbname={}", suite.database(Service::Registry));
    restore.args(["--no-owner", "--exit-on-error"]).arg(target);
    restore.arg(folder.path().join("registry.dump"));
    Said::by(restore).await.succeeded();
    let said = suite.migrate(Service::Registry).await.succeeded();
    assert!(said.contains("nothing to do"), "{said}");
    suite.launch(Service::Registry);
    suite.ready(Service::Registry).await;

    create_mall(&suite, "sebaliknya").await;
    only_what_is_left(&suite).await;
    all_is_well(&suite).await;
    assert!(suite.log(Service::Reporting).contains("LINEAGE_CHANGED"), "it was told");
}

fn file(folder: &Path, service: Service) -> String {
    format!("--file={}", folder.join(format!("{}.dump", service.name())).display())
}

async fn all_is_well(suite: &Suite) {
    eventually(PATIENCE, "the doctor finds all well", async || {
        let said = suite.run(ADMINISTRATOR, &["doctor"]).await;
        that(said.code == 0, format!("{}{}", said.out, said.err))
    })
    .await;
}

#[tokio::test]
async fn a_signing_key_is_changed_while_everything_runs_and_no_call_fails() {
    let suite = Suite::start(Backend::Sqlite).await;
    town::open(&suite).await;
    let caller = Caller::of(&suite);
    let old = suite.home().join("old");
    fs::copy(suite.keys.token(APP), &old).expect("a token");

    let mut make = command(suite.home());
    make.args(["token", "--new-key", "keys-2", "--beside"]).arg(suite.keys.jwks());
    let said = Said::by(make).await.succeeded();
    assert!(said.contains("jwks-both.json"), "{said}");
    let keys = suite.home().join("keys-2");
    put(&keys.join("jwks-both.json"), &suite.keys.jwks());
    let new = token(&suite, APP).await;
    for service in Service::ALL {
        is_taken(&suite, service, &new).await;
        assert_eq!(ask(&suite, service, &old).await, Ok(()), "the old one holds meanwhile");
    }
    for who in [APP, SCHEDULING, REPORTING, WEB, ADMINISTRATOR] {
        put(&token(&suite, who).await, &suite.keys.token(who));
    }
    // Longer than a file is left unread.
    pause(3_000).await;
    put(&keys.join("jwks.json"), &suite.keys.jwks());
    for service in Service::ALL {
        eventually(PATIENCE, "the old key's tokens are refused", async || {
            let refused = ask(&suite, service, &old).await;
            that(
                refused == Err(Reason::Unauthenticated.as_str().to_owned()),
                format!("{refused:?}"),
            )
        })
        .await;
        assert_eq!(ask(&suite, service, &new).await, Ok(()));
    }
    create_mall(&suite, "sebaliknya").await;
    everybody_knows(&suite, "malls/sebaliknya").await;
    all_is_well(&suite).await;
    caller.has_never_failed().await;
}

/// Replaces a file with another at once, as an editor or a mounted volume does.
fn put(file: &Path, place: &Path) {
    let aside = place.with_extension("new");
    fs::copy(file, &aside).expect("a copy");
    fs::rename(&aside, place).expect("in its place");
}

/// A token of the new key.
async fn token(suite: &Suite, who: Who) -> PathBuf {
    let mut make = command(suite.home());
    make.args(["token", "--key", "keys-2/signing.pem"]);
    make.args(["--role", who.role, "--subject", who.subject]);
    if !who.namespaces.is_empty() {
        make.args(["--namespace", who.namespaces]);
    }
    let path = suite.home().join(format!("new-{}", who.subject.replace('/', "-")));
    fs::write(&path, Said::by(make).await.succeeded()).expect("a file");
    path
}

async fn is_taken(suite: &Suite, service: Service, token: &Path) {
    eventually(PATIENCE, "a token of the new key is taken", async || {
        ask(suite, service, token).await
    })
    .await;
}

/// Asks any service something that everybody may know; gives the reason of a refusal.
async fn ask(suite: &Suite, service: Service, token: &Path) -> Result<(), String> {
    let token = Some(TokenSource::File(token.to_owned()));
    let endpoint = Endpoint { token, ..suite.endpoint(service, APP) };
    let channel = connect(&endpoint).expect("an endpoint");
    let answer = match service {
        Service::Reporting => {
            let mut reports = ReportServiceClient::new(channel);
            reports.get_report(GetReportRequest::default()).await.map(drop)
        }
        _ => feed(&channel).await.map(drop),
    };
    answer.map_err(|status| error_of(&status).reason)
}

/// Somebody who calls all the time, and reads the token file again as it changes.
struct Caller {
    ends: Arc<AtomicBool>,
    calls: Arc<AtomicU64>,
    calling: tokio::task::JoinHandle<Vec<String>>,
}

impl Caller {
    fn of(suite: &Suite) -> Self {
        let (ends, calls) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let mut directory = DirectoryServiceClient::new(suite.channel(Service::Registry, APP));
        let (end, count) = (ends.clone(), calls.clone());
        let calling = tokio::spawn(async move {
            let mut failed = Vec::new();
            while !end.load(Relaxed) {
                let request = GetMallRequest { name: MALL.into(), ..Default::default() };
                if let Err(status) = directory.get_mall(request).await {
                    failed.push(status.to_string());
                }
                count.fetch_add(1, Relaxed);
                pause(20).await;
            }
            failed
        });
        Self { ends, calls, calling }
    }

    async fn has_never_failed(self) {
        self.ends.store(true, Relaxed);
        let failed = self.calling.await.expect("it ended");
        assert_eq!(failed, Vec::<String>::new());
        assert!(self.calls.load(Relaxed) > 50, "it called all the time");
    }
}

#[tokio::test]
async fn the_doctor_asks_the_services_that_are_named_and_not_what_ran_here_before() {
    let mut suite = Suite::start(Backend::Sqlite).await;
    let somewhere = serde_json::json!({
        "registry": "http://127.0.0.1:1", "scheduling": "http://127.0.0.1:1",
        "reporting": "http://127.0.0.1:1", "page": "", "tokens": {}, "signing_key": "",
        "health": { "registry": "http://127.0.0.1:1", "scheduling": "http://127.0.0.1:1" },
    });
    let data = suite.home().join("mpp-data");
    fs::create_dir_all(&data).expect("a folder");
    fs::write(data.join("context.json"), somewhere.to_string()).expect("a context");
    eventually(PATIENCE, "all three are ready, and the doctor says so", async || {
        let said = suite.run(ADMINISTRATOR, &["doctor"]).await;
        let ready = said.out.matches("reads and writes are answered").count();
        that((said.code, ready) == (0, 3), said.out)
    })
    .await;

    suite.stop(Service::Scheduling).await;
    let said = suite.run(ADMINISTRATOR, &["doctor"]).await;
    assert_eq!(said.code, 6, "{}", said.out);
    let fails = said.out.lines().find(|line| line.contains("FAILS")).unwrap_or_default();
    assert!(fails.starts_with("scheduling"), "{}", said.out);
}

#[tokio::test]
async fn a_command_asks_for_no_more_days_than_the_operator_allows() {
    let mut suite = Suite::prepare(Backend::Sqlite, Setup::default()).await;
    let policy = suite.home().join("policy.toml");
    fs::write(&policy, "[scheduling]\nslot_list_days = 1\ndays_ahead = 3\n").expect("a file");
    for service in Service::ALL {
        suite.migrate(service).await.succeeded();
        let mut serve = suite.serve(service);
        serve.env("MPP_POLICY_FILE", &policy);
        suite.launch_by(service, serve);
        suite.ready(service).await;
    }
    town::open(&suite).await;
    let book = ["book", OFFERING, "--nik", "3510014107900001"];
    eventually(PATIENCE, "the first free place is booked", async || {
        let said = suite.run(APP, &book).await;
        that(said.code == 0 && said.out.contains("booked"), format!("{}{}", said.out, said.err))
    })
    .await;
    let said = suite.run(APP, &["slots", OFFERING, "--days", "7"]).await;
    assert!(said.code == 7 && said.err.contains("1 to 1"), "{}", said.err);
}
