//! Answers a batch: each record gets its outcome, and none stops another.

use std::{collections::HashSet, pin::pin};

use mpp_api::sync::{Batch, BatchResult, Checkpoint};
use mpp_core::{Error, FieldCode, Reason, Result};
use mpp_resource::memory::View as _;
use mpp_store::Tx;
use tokio::time::sleep;

use crate::{
    Turn,
    fate::{Fates, WaitingRecord, fault},
    metrics,
    model::checkpoint::SourceState,
    own,
    plan::{self, Plan},
    remarks::bound_warnings,
    session::Session,
    store::{
        batches,
        digests::{self, Changes},
        lease, rejected, undone,
    },
    syncs::{Syncs, Writer},
    turn::{Work, turn},
};

/// The message for a record that comes again as it was when it was undone.
const UNDONE: &str = "was undone, with the session that had brought it, and comes with the same \
                      bytes: mend it at the source, or have an officer release it";

impl<S: Syncs> Session<S> {
    /// Answers a batch.
    ///
    /// # Errors
    /// A batch that is empty, too large or without a checkpoint; `LEASE_LOST`,
    /// `PROTOCOL_VIOLATION`; `WRITE_CONFLICT`, `UNAVAILABLE` and `NEWER_FORM` where the batch could
    /// not be written here or now. Nothing of it is then stored.
    pub async fn answer(&self, batch: Batch) -> Result<BatchResult> {
        plan::check(&batch, self.service.settings())?;
        if batch.fencing_token != self.lease.fencing {
            let text = "batch.fencing_token is not the welcome's";
            return Err(Error::new(Reason::ProtocolViolation, text));
        }
        let mut plan = Plan::new(batch, &self.lease);
        let result = self.write_batch(&mut plan).await?;
        metrics::answered::<S>(&result, &plan.kinds());
        if result.results.iter().any(|answer| answer.code == FieldCode::Internal.as_str()) {
            tracing::error!(
                source = self.lease.source,
                nonce = result.nonce,
                "records were refused by the database"
            );
        }
        Ok(result)
    }

    async fn write_batch(&self, plan: &mut Plan<S::Doc>) -> Result<BatchResult> {
        let mut tries = 1;
        loop {
            match self.attempt(plan).await {
                Err(error) => self.mend(plan, error, &mut tries).await?,
                done => return done,
            }
        }
    }

    /// Prepares another try of a batch that failed: after a lost race, or without the record that
    /// the database refuses.
    ///
    /// # Errors
    /// Gives the error back where another try would not help.
    pub(super) async fn mend(
        &self,
        plan: &mut Plan<S::Doc>,
        error: Error,
        tries: &mut u32,
    ) -> Result<()> {
        if self.service.settings().tries_again(&error, *tries) {
            *tries += 1;
            let head = self.service.db().read().await?.revision();
            return self.service.memory().catch_up(head).await;
        }
        if !is_a_records_fault(&error) {
            return Err(error);
        }
        tracing::error!(source = self.lease.source, %error, context = ?error.context(),
            "the database refused a batch; looking for the record");
        self.isolate(plan, error).await
    }

    /// Writes records as their source's, and gives each its outcome.
    pub(super) async fn write(
        &self,
        tx: &mut Tx,
        records: &[WaitingRecord<S::Doc>],
    ) -> Result<Fates> {
        let writer = Writer { lease: &self.lease, previews: self.previews.as_ref() };
        self.service.write(writer, tx, records).await
    }

