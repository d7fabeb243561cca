//! The messages that are records of a feed, and the names of their kinds.

use mpp_core::{Label, can_begin_id};
use prost::{Message, Name};
use sha2::{Digest as _, Sha256};

use crate::{
    registry::{
        Counter, LifeEvent, Mall, Offering, Region, Service, Standard, StandardLink, Unit, Window,
    },
    reporting::CatalogChange,
    scheduling::{Appointment, Deviation, HoursRule, Ticket},
    sync::Source,
    text::Texts,
};

/// A message that a feed carries as the whole record.
///
/// A record is stored and fed without the fields that answers add: etag and times, which its row
/// knows, and what is worked out from other records. Those change without a change of this record,
/// so a copy of them would be wrong without a word of it.
pub trait Document: Message + Texts + Name + Default + Clone + Send + Sync + 'static {
    /// The kind of record, as filters name it.
    const KIND: &'static str;
    /// The collections that its names lie in, the outermost first: `malls`, `counters`.
    const COLLECTIONS: &'static [&'static str];
    /// The fields that answers add.
    const ADDED: &'static [&'static str];

    /// Empties the fields that answers add: the record as it is stored and fed.
    fn strip(&mut self);
}

macro_rules! documents {
    ($($message:ty => $kind:literal in form $number:literal
        named [$outer:literal $(, $inner:literal)*] $(with $single:literal)?,
        filed under [$($label:ident),*], answers add [$($added:ident),*];)*) => {
        $(impl Document for $message {
            const KIND: &'static str = $kind;
            const COLLECTIONS: &'static [&'static str] = &[$outer $(, $inner)*];
            const ADDED: &'static [&'static str] = &[$(stringify!($added)),*];

            fn strip(&mut self) {
                $(self.$added = Default::default();)*
            }
        })*

        /// All kinds of record that the contract has.
        pub const KINDS: &[&str] = &[$($kind),*];

        /// The type URL of a kind's documents; `None` for a kind that no message has.
        pub fn type_url(kind: &str) -> Option<String> {
            match kind {
                $($kind => Some(<$message>::type_url()),)*
                _ => None,
            }
        }

        /// Whether bytes are a message of a kind; true for a kind that this program does not know,
        /// which is a newer one's.
        pub fn is_readable(kind: &str, doc: &[u8]) -> bool {
            match kind {
                $($kind => <$message>::decode(doc).is_ok(),)*
                _ => true,
            }
        }

        /// The form of a kind's names, such as `malls/{id}/counters/{id}`.
        pub fn form(kind: &str) -> &'static str {
            match kind {
                $($kind => concat!(
                    $outer, "/{id}" $(, "/", $inner, "/{id}")* $(, "/", $single)?
                ),)*
                _ => "",
            }
        }

        /// The number of the form in which this program writes the records of a kind. It grows
        /// whenever the stored message gains a field, also in a message within it, or the kind a
        /// label, so that an older program rewrites no record in which it would lose something;
        /// see [`crate::forms`].
        pub fn form_number(kind: &str) -> i64 {
            match kind {
                $($kind => $number,)*
                _ => 0,
            }
        }

        /// The fields that answers add to a kind's records; the feed has none of them.
        pub fn added(kind: &str) -> &'static [&'static str] {
            match kind {
                $($kind => <$message as Document>::ADDED,)*
                _ => &[],
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
    Region => "region" in form 1 named ["regions"],
        filed under [Region], answers add [];
    Unit => "unit" in form 4 named ["units"],
        filed under [Agency, Overridden, Region, Source, Unit], answers add [etag, create_time, update_time];
    Mall => "mall" in form 4 named ["malls"],
        filed under [Mall, Organiser, Overridden, Region, Source],
        answers add [stage, time_zone, etag, create_time, update_time];
    Counter => "counter" in form 4 named ["malls", "counters"],
        filed under [Agency, Counter, Mall, Overridden, Region, Source, Unit],
        answers add [etag, create_time, update_time];
    Window => "window" in form 1 named ["malls", "counters", "windows"],
        filed under [Counter, Mall, Region], answers add [etag, create_time, update_time];
    Service => "service" in form 3 named ["units", "services"],
        filed under [Agency, Category, Overridden, Source, Unit],
        answers add [etag, create_time, update_time];
    Offering => "offering" in form 2 named ["malls", "counters", "offerings"],
        filed under [Agency, Counter, Mall, Region, Service, State, Unit],
        answers add [effective_fees, service_title, service_state, etag, create_time, update_time];
    Standard => "standard" in form 2 named ["standards"],
        filed under [Agency, Category, Standard, Unit],
        answers add [etag, create_time, update_time];
    StandardLink => "standard_link" in form 3 named ["units", "services", "links"],
        filed under [Agency, Service, Standard, State, Unit],
        answers add [
            service_title, standard_title, standard_example, etag, create_time, update_time
        ];
    LifeEvent => "life_event" in form 1 named ["lifeEvents"],
        filed under [Agency, Unit],
        answers add [leads_nowhere, etag, create_time, update_time];
    Source => "source" in form 8 named ["sources"],
        filed under [Source, Unit], answers add [etag];
    HoursRule => "hours_rule" in form 3 named ["hoursRules"],
        filed under [Counter, Mall, Overridden, Region, Source, Target],
        answers add [etag, create_time, update_time];
    Deviation => "deviation" in form 1 named ["malls", "counters"] with "deviation",
        filed under [Counter, Date, Mall, Region], answers add [];
    Appointment => "appointment" in form 1 named ["malls", "appointments"],
        filed under [Counter, Date, Mall, Region], answers add [code, create_time, update_time];
    Ticket => "ticket" in form 1 named ["malls", "tickets"],
        filed under [Counter, Date, Mall, Region], answers add [];
    CatalogChange => "catalog_change" in form 2 named ["catalogChanges"],
        filed under [Service, Unit], answers add [unit_name];
}

/// The kind that a name is of, by its form; `None` for none of the contract's.
pub fn kind_of(name: &str) -> Option<&'static str> {
    let parts: Vec<&str> = name.split('/').collect();
    let is_id = |part: &str| !part.is_empty() && part != "-";
    let fits = |own: &str, part: &str| if own == "{id}" { is_id(part) } else { own == part };
    KINDS.iter().copied().find(|kind| {
        let form: Vec<&str> = form(kind).split('/').collect();
        form.len() == parts.len() && form.iter().zip(&parts).all(|(own, part)| fits(own, part))
    })
}

