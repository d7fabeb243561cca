//! A record that waits for its unit, while the registry is killed between the arrival of the unit
//! and the look that would find it; and how people see what waits.

use std::fs;

use mpp_api::registry::{CreateUnitRequest, GetServiceRequest, Unit, unit::Kind};
use mpp_testkit::Backend;
use mpp_tests::{
    PATIENCE, Service, Suite, eventually, http,
    keys::{ADMINISTRATOR, APP},
    town::{self, Ministry},
    wait::that,
};

const SOURCE: &str = "sources/kemendagri";
const OFFICE: &str = "units/kemendagri-jatim";

#[tokio::test]
async fn what_waits_is_applied_though_the_registry_is_killed_as_its_unit_comes_on_sqlite() {
    tell(Backend::Sqlite).await;
}

#[tokio::test]
async fn what_waits_is_applied_though_the_registry_is_killed_as_its_unit_comes_on_postgres() {
    tell(Backend::Postgres).await;
}

async fn tell(backend: Backend) {
    let mut suite = Suite::start(backend).await;
    town::found(&suite).await;
    let ministry = Ministry::new(&suite);
    ministry.publish(&town::catalog());
    let map = suite.home().join("kemendagri/map.jq");
    let mapping = fs::read_to_string(&map).expect("the mapping");
    let changed = mapping.replace("units/kemendagri", OFFICE);
    assert_ne!(changed, mapping);
    fs::write(&map, changed).expect("a file");
    let said = ministry.sync(&suite).await;
    assert!(!said.err.contains("refused"), "they only wait: {}", said.err);
    is_shown(&suite).await;

    create_office(&suite).await;
    suite.kill(Service::Registry).await;
    suite.launch(Service::Registry);
    suite.ready(Service::Registry).await;
    let name = format!("{OFFICE}/services/kk-baru");
    eventually(PATIENCE, "it is applied by itself", async || {
        let request = GetServiceRequest { name: name.clone(), ..GetServiceRequest::default() };
        let found = town::catalog_of(&suite, APP).get_service(request).await;
        that(found.is_ok(), format!("{found:?}"))
    })
    .await;
    let nothing = suite.run(ADMINISTRATOR, &["quarantine", "list", SOURCE]).await.succeeded();
    assert!(nothing.contains("nothing waits"), "{nothing}");
    let again = ministry.sync(&suite).await.succeeded();
    assert!(again.contains("waiting 0"), "its agent hears of it: {again}");
}

/// The command, the doctor and the page say what waits, and for what.
async fn is_shown(suite: &Suite) {
    let listed = suite.run(ADMINISTRATOR, &["quarantine", "list"]).await.succeeded();
    assert!(listed.contains(OFFICE) && listed.contains("UNIT_NOT_FOUND"), "{listed}");
    let tried = ["quarantine", "redrive", SOURCE, "--dry-run"];
    let tried = suite.run(ADMINISTRATOR, &tried).await;
    assert!(tried.code == 9 && tried.out.contains("would be applied 0"), "{tried:?}");
    let doctor = suite.run(ADMINISTRATOR, &["doctor"]).await;
    assert!(doctor.out.contains(&format!("of {SOURCE} for {OFFICE}")), "{doctor:?}");
    let page = suite.page("/sources/kemendagri");
    eventually(PATIENCE, "the page says so", async || {
        let (status, html) = http::get(&page).await?;
        that(status == 200 && html.contains("menunggu unit"), format!("{status}"))
    })
    .await;
}

async fn create_office(suite: &Suite) {
    let unit = Unit {
        display_name: town::text("Kemendagri Jawa Timur"),
        kind: Kind::Office.into(),
        parent: "units/kemendagri".into(),
        ..Unit::default()
    };
    let request = CreateUnitRequest {
        unit_id: "kemendagri-jatim".into(),
        unit: Some(unit),
        ..CreateUnitRequest::default()
    };
    town::directory(suite, ADMINISTRATOR).create_unit(request).await.expect("a unit");
}
