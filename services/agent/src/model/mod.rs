//! The agent's rules: pure, no I/O.

pub mod absence;
pub mod batch;
pub mod called;
pub mod column_letters;
pub mod declared;
pub mod destination;
pub mod difference;
pub mod filled;
pub mod foreseen;
pub mod functions;
pub mod guess;
mod heading;
mod jq_fault;
pub mod keys;
pub mod lacking;
mod locate;
pub mod mapping;
pub mod moment;
pub mod problem;
pub mod screen;
pub mod tally;
pub mod template;
pub mod text;
pub mod told;
pub mod unread;
pub mod withdraw;
mod wording;
