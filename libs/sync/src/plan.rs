//! A batch before SQL: the records that are to be written, and those that are decided already.

use std::collections::{HashMap, HashSet};

use mpp_api::sync::{
    Batch, BatchResult, Checkpoint, Outcome, Reconciled, Record, RecordResult, record::Body,
};
use mpp_core::{Error, FieldCode, FieldViolation, Reason, Result};
use mpp_form::{
    Check, limits,
    reconcile::{self, key_of},
};
use prost::Message;
use sha2::{Digest, Sha256};

use crate::{
    fate::{Fates, MAX_SHOWN_NAME, WaitingRecord, fault, first_fault, shown},
    kind::Synced,
    metrics,
    model::{
        checkpoint,
        quarantine::{Answer, Asks},
    },
    policy::Policy,
    store::{
        digests::{Answered, Changes, Sent},
        lease::Lease,
        rejected::Stands,
    },
};

/// Added to the answer to a record that waits.
const KEPT: &str = "; the record is kept, and applied by itself once that is so";

/// A batch whose records have been checked.
pub struct Plan<D> {
    /// The client's number for it.
    pub nonce: i64,
    /// The client's checkpoint once it is answered.
    pub checkpoint: Checkpoint,
    /// SHA-256 of the records.
    pub digest: Vec<u8>,
    /// The outcome of the client's comparison, if it has compared.
    pub reconciled: Option<Confirms>,
    /// Digests of the records, in order.
    digests: Vec<[u8; 16]>,
    /// The records' own ids, in order.
    source_ids: Vec<String>,
    /// The names that they ask for.
    names: Vec<String>,
    /// The changes that they ask for, in order.
    asks: Vec<Asks>,
    /// Records that are decided without the database.
    pub decided: Fates,
    /// Records that are to be written, in order.
    pub waiting: Vec<WaitingRecord<D>>,
}

/// The outcome of a client's comparison.
#[derive(Debug)]
pub struct Confirms {
    /// The keys that it has not confirmed.
    pub unconfirmed: HashSet<u64>,
    /// The batch after which it has compared.
    pub last_sequence: i64,
}

impl From<Reconciled> for Confirms {
    fn from(found: Reconciled) -> Self {
        let unconfirmed = found.unconfirmed.into_iter().collect();
        Self { unconfirmed, last_sequence: found.last_sequence }
    }
}

fn answered(answer: &RecordResult) -> Answered {
    match answer.outcome() {
        Outcome::Applied | Outcome::Unchanged if answer.warnings.is_empty() => Answered::Taken,
        Outcome::Applied | Outcome::Unchanged => Answered::Remarked,
        _ => Answered::NotTaken,
    }
}

impl<D: Synced> Plan<D> {
    /// Checks every record's form. Of several records of one name the first counts, even if it is
    /// wrong: which of two contradicting rows is taken must not depend on their faults.
    pub fn new(batch: Batch, lease: &Lease) -> Self {
        let (digest, digests) = digest(&batch);
        let source = lease.source.as_str();
        let mut plan = Self {
            nonce: batch.nonce,
            checkpoint: batch.checkpoint.unwrap_or_default(),
            digest,
            reconciled: batch.reconciled.map(Confirms::from),
            digests,
            source_ids: batch.records.iter().map(|record| shown(&record.source_id)).collect(),
            names: batch.records.iter().map(|one| D::asked(source, one)).collect(),
            asks: batch.records.iter().map(asks).collect(),
            decided: Fates::new(),
            waiting: Vec::new(),
        };
        let mut first: HashMap<String, (usize, String)> = HashMap::new();
        for (index, record) in batch.records.into_iter().enumerate() {
            let name = plan.names[index].chars().take(MAX_SHOWN_NAME).collect::<String>();
            let keys = keys::<D>(&plan.names[index], &record, lease.unique_ids);
            if let Some((earlier, other)) = keys.iter().find_map(|key| first.get(key)) {
                let text = duplicate(index, &name, *earlier, other);
                let fault = fault("source_id", FieldCode::Duplicate, &text);
                plan.decided.insert(index, Err(fault));
                continue;
            }
            first.extend(keys.into_iter().map(|key| (key, (index, name.clone()))));
            match D::check(record, source) {
                Err(error) => drop(plan.decided.insert(index, Err(first_fault(&error)))),
                Ok(checked) => plan.waiting.push((index, checked)),
            }
        }
        plan
    }

