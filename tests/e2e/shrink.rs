//! A source that suddenly answers with nothing, or with much less, loses nothing and does not look
//! fresh; what has gone for good is withdrawn by its publisher.

use mpp_api::{
    registry::ListServicesRequest,
    sync::{GetSourceRequest, Source, incomplete, sync_service_client::SyncServiceClient},
};
use mpp_testkit::Backend;
use mpp_tests::{
    Service, Suite,
    keys::{ADMINISTRATOR, APP, PUBLISHER},
    town::{self, Ministry, Row, SOURCE, row},
};

#[tokio::test]
async fn a_source_that_is_suddenly_empty_loses_nothing_and_does_not_look_fresh() {
    let suite = Suite::start(Backend::Sqlite).await;
    let ministry = town::open(&suite).await;
    let before = source(&suite).await;

    ministry.publish(&[]);
    let said = ministry.sync(&suite).await;
    assert_eq!(said.code, 8, "the run fails:\n{}{}", said.out, said.err);
    assert!(
        said.err.contains("held 3 before") && said.err.contains("--accept-missing"),
        "{}",
        said.err
    );
    let told = source(&suite).await.incomplete.expect("the registry knows");
    assert_eq!(told.reason(), incomplete::Reason::NothingRead);
    assert_eq!(services(&suite).await, 3, "nothing is deleted");
    assert_eq!(source(&suite).await.last_success_time, before.last_success_time, "it is not fresh");

    ministry.publish(&town::catalog());
    let said = ministry.sync(&suite).await.succeeded();
    assert!(said.contains("known 3"), "the mended source is in sync again:\n{said}");
    assert_ne!(source(&suite).await.last_success_time, before.last_success_time, "and fresh");
}

#[tokio::test]
async fn a_source_that_is_rightly_empty_succeeds_once_somebody_has_said_so() {
    let suite = Suite::start(Backend::Sqlite).await;
    let ministry = town::open(&suite).await;
    ministry.publish(&[]);
    ministry.withdraw(&suite, &["--all-gone", "--accept-missing"]).await.succeeded();
    assert_eq!(services(&suite).await, 0, "all of it is withdrawn");
    // Everything would have to come again, and there is nothing.
    ministry.changes_its_mapping();
    for _ in 0..2 {
        let before = source(&suite).await.last_success_time;
        ministry.sync(&suite).await.succeeded();
        let now = source(&suite).await;
        assert!(now.incomplete.is_none() && now.last_success_time != before, "{now:?}");
    }
    ministry.publish(&town::catalog());
    let said = ministry.sync(&suite).await;
    assert!(said.out.contains("read 3"), "records that return are seen:\n{}", said.out);
    ministry.publish(&[]);
    let said = ministry.sync(&suite).await;
    assert_eq!(said.code, 8, "it was said of another time:\n{}{}", said.out, said.err);
}

#[tokio::test]
async fn records_that_are_gone_are_told_until_they_are_withdrawn() {
    let suite = Suite::start(Backend::Sqlite).await;
    let ministry: Ministry = town::open(&suite).await;
    ministry.publish(&twenty());
    // The three of the beginning are withdrawn.
    ministry.withdraw(&suite, &["--all-gone", "--accept-missing"]).await.succeeded();
    ministry.publish(&twenty()[4..]);
    for _ in 0..2 {
        // The second time and under another mapping the answer is the same: nothing is forgotten.
        let said = ministry.sync(&suite).await;
        assert_eq!(said.code, 8, "a fifth is gone:\n{}{}", said.out, said.err);
        assert!(said.err.contains("4 of 20 records"), "{}", said.err);
        assert!(said.err.contains("l-1, l-2, l-3, l-4"), "they are named: {}", said.err);
        let problems = ministry.problems(&suite).await.succeeded();
        assert!(problems.contains("gone (l-3)"), "before they are accepted: {problems}");
        ministry.changes_its_mapping();
    }

    let said = ministry.sync_with(&suite, &["--accept-missing"]).await.succeeded();
    assert!(said.contains("4 records are no longer in the source; they stay"), "{said}");
    assert_eq!(services(&suite).await, 20, "nothing is deleted");
    let problems = ministry.problems(&suite).await.succeeded();
    let pasted = format!("agent withdraw {} l-1", ministry.agent()[2]);
    assert!(problems.contains(&pasted), "it can be pasted as it is: {problems}");

    let mut edited = twenty()[4..].to_vec();
    edited.push(row("BARU", "Layanan baru", "Gratis"));
    ministry.publish(&edited);
    let said = ministry.asks_to_withdraw(&suite, &["--all-gone"]).await;
    assert_eq!(said.code, 5, "{}{}", said.out, said.err);
    assert!(
        said.out.contains("units/kemendagri/services/l-1, which is offered nowhere"),
        "{}",
        said.out
    );
    assert!(said.err.contains("4 records would go") && said.err.contains("--yes"), "{}", said.err);
    assert_eq!(services(&suite).await, 20, "it was only told, and the new one was not sent");
    ministry.publish(&twenty()[4..]);

    let said = ministry.withdraw(&suite, &["l-1", "l-7"]).await;
    assert_eq!(said.code, 9, "{}{}", said.out, said.err);
    assert!(said.out.contains("(l-7)") && said.out.contains("still in the source"), "{}", said.out);
    assert_eq!(services(&suite).await, 19);
    let said = ministry.withdraw(&suite, &["--all-gone"]).await.succeeded();
    assert!(said.contains("3 records were withdrawn"), "{said}");
    assert!(!said.contains("no longer in the source"), "they stay nowhere: {said}");
    assert_eq!(services(&suite).await, 16);
    assert!(ministry.problems(&suite).await.succeeded().contains("No record was refused"));

    ministry.publish(&twenty());
    let said = ministry.sync(&suite).await;
    assert!(said.out.contains("TOMBSTONED"), "its id is not used again:\n{}", said.out);
    ministry.publish(&twenty()[4..]);
    ministry.sync(&suite).await.succeeded();
    assert!(ministry.problems(&suite).await.succeeded().contains("No record was refused"));
}