    /// Writes the records of a batch, and answers each.
    pub(super) async fn judge(
        &self,
        tx: &mut Tx,
        plan: &Plan<S::Doc>,
        checkpoint: &Checkpoint,
    ) -> Result<BatchResult> {
        let mut fates = plan.decided.clone();
        let (undone, others) = self.undone(tx, plan).await?;
        if undone.is_empty() {
            fates.extend(self.write(tx, &plan.waiting).await?);
        } else {
            let others = plan.waiting.iter().filter(|(index, _)| !undone.contains(index));
            fates.extend(self.write(tx, &others.cloned().collect::<Vec<_>>()).await?);
            let held = || Err(fault("", FieldCode::Undone, UNDONE));
            fates.extend(undone.into_iter().map(|index| (index, held())));
        }
        let is_taken = |index: &usize| fates.get(index).is_some_and(Result::is_ok);
        let mended = others.into_iter().filter(|(index, _)| is_taken(index));
        let mended: Vec<u64> = mended.map(|(_, key)| key).collect();
        undone::forget(tx, &self.lease.source, &mended).await?;
        Ok(plan.result(&fates, checkpoint))
    }

    /// The records that are just as they were when they were undone; and, with their keys, those
    /// that ask for something else now: once one of them is taken, everything that comes after it
    /// is, too.
    async fn undone(
        &self,
        tx: &mut Tx,
        plan: &Plan<S::Doc>,
    ) -> Result<(HashSet<usize>, Vec<(usize, u64)>)> {
        let asked: Vec<_> =
            plan.waiting.iter().map(|(index, _)| (*index, plan.asked(*index))).collect();
        let keys: Vec<u64> = asked.iter().map(|(_, (key, ..))| *key).collect();
        let known = undone::known(tx, &self.lease.source, &keys).await?;
        let (mut same, mut others) = (HashSet::new(), Vec::new());
        for (index, (key, digest, deletes)) in asked {
            match known.get(&key) {
                Some(kept) if kept.is_same(deletes, digest) => {
                    same.insert(index);
                    if kept.is_open() && !deletes {
                        undone::note(tx, &self.lease.source, key, digest).await?;
                    }
                }
                Some(_) => others.push((index, key)),
                None => {}
            }
        }
        Ok((same, others))
    }

    /// Keeps what waits of a batch, and says in its answers what else is to be told.
    pub(super) async fn complete(
        &self,
        tx: &mut Tx,
        plan: &Plan<S::Doc>,
        sequence: i64,
        result: &mut BatchResult,
    ) -> Result<()> {
        self.keep_waiting(tx, plan, sequence, result).await?;
        self.add_remarks(plan, result);
        self.tell_contested(tx, plan, sequence, result).await?;
        bound_warnings(result);
        Ok(())
    }

    /// The whole batch in one transaction.
    async fn attempt(&self, plan: &Plan<S::Doc>) -> Result<BatchResult> {
        let _turn = self.turn().await?;
        let mut tx = self.service.db().begin(&self.actor).await?;
        let standing = lease::hold(&mut tx, &self.lease, self.service.settings().lease()).await?;
        if let Some(answered) = batches::find(&mut tx, &self.lease, plan.nonce).await? {
            tx.commit().await?;
            return self.repeated(plan, answered).await;
        }
        let checkpoint = standing
            .place(&plan.checkpoint, rand::random())
            .ok_or_else(|| not_next(&plan.checkpoint, &standing))?;
        let mut result = self.judge(&mut tx, plan, &checkpoint).await?;
        let after = match &plan.reconciled {
            Some(found) => {
                result.confirmed = self.confirm(&mut tx, &standing, found).await?;
                standing.reconciled(checkpoint.clone())
            }
            None => {
                self.leave_behind(&mut tx, &standing).await?;
                standing.answered(checkpoint.clone())
            }
        };
        self.complete(&mut tx, plan, checkpoint.sequence, &mut result).await?;
        let proof = batches::store(&mut tx, &self.lease, &plan.digest, &result).await?;
        let changes = self.answers(plan, &result);
        digests::keep(&mut tx, self.lease.of_client(), &changes).await?;
        rejected::keep(&mut tx, &self.lease, checkpoint.sequence, &plan.stands(&result)).await?;
        lease::advance(&mut tx, &self.lease, &after, proof).await?;
        result.revision = tx.commit().await?;
        Ok(result)
    }

