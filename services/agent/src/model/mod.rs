//! What the agent makes of a source's records: pure, no I/O.

pub mod mapping;
pub mod record;
pub mod text;
