//! The accounting of a run.

use mpp_api::sync::Outcome;

/// Counts a run's records.
///
/// read = sent + known + invalid + duplicate; sent = applied + unchanged + rejected + quarantined
/// once every batch is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Records that the source and the mapping yielded.
    pub read: i64,
    /// Not sent: the registry has answered the same bytes before.
    pub known: i64,
    /// Not sent: unreadable, the mapping failed, or larger than a batch may be.
    pub invalid: i64,
    /// Not sent: the id came before in the same source.
    pub duplicate: i64,
    /// Answered in an earlier run, and no longer in the source. They stay in the registry.
    pub missing: i64,
    /// Sent to the registry.
    pub sent: i64,
    /// Answered: stored.
    pub applied: i64,
    /// Answered: already stored just so.
    pub unchanged: i64,
    /// Answered: refused, with a reason.
    pub rejected: i64,
    /// Answered: kept for a later try.
    pub quarantined: i64,
}

impl Tally {
    pub(crate) fn count_answer(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Applied => self.applied += 1,
            Outcome::Unchanged => self.unchanged += 1,
            Outcome::Quarantined => self.quarantined += 1,
            Outcome::Rejected | Outcome::Unspecified => self.rejected += 1,
        }
    }
}
