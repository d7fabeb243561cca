//! The client commands, one module for each command or group of commands.

pub mod accept;
pub mod agent;
pub mod apply;
pub mod backup;
pub mod conform;
pub mod delete;
pub mod deviations;
pub mod doctor;
pub mod get;
pub mod hand_back;
pub mod history;
pub mod hours;
pub mod list;
pub mod quarantine;
pub mod queue;
pub mod repair;
pub mod report;
pub mod restore;
pub mod search;
pub mod slots;
pub mod syncing;
pub mod template;
pub mod token;
pub mod undo;
pub mod upload;
pub mod watch;
