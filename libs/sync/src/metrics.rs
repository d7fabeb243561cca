//! Metrics of federation.

use std::{sync::Arc, time::Duration};

use mpp_api::sync::{
    BatchResult, Incomplete, Outcome, UndoneRecord, incomplete::Reason, undone_record::Change,
};
use mpp_telemetry::Counter;

use crate::syncs::Syncs;

mpp_telemetry::metrics! {
    /// Sessions of sources: `begun` and `refused` ones, and by how they ended `complete` and
    /// `incomplete` ones. Those that broke off are the rest of the begun ones.
    SESSIONS: Counter = "mpp.sync.sessions" in "{session}" by ["outcome"];
    /// Records of sources, by how they were answered. A batch that is sent again counts once.
    RECORDS: Counter = "mpp.sync.records" in "{record}" by ["outcome"];
    /// Records that wait, or were rejected when they were tried again (`rejected`), by the service
    /// that keeps them, their source and why. Every replica of a service tells the same.
    QUARANTINED: Gauge = "mpp.sync.quarantined" in "{record}" by
        ["service", "source", "code", "state"];
    /// How long the oldest waiting record of a source has waited at a service.
    QUARANTINE_AGE: Gauge = "mpp.sync.quarantine_age" in "s" by ["service", "source"];
    /// Tries of records that waited, by outcome: `taken`, `waiting` or `rejected`.
    REDRIVEN: Counter = "mpp.sync.redriven" in "{record}" by ["outcome"];
    /// Ranges of records that clients have compared instead of sending them.
    COMPARED: Counter = "mpp.sync.compared_ranges" in "{range}" by [];
    /// Records that a reconcile has found to stand as their source has them.
    CONFIRMED: Counter = "mpp.sync.confirmed_records" in "{record}" by [];
    /// Records that clients have looked at before they send them, by how they would be answered.
    PREVIEWED: Counter = "mpp.sync.previewed_records" in "{record}" by ["outcome"];
    /// Records of sessions that were undone, by what was done: `restored`, `brought_back`,
    /// `deleted`, `held`, or `left` as they are.
    UNDONE: Counter = "mpp.sync.undone_records" in "{record}" by ["change"];
    /// How long writes of sources waited for their turn, by what they were: `batch`, `preview`,
    /// `redrive` or `undo`.
    WRITE_WAITS: Seconds = "mpp.sync.write_wait" in "s" by ["work"];
    /// Writes of sources that wait for their turn at a service at this moment.
    WRITES_WAITING: Gauge = "mpp.sync.writes_waiting" in "{write}" by ["service"];
    /// Rows that sources' clients could not read.
    UNREAD_ROWS: Counter = "mpp.sync.unread_rows" in "{row}" by [];
    /// Sessions that did not see the whole of their source, by what they lacked.
    INCOMPLETE_SESSIONS: Counter = "mpp.sync.incomplete_sessions" in "{session}" by ["reason"];
}

const OUTCOMES: [(Outcome, &str); 4] = [
    (Outcome::Applied, "applied"),
    (Outcome::Unchanged, "unchanged"),
    (Outcome::Rejected, "rejected"),
    (Outcome::Quarantined, "quarantined"),
];

const UNDOES: [(Change, &str); 5] = [
    (Change::Restored, "restored"),
    (Change::BroughtBack, "brought_back"),
    (Change::Deleted, "deleted"),
    (Change::Held, "held"),
    (Change::Left, "left"),
];

/// Counts records of a session that was undone.
pub fn undone(records: &[UndoneRecord]) {
    for (change, name) in UNDOES {
        let count = records.iter().filter(|record| record.change() == change).count();
        UNDONE.add(count as u64, [name]);
    }
}

/// Counts from zero on, and tells of `service` as long as it is there.
pub fn begin<S: Syncs>(service: &Arc<S>) {
    SESSIONS.begin(["begun", "refused", "complete", "incomplete"].map(|outcome| [outcome]));
    RECORDS.begin(OUTCOMES.map(|(_, outcome)| [outcome]));
    PREVIEWED.begin(OUTCOMES.map(|(_, outcome)| [outcome]));
    UNREAD_ROWS.begin([[""; 0]]);
    COMPARED.begin([[""; 0]]);
    CONFIRMED.begin([[""; 0]]);
    let reasons = (1..).map_while(|number| Reason::try_from(number).ok());
    INCOMPLETE_SESSIONS.begin(reasons.map(|reason| [reason.as_str_name()]));
    UNDONE.begin(UNDOES.map(|(_, change)| [change]));
    REDRIVEN.begin(["taken", "waiting", "rejected"].map(|outcome| [outcome]));
    WRITES_WAITING.observe(service, [S::NAME], |own| own.engine().writes_waiting() as f64);
    QUARANTINED.observe_each(service, |own| own.engine().waiting.counts(S::NAME));
    QUARANTINE_AGE.observe_each(service, |own| own.engine().waiting.ages(S::NAME, own.time()));
}

/// Counts a batch's answers.
pub fn answered(result: &BatchResult) {
    if result.repeated_nonce {
        return;
    }
    CONFIRMED.add(u64::try_from(result.confirmed).unwrap_or(0), [""; 0]);
    count(&RECORDS, result);
}

/// Counts the records of a preview.
pub fn previewed(result: &BatchResult) {
    count(&PREVIEWED, result);
}

fn count(records: &Counter, result: &BatchResult) {
    for (outcome, name) in OUTCOMES {
        let count = result.results.iter().filter(|answer| answer.outcome() == outcome).count();
        records.add(count as u64, [name]);
    }
}

/// Notes how long a write waited for its turn.
pub fn waited(work: &'static str, waited: Duration) {
    WRITE_WAITS.record(waited.as_secs_f64(), [work]);
}

/// Counts ranges that were compared.
pub fn compared(ranges: usize) {
    COMPARED.add(ranges as u64, [""; 0]);
}

/// Counts what a session lacked, for alerts.
pub fn ended(unread: i64, incomplete: Option<&Incomplete>) {
    UNREAD_ROWS.add(u64::try_from(unread).unwrap_or(0), [""; 0]);
    SESSIONS.add(1, [if incomplete.is_some() { "incomplete" } else { "complete" }]);
    if let Some(incomplete) = incomplete {
        INCOMPLETE_SESSIONS.add(1, [incomplete.reason().as_str_name()]);
    }
}

/// Counts records that were tried again.
pub fn redriven(taken: i64, waiting: i64, rejected: i64) {
    for (count, outcome) in [(taken, "taken"), (waiting, "waiting"), (rejected, "rejected")] {
        REDRIVEN.add(u64::try_from(count).unwrap_or(0), [outcome]);
    }
}

/// Counts a session that was asked for.
pub fn opened<T>(session: &mpp_core::Result<T>) {
    SESSIONS.add(1, [if session.is_ok() { "begun" } else { "refused" }]);
}
