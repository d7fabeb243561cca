//! The agent's rules: pure, no I/O.

pub mod batch;
pub mod difference;
mod fee;
mod jq_fault;
pub mod mapping;
pub mod problem;
pub mod tally;
pub mod text;
mod time;
