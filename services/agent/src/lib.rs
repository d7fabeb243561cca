//! The agent: it runs beside a ministry's own system, reads it, maps it and syncs it in.
//!
//! ```text
//! app/      run: tries until all is answered; session: what is sent when, what counts as gone;
//!           check: a mapping tried without a registry; propose: a first one of an unseen source;
//!           template, upload: a workbook for offices without a system, and its way back
//! model/    screen: error values, trials, bundles; difference: known, new, twice or gone;
//!           batch: as much as the registry takes at once; mapping: the jq program and its
//!           readers of Indonesian texts; guess: which column holds what; tally: the accounting;
//!           template: its headings, each for one field
//! source/   each read on a thread of its own. tables/: CSV and workbooks; pages/: JSON over HTTP;
//!           folders/: several such files, and how an edit is noticed; sql/: databases; whole/:
//!           whether what came is all; fault: a source that cannot be read at all
//! store/    what was answered, in an SQLite file
//! registry.rs
//!           the stream to the registry, as its client
//! metrics.rs
//!           what an agent tells of its runs
//! policy.rs numbers of a source that an operator may question
//! ```
//! Arrows run down only: `app → source, registry, store → model`.
//!
//! A run reads the whole source and sends what the registry has not answered yet, record by record:
//! the state keeps a digest of every answered record with the checkpoint of its answer. That makes
//! every run the same, whether it is the first, one after a change, or one after a kill:
//!
//! - a record whose bytes were answered before is not sent again;
//! - an answer that was lost on the way is asked for again and comes back as "unchanged";
//! - a registry restored to an older state does not know the checkpoint, by its mark even where it
//!   was written on since; the agent then trusts no answer that it knows of.
//!
//! Where a database names the rows that have changed, only those are read (`app/session/part.rs`):
//! a part, after which nothing counts as gone or as fresh; what is not plain is read as a whole.
//!
//! If everything would have to be sent, both sides compare first (`mpp_form::reconcile`): the
//! records wait in a file (`app/spool.rs`), and only those that the registry does not have so are
//! sent.
//!
//! A mapping yields `mpp.sync.v1.Record` as proto3 JSON, read by `mpp_api::json`: the agent knows
//! no field of a record, so that a new field of the contract costs it nothing. Services go to the
//! registry and hours rules to scheduling: what differs by that, a record's name and the rules of
//! its form, is in `model/destination.rs`, and an agent feeds one of the two. "The registry" stands
//! here for whichever it feeds.
//!
//! A part of a source never passes for the whole. Rows that could not be read or mapped are counted
//! and told at the end of the session; if the source's extent itself is not known (a stray quote, a
//! page that is missing, a login page, far fewer records than before), the session ends as
//! incomplete with the reason, so that registry and page tell it, nothing counts as gone, and the
//! source does not look fresh. A source's fault is never told as the registry's.
//!
//! Rejected: a log of read positions. It is smaller, but files and paged APIs have no position that
//! survives an edit, and a record changed behind the position would be missed.

#![forbid(unsafe_code)]

mod app;
mod metrics;
pub mod model;
pub mod policy;
mod registry;
pub mod source;
mod store;

pub use app::{
    check::{Checked, check},
    plan::{Event, Run, RunOutcome, Why},
    preview::{Previewed, preview},
    propose::{Proposed, Wanted, propose, sample},
    returned::until_back,
    run::run,
    template::template,
    upload::{Upload, Uploaded, may_publish, open as open_upload, unit_of},
};
pub use metrics::{METRICS, Vitals};
pub use model::{
    destination::Destination,
    difference::OF_OTHERS,
    foreseen::{Changes, ForeseenRecord, Goes, Gone},
    functions::{FUNCTIONS, Function},
    guess::{Above, PlaceKind},
    problem::Problem,
    tally::Tally,
    template::{Lang as TemplateLang, Placed},
    withdraw::Withdraw,
};
pub use mpp_form::record::is_place;
pub use policy::Policy;
pub use registry::is_of_registry;
pub use source::{
    Access, Ask, Changed, CsvFile, Database, Edited, Folder, Input, Lists, Next, Noticed, Pages,
    Remembered, Secret, Server, Setting, Tls, Watch, Way, Workbook, is_remote, lists, pattern,
    sheets,
};
pub use store::Store;
