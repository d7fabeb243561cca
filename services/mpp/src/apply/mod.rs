//! Records from files, made or brought to what the files say; also what seeds the demo.
//!
//! ```text
//! read         files → JSON values, each with its place
//! record       a value → a record of its kind; all faults of all files before anything is sent
//! order        records in levels: each after those that it names
//! step         one record: get, compare, create or update
//! difference   what changes, field by field
//! ```
//! Not one transaction: each record is a write of its own, since they lie in two services and need
//! different roles. So it says what became of each, leaves out what needs one that was refused,
//! and can be run again.

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
pub use record::{Record, records};

/// Calls under way at once.
const AT_ONCE: usize = 16;

/// How records are applied.
#[derive(Clone, Copy, Default)]
pub struct Options {
    /// Only say what would change.
    pub dry_run: bool,
    /// Leave alone what exists, however it differs.
    pub keep_existing: bool,
}

/// What became of a record, or would become of it in a dry run.
#[derive(Debug)]
pub enum Outcome {
    /// Made; in a dry run false where the service could not check it yet, since it names records
    /// that are still to be made.
    Created {
        /// True where the service has seen it.
        checked: bool,
    },
    /// These fields changed.
    Updated(Vec<Change>),
    /// It was so already.
    Unchanged,
    /// The service refused this call: Get, Create or Update.
    Refused { verb: &'static str, error: Error },
    /// It was not sent, and why.
    Left(String),
}

/// A record and what became of it.
pub struct Applied<'a> {
    pub record: &'a Record,
    pub outcome: Outcome,
}

/// Applies the records, each after those that it names, and tells of each in that order.
pub async fn apply(
    records: &[Record],
    services: &Records<'_>,
    options: Options,
    tell: &mut dyn FnMut(Applied<'_>),
) {
    let mut run =
        Run { services, options, new: BTreeSet::new(), lost: BTreeSet::new(), away: None };
    for level in order::levels(records) {
        let outcomes = stream::iter(level.iter().map(|record| run.one(record)));
        let outcomes: Vec<Outcome> = outcomes.buffered(AT_ONCE).collect().await;
        for (record, outcome) in level.into_iter().zip(outcomes) {
            run.note(record, &outcome);
            tell(Applied { record, outcome });
        }
    }
}

struct Run<'a> {
    services: &'a Records<'a>,
    options: Options,
    /// Made in this run, or in a dry run to be made.
    new: BTreeSet<String>,
    /// Refused or left out.
    lost: BTreeSet<String>,
    /// Why nothing more is sent: a service cannot be reached, or does not know the caller.
    away: Option<String>,
}

impl Run<'_> {
    async fn one(&self, record: &Record) -> Outcome {
        if let Some(why) = &self.away {
            return Outcome::Left(why.clone());
        }
        if let Some(lost) = record.names.iter().find(|name| self.lost.contains(*name)) {
            return Outcome::Left(format!("needs {lost}, which was not applied"));
        }
        let names_new = record.names.iter().any(|name| self.new.contains(name));
        step::Step { services: self.services, options: self.options, names_new }.run(record).await
    }

    fn note(&mut self, record: &Record, outcome: &Outcome) {
        let name = record.name.clone();
        match outcome {
            Outcome::Created { .. } => drop(self.new.insert(name)),
            Outcome::Refused { error, .. } => {
                self.lost.insert(name);
                if matches!(error.code(), Code::Unavailable | Code::Unauthenticated) {
                    self.away = Some("nothing more was sent".into());
                }
            }
            Outcome::Left(_) => drop(self.lost.insert(name)),
            Outcome::Updated(_) | Outcome::Unchanged => {}
        }
    }
}
