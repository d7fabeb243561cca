//! Records from files, created or updated to match; the demo is seeded by the same code.
//!
//! ```text
//! read         files → JSON values, each with its place
//! record       a value → a record of its kind; all faults of all files before anything is sent
//! order        records in levels: each after those that it names
//! step         one record: get, compare, create or update
//! difference   the changes, field by field
//! ```
//! This is not one transaction: each record is a write of its own, since the records lie in two
//! services and need different roles. So the outcome of each is told, a record that names a refused
//! one is not sent, and the same files can be applied again.

mod difference;
mod order;
mod read;
mod record;
mod step;

use std::collections::BTreeSet;

use futures::{StreamExt as _, stream};
use mpp_core::{Code, Error};

use crate::record::Records;

pub use difference::Change;
pub use read::{from_file, from_text};
pub use record::{RecordToApply, records};

/// Calls under way at once. SQLite has one writer: more calls would only wait, and on a busy
/// machine beyond their deadline.
const AT_ONCE: usize = 4;

/// How records are applied.
#[derive(Clone, Copy, Default)]
pub struct Options<'a> {
    /// Change nothing; only tell which records would change.
    pub dry_run: bool,
    /// Leave existing records alone, however they differ.
    pub keep_existing: bool,
    /// The reason for an update that overrides a source's fields.
    pub reason: &'a str,
}

/// The outcome for a record; in a dry run, the outcome that it would have.
#[derive(Debug)]
pub enum ApplyOutcome {
    /// It did not exist.
    Created {
        /// False in a dry run where the service could not check it yet, since it names records
        /// that are still to be created.
        checked: bool,
    },
    /// These fields changed.
    Updated(Vec<Change>),
    /// It held the same already.
    Unchanged,
    /// The service refused this call: Get, Create or Update.
    Refused { verb: &'static str, error: Error },
    /// It was not sent, and why.
    Left(String),
}

/// A record and its outcome.
pub struct Applied<'a> {
    pub record: &'a RecordToApply,
    pub outcome: ApplyOutcome,
}

/// Applies the records, each after those that it names, and tells of each in that order.
pub async fn apply(
    records: &[RecordToApply],
    services: &Records<'_>,
    options: Options<'_>,
    tell: &mut dyn FnMut(Applied<'_>),
) {
    let mut run =
        Run { services, options, new: BTreeSet::new(), lost: BTreeSet::new(), away: None };
    for level in order::levels(records) {
        let outcomes = stream::iter(level.iter().map(|record| run.one(record)));
        let outcomes: Vec<ApplyOutcome> = outcomes.buffered(AT_ONCE).collect().await;
        for (record, outcome) in level.into_iter().zip(outcomes) {
            run.note(record, &outcome);
            tell(Applied { record, outcome });
        }
    }
}

struct Run<'a> {
    services: &'a Records<'a>,
    options: Options<'a>,
    /// Created in this run; in a dry run, still to be created.
    new: BTreeSet<String>,
    /// Refused or not sent.
    lost: BTreeSet<String>,
    /// Why nothing more is sent: a service cannot be reached, or does not know the caller.
    away: Option<String>,
}

impl Run<'_> {
    async fn one(&self, record: &RecordToApply) -> ApplyOutcome {
        if let Some(why) = &self.away {
            return ApplyOutcome::Left(why.clone());
        }
        if let Some(lost) = record.names.iter().find(|name| self.lost.contains(*name)) {
            return ApplyOutcome::Left(format!("needs {lost}, which was not applied"));
        }
        let names_new = record.names.iter().any(|name| self.new.contains(name));
        step::ApplyStep { services: self.services, options: self.options, names_new }
            .run(record)
            .await
    }

    fn note(&mut self, record: &RecordToApply, outcome: &ApplyOutcome) {
        let name = record.name.clone();
        match outcome {
            ApplyOutcome::Created { .. } => drop(self.new.insert(name)),
            ApplyOutcome::Refused { error, .. } => {
                self.lost.insert(name);
                if matches!(error.code(), Code::Unavailable | Code::Unauthenticated) {
                    self.away = Some("nothing more was sent".into());
                }
            }
            ApplyOutcome::Left(_) => drop(self.lost.insert(name)),
            ApplyOutcome::Updated(_) | ApplyOutcome::Unchanged => {}
        }
    }
}
