//! Comparing within a session: the first message seals the set to compare with, and the session's
//! first batch tells the outcome.

use std::{collections::HashSet, sync::Arc};

use mpp_api::sync::{Reconcile, Reconciliation};
use mpp_core::{Error, Reason, Result};
use mpp_form::reconcile::key_of;
use mpp_store::Tx;

use crate::{
    metrics,
    model::checkpoint::SourceState,
    plan::Confirms,
    sealed::{Sealed, Unsettled, key_of_digest},
    session::Session,
    store::{contested, digests, rejected},
    syncs::Syncs,
};

impl<S: Syncs> Session<S> {
    /// Answers a comparison; the first one seals the set that all are answered from.
    ///
    /// # Errors
    /// `INVALID_FIELD` for ranges that are too many or not of the form; `LEASE_LOST`.
    pub async fn reconcile(&mut self, asked: &Reconcile) -> Result<Reconciliation> {
        self.keep().await?;
        let sealed = match &self.sealed {
            Some(sealed) => Arc::clone(sealed),
            None => {
                let mut db = self.service.db().read().await?;
                // Memory and database have to show one moment: a service that another replica
                // deleted is gone here, too.
                self.service.memory().catch_up(db.revision()).await?;
                let made = Sealed::of(&self.service, db.conn(), &self.lease.source).await?;
                db.end().await?;
                Arc::clone(self.sealed.insert(Arc::new(made)))
            }
        };
        metrics::compared::<S>(asked.ranges.len());
        let client = Some(self.lease.client.number);
        sealed.compare(&asked.ranges, client).map_err(|error| error.within("reconcile"))
    }

    /// Counts the records that were found in sync as answered with this batch; answers how many of
    /// them are published as they were sent.
    pub(super) async fn confirm(
        &self,
        tx: &mut Tx,
        standing: &SourceState,
        found: &Confirms,
    ) -> Result<i64> {
        let source = &self.lease.source;
        if !standing.is_fresh() {
            let text = "batch.reconciled comes with the first batch of a session only";
            return Err(Error::new(Reason::ProtocolViolation, text));
        }
        if found.last_sequence != standing.last.sequence {
            let text = format!(
                "batch.reconciled.last_sequence is {}, and the source's last batch is {}: what was \
                 compared may not hold any more, compare again",
                found.last_sequence, standing.last.sequence
            );
            return Err(Error::new(Reason::ProtocolViolation, text));
        }
        let unconfirmed = &found.unconfirmed;
        let mut stands = Unsettled::of(tx.conn(), source).await?;
        let is_in_sync = |key: Option<u64>| key.is_some_and(|key| !unconfirmed.contains(&key));
        stands.rejected.retain(|digest| is_in_sync(key_of_digest(digest)));
        stands.waiting.retain(|name| is_in_sync(Some(key_of(name))));
        let sequence = standing.next_sequence();
        for confirmed in
            [("sync_rejected", stands.rejected.as_slice()), ("sync_waiting", &stands.waiting)]
        {
            rejected::confirm(tx, &self.lease, sequence, confirmed).await?;
        }
        let confirmed = match &self.sealed {
            Some(sealed) => sealed.confirmed(unconfirmed),
            // The client has compared by single calls, whose sets this session does not have.
            None => Sealed::of(&self.service, tx.conn(), source).await?.confirmed(unconfirmed),
        };
        if !self.lease.client.others.is_empty() {
            digests::confirm(tx, self.lease.of_client(), &confirmed).await?;
            let confirmed: HashSet<u64> = confirmed.iter().copied().collect();
            contested::confirm(tx, &self.lease, sequence, &confirmed).await?;
        }
        Ok(i64::try_from(confirmed.len()).unwrap_or(i64::MAX))
    }
}
