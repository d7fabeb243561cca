//! The agent's rules: pure, no I/O.

pub mod batch;
pub mod difference;
pub mod helper;
mod jq_fault;
mod locate;
pub mod mapping;
pub mod problem;
pub mod screen;
pub mod tally;
pub mod text;
mod wording;
