//! A session that compares before it sends: its agent has lost its state, or doubts it. The records
//! that were read wait in a file until the source is read to its end; then both sides find out
//! which differ, and only those are sent.

use mpp_api::sync::{Batch, Checkpoint, Reconciled};
use mpp_core::Result;
use mpp_form::{limits, reconcile::Walk};

use super::Session;
use crate::{
    app::{
        comparison::{Comparison, Replayed},
        plan::Event,
    },
    registry::out_of_turn,
    store::Compared,
};

impl Session<'_> {
    /// Compares the records that were read, if the session does that, and sends those that differ.
    pub(super) async fn compare(&mut self) -> Result<()> {
        let Some(comparison) = self.comparison.take() else { return Ok(()) };
        self.spooled = comparison.spooled();
        if self.survey.lack.is_some() || self.survey.tally.read == 0 {
            return self.send_unanswered(comparison).await;
        }
        let mut walk = Walk::new(comparison.set());
        while let Some(ranges) = walk.next_message() {
            let answer = self.stream.reconcile(ranges).await?;
            walk.hear(answer)?;
        }
        let mut found = walk.found();
        (self.context.report)(Event::Compared {
            why: comparison.why(),
            records: comparison.records(),
            differ: found.wanted.len(),
            gone: found.lone.len(),
        });
        let compared = comparison.compared(&found);
        self.survey.difference.hold(compared.ids());
        self.survey.difference.hear_senders(compared.senders());
        if found.wanted.len() + found.lone.len() > limits::UNCONFIRMED.min(self.limits.keys()) {
            // Too many differ for comparing to save anything.
            self.context.store.resume(&self.agreed(), true).await?;
            self.context.store.hold(&compared).await?;
            found.wanted.extend(comparison.all());
        } else {
            self.confirm(found.reconciled(), &compared).await?;
        }
        for record in comparison.replay(found)? {
            self.send_again(record?).await?;
        }
        Ok(())
    }

    /// A source that was not read whole is not compared: records that it lacks would count as gone,
    /// and their answers would be forgotten. Its records are sent as without a comparison, and the
    /// next whole run compares.
    async fn send_unanswered(&mut self, comparison: Comparison<'_>) -> Result<()> {
        self.context.store.resume(&self.agreed(), self.welcome.send_all).await?;
        let answered = self.context.store.answered().await?;
        for record in comparison.replay_unless(answered)? {
            self.send_again(record?).await?;
        }
        Ok(())
    }

    async fn send_again(&mut self, (record, digest, is_wanted): Replayed) -> Result<()> {
        if !is_wanted {
            self.survey.tally.known += 1;
        } else if let Some(full) = self.gathered.add(record, digest, self.limits) {
            self.send(full).await?;
        }
        Ok(())
    }

    /// Confirms the records that were found in sync: from now on they count as answered, at both
    /// sides.
    async fn confirm(&mut self, reconciled: Reconciled, compared: &Compared) -> Result<()> {
        self.nonce += 1;
        let position = self.position();
        self.context.store.note(&position, &[]).await?;
        let checkpoint = Checkpoint { sequence: self.sequence, position, ..Default::default() };
        self.sequence += 1;
        let batch = Batch {
            nonce: self.nonce,
            fencing_token: self.welcome.fencing_token,
            records: Vec::new(),
            checkpoint: Some(checkpoint),
            reconciled: Some(reconciled),
        };
        self.stream.send_batch(batch).await?;
        let result = self.stream.batch_result().await?;
        if result.nonce != self.nonce || !result.results.is_empty() {
            return Err(out_of_turn("what was confirmed"));
        }
        self.context.store.adopt(compared, &result.checkpoint.unwrap_or_default()).await
    }
}
