//! Which messages are records of a feed, and what their kinds are called.

use mpp_core::Label;
use prost::{Message, Name};

use crate::{
    registry::{Counter, Mall, Offering, Region, Service, Unit, Window},
    scheduling::{Appointment, Deviation, HoursRule, Ticket},
    sync::Source,
    text::Texts,
};

/// A message that a feed carries as the whole record.
///
/// The stored bytes leave out what the store itself knows: etag and times are zeroed before
/// encoding and set again from the record's row on the way out.
pub trait Document: Message + Texts + Name + Default + Clone + Send + Sync + 'static {
    /// The kind of record, as filters name it.
    const KIND: &'static str;
}

macro_rules! documents {
    ($($message:ty => $kind:literal in form $number:literal named $form:literal,
        filed under [$($label:ident),*];)*) => {
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

        /// The form of a kind's names, such as `malls/{id}/counters/{id}`.
        pub fn form(kind: &str) -> &'static str {
            match kind {
                $($kind => $form,)*
                _ => "",
            }
        }

        /// The number of the form in which this program writes the records of a kind. It grows
        /// whenever the stored message gains a field, also in a message within it, so that a
        /// program of before rewrites no record whose fields it would lose; see [`crate::forms`].
        pub fn form_number(kind: &str) -> i64 {
            match kind {
                $($kind => $number,)*
                _ => 0,
            }
        }

        /// The labels that records of a kind bear; no other label finds one.
        pub fn labels(kind: &str) -> &'static [Label] {
            match kind {
                $($kind => &[$(Label::$label),*],)*
                _ => &[],
            }
        }
    };
}

documents! {
    Region => "region" in form 1 named "regions/{id}", filed under [Region];
    Unit => "unit" in form 1 named "units/{id}", filed under [Agency, Region, Unit];
    Mall => "mall" in form 1 named "malls/{id}", filed under [Mall, Organiser, Region];
    Counter => "counter" in form 1 named "malls/{id}/counters/{id}",
        filed under [Agency, Counter, Mall, Region, Unit];
    Window => "window" in form 1 named "malls/{id}/counters/{id}/windows/{id}",
        filed under [Counter, Mall, Region];
    Service => "service" in form 1 named "units/{id}/services/{id}",
        filed under [Agency, Category, Overridden, Source, Unit];
    Offering => "offering" in form 1 named "malls/{id}/counters/{id}/offerings/{id}",
        filed under [Agency, Counter, Mall, Region, Service, State, Unit];
    Source => "source" in form 2 named "sources/{id}", filed under [Source, Unit];
    HoursRule => "hours_rule" in form 1 named "hoursRules/{id}", filed under [Mall, Target];
    Deviation => "deviation" in form 1 named "malls/{id}/counters/{id}/deviation",
        filed under [Counter, Date, Mall, Region];
    Appointment => "appointment" in form 1 named "malls/{id}/appointments/{id}",
        filed under [Counter, Date, Mall, Region];
    Ticket => "ticket" in form 1 named "malls/{id}/tickets/{id}",
        filed under [Counter, Date, Mall, Region];
}

/// True where a name of this form can begin with `prefix`.
pub fn can_begin_with(form: &str, prefix: &str) -> bool {
    let parts: Vec<&str> = prefix.split('/').collect();
    let mut wanted = form.split('/');
    parts.iter().enumerate().all(|(at, part)| {
        let last = at + 1 == parts.len();
        wanted
            .next()
            .is_some_and(|own| own == "{id}" || own == *part || (last && own.starts_with(part)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_fits_the_names_that_can_begin_with_it() {
        let counter = form("counter");
        for prefix in ["", "m", "malls/", "malls/banyu", "malls/a/counters", "malls/a/counters/"] {
            assert!(can_begin_with(counter, prefix), "{prefix}");
        }
        for prefix in ["mall/", "malls/a/windows", "malls/a/counters/b/", "units/", "/malls", "*"] {
            assert!(!can_begin_with(counter, prefix), "{prefix}");
        }
    }
}
