//! One session of the client under test: what it sends is held to the contract, and answered as the
//! script says. Pure.

use std::{
    collections::{BTreeSet, HashSet},
    time::Duration,
};

use mpp_api::sync::{
    Accounting, Batch, BatchResult, Checkpoint, End, Hello, Outcome, Reconcile, Reconciliation,
    Record, RecordResult, Summary, Welcome, record::Body,
};
use prost::Message as _;

use super::{
    nothing,
    registry::{Greeting, Registry},
    script::{Act, Expected, Script},
};

/// The bytes of a batch that the welcome allows.
const MAX_BYTES: i32 = 2_097_152;
/// The most bytes of a position.
const MAX_POSITION: usize = 1_024;
/// The fewest records that a source has, as the vectors say.
const LEAST_RECORDS: usize = 5;
/// The most batches that may be without an answer.
pub const MOST_AHEAD: usize = 2;

/// What is known of a client over its sessions.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// How many starts of the client were expected so far.
    pub runs: usize,
    /// The checkpoint of the last answer that went out.
    pub last: Option<Checkpoint>,
    /// Names of all records that were sent, except those that were deleted.
    pub ever: BTreeSet<String>,
    /// Names in batches that were not answered, until they come again.
    pub lost: BTreeSet<String>,
    /// Names of records that were refused.
    pub refused: BTreeSet<String>,
    /// Names of records that have to come again.
    pub failed: BTreeSet<String>,
    /// How the client names itself.
    pub holder: String,
}

/// What follows a batch.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// The batch is answered.
    Answer(Box<BatchResult>),
    /// The stream ends with this reason, or without a word.
    Ends(&'static str),
}

/// A session as the server sees it.
#[derive(Debug)]
pub struct Session {
    script: Script,
    mapping: String,
    resumed: i64,
    welcome: Welcome,
    nonces: HashSet<i64>,
    batches: i64,
    sent: BTreeSet<String>,
    counts: Accounting,
    ended: bool,
    /// What was wrong.
    pub faults: Vec<String>,
}

/// The name that a record asks for.
fn name_of(record: &Record) -> String {
    match &record.body {
        Some(Body::Delete(delete)) => delete.name.clone(),
        Some(Body::UnitRecord(_)) => format!("units/{}", record.source_id),
        Some(Body::Mall(_)) => format!("malls/{}", record.source_id),
        Some(Body::Counter(_)) => format!("{}/counters/{}", record.parent, record.source_id),
        _ => format!("{}/services/{}", record.unit, record.source_id),
    }
}

fn is_delete(record: &Record) -> bool {
    matches!(record.body, Some(Body::Delete(_)))
}

impl Session {
    /// Greets a client that has said hello.
    pub fn begin(script: Script, hello: &Hello, registry: &mut Registry, known: &History) -> Self {
        let Greeting { checkpoint, send_all, next } = registry.greet(hello);
        let fencing_token = registry.draw();
        let digest = crate::reckon::held_digest(registry.held.iter());
        let or = |given: i64, usual: i64| if given == 0 { usual } else { given };
        let welcome = Welcome {
            session: format!("konform-{fencing_token}"),
            fencing_token,
            checkpoint: Some(checkpoint.clone()),
            send_all,
            max_batch_records: match script.max_batch_records {
                0 => 2,
                given => given,
            },
            max_batch_bytes: MAX_BYTES,
            lease_millis: 30_000,
            next_sequence: next,
            held: i64::try_from(registry.held.len()).unwrap_or(i64::MAX),
            held_digest: digest.to_vec().into(),
            rules_version: or(script.rules_version, 1),
            can_reconcile: false,
        };
        let mut session = Self {
            mapping: hello.mapping_version.clone(),
            resumed: checkpoint.sequence,
            welcome,
            nonces: HashSet::new(),
            batches: 0,
            sent: BTreeSet::new(),
            counts: Accounting::default(),
            ended: false,
            faults: Vec::new(),
            script,
        };
        session.judge_hello(hello, known);
        session
    }

    /// What the client is told.
    pub fn welcome(&self) -> Welcome {
        self.welcome.clone()
    }

    /// How long nothing is answered after the first batch.
    pub fn silence(&self) -> Option<Duration> {
        let millis = self.script.silent_millis;
        (millis > 0).then(|| Duration::from_millis(millis))
    }