    /// The names that the records ask for, of hostile ones the start.
    pub fn shown_names(&self) -> Vec<String> {
        self.names.iter().map(|name| name.chars().take(MAX_SHOWN_NAME).collect()).collect()
    }

    /// The kinds of the records, as metrics tell them.
    pub fn kinds(&self) -> Vec<&'static str> {
        self.names.iter().map(|name| metrics::kind_of::<D>(name)).collect()
    }

    /// The key of a record's name, its digest, and whether it asks for its record to go.
    pub fn asked(&self, index: usize) -> (u64, [u8; 16], bool) {
        let deletes = self.asks[index] == Asks::Delete;
        (key_of(&self.names[index]), self.digests[index], deletes)
    }

    /// The state of each record after its answer; only the first of several of one name counts.
    pub fn stands(&self, result: &BatchResult) -> Vec<Stands> {
        let records = self.names.iter().zip(&self.source_ids).zip(&result.results);
        let own = records.filter(|(_, answer)| answer.code != FieldCode::Duplicate.as_str());
        let stands = own.map(|((name, id), answer)| {
            let is_known_by_name = D::source_id(name) == name;
            Stands::new(if is_known_by_name { name } else { id }, name, answer.outcome())
        });
        stands.collect()
    }

    /// The answers to keep, and those to forget, once the batch is answered. A record whose answer
    /// is not kept is forgotten: an earlier answer to its name may not hold any more. Something was
    /// published under a name before where `is_published` says so.
    pub fn changes(&self, result: &BatchResult, is_published: impl Fn(&str) -> bool) -> Changes {
        let mut changes = Changes::default();
        for (index, answer) in result.results.iter().enumerate() {
            let key = key_of(&self.names[index]);
            let is_kept = !answer.send_again || answer.outcome() == Outcome::Quarantined;
            // Where several records have one name, the answer to the first is kept.
            if answer.code == FieldCode::Duplicate.as_str() {
                continue;
            }
            if self.asks[index] == Asks::Put && is_kept {
                let (digest, answered) = (self.digests[index], answered(answer));
                let is_new = !is_published(&self.names[index]);
                changes.answered.push(Sent { key, digest, answered, is_new });
            } else {
                changes.gone.push(key);
            }
        }
        changes
    }

    /// The answers to all records, in order.
    pub fn result(&self, fates: &Fates, checkpoint: &Checkpoint) -> BatchResult {
        let answer = |(index, source_id): (usize, &String)| match fates.get(&index) {
            Some(Ok(taken)) => RecordResult {
                source_id: source_id.clone(),
                outcome: taken.outcome.into(),
                warnings: taken.warnings.clone(),
                ..Default::default()
            },
            Some(Err(fault)) => refused(source_id, fault, self.asks[index]),
            None => {
                let fault = fault("", FieldCode::Internal, "was not looked at");
                refused(source_id, &fault, self.asks[index])
            }
        };
        BatchResult {
            nonce: self.nonce,
            results: self.source_ids.iter().enumerate().map(answer).collect(),
            checkpoint: Some(checkpoint.clone()),
            revision: 0,
            repeated_nonce: false,
            confirmed: 0,
        }
    }
}

fn asks(record: &Record) -> Asks {
    match &record.body {
        Some(Body::Delete(_)) => Asks::Delete,
        _ => Asks::Put,
    }
}

