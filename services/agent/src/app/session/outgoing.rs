//! Batches on their way: noted before they go out, and their answers stored.

use std::collections::BTreeMap;

use mpp_api::sync::{Batch, Checkpoint, Record};
use mpp_core::{Clock, Error, FieldCode, Result};

use super::Session;
use crate::{
    app::{plan::Event, sent::Sent},
    model::{
        absence::{Due, RunCounts},
        batch::Gathered,
        difference::{self, OF_OTHERS},
        problem::Problem,
        tally::Tally,
        withdraw::{self, Withdraw},
    },
    registry::out_of_turn,
    store::Answered,
};

fn too_many_due(due: usize, most: usize, of_others: bool) -> Problem {
    let way_out = match of_others {
        true => format!("All are {OF_OTHERS}"),
        false => "Where it is right that they go: mpp agent withdraw CONFIG --all-gone".to_owned(),
    };
    let text = format!(
        "{due} records have been absent for so long that each would be withdrawn by itself, and no \
         more than {most} may at once (max_absent_percent), so all stay. {way_out}"
    );
    Problem::unsent("gone", "", &Error::field("source_id", FieldCode::Gone, text))
}

/// Adds those that are not among them yet.
fn add_new(records: &mut Vec<Record>, others: Vec<Record>) {
    let is_new = |one: &Record| !records.iter().any(|other| other == one);
    let others: Vec<_> = others.into_iter().filter(is_new).collect();
    records.extend(others);
}

impl Session<'_> {
    /// Takes out of the index what the publisher wants out of it, once the source is known to be
    /// without it.
    pub(super) async fn withdraw(&mut self) -> Result<()> {
        let held = self.context.store.names().await?;
        let (wanted, difference) = (&self.context.run.withdraw, &self.survey.difference);
        let unknown = if difference.is_sure() { 0 } else { self.survey.tally.unread() };
        let (mut records, mut problems) = withdraw::deletes(wanted, &held, difference, unknown);
        match self.due(&held).await? {
            Due::These(ids) => {
                let due = Withdraw::These(ids);
                let (due, _) = withdraw::deletes(&due, &held, difference, 0);
                add_new(&mut records, due);
            }
            Due::TooMany(due, most) => {
                self.too_many_due = true;
                let of_others = difference.is_gone_of_others();
                problems.push(too_many_due(due, most, of_others));
            }
        }
        self.survey.tally.not_withdrawn = i64::try_from(problems.len()).unwrap_or(i64::MAX);
        self.context.store.keep_unsent(&problems).await?;
        self.send_deletes(records).await
    }

    async fn send_deletes(&mut self, deletes: Vec<Record>) -> Result<()> {
        self.withdraws = true;
        for record in deletes {
            let digest = difference::digest(&record);
            if let Some(full) = self.gathered.add(record, digest, self.limits) {
                self.send(full).await?;
            }
        }
        let last = std::mem::take(&mut self.gathered);
        if !last.records.is_empty() {
            self.send(last).await?;
        }
        while !self.waiting.is_empty() {
            self.store_answer().await?;
        }
        Ok(())
    }

    /// Records that were absent for long enough to go by themselves.
    async fn due(&self, held: &BTreeMap<String, String>) -> Result<Due> {
        let mut absent = self.context.store.absent().await?;
        absent.retain(|id, _| held.contains_key(id) && self.survey.difference.may_go_unnamed(id));
        let Tally { known, applied, unchanged, .. } = self.survey.tally;
        let (unread, standing) = (self.survey.tally.unread(), known + applied + unchanged);
        let seen = RunCounts { held: held.len(), unread, standing };
        Ok(self.context.run.absence().judge(&absent, seen, Clock::system().now()))
    }

    pub(super) async fn send(&mut self, batch: Gathered) -> Result<()> {
        let Gathered { records, digests, .. } = batch;
        self.nonce += 1;
        let position = self.position();
        let name = |record: &Record| self.context.run.name_of(record);
        let entry = |(record, digest)| Answered::of(record, digest, name(record));
        let sent: Vec<_> = records.iter().zip(digests).map(entry).collect();
        self.context.store.note(&position, &sent).await?;
        let checkpoint = Checkpoint { sequence: self.sequence, position, ..Default::default() };
        self.sequence += 1;
        if !self.withdraws {
            self.survey.tally.sent += i64::try_from(sent.len()).unwrap_or(i64::MAX);
        }
        let (nonce, withdraws) = (self.nonce, self.withdraws);
        self.waiting.push_back(Sent { nonce, records: sent, withdraws });
        let batch = Batch {
            nonce: self.nonce,
            fencing_token: self.welcome.fencing_token,
            records,
            checkpoint: Some(checkpoint),
            reconciled: None,
        };
        self.stream.send_batch(batch).await?;
        while self.waiting.len() >= self.context.run.policy.batches_in_flight {
            self.store_answer().await?;
        }
        Ok(())
    }

    pub(super) async fn store_answer(&mut self) -> Result<()> {
        let mut result = self.stream.batch_result().await?;
        let sent = self.waiting.pop_front().ok_or_else(|| out_of_turn("no answer"))?;
        sent.check(&result)?;
        // Problems are stored under the ids that were sent: an answer may hold only the start of
        // one.
        for (answer, record) in result.results.iter_mut().zip(&sent.records) {
            answer.source_id.clone_from(&record.id);
        }
        let checkpoint = result.checkpoint.clone().unwrap_or_default();
        self.context.store.record(&result.results, &sent.records, &checkpoint).await?;
        for answer in &result.results {
            if sent.withdraws {
                let tally = &mut self.survey.tally;
                let is_done = tally.count_withdrawal(&answer.source_id, answer.outcome());
                self.withdrawn.extend(is_done.then(|| answer.source_id.clone()));
            } else {
                self.survey.tally.count_answer(answer.outcome());
            }
        }
        (self.context.report)(Event::Progress(self.survey.tally));
        Ok(())
    }
}
