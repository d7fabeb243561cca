//! The rules of scheduling: pure, no clock, no I/O.

pub mod applicant;
pub mod appointment;
pub mod conflict;
pub mod date;
pub mod deviation;
pub mod room;
pub mod schedule;
pub mod scope;
pub mod slot;
pub mod sold;
pub mod standing;
pub mod ticket;
pub mod words;

use mpp_api::{
    Document,
    scheduling::{Appointment, Deviation, HoursRule, Ticket},
    sync::Source,
};

/// The kinds of record that scheduling keeps; for a source this is its accounting here.
pub const KINDS: &[&str] =
    &[HoursRule::KIND, Deviation::KIND, Appointment::KIND, Ticket::KIND, Source::KIND];
