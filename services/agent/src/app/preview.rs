//! What a run would change in the index: the source is read and judged as by a run, both sides
//! compare, and the registry is asked what would become of each record that differs. Nothing is
//! changed, neither there nor in the state here.

mod known;
mod parts;

use std::collections::HashMap;

use mpp_api::sync::Record;
use mpp_client::Endpoint;
use mpp_core::{Error, Reason, Result};
use mpp_form::{
    reconcile::{SetDifference, Walk},
    record::known_as,
};
use tokio_util::sync::CancellationToken;

use super::{
    comparison::Comparison,
    plan::{Event, Run, Why, unanswered},
    run::stopped,
    survey::Survey,
};
use crate::{
    model::{
        batch::Limits,
        difference::{self, Difference},
        foreseen::{Changes, ForeseenRecord, Goes, Gone},
        problem::Problem,
        tally::Tally,
        withdraw::{self, Withdraw},
    },
    source,
    store::Compared,
};
use known::EarlierRuns;
use parts::{Asking, PreviewParts};

/// What a run would do.
#[derive(Debug, Default)]
pub struct Previewed {
    /// The source's rows: how many were `read`, and how many cannot be sent.
    pub tally: Tally,
    /// What would become of the others.
    pub changes: Changes,
    /// What the source no longer has, in the order of ids.
    pub gone: Vec<Gone>,
    /// Rows that cannot be sent, and remarks.
    pub problems: Vec<Problem>,
    /// Names of the records that the run is to take out of the index, and could.
    pub to_withdraw: Vec<String>,
    /// Why the source's whole extent is not known.
    pub lack: Option<Error>,
}

impl Previewed {
    /// Whether all would be well, for an exit status.
    ///
    /// # Errors
    /// The source's fault, if it was not whole; else that records would be refused, or wait.
    pub fn verdict(self, source: &str) -> Result<()> {
        let Changes { rejected, still_rejected, waiting, .. } = self.changes;
        let refused = self.tally.unread()
            + self.tally.duplicate
            + self.tally.not_withdrawn
            + rejected
            + still_rejected;
        match (self.lack, unanswered(refused, waiting)) {
            (Some(lack), _) => Err(lack),
            (None, Some(text)) => {
                let text = format!("{source}: as a run would leave it, {text}");
                Err(Error::new(Reason::RecordsRefused, text))
            }
            (None, None) => Ok(()),
        }
    }
}

/// Tells what a run would change, record by record, and answers the sums. Records that are in sync
/// are only counted.
///
/// # Errors
/// The registry refuses, or could not be reached within the run's patience.
pub async fn preview(
    run: &Run,
    endpoint: &Endpoint,
    report: &(dyn Fn(Event) + Sync),
    tell: &mut (dyn FnMut(ForeseenRecord) + Send),
    shutdown: &CancellationToken,
) -> Result<Previewed> {
    let mut known = EarlierRuns::of(run).await?;
    let client = std::mem::take(&mut known.client);
    let asking = Asking::to((run, client), endpoint, report, shutdown)?;
    tokio::select! {
        previewed = look(run, (known, asking), tell) => previewed,
        () = shutdown.cancelled() => Err(stopped()),
    }
}