/// True if a name of this form can begin with `prefix`.
pub fn can_begin_with(form: &str, prefix: &str) -> bool {
    let parts: Vec<&str> = prefix.split('/').collect();
    let mut wanted = form.split('/');
    parts.iter().enumerate().all(|(at, part)| {
        let last = at + 1 == parts.len();
        wanted.next().is_some_and(|own| match own {
            "{id}" => can_begin_id(part) && (last || !["", "-"].contains(part)),
            own => own == *part || (last && own.starts_with(part)),
        })
    })
}

/// Bytes of a document's digest in its etag.
const DIGEST: usize = 6;

/// The etag of a record: its version, and a digest of the document as it is stored.
///
/// A database that was restored and written on reaches the same version again with other content:
/// with the version alone, a client that has read the lost content would overwrite one that it has
/// never seen. The same version of the same content can be overwritten without loss.
pub fn etag(version: i64, document: &[u8]) -> String {
    let digest = Sha256::digest(document);
    format!("{version}.{}", mpp_core::hex(&digest[..DIGEST]))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{json, openapi};

    /// The comments of the contract tell readers which fields a copy of the feed does not have.
    #[test]
    fn the_contract_says_of_just_the_fields_that_answers_add_that_the_feed_has_them_not() {
        for kind in KINDS {
            let message = json::descriptor(kind).expect("a kind of the contract");
            let says = |field: &str| {
                let comment = openapi::description(&format!("{}.{field}", message.full_name()));
                comment.contains("ot in the feed")
            };
            let fields = message.fields().map(|field| field.name().to_owned());
            let told: BTreeSet<_> = fields.filter(|field| says(field)).collect();
            let added = added(kind).iter().map(|field| (*field).to_owned());
            assert_eq!(told, added.collect(), "{kind}");
        }
    }

    #[test]
    fn an_etag_tells_the_version_and_what_it_holds() {
        assert_eq!(etag(7, b""), "7.e3b0c44298fc");
        assert_ne!(etag(7, b"one"), etag(7, b"other"), "the same version of two histories");
        assert_ne!(etag(7, b"one"), etag(8, b"one"), "what came back to what it was");
    }

    #[test]
    fn a_name_tells_its_kind() {
        let of = |name: &str| kind_of(name).unwrap_or("none");
        assert_eq!(of("units/a/services/b"), "service");
        assert_eq!(of("malls/a/counters/b/deviation"), "deviation");
        for wrong in ["", "malls", "malls/", "units/a/services", "units//services/b", "x/a"] {
            assert_eq!(of(wrong), "none", "{wrong}");
        }
    }

    #[test]
    fn a_prefix_fits_the_names_that_can_begin_with_it() {
        let counter = form("counter");
        for prefix in ["", "m", "malls/", "malls/banyu", "malls/a/counters", "malls/a/counters/"] {
            assert!(can_begin_with(counter, prefix), "{prefix}");
        }
        let others = ["malls/a%", "malls//counters", "malls/a\u{200b}", "malls/a b"];
        let elsewhere =
            ["mall/", "malls/a/windows", "malls/a/counters/b/", "units/", "/malls", "*"];
        for prefix in elsewhere.into_iter().chain(others) {
            assert!(!can_begin_with(counter, prefix), "{prefix}");
        }
    }
}
