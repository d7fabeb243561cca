//! The account of a source: what its session ends with, by its client's word and by the answers,
//! and how the source's record shows that, and what became of records that were tried again.

use std::collections::HashSet;

use mpp_api::{
    sync::{End, Incomplete, Summary},
    text,
    time::to_timestamp,
};
use mpp_core::{Error, Result};
use mpp_form::{Check, reconcile::key_of};
use mpp_resource::memory::View as _;
use mpp_store::{Expect, RequestKey, Tx};
use prost::Message;

use crate::{
    clients,
    fate::{Done, shown_key},
    kind::Synced,
    metrics,
    model::{
        checkpoint::SourceState,
        ending::{self, SessionOutcome, check_end},
    },
    own,
    session::Session,
    store::{self, batches, lease, rejected, waiting},
    syncs::Syncs,
};

impl<S: Syncs> Session<S> {
    /// Ends the session: the source's record then shows when, the counts, and what the session
    /// lacked where it did not see the whole source. `check` stands where the request has its end.
    ///
    /// # Errors
    /// The end that was sent does not fit; `LEASE_LOST` if the session has ended already.
    pub async fn finish(&self, mut end: End, check: Check) -> Result<Summary> {
        if let Some(incomplete) = &mut end.incomplete {
            // Control characters are left, for the check to name.
            text::clean(incomplete, "incomplete");
        }
        check_end(&end, check)?;
        // A client may name an id whole that it was answered in part.
        end.rejected_gone = end.rejected_gone.iter().map(|id| shown_key(id)).collect();
        let service = &self.service;
        // Its own batches' writes are looked up in memory. The wait for them is outside the
        // transaction, which all writers wait for.
        let head = service.db().read().await?.revision();
        service.memory().catch_up(head).await?;
        let mut tries = 1;
        let summary = loop {
            match self.try_finish(&end).await {
                // A redrive of the source was faster.
                Err(error) if service.settings().tries_again(&error, tries) => tries += 1,
                summary => break summary?,
            }
        };
        service.memory().see(summary.revision, None).await;
        self.tell(&end, &summary);
        Ok(summary)
    }

    async fn try_finish(&self, end: &End) -> Result<Summary> {
        let mut tx = self.service.db().begin(&self.actor).await?;
        let mut summary = self.close(&mut tx, end).await?;
        tx.remember(&ended(&self.lease.source, self.lease.fencing), &summary).await?;
        summary.revision = tx.commit().await?;
        Ok(summary)
    }

    fn tell(&self, end: &End, summary: &Summary) {
        let Self { service, lease, .. } = self;
        let state = service.memory().read();
        let records = own::rows::<S::Doc>(state.records(), &lease.source).count();
        drop(state);
        let incomplete = summary.incomplete.as_ref();
        tracing::info!(
            source = lease.source,
            session = lease.session,
            revision = summary.revision,
            records,
            unread = end.unread,
            part = end.part,
            incomplete = incomplete.map(|found| found.reason().as_str_name()),
            "a session ends"
        );
        metrics::ended::<S>(end, incomplete);
    }

    async fn close(&self, tx: &mut Tx, end: &End) -> Result<Summary> {
        let lease = &self.lease;
        let standing = lease::hold(tx, lease, self.service.settings().lease()).await?;
        self.leave_behind(tx, &standing).await?;
        let ended = standing.ended();
        lease::advance(tx, lease, &ended, 0).await?;
        batches::add_unread(tx, lease, end.unread).await?;
        rejected::forget(tx, lease, &end.rejected_gone).await?;
        let mut all = batches::totals_of(tx.conn(), std::slice::from_ref(&lease.source)).await?;
        let counted = all.remove(&lease.source).unwrap_or_default();
        let incomplete = match end.part {
            true => None,
            false => self.incomplete(tx, end, &standing, &counted).await?,
        };
        if incomplete.is_none() && !end.part {
            let anew = standing.answered_anew_after();
            rejected::forget_between(tx, lease, 0, anew).await?;
            rejected::forget_away(tx, lease).await?;
            self.settle_contested(tx, anew).await?;
        }
        let session = Some(counted.session);
        let summary = Summary { session, source: Some(counted.source), revision: 0, incomplete };
        self.show(tx, end, &ended, &summary).await?;
        lease::release(tx, lease).await?;
        Ok(summary)
    }

    /// Why the session was incomplete, by the records that its client answers for.
    async fn incomplete(
        &self,
        tx: &mut Tx,
        end: &End,
        standing: &SourceState,
        counted: &batches::SourceTotals,
    ) -> Result<Option<Incomplete>> {
        let session = &counted.session;
        let now = store::own::count(tx, self.lease.own()).await?;
        // If nothing is rejected or waits, any answer tells that the source was seen; otherwise a
        // delete that was taken is no record that stands.
        let taken = if now.all() == 0 { session.applied + session.unchanged } else { 0 };
        let answered = SessionOutcome {
            send_all: standing.opened.send_all,
            received: session.received,
            taken,
            stands: taken > 0 || self.stands(tx).await?,
            rejected: now.rejected,
            waiting: now.waiting,
            empty: end.empty,
        };
        Ok(ending::incomplete(end.incomplete.as_ref(), &answered))
    }

