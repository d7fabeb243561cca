//! Two agents that feed one source, each with a configuration and a state of its own: a run of the
//! one leaves what waits of the other, and what both send in different words is told.

use std::fs;

use mpp_testkit::Backend;
use mpp_tests::{
    Suite,
    keys::ADMINISTRATOR,
    town::{self, Ministry, SOURCE, row},
};

#[tokio::test]
async fn two_configurations_of_one_source_hold_what_is_their_own_on_sqlite() {
    tell(Backend::Sqlite).await;
}

#[tokio::test]
async fn two_configurations_of_one_source_hold_what_is_their_own_on_postgres() {
    tell(Backend::Postgres).await;
}

async fn tell(backend: Backend) {
    let suite = Suite::start(backend).await;
    town::found(&suite).await;
    let first = Ministry::new(&suite);
    let map = suite.home().join("kemendagri/map.jq");
    let mapping = fs::read_to_string(&map).expect("the mapping");
    let later = mapping.replace("units/kemendagri\"", "units/kemendagri-jatim\"");
    assert_ne!(later, mapping);
    fs::write(&map, later).expect("a file");
    first.publish(&[row("PINDAH", "Surat pindah", "Gratis")]);
    first.sync(&suite).await;

    let second = Ministry::at(&suite, "kemendagri-timur");
    second.publish(&town::catalog());
    second.sync(&suite).await.succeeded();
    let waits = suite.run(ADMINISTRATOR, &["quarantine", "list", SOURCE]).await.succeeded();
    assert!(waits.contains("services/pindah") && waits.contains("by state-"), "{waits}");

    // The first one takes its part back into the unit, and a row of the other with it.
    fs::write(&map, &mapping).expect("a file");
    first.publish(&[row("KK-BARU", "Kartu keluarga, di pusat", "Gratis")]);
    first.sync(&suite).await.succeeded();
    let told = first.problems(&suite).await.succeeded();
    assert!(told.contains("OTHER_CLIENT") && told.contains("kk-baru"), "{told}");
    let list = suite.run(ADMINISTRATOR, &["quarantine", "list", SOURCE]).await.succeeded();
    assert!(list.contains("nothing waits") && list.contains("OTHER_CLIENT"), "{list}");
    let doctor = suite.run(ADMINISTRATOR, &["doctor"]).await;
    assert!(doctor.out.contains("1 are sent in other words by two clients"), "{}", doctor.out);

    // It leaves the row to the other: that is known once it has compared, as it does after the
    // other.
    first.publish(&[row("PINDAH", "Surat pindah", "Gratis")]);
    for one in [&first, &second, &first, &second] {
        one.sync(&suite).await.succeeded();
    }
    let told = second.problems(&suite).await.succeeded();
    assert!(!told.contains("OTHER_CLIENT"), "{told}");
    let list = suite.run(ADMINISTRATOR, &["quarantine", "list", SOURCE]).await.succeeded();
    assert!(!list.contains("OTHER_CLIENT"), "it is the other's alone: {list}");
}
