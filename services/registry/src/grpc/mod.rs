//! The wire: each method hands its request on and wraps the answer. Reads and writes of records are
//! those of `mpp_resource::handler`; the filter of each list stands in [`crate::app::lists`].

pub mod catalog;
pub mod directory;
pub mod life_events;
pub mod processes;
pub mod search;
pub mod standards;
pub mod sync;
