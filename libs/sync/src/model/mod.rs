//! The rules of federation, pure: no clock, no I/O.

pub mod checkpoint;
pub mod clients;
pub mod contested;
pub mod ending;
pub mod fair;
pub mod forms;
pub mod lease;
pub mod lies;
pub mod preview;
pub mod quarantine;
#[cfg(test)]
mod searched;
