//! The outcome of a record, how it is told, and what came of many.

use std::collections::HashMap;

use mpp_api::{sync::Outcome, types::Warning};
use mpp_core::{Error, FieldCode, FieldViolation, Result};
use mpp_form::record::Checked;

use crate::store::waiting::Waiting;

/// A record that passed the checks of its form, with its place in the batch.
pub type WaitingRecord<D> = (usize, Checked<D>);
/// The outcome of a record: `Err` says why it is rejected.
pub type Fate = Result<Taken, FieldViolation>;
/// The outcomes of a batch's records, by their places in it.
pub type Fates = HashMap<usize, Fate>;

/// Records at the most that the answer to a command names.
const MAX_LEFT: usize = 100;
/// Characters of an id as answers repeat it.
const MAX_SHOWN_ID: usize = 100;
/// Characters of a name that are shown; those that are one have fewer.
pub const MAX_SHOWN_NAME: usize = 200;

/// A record that was taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Taken {
    /// Applied or unchanged.
    pub outcome: Outcome,
    /// Remarks on it for its publisher.
    pub warnings: Vec<Warning>,
}

impl From<Outcome> for Taken {
    fn from(outcome: Outcome) -> Self {
        Self { outcome, warnings: Vec::new() }
    }
}

/// A hostile id is not stored whole; a longer one is known by its start.
pub fn shown(source_id: &str) -> String {
    source_id.chars().take(MAX_SHOWN_ID).collect()
}

/// An id by which answers are kept; of a kind that is known by its names, a name.
pub fn shown_key(key: &str) -> String {
    let most = if key.contains('/') { MAX_SHOWN_NAME } else { MAX_SHOWN_ID };
    key.chars().take(most).collect()
}

/// Why a record is rejected.
pub fn fault(field: &str, code: FieldCode, description: &str) -> FieldViolation {
    FieldViolation { field: field.to_owned(), description: description.to_owned(), code }
}

/// Remarks for the publisher on a record that was accepted.
pub fn warning(field: &str, code: FieldCode, message: &str) -> Warning {
    Warning { field: field.to_owned(), code: code.to_string(), message: message.to_owned() }
}

/// Other wrong fields that an answer names at the most.
const MOST_NAMED: usize = 50;

/// The first fault of an error, which is all that an answer has room for; its message names the
/// others.
pub fn first_fault(error: &Error) -> FieldViolation {
    match error.violations() {
        [] => fault("", FieldCode::Format, error.message()),
        [only] => only.clone(),
        [first, others @ ..] => {
            let fields = others.iter().take(MOST_NAMED).map(|other| other.field.as_str());
            let fields: Vec<&str> = fields.collect();
            let description = format!("{}; also wrong: {}", first.description, fields.join(", "));
            FieldViolation { description, ..first.clone() }
        }
    }
}

/// Counts of records that were tried, by outcome.
#[derive(Clone, Debug, Default)]
pub struct Done {
    /// They were taken.
    pub taken: i64,
    /// They go on waiting.
    pub waiting: i64,
    /// They are rejected.
    pub rejected: i64,
    /// How many more records stand rejected than before; negative if they are fewer.
    pub(super) refused: i64,
    /// The outcome and the kind of each, as metrics tell them; only of the last transaction.
    pub(super) kinds: Vec<(&'static str, &'static str)>,
    /// Some of the records that were not taken.
    pub left: Vec<Waiting>,
    /// The revision of the last write.
    pub revision: i64,
}

impl Done {
    /// Records that were tried.
    pub fn tried(&self) -> i64 {
        self.taken + self.waiting + self.rejected
    }

    pub(super) fn add(&mut self, other: Self) {
        self.taken += other.taken;
        self.waiting += other.waiting;
        self.rejected += other.rejected;
        self.refused += other.refused;
        self.revision = self.revision.max(other.revision);
        let room = MAX_LEFT.saturating_sub(self.left.len());
        self.left.extend(other.left.into_iter().take(room));
    }
}
