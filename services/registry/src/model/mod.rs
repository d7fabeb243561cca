//! The rules of the registry, pure: no clock, no I/O.
//!
//! A record passes two gates. Its *form* is checked alone ([`unit::check`], [`mall::check`], …),
//! with every wrong field told at once. What it *refers* to is then read, and [`region`], [`tree`]
//! and [`mall`] say whether it fits; that is the state's matter, not the message's.
//!
//! To add a record: write its check here, its rules in `app/`, and its methods in `grpc/`.

mod check;
pub mod checkpoint;
pub mod counter;
pub mod mall;
pub mod offering;
pub mod region;
pub mod service;
pub mod source;
pub mod tree;
pub mod unit;
pub mod values;

pub use check::{Check, parse_date};

/// Longest name, title or source's words, in characters.
const SHORT: usize = 500;
/// Longest paragraph, such as one requirement, in characters.
const LONG: usize = 4_000;
