//! The form of the contract's records: rules that need nothing but the record itself.
//!
//! The registry refuses a record by these rules, and an agent that tries a mapping without a
//! registry judges by the same ones ([`record::check`]): what passes there is not refused for its
//! form here. Whether the records that one refers to exist, and who may write, is the registry's
//! own matter.
//!
//! Texts that no person has written are refused here, too ([`screen`]), so that agents and clients
//! that push are held to the same.
//!
//! Rejected: asking a registry for a preview. People who write a mapping often have none at hand,
//! and two sets of rules, one for trying and one for real, would drift apart.

#![forbid(unsafe_code)]

pub mod announced;
mod check;
mod contact;
pub mod counter;
pub mod dates;
pub mod day;
pub mod fee;
pub mod held;
pub mod hours_rule;
pub mod life_event;
pub mod limits;
pub mod localized;
pub mod mall;
pub mod markup;
mod place;
pub mod reconcile;
pub mod record;
pub mod screen;
pub mod service;
pub mod stage;
pub mod standard;
pub mod time;
pub mod tombstone;
pub mod unit;

pub use check::{Check, parse_date};
pub use contact::contacts;
pub use localized::localized;
