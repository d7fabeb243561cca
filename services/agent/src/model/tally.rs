//! The accounting of a run.

use mpp_api::sync::Outcome;
use mpp_core::{Error, FieldCode};
use mpp_form::record::is_place;

/// Counts a run's records.
///
/// read = sent + known + invalid + suspicious + duplicate; sent = applied + unchanged + rejected +
/// quarantined once every batch is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Records that the source and the mapping yielded.
    pub read: i64,
    /// Not sent: the registry has answered the same bytes before.
    pub known: i64,
    /// Not sent: unreadable, the mapping failed, or larger than a batch may be.
    pub invalid: i64,
    /// Not sent: it looks like a trial.
    pub suspicious: i64,
    /// Not sent: the id came before in the same source.
    pub duplicate: i64,
    /// Of the duplicates, those that say something else than the first of their id.
    pub differing: i64,
    /// Rows that repeat the heading; they are no records and not among `read`.
    pub headings: i64,
    /// Fees and times that are published as they are written, since they could not be read.
    pub not_read: i64,
    /// Answered in an earlier run, no longer in the source, and still in the registry.
    pub missing: i64,
    /// Of those, units, malls and counters, which stay whatever is withdrawn.
    pub missing_places: i64,
    /// Of the others, those that this configuration has never sent: they are not its to take out.
    pub missing_others: i64,
    /// Of the rest, those that another client may feed by now: they go where they are named.
    pub missing_shared: i64,
    /// Sent to the registry.
    pub sent: i64,
    /// Answered: stored as new or changed.
    pub applied: i64,
    /// Answered: already stored just so.
    pub unchanged: i64,
    /// Answered: refused, with a reason.
    pub rejected: i64,
    /// Taken out of the index on the publisher's word; not among `sent`.
    pub withdrawn: i64,
    /// Units, malls and counters that the source no longer publishes; they stay in the index. Not
    /// among `sent`.
    pub given_back: i64,
    /// Not withdrawn, since it is still in the source or was never held.
    pub not_withdrawn: i64,
    /// Answered: kept for a later try.
    pub quarantined: i64,
}

/// "one row", "7 rows": for texts to people.
pub fn some(count: impl TryInto<u64>, one: &str, many: &str) -> String {
    match count.try_into() {
        Ok(1) => format!("one {one}"),
        Ok(count) => format!("{count} {many}"),
        Err(_) => many.to_owned(),
    }
}

impl Tally {
    /// Rows that were not read or are held back: nobody knows what they hold.
    pub fn unread(&self) -> i64 {
        self.invalid + self.suspicious
    }

    /// Rows of which the registry is told only the number: what they say is not published. A row
    /// that repeats another word for word holds nothing else.
    pub fn unpublished(&self) -> i64 {
        self.unread() + self.differing
    }

    /// Counts a record whose id came before.
    pub(crate) fn count_duplicate(&mut self, differs: bool) {
        self.duplicate += 1;
        self.differing += i64::from(differs);
    }

    /// Counts a record that could not be read, mapped or sent.
    pub(crate) fn count_unread(&mut self, error: &Error) {
        let is_trial = error.violations().iter().any(|field| field.code == FieldCode::Suspicious);
        *(if is_trial { &mut self.suspicious } else { &mut self.invalid }) += 1;
    }

    /// Counts the wordings that were not read, among the remarks on a record that was taken.
    pub(crate) fn count_notes(&mut self, notes: &[Error]) {
        let is_wording = |error: &&Error| {
            error.violations().iter().any(|field| field.code == FieldCode::NotRead)
        };
        let wordings = notes.iter().filter(is_wording).count();
        self.not_read += i64::try_from(wordings).unwrap_or(i64::MAX);
    }

    /// Counts the answer to a delete of the record of this id; true if it was carried out.
    pub(crate) fn count_withdrawal(&mut self, id: &str, outcome: Outcome) -> bool {
        let is_done = matches!(outcome, Outcome::Applied | Outcome::Unchanged);
        let (done, place) = (i64::from(is_done), i64::from(is_done && is_place(id)));
        self.given_back += place;
        self.withdrawn += done - place;
        self.missing = (self.missing - done).max(0);
        self.missing_places = (self.missing_places - place).max(0);
        let left = self.missing - self.missing_places - self.missing_others;
        self.missing_shared = self.missing_shared.min(left.max(0));
        is_done
    }

    pub(crate) fn count_answer(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Applied => self.applied += 1,
            Outcome::Unchanged => self.unchanged += 1,
            Outcome::Quarantined => self.quarantined += 1,
            Outcome::Rejected | Outcome::Unspecified => self.rejected += 1,
        }
    }
}

/// Records that have gone, as many as a message names; `mpp agent problems` lists them all.
const NAMED: usize = 10;

/// The first of them, and how many others there are.
pub fn named(ids: &[&str]) -> String {
    let first = &ids[..ids.len().min(NAMED)];
    match ids.len() - first.len() {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_withdrawn_stays_nowhere() {
        let mut tally = Tally { missing: 3, missing_places: 1, ..Tally::default() };
        assert!(tally.count_withdrawal("ktp", Outcome::Applied));
        assert!(!tally.count_withdrawal("kk", Outcome::Rejected));
        assert_eq!((tally.missing, tally.withdrawn), (2, 1));
        assert!(tally.count_withdrawal("malls/wa/counters/c3", Outcome::Applied));
        assert_eq!((tally.missing, tally.missing_places), (1, 0));
        assert_eq!((tally.withdrawn, tally.given_back), (1, 1), "a place stays");
    }
}
