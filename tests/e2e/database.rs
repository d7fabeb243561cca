//! The database that a service is given: its owner, its address, TLS, and a pooler between the two.

use mpp_testkit::{Backend, execute};
use mpp_tests::{
    Service, Setup, Suite,
    cluster::Cluster,
    keys::ADMINISTRATOR,
    pooler::Pooler,
    program::{Said, command},
    tls::Authority,
};
use tempfile::TempDir;

/// Migrates and serves a service over this address; both say the same.
async fn refused(suite: &mut Suite, service: Service, address: &str) -> Said {
    suite.reach_database_at(service, address.to_owned());
    let (migrated, served) = (suite.migrate(service).await, Said::by(suite.serve(service)).await);
    for said in [&migrated, &served] {
        assert_ne!(said.code, 0, "{address}: {}", said.out);
    }
    assert_eq!(migrated.code, served.code, "{} {}", migrated.err, served.err);
    migrated
}

async fn migrates(home: &TempDir, address: &str) -> Said {
    let mut migrate = command(home.path());
    migrate.args(["migrate", "registry"]).env("MPP_DATABASE_URL", address);
    Said::by(migrate).await
}

#[tokio::test]
async fn another_services_database_is_refused_with_what_it_is_and_the_way_out() {
    for backend in Backend::ALL {
        let mut suite = Suite::prepare(backend, Setup::default()).await;
        suite.migrate(Service::Reporting).await.succeeded();
        let reportings = suite.database(Service::Reporting).to_owned();
        let said = refused(&mut suite, Service::Registry, &reportings).await;
        assert_eq!(said.code, 5, "{}", said.err);
        for words in ["is reporting's, not registry's", "nothing was written", "--database"] {
            assert!(said.err.contains(words), "{words}: {}", said.err);
        }
        // The database is as it was.
        let again = suite.migrate(Service::Reporting).await.succeeded();
        assert!(again.contains("nothing to do"), "{again}");
    }
}

#[tokio::test]
async fn a_database_of_another_program_is_left_as_it_is() {
    for backend in Backend::ALL {
        let mut suite = Suite::prepare(backend, Setup::default()).await;
        let address = suite.database(Service::Registry).to_owned();
        execute(&address, "create table invoice (id bigint primary key)").await;
        let said = refused(&mut suite, Service::Registry, &address).await;
        assert!(said.err.contains("invoice") || said.err.contains("lacks"), "{}", said.err);
        execute(&address, "drop table invoice").await;
        let said = suite.migrate(Service::Registry).await.succeeded();
        assert!(said.contains("store 1 records"), "nothing was left behind: {said}");
    }
}

#[tokio::test]
async fn tls_to_postgres_is_as_strict_as_sslmode_says() {
    let home = tempfile::tempdir().expect("a folder");
    let authority = Authority::new(&home.path().join("ours"));
    let other = Authority::new(&home.path().join("others"));
    let (ours, others) = (authority.certificate(), other.certificate());
    let (ours, others) = (ours.display(), others.display());
    let cluster = Cluster::start().await;
    let address = cluster.database("registry").await;

    cluster.encrypt(&authority.issue("database")).await;
    let outcome = async |parameters: &str| {
        let said = migrates(&home, &format!("{address}?{parameters}")).await;
        if said.code == 0 { String::new() } else { said.err }
    };
    assert_eq!(outcome(&format!("sslmode=verify-full&sslrootcert={ours}")).await, "");
    assert_eq!(outcome(&format!("sslmode=verify-ca&sslrootcert={ours}")).await, "");
    assert_eq!(outcome("sslmode=require").await, "");
    assert_eq!(outcome("sslmode=prefer").await, "");
    for wrong in [
        "sslmode=disable".to_owned(),
        // An authority that the certificate is not of, and those of the web.
        format!("sslmode=verify-full&sslrootcert={others}"),
        format!("sslmode=verify-ca&sslrootcert={others}"),
        "sslmode=verify-full".to_owned(),
    ] {
        assert_ne!(outcome(&wrong).await, "", "{wrong}");
    }

    cluster.encrypt(&authority.issue_for_host("db.example.go.id")).await;
    assert_eq!(outcome(&format!("sslmode=verify-ca&sslrootcert={ours}")).await, "");
    let strict = outcome(&format!("sslmode=verify-full&sslrootcert={ours}")).await;
    assert!(strict.contains("not reachable") && strict.contains("certificate"), "{strict}");
}

#[tokio::test]
async fn an_address_that_the_driver_would_read_in_part_is_refused() {
    let home = tempfile::tempdir().expect("a folder");
    for (address, words) in [
        ("postgres://mpp:geheim@db-1:5432,db-2:5432/registry", "several hosts"),
        (
            "postgres://mpp:geheim@db/registry?target_session_attrs=read-write",
            "target_session_attrs",
        ),
        ("postgres://mpp:geheim@db/registry?sslmode=allow", "never encrypts"),
    ] {
        let said = migrates(&home, address).await;
        assert_eq!(said.code, 7, "{}", said.err);
        assert!(said.err.contains(words) && !said.err.contains("geheim"), "{}", said.err);
    }
}

#[tokio::test]
async fn behind_a_pooler_of_sessions_a_service_works_and_of_transactions_it_says_why_not() {
    const UNDERSTANDS: &str = "ignore_startup_parameters = extra_float_digits";
    let cluster = Cluster::start().await;
    let setup = Setup { cluster: Some(&cluster), ..Setup::default() };
    let mut suite = Suite::prepare(Backend::Postgres, setup).await;

    let transactions = Pooler::before(&cluster, "transaction", UNDERSTANDS).await;
    let said = refused(&mut suite, Service::Registry, &transactions.address("registry")).await;
    assert_eq!(said.code, 7, "{}", said.err);
    for words in ["pool_mode = transaction", "prepared statements", "pool_mode = session"] {
        assert!(said.err.contains(words), "{words}: {}", said.err);
    }
    let tables = "select count(*) from pg_tables where schemaname = 'public'";
    assert_eq!(cluster.sql("registry", tables).await.trim(), "0", "nothing was written");

    let strict = Pooler::before(&cluster, "session", "").await;
    let said = refused(&mut suite, Service::Registry, &strict.address("registry")).await;
    assert!(said.err.contains(UNDERSTANDS), "{}", said.err);

    let sessions = Pooler::before(&cluster, "session", UNDERSTANDS).await;
    suite.reach_database_at(Service::Registry, sessions.address("registry"));
    suite.migrate(Service::Registry).await.succeeded();
    suite.launch(Service::Registry);
    suite.ready(Service::Registry).await;
    let region = suite.run(ADMINISTRATOR, &["get", "regions/35.10"]).await.succeeded();
    assert!(region.contains("Banyuwangi"), "{region}");
}
