//! JSON over HTTP, as a client speaks it that knows the next release's fields.

use std::{fs, path::Path};

use mpp_tests::doors::{Refusal, Said, over_http};
use serde_json::Value;

/// The field that only the next release knows.
pub const FIELD: &str = "ofTomorrow";

/// A service's door, and somebody's token.
pub struct Door {
    address: String,
    token: String,
}

impl Door {
    pub fn new(address: String, token: &Path) -> Self {
        Self { address, token: fs::read_to_string(token).expect("a token") }
    }

    /// Sends a request, such as `PATCH malls/banyuwangi?updateMask=displayName`.
    pub async fn send(&self, verb: &str, path: &str, body: &Value) -> Result<Value, Refusal> {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let url = format!("{}/v1/{path}", self.address);
        match over_http(verb, &url, &self.token, &body).await {
            Said::Answer(answer) => Ok(answer),
            Said::Refusal(refusal) => Err(refusal),
        }
    }

    /// A record, as it is read by its name.
    pub async fn record(&self, name: &str) -> Value {
        let answer = self.send("GET", name, &Value::Null).await;
        record(&answer.unwrap_or_else(|refusal| panic!("{name}: {refusal:?}")))
    }
}

/// The record that an answer holds.
pub fn record(answer: &Value) -> Value {
    let parts = answer.as_object().into_iter().flatten();
    let record = parts.map(|(_, part)| part).find(|part| part["name"].is_string());
    record.unwrap_or_else(|| panic!("{answer} holds no record")).clone()
}

/// The revision of a write.
pub fn revision(answer: &Value) -> i64 {
    let text = answer["revision"].as_str().unwrap_or_default();
    text.parse().unwrap_or_else(|_| panic!("{answer} tells no revision"))
}
