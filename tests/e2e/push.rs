//! A catalog that a script pushes as JSON, call by call, while the registry is killed under it.

use http::Request;
use mpp_testkit::Backend;
use mpp_tests::{PATIENCE, Service, Suite, eventually, http as plain, keys::PUBLISHER, town};
use serde_json::{Value, json};

const BATCHES: u64 = 4;
const RECORDS: u64 = 5;

#[tokio::test]
async fn what_a_script_pushes_arrives_once_though_every_call_meets_a_killed_registry_on_sqlite() {
    tell(Backend::Sqlite).await;
}

#[tokio::test]
async fn what_a_script_pushes_arrives_once_though_every_call_meets_a_killed_registry_on_postgres() {
    tell(Backend::Postgres).await;
}

async fn tell(backend: Backend) {
    let mut suite = Suite::start(backend).await;
    town::found(&suite).await;
    let mut script = Script::new(&suite);
    script.open().await;
    while script.answered < BATCHES {
        let batch = script.batch();
        let (answer, ()) = tokio::join!(script.call("pushBatch", &batch), restart(&mut suite));
        match answer {
            Ok(answer) => script.sends_again(&batch, &answer).await,
            Err(reason) => script.opens_again(&reason).await,
        }
    }
    let summary = loop {
        let (ended, ()) = tokio::join!(script.end(), restart(&mut suite));
        match ended {
            Ok(summary) => break summary,
            Err(reason) => script.opens_again(&reason).await,
        }
    };
    let again = script.end().await.expect("the same summary");
    assert_eq!(again["summary"]["source"], summary["summary"]["source"]);

    let source = script.get("sources/kemendagri").await["source"].clone();
    assert!(source["lastSuccessTime"].is_string(), "{source}");
    let counted = |outcome: &str| number(&source["accounting"][outcome]);
    let outcomes = ["applied", "unchanged", "rejected", "quarantined"].map(counted);
    assert_eq!(counted("received"), outcomes.iter().sum::<u64>());
    assert_eq!(counted("received"), BATCHES * RECORDS, "each is counted once: {source}");
    if script.opened == 1 {
        assert_eq!(counted("applied"), BATCHES * RECORDS, "and written once: {source}");
    }
    let listed = script.get("units/kemendagri/services").await;
    assert_eq!(listed["services"].as_array().map(Vec::len), Some(20));
}

async fn restart(suite: &mut Suite) {
    suite.kill(Service::Registry).await;
    suite.launch(Service::Registry);
    suite.ready(Service::Registry).await;
}

/// A script's state, and how it calls.
struct Script {
    address: String,
    bearer: String,
    token: Value,
    /// Batches that were answered.
    answered: u64,
    /// The checkpoint of the last answer.
    checkpoint: Value,
    /// The number of the next batch.
    next: u64,
    opened: u64,
}

impl Script {
    fn new(suite: &Suite) -> Self {
        let token = std::fs::read_to_string(suite.keys.token(PUBLISHER)).expect("a token");
        Self {
            address: suite.address(Service::Registry),
            bearer: format!("Bearer {}", token.trim()),
            token: Value::Null,
            answered: 0,
            checkpoint: json!({}),
            next: 0,
            opened: 0,
        }
    }

    async fn open(&mut self) {
        let hello = json!({
            "mappingVersion": "1",
            "holder": "script",
            "checkpoint": self.checkpoint,
        });
        let opened = self.call("openSession", &hello).await.expect("a session");
        let welcome = &opened["welcome"];
        assert_eq!(welcome["checkpoint"], self.checkpoint, "{welcome}");
        self.next = number(&welcome["nextSequence"]);
        self.token = welcome["fencingToken"].clone();
        self.opened += 1;
    }

    /// A machine that is slower than the lease is long ends the session, and the script goes on.
    async fn opens_again(&mut self, reason: &str) {
        assert_eq!(reason, "LEASE_EXPIRED");
        self.open().await;
    }

    fn batch(&self) -> Value {
        let number = self.answered + 1;
        let records = (0..RECORDS).map(|index| {
            json!({
                "sourceId": format!("s{number}-{index}"),
                "unit": "units/kemendagri",
                "service": { "title": { "id": "Layanan" } },
                "confirmed": true,
            })
        });
        let batch = json!({
            "nonce": number,
            "fencingToken": self.token,
            "checkpoint": { "sequence": self.next, "position": number.to_string() },
            "records": records.collect::<Vec<_>>(),
        });
        json!({ "batch": batch })
    }

    /// An answer that has arrived is noted, and the same one comes again.
    async fn sends_again(&mut self, batch: &Value, answer: &Value) {
        let first = &answer["batchResult"];
        assert_eq!(first["results"].as_array().map(|all| all.len() as u64), Some(RECORDS));
        self.answered += 1;
        self.checkpoint = first["checkpoint"].clone();
        self.next = number(&self.checkpoint["sequence"]) + 1;
        match self.call("pushBatch", batch).await {
            Ok(again) => {
                assert_eq!(again["batchResult"]["results"], first["results"]);
                assert_eq!(again["batchResult"]["repeatedNonce"], true);
            }
            Err(reason) => self.opens_again(&reason).await,
        }
    }

    async fn end(&self) -> Result<Value, String> {
        self.call("endSession", &json!({ "fencingToken": self.token })).await
    }

    /// Sends a call until it is answered or refused for good; answers the reason of a refusal.
    async fn call(&self, verb: &str, body: &Value) -> Result<Value, String> {
        let path = format!("sources/kemendagri:{verb}");
        eventually(PATIENCE, verb, async || {
            match self.send("POST", &path, body.to_string()).await? {
                (200, answer) => Ok(Ok(answer)),
                (status @ (503 | 504), answer) => Err(format!("{status}: {answer}")),
                (_, answer) => match reason(&answer) {
                    "WRITE_CONFLICT" => Err("another call is in work".into()),
                    reason => Ok(Err(reason.to_owned())),
                },
            }
        })
        .await
    }

    async fn get(&self, path: &str) -> Value {
        let (status, answer) = self.send("GET", path, String::new()).await.expect("an answer");
        assert_eq!(status, 200, "{answer}");
        answer
    }

    async fn send(&self, verb: &str, path: &str, body: String) -> Result<(u16, Value), String> {
        let request = Request::builder().method(verb).uri(format!("{}/v1/{path}", self.address));
        let request = request.header("authorization", &self.bearer);
        let request = request.header("content-type", "application/json").body(body);
        let (status, text) = plain::send(request.map_err(|error| error.to_string())?).await?;
        Ok((status, serde_json::from_str(&text).map_err(|error| format!("{error}: {text}"))?))
    }
}

fn reason(refusal: &Value) -> &str {
    let details = refusal["details"].as_array().map(Vec::as_slice).unwrap_or_default();
    details.iter().find_map(|detail| detail["reason"].as_str()).unwrap_or_default()
}

/// 64-bit integers are texts in JSON, and 0 is left out.
fn number(value: &Value) -> u64 {
    value.as_str().map_or(0, |text| text.parse().expect("a number"))
}
