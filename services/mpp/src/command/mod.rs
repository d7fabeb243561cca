//! What the client commands do: one module for each command or group of commands.

pub mod agent;
pub mod deviations;
pub mod doctor;
pub mod get;
pub mod hours;
pub mod list;
pub mod queue;
pub mod report;
pub mod search;
pub mod slots;
pub mod source;
pub mod token;
pub mod watch;
