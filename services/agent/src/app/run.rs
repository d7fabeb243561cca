//! One run: reads the source, sends what is new, and tries again until the registry has answered
//! everything or patience is at its end.

use std::{collections::BTreeSet, time::Duration};

use mpp_client::Endpoint;
use mpp_core::{Backoff, Code, Error, Reason, Result};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::{
    plan::{Event, Run, RunOutcome},
    returned::ServingCheck,
    session::{self, Broken, Ended, SourceStream},
};
use crate::{
    model::{mapping, problem::Problem, tally::Tally},
    policy::Policy,
    registry::{is_of_registry, of_registry},
    source::{self, Fault, Way},
    store::Store,
};

/// Runs once: reads the source, sends the records that are new, and returns when the registry has
/// answered all. A source that cannot be read, wholly or in part, is told to the registry, too, and
/// is part of the outcome.
///
/// # Errors
/// The registry refuses the session, or could not be reached within the run's patience. Answers so
/// far stay. If the source is at fault as well, both are told.
pub async fn run(
    run: &Run,
    endpoint: &Endpoint,
    report: &(dyn Fn(Event) + Sync),
    shutdown: &CancellationToken,
) -> Result<RunOutcome> {
    let store = Store::open(&run.state).await?;
    store.check_service(run.way.destination).await?;
    let mapping_version = mapping::version(&run.way.program);
    let context = session::Context {
        endpoint,
        run,
        mapping_version: &mapping_version,
        store: &store,
        report,
    };
    if let Some(keys) = &run.rows
        && let Some(ended) = part(&context, keys, shutdown).await?
    {
        return outcome_of_part(&store, run, ended).await;
    }
    match until_ended(&context, shutdown).await {
        Ok(ended) => outcome(&store, run, ended).await,
        Err(error) => {
            store.keep_failed(&Problem::unsent(&run.source, "", &error)).await?;
            Err(error)
        }
    }
}

async fn part(
    context: &session::Context<'_>,
    keys: &BTreeSet<String>,
    shutdown: &CancellationToken,
) -> Result<Option<Ended>> {
    tokio::select! {
        ended = session::part(context, keys) => Ok(ended),
        () = shutdown.cancelled() => Err(stopped()),
    }
}

/// Of a part only what it has brought is told: the rest stands as the last whole run has left it.
async fn outcome_of_part(store: &Store, run: &Run, ended: Ended) -> Result<RunOutcome> {
    let Tally { rejected, quarantined, .. } = ended.tally;
    let mut outcome = outcome(store, run, ended).await?;
    if rejected + quarantined == 0 {
        outcome.problems.clear();
    }
    Ok(RunOutcome { part: true, refused: rejected, waiting: quarantined, ..outcome })
}

/// Tries until a session has ended, or another try would not help.
async fn until_ended(
    context: &session::Context<'_>,
    shutdown: &CancellationToken,
) -> Result<Ended> {
    let session::Context { run, store, report, .. } = *context;
    let mut patience = Patience::new(&run.policy, ServingCheck::new(context.endpoint, &run.policy));
    let mut reading = None;
    loop {
        let attempt = attempt(context, reading.take());
        let result = tokio::select! {
            result = attempt => result?,
            () = shutdown.cancelled() => return Err(stopped()),
        };
        let Broken { error, fault, reading: read } = match result {
            Ok(ended) => return Ok(ended),
            Err(broken) => broken,
        };
        if let Some(fault) = fault {
            session::keep_fault(store, run, &fault).await?;
            return Err(both(&fault, &error));
        }
        reading = read;
        patience.pause(error, report, shutdown).await?;
    }
}

/// Goes on with what was read of the source, or reads it anew.
async fn attempt(
    context: &session::Context<'_>,
    reading: Option<SourceStream>,
) -> Result<Result<Ended, Broken>> {
    let reading = match reading {
        Some(reading) => reading,
        None => {
            let run = context.run;
            let before = if run.accept_missing {
                crate::model::filled::Relied::default()
            } else {
                context.store.relied_on().await?
            };
            let released = context.store.released().await?;
            let way = Way { released, ..run.way.clone() };
            let items = source::read(run.input.clone(), way, before, &run.policy);
            SourceStream::begin(items).await
        }
    };
    Ok(session::sync(context, reading).await)
}

async fn outcome(store: &Store, run: &Run, ended: Ended) -> Result<RunOutcome> {
    let Ended { tally, summary, withdrawn, gone_of_others, lack, spooled } = ended;
    let problems = store.problems(run.policy.shown_problems).await?;
    let waiting = store.waiting().await?;
    let answered = store.refused().await? - waiting;
    let refused = answered + tally.unread() + tally.duplicate + tally.not_withdrawn;
    let lacks = lack.as_ref().map(|fault| fault.kind);
    let lack = lack.map(|fault| fault.error);
    Ok(RunOutcome {
        lacks,
        announced: store.announced().await?,
        spooled,
        tally,
        summary,
        problems,
        refused,
        waiting,
        withdrawn,
        gone_of_others,
        lack,
        part: false,
    })
}

/// The source is at fault, and the registry does not know it.
fn both(fault: &Fault, error: &Error) -> Error {
    let text =
        format!("{}; and the index could not be told: {}", fault.error.message(), error.message());
    let both = Error::new(fault.error.reason(), text);
    if is_of_registry(error) { of_registry(both) } else { both }
}

/// The waits between tries, as long as the policy allows.
pub(super) struct Patience {
    backoff: Backoff,
    left: Duration,
    look: ServingCheck,
}

impl Patience {
    pub(super) fn new(policy: &Policy, look: ServingCheck) -> Self {
        let backoff = Backoff::new(policy.first_wait(), policy.longest_wait());
        Self { backoff, left: policy.patience(), look }
    }

    /// Pauses before the next try; the pause is shorter if the registry was away and is back.
    ///
    /// # Errors
    /// Gives the error back if another try would not help or patience is at its end.
    pub(super) async fn pause(
        &mut self,
        error: Error,
        report: &(dyn Fn(Event) + Sync),
        shutdown: &CancellationToken,
    ) -> Result<()> {
        let asked = error.retry_after().unwrap_or_default();
        let wait = self.backoff.pause().max(asked);
        if !may_pass(&error) || wait > self.left {
            return Err(error);
        }
        report(Event::Retrying { error: error.to_string(), wait });
        let begun = Instant::now();
        let back = async {
            sleep(asked).await;
            self.look.back().await;
        };
        let paused = tokio::select! {
            () = sleep(wait) => Ok(()),
            () = back => Ok(()),
            () = shutdown.cancelled() => Err(stopped()),
        };
        self.left = self.left.saturating_sub(begun.elapsed());
        paused
    }
}

/// True if the same run may succeed a little later: the registry is away or busy, or another
/// session still holds the lease.
fn may_pass(error: &Error) -> bool {
    matches!(
        error.code(),
        Code::Unavailable | Code::Aborted | Code::DeadlineExceeded | Code::ResourceExhausted
    ) || error.reason() == Reason::LeaseHeld
}

pub(super) fn stopped() -> Error {
    let text = "stopped; what was answered is stored, run again to go on";
    Error::new(Reason::Unavailable, text)
}
