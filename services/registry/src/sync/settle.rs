//! Stores and counts the outcome of records that were tried again.

use std::time::Duration;

use mpp_api::sync::Source;
use mpp_core::{FieldViolation, Micros, Result};
use mpp_form::record;
use mpp_store::{Expect, Tx};

use super::{
    plan::Fate,
    quarantine::{awaited_by, shortened},
};
use crate::{
    model::{
        ending::{self, SessionOutcome},
        quarantine::{Answer, Asks, Event, State, Step, pause},
    },
    store::{
        batches,
        rejected::{self, Stands},
        waiting::{self, By, Waiting},
    },
};

/// Records at the most that the answer to a command names.
const MAX_LEFT: usize = 100;

/// Counts of records that were tried, by outcome.
#[derive(Clone, Debug, Default)]
pub struct Done {
    /// They were taken.
    pub taken: i64,
    /// They go on waiting.
    pub waiting: i64,
    /// They are rejected.
    pub rejected: i64,
    /// How many more records stand rejected than before; negative if they are fewer.
    pub(super) refused: i64,
    /// Some of the records that were not taken.
    pub left: Vec<Waiting>,
    /// The revision of the last write.
    pub revision: i64,
}

impl Done {
    /// Records that were tried.
    pub fn tried(&self) -> i64 {
        self.taken + self.waiting + self.rejected
    }

    pub(super) fn add(&mut self, other: Self) {
        self.taken += other.taken;
        self.waiting += other.waiting;
        self.rejected += other.rejected;
        self.refused += other.refused;
        self.revision = self.revision.max(other.revision);
        let room = MAX_LEFT.saturating_sub(self.left.len());
        self.left.extend(other.left.into_iter().take(room));
    }
}

/// Drops the records that were taken, and stores the outcome of the others.
pub(super) async fn settle(tx: &mut Tx, rows: Vec<Waiting>, fates: &[Fate]) -> Result<Done> {
    let (mut done, mut gone, mut refused) = (Done::default(), Vec::new(), Vec::new());
    let source = rows.first().map(|row| row.source.clone());
    for (row, fate) in rows.into_iter().zip(fates) {
        let code = fate.as_ref().err().map(|fault| fault.code);
        let asks = if row.deletes { Asks::Delete } else { Asks::Put };
        let step = row.state().step(Event::Tried(Answer::of(code, asks)));
        // A record counts once as rejected, and not any more once it is taken.
        let (sequence, was) = (row.sequence, i64::from(row.refused));
        let mut is = 0;
        match (step, fate) {
            (Step::Leaves, _) | (_, Ok(_)) => {
                done.taken += 1;
                gone.push(row);
            }
            (step, Err(fault)) => {
                let row = stays(tx, row, step, fault).await?;
                is = i64::from(row.refused);
                *(if row.refused { &mut done.rejected } else { &mut done.waiting }) += 1;
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
async fn stays(tx: &mut Tx, row: Waiting, step: Step, fault: &FieldViolation) -> Result<Waiting> {
    let (before, after) = (row.state(), row.state().after(step));
    let was = row.clone();
    let row = tried(row, fault, after == State::Refused, tx.now());
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
    let brought_by = rows.iter().map(|row| (row.sequence, 1));
    batches::add(tx, &first.source, "redriven", brought_by).await?;
    let refused = rows.iter().filter(|row| row.refused);
    let stood: Vec<Stands> =
        refused.map(|row| Stands::rejected(&row.source_id, &row.name)).collect();
    rejected::take_back(tx, &first.source, &stood).await
}

/// A record after a try that did not take it. If it waits for the same as before, it is left alone
/// for a while.
pub(super) fn tried(
    mut row: Waiting,
    fault: &FieldViolation,
    refused: bool,
    now: Micros,
) -> Waiting {
    let awaited = awaited_by(fault.code.as_str(), &row.name).to_owned();
    let is_same = row.code == fault.code.as_str() && row.awaited == awaited;
    let before = u64::try_from(row.not_before.saturating_sub(row.last_try)).unwrap_or(0);
    let wait = pause(Duration::from_micros(before));
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
/// whether its last session is still incomplete; `stands` if a service now is as it was sent.
pub(super) async fn show(tx: &mut Tx, source: &str, done: &Done, stands: bool) -> Result<()> {
    waiting::add_redriven(tx, source, done.taken, done.refused).await?;
    let name = source.to_owned();
    let totals = batches::totals_of(tx.conn(), std::slice::from_ref(&name)).await?;
    let Some(mut found) = tx.get::<Source>(source).await? else { return Ok(()) };
    let counted = totals.get(source).map(|totals| totals.source).unwrap_or_default();
    let accounting = found.doc.accounting.get_or_insert_default();
    accounting.redriven = counted.redriven;
    accounting.redrive_rejected = counted.redrive_rejected;
    if found.doc.counted {
        let now = rejected::count(tx, source).await?;
        (found.doc.rejected_now, found.doc.waiting_now) = (now.rejected, now.waiting);
        let stands = (stands || now.all() == 0) && batches::has_taken(tx, source).await?;
        let (rejected, waiting) = (now.rejected, now.waiting);
        let answered = SessionOutcome { stands, rejected, waiting, ..SessionOutcome::default() };
        lacks(&mut found.doc, &answered);
    }
    tx.put(source, &found.doc, found.labels, Expect::Any).await.map(drop)
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
