//! The rules of reporting, pure: events to rows ([`project`]), rows to the [`Nation`] in memory,
//! and that to a report ([`report`]).

mod catalog_change;
mod client;
mod coverage;
mod deviations;
mod event;
mod facts;
mod mall;
mod message;
mod nation;
mod project;
#[cfg(test)]
mod properties;
mod published;
mod question;
mod rebuilt;
mod report;
mod rows;
mod source;
mod stage;
mod wording;

pub use catalog_change::{ChangeRecord, change_records};
pub use event::{Event, Upstream};
pub use facts::NOT_IN_MEMORY;
pub use mall::mall_detail;
pub use nation::{FeedState, InboxPlace, Nation, News, Pace};
pub use project::project;
pub use question::Question;
pub use rebuilt::{differences, differing, digest, value};
pub use report::report;
pub use rows::{FORM, Key, Rows, Written};

use mpp_api::{Document as _, reporting::CatalogChange};

/// The kinds of record that reporting keeps.
pub const KINDS: &[&str] = &[CatalogChange::KIND];
