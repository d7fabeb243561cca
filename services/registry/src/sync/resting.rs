//! The records that lie in another one, or refer to it.

use mpp_api::{
    Document as _, document,
    registry::{Counter, LifeEvent, Mall, Service, Standard, Unit},
    sync::Source,
};
use mpp_core::Result;
use mpp_resource::memory::MemoryRow;
use mpp_store::{Change, Label};
use prost::Message as _;

use crate::{memory::RegistryView, model};

/// Kinds that lie in no place and refer to units.
const REFERRING: [&str; 5] =
    [Mall::KIND, Counter::KIND, Standard::KIND, LifeEvent::KIND, Source::KIND];

/// The names of the records that lie in `name` or refer to it.
pub(super) fn on(state: &RegistryView, name: &str) -> Vec<String> {
    match document::kind_of(name) {
        Some(Service::KIND) => on_service(state, name),
        _ => on_place(state, name),
    }
}

/// What a person has said of a service, and where it is on offer.
fn on_service(state: &RegistryView, service: &str) -> Vec<String> {
    let links = state.links_of(service).map(|(name, _)| name);
    links.chain(state.offerings_of(service)).map(|name| name.to_string()).collect()
}

/// For a unit, the records of its offices, catalog and counters, and whatever else is filed under
/// it.
fn on_place(state: &RegistryView, place: &str) -> Vec<String> {
    let below = format!("{place}/");
    let within = model::KINDS.iter().flat_map(|kind| state.records.rows_of(kind, &below));
    let mut names: Vec<String> = within.map(|(name, _)| name.to_string()).collect();
    let refers = |row: &MemoryRow| {
        [Label::Unit, Label::Organiser].into_iter().any(|label| row.label(label) == place)
    };
    for kind in REFERRING {
        let rows = state.records.rows_of(kind, "").filter(|(_, row)| refers(row));
        names.extend(rows.map(|(name, _)| name.to_string()));
    }
    names.extend(units_of(state, place));
    names.extend(sources_of(state, place));
    names
}

/// Whether a version of a record would be among them, of a place.
pub(super) fn lies_in(record: &Change, place: &str) -> Result<bool> {
    if record.kind == Unit::KIND {
        let unit: Unit = record.decode()?;
        return Ok(unit.parent == place || unit.predecessor == place);
    }
    let within = record.name.strip_prefix(place).is_some_and(|rest| rest.starts_with('/'));
    let refers = [Label::Unit, Label::Organiser]
        .into_iter()
        .any(|label| record.labels.get(&label).is_some_and(|value| value == place));
    Ok(within || refers)
}

/// The units right below a unit, and those that have taken its duties over.
fn units_of<'a>(state: &'a RegistryView, place: &'a str) -> impl Iterator<Item = String> + 'a {
    let names_it = move |row: &MemoryRow| {
        let unit = Unit::decode(row.doc.clone()).unwrap_or_default();
        unit.parent == place || unit.predecessor == place
    };
    let units = state.records.rows::<Unit>("").filter(move |(_, row)| names_it(row));
    units.map(|(name, _)| name.to_string())
}

/// The sources that also write what lies below a unit.
fn sources_of<'a>(state: &'a RegistryView, place: &'a str) -> impl Iterator<Item = String> + 'a {
    let names_it = move |row: &MemoryRow| {
        let source = Source::decode(row.doc.clone()).unwrap_or_default();
        source.also_writes.iter().any(|unit| unit == place)
    };
    let sources = state.records.rows::<Source>("").filter(move |(_, row)| names_it(row));
    sources.map(|(name, _)| name.to_string())
}
