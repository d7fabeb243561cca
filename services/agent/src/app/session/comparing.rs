//! A session that compares before it sends: its agent has lost what it knew, or doubts it. What was
//! read waits in a file until the source is read to its end; then both sides find out what differs,
//! and only that goes out.

use mpp_api::sync::{Batch, Checkpoint, Reconciled};
use mpp_core::Result;
use mpp_form::{limits, reconcile::Walk};

use super::Session;
use crate::{app::plan::Event, registry::out_of_turn, store::Truth};

impl Session<'_> {
    /// Compares what was read, where the session does that, and sends what differs.
    pub(super) async fn compare(&mut self) -> Result<()> {
        let Some(comparison) = self.comparison.take() else { return Ok(()) };
        let mut walk = Walk::new(comparison.set());
        while let Some(ranges) = walk.next_message() {
            let answer = self.stream.reconcile(ranges).await?;
            walk.hear(answer)?;
        }
        let mut found = walk.found();
        (self.context.report)(Event::Compared {
            records: comparison.records(),
            differ: found.wanted.len(),
            gone: found.lone.len(),
        });
        let unconfirmed = found.unconfirmed();
        let truth = comparison.truth(&found);
        self.difference.hold(truth.ids());
        if unconfirmed.len() > limits::UNCONFIRMED {
            // So much differs that nothing is saved.
            self.context.store.resume(&self.agreed(), true).await?;
            self.context.store.hold(&truth).await?;
            found.wanted.extend(comparison.all());
        } else {
            self.confirm(unconfirmed, &truth).await?;
        }
        for record in comparison.replay(found)? {
            let (record, digest, is_wanted) = record?;
            if !is_wanted {
                self.tally.known += 1;
            } else if let Some(full) = self.gathered.add(record, digest, self.limits) {
                self.send(full).await?;
            }
        }
        Ok(())
    }

    /// What was found in sync is answered from now on, at both sides.
    async fn confirm(&mut self, unconfirmed: Vec<u64>, truth: &Truth) -> Result<()> {
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
            reconciled: Some(Reconciled { unconfirmed }),
        };
        self.stream.send_batch(batch).await?;
        let result = self.stream.batch_result().await?;
        if result.nonce != self.nonce || !result.results.is_empty() {
            return Err(out_of_turn("what was confirmed"));
        }
        self.context.store.adopt(truth, &result.checkpoint.unwrap_or_default()).await
    }
}
