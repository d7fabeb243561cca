//! The rules of the registry, pure: no clock, no I/O.
//!
//! A record passes two gates. Its *form* is checked alone ([`unit::check`], [`mall::check`], …),
//! with every wrong field told at once. The records that it *refers* to are then read, and
//! [`region`], [`tree`] and [`mall`] say whether they fit; that is the state's matter, not the
//! message's.
//!
//! To add a kind of record: write its check here and name it in [`KINDS`]; its rules stand in
//! `app/`, its methods in `grpc/`.

mod check;
pub mod checkpoint;
pub mod counter;
pub mod fee;
pub mod mall;
pub mod offering;
pub mod place;
pub mod provenance;
pub mod region;
pub mod service;
pub mod source;
pub mod time;
pub mod tree;
pub mod unit;
pub mod values;

use mpp_api::{
    Document,
    registry::{Counter, Mall, Offering, Region, Service, Unit, Window},
    sync::Source,
};

pub use check::{Check, parse_date};

/// Longest name, title or source's words, in characters.
const SHORT: usize = 500;
/// Longest paragraph, such as one requirement, in characters.
const LONG: usize = 4_000;

/// The kinds of record that the registry keeps: in memory, and with every version.
pub const KINDS: &[&str] = &[
    Region::KIND,
    Unit::KIND,
    Mall::KIND,
    Counter::KIND,
    Window::KIND,
    Service::KIND,
    Offering::KIND,
    Source::KIND,
];
