//! The numbers of federation that an operator may question, as settings: they hold for every
//! service that takes what sources send.

use std::time::Duration;

use mpp_core::{Error, FieldCode, FieldViolation, Micros, Reason};

use crate::model::fair::Rules;

mpp_core::policy! {
    /// Settings of federation.
    pub struct Policy {
        /// Seconds after its last message at which a sync session's lease ends: short enough that
        /// a source whose agent died is taken over within the minute, long enough for a slow query
        /// at the source.
        lease_seconds: u64 = 30 in 1..=600,
        /// The fewest milliseconds between two keep-alives that prolong a lease: each is a write.
        /// At most half of the lease, which would otherwise end between two of them.
        keep_alive_millis: i64 = 1_000 in 0..=60_000,
        /// Records in one batch: about a tenth of a second of work. Fewer cost a transaction each,
        /// more make other sources and the API wait.
        batch_records: usize = 500 in 1..=10_000,
        /// Encoded bytes of one batch; the frame comes on top. One record always fits. Fewer split
        /// a batch of long texts into more round trips, more hold more in memory for each session
        /// and make its transaction longer. Chosen, not measured.
        batch_bytes: usize = 2_097_152 in 131_072..=33_554_432,
        /// Batches, redrives, previews and pieces of undoes that a replica writes at the same time,
        /// each of another source; on SQLite, which has one writer, it is one. Fewer than the
        /// connections that write (`MPP_DATABASE_CONNECTIONS` less `reading_connections` of
        /// `[database]`), so that the API's own writes find one at once.
        write_places: usize = 4 in 1..=1_000,
        /// Milliseconds of writing by which a source that was silent may be ahead of those that
        /// write all the time: some twenty batches go before theirs, then it shares with them.
        write_lead_millis: i64 = 2_000 in 0..=3_600_000,
        /// Turns in a row that may go past the write that waits longest; then it is next. 0 lets
        /// all go in the order in which they come.
        write_passes: usize = 3 in 0..=1_000,
        /// Per cent of a source's records that one session may move to other units without its
        /// client saying that it is meant: a slip of a mapping moves them all, and every mall loses
        /// what it offered of them.
        max_moved_percent: usize = 10 in 0..=100,
        /// Records that a session may move in any case, so that a small source can correct a few.
        always_moved_records: usize = 5 in 0..=10_000,
        /// Tries of a batch that loses a race against another write. Fewer give a batch up in a
        /// busy hour, more go on where something else is wrong. Chosen, not measured.
        batch_tries: u32 = 8 in 1..=100,
        /// Records of one source that may wait for something else at once: a catalog that was
        /// mapped to a unit which does not exist yet. More are rejected (`QUARANTINE_FULL`).
        quarantine_records: usize = 10_000 in 0..=1_000_000,
        /// Their bytes, so that no source fills the database with what nobody sees.
        quarantine_bytes: usize = 67_108_864 in 0..=4_294_967_296,
        /// Sets of sources' records that are kept for clients which compare theirs by single calls;
        /// one of 100,000 records takes about 16 MB. Fewer are sealed anew while a client still
        /// compares, more take memory.
        reconcile_sets: usize = 8 in 1..=1_000,
        /// Seconds for which one is kept: longer than a client takes to compare.
        reconcile_set_seconds: u64 = 60 in 1..=3_600,
        /// Milliseconds between two looks at whether what records wait for has come: about so much
        /// later one is applied once its unit is there. More often costs the database a question
        /// each time. Chosen, not measured.
        quarantine_look_millis: u64 = 1_000 in 20..=600_000,
        /// Most milliseconds for which it rests after a look that took long: ten times as long as
        /// the look, so that a processor is not kept busy where much waits.
        quarantine_rest_millis: u64 = 5_000 in 0..=600_000,
        /// Seconds for which records that were rejected by other rules rest: while a new program
        /// and the one before run side by side, each would undo what the other has just found.
        /// Shorter than an upgrade takes to roll tries them in vain. Chosen, not measured.
        other_rules_rest_seconds: i64 = 600 in 0..=86_400,
        /// Days after its last session for which a client of a source that others feed as well
        /// counts as one that may come back, and for how fresh the source is. Then what it left
        /// rejected or waiting goes with the next complete end of another; its name goes after as
        /// many days more. Shorter than an office pauses forgets what it still has.
        client_days: i64 = 30 in 1..=3_660,
        /// Clients that a source may have. Before one more comes, the one that was heard longest
        /// ago is forgotten, if nothing that it has sent is refused or waits; else the new one is
        /// turned away. Chosen, not measured.
        source_clients: usize = 1_000 in 1..=100_000,
        /// Days for which the answers of a batch are kept; no session lives so long.
        answers_days: u64 = 7 in 1..=366,
    }
    and Policy::keeps_leases
}