async fn look(
    run: &Run,
    (mut known, mut asking): (EarlierRuns, Asking<'_>),
    tell: &mut (dyn FnMut(ForeseenRecord) + Send),
) -> Result<Previewed> {
    let limits = asking.limits().await?;
    let difference = Difference::new(HashMap::new(), std::mem::take(&mut known.held));
    let difference = difference
        .after(known.still_missed(run))
        .without(std::mem::take(&mut known.accepted_gone))
        .of(known.own.take())
        .uploads(run.is_upload());
    let mut survey = Survey::new(run, difference);
    let beliefs = std::mem::take(&mut known.beliefs);
    let mut comparison = Comparison::new(run, beliefs, Why::Asked)?;
    read(run, &known, &mut survey, &mut comparison, limits).await?;
    let found = compare(&comparison, &mut asking).await?;
    let compared = comparison.compared(&found);
    if survey.lack.is_none() && survey.tally.read > 0 {
        survey.difference.hold(compared.ids());
        survey.difference.hear_senders(compared.senders());
    }
    let mut parts = PreviewParts::new(asking, limits, tell);
    parts.count_known(&compared);
    for replayed in comparison.replay(found)? {
        let (record, digest, is_wanted) = replayed?;
        if is_wanted {
            parts.add(record, digest, &survey.difference).await?;
        }
    }
    parts.flush(&survey.difference).await?;
    if survey.lack.is_none() {
        survey.lack = survey.judge_whole(known.is_empty_meant);
    }
    let (gone, to_withdraw) = match survey.lack {
        None => withdraw(run, &known, &mut survey, &compared, &mut parts).await?,
        Some(_) => Default::default(),
    };
    let (changes, Survey { tally, problems, lack, .. }) = (parts.changes, survey);
    let lack = lack.map(|fault| fault.error);
    Ok(Previewed { tally, changes, gone, problems, to_withdraw, lack })
}

/// Reads the whole source.
async fn read(
    run: &Run,
    known: &EarlierRuns,
    survey: &mut Survey<'_>,
    comparison: &mut Comparison<'_>,
    limits: Limits,
) -> Result<()> {
    let way = known.way(run);
    let mut items = source::read(run.input.clone(), way, known.relied.clone(), &run.policy);
    while let Some(found) = items.recv().await {
        let Some(new) = survey.take_up(found) else { continue };
        match limits.check(&new.record) {
            Ok(()) => comparison.add(&new.record, new.digest)?,
            Err(error) => survey.keep_invalid(&new.found_at, &known_as(&new.record), &error),
        }
    }
    Ok(())
}

async fn compare(comparison: &Comparison<'_>, asking: &mut Asking<'_>) -> Result<SetDifference> {
    let mut walk = Walk::new(comparison.set());
    while let Some(ranges) = walk.next_message() {
        walk.hear(asking.reconcile(ranges).await?)?;
    }
    let found = walk.found();
    asking.tell_compared(comparison.records(), &found);
    Ok(found)
}

/// Records that have left the source, and the names of those that a person wants out of the index;
/// what goes with the run is asked for as it would be sent.
async fn withdraw(
    run: &Run,
    known: &EarlierRuns,
    survey: &mut Survey<'_>,
    compared: &Compared,
    parts: &mut PreviewParts<'_>,
) -> Result<(Vec<Gone>, Vec<String>)> {
    let due = known.due(run, survey, compared, parts.standing());
    let (mut records, to_withdraw) = wanted(run, survey, compared);
    let withdraw = Withdraw::These(due.iter().cloned().collect());
    let (due_by_now, _) = withdraw::deletes(&withdraw, &compared.held, &survey.difference, 0);
    let new = due_by_now.into_iter().filter(|one| !records.contains(one)).collect::<Vec<_>>();
    records.extend(new);
    let is_there = |id: &str| survey.difference.is_there(id);
    for record in records {
        let digest = difference::digest(&record);
        parts.add(record, digest, &survey.difference).await?;
    }
    parts.flush(&survey.difference).await?;
    // Nobody can tell which record an unreadable row is.
    let knows = survey.difference.is_sure();
    let gone = compared.held.iter().filter(|(id, _)| knows && !is_there(id));
    let goes = |id: &str| match due.contains(id) {
        true => Goes::Now,
        false => known.goes(run, survey, id),
    };
    let one = |(id, name): (&String, &String)| Gone {
        id: id.clone(),
        name: name.clone(),
        goes: goes(id),
    };
    Ok((gone.map(one).collect(), to_withdraw))
}

/// What a person wants out of the index, with its names, and why some of it is not taken out.
fn wanted(run: &Run, survey: &mut Survey<'_>, compared: &Compared) -> (Vec<Record>, Vec<String>) {
    let unknown = if survey.difference.is_sure() { 0 } else { survey.tally.unread() };
    let (records, problems) =
        withdraw::deletes(&run.withdraw, &compared.held, &survey.difference, unknown);
    survey.tally.not_withdrawn = i64::try_from(problems.len()).unwrap_or(i64::MAX);
    survey.problems.extend(problems);
    let names = records.iter().filter_map(|record| compared.held.get(&known_as(record)));
    let names = names.cloned().collect();
    (records, names)
}
