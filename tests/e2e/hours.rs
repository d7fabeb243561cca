//! A mall's own system sends its hours to scheduling as JSON: though scheduling is killed under it,
//! each counts once; what comes before its counter waits for it; and a bad export is undone.

use http::Request;
use mpp_api::{
    registry::{Counter, CreateCounterRequest, counter::Regime},
    sync::{CreateSourceRequest, Source, sync_service_client::SyncServiceClient},
};
use mpp_testkit::Backend;
use mpp_tests::{
    PATIENCE, Service, Suite, eventually, http as plain,
    keys::{ADMINISTRATOR, MALL_SYSTEM, ORGANISER},
    town::{self, MALL},
    wait::that,
};
use serde_json::{Value, json};

pub const SOURCE: &str = "sources/mal-banyuwangi";
const KUA: &str = "malls/banyuwangi/counters/kua";

#[tokio::test]
async fn a_malls_system_sends_its_hours_through_a_kill_and_a_bad_export_is_undone_on_sqlite() {
    tell(Backend::Sqlite).await;
}

#[tokio::test]
async fn a_malls_system_sends_its_hours_through_a_kill_and_a_bad_export_is_undone_on_postgres() {
    tell(Backend::Postgres).await;
}

async fn tell(backend: Backend) {
    let mut suite = Suite::start(backend).await;
    town::found(&suite).await;
    create_source(&suite, "units/dpmptsp-banyuwangi").await;
    let system = System::new(&suite);
    let (_, token) = system.open(&json!({})).await;
    let records = json!([hours("jam", MALL, "15:00"), hours("kua", KUA, "12:00")]);
    let first = system.push(&token, 1, &records).await;
    assert_eq!(outcomes(&first), ["OUTCOME_APPLIED", "OUTCOME_QUARANTINED"], "{first}");
    suite.kill(Service::Scheduling).await;
    suite.launch(Service::Scheduling);
    suite.ready(Service::Scheduling).await;
    let again = system.push(&token, 1, &records).await;
    assert_eq!(again["batchResult"]["results"], first["batchResult"]["results"]);
    assert_eq!(again["batchResult"]["repeatedNonce"], true, "the answer was lost, not the batch");
    let summary = system.call("endSession", &json!({ "fencingToken": token })).await;
    assert_eq!(summary["summary"]["source"]["received"], "2", "{summary}");

    is_shown(&suite).await;
    create_counter(&suite).await;
    eventually(PATIENCE, "the counter's hours are applied by themselves", async || {
        let listed = system.get(&format!("hoursRules?source={SOURCE}")).await?;
        let rules = listed["hoursRules"].as_array().map_or(0, Vec::len);
        that(rules == 2, listed.to_string())
    })
    .await;
    a_bad_export_is_undone(&suite, &system, &first["batchResult"]["checkpoint"]).await;
}

/// All counters close at nine: a mistake, which the command finds where it was made.
async fn a_bad_export_is_undone(suite: &Suite, system: &System, checkpoint: &Value) {
    let (session, token) = system.open(checkpoint).await;
    let bad = json!([hours("jam", MALL, "09:00"), hours("kua", KUA, "09:00")]);
    let answer = system.push(&token, 2, &bad).await;
    assert_eq!(outcomes(&answer), ["OUTCOME_APPLIED"; 2], "{answer}");
    system.call("endSession", &json!({ "fencingToken": token })).await;
    let undo = ["undo", SOURCE, session.as_str()];
    let told = suite.run(ADMINISTRATOR, &undo).await.succeeded();
    assert!(told.contains("restored 2"), "{told}");
    let rule = system.get("hoursRules/mal-banyuwangi_jam").await.expect("the mall's hours");
    assert_eq!(rule["hoursRule"]["weekly"]["mon"][0]["close"], "15:00", "{rule}");
    assert_eq!(rule["hoursRule"]["source"], SOURCE);
    let told = suite.run(ADMINISTRATOR, &["history", "hoursRules/mal-banyuwangi_jam"]).await;
    assert!(told.succeeded().contains(&session), "its history names the session");
}

