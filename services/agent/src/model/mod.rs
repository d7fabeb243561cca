//! The agent's rules: pure, no I/O.

pub mod batch;
pub mod difference;
mod fee;
pub mod mapping;
pub mod problem;
pub mod tally;
mod text;
mod time;
