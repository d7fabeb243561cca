//! Metrics of an agent that runs again and again.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering::Relaxed},
    },
    time::Duration,
};

use mpp_api::sync::incomplete;
use mpp_core::{Clock, Error, Micros, Reason, Result};

use crate::{Destination, Policy, Run, RunOutcome, Store, Tally, registry::is_of_registry};

mpp_telemetry::metrics! {
    /// Runs of a source, by the service that its records go to (`registry`, `scheduling`) and how
    /// they ended: `complete`, `incomplete` (the source was not seen whole), `part` (only rows that
    /// its database has named were read), or `failed` (the service was not reached, or refused).
    RUNS: Counter = "mpp.agent.runs" in "{run}" by ["source", "service", "outcome"];
    /// Runs that were not complete, by cause: what the source lacked (`REASON_UNREACHABLE`), or why
    /// the run failed (`UNAVAILABLE`).
    LACKS: Counter = "mpp.agent.incomplete_runs" in "{run}" by ["source", "service", "cause"];
    /// How long runs took.
    DURATION: Seconds = "mpp.agent.run_duration" in "s" by ["source", "service", "outcome"];
    /// Records of a source, by what became of them: `known` are those that were not sent since they
    /// stand so, `invalid`, `suspicious` and `duplicate` those that could not be, the others are
    /// the service's answers.
    RECORDS: Counter = "mpp.agent.records" in "{record}" by ["source", "service", "outcome"];
    /// When a run of the source was last complete, in seconds since 1970; 0: never yet.
    LAST_COMPLETE: Gauge = "mpp.agent.last_complete_time" in "s" by ["source", "service"];
    /// How long ago that was, or since when the agent runs, where none was.
    SUCCESS_AGE: Gauge = "mpp.agent.success_age" in "s" by ["source", "service"];
    /// For how long no run has reached the service; 0: the last one did.
    CUT_OFF: Gauge = "mpp.agent.cut_off" in "s" by ["source", "service"];
    /// How old the last complete run may be, and for how long the service may be out of reach, by
    /// the agent's own configuration (`stale`, `cut_off`): what its alerts compare with.
    TOLERATED: Gauge = "mpp.agent.tolerated" in "s" by ["source", "service", "what"];
    /// Records that have left the source and go from the index by themselves, each at a time that
    /// is told.
    ANNOUNCED: Gauge = "mpp.agent.announced_withdrawals" in "{record}" by ["source", "service"];
    /// Bytes that the agent keeps of a source: its state, and what waited in a file to be compared
    /// in the last run (`spool`).
    KEPT: Gauge = "mpp.agent.kept" in "By" by ["source", "service", "what"];
}

const OUTCOMES: [&str; 4] = ["complete", "incomplete", "part", "failed"];