    /// Whether a record that was taken under this mapping still stands so: one that was refused
    /// since stands as it was before, and not as its source says.
    async fn stands(&self, tx: &mut Tx) -> Result<bool> {
        let source = &self.lease.source;
        if !batches::has_taken(tx, source).await? {
            return Ok(false);
        }
        let rejected = rejected::keys(tx, &self.lease, S::Doc::source_id).await?;
        let others = store::own::of_others(tx, self.lease.own()).await?;
        if rejected.is_empty() && others.is_empty() {
            return Ok(true);
        }
        let held = self.held(&others);
        Ok(held.iter().any(|key| !rejected.contains(&rejected::key(key))))
    }

    /// The ids of the records that the source has without those of others, or their names, by which
    /// one that is refused is known.
    fn held(&self, others: &HashSet<u64>) -> Vec<String> {
        let Self { service, lease, .. } = self;
        let state = service.memory().read();
        let own = own::rows::<S::Doc>(state.records(), &lease.source).map(|(name, _)| name);
        let source_id = <S::Doc as Synced>::source_id;
        let key = |name: &str| if lease.unique_ids { source_id(name) } else { name }.to_owned();
        own.filter(|name| !others.contains(&key_of(name))).map(|name| key(name)).collect()
    }

    /// The source's record as of this end. Not by `derived`, here as in the other `show`: the
    /// record is people's, who may delete it for good, and this adds only what was counted.
    async fn show(&self, tx: &mut Tx, end: &End, at: &SourceState, told: &Summary) -> Result<()> {
        let name = &self.lease.source;
        let found = self.service.account(tx, name).await?;
        let (mut doc, labels) = found.ok_or_else(|| Error::not_found(name))?;
        (doc.accounting, doc.last_session) = (told.source, told.session);
        doc.checkpoint = Some(at.last.clone());
        // A redrive may later find that the whole was seen then: a part is no such time.
        if !end.part || doc.last_end_time.is_none() {
            doc.last_end_time = Some(to_timestamp(tx.now()));
        }
        if !end.part {
            let since = self.service.settings().away(tx.now());
            let said = (end, told.incomplete.as_ref());
            clients::ended(tx, &self.lease, said, since, &mut doc).await?;
            doc.counted = true;
        }
        let now = rejected::count(tx, name).await?;
        (doc.rejected_now, doc.waiting_now) = (now.rejected, now.waiting);
        tx.put(name, &doc, labels, Expect::Any).await.map(drop)
    }
}

/// The summary of a session that has ended, for as long as answers to requests are kept.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn summary<S: Syncs>(service: &S, source: &str, fencing: i64) -> Result<Option<Summary>> {
    let Some(bytes) = service.db().replay(&ended(source, fencing)).await? else {
        return Ok(None);
    };
    let mut summary = Summary::decode(bytes).map_err(Error::internal)?;
    // The summary waits for the session's own revision, which was not known when this was stored.
    summary.revision = service.db().read().await?.revision();
    Ok(Some(summary))
}

/// The key under which the summary is stored: by source and fencing token, not by caller, since a
/// source's client may call under another name than it began with.
fn ended(source: &str, fencing: i64) -> RequestKey {
    RequestKey {
        caller: source.to_owned(),
        method: "EndSession",
        request_id: fencing.to_string(),
        digest: [0; 32],
    }
}

/// Brings the source's record up to date: how many records were redriven and how many wait now, and
/// whether the last session of a client is still incomplete; records of these clients are now as
/// they were sent.
pub(super) async fn show<S: Syncs>(
    service: &S,
    tx: &mut Tx,
    source: &str,
    (done, taken_of): (&Done, &HashSet<i64>),
) -> Result<()> {
    waiting::add_redriven(tx, source, done.taken, done.refused).await?;
    let name = source.to_owned();
    let totals = batches::totals_of(tx.conn(), std::slice::from_ref(&name)).await?;
    let Some((mut doc, labels)) = service.account(tx, source).await? else { return Ok(()) };
    let counted = totals.get(source).map(|totals| totals.source).unwrap_or_default();
    let accounting = doc.accounting.get_or_insert_default();
    accounting.redriven = counted.redriven;
    accounting.redrive_rejected = counted.redrive_rejected;
    if doc.counted {
        let now = rejected::count(tx, source).await?;
        (doc.rejected_now, doc.waiting_now) = (now.rejected, now.waiting);
        let has_taken = batches::has_taken(tx, source).await?;
        let since = service.settings().away(tx.now());
        clients::redriven(tx, (has_taken, taken_of), since, &mut doc).await?;
    }
    tx.put(source, &doc, labels, Expect::Any).await.map(drop)
}
