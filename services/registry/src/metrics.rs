//! Metrics of the registry, beside those of every service.

use std::sync::Arc;

use mpp_api::sync::{BatchResult, Incomplete, Outcome, Source, incomplete::Reason};
use mpp_api::time::from_timestamp;
use mpp_core::{Micros, Overridden};
use mpp_resource::memory::Row;
use mpp_telemetry::{Counter, Point};
use prost::Message as _;

use crate::app::Registry;

mpp_telemetry::metrics! {
    /// Services with fields that a curator has set over their source's, by what the source has done
    /// since: left the fields as they were (`settled`), or changed one (`drifting`).
    OVERRIDDEN: Gauge = "mpp.catalog.overridden" in "{service}" by ["source"];
    /// Sessions of sources: `begun` and `refused` ones, and by how they ended `complete` and
    /// `incomplete` ones. Those that broke off are the rest of the begun ones.
    SESSIONS: Counter = "mpp.sync.sessions" in "{session}" by ["outcome"];
    /// Records of sources, by how they were answered. A batch that is sent again counts once.
    RECORDS: Counter = "mpp.sync.records" in "{record}" by ["outcome"];
    /// Records that wait, or were rejected when they were tried again (`rejected`), by their source
    /// and why. Every replica tells the same.
    QUARANTINED: Gauge = "mpp.sync.quarantined" in "{record}" by ["source", "code", "state"];
    /// How long the oldest waiting record of a source has waited.
    QUARANTINE_AGE: Gauge = "mpp.sync.quarantine_age" in "s" by ["source"];
    /// Tries of records that waited, by outcome: `taken`, `waiting` or `rejected`.
    REDRIVEN: Counter = "mpp.sync.redriven" in "{record}" by ["outcome"];
    /// Ranges of records that clients have compared instead of sending them.
    COMPARED: Counter = "mpp.sync.compared_ranges" in "{range}" by [];
    /// Records that a reconcile has found to stand as their source has them.
    CONFIRMED: Counter = "mpp.sync.confirmed_records" in "{record}" by [];
    /// Records that clients have looked at before they send them, by how they would be answered.
    PREVIEWED: Counter = "mpp.sync.previewed_records" in "{record}" by ["outcome"];
    /// Rows that sources' clients could not read.
    UNREAD_ROWS: Counter = "mpp.sync.unread_rows" in "{row}" by [];
    /// Sessions that did not see the whole of their source, by what they lacked.
    INCOMPLETE_SESSIONS: Counter = "mpp.sync.incomplete_sessions" in "{session}" by ["reason"];
    /// The age of a source's data: since the last session that saw the whole source, or since the
    /// source was created if there was none.
    SOURCE_AGE: Gauge = "mpp.source.age" in "s" by ["source"];
    /// How long a source is late by its own target (`freshness_target_seconds`): 0 while that has
    /// not passed.
    SOURCE_LATE: Gauge = "mpp.source.late" in "s" by ["source"];
    /// Revisions that reads of this replica show and its search does not yet.
    SEARCH_LAG: Gauge = "mpp.search.lag" in "{revision}" by [];
}

const OUTCOMES: [(Outcome, &str); 4] = [
    (Outcome::Applied, "applied"),
    (Outcome::Unchanged, "unchanged"),
    (Outcome::Rejected, "rejected"),
    (Outcome::Quarantined, "quarantined"),
];

/// Counts from zero on, and tells of `registry` as long as it is there.
pub fn begin(registry: &Arc<Registry>) {
    SESSIONS.begin(["begun", "refused", "complete", "incomplete"].map(|outcome| [outcome]));
    RECORDS.begin(OUTCOMES.map(|(_, outcome)| [outcome]));
    PREVIEWED.begin(OUTCOMES.map(|(_, outcome)| [outcome]));
    UNREAD_ROWS.begin([[""; 0]]);
    COMPARED.begin([[""; 0]]);
    CONFIRMED.begin([[""; 0]]);
    let reasons = (1..).map_while(|number| Reason::try_from(number).ok());
    INCOMPLETE_SESSIONS.begin(reasons.map(|reason| [reason.as_str_name()]));
    for state in [Overridden::Settled, Overridden::Drifting] {
        OVERRIDDEN.observe(registry, [state.as_str()], move |own| own.overridden(state) as f64);
    }
    SOURCE_AGE.observe_each(registry, ages);
    SOURCE_LATE.observe_each(registry, lateness);
    REDRIVEN.begin(["taken", "waiting", "rejected"].map(|outcome| [outcome]));
    QUARANTINED.observe_each(registry, |own| own.waiting.counts());
    QUARANTINE_AGE.observe_each(registry, |own| own.waiting.ages(own.now()));
    SEARCH_LAG.observe(registry, [""; 0], |own| {
        (own.memory.revision() - own.search.revision()).max(0) as f64
    });
}

fn ages(registry: &Registry) -> Vec<Point> {
    of_sources(registry, |_, age| age)
}

fn lateness(registry: &Registry) -> Vec<Point> {
    of_sources(registry, |source, age| (age - source.freshness_target_seconds as f64).max(0.0))
}

/// A figure of each source, from its record and the age of what is known of it.
fn of_sources(registry: &Registry, figure: impl Fn(&Source, f64) -> f64) -> Vec<Point> {
    let (state, now) = (registry.memory.read(), registry.now());
    let sources = state.records.rows::<Source>("");
    let point = |(name, row): (&Arc<str>, &Row)| {
        let source = Source::decode(row.doc.clone()).unwrap_or_default();
        let age = now.saturating_sub(last_success(&source, row)).max(0) as f64 / 1e6;
        (vec![name.to_string()], figure(&source, age))
    };
    sources.map(point).collect()
}

fn last_success(source: &Source, row: &Row) -> Micros {
    let time = source.last_success_time.as_ref();
    let time = time.and_then(|time| from_timestamp(time, "last_success_time").ok());
    time.unwrap_or(row.stamp.create_time)
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
