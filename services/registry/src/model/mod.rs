//! The rules of the registry, pure: no clock, no I/O.
//!
//! A record passes two gates. Its *form* is checked alone ([`offering::check`], …; of what sources
//! send in [`mpp_form`], by which agents judge as well), with every wrong field told at once. The
//! records that it *refers* to are then read, and [`region`], [`tree`] and [`mall`] say whether
//! they fit; that is the state's matter, not the message's.
//!
//! To add a kind of record: write its check here, or in [`mpp_form`] where sources send it, and
//! name it in [`KINDS`]; its rules stand in `app/`, its methods in `grpc/`.

pub mod adoption;
pub mod divergence;
pub mod drift;
pub mod explanation;
pub mod likeness;
pub mod mall;
pub mod marks;
pub mod meaning;
pub mod offering;
pub mod process;
pub mod provenance;
pub mod region;
pub mod regulation;
pub mod source;
pub mod tree;

use mpp_api::{
    Document,
    registry::{
        Counter, LifeEvent, Mall, Offering, Region, Service, Standard, StandardLink, Unit, Window,
    },
    sync::Source,
};

pub use mpp_form::{Check, parse_date};

/// The kinds of record that the registry keeps: in memory, and with every version.
pub const KINDS: &[&str] = &[
    Region::KIND,
    Unit::KIND,
    Mall::KIND,
    Counter::KIND,
    Window::KIND,
    Service::KIND,
    Offering::KIND,
    Standard::KIND,
    StandardLink::KIND,
    LifeEvent::KIND,
    Source::KIND,
];
