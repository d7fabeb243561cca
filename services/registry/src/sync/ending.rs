//! The end of a session, by its client's word and by the answers, and how the source's record then
//! shows it.

use mpp_api::time::to_timestamp;
use mpp_api::{
    registry::Service,
    sync::{End, Incomplete, Source, Summary},
    text,
};
use mpp_core::{Error, Result};
use mpp_store::{Expect, Label, RequestKey, Tx};
use prost::Message;

use super::{sent::id_of, session::Session};
use crate::{
    app::Registry,
    metrics,
    model::{
        Check,
        checkpoint::Standing,
        ending::{self, SessionOutcome},
        source::{check_end, shown},
    },
    store::{batches, lease, rejected},
};

impl Session {
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
        end.rejected_gone = end.rejected_gone.iter().map(|id| shown(id)).collect();
        let registry = &self.registry;
        // Its own batches' writes are looked up in memory. The wait for them is outside the
        // transaction, which all writers wait for.
        let head = registry.db.read().await?.revision();
        registry.memory.catch_up(head).await?;
        let mut tries = 1;
        let summary = loop {
            match self.try_finish(&end).await {
                // A redrive of the source was faster.
                Err(error) if registry.policy.tries_again(&error, tries) => tries += 1,
                summary => break summary?,
            }
        };
        registry.memory.see(summary.revision, None).await;
        self.tell(end.unread, &summary);
        Ok(summary)
    }

    async fn try_finish(&self, end: &End) -> Result<Summary> {
        let mut tx = self.registry.db.begin(&self.actor).await?;
        let mut summary = self.close(&mut tx, end).await?;
        tx.remember(&ended(&self.lease.source, self.lease.fencing), &summary).await?;
        summary.revision = tx.commit().await?;
        Ok(summary)
    }

    fn tell(&self, unread: i64, summary: &Summary) {
        let Self { registry, lease, .. } = self;
        let services = registry.memory.read().records.count::<Service>();
        let incomplete = summary.incomplete.as_ref();
        tracing::info!(
            source = lease.source,
            session = lease.session,
            revision = summary.revision,
            services,
            unread,
            incomplete = incomplete.map(|found| found.reason().as_str_name()),
            "a session ends"
        );
        metrics::ended(unread, incomplete);
    }

    async fn close(&self, tx: &mut Tx, end: &End) -> Result<Summary> {
        let lease = &self.lease;
        let standing = lease::hold(tx, lease, self.registry.policy.lease()).await?;
        self.leave_behind(tx, &standing).await?;
        let ended = standing.ended();
        lease::advance(tx, lease, &ended, 0).await?;
        batches::add_unread(tx, lease, end.unread).await?;
        rejected::forget(tx, &lease.source, &end.rejected_gone).await?;
        let mut all = batches::totals_of(tx.conn(), std::slice::from_ref(&lease.source)).await?;
        let counted = all.remove(&lease.source).unwrap_or_default();
        let incomplete = self.incomplete(tx, end, &standing, &counted).await?;
        if incomplete.is_none() {
            let anew = standing.answered_anew_after();
            rejected::forget_between(tx, &lease.source, 0, anew).await?;
        }
        let session = Some(counted.session);
        let summary = Summary { session, source: Some(counted.source), revision: 0, incomplete };
        self.show(tx, end, &ended, &summary).await?;
        lease::release(tx, lease).await?;
        Ok(summary)
    }

    /// Why the session was incomplete.
    async fn incomplete(
        &self,
        tx: &mut Tx,
        end: &End,
        standing: &Standing,
        counted: &batches::SourceTotals,
    ) -> Result<Option<Incomplete>> {
        let session = &counted.session;
        let now = rejected::count(tx, &self.lease.source).await?;
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

    /// Whether a record that was taken under this mapping still stands so: what was refused since
    /// stands as it was before, and not as its source says.
    async fn stands(&self, tx: &mut Tx) -> Result<bool> {
        let source = &self.lease.source;
        if !batches::has_taken(tx, source).await? {
            return Ok(false);
        }
        let rejected = rejected::keys(tx, &self.lease).await?;
        if rejected.is_empty() {
            return Ok(true);
        }
        Ok(self.held().iter().any(|key| !rejected.contains(&rejected::key(key))))
    }

    /// The ids of the source's records, or their names, by which one that is refused is known.
    fn held(&self) -> Vec<String> {
        let Self { registry, lease, .. } = self;
        let state = registry.memory.read();
        let rows = state.records.rows::<Service>("");
        let own = rows.filter(|(_, row)| row.label(Label::Source) == lease.source);
        let key = |name: &str| if lease.unique_ids { id_of(name) } else { name }.to_owned();
        own.map(|(name, _)| key(name)).collect()
    }

    /// The source's record as of this end.
    async fn show(&self, tx: &mut Tx, end: &End, ended: &Standing, told: &Summary) -> Result<()> {
        let name = &self.lease.source;
        let found = tx.get::<Source>(name).await?;
        let mut source = found.ok_or_else(|| Error::not_found(name))?;
        let doc = &mut source.doc;
        (doc.accounting, doc.last_session) = (told.source, told.session);
        doc.checkpoint = Some(ended.last.clone());
        doc.last_end_time = Some(to_timestamp(tx.now()));
        if told.incomplete.is_none() {
            doc.last_success_time = doc.last_end_time;
        }
        doc.incomplete.clone_from(&told.incomplete);
        doc.unread_now = end.unread;
        let now = rejected::count(tx, name).await?;
        (doc.rejected_now, doc.waiting_now, doc.counted) = (now.rejected, now.waiting, true);
        tx.put(name, &source.doc, source.labels, Expect::Any).await.map(drop)
    }
}

/// The summary of a session that has ended, for as long as answers to requests are kept.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn summary(registry: &Registry, source: &str, fencing: i64) -> Result<Option<Summary>> {
    let Some(bytes) = registry.db.replay(&ended(source, fencing)).await? else {
        return Ok(None);
    };
    let mut summary = Summary::decode(bytes).map_err(Error::internal)?;
    // The summary waits for the session's own revision, which was not known when this was stored.
    summary.revision = registry.db.read().await?.revision();
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
