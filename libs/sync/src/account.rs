//! The account of a source: what its session ends with, by its client's word and by the answers,
//! what became of records that were tried again, and how the source's record shows it.

use std::time::Duration;

use mpp_api::{
    sync::{End, Incomplete, Source, Summary},
    text,
    time::to_timestamp,
};
use mpp_core::{Error, FieldViolation, Micros, Result};
use mpp_form::{Check, reconcile::key_of, record};
use mpp_resource::memory::View as _;
use mpp_store::{Expect, RequestKey, Tx};
use prost::Message;

use crate::{
    fate::{Done, Fate, shown_key},
    kind::Synced,
    metrics,
    model::{
        checkpoint::SourceState,
        ending::{self, SessionOutcome, check_end},
        lies::Lies,
        quarantine::{Answer, Asks, Event, State, Step},
    },
    own,
    quarantine::{awaited_by, shortened},
    session::Session,
    store::{
        batches, lease,
        rejected::{self, Stands},
        undone,
        waiting::{self, By, Waiting},
    },
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
        self.tell(end.unread, &summary);
        Ok(summary)
    }

    async fn try_finish(&self, end: &End) -> Result<Summary> {
        let mut tx = self.service.db().begin(&self.actor).await?;
        let mut summary = self.close(&mut tx, end).await?;
        tx.remember(&ended(&self.lease.source, self.lease.fencing), &summary).await?;
        summary.revision = tx.commit().await?;
        Ok(summary)
    }

    fn tell(&self, unread: i64, summary: &Summary) {
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
            unread,
            incomplete = incomplete.map(|found| found.reason().as_str_name()),
            "a session ends"
        );
        metrics::ended::<S>(unread, incomplete);
    }

    async fn close(&self, tx: &mut Tx, end: &End) -> Result<Summary> {
        let lease = &self.lease;
        let standing = lease::hold(tx, lease, self.service.settings().lease()).await?;
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
        standing: &SourceState,
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
        let rejected = rejected::keys(tx, &self.lease, S::Doc::source_id).await?;
        if rejected.is_empty() {
            return Ok(true);
        }
        Ok(self.held().iter().any(|key| !rejected.contains(&rejected::key(key))))
    }

    /// The ids of the source's records, or their names, by which one that is refused is known.
    fn held(&self) -> Vec<String> {
        let Self { service, lease, .. } = self;
        let state = service.memory().read();
        let own = own::rows::<S::Doc>(state.records(), &lease.source);
        let source_id = <S::Doc as Synced>::source_id;
        let key = |name: &str| if lease.unique_ids { source_id(name) } else { name }.to_owned();
        own.map(|(name, _)| key(name)).collect()
    }

    /// The source's record as of this end. Not by `derived`, here as in the other `show`: the
    /// record is people's, who may delete it for good, and this adds only what was counted.
    async fn show(&self, tx: &mut Tx, end: &End, at: &SourceState, told: &Summary) -> Result<()> {
        let name = &self.lease.source;
        let found = self.service.account(tx, name).await?;
        let (mut doc, labels) = found.ok_or_else(|| Error::not_found(name))?;
        (doc.accounting, doc.last_session) = (told.source, told.session);
        doc.checkpoint = Some(at.last.clone());
        doc.last_end_time = Some(to_timestamp(tx.now()));
        if told.incomplete.is_none() {
            doc.last_success_time = doc.last_end_time;
        }
        doc.incomplete.clone_from(&told.incomplete);
        doc.unread_now = end.unread;
        let now = rejected::count(tx, name).await?;
        (doc.rejected_now, doc.waiting_now, doc.counted) = (now.rejected, now.waiting, true);
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

/// Drops the records that were taken, and stores the outcome of the others.
pub(super) async fn settle<D: Synced>(
    tx: &mut Tx,
    rows: Vec<Waiting>,
    fates: &[Fate],
) -> Result<Done> {
    let (mut done, mut gone, mut refused) = (Done::default(), Vec::new(), Vec::new());
    let source = rows.first().map(|row| row.source.clone());
    for (row, fate) in rows.into_iter().zip(fates) {
        let code = fate.as_ref().err().map(|fault| fault.code);
        let kind = metrics::kind_of::<D>(&row.name);
        let asks = if row.deletes { Asks::Delete } else { Asks::Put };
        let step = row.state().step(Event::Tried(Answer::of(code, asks)));
        // A record counts once as rejected, and not any more once it is taken.
        let (sequence, was) = (row.sequence, i64::from(row.refused));
        let mut is = 0;
        match (step, fate) {
            (Step::Leaves, _) | (_, Ok(_)) => {
                done.taken += 1;
                done.kinds.push(("taken", kind));
                gone.push(row);
            }
            (step, Err(fault)) => {
                let row = stays::<D>(tx, row, step, fault).await?;
                is = i64::from(row.refused);
                let outcome = if row.refused { "rejected" } else { "waiting" };
                *(if row.refused { &mut done.rejected } else { &mut done.waiting }) += 1;
                done.kinds.push((outcome, kind));
                done.left.push(row);
            }
        }
        done.refused += is - was;
        refused.push((sequence, is - was));
    }
    if let Some(source) = source {
        batches::add(tx, &source, "redrive_rejected", refused.into_iter()).await?;
    }
    leave(tx, &gone).await?;
    Ok(done)
}

/// Stores the outcome of a record that was not taken. One that stood rejected and waits again
/// counts as waiting only.
async fn stays<D: Synced>(
    tx: &mut Tx,
    row: Waiting,
    step: Step,
    fault: &FieldViolation,
) -> Result<Waiting> {
    let (before, after) = (row.state(), row.state().after(step));
    let was = row.clone();
    let row = tried::<D>(row, fault, after == State::Refused, tx.now());
    waiting::tried(tx, &was, &row).await?;
    let stands = [Stands::rejected(&row.source_id, &row.name)];
    match (before, after) {
        (_, State::Refused) => rejected::add(tx, &row.source, row.sequence, &stands).await?,
        (State::Refused, _) => rejected::take_back(tx, &row.source, &stands).await?,
        _ => {}
    }
    Ok(row)
}

/// Drops records that were taken, with the notes of those that stood rejected.
async fn leave(tx: &mut Tx, rows: &[Waiting]) -> Result<()> {
    let Some(first) = rows.first() else { return Ok(()) };
    let names: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
    waiting::remove(tx, &first.source, By::Name, &names).await?;
    let keys: Vec<u64> = names.iter().map(|name| key_of(name)).collect();
    undone::forget(tx, &first.source, &keys).await?;
    let brought_by = rows.iter().map(|row| (row.sequence, 1));
    batches::add(tx, &first.source, "redriven", brought_by).await?;
    let refused = rows.iter().filter(|row| row.refused);
    let stood: Vec<Stands> =
        refused.map(|row| Stands::rejected(&row.source_id, &row.name)).collect();
    rejected::take_back(tx, &first.source, &stood).await
}

/// A record after a try that did not take it. If it waits for the same as before, it is left alone
/// for a while.
pub(super) fn tried<D: Synced>(
    mut row: Waiting,
    fault: &FieldViolation,
    refused: bool,
    now: Micros,
) -> Waiting {
    let awaited = awaited_by::<D>((fault.code.as_str(), &fault.field), &row.name, &row.record);
    let is_same = row.code == fault.code.as_str() && row.awaited == awaited;
    let passed = |from: Micros, to: Micros| {
        Duration::from_micros(u64::try_from(to.saturating_sub(from)).unwrap_or(0))
    };
    let before = passed(row.last_try, row.not_before);
    let wait = Lies::of(fault.code).pause(before, passed(row.not_before, now));
    let wait = Micros::try_from(wait.as_micros()).unwrap_or(Micros::MAX);
    row.not_before = if is_same { now.saturating_add(wait) } else { 0 };
    row.tries += 1;
    (row.last_try, row.rules, row.refused) = (now, record::RULES, refused);
    row.field.clone_from(&fault.field);
    row.code = fault.code.to_string();
    (row.message, row.awaited) = (shortened(&fault.description), awaited);
    row
}

/// Brings the source's record up to date: how many records were redriven and how many wait now, and
/// whether its last session is still incomplete; `stands` if a record now is as it was sent.
pub(super) async fn show<S: Syncs>(
    service: &S,
    tx: &mut Tx,
    source: &str,
    (done, stands): (&Done, bool),
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
        let stands = (stands || now.all() == 0) && batches::has_taken(tx, source).await?;
        let (rejected, waiting) = (now.rejected, now.waiting);
        let answered = SessionOutcome { stands, rejected, waiting, ..SessionOutcome::default() };
        lacks(&mut doc, &answered);
    }
    tx.put(source, &doc, labels, Expect::Any).await.map(drop)
}

/// Judges anew why the source's last session is incomplete; if nothing is left of that, it counts
/// as having ended completely.
fn lacks(source: &mut Source, answered: &SessionOutcome) {
    let Some(lack) = source.incomplete.take() else { return };
    source.incomplete = ending::since(&lack, answered);
    if source.incomplete.is_none() {
        source.last_success_time = source.last_end_time;
    }
}
