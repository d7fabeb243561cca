//! Metrics of federation.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use mpp_api::{
    document,
    sync::{
        BatchResult, End, Incomplete, Outcome, RecordResult, UndoneRecord, incomplete::Reason,
        undone_record::Change,
    },
};

use mpp_core::FieldCode;

use crate::{fresh, kind::Synced, syncs::Syncs};

mpp_telemetry::metrics! {
    /// Sessions of sources at a service: `begun` and `refused` ones, and by how they ended
    /// `complete` and `incomplete` ones, and those that brought a `part`. Those that broke off are
    /// the rest of the begun ones.
    SESSIONS: Counter = "mpp.sync.sessions" in "{session}" by ["service", "outcome"];
    /// Records of sources, by the service that they were sent to, how they were answered and what
    /// kind of record they are; `unknown` where that cannot be told. A batch that is sent again
    /// counts once.
    RECORDS: Counter = "mpp.sync.records" in "{record}" by ["service", "outcome", "kind"];
    /// Records that wait, or were rejected when they were tried again (`rejected`), by the service
    /// that keeps them, their source and why. Every replica of a service tells the same.
    QUARANTINED: Gauge = "mpp.sync.quarantined" in "{record}" by
        ["service", "source", "code", "state"];
    /// How long the oldest waiting record of a source has waited at a service.
    QUARANTINE_AGE: Gauge = "mpp.sync.quarantine_age" in "s" by ["service", "source"];
    /// Tries of records that waited at a service, by outcome (`taken`, `waiting` or `rejected`) and
    /// kind of record.
    REDRIVEN: Counter = "mpp.sync.redriven" in "{record}" by ["service", "outcome", "kind"];
    /// Ranges of records that clients have compared instead of sending them.
    COMPARED: Counter = "mpp.sync.compared_ranges" in "{range}" by ["service"];
    /// Records that a reconcile has found to stand as their source has them.
    CONFIRMED: Counter = "mpp.sync.confirmed_records" in "{record}" by ["service"];
    /// Records that clients have looked at before they send them, by how they would be answered and
    /// kind.
    PREVIEWED: Counter = "mpp.sync.previewed_records" in "{record}" by
        ["service", "outcome", "kind"];
    /// Records that a client has sent in other words than another client of its source, which sends
    /// them, too: each time they change hands, and each time they come again as long as both do.
    CONTESTED: Counter = "mpp.sync.contested_records" in "{record}" by ["service"];
    /// Records of sessions that were undone, by what was done (`restored`, `brought_back`,
    /// `deleted`, `held`, or `left` as they are) and kind.
    UNDONE: Counter = "mpp.sync.undone_records" in "{record}" by ["service", "change", "kind"];
    /// How long writes of sources waited for their turn, by what they were: `batch`, `preview`,
    /// `redrive` or `undo`.
    WRITE_WAITS: Seconds = "mpp.sync.write_wait" in "s" by ["service", "work"];
    /// Writes of sources that wait for their turn at a service at this moment.
    WRITES_WAITING: Gauge = "mpp.sync.writes_waiting" in "{write}" by ["service"];
    /// Rows that sources' clients could not read.
    UNREAD_ROWS: Counter = "mpp.sync.unread_rows" in "{row}" by ["service"];
    /// Sessions at a service that did not see the whole of their source, by what they lacked.
    INCOMPLETE_SESSIONS: Counter = "mpp.sync.incomplete_sessions" in "{session}" by
        ["service", "reason"];
    /// The age of a source's data at a service: since the last session there that saw the whole
    /// source, or since the source was created if there was none. `service` is `elsewhere` where
    /// the registry cannot tell: the source says that it feeds another service, or says nothing and
    /// no session of it has ended at the registry.
    SOURCE_AGE: Gauge = "mpp.source.age" in "s" by ["source", "service"];
    /// How long a source is late by its own target (`freshness_target_seconds`) at a service: 0
    /// while that has not passed. One that is late `elsewhere` is late unless another service has
    /// it, too, and knows better.
    SOURCE_LATE: Gauge = "mpp.source.late" in "s" by ["source", "service"];
    /// 1 where it is not known how fresh a source is at a service, since no session of it there has
    /// ever ended completely, or none of one of its clients that has a schedule; else 0. Such a
    /// source is not on time while `mpp.source.late` is 0.
    SOURCE_UNHEARD: Gauge = "mpp.source.unheard" in "{source}" by ["source", "service"];
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

/// The kind of a record that is of none, such as one whose name is hostile.
const UNKNOWN: &str = "unknown";

/// The kind of the record of a name, as metrics tell it: one of a service's own.
pub fn kind_of<D: Synced>(name: &str) -> &'static str {
    D::kind_of(name).unwrap_or(UNKNOWN)
}

/// Counts records of a session that was undone.
pub fn undone<S: Syncs>(records: &[UndoneRecord]) {
    for (change, name) in UNDOES {
        let done = records.iter().filter(|record| record.change() == change);
        add(done.map(|record| known_kind(&record.kind)), |count, kind| {
            UNDONE.add(count, [S::NAME, name, kind]);
        });
    }
}

/// The kind of a record that a session has touched: also one that rests on those that sources send.
fn known_kind(kind: &str) -> &'static str {
    document::KINDS.iter().copied().find(|known| *known == kind).unwrap_or(UNKNOWN)
}