    /// The answers to keep, each with whether anything was published under its name before.
    fn answers(&self, plan: &Plan<S::Doc>, result: &BatchResult) -> Changes {
        let state = self.service.memory().read();
        plan.changes(result, |name| own::row::<S::Doc>(state.records(), name).is_some())
    }

    async fn repeated(
        &self,
        plan: &Plan<S::Doc>,
        answered: batches::StoredAnswer,
    ) -> Result<BatchResult> {
        if answered.digest != plan.digest {
            let message =
                format!("nonce {} was used for other records in this session", plan.nonce);
            return Err(Error::new(Reason::ProtocolViolation, message));
        }
        let mut result = answered.result;
        // The result waits for the batch's own revision, which was not known when the answers were
        // stored.
        result.revision = self.service.db().read().await?.revision();
        result.repeated_nonce = true;
        Ok(result)
    }

    /// Its turn. As long as the server makes it wait, the server keeps its lease: keep-alives of
    /// its client stand behind the batch.
    pub(super) async fn turn(&self) -> Result<Turn> {
        let is_preview = self.previews.is_some();
        let work = if is_preview { Work::Preview } else { Work::Batch };
        let mut turn = pin!(turn(&self.service, &self.lease.source, work, &self.patience));
        let every = self.service.settings().lease() / 3;
        loop {
            tokio::select! {
                turn = &mut turn => return turn,
                () = sleep(every), if !is_preview => self.keep_in_line().await?,
            }
        }
    }

    /// Prolongs the lease; where the database is busy the next third does.
    async fn keep_in_line(&self) -> Result<()> {
        match self.prolong().await {
            Err(error) if !matches!(error.reason(), Reason::LeaseLost | Reason::LeaseExpired) => {
                tracing::warn!(source = self.lease.source, %error, "the lease is not prolonged");
                Ok(())
            }
            kept => kept,
        }
    }

    /// Finds the records that the database refuses, and decides them: in one turn, since in a busy
    /// line each of some twenty probes would wait as long as the batch itself has.
    async fn isolate(&self, plan: &mut Plan<S::Doc>, error: Error) -> Result<()> {
        let _turn = self.turn().await?;
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
        let text = failed_on::<S>("the others were not held up");
        plan.decided.extend(
            refused.into_iter().map(|index| (index, Err(fault("", FieldCode::Internal, &text)))),
        );
        Ok(())
    }

    /// True where the database takes these records; nothing of it is kept. Its source has its turn.
    async fn probe(&self, waiting: &[WaitingRecord<S::Doc>]) -> Result<bool> {
        let mut tx = self.service.db().begin(&self.actor).await?;
        match self.previews {
            Some(_) => self.stand_in(&mut tx).await?,
            None => {
                lease::hold(&mut tx, &self.lease, self.service.settings().lease()).await?;
            }
        }
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

fn not_next(given: &Checkpoint, standing: &SourceState) -> Error {
    let message = format!(
        "batch.checkpoint.sequence is {}, and the next batch of this source is {}",
        given.sequence,
        standing.next_sequence()
    );
    Error::new(Reason::ProtocolViolation, message)
}

/// The message for a record that the database refuses.
pub(super) fn failed_on<S: Syncs>(what_follows: &str) -> String {
    format!("the {} failed on this record and has logged why; {what_follows}", S::NAME)
}

/// Anything but a lost race, a lost lease, a database that is away and a row that a newer replica
/// has written: the client sends those again.
pub(super) fn is_a_records_fault(error: &Error) -> bool {
    !matches!(
        error.reason(),
        Reason::WriteConflict
            | Reason::LeaseLost
            | Reason::LeaseExpired
            | Reason::ProtocolViolation
            | Reason::Unavailable
            | Reason::NewerForm
            | Reason::Overloaded
            | Reason::DeadlineExceeded
            | Reason::ReferenceInvalid
    )
}
