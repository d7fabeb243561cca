//! What services refer to: regions, offices, the counters of malls, terms.

use mpp_api::{
    registry::{Counter, Region, Unit},
    types::{Contact, contact::Kind},
};
use oxrdf::{Literal, NamedNode};

use super::{Names, concept, localized, named};
use crate::{
    graph::Node,
    surroundings::Surroundings,
    vocabulary::{
        CHANNEL, CONTACT_PAGE, CONTACT_POINT, DESCRIPTION, DOCUMENT, EMAIL, HAS_CONTACT_POINT,
        INDONESIA, LOCATION, PREF_LABEL, PUBLIC_ORGANISATION, RUPIAH, SPATIAL, TELEPHONE, TYPE,
    },
};

/// What services refer to, each once.
pub fn surroundings<'a>(
    names: &'a Names,
    around: &'a Surroundings,
) -> impl Iterator<Item = Node> + 'a {
    let regions = around.regions.values().map(|region| place(names, region));
    // A region whose code has ended is in no list, and records of its time still name it.
    let ended = around.regions_not_listed();
    let ended = ended.into_iter().map(|name| named(names.record(name), LOCATION, name));
    let units = around.units.values().flat_map(|unit| office(names, unit));
    let counters = around.counters.values().map(|counter| window(names, counter, around));
    terms(names).into_iter().chain(regions).chain(ended).chain(units).chain(counters)
}

/// Terms of our own, and the one of others that has to be declared where it is used.
fn terms(names: &Names) -> Vec<Node> {
    let own = |(word, id, en): (&str, &str, &str)| concept(names.part(word), id, en);
    let mut terms: Vec<Node> = TERMS.into_iter().map(own).collect();
    terms.push(concept(RUPIAH.into_owned(), "Rupiah Indonesia", "Indonesian rupiah"));
    terms
}

const TERMS: [(&str, &str, &str); 7] = [
    ("served", "dilayani", "served"),
    ("not-served", "tidak dilayani saat ini", "not served now"),
    ("counter", "loket di mal pelayanan publik", "counter in a public service mall"),
    ("online", "daring", "online"),
    ("mobile", "layanan keliling", "mobile service"),
    ("post", "pos", "post"),
    ("telephone", "telepon atau pesan", "telephone or messages"),
];

fn place(names: &Names, region: &Region) -> Node {
    let mut node = named(names.record(&region.name), LOCATION, &region.name);
    node.indonesian(PREF_LABEL, &region.display_name);
    node
}

fn office(names: &Names, unit: &Unit) -> Vec<Node> {
    let mut node = named(names.record(&unit.name), PUBLIC_ORGANISATION, &unit.name);
    match &unit.display_name {
        Some(name) => node.text(PREF_LABEL, name),
        None => node.indonesian(PREF_LABEL, &unit.name),
    }
    if unit.region.is_empty() {
        node.link(SPATIAL, INDONESIA);
    } else {
        node.link(SPATIAL, &names.record(&unit.region));
    }
    let mut parts = Vec::new();
    if !unit.contacts.is_empty() {
        let contact = names.of(&unit.name, "contact", 1);
        node.link(HAS_CONTACT_POINT, &contact);
        parts = reached(contact, &unit.contacts);
    }
    parts.push(node);
    parts
}

/// Ways to reach an office.
fn reached(iri: NamedNode, contacts: &[Contact]) -> Vec<Node> {
    let mut node = Node::new(iri, CONTACT_POINT);
    let mut pages = Vec::new();
    for contact in contacts {
        let value = Literal::new_simple_literal(&contact.value);
        match contact.kind() {
            Kind::Telephone | Kind::Whatsapp => node.literal(TELEPHONE, value),
            Kind::Email => node.literal(EMAIL, value),
            Kind::Website | Kind::Social => {
                if let Ok(address) = NamedNode::new(&contact.value) {
                    node.link(CONTACT_PAGE, &address);
                    pages.push(Node::new(address, DOCUMENT));
                }
            }
            Kind::Unspecified => {}
        }
    }
    pages.push(node);
    pages
}

/// A counter of a mall, as a channel of what it offers.
fn window(names: &Names, counter: &Counter, around: &Surroundings) -> Node {
    let mut node = named(names.record(&counter.name), CHANNEL, &counter.name);
    node.link(TYPE, &names.part("counter"));
    let name = counter.display_name.clone().unwrap_or_default();
    match around.mall_of(&counter.name) {
        Some(mall) => {
            let within = mall.display_name.clone().unwrap_or_default();
            node.text(DESCRIPTION, &localized(&joined(&name.id, &within.id), ""));
            node.link(SPATIAL, &names.record(&mall.region));
        }
        None => node.text(DESCRIPTION, &name),
    }
    node
}

/// "Dukcapil, MPP Banyuwangi".
fn joined(counter: &str, mall: &str) -> String {
    let both = [counter, mall].into_iter().filter(|name| !name.is_empty());
    both.collect::<Vec<_>>().join(", ")
}
