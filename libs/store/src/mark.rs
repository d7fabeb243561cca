//! A position in the feed: a revision and the mark that it bears.
//!
//! Every revision gets a random mark in the statement that draws it. A database that was restored,
//! forked or copied, and then written on, gives the same numbers out again but never the same
//! marks, on whichever cluster or folder it lies. A switchover, and a failover that lost nothing,
//! keep the marks, so that nobody starts again needlessly.

use mpp_core::{Error, Reason, Result};

/// A revision and its mark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Marked {
    pub revision: i64,
    pub mark: i64,
}

impl Marked {
    /// The position before the first change, where all databases are alike: empty.
    pub const START: Self = Self { revision: 0, mark: 0 };

    /// Whether a follower that has everything up to here can go on in a database that needs
    /// positions from `floor` on and whose revision of this number bears the mark `there`; `None`
    /// where it has no such revision.
    ///
    /// # Errors
    /// `REVISION_COMPACTED` below the floor; `LINEAGE_CHANGED` if the mark is another one, or
    /// the revision lies above the head.
    pub fn check(self, floor: i64, there: Option<i64>) -> Result<()> {
        if self.revision < floor {
            return Err(compacted(self.revision, floor));
        }
        // Only the start has no row, or a floor whose row an earlier program has deleted.
        let has_place = there.is_some() || self.revision == floor;
        if has_place && there.unwrap_or_default() == self.mark {
            return Ok(());
        }
        Err(lineage_changed())
    }
}

/// The refusal of a position that is older than the feed's floor.
pub(crate) fn compacted(revision: i64, floor: i64) -> Error {
    let message =
        format!("revision {revision} is below the floor {floor}; start again with initial_state");
    Error::new(Reason::RevisionCompacted, message)
}

/// The refusal of a read that waits for a revision which this history does not have.
pub fn revision_lost(revision: i64, head: i64) -> Error {
    let message = format!(
        "no write has the revision {revision}: the database stands at {head}, so it was restored \
         since, or the revision is another service's; read without min_revision, and write again \
         what is missing"
    );
    Error::new(Reason::LineageChanged, message)
}

/// The refusal of a position in another history than the database's own.
pub(crate) fn lineage_changed() -> Error {
    Error::new(
        Reason::LineageChanged,
        "the database was restored since, or is another one; start again with initial_state",
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    /// A database: the marks of its revisions, from its floor on.
    #[derive(Clone, Debug, Default)]
    struct Database {
        marks: BTreeMap<i64, i64>,
        floor: i64,
        /// Everything that was written, to compare with what a follower has.
        log: Vec<i64>,
    }

    impl Database {
        fn head(&self) -> Marked {
            let last = self.marks.last_key_value();
            last.map_or(Marked::START, |(revision, mark)| Marked {
                revision: *revision,
                mark: *mark,
            })
        }

        /// A transaction, which draws the next number; some numbers are lost to rollbacks.
        fn write(&mut self, lost: i64, mark: i64) {
            self.marks.insert(self.head().revision + 1 + lost, mark);
            self.log.push(mark);
        }

        fn compact(&mut self, back: usize) {
            let Some(floor) = self.marks.keys().rev().nth(back).copied() else { return };
            self.floor = floor;
            self.marks = self.marks.split_off(&floor);
        }

        fn check(&self, at: Marked) -> Result<()> {
            at.check(self.floor, self.marks.get(&at.revision).copied())
        }
    }

    #[derive(Clone, Debug)]
    enum Step {
        Write {
            lost: i64,
        },
        Compact(usize),
        Copy,
        /// One of the copies takes the database's place: a restore, a fork, a promotion.
        Restore(usize),
        /// The follower takes in whatever is there.
        Follow,
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            8 => (0..3i64).prop_map(|lost| Step::Write { lost }),
            1 => (0..4usize).prop_map(Step::Compact),
            2 => Just(Step::Copy),
            2 => (0..4usize).prop_map(Step::Restore),
            3 => Just(Step::Follow),
        ];
        prop::collection::vec(step, 1..40)
    }

    proptest! {
        #[test]
        fn a_position_is_good_exactly_where_all_before_it_is_what_the_follower_has(steps in steps()) {
            let mut database = Database::default();
            let mut copies = vec![database.clone()];
            let (mut held, mut seen) = (Marked::START, Vec::new());
            // Marks as they are drawn: none comes twice.
            for (step, mark) in steps.into_iter().zip(1000..) {
                match step {
                    Step::Write { lost } => database.write(lost, mark),
                    Step::Compact(back) => database.compact(back),
                    Step::Copy => copies.push(database.clone()),
                    Step::Restore(which) => database = copies[which % copies.len()].clone(),
                    Step::Follow => (held, seen) = (database.head(), database.log.clone()),
                }
                let is_same = database.log.starts_with(&seen);
                match database.check(held).map_err(|error| error.reason()) {
                    Ok(()) => prop_assert!(is_same, "{held:?} passes in {database:?}"),
                    Err(Reason::RevisionCompacted) => prop_assert!(held.revision < database.floor),
                    Err(Reason::LineageChanged) => prop_assert!(!is_same, "{held:?} in {database:?}"),
                    Err(other) => prop_assert!(false, "{other:?}"),
                }
            }
        }
    }

    #[test]
    fn the_start_is_good_until_the_first_compaction() {
        let mut database = Database::default();
        assert!(database.check(Marked::START).is_ok());
        database.write(0, 7);
        assert!(database.check(Marked::START).is_ok());
        database.compact(0);
        let error = database.check(Marked::START).expect_err("compacted");
        assert_eq!(error.reason(), Reason::RevisionCompacted);
        assert!(database.check(database.head()).is_ok(), "the last revision always stays");
    }
}
