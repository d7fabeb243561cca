//! The metrics of the databases and their feeds.

use mpp_core::{Error, Reason};

mpp_telemetry::metrics! {
    /// Connections that are open: `used` ones do something, `idle` ones wait for it.
    CONNECTIONS: Gauge = "db.client.connection.count" in "{connection}"
        by ["db.client.connection.pool.name", "db.client.connection.state"];
    /// Connections that there may be (`--connections`).
    CONNECTIONS_MAX: Gauge = "db.client.connection.max" in "{connection}"
        by ["db.client.connection.pool.name"];
    /// Requests that wait for a connection at this moment.
    CONNECTIONS_WANTED: Gauge = "db.client.connection.pending_requests" in "{request}"
        by ["db.client.connection.pool.name"];
    /// Waits for a connection that were given up; the caller was told OVERLOADED.
    CONNECTION_TIMEOUTS: Counter = "db.client.connection.timeouts" in "{timeout}"
        by ["db.client.connection.pool.name"];
    /// How long requests waited that did not get a connection within a millisecond.
    CONNECTION_WAITS: Seconds = "db.client.connection.wait_time" in "s"
        by ["db.client.connection.pool.name"];
    /// Faults of a database or of the way to it, in reads and writes alike, by the reason that the
    /// caller gets.
    FAULTS: Counter = "mpp.db.faults" in "{fault}" by ["reason"];
    /// Writing transactions that came to nothing for a reason that does not lie in the request.
    /// `WRITE_CONFLICT` is a lost race, which its caller tries again.
    FAILED_WRITES: Counter = "mpp.db.failed_writes" in "{transaction}" by ["database", "reason"];
    /// The last revision that followers of the feed can have from this replica.
    FEED_HEAD: Gauge = "mpp.feed.head" in "{revision}" by ["feed"];
    /// Kinds of record that differed from what the feed had told when they were read again: they
    /// were written past the feed. Followers and memories are told and start again.
    FEED_DIFFERENCES: Counter = "mpp.feed.differences" in "{kind}" by ["feed"];
    /// Initial states that were cut since their follower did not take them in time, by the limit
    /// that was reached: `stall_seconds` for a message, `state_seconds` for all of it.
    STATES_CUT: Counter = "mpp.feed.states_cut" in "{state}" by ["feed", "limit"];
    /// Records that were found altered in the database beneath the service, whenever all records of
    /// their kind are read: at a start, for a follower's whole state, by `mpp doctor`.
    RECORDS_ALTERED: Counter = "mpp.records.altered" in "{record}" by ["service"];
    /// Runs of background work that this replica had the lease of, by how they ended: `done` or
    /// `failed`.
    JOB_RUNS: Counter = "mpp.job.runs" in "{run}" by ["database", "job_name", "outcome"];
}

/// The reasons of failures that a database causes, and not the request.
const CAUSES: [Reason; 5] = [
    Reason::Unavailable,
    Reason::Overloaded,
    Reason::WriteConflict,
    Reason::DeadlineExceeded,
    Reason::Internal,
];

/// Counts from zero on for a database.
pub(crate) fn begin(database: &'static str) {
    FAULTS.begin(CAUSES.map(|cause| [cause.as_str()]));
    FAILED_WRITES.begin(CAUSES.map(|cause| [database, cause.as_str()]));
}

/// Counts an answer of the driver, where it is a fault.
pub(crate) fn fault(reason: Reason) {
    if CAUSES.contains(&reason) {
        FAULTS.add(1, [reason.as_str()]);
    }
}

/// Counts a transaction that failed, where it was not the request's fault.
pub(crate) fn failed_write(database: &'static str, error: &Error) {
    if CAUSES.contains(&error.reason()) {
        FAILED_WRITES.add(1, [database, error.reason().as_str()]);
    }
}

/// Counts and tells of records that were altered, of which the first few are named.
pub(crate) fn altered(service: &'static str, kind: &str, names: &[String], count: i64) {
    RECORDS_ALTERED.add(count.unsigned_abs(), [service]);
    tracing::error!(
        service,
        kind,
        count,
        ?names,
        "records were altered in the database beneath the service; `mpp doctor` names the way out"
    );
}