#[tokio::test]
async fn where_too_many_have_gone_the_step_that_is_printed_works() {
    let suite = Suite::start(Backend::Sqlite).await;
    let ministry: Ministry = town::open(&suite).await;
    ministry.publish(&twenty());
    ministry.withdraw(&suite, &["--all-gone", "--accept-missing"]).await.succeeded();
    ministry.publish(&twenty()[4..]);
    let said = ministry.sync(&suite).await;
    assert_eq!(said.code, 8, "{}{}", said.out, said.err);
    let printed =
        said.out.lines().find_map(|line| line.find("agent withdraw ").map(|at| &line[at..]));
    let step: Vec<&str> = printed.unwrap_or_else(|| panic!("{}", said.out)).split(' ').collect();
    let asks = suite.run(PUBLISHER, &step).await;
    assert_eq!(asks.code, 5, "it asks: {}{}", asks.out, asks.err);
    assert!(!asks.out.contains("agent withdraw"), "it does not print itself: {}", asks.out);
    let done = suite.run(PUBLISHER, &[&step[..], &["--yes"]].concat()).await.succeeded();
    assert!(done.contains("4 records were withdrawn"), "{done}");
    assert_eq!(services(&suite).await, 16);
}

#[tokio::test]
async fn what_an_administrator_deletes_is_told_to_whoever_still_publishes_it() {
    let suite = Suite::start(Backend::Sqlite).await;
    let ministry: Ministry = town::open(&suite).await;
    ministry.publish(&twenty());
    // The three of the beginning are withdrawn.
    ministry.withdraw(&suite, &["--all-gone", "--accept-missing"]).await.succeeded();
    let name = "units/kemendagri/services/l-3";
    suite.run(ADMINISTRATOR, &["delete", name]).await.succeeded();
    // A run in which the source answers with nothing forgets none of the registry's answers.
    ministry.publish(&[]);
    assert_eq!(ministry.sync(&suite).await.code, 8);
    ministry.publish(&twenty());
    let said = ministry.sync(&suite).await;
    assert!(said.out.contains("TOMBSTONED") && said.out.contains("known 19"), "{}", said.out);
    let rows: Vec<Row> = twenty().into_iter().filter(|row| row[0] != "L-3").collect();
    ministry.publish(&rows);
    ministry.sync(&suite).await.succeeded();
    let problems = ministry.problems(&suite).await.succeeded();
    assert!(problems.contains("No record was refused"), "neither refused nor gone: {problems}");
}

#[tokio::test]
async fn of_two_configurations_of_one_source_each_takes_out_only_what_it_has_sent() {
    let suite = Suite::start(Backend::Sqlite).await;
    let first = town::open(&suite).await;
    let second = Ministry::at(&suite, "kemendagri-pindah");
    second.withdraws_after_hours(1);
    let rows = [("PINDAH", "Surat pindah"), ("DATANG", "Surat datang"), ("KIA", "Kartu anak")]
        .map(|(code, name)| row(code, name, "Gratis"));
    second.publish(&rows);
    let said = second.sync(&suite).await.succeeded();
    assert!(said.contains("3 records of this source are not in it, and this"), "{said}");
    let told = second.problems(&suite).await.succeeded();
    assert!(told.contains("ktp-hilang") && told.contains("3 records are not in"), "{told}");
    assert_eq!(told.matches(NOT_KNOWN).count(), 1, "in one line: {told}");
    assert!(!told.contains("for good by") && !told.contains("agent withdraw"), "{told}");
    assert!(told.contains("Nothing is to be done here") && !told.contains("run again"), "{told}");
    let told = suite.run(PUBLISHER, &["agent", "preview", &second.agent()[2]]).await.succeeded();
    assert!(told.contains("ktp-hilang is not in the source, and stays: this state"), "{told}");
    assert!(!told.contains("agent withdraw"), "{told}");

    second.withdraw(&suite, &["--all-gone"]).await.succeeded();
    let said = second.withdraw(&suite, &["ktp-hilang"]).await;
    assert!(said.code == 9 && said.out.contains(NOT_KNOWN), "{}{}", said.out, said.err);
    assert_eq!(services(&suite).await, 6, "the other one's stay");
    second.publish(&rows[..2]);
    let said = second.withdraw(&suite, &["--all-gone"]).await.succeeded();
    assert!(said.contains("1 record was withdrawn") && said.contains(": kia"), "{said}");

    first.publish(&town::catalog()[..2]);
    let said = first.withdraw(&suite, &["--all-gone", "--accept-missing"]).await;
    assert!(said.code == 9 && said.out.contains("by its id: akta-lahir"), "{}", said.out);
    assert_eq!(services(&suite).await, 5, "the other one may have it by now");
    let said = first.withdraw(&suite, &["akta-lahir"]).await.succeeded();
    assert!(said.contains("1 record was withdrawn") && said.contains(": akta-lahir"), "{said}");
    assert_eq!(services(&suite).await, 4, "two of each");
}

