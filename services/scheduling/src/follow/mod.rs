//! The feeds that the memory is kept by.

pub mod own_feed;
pub mod registry;
