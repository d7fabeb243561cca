//! One run: reads the source, sends what is new, and tries again until the registry has answered
//! everything or patience is at its end.

use std::time::Duration;

use mpp_client::Endpoint;
use mpp_core::{Code, Error, Reason, Result};
use tokio_util::sync::CancellationToken;

use super::{
    plan::{Event, Outcome, Run},
    session,
};
use crate::{model::mapping, policy::Policy, source, store::Store};

/// Runs once: reads the source, sends what is new, and returns when the registry has answered all.
///
/// # Errors
/// The source cannot be read, the mapping is wrong, the registry refuses the session, or it could
/// not be reached within the run's patience. Whatever was answered stays answered.
pub async fn run(
    run: &Run,
    endpoint: &Endpoint,
    report: &(dyn Fn(Event) + Sync),
    shutdown: &CancellationToken,
) -> Result<Outcome> {
    let store = Store::open(&run.state).await?;
    let mapping_version = mapping::version(&run.program);
    let context = session::Context {
        endpoint,
        run,
        mapping_version: &mapping_version,
        store: &store,
        report,
    };
    let mut backoff = Backoff::new(&run.policy);
    loop {
        let items = source::read(run.input.clone(), run.program.clone(), &run.policy);
        let result = tokio::select! {
            result = session::sync(&context, items) => result,
            () = shutdown.cancelled() => return Err(stopped()),
        };
        match result {
            Ok((tally, summary)) => {
                let problems = store.problems(run.policy.shown_problems).await?;
                return Ok(Outcome { tally, summary, problems });
            }
            Err(error) => backoff.pause(error, report, shutdown).await?,
        }
    }
}

/// Waits between tries, with jitter, so that agents do not come back all at once.
struct Backoff {
    wait: Duration,
    longest: Duration,
    left: Duration,
}

impl Backoff {
    fn new(policy: &Policy) -> Self {
        Self { wait: policy.first_wait(), longest: policy.longest_wait(), left: policy.patience() }
    }

    /// Pauses before the next try.
    ///
    /// # Errors
    /// Gives the error back where another try would not help or patience is at its end.
    async fn pause(
        &mut self,
        error: Error,
        report: &(dyn Fn(Event) + Sync),
        shutdown: &CancellationToken,
    ) -> Result<()> {
        let wait = self
            .wait
            .mul_f64(rand::random_range(0.5..1.5))
            .max(error.retry_after().unwrap_or_default());
        if !may_pass(&error) || wait > self.left {
            return Err(error);
        }
        report(Event::Retrying { error: error.to_string(), wait });
        self.left -= wait;
        self.wait = (self.wait * 2).min(self.longest);
        tokio::select! {
            () = tokio::time::sleep(wait) => Ok(()),
            () = shutdown.cancelled() => Err(stopped()),
        }
    }
}

/// True where the same run may succeed a little later: the registry is away or busy, or another
/// session still holds the lease.
fn may_pass(error: &Error) -> bool {
    matches!(
        error.code(),
        Code::Unavailable | Code::Aborted | Code::DeadlineExceeded | Code::ResourceExhausted
    ) || error.reason() == Reason::LeaseHeld
}

fn stopped() -> Error {
    let text = "stopped; what was answered is stored, run again to go on";
    Error::new(Reason::Unavailable, text)
}
