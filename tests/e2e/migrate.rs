//! Schemas: who migrates, who serves meanwhile, and who refuses.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use mpp_api::registry::GetMallRequest;
use mpp_testkit::Backend;
use mpp_tests::{
    Service, Setup, Suite,
    keys::APP,
    program::Said,
    town::{self, MALL, directory},
};

#[tokio::test]
async fn a_server_goes_on_serving_while_its_database_is_migrated_again() {
    let suite = Suite::start(Backend::Postgres).await;
    town::found(&suite).await;
    let ended = Arc::new(AtomicBool::new(false));
    let reading = tokio::spawn(read_and_write_until(suite_reader(&suite), ended.clone()));
    for _ in 0..5 {
        for service in Service::ALL {
            let said = suite.migrate(service).await.succeeded();
            assert!(said.contains("nothing to do"), "{said}");
        }
    }
    ended.store(true, Ordering::SeqCst);
    let read = reading.await.expect("no call failed");
    println!("{read} calls were answered meanwhile");
    assert!(read > 0);
}

type Directory =
    mpp_api::registry::directory_service_client::DirectoryServiceClient<mpp_client::Channel>;

fn suite_reader(suite: &Suite) -> (Directory, Directory) {
    (directory(suite, APP), directory(suite, mpp_tests::keys::ORGANISER))
}

async fn read_and_write_until(
    (mut reader, mut writer): (Directory, Directory),
    ended: Arc<AtomicBool>,
) -> usize {
    let mut answered = 0;
    while !ended.load(Ordering::SeqCst) {
        let request = GetMallRequest { name: MALL.into(), min_revision: 0 };
        let mall =
            reader.get_mall(request).await.expect("a read").into_inner().mall.expect("a mall");
        let mut renamed = mall;
        renamed.display_name = town::text(&format!("MPP Banyuwangi {answered}"));
        let request = mpp_api::registry::UpdateMallRequest {
            mall: Some(renamed),
            update_mask: Some(prost_types::FieldMask { paths: vec!["display_name".into()] }),
            request_id: town::request_id(),
            ..Default::default()
        };
        writer.update_mall(request).await.expect("a write");
        answered += 2;
    }
    answered
}

#[tokio::test]
async fn a_server_refuses_a_database_that_was_not_migrated_and_says_which_step_is_missing() {
    for backend in Backend::ALL {
        let suite = Suite::prepare(backend, Setup::default()).await;
        for service in Service::ALL {
            let said = Said::by(suite.serve(service)).await;
            assert_eq!(said.code, 5, "{backend:?} {}: {}{}", service.name(), said.out, said.err);
            assert!(
                said.err.contains("lacks") || said.err.contains("step"),
                "which step: {}",
                said.err
            );
            assert!(said.err.contains("mpp migrate"), "what to do: {}", said.err);
        }
    }
}

#[tokio::test]
async fn several_migrations_at_once_do_the_work_once() {
    let suite = Suite::prepare(Backend::Postgres, Setup::default()).await;
    let run = || suite.migrate(Service::Scheduling);
    let said = tokio::join!(run(), run(), run(), run());
    let said = [said.0, said.1, said.2, said.3].map(Said::succeeded);
    // Each step is a transaction of its own, so several migrators may share the work.
    let done = said.iter().flat_map(|said| said.lines());
    let steps: Vec<&str> = done.filter(|line| !line.contains("nothing to do")).collect();
    let distinct: std::collections::BTreeSet<&str> = steps.iter().copied().collect();
    assert_eq!(distinct.len(), steps.len(), "each step once, whoever did it: {said:?}");
    assert!(steps.contains(&"scheduling: store 1 records"), "{said:?}");
    let after = suite.migrate(Service::Scheduling).await.succeeded();
    assert!(after.contains("nothing to do"), "nothing is left: {after}");
}

#[tokio::test]
async fn a_sqlite_file_in_use_is_refused_and_the_user_told_what_to_do() {
    let mut suite = Suite::prepare(Backend::Sqlite, Setup::default()).await;
    suite.migrate(Service::Registry).await.succeeded();
    suite.launch(Service::Registry);
    suite.ready(Service::Registry).await;

    let mut second = suite.serve(Service::Registry);
    second.env("MPP_LISTEN", "127.0.0.1:0").env("MPP_HEALTH_LISTEN", "127.0.0.1:0");
    for said in [Said::by(second).await, suite.migrate(Service::Registry).await] {
        assert_ne!(said.code, 0, "{}", said.out);
        assert!(said.err.contains("in use") || said.err.contains("another"), "why: {}", said.err);
        let file = suite.database(Service::Registry).trim_start_matches("sqlite:");
        assert!(said.err.contains(file), "which file: {}", said.err);
    }

    suite.kill(Service::Registry).await;
    suite.launch(Service::Registry);
    suite.ready(Service::Registry).await;
}