/// Adds up kinds.
fn add(kinds: impl Iterator<Item = &'static str>, mut add: impl FnMut(u64, &'static str)) {
    let mut counts: BTreeMap<&'static str, u64> = BTreeMap::new();
    for kind in kinds {
        *counts.entry(kind).or_default() += 1;
    }
    counts.into_iter().for_each(|(kind, count)| add(count, kind));
}

/// Every combination of words with a service's kinds.
fn by_kind<S: Syncs>(words: &[&'static str]) -> Vec<[&'static str; 3]> {
    let of = |word: &'static str| S::Doc::KINDS.iter().map(move |kind| [S::NAME, word, *kind]);
    words.iter().copied().flat_map(of).collect()
}

/// Counts from zero on, and tells of `service` as long as it is there.
pub fn begin<S: Syncs>(service: &Arc<S>) {
    let outcomes = ["begun", "refused", "complete", "incomplete", "part"];
    SESSIONS.begin(outcomes.map(|outcome| [S::NAME, outcome]));
    RECORDS.begin(by_kind::<S>(&OUTCOMES.map(|(_, outcome)| outcome)));
    PREVIEWED.begin(by_kind::<S>(&OUTCOMES.map(|(_, outcome)| outcome)));
    UNREAD_ROWS.begin([[S::NAME]]);
    COMPARED.begin([[S::NAME]]);
    CONFIRMED.begin([[S::NAME]]);
    CONTESTED.begin([[S::NAME]]);
    let reasons = (1..).map_while(|number| Reason::try_from(number).ok());
    INCOMPLETE_SESSIONS.begin(reasons.map(|reason| [S::NAME, reason.as_str_name()]));
    UNDONE.begin(by_kind::<S>(&UNDOES.map(|(_, change)| change)));
    REDRIVEN.begin(by_kind::<S>(&["taken", "waiting", "rejected"]));
    WRITES_WAITING.observe(service, [S::NAME], |own| own.engine().writes_waiting() as f64);
    QUARANTINED.observe_each(service, |own| own.engine().waiting.counts(S::NAME));
    QUARANTINE_AGE.observe_each(service, |own| own.engine().waiting.ages(S::NAME, own.time()));
    SOURCE_AGE.observe_each(service, |own| fresh::ages(own));
    SOURCE_LATE.observe_each(service, |own| fresh::lateness(own));
    SOURCE_UNHEARD.observe_each(service, |own| fresh::unheard(own));
}

/// Counts a batch's answers, to records of these kinds in their order.
pub fn answered<S: Syncs>(result: &BatchResult, kinds: &[&'static str]) {
    if result.repeated_nonce {
        return;
    }
    CONFIRMED.add(u64::try_from(result.confirmed).unwrap_or(0), [S::NAME]);
    let contested = |answer: &&RecordResult| {
        answer.warnings.iter().any(|remark| remark.code == FieldCode::OtherClient.as_str())
    };
    let contested = result.results.iter().filter(contested).count();
    CONTESTED.add(u64::try_from(contested).unwrap_or(u64::MAX), [S::NAME]);
    count(result, kinds, |many, outcome, kind| RECORDS.add(many, [S::NAME, outcome, kind]));
}

/// Counts the records of a preview.
pub fn previewed<S: Syncs>(result: &BatchResult, kinds: &[&'static str]) {
    count(result, kinds, |many, outcome, kind| PREVIEWED.add(many, [S::NAME, outcome, kind]));
}

fn count(
    result: &BatchResult,
    kinds: &[&'static str],
    tell: impl Fn(u64, &'static str, &'static str),
) {
    for (outcome, name) in OUTCOMES {
        let all = result.results.iter().zip(kinds);
        let of_it = all.filter(|(answer, _)| answer.outcome() == outcome);
        add(of_it.map(|(_, kind)| *kind), |count, kind| tell(count, name, kind));
    }
}

/// Notes how long a write waited for its turn.
pub fn waited<S: Syncs>(work: &'static str, waited: Duration) {
    WRITE_WAITS.record(waited.as_secs_f64(), [S::NAME, work]);
}

/// Counts ranges that were compared.
pub fn compared<S: Syncs>(ranges: usize) {
    COMPARED.add(ranges as u64, [S::NAME]);
}

/// Counts what a session lacked, for alerts.
pub fn ended<S: Syncs>(end: &End, incomplete: Option<&Incomplete>) {
    UNREAD_ROWS.add(u64::try_from(end.unread).unwrap_or(0), [S::NAME]);
    let outcome = match incomplete {
        Some(_) => "incomplete",
        None if end.part => "part",
        None => "complete",
    };
    SESSIONS.add(1, [S::NAME, outcome]);
    if let Some(incomplete) = incomplete {
        INCOMPLETE_SESSIONS.add(1, [S::NAME, incomplete.reason().as_str_name()]);
    }
}

/// Counts records that were tried again, by outcome and kind.
pub fn redriven<S: Syncs>(tried: &[(&'static str, &'static str)]) {
    for outcome in ["taken", "waiting", "rejected"] {
        let of_it = tried.iter().filter(|(found, _)| *found == outcome);
        add(of_it.map(|(_, kind)| *kind), |count, kind| {
            REDRIVEN.add(count, [S::NAME, outcome, kind]);
        });
    }
}

/// Counts a session that was asked for.
pub fn opened<S: Syncs, T>(session: &mpp_core::Result<T>) {
    SESSIONS.add(1, [S::NAME, if session.is_ok() { "begun" } else { "refused" }]);
}