/// The command and the doctor say what waits at scheduling.
async fn is_shown(suite: &Suite) {
    let listed = suite.run(ADMINISTRATOR, &["quarantine", "list", SOURCE]).await.succeeded();
    assert!(listed.contains(KUA) && listed.contains("TARGET_NOT_FOUND"), "{listed}");
    let here = ["quarantine", "list", SOURCE, "--service", "registry"];
    let nothing = suite.run(ADMINISTRATOR, &here).await.succeeded();
    assert!(nothing.contains("nothing waits"), "{nothing}");
    let doctor = suite.run(ADMINISTRATOR, &["doctor"]).await;
    assert!(doctor.out.contains(&format!("of {SOURCE} for {KUA}")), "{doctor:?}");
}

/// The mall's own system as a source, which this unit keeps.
pub async fn create_source(suite: &Suite, unit: &str) {
    let source = Source {
        display_name: town::text("Sistem MPP Banyuwangi"),
        unit: unit.into(),
        freshness_target_seconds: 86_400,
        ..Source::default()
    };
    let request = CreateSourceRequest {
        source_id: "mal-banyuwangi".into(),
        source: Some(source),
        ..CreateSourceRequest::default()
    };
    let channel = suite.channel(Service::Registry, ADMINISTRATOR);
    SyncServiceClient::new(channel).create_source(request).await.expect("a source");
}

pub async fn create_counter(suite: &Suite) {
    let counter = Counter {
        display_name: town::text("Gerai KUA"),
        unit: "units/pemkab-banyuwangi".into(),
        regime: Regime::CivilService.into(),
        ticket_prefix: "K".into(),
        ..Counter::default()
    };
    let request = CreateCounterRequest {
        parent: MALL.into(),
        counter_id: "kua".into(),
        counter: Some(counter),
        ..CreateCounterRequest::default()
    };
    town::directory(suite, ORGANISER).create_counter(request).await.expect("a counter");
}

fn hours(source_id: &str, target: &str, close: &str) -> Value {
    let day = json!([{ "open": "08:00", "close": close }]);
    let rule = json!({
        "target": target,
        "basis": "Perbup 1/2026",
        "weekly": { "mon": day, "tue": day, "wed": day, "thu": day, "fri": day },
    });
    json!({ "sourceId": source_id, "hoursRule": rule })
}

fn outcomes(answer: &Value) -> Vec<&str> {
    let results = answer["batchResult"]["results"].as_array().expect("answers");
    results.iter().map(|one| one["outcome"].as_str().unwrap_or_default()).collect()
}

/// The mall's system, as it calls scheduling.
struct System {
    address: String,
    bearer: String,
}

impl System {
    fn new(suite: &Suite) -> Self {
        let token = std::fs::read_to_string(suite.keys.token(MALL_SYSTEM)).expect("a token");
        let bearer = format!("Bearer {}", token.trim());
        Self { address: suite.address(Service::Scheduling), bearer }
    }

    /// Opens a session at a checkpoint; answers its id and its fencing token.
    async fn open(&self, checkpoint: &Value) -> (String, Value) {
        let hello =
            json!({ "mappingVersion": "1", "holder": "sistem-mal", "checkpoint": checkpoint });
        let opened = self.call("openSession", &hello).await;
        let welcome = &opened["welcome"];
        let session = welcome["session"].as_str().expect("a session").to_owned();
        (session, welcome["fencingToken"].clone())
    }

    async fn push(&self, token: &Value, sequence: u64, records: &Value) -> Value {
        let batch = json!({
            "nonce": 1,
            "fencingToken": token,
            "checkpoint": { "sequence": sequence, "position": sequence.to_string() },
            "records": records,
        });
        self.call("pushBatch", &json!({ "batch": batch })).await
    }

    async fn call(&self, verb: &str, body: &Value) -> Value {
        let path = format!("{SOURCE}:{verb}");
        eventually(PATIENCE, verb, async || self.send("POST", &path, body.to_string()).await).await
    }

    async fn get(&self, path: &str) -> Result<Value, String> {
        self.send("GET", path, String::new()).await
    }

    async fn send(&self, verb: &str, path: &str, body: String) -> Result<Value, String> {
        let request = Request::builder().method(verb).uri(format!("{}/v1/{path}", self.address));
        let request = request.header("authorization", &self.bearer);
        let request = request.header("content-type", "application/json").body(body);
        let (status, text) = plain::send(request.map_err(|error| error.to_string())?).await?;
        if status != 200 {
            return Err(format!("{status}: {text}"));
        }
        serde_json::from_str(&text).map_err(|error| format!("{error}: {text}"))
    }
}