/// The keys that no two records of a batch may share: the name and, if ids are unique, the id of a
/// put. A delete under one unit and a put under another may share an id.
fn keys<D: Synced>(named: &str, record: &Record, unique_ids: bool) -> Vec<String> {
    let named = named.to_owned();
    match &record.body {
        None | Some(Body::Delete(_)) => vec![named],
        Some(_) if unique_ids => vec![D::source_id(&named).to_owned(), named],
        Some(_) => vec![named],
    }
}

fn duplicate(index: usize, name: &str, earlier: usize, other: &str) -> String {
    format!(
        "record {} of the batch, {name}, has the id of record {}, {other}; the first counts",
        index + 1,
        earlier + 1
    )
}

/// Checks a batch as a whole; its records are looked at one by one.
///
/// # Errors
/// It is empty, larger than the welcome allows, or without a checkpoint.
pub fn check(batch: &Batch, policy: &Policy) -> Result<()> {
    if batch.records.is_empty() && batch.reconciled.is_none() {
        let message = "must hold at least one record; a keep_alive keeps the lease";
        return Err(Error::field("batch.records", FieldCode::Required, message));
    }
    check_reconciled(batch)?;
    check_size(batch.records.len(), batch.encoded_len(), policy)?;
    let Some(given) = &batch.checkpoint else {
        return Err(Error::new(Reason::ProtocolViolation, "batch.checkpoint must be set"));
    };
    let mut check = Check::new("batch.checkpoint");
    checkpoint::check(&mut check, given);
    check.finish()
}

/// Fails for more than one message may hold.
///
/// # Errors
/// `TOO_LARGE`, with the bounds.
pub fn check_size(records: usize, bytes: usize, policy: &Policy) -> Result<()> {
    if records <= policy.batch_records && bytes <= policy.batch_bytes {
        return Ok(());
    }
    let message = format!(
        "a batch of {records} records and {bytes} bytes; the welcome allows {} and {}",
        policy.batch_records, policy.batch_bytes
    );
    Err(Error::new(Reason::TooLarge, message))
}

fn check_reconciled(batch: &Batch) -> Result<()> {
    let unconfirmed = batch.reconciled.as_ref().map_or(0, |known| known.unconfirmed.len());
    if unconfirmed <= limits::UNCONFIRMED {
        return Ok(());
    }
    let hint = format!(
        "are {unconfirmed}; at most {}: where so much differs, send every record",
        limits::UNCONFIRMED
    );
    Err(Error::field("batch.reconciled.unconfirmed", FieldCode::OutOfRange, hint))
}

/// SHA-256 of the batch, and the digest of each record.
fn digest(batch: &Batch) -> (Vec<u8>, Vec<[u8; 16]>) {
    let mut hash = Sha256::new();
    for record in &batch.records {
        hash.update(record.encode_length_delimited_to_vec());
    }
    if let Some(reconciled) = &batch.reconciled {
        hash.update(reconciled.encode_length_delimited_to_vec());
    }
    (hash.finalize().to_vec(), batch.records.iter().map(reconcile::digest).collect())
}

fn refused(source_id: &str, fault: &FieldViolation, asks: Asks) -> RecordResult {
    let answer = Answer::of(Some(fault.code), asks);
    let waits = answer == Answer::Waits;
    let kept = if waits { KEPT } else { "" };
    let outcome = if waits { Outcome::Quarantined } else { Outcome::Rejected };
    // Even if the record does not change, there may be room later, or another client may let go of
    // it.
    let may_pass = matches!(fault.code, FieldCode::TargetFull | FieldCode::OtherClient);
    let may_pass = may_pass || answer == Answer::Failed;
    RecordResult {
        source_id: source_id.to_owned(),
        outcome: outcome.into(),
        field: fault.field.clone(),
        code: fault.code.to_string(),
        message: format!("{}{kept}", fault.description),
        send_again: waits || may_pass,
        ..RecordResult::default()
    }
}

#[cfg(test)]
mod tests;
