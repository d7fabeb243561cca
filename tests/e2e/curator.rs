//! A curator's correction beside the ministry's runs, and records that wait for their unit and
//! move.

use std::fs;

use mpp_api::registry::{GetServiceRequest, Service as Record};
use mpp_testkit::Backend;
use mpp_tests::{
    PATIENCE, Suite, eventually, http,
    keys::{ADMINISTRATOR, APP},
    town::{self, KTP_HILANG, Ministry, row},
    wait::that,
};
use serde_json::{Value, json};
use tonic::Code;

const TITLE: &str = "Penggantian KTP elektronik (hilang)";
const KK: &str = "units/kemendagri/services/kk-baru";
const KK_MOVED: &str = "units/kemendagri-jatim/services/kk-baru";

#[tokio::test]
async fn a_curators_correction_outlives_the_next_runs_and_is_handed_back_by_command() {
    let suite = Suite::start(Backend::Sqlite).await;
    let ministry = found(&suite).await;
    correct(&suite).await;
    let mut rows = town::catalog();
    rows[0] = row("KTP-HILANG", "Penggantian KTP yang hilang", "Rp 75.000");
    ministry.publish(&rows);
    ministry.sync(&suite).await.succeeded();

    let shown = get(&suite, KTP_HILANG).await;
    assert_eq!(shown["title"]["id"], TITLE, "{shown}");
    assert_eq!(shown["fees"][0]["sourceText"], "Rp 75.000", "the rest follows the source");
    let kept = &shown["overrides"][0];
    assert_eq!((&kept["field"], &kept["reason"]), (&json!("title"), &json!("baku")), "{kept}");
    assert_eq!(kept["sourceValue"]["title"]["id"], "Penggantian KTP yang hilang");
    assert!(kept["driftTime"].is_string(), "{kept}");
    let page = suite.page(&format!("/{KTP_HILANG}"));
    eventually(PATIENCE, "the page tells of it", async || {
        let (status, html) = http::get(&page).await?;
        that(status == 200 && html.contains("Sumber berubah sejak itu"), format!("{status}"))
    })
    .await;

    let (status, html) = http::get(&suite.page("/layanan?cari=ktp+hilang")).await.expect("a page");
    assert!(status == 200 && html.contains(TITLE), "a citizen's question finds it: {status}");

    let said = suite.run(ADMINISTRATOR, &["hand-back", KTP_HILANG, "--field", "title"]).await;
    assert!(said.succeeded().contains("handed back"));
    let shown = get(&suite, KTP_HILANG).await;
    assert_eq!(shown["title"]["id"], "Penggantian KTP yang hilang");
    assert!(shown["overrides"].is_null(), "{shown}");
}

/// Corrects by command, with the reason.
async fn correct(suite: &Suite) {
    let file = suite.home().join("koreksi.json");
    let record = json!({ "name": KTP_HILANG, "title": { "id": TITLE } });
    fs::write(&file, record.to_string()).expect("a file");
    let file = file.to_str().expect("a path");
    let args = ["apply", "--reason", "baku", file];
    suite.run(ADMINISTRATOR, &args).await.succeeded();
    let mall = suite.home().join("mal.json");
    fs::write(&mall, json!({ "name": "malls/banyuwangi" }).to_string()).expect("a file");
    let args = ["apply", "--reason", "baku", mall.to_str().expect("a path")];
    let lost = suite.run(ADMINISTRATOR, &args).await;
    assert!(lost.err.contains("only services keep a reason"), "{}", lost.err);
}

#[tokio::test]
async fn a_record_waits_for_its_unit_and_moves_there_unedited() {
    let suite = Suite::start(Backend::Sqlite).await;
    let ministry = found(&suite).await;
    let map = suite.home().join("kemendagri/map.jq");
    let mapping = fs::read_to_string(&map).expect("the mapping");
    let unit = r#"unit: (if .kode == "KK-BARU" then "units/kemendagri-jatim" else "units/kemendagri" end)"#;
    let changed = mapping.replace(r#"unit: "units/kemendagri""#, unit);
    assert_ne!(changed, mapping);
    fs::write(&map, changed).expect("a file");

    ministry.sync(&suite).await;
    assert!(service(&suite, KK).await.is_some(), "its new unit does not exist; it stays");
    create_office(&suite).await;
    ministry.sync(&suite).await.succeeded();
    assert!(service(&suite, KK_MOVED).await.is_some(), "it came again, unedited");
    assert!(service(&suite, KK).await.is_none(), "it stands once");
    ministry.sync(&suite).await.succeeded();
    assert!(service(&suite, KK_MOVED).await.is_some());
}

async fn create_office(suite: &Suite) {
    use mpp_api::registry::{CreateUnitRequest, Unit, unit::Kind};
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

/// The town is founded, and the ministry's catalog is in.
async fn found(suite: &Suite) -> Ministry {
    town::found(suite).await;
    let ministry = Ministry::new(suite);
    ministry.publish(&town::catalog());
    ministry.sync(suite).await.succeeded();
    ministry
}

async fn service(suite: &Suite, name: &str) -> Option<Record> {
    let request = GetServiceRequest { name: name.into(), ..GetServiceRequest::default() };
    match town::catalog_of(suite, APP).get_service(request).await {
        Ok(answer) => answer.into_inner().service,
        Err(status) if status.code() == Code::NotFound => None,
        Err(status) => panic!("{status}"),
    }
}

async fn get(suite: &Suite, name: &str) -> Value {
    let said = suite.run(APP, &["get", name, "--output", "json"]).await.succeeded();
    serde_json::from_str(&said).expect("JSON")
}
