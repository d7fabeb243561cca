//! What a run would change is shown before it runs: the run then does just that, and the look
//! itself has changed nothing, neither in the index nor in the agent's state.

use std::collections::BTreeMap;

use mpp_testkit::{Backend, contents};
use mpp_tests::{
    Service, Suite,
    keys::PUBLISHER,
    program::Said,
    town::{self, Ministry, row},
};
use serde_json::Value;

#[tokio::test]
async fn what_is_shown_before_a_run_is_what_the_run_does_on_sqlite() {
    tell(Backend::Sqlite).await;
}

#[tokio::test]
async fn what_is_shown_before_a_run_is_what_the_run_does_on_postgres() {
    tell(Backend::Postgres).await;
}

async fn tell(backend: Backend) {
    let suite = Suite::start(backend).await;
    town::found(&suite).await;
    let ministry = Ministry::new(&suite);
    ministry.publish(&town::catalog());
    let shown = looks(&suite, &ministry, &[]).await.succeeded();
    assert!(shown.contains("+ new: units/kemendagri/services/kk-baru"), "{shown}");
    assert!(!suite.home().join("kemendagri/state.db").exists(), "no state is made");
    ministry.sync(&suite).await.succeeded();

    let shown = looks(&suite, &ministry, &[]).await.succeeded();
    assert!(shown.contains("to be sent 0 + in sync 3"), "{shown}");
    ministry.publish(&[
        row("KTP-HILANG", "Penggantian KTP elektronik yang hilang", "Rp 75.000"),
        row("KK-BARU", "Penerbitan Kartu Keluarga baru", "Gratis"),
        row("KIA", "Penerbitan kartu identitas anak", "Gratis"),
        row("SALAH", "-", "Gratis"),
    ]);
    let before = everything(&suite).await;
    let shown = looks(&suite, &ministry, &[]).await;
    assert_eq!(shown.code, 9, "a row is refused: {shown:?}");
    is_told(&shown.out);
    let told = json(&looks(&suite, &ministry, &["-o", "json"]).await);
    assert_eq!(everything(&suite).await, before, "nothing has changed");
    let sum = told.last().expect("a sum");
    let ran = ministry.sync_with(&suite, &["-o", "json"]).await;
    let done = json(&ran).pop().expect("a sum");
    let count =
        |sum: &Value, key: &str| sum[key].as_i64().unwrap_or_else(|| panic!("{key}: {sum}"));
    assert_eq!(
        count(&done, "applied"),
        count(sum, "created") + count(sum, "updated"),
        "{sum} {done}"
    );
    assert_eq!(count(&done, "known"), count(sum, "in_sync"), "{sum} {done}");
    for key in ["read", "unchanged", "rejected", "invalid", "suspicious", "duplicate"] {
        assert_eq!(count(&done, key), count(sum, key), "{key}: {sum} {done}");
    }
    assert_eq!(count(&done, "missing"), count(sum, "gone"), "{sum} {done}");
}

/// People read each difference, what has gone, and the sum.
fn is_told(shown: &str) {
    for text in [
        "~ changes: units/kemendagri/services/ktp-hilang",
        r#"service.fees[0].amount_rupiah: "50000" -> "75000""#,
        "+ new: units/kemendagri/services/kia",
        "units/kemendagri/services/akta-lahir has left the source, and stays until it is withdrawn",
        "in sync 1",
        "Nothing was changed. To do it: ",
    ] {
        assert!(shown.contains(text), "{text} in:\n{shown}");
    }
    assert!(!shown.contains("kk-baru"), "what is in sync is only counted:\n{shown}");
}

async fn looks(suite: &Suite, ministry: &Ministry, flags: &[&str]) -> Said {
    let config = ministry.agent()[2].clone();
    suite.run(PUBLISHER, &[&["agent", "preview", &config], flags].concat()).await
}

fn json(said: &Said) -> Vec<Value> {
    said.out.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

/// All rows of the registry's database but the lease of its background work, and the agent's state.
async fn everything(suite: &Suite) -> BTreeMap<String, Vec<String>> {
    let mut all = contents(suite.database(Service::Registry)).await;
    all.remove("job");
    let state = suite.home().join("kemendagri/state.db");
    all.extend(contents(&format!("sqlite:{}", state.display())).await);
    all
}
