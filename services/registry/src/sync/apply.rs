//! Answers a batch: each record gets its outcome, and none stops another.

use std::collections::{HashMap, HashSet};

use mpp_api::{
    registry::Service,
    sync::{Batch, BatchResult, Checkpoint, Outcome, Source},
};
use mpp_core::{Error, FieldCode, FieldViolation, Reason, Result};
use mpp_store::{Expect, Label, Labels, Put, Tx};

use super::{
    plan::{self, Fate, Plan, Waiting, fault},
    session::Session,
};
use crate::{
    app::{filing::find_lineage, services::service_labels},
    model::{
        checkpoint::Standing,
        source::{Checked, Item, check_unit},
        tree::Lineage,
    },
    store::{batches, lease},
};

impl Session {
    /// Answers a batch.
    ///
    /// # Errors
    /// A batch that is empty, too large or without a checkpoint; `LEASE_LOST`,
    /// `PROTOCOL_VIOLATION`; `WRITE_CONFLICT` and `UNAVAILABLE` where the batch could not be written
    /// now. Nothing of it is then stored.
    pub async fn answer(&self, batch: Batch) -> Result<BatchResult> {
        plan::check(&batch, &self.registry.policy)?;
        let result = self.write_batch(batch).await?;
        if result.results.iter().any(|answer| answer.code == FieldCode::Internal.as_str()) {
            tracing::error!(
                source = self.lease.source,
                nonce = result.nonce,
                "records were refused by the database"
            );
        }
        Ok(result)
    }

    async fn write_batch(&self, batch: Batch) -> Result<BatchResult> {
        let mut plan = Plan::new(batch, &self.lease.source);
        let mut tries = 1;
        loop {
            match self.attempt(&plan).await {
                Err(error)
                    if error.reason() == Reason::WriteConflict
                        && tries < self.registry.policy.batch_tries =>
                {
                    tries += 1;
                    let head = self.registry.db.read().await?.revision();
                    self.registry.memory.catch_up(head).await?;
                }
                Err(error) if is_a_records_fault(&error) => {
                    tracing::error!(source = self.lease.source, %error, context = ?error.context(),
                        "the database refused a batch; looking for the record");
                    self.isolate(&mut plan, error).await?;
                }
                done => return done,
            }
        }
    }

    /// The whole batch in one transaction.
    async fn attempt(&self, plan: &Plan) -> Result<BatchResult> {
        let mut tx = self.registry.db.begin(&self.actor).await?;
        let standing = lease::hold(&mut tx, &self.lease, self.registry.policy.lease()).await?;
        if let Some(answered) = batches::find(&mut tx, &self.lease, plan.nonce).await? {
            tx.commit().await?;
            return self.repeated(plan, answered).await;
        }
        let checkpoint = standing
            .place(&plan.checkpoint)
            .ok_or_else(|| not_next(&plan.checkpoint, &standing))?;
        let mut fates = plan.decided.clone();
        fates.extend(self.write(&mut tx, &plan.waiting).await?);
        let mut result = plan.result(&fates, &checkpoint);
        self.leave_behind(&mut tx, &standing).await?;
        self.add_remarks(plan, &mut result);
        batches::store(&mut tx, &self.lease, &plan.digest, &result).await?;
        lease::advance(&mut tx, &self.lease, &standing.answered(checkpoint)).await?;
        result.revision = tx.commit().await?;
        Ok(result)
    }

    async fn repeated(&self, plan: &Plan, answered: batches::Answered) -> Result<BatchResult> {
        if answered.digest != plan.digest {
            let message =
                format!("nonce {} was used for other records in this session", plan.nonce);
            return Err(Error::new(Reason::ProtocolViolation, message));
        }
        let mut result = answered.result;
        // Not before the batch's own revision, which was not known when the answers were stored.
        result.revision = self.registry.db.read().await?.revision();
        result.repeated_nonce = true;
        Ok(result)
    }

    /// Writes the records that passed the checks, and gives each its outcome.
    async fn write(&self, tx: &mut Tx, waiting: &[Waiting]) -> Result<HashMap<usize, Fate>> {
        let source = tx.require::<Source>(&self.lease.source, "source").await?.doc;
        let lineages = lineages(tx, waiting).await?;
        let mut fates = HashMap::with_capacity(waiting.len());
        let (mut puts, mut deletes) = (Vec::new(), Vec::new());
        for (index, checked) in waiting {
            let lineage = lineages.get(checked.unit()).and_then(Option::as_ref);
            if let Err(fault) = check_unit(&source, checked.unit(), lineage) {
                fates.insert(*index, Err(fault));
                continue;
            }
            match (&checked.item, lineage) {
                (Item::Put(service), Some(lineage)) => {
                    puts.push((*index, service.as_ref(), service_labels(service, lineage)));
                }
                _ => deletes.push((*index, checked)),
            }
        }
        self.put(tx, puts, &mut fates).await?;
        self.delete(tx, &deletes, &mut fates).await?;
        Ok(fates)
    }

    /// Whose a record is, is looked up in memory, and the version that the write then finds tells
    /// whether memory was right: where it was behind, the batch loses a race and is tried again.
    /// That saves a select of each record in each batch.
    async fn put(
        &self,
        tx: &mut Tx,
        puts: Vec<(usize, &Service, Labels)>,
        fates: &mut HashMap<usize, Fate>,
    ) -> Result<()> {
        let (mut items, mut expected) = (Vec::new(), Vec::new());
        for (index, service, labels) in puts {
            let known = self.known(&service.name);
            if let Some(fault) = known.as_ref().and_then(|(_, owner)| self.foreign(owner)) {
                fates.insert(index, Err(fault));
                continue;
            }
            expected.push((index, known.map_or(0, |(version, _)| version)));
            items.push((service.name.clone(), service.clone(), labels));
        }
        let written = tx.put_many(items).await?;
        for ((index, version), put) in expected.into_iter().zip(written) {
            fates.insert(index, fate(put, version)?);
        }
        Ok(())
    }

