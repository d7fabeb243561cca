//! The vectors of the sync protocol: our server and our agent pass all of them, and who does not
//! keep to the contract is told where.

use mpp_testkit::Backend;
use mpp_tests::{
    Service, Setup, Suite,
    keys::PUBLISHER,
    program::{self, Said},
    town::{self, Ministry, SOURCE, row},
};

async fn against(suite: &Suite, address: &str) -> Said {
    let unit = ["--unit", "units/kemendagri"];
    let asked = ["conform", "sync", "--server", address, "--source", SOURCE];
    suite.run(PUBLISHER, &[&asked[..], &unit].concat()).await
}

async fn with_client(suite: &Suite, command: &[&str]) -> Said {
    let asked = ["conform", "sync", "--client", "--source", SOURCE, "--"];
    suite.run(PUBLISHER, &[&asked[..], command].concat()).await
}

/// Leases that are short enough to be waited for, and long enough for a busy machine.
const LEASES: &str = "[sync]\nlease_seconds = 5\n";

async fn with_short_leases(backend: Backend) -> Suite {
    let mut suite = Suite::prepare(backend, Setup::default()).await;
    let policy = suite.home().join("policy.toml");
    std::fs::write(&policy, LEASES).expect("a file");
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

async fn our_server(backend: Backend) {
    let suite = with_short_leases(backend).await;
    town::found(&suite).await;
    let said = against(&suite, &suite.address(Service::Registry)).await;
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert!(said.out.contains("passed a batch that comes again gets its answers again"));
    let again = against(&suite, &suite.address(Service::Registry)).await;
    assert_eq!(again.code, 0, "what a run has left behind: {}", again.out);
}

#[tokio::test]
async fn our_server_passes_all_vectors_on_sqlite() {
    our_server(Backend::Sqlite).await;
}

#[tokio::test]
async fn our_server_passes_all_vectors_on_postgres() {
    our_server(Backend::Postgres).await;
}

#[tokio::test]
async fn our_agent_passes_all_vectors_and_a_client_that_does_not_come_fails() {
    let suite = Suite::start(Backend::Sqlite).await;
    let ministry = Ministry::new(&suite);
    let rows = (0..5).map(|n| row(&format!("L-{n}"), &format!("Layanan nomor {n}"), "Gratis"));
    ministry.publish(&rows.collect::<Vec<_>>());
    let (program, args) = (program::path().display().to_string(), ministry.agent());
    let agent = [&program, &args[0], &args[1], &args[2]].map(String::as_str);
    let said = with_client(&suite, &agent).await;
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert!(said.out.contains("passed an answer that was lost is asked for again"), "{}", said.out);

    let nobody = with_client(&suite, &["true"]).await;
    assert_eq!(nobody.code, 1, "{}", nobody.err);
    assert!(nobody.out.contains("FAILED a first sync"), "{}", nobody.out);
    assert!(nobody.out.contains("expected 1 more sessions, came none"), "{}", nobody.out);
    assert!(nobody.out.contains(" 0 passed"), "{}", nobody.out);
}

/// The acting server answers streams only, and takes whatever comes.
#[tokio::test]
async fn a_server_that_does_less_than_the_contract_says_is_told_where() {
    let suite = Suite::start(Backend::Sqlite).await;
    // Once: what a vector for clients makes of it is of no interest.
    let checks = "[ -e said ] || $MPP conform sync --server {address} --source sources/kemendagri \
                  --unit units/kemendagri > said; true";
    let checks = checks.replace("$MPP", &program::path().display().to_string());
    with_client(&suite, &["sh", "-c", &checks]).await;
    let said = std::fs::read_to_string(suite.home().join("said")).expect("what was said");
    assert!(said.contains("passed a session resumes at the checkpoint that both know"), "{said}");
    for rule in ["single calls do what the stream does", "the same again is unchanged"] {
        let (_, after) = said.split_once(&format!("FAILED {rule}\n")).expect("it fails");
        let fault = after.lines().next().unwrap_or_default();
        assert!(fault.contains("expected") && fault.contains("came"), "{fault}");
    }
}

#[tokio::test]
async fn nobody_else_is_served_and_no_token_goes_out_readable_without_a_word() {
    let suite = Suite::start(Backend::Sqlite).await;
    let everywhere = ["--listen", "0.0.0.0:0", "--client", "--source", SOURCE];
    let asked = [&["conform", "sync"], &everywhere[..], &["--", "true"]].concat();
    let refused = suite.run(PUBLISHER, &asked).await;
    assert_ne!(refused.code, 0);
    assert!(refused.err.contains("--plain-text-anywhere"), "{}", refused.err);
    assert!(!refused.out.contains("FAILED"), "nothing is played: {}", refused.out);
    let warned = against(&suite, "http://0.0.0.0:1").await;
    assert!(warned.err.contains("the token goes out in plain text"), "{}", warned.err);
    let silent = against(&suite, "http://127.0.0.1:1").await;
    assert!(!silent.err.contains("plain text"), "{}", silent.err);
}
