//! The index in memory, the one thread that writes it, and what it shows.

pub(super) mod doc;
pub(super) mod engine;
pub(super) mod held;
pub(super) mod index;
pub(super) mod names;
pub(super) mod offices;
pub(super) mod table;
pub(super) mod writer;
