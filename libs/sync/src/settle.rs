//! What happens to records that waited and were tried again.

use std::time::Duration;

use mpp_core::{FieldViolation, Micros, Result};
use mpp_form::{reconcile::key_of, record};
use mpp_store::Tx;

use crate::{
    fate::{Done, Fate},
    kind::Synced,
    metrics,
    model::{
        lies::Lies,
        quarantine::{Answer, Asks, Event, State, Step},
    },
    quarantine::{awaited_by, shortened},
    store::{
        batches,
        clients::ANYONES,
        rejected::{self, Stands},
        undone,
        waiting::{self, By, Waiting},
    },
};

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
    let stands = Stands::rejected(&row.source_id, &row.name);
    match (before, after) {
        (_, State::Refused) => rejected::add(tx, &row, &stands).await?,
        (State::Refused, _) => rejected::take_back(tx, &row.source, &[stands]).await?,
        _ => {}
    }
    Ok(row)
}

/// Drops records that were taken, with the notes of those that stood rejected.
async fn leave(tx: &mut Tx, rows: &[Waiting]) -> Result<()> {
    let Some(first) = rows.first() else { return Ok(()) };
    let names: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
    waiting::remove(tx, &first.source, By::Name, &names, ANYONES).await?;
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
