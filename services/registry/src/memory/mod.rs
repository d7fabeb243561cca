//! The directory and the catalog in this replica's memory, and what search is told of them.

mod index;
mod state;

pub use index::{SearchListener, searchable, updates};
pub use mpp_resource::memory::{Memory, Row, Stored};
pub use state::State;