    async fn delete(
        &self,
        tx: &mut Tx,
        deletes: &[(usize, &Checked)],
        fates: &mut HashMap<usize, Fate>,
    ) -> Result<()> {
        let mut gone = Vec::new();
        for (index, checked) in deletes {
            let fate = self.delete_one(tx, checked).await?;
            if fate == Ok(Outcome::Applied) {
                gone.push(&checked.name);
            }
            fates.insert(*index, fate);
        }
        if gone.is_empty() {
            return Ok(());
        }
        self.registry.memory.catch_up(tx.head().await?).await?;
        for service in gone {
            self.registry.withdraw_offerings(tx, service).await?;
        }
        Ok(())
    }

    /// A record that is deleted already is as the source wants it.
    async fn delete_one(&self, tx: &mut Tx, checked: &Checked) -> Result<Fate> {
        let Item::Delete(tombstone) = &checked.item else {
            return Err(Error::internal("a put among the deletes"));
        };
        if let Some(found) = tx.get::<Service>(&checked.name).await?
            && let Some(fault) = self.foreign(&found.doc.source)
        {
            return Ok(Err(fault));
        }
        match tx.delete::<Service>(&checked.name, tombstone, Expect::Any).await {
            Ok(_) => Ok(Ok(Outcome::Applied)),
            Err(error) if error.reason() == Reason::Tombstoned => Ok(Ok(Outcome::Unchanged)),
            Err(error) if error.reason() == Reason::NotFound => {
                Ok(Err(fault("delete.name", FieldCode::NotFound, "does not exist and never did")))
            }
            Err(error) => Err(error),
        }
    }

    fn known(&self, name: &str) -> Option<(i64, String)> {
        let state = self.registry.memory.read();
        let row = state.records.row::<Service>(name)?;
        Some((row.stamp.version, row.label(Label::Source).to_owned()))
    }

    fn foreign(&self, owner: &str) -> Option<FieldViolation> {
        if owner == self.lease.source {
            return None;
        }
        let owner = if owner.is_empty() { "the API" } else { owner };
        let text =
            format!("the record of this name was published by {owner}; use another source_id");
        Some(fault("source_id", FieldCode::OwnedByOtherSource, &text))
    }

    /// Finds the records that the database refuses, and decides them.
    async fn isolate(&self, plan: &mut Plan, error: Error) -> Result<()> {
        let mut refused = HashSet::new();
        let mut halves: Vec<_> = std::iter::once(0..plan.waiting.len()).collect();
        while let Some(part) = halves.pop() {
            if part.is_empty() || self.probe(&plan.waiting[part.clone()]).await? {
                continue;
            }
            if part.len() == 1 {
                refused.insert(plan.waiting[part.start].0);
                continue;
            }
            let middle = part.start + part.len() / 2;
            halves.extend([part.start..middle, middle..part.end]);
        }
        if refused.is_empty() {
            // No record is at fault; halving again would not end.
            return Err(error);
        }
        plan.waiting.retain(|(index, _)| !refused.contains(index));
        let text =
            "the registry failed on this record and has logged why; the others were not held up";
        plan.decided.extend(
            refused.into_iter().map(|index| (index, Err(fault("", FieldCode::Internal, text)))),
        );
        Ok(())
    }

    /// True where the database takes these records; nothing of it is kept.
    async fn probe(&self, waiting: &[Waiting]) -> Result<bool> {
        let mut tx = self.registry.db.begin(&self.actor).await?;
        lease::hold(&mut tx, &self.lease, self.registry.policy.lease()).await?;
        let written = self.write(&mut tx, waiting).await;
        // After a failed statement the transaction may have ended by itself.
        let _ = tx.rollback().await;
        match written {
            Ok(_) => Ok(true),
            Err(error) if is_a_records_fault(&error) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// Lines of all units that the records lie in.
async fn lineages(tx: &mut Tx, waiting: &[Waiting]) -> Result<HashMap<String, Option<Lineage>>> {
    let mut lineages = HashMap::new();
    for (_, checked) in waiting {
        if !lineages.contains_key(checked.unit()) {
            lineages.insert(checked.unit().to_owned(), find_lineage(tx, checked.unit()).await?);
        }
    }
    Ok(lineages)
}

/// The outcome of a record that memory knew at `version` (0: not at all), by its write.
fn fate(put: Put, version: i64) -> Result<Fate> {
    if put.tombstoned {
        let text = "was deleted, and its name is not used again; give the record another source_id";
        return Ok(Err(fault("source_id", FieldCode::Tombstoned, text)));
    }
    if put.version != version + i64::from(put.changed) {
        let message = "the record changed while the batch was written; send it again";
        return Err(Error::new(Reason::WriteConflict, message));
    }
    Ok(Ok(if put.changed { Outcome::Applied } else { Outcome::Unchanged }))
}

fn not_next(given: &Checkpoint, standing: &Standing) -> Error {
    let message = format!(
        "batch.checkpoint.sequence is {}, and the next batch of this source is {}",
        given.sequence,
        standing.next_sequence()
    );
    Error::new(Reason::ProtocolViolation, message)
}

/// Anything but a lost race, a lost lease and a database that is away.
fn is_a_records_fault(error: &Error) -> bool {
    !matches!(
        error.reason(),
        Reason::WriteConflict
            | Reason::LeaseLost
            | Reason::ProtocolViolation
            | Reason::Unavailable
            | Reason::Overloaded
            | Reason::DeadlineExceeded
            | Reason::ReferenceInvalid
    )
}
