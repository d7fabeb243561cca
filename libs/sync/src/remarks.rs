//! Remarks for the publisher on records that were accepted as they came.

use std::collections::HashSet;

use mpp_api::{
    sync::{BatchResult, Outcome},
    types::Warning,
};
use mpp_core::FieldViolation;
use mpp_form::record::{Checked, RecordChange};
use mpp_resource::{
    handler::{not_there_yet, warning},
    memory::View as _,
};
use prost::Message as _;

use crate::{own, plan::Plan, session::Session, syncs::Syncs};

/// Most warnings of one record: whoever has more mends the mapping, which the first ten show.
const MAX_WARNINGS: usize = 10;
/// Most bytes of all warnings of an answer: clients take 4 MiB, and the answers need room, too.
const MAX_WARNED_BYTES: usize = 1024 * 1024;

impl<S: Syncs> Session<S> {
    /// Adds to each answer which records its record names that do not exist, nor came with it, and
    /// which of its lists say that they are not whole.
    pub(super) fn add_remarks(&self, plan: &Plan<S::Doc>, result: &mut BatchResult) {
        let state = self.service.memory().read();
        let came: HashSet<&str> = plan.waiting.iter().map(|(_, one)| one.name.as_str()).collect();
        let is_there = |name: &str| {
            came.contains(name)
                || self
                    .would_be_there(name)
                    .unwrap_or_else(|| own::row::<S::Doc>(state.records(), name).is_some())
        };
        for (index, checked) in &plan.waiting {
            let answer = &mut result.results[*index];
            if matches!(answer.outcome(), Outcome::Applied | Outcome::Unchanged) {
                answer.warnings.extend(missing::<S>(checked, is_there));
            }
        }
    }
}

/// Leaves warnings out that would make an answer too large to be read, and says how many.
pub(super) fn bound_warnings(result: &mut BatchResult) {
    let mut left = MAX_WARNED_BYTES;
    for answer in &mut result.results {
        let mut kept = Vec::new();
        let mut others = std::mem::take(&mut answer.warnings).into_iter();
        for warning in others.by_ref() {
            let fits = kept.len() < MAX_WARNINGS && warning.encoded_len() <= left;
            if !fits {
                let message = format!("and {} more of this record, not listed", others.len() + 1);
                kept.push(Warning { field: String::new(), code: warning.code, message });
                break;
            }
            left -= warning.encoded_len();
            kept.push(warning);
        }
        answer.warnings = kept;
    }
}

fn missing<S: Syncs>(checked: &Checked<S::Doc>, is_there: impl Fn(&str) -> bool) -> Vec<Warning> {
    let found: Vec<FieldViolation> = match &checked.item {
        RecordChange::Put(record) => S::remarks(record, is_there),
        RecordChange::Delete(tombstone) => {
            let name = tombstone.successor.as_str();
            let missing = !name.is_empty() && !is_there(name);
            missing.then(|| not_there_yet("delete.tombstone.successor", name)).into_iter().collect()
        }
    };
    found.into_iter().map(warning).collect()
}

#[cfg(test)]
mod tests {
    use mpp_api::sync::RecordResult;

    use super::*;

    fn warned(warnings: usize) -> RecordResult {
        let message = "units/a/services/kk does not exist yet".repeat(4);
        let one = Warning { field: "service".into(), code: "NOT_THERE_YET".into(), message };
        RecordResult { warnings: vec![one; warnings], ..RecordResult::default() }
    }

    #[test]
    fn an_answer_stays_small_enough_to_be_read_and_says_what_it_leaves_out() {
        let mut result = BatchResult {
            results: (0..10_000).map(|_| warned(100)).collect(),
            ..BatchResult::default()
        };
        bound_warnings(&mut result);
        assert!(result.encoded_len() < 4 * 1024 * 1024, "{}", result.encoded_len());
        let first = &result.results[0].warnings;
        assert_eq!((first.len(), first[10].code.as_str()), (11, "NOT_THERE_YET"));
        assert!(first[10].message.starts_with("and 90 more"), "{}", first[10].message);
        let last = &result.results[9_999].warnings;
        assert!(last[0].message.starts_with("and 100 more"), "{}", last[0].message);
        let mut few = BatchResult { results: vec![warned(2)], ..BatchResult::default() };
        bound_warnings(&mut few);
        assert_eq!(few.results[0].warnings.len(), 2);
    }
}
