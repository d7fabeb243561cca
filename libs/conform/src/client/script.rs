//! What the file of vectors says of sessions: how the server acts, and what has to come.

use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// What the file is.
    #[serde(rename = "about")]
    _about: Vec<String>,
    pub vectors: Vec<Vector>,
}

/// A rule, and how it shows.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vector {
    pub name: String,
    #[serde(rename = "about", default)]
    _about: String,
    /// The starts of the client, each with its sessions.
    pub runs: Vec<Vec<Script>>,
}

/// How the server behaves in one session.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Script {
    /// The hello is refused.
    pub refuse: Option<Refusal>,
    /// The server has lost all that it knew, as after a restore.
    pub forgets: bool,
    /// The most records in one batch; 0 means two, so that a small source makes several batches.
    pub max_batch_records: i32,
    /// The version of the server's rules; 0 means 1.
    pub rules_version: i64,
    /// How the batches are answered, in their order; any later ones are taken.
    pub batches: Vec<Act>,
    /// How long nothing is answered after the first batch, in milliseconds.
    pub silent_millis: u64,
    /// What has to come.
    pub expects: Vec<Expected>,
}

/// A hello that is refused.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Refusal {
    pub reason: String,
    /// When the client may come again, at the earliest.
    pub retry_millis: u64,
}

/// How a batch is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Each record is applied.
    #[default]
    Take,
    /// The first record is wrong.
    RefuseFirst,
    /// The server failed on the first record, which is to come again.
    FailFirst,
    /// The first record waits for its unit.
    WaitFirst,
    /// It is written, and the answer is lost: the stream ends with UNAVAILABLE.
    LoseAnswer,
    /// It is not written, and the stream ends without a word.
    BreakOff,
    /// It is not written: another client has taken over the session.
    LeaseLost,
}

/// What has to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    /// The hello names the checkpoint of the last answer, with its mark.
    LastCheckpoint,
    /// Every record that the client has sent in this vector.
    Everything,
    /// The records of batches that were not answered.
    WhatWasLost,
    /// The records that were refused before.
    WhatWasRefused,
    /// The records that are to come again.
    WhatFailed,
    /// The session ends with an end.
    AnEnd,
}
