//! SQL, and nothing else: one text for both databases.

pub mod booking;
pub mod erase;
pub mod queue;
pub mod upstream;