    fn fault(&mut self, text: impl Into<String>) {
        self.faults.push(text.into());
    }

    fn expects(&self, what: Expected) -> bool {
        self.script.expects.contains(&what)
    }

    fn judge_hello(&mut self, hello: &Hello, known: &History) {
        if hello.mapping_version.is_empty() {
            self.fault("hello: expected a mapping_version, came none");
        }
        if !known.holder.is_empty() && known.holder != hello.holder {
            let text =
                format!("hello: expected the holder {}, came {}", known.holder, hello.holder);
            self.fault(text);
        }
        // The start is no checkpoint.
        let named = hello.checkpoint.clone().filter(|named| named.sequence > 0);
        let is_due = self.expects(Expected::LastCheckpoint);
        if is_due && known.runs > 1 && known.last.is_none() {
            self.fault("hello: expected batches that were answered in the runs before, came none");
        } else if is_due && named != known.last {
            let text = format!(
                "hello: expected the checkpoint of the last answer, {:?}, came {:?}",
                known.last, named
            );
            self.fault(text);
        }
    }

    /// Answers a client that compares of its own accord: there is nothing here to compare with.
    pub fn reconcile(&mut self, asked: &Reconcile) -> Reconciliation {
        if self.batches > 0 {
            self.fault("reconcile: expected before the first batch, came after it");
        }
        nothing::reconciliation(asked, self.welcome.next_sequence - 1)
    }

    /// Judges a batch, and answers it as the script says.
    pub fn batch(&mut self, batch: &Batch, registry: &mut Registry, known: &mut History) -> Next {
        self.judge(batch);
        let at = usize::try_from(self.batches).unwrap_or(usize::MAX);
        let act = self.script.batches.get(at).copied().unwrap_or_default();
        let sequence = self.welcome.next_sequence + self.batches;
        self.batches += 1;
        let names: Vec<String> = batch.records.iter().map(name_of).collect();
        self.sent.extend(names.iter().cloned());
        for (record, name) in batch.records.iter().zip(&names) {
            if is_delete(record) {
                known.ever.remove(name)
            } else {
                known.ever.insert(name.clone())
            };
        }
        if matches!(act, Act::BreakOff | Act::LeaseLost) {
            known.lost.extend(names);
            return Next::Ends(if act == Act::LeaseLost { "LEASE_LOST" } else { "" });
        }
        let position = batch.checkpoint.as_ref().map_or("", |given| &given.position);
        // A client that has compared leaves no batch behind.
        let resumed = if batch.reconciled.is_some() { sequence } else { self.resumed };
        let checkpoint = registry.write(position, sequence, resumed, &self.mapping);
        self.resumed = sequence;
        if act == Act::LoseAnswer {
            registry.held.extend(names.iter().cloned());
            known.lost.extend(names);
            return Next::Ends("UNAVAILABLE");
        }
        known.lost.retain(|name| !names.contains(name));
        known.last = Some(checkpoint.clone());
        Next::Answer(Box::new(self.answer(batch, act, checkpoint, registry, known)))
    }

    fn answer(
        &mut self,
        batch: &Batch,
        act: Act,
        checkpoint: Checkpoint,
        registry: &mut Registry,
        known: &mut History,
    ) -> BatchResult {
        let mut results = Vec::new();
        for (at, record) in batch.records.iter().enumerate() {
            let name = name_of(record);
            let result = answer_of(record, if at == 0 { act } else { Act::Take });
            known.refused.remove(&name);
            known.failed.remove(&name);
            match result.outcome() {
                Outcome::Applied if is_delete(record) => drop(registry.held.remove(&name)),
                Outcome::Applied => drop(registry.held.insert(name)),
                Outcome::Rejected if !result.send_again => drop(known.refused.insert(name)),
                _ => drop(known.failed.insert(name)),
            }
            count(&mut self.counts, result.outcome());
            results.push(result);
        }
        let (nonce, checkpoint) = (batch.nonce, Some(checkpoint));
        BatchResult { nonce, results, checkpoint, revision: self.batches, ..BatchResult::default() }
    }

