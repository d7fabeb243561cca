//! The vectors of `server.json`, played against a server as its client.
//!
//! A vector is a list of steps. Each sends one message, on a stream or as a single call, and says
//! what has to come: an answer, or a refusal. What later steps need of it is kept by name.

mod connection;
mod play;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

pub use connection::{Target, is_readable};

use crate::{Verdict, fill::Values};
use connection::Connection;

/// The vectors that a server is checked with, as JSON.
const VECTORS: &str = include_str!("../../../../proto/conformance/sync/server.json");

/// What a server is checked with.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its name; it has to be there, and the caller has to speak for it.
    pub source: String,
    /// The unit that it writes.
    pub unit: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// What the file is.
    #[serde(rename = "about")]
    _about: Vec<String>,
    vectors: Vec<Vector>,
}

/// A rule, and how it shows.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    name: String,
    #[serde(rename = "about", default)]
    _about: String,
    steps: Vec<Step>,
}

/// A message, and what has to come.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Step {
    /// The stream that the message goes out on; it begins with its first message.
    on: String,
    /// The single call that is made; if empty, a message goes out on the stream.
    call: String,
    send: Value,
    /// The answer that is expected.
    get: Option<Value>,
    /// The refusal, with `code`, `reason`, `fields` and `retry`.
    refused: Option<Value>,
    /// Values of the answer that are kept: name and path.
    keep: BTreeMap<String, String>,
    /// The stream that the client ends without a word.
    cut: String,
    /// The stream whose own side the client ends, as one that has nothing more to say.
    close: String,
    /// Values that the client works out.
    make: BTreeMap<String, Made>,
    /// How long the client says nothing.
    rest: Option<Rest>,
}

/// A part of a lease.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rest {
    /// Its length in milliseconds, as the welcome has told it.
    lease: Value,
    percent: u64,
}

/// What the contract has a client work out.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
enum Made {
    /// The range of one record, as a list.
    Listed { record: Value, stands: u8 },
    /// The range of one record, by fingerprints.
    Fingerprinted { record: Value, stands: u8 },
    /// This many records, which differ by the `${at}` in their ids.
    Records { count: Value, more: i64, record: Value },
    /// A batch of this many encoded bytes, reached by making `${pad}` longer.
    Batch { bytes: Value, more: i64, batch: Value },
    /// A value as it is written in the file of vectors.
    Value(Value),
}

/// Plays all vectors, one after the other, and tells each verdict as it comes.
///
/// # Errors
/// The server cannot be reached, or the file of vectors is spoilt.
pub async fn check(
    target: &Target,
    source: &Source,
    mut told: impl FnMut(&Verdict),
) -> Result<Vec<Verdict>, String> {
    let file: File = serde_json::from_str(VECTORS).map_err(|error| error.to_string())?;
    // All vectors share one holder: the next one takes over what a vector leaves open.
    let holder = format!("conform-{}", drawn());
    let mut verdicts = Vec::new();
    for vector in &file.vectors {
        let connection = Connection::open(target).await?;
        let verdict = play::play(connection, vector, values(source, &holder)).await;
        told(&verdict);
        verdicts.push(verdict);
    }
    Ok(verdicts)
}

/// What each vector begins with: ids that no run before has used.
fn values(source: &Source, holder: &str) -> Values {
    let mut values = Values::default();
    values.set("source", json!(source.source));
    values.set("unit", json!(source.unit));
    values.set("holder", json!(holder));
    values.set("run", json!(drawn()));
    values
}

/// A text that was never drawn before.
fn drawn() -> String {
    uuid::Uuid::now_v7().simple().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_vector_can_be_read_and_each_step_expects_one_thing() {
        let file: File = serde_json::from_str(VECTORS).expect("vectors");
        for vector in &file.vectors {
            for step in &vector.steps {
                let kinds = [
                    !step.call.is_empty(),
                    !step.on.is_empty(),
                    !step.cut.is_empty(),
                    !step.close.is_empty(),
                    !step.make.is_empty(),
                    step.rest.is_some(),
                ];
                let asks = kinds.iter().filter(|is| **is).count();
                assert_eq!(asks, 1, "{}: {step:?}", vector.name);
                assert!(step.get.is_none() || step.refused.is_none(), "{}: {step:?}", vector.name);
            }
        }
    }
}
