//! Batches on their way: noted before they go out, and their answers stored.

use mpp_api::sync::{Batch, Checkpoint};
use mpp_core::Result;

use super::Session;
use crate::{
    app::{plan::Event, sent::Sent},
    model::{batch::Gathered, difference, withdraw},
    registry::out_of_turn,
    store::Answered,
};

impl Session<'_> {
    /// Takes out of the index what the publisher wants out of it, once the source is known to be
    /// without it.
    pub(super) async fn withdraw(&mut self) -> Result<()> {
        let held = self.context.store.names().await?;
        let is_there = |id: &str| self.difference.is_there(id);
        let wanted = &self.context.run.withdraw;
        let unknown = if self.difference.is_sure() { 0 } else { self.tally.unread() };
        let (records, problems) = withdraw::deletes(wanted, &held, is_there, unknown);
        self.tally.not_withdrawn = i64::try_from(problems.len()).unwrap_or(i64::MAX);
        self.context.store.keep_unsent(&problems).await?;
        if self.context.run.withdraw_later {
            let names = records.iter().filter_map(|record| held.get(&record.source_id));
            self.to_withdraw = names.cloned().collect();
            return Ok(());
        }
        self.withdraws = true;
        for record in records {
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

    pub(super) async fn send(&mut self, batch: Gathered) -> Result<()> {
        let Gathered { records, digests, .. } = batch;
        self.nonce += 1;
        let position = self.position();
        let sent = records.iter().zip(digests).map(|(record, digest)| Answered::of(record, digest));
        let sent: Vec<_> = sent.collect();
        self.context.store.note(&position, &sent).await?;
        let checkpoint = Checkpoint { sequence: self.sequence, position, ..Default::default() };
        self.sequence += 1;
        if !self.withdraws {
            self.tally.sent += i64::try_from(sent.len()).unwrap_or(i64::MAX);
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
                self.tally.count_withdrawal(answer.outcome());
            } else {
                self.tally.count_answer(answer.outcome());
            }
        }
        (self.context.report)(Event::Progress(self.tally));
        Ok(())
    }
}
