//! How a mall is reached, and what visitors find in it.

use std::sync::Arc;

use maud::{Markup, html};
use mpp_api::{
    registry::mall::Facility,
    types::{Contact, contact::Kind},
};

use crate::{
    components::{Look, link},
    pages::PageSection,
    upstream::Records,
    words::{contract, indonesian, table as words},
};

/// The mall's contacts, as lines beside its address.
pub fn contacts(look: Look, records: &Records) -> Markup {
    let contacts = records.mall.as_ref().map(|mall| mall.contacts.as_slice()).unwrap_or_default();
    html! { @for way in contacts { (contact(look, way)) } }
}

fn contact(look: Look, way: &Contact) -> Markup {
    let Some(kind) = contract::contact(way.kind()) else { return html! {} };
    html! {
        dt { (look.of(kind)) @if !way.label.is_empty() { " (" (indonesian(&way.label, look.lang)) ")" } }
        dd { (address(way)) }
    }
}

/// A number or mailbox, as a link that a telephone acts on.
fn address(way: &Contact) -> Markup {
    let digits: String =
        way.value.chars().filter(|sign| sign.is_ascii_digit() || *sign == '+').collect();
    match way.kind() {
        Kind::Telephone => html! { a href={ "tel:" (digits) } { (way.value) } },
        Kind::Email => html! { a href={ "mailto:" (way.value) } { (way.value) } },
        Kind::Website | Kind::Social => link(&way.value),
        Kind::Whatsapp | Kind::Unspecified => html! { (way.value) },
    }
}

/// The facilities that the mall names for its visitors; empty if it names none.
pub fn facilities(look: Look, records: &Records) -> Arc<PageSection> {
    let facilities =
        records.mall.as_ref().map(|mall| mall.facilities.as_slice()).unwrap_or_default();
    PageSection::new(
        "facilities",
        html! {
            @if !facilities.is_empty() { section #facilities aria-labelledby="facilities-title" {
                h2 #facilities-title { (look.of(words::FACILITIES)) (look.mark()) }
                ul { @for facility in facilities { li { (facility_line(look, facility)) } } }
                p.help { (look.of(words::FACILITIES_HELP)) }
            } }
        },
    )
}

fn facility_line(look: Look, facility: &Facility) -> Markup {
    let note = indonesian(&facility.note, look.lang);
    match (contract::facility(facility.kind()), facility.note.is_empty()) {
        (Some(kind), true) => html! { (look.of(kind)) },
        (Some(kind), false) => html! { (look.of(kind)) ": " (note) },
        (None, _) => note,
    }
}
