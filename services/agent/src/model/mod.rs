//! What the agent makes of a source's records: pure, no I/O.

mod fee;
pub mod mapping;
pub mod record;
mod text;
mod time;