    fn judge(&mut self, batch: &Batch) {
        let given = batch.checkpoint.clone().unwrap_or_default();
        let next = self.welcome.next_sequence + self.batches;
        let own = self.welcome.checkpoint.clone().unwrap_or_default().sequence + 1 + self.batches;
        let (most, bytes) = (self.welcome.max_batch_records, batch.encoded_len());
        let has = |is_wrong: bool, text: String| is_wrong.then_some(text);
        let token = self.welcome.fencing_token;
        let records = i32::try_from(batch.records.len()).unwrap_or(i32::MAX);
        let found = [
            has(self.ended, "batch: expected nothing after the end, came one".into()),
            has(
                batch.fencing_token != token,
                format!("batch: expected the token {token}, came {}", batch.fencing_token),
            ),
            has(
                !self.nonces.insert(batch.nonce),
                format!("batch: the nonce {} was used in this session before", batch.nonce),
            ),
            has(
                given.sequence != next && given.sequence != own,
                format!("batch: expected the sequence {next}, came {}", given.sequence),
            ),
            has(
                given.position.len() > MAX_POSITION,
                format!(
                    "batch: a position of {} bytes; at most {MAX_POSITION}",
                    given.position.len()
                ),
            ),
            has(
                records == 0 && batch.reconciled.is_none(),
                "batch: expected a record, came none".into(),
            ),
            has(
                self.batches > 0 && batch.reconciled.is_some(),
                "batch: expected reconciled with the first only".into(),
            ),
            has(records > most, format!("batch: expected at most {most} records, came {records}")),
            has(
                i32::try_from(bytes).is_ok_and(|bytes| bytes > MAX_BYTES),
                format!("batch: expected at most {MAX_BYTES} bytes, came {bytes}"),
            ),
        ];
        self.faults.extend(found.into_iter().flatten());
    }

    /// Takes the client's word that this was all.
    pub fn end(&mut self, end: &End, known: &History) -> Summary {
        self.ended = true;
        if end.unread < 0 {
            self.fault(format!("end: expected no negative unread, came {}", end.unread));
        }
        if self.welcome.send_all && self.sent.len() < LEAST_RECORDS {
            let came = self.sent.len();
            self.fault(format!("end: expected {LEAST_RECORDS} records at least, came {came}"));
        }
        for (what, wanted, text) in [
            (Expected::Everything, &known.ever, "everything"),
            (Expected::WhatWasLost, &known.lost, "what was not answered"),
            (Expected::WhatWasRefused, &known.refused, "what was refused under other rules"),
            (Expected::WhatFailed, &known.failed, "what is to come again"),
        ] {
            let is_due =
                self.expects(what) || (what == Expected::Everything && self.welcome.send_all);
            let missing: Vec<&String> = wanted.difference(&self.sent).collect();
            if is_due && !missing.is_empty() {
                self.fault(format!("end: expected {text} before it; missing: {missing:?}"));
            }
        }
        let session = Some(self.counts);
        Summary {
            session,
            source: session,
            revision: self.batches,
            incomplete: end.incomplete.clone(),
        }
    }

    /// Notes that the client or the script has ended the stream.
    pub fn over(&mut self) {
        if self.expects(Expected::AnEnd) && !self.ended {
            self.fault("expected an end, came none");
        }
    }
}

fn answer_of(record: &Record, act: Act) -> RecordResult {
    let source_id = record.source_id.clone();
    let (outcome, code, send_again) = match act {
        Act::RefuseFirst => (Outcome::Rejected, "FORMAT", false),
        Act::FailFirst => (Outcome::Rejected, "INTERNAL", true),
        Act::WaitFirst => (Outcome::Quarantined, "UNIT_NOT_FOUND", true),
        _ => (Outcome::Applied, "", false),
    };
    let message = if code.is_empty() { "" } else { "as the vector says" };
    let (code, message) = (code.to_owned(), message.to_owned());
    let mut result =
        RecordResult { source_id, code, message, send_again, ..RecordResult::default() };
    result.set_outcome(outcome);
    result
}

fn count(counts: &mut Accounting, outcome: Outcome) {
    counts.received += 1;
    match outcome {
        Outcome::Applied => counts.applied += 1,
        Outcome::Quarantined => counts.quarantined += 1,
        _ => counts.rejected += 1,
    }
}
