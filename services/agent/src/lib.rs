//! The agent: it runs beside a ministry's own system, reads it, maps it and syncs it in.
//!
//! A run reads the whole source and sends what the registry has not answered yet, record by record:
//! the state keeps a digest of every answered record with the checkpoint of its answer. That makes
//! every run the same, whether it is the first, one after a change, or one after a kill:
//!
//! - a record whose bytes were answered before is not sent again;
//! - an answer that was lost on the way is asked for again and comes back as "unchanged";
//! - a registry restored to an older state names an older checkpoint, and the agent forgets what
//!   was answered after it.
//!
//! A log of read positions was considered instead: it is smaller, but files and paged APIs have no
//! position that survives an edit, and a record changed behind the position would be missed.
//!
//! A source that fails half-way ends the run as failed, without `End`, so that the registry never
//! takes a part for the whole.

#![forbid(unsafe_code)]

mod grpc;
pub mod model;
pub mod source;
mod store;

use std::{path::PathBuf, time::Duration};

use mpp_api::sync::Summary;
use mpp_core::{Code, Error, Result};
use mpp_rpc::Endpoint;
use tokio_util::sync::CancellationToken;

pub use source::Input;
pub use store::{Problem, Store};

/// What to sync, and where the state is kept.
#[derive(Clone, Debug)]
pub struct Run {
    /// "sources/kemendagri".
    pub source: String,
    /// What to read.
    pub input: Input,
    /// The jq program.
    pub program: String,
    /// The agent's state, an SQLite file.
    pub state: PathBuf,
    /// Take the lease from a session whose holder is known to be gone.
    pub take_over: bool,
    /// Take the run for complete although many records have gone from the source.
    pub accept_missing: bool,
    /// How long to go on trying when the registry cannot be reached.
    pub patience: Duration,
}

/// What became of the records of a run.
///
/// read = sent + known + invalid + duplicate; sent = applied + unchanged + rejected + quarantined
/// once every batch is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Records that the source and the mapping yielded.
    pub read: i64,
    /// Not sent: the registry has answered just these bytes.
    pub known: i64,
    /// Not sent: unreadable, or the mapping failed.
    pub invalid: i64,
    /// Not sent: the id came before in the same source.
    pub duplicate: i64,
    /// Answered in an earlier run, and no longer in the source. They stay in the registry.
    pub missing: i64,
    /// Sent to the registry.
    pub sent: i64,
    /// Answered: stored.
    pub applied: i64,
    /// Answered: was stored like that.
    pub unchanged: i64,
    /// Answered: refused, with a reason.
    pub rejected: i64,
    /// Answered: kept for a later try.
    pub quarantined: i64,
}

/// What a run tells while it goes on.
#[derive(Clone, Debug)]
pub enum Event {
    /// A batch was answered.
    Progress(Tally),
    /// The registry could not be reached; the next try comes after the time given.
    Retrying {
        /// What went wrong.
        error: String,
        /// Until the next try.
        wait: Duration,
    },
}

/// How a run ended.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// This run's records.
    pub tally: Tally,
    /// The registry's own accounting.
    pub summary: Summary,
    /// What was refused or could not be sent, at most 100.
    pub problems: Vec<Problem>,
}

/// Longest pause between two tries.
const MAX_WAIT: Duration = Duration::from_secs(60);

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
    let mapping_version = model::mapping::version(&run.program);
    let plan =
        grpc::Plan { endpoint, run, mapping_version: &mapping_version, store: &store, report };
    let mut backoff = Backoff::new(run.patience);
    loop {
        let items = source::read(run.input.clone(), run.program.clone());
        let result = tokio::select! {
            result = grpc::session(&plan, items) => result,
            () = shutdown.cancelled() => return Err(stopped()),
        };
        match result {
            Ok((tally, summary)) => {
                return Ok(Outcome { tally, summary, problems: store.problems(100).await? });
            }
            Err(error) => backoff.pause(error, report, shutdown).await?,
        }
    }
}

/// Waits between tries, with jitter, so that agents do not come back all at once.
struct Backoff {
    wait: Duration,
    left: Duration,
}

impl Backoff {
    fn new(patience: Duration) -> Self {
        Self { wait: Duration::from_millis(250), left: patience }
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
        self.wait = (self.wait * 2).min(MAX_WAIT);
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
    ) || error.reason() == mpp_core::Reason::LeaseHeld
}

fn stopped() -> Error {
    Error::new(
        mpp_core::Reason::Unavailable,
        "stopped; what was answered is stored, run again to go on",
    )
}