/// What became of a run's records.
fn records(tally: &Tally) -> [(&'static str, i64); 8] {
    [
        ("known", tally.known),
        ("applied", tally.applied),
        ("unchanged", tally.unchanged),
        ("rejected", tally.rejected),
        ("quarantined", tally.quarantined),
        ("invalid", tally.invalid),
        ("suspicious", tally.suspicious),
        ("duplicate", tally.duplicate),
    ]
}

/// What is known of a source's runs, as long as its agent lives.
#[derive(Debug)]
pub struct Vitals {
    source: String,
    /// The service that its records go to.
    destination: Destination,
    state: PathBuf,
    began: Micros,
    /// When a run was last complete; 0: never.
    last_complete: AtomicI64,
    /// Since when runs could not reach the service; 0: the last one reached it.
    cut_off_since: AtomicI64,
    announced: AtomicI64,
    spooled: AtomicI64,
}

impl Vitals {
    /// Reports on a source from now on, with what its state knows of earlier runs.
    pub async fn begin(run: &Run) -> Arc<Self> {
        let (last_complete, announced) = of_state(&run.state).await.unwrap_or_default();
        let vitals = Arc::new(Self {
            source: run.source.clone(),
            destination: run.way.destination,
            state: run.state.clone(),
            began: now(),
            last_complete: last_complete.into(),
            cut_off_since: 0.into(),
            announced: announced.into(),
            spooled: 0.into(),
        });
        RUNS.begin(OUTCOMES.map(|outcome| vitals.labels(outcome)));
        let reasons = (1..).map_while(|number| incomplete::Reason::try_from(number).ok());
        let lacks = reasons.map(|reason| reason.as_str_name());
        // Counted from zero on, or the first failure of its kind would not show as an increase.
        let causes = lacks.chain(Reason::ALL.iter().map(|reason| reason.as_str()));
        LACKS.begin(causes.map(|cause| vitals.labels(cause)));
        let outcomes = records(&Tally::default()).map(|(outcome, _)| outcome);
        RECORDS.begin(outcomes.map(|outcome| vitals.labels(outcome)));
        vitals.observe(&run.policy);
        vitals
    }

    fn observe(self: &Arc<Self>, policy: &Policy) {
        let source = || [self.source.clone(), self.destination.name().to_owned()];
        let seconds = |micros: Micros| micros.max(0) as f64 / 1e6;
        LAST_COMPLETE.observe(self, source(), move |own| seconds(own.last_complete.load(Relaxed)));
        SUCCESS_AGE.observe(self, source(), move |own| {
            seconds(now() - own.last_complete.load(Relaxed).max(own.began_unless_complete()))
        });
        CUT_OFF.observe(self, source(), move |own| match own.cut_off_since.load(Relaxed) {
            0 => 0.0,
            since => seconds(now() - since),
        });
        let tolerated = [("stale", policy.stale_seconds), ("cut_off", policy.cut_off_seconds)];
        for (what, seconds) in tolerated {
            TOLERATED.observe(self, self.labels(what), move |_| seconds as f64);
        }
        ANNOUNCED.observe(self, source(), |own| own.announced.load(Relaxed) as f64);
        KEPT.observe(self, self.labels("state"), |own| own.state_bytes() as f64);
        KEPT.observe(self, self.labels("spool"), |own| own.spooled.load(Relaxed) as f64);
    }

    /// The labels of a figure, the last of which is its own.
    fn labels(&self, own: &str) -> [String; 3] {
        [self.source.clone(), self.destination.name().to_owned(), own.to_owned()]
    }

    fn began_unless_complete(&self) -> Micros {
        if self.last_complete.load(Relaxed) == 0 { self.began } else { 0 }
    }

    /// The state and what lies beside it.
    fn state_bytes(&self) -> u64 {
        let size = |ending: &str| {
            let mut name = self.state.as_os_str().to_owned();
            name.push(ending);
            std::fs::metadata(name).map_or(0, |file| file.len())
        };
        ["", "-wal", "-shm"].into_iter().map(size).sum()
    }

    /// Counts a run that has ended.
    pub fn ended(&self, run: &Result<RunOutcome>, took: Duration) {
        let (outcome, cause) = match run {
            Ok(outcome) => match outcome.lacks {
                None if outcome.part => ("part", None),
                None => ("complete", None),
                Some(reason) => ("incomplete", Some(reason.as_str_name())),
            },
            Err(error) => ("failed", Some(error.reason().as_str())),
        };
        RUNS.add(1, self.labels(outcome));
        DURATION.record(took.as_secs_f64(), self.labels(outcome));
        if let Some(cause) = cause {
            LACKS.add(1, self.labels(cause));
        }
        match run {
            Ok(outcome) => self.reached(outcome),
            Err(error) => self.failed(error),
        }
    }

    fn reached(&self, outcome: &RunOutcome) {
        self.cut_off_since.store(0, Relaxed);
        for (name, count) in records(&outcome.tally) {
            let count = u64::try_from(count).unwrap_or(0);
            RECORDS.add(count, self.labels(name));
        }
        if outcome.lacks.is_none() && !outcome.part {
            self.last_complete.store(now(), Relaxed);
        }
        self.announced.store(outcome.announced, Relaxed);
        self.spooled.store(i64::try_from(outcome.spooled).unwrap_or(i64::MAX), Relaxed);
    }

    /// A configuration, a source or a state that cannot be used says nothing of the registry.
    fn failed(&self, error: &Error) {
        if is_of_registry(error) {
            // Since the first such failure.
            let _ = self.cut_off_since.compare_exchange(0, now(), Relaxed, Relaxed);
        }
    }
}

/// When the last complete run was, and how many records go by themselves.
async fn of_state(state: &Path) -> Option<(Micros, i64)> {
    if !state.exists() {
        return None;
    }
    let store = Store::open(state).await.ok()?;
    Some((store.last_complete().await.ok()?, store.announced().await.ok()?))
}

fn now() -> Micros {
    Clock::system().now()
}
