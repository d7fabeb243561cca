//! The rules of reporting, pure: events to rows ([`project`]), rows to memory ([`State`]), memory to
//! a report ([`report`]).

mod coverage;
mod event;
mod facts;
mod found;
mod mall;
mod project;
#[cfg(test)]
mod properties;
mod published;
mod question;
mod report;
mod rows;
mod stage;
mod state;
mod wording;

pub use coverage::province_of;
pub use event::{Event, Upstream};
pub use facts::{MallRow, Text};
pub use found::mall_deviations;
pub use mall::mall_detail;
pub use project::project;
pub use published::{OwnCount, Published, published};
pub use question::Question;
pub use report::{report, text};
pub use rows::{Key, Rows, Written};
pub use stage::valid;
pub use state::{FeedState, State, below};
pub use wording::grouped;
