//! The feeds of other services.

pub mod registry;
