//! The rules of reporting, pure: events to rows ([`project`]), rows to memory ([`State`]), memory to
//! a report ([`report`]).

mod coverage;
mod event;
mod facts;
mod project;
#[cfg(test)]
mod properties;
mod published;
mod report;
mod rows;
mod stage;
mod state;
mod wording;

pub use coverage::province_of;
pub use event::{Event, Upstream};
pub use facts::{ChangeRow, CounterRow, DeviationRow, MallRow, RegionRow, Text};
pub use project::{mall_of, project};
pub use published::{OwnCount, Published, own_count, published};
pub use report::{Question, report, text};
pub use rows::{Key, Rows, Written};
pub use stage::{AsOf, Standing, region_as_of, stage_name, standings, valid};
pub use state::{FeedState, State, below};
pub use wording::grouped;
