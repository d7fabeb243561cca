//! The input of a run, and its events.

use std::{collections::BTreeSet, path::PathBuf, time::Duration};

use mpp_api::sync::{Record, Summary, incomplete};
use mpp_core::{Error, Micros, Reason, Result, hex};
use sha2::{Digest as _, Sha256};

use crate::{
    model::{
        absence::Rule,
        problem::Problem,
        tally::{Tally, some},
        withdraw::Withdraw,
    },
    policy::Policy,
    source::{Input, Way},
};

/// The source to sync, and where the state is kept.
#[derive(Clone, Debug)]
pub struct Run {
    /// The source's name, such as "sources/kemendagri".
    pub source: String,
    /// The input to read.
    pub input: Input,
    /// How it is mapped.
    pub way: Way,
    /// The agent's state, an SQLite file.
    pub state: PathBuf,
    /// Take the lease from a session whose holder is known to be gone.
    pub take_over: bool,
    /// Take the run for complete although many records have gone from the source.
    pub accept_missing: bool,
    /// Let records move to other units although they are many.
    pub accept_moves: bool,
    /// Compare all records with the registry's, even if nothing contradicts what is known.
    pub reconcile: bool,
    /// Records that have gone from the source are withdrawn from the index by the run.
    pub withdraw: Withdraw,
    /// Only the rows of these keys are read, which the database has named as changed; where that
    /// does not do, all are.
    pub rows: Option<BTreeSet<String>>,
    /// The numbers of this source.
    pub policy: Policy,
}

impl Run {
    /// The name that a record of the source asks for.
    pub(super) fn name_of(&self, record: &Record) -> String {
        self.way.destination.name_of(&self.source, record)
    }

    /// The name of this configuration among those that feed the source, for a state that has none
    /// yet: the same again where its state was lost. The mapping is no part of it, since an edit
    /// makes no other client. All uploads of workbooks are one client.
    pub(super) fn client(&self) -> String {
        if self.is_upload() {
            return "upload".to_owned();
        }
        let state = std::path::absolute(&self.state).unwrap_or_else(|_| self.state.clone());
        let all = format!("{}\n{}", state.display(), self.input.own());
        let stem = self.state.file_stem().unwrap_or_default().to_string_lossy();
        let stem: String =
            stem.chars().filter(|one| one.is_alphanumeric() || *one == '-').collect();
        let stem: String = stem.chars().take(40).collect();
        format!("{stem}-{:.8}", hex(&Sha256::digest(all)))
    }

    /// A workbook that is uploaded: what the registry holds of the source is its own, and no state
    /// says so.
    pub(super) fn is_upload(&self) -> bool {
        matches!(self.input, Input::Template(_))
    }

    /// How records that have left the source go by themselves.
    pub(crate) fn absence(&self) -> Rule {
        let hours = Micros::try_from(self.policy.withdraw_absent_hours).unwrap_or(Micros::MAX);
        Rule {
            grace: (hours > 0).then(|| hours.saturating_mul(3_600_000_000)),
            max_percent: self.policy.max_absent_percent,
            few: self.policy.max_missing_records,
        }
    }
}

/// An event of a run under way.
#[derive(Clone, Debug)]
pub enum Event {
    /// A batch was answered.
    Progress(Tally),
    /// All records were compared with those of the registry.
    Compared {
        /// Why they were.
        why: Why,
        /// Records of the source.
        records: usize,
        /// How many of them the registry does not have in this form.
        differ: usize,
        /// Records of the registry that the source does not have.
        gone: usize,
    },
    /// The registry could not be reached; the next try comes after the time given.
    Retrying {
        /// The error that ended it.
        error: String,
        /// The time until the next try.
        wait: Duration,
    },
}

/// Why a run compares all records with the registry's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Nothing is known of earlier runs, and the registry holds records of the source.
    Lost,
    /// The agent's state differs from what the registry holds.
    Doubted,
    /// The mapping or its functions have changed, or the registry wants all records again.
    Changed,
    /// It was asked for.
    Asked,
}

impl Why {
    /// In words for the source's keeper.
    pub fn reason_text(self) -> &'static str {
        match self {
            Self::Lost => {
                "the agent's state holds nothing of earlier runs (it is new, was lost or is \
                 another's), and the index holds records of this source"
            }
            Self::Doubted => {
                "the agent's state does not fit what the index holds of this source: records were \
                 redriven or undone since, or one of the two was restored or changed by another hand"
            }
            Self::Changed => {
                "the mapping has changed since the last run, or how a newer program reads with it, or \
                 the index asks for all records again"
            }
            Self::Asked => "it was asked for",
        }
    }
}

/// How a run ended.
#[derive(Debug, Default)]
pub struct RunOutcome {
    /// This run's records.
    pub tally: Tally,
    /// The registry's own accounting.
    pub summary: Summary,
    /// The first records that were refused or could not be sent, and remarks.
    pub problems: Vec<Problem>,
    /// How many rows and records were refused.
    pub refused: i64,
    /// How many records stand as waiting for something else, such as their unit.
    pub waiting: i64,
    /// Ids of the records that were withdrawn, and of places that were given back.
    pub withdrawn: Vec<String>,
    /// All that the source no longer has is of other kinds than what was read.
    pub gone_of_others: bool,
    /// Why the source's whole extent is not known; the run is then not complete.
    pub lack: Option<Error>,
    /// The same as a word of the contract.
    pub lacks: Option<incomplete::Reason>,
    /// Records that have left the source and go by themselves, each at a time that is told.
    pub announced: i64,
    /// Bytes that waited in a file to be compared.
    pub spooled: u64,
    /// Only rows that the database has named were read: the run says nothing of the whole.
    pub part: bool,
}

impl RunOutcome {
    /// Whether all is well, for an exit status.
    ///
    /// # Errors
    /// The source's fault, if it was not whole; else that records were refused, or wait.
    pub fn verdict(self, source: &str) -> Result<()> {
        match (self.lack, unanswered(self.refused, self.waiting)) {
            (Some(lack), _) => Err(lack),
            (None, Some(text)) => {
                Err(Error::new(Reason::RecordsRefused, format!("{source}: {text}")))
            }
            (None, None) => Ok(()),
        }
    }
}

/// Rows and records that are not in the index: refused, or waiting for something else.
pub(super) fn unanswered(refused: i64, waiting: i64) -> Option<String> {
    let refusal = || some(refused, "row or record was refused", "rows or records were refused");
    let wait = || some(waiting, "record waits", "records wait");
    match (refused, waiting) {
        (0, 0) => None,
        (_, 0) => Some(refusal()),
        (0, _) => Some(wait()),
        _ => Some(format!("{}, and {}", refusal(), wait())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_was_not_refused() {
        assert_eq!(unanswered(0, 0), None);
        assert_eq!(unanswered(0, 5).as_deref(), Some("5 records wait"));
        assert_eq!(unanswered(1, 0).as_deref(), Some("one row or record was refused"));
        let both = unanswered(2, 1);
        assert_eq!(both.as_deref(), Some("2 rows or records were refused, and one record waits"));
    }
}