#[tokio::test]
async fn a_row_that_moves_to_another_configuration_stays_on_sqlite() {
    a_row_that_moves_to_another_configuration_stays(Backend::Sqlite).await;
}

#[tokio::test]
async fn a_row_that_moves_to_another_configuration_stays_on_postgres() {
    a_row_that_moves_to_another_configuration_stays(Backend::Postgres).await;
}

async fn a_row_that_moves_to_another_configuration_stays(backend: Backend) {
    let suite = Suite::start(backend).await;
    let first = town::open(&suite).await;
    let second = Ministry::at(&suite, "kemendagri-pindah");
    let moved = town::catalog().pop().expect("a row");
    second.publish(&[row("PINDAH", "Surat pindah", "Gratis"), moved.clone()]);
    second.sync(&suite).await.succeeded();

    // Both feed it for a while, in the same words; then one of them no longer does.
    first.sync(&suite).await.succeeded();
    first.publish(&town::catalog()[..2]);
    let said = first.sync(&suite).await.succeeded();
    assert!(said.contains("1 record is no longer in the source, and another client"), "{said}");
    first.sync(&suite).await.succeeded();
    let told = first.problems(&suite).await.succeeded();
    assert!(told.contains("may feed it by now") && told.contains("akta-lahir"), "{told}");
    let said = first.withdraw(&suite, &["--all-gone"]).await;
    assert!(said.code == 9 && said.out.contains("by its id: akta-lahir"), "{}", said.out);
    assert_eq!(services(&suite).await, 4, "it stays");
    let said = second.sync(&suite).await.succeeded();
    assert!(said.contains("read 2") && !said.contains("TOMBSTONED"), "{said}");

    // Nor does the other one take it out, which found it there and may be the only one by now.
    second.publish(&[row("PINDAH", "Surat pindah", "Gratis")]);
    let said = second.withdraw(&suite, &["--all-gone"]).await;
    assert!(said.code == 9 && said.out.contains("by its id: akta-lahir"), "{}", said.out);
    let said = second.withdraw(&suite, &["akta-lahir"]).await.succeeded();
    assert!(said.contains("1 record was withdrawn"), "a person has named it: {said}");
    assert_eq!(services(&suite).await, 3);
}

/// Of a record that another configuration feeds.
const NOT_KNOWN: &str = "does not know of having sent it";

#[tokio::test]
async fn of_a_source_that_was_deleted_nobody_hears_that_all_is_well() {
    let suite = Suite::start(Backend::Sqlite).await;
    let ministry = town::open(&suite).await;
    ministry.publish(&[]);
    ministry.withdraw(&suite, &["--all-gone", "--accept-missing"]).await.succeeded();
    suite.run(ADMINISTRATOR, &["delete", SOURCE]).await.succeeded();
    ministry.publish(&town::catalog());
    let said = ministry.sync(&suite).await;
    assert!(said.code != 0 && said.err.contains("was deleted"), "{}{}", said.out, said.err);
    let problems = ministry.problems(&suite).await.succeeded();
    assert!(problems.contains("was deleted"), "{problems}");
    assert!(!problems.contains("No record was refused"), "{problems}");
}

fn twenty() -> Vec<Row> {
    (1..=20).map(|n| row(&format!("L-{n}"), &format!("Layanan nomor {n}"), "Gratis")).collect()
}

async fn services(suite: &Suite) -> i32 {
    let request = ListServicesRequest {
        parent: "units/-".into(),
        source: SOURCE.into(),
        ..Default::default()
    };
    let answer = town::catalog_of(suite, APP).list_services(request).await.expect("a list");
    answer.into_inner().total_size
}

async fn source(suite: &Suite) -> Source {
    let channel = suite.channel(Service::Registry, APP);
    let request = GetSourceRequest { name: SOURCE.into() };
    let answer = SyncServiceClient::new(channel).get_source(request).await.expect("a source");
    answer.into_inner().source.expect("a source")
}