impl Policy {
    /// A client keeps its lease every third of it; if one keep-alive is skipped, the next one still
    /// has to come in time.
    fn keeps_leases(&self) -> Option<FieldViolation> {
        let most = self.lease_seconds.saturating_mul(1_000) / 2;
        let too_long = u64::try_from(self.keep_alive_millis).is_ok_and(|pause| pause > most);
        too_long.then(|| FieldViolation {
            field: "keep_alive_millis".into(),
            description: format!(
                "is {}; with lease_seconds = {} at most {most} is allowed, so that a lease that is \
                 kept does not end",
                self.keep_alive_millis, self.lease_seconds
            ),
            code: FieldCode::OutOfRange,
        })
    }

    /// [`Self::lease_seconds`] as a duration.
    pub fn lease(&self) -> Duration {
        Duration::from_secs(self.lease_seconds)
    }

    /// The rules by which sources take turns at writing.
    pub fn line(&self, has_one_writer: bool) -> Rules {
        Rules {
            places: if has_one_writer { 1 } else { self.write_places },
            lead: self.write_lead_millis * 1_000,
            passes: self.write_passes,
        }
    }

    /// [`Self::quarantine_look_millis`] as a duration.
    pub fn quarantine_look(&self) -> Duration {
        Duration::from_millis(self.quarantine_look_millis)
    }

    /// Whether a write that has failed `tries` times is tried again: only if another write of the
    /// source was faster, and not too often.
    pub fn tries_again(&self, error: &Error, tries: u32) -> bool {
        error.reason() == Reason::WriteConflict && tries < self.batch_tries
    }

    /// How long it rests after a look.
    pub fn quarantine_rest(&self, took: Duration) -> Duration {
        let most = Duration::from_millis(self.quarantine_rest_millis);
        self.quarantine_look().max(took.saturating_mul(10).min(most))
    }

    /// [`Self::other_rules_rest_seconds`] in microseconds.
    pub fn other_rules_rest(&self) -> Micros {
        self.other_rules_rest_seconds * 1_000_000
    }

    /// Whoever has opened no session since then is away ([`Self::client_days`]).
    pub fn away(&self, now: Micros) -> Micros {
        now.saturating_sub(self.client_days * 24 * 60 * 60 * 1_000_000)
    }

    /// The name of whoever has opened no session since then is forgotten: as long as it counted it
    /// is told as away.
    pub fn forgotten(&self, now: Micros) -> Micros {
        self.away(self.away(now))
    }

    /// [`Self::answers_days`] as a duration.
    pub fn answers(&self) -> Duration {
        Duration::from_secs(self.answers_days * 24 * 60 * 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_settings_are_allowed() {
        Policy::default().check().expect("within their ranges");
    }

    #[test]
    fn however_long_a_look_took_the_next_one_comes() {
        let rest = |seconds| Policy::default().quarantine_rest(Duration::from_secs_f64(seconds));
        assert_eq!(rest(0.001), Duration::from_secs(1));
        assert_eq!(rest(0.3), Duration::from_secs(3));
        assert_eq!(rest(9.0), Duration::from_secs(5));
    }

    #[test]
    fn a_keep_alive_that_comes_too_late_for_the_lease_is_refused() {
        let check = |lease_seconds, keep_alive_millis| {
            Policy { lease_seconds, keep_alive_millis, ..Policy::default() }.check()
        };
        check(2, 1_000).expect("twice in a lease");
        for (lease, pause) in [(30, 60_000), (30, 15_001), (1, 1_000)] {
            let error = check(lease, pause).expect_err("too late");
            assert_eq!(error.violations()[0].field, "keep_alive_millis");
            assert!(error.message().contains(&format!("lease_seconds = {lease}")), "{error}");
        }
    }
}
