//! The agent's rules: pure, no I/O.

pub mod batch;
pub mod difference;
mod jq_fault;
pub mod mapping;
pub mod problem;
pub mod tally;
pub mod text;
mod wording;
