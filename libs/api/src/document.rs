//! Which messages are records of a feed, and what their kinds are called.

use prost::{Message, Name};

use crate::{
    registry::{Counter, Mall, Offering, Region, Service, Unit, Window},
    scheduling::{Appointment, Deviation, HoursRule, Ticket},
    sync::Source,
};

/// A message that a feed carries as the whole record.
///
/// The stored bytes leave out what the store itself knows: etag and times are zeroed before
/// encoding and set again from the record's row on the way out.
pub trait Document: Message + Name + Default + Clone + Send + Sync + 'static {
    /// The kind of record, as filters name it.
    const KIND: &'static str;
}

macro_rules! documents {
    ($($message:ty => $kind:literal),* $(,)?) => {
        $(impl Document for $message { const KIND: &'static str = $kind; })*

        /// All kinds of record that the contract has.
        pub const KINDS: &[&str] = &[$($kind),*];

        /// The type URL of a kind's documents; `None` for a kind that no message has.
        pub fn type_url(kind: &str) -> Option<String> {
            match kind {
                $($kind => Some(<$message>::type_url()),)*
                _ => None,
            }
        }
    };
}

documents! {
    Region => "region",
    Unit => "unit",
    Mall => "mall",
    Counter => "counter",
    Window => "window",
    Service => "service",
    Offering => "offering",
    Source => "source",
    HoursRule => "hours_rule",
    Deviation => "deviation",
    Appointment => "appointment",
    Ticket => "ticket",
}
