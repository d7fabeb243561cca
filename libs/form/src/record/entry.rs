//! The kinds that sources send to the registry, as one.

use mpp_api::{
    Document,
    registry::{Counter, Mall, Service, Unit},
    sync::{Record, record::Body},
    text,
};
use mpp_core::{Error, FieldCode, FieldViolation, Result};

use super::{Checked, RecordChange};
use crate::{counter, mall, screen, unit};

/// A record of a kind that sources send to the registry.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "it lies in a box")]
pub enum Entry {
    /// A service of a unit's catalog.
    Service(Service),
    /// A body, or a part of one.
    Unit(Unit),
    /// A mall, as far as its organiser says it.
    Mall(Mall),
    /// A counter of a mall.
    Counter(Counter),
}

impl Entry {
    /// The record that was checked, without its id.
    pub(super) fn to_record(&self, name: &str) -> Record {
        let above = |between: &str| {
            name.split_once(between).map(|(above, _)| above.to_owned()).unwrap_or_default()
        };
        let (unit, parent, body) = match self {
            Self::Service(one) => (above("/services/"), String::new(), Body::Service(one.clone())),
            Self::Unit(one) => (String::new(), String::new(), Body::UnitRecord(one.clone())),
            Self::Mall(one) => (String::new(), String::new(), Body::Mall(one.clone())),
            Self::Counter(one) => (String::new(), above("/counters/"), Body::Counter(one.clone())),
        };
        // It was looked at when it came.
        Record { unit, parent, body: Some(body), confirmed: true, ..Record::default() }
    }
}

/// The fields that the registry decides, name and publisher.
type Decided<D> = fn(&mut D) -> (&mut String, &mut String);

/// Checks a unit that a source sends.
pub(super) fn unit(given: Unit, name: String, source: &str) -> Result<Checked> {
    let given = decided(given, |one| (&mut one.name, &mut one.source), (&name, source))?;
    unit::check(&given).map_err(in_record)?;
    Ok(Checked { name, item: RecordChange::Put(Box::new(Entry::Unit(given))) })
}

/// Checks a mall that a source sends.
pub(super) fn mall(given: Mall, name: String, source: &str) -> Result<Checked> {
    let given = decided(given, |one| (&mut one.name, &mut one.source), (&name, source))?;
    mall::check(&given)?;
    Ok(Checked { name, item: RecordChange::Put(Box::new(Entry::Mall(given))) })
}

/// Checks a counter that a source sends.
pub(super) fn counter(given: Counter, name: String, source: &str) -> Result<Checked> {
    let given = decided(given, |one| (&mut one.name, &mut one.source), (&name, source))?;
    counter::check(&given)?;
    Ok(Checked { name, item: RecordChange::Put(Box::new(Entry::Counter(given))) })
}

/// The record with its texts cleaned, named and with its publisher; what answers add is cleared.
fn decided<D: Document>(
    mut given: D,
    fields: Decided<D>,
    (name, source): (&str, &str),
) -> Result<D> {
    let field = field(D::KIND);
    given.strip();
    let (own_name, publisher) = fields(&mut given);
    if !own_name.is_empty() && own_name != name {
        let text = format!("must be empty or {name}");
        return Err(Error::field(format!("{field}.name"), FieldCode::Name, text));
    }
    name.clone_into(own_name);
    source.clone_into(publisher);
    let mut faults = text::clean(&mut given, field);
    faults.extend(screen::broken(&mut given, field));
    if faults.is_empty() { Ok(given) } else { Err(Error::fields(faults)) }
}

/// The field of a record that holds a kind: `unit` names the unit of a service.
fn field(kind: &'static str) -> &'static str {
    if kind == Unit::KIND { "unit_record" } else { kind }
}

/// The faults of a unit, as fields of its record.
fn in_record(error: Error) -> Error {
    let named = |fault: &FieldViolation| {
        let below = fault.field.strip_prefix("unit.");
        let field = below.map_or_else(|| fault.field.clone(), |rest| format!("unit_record.{rest}"));
        FieldViolation { field, ..fault.clone() }
    };
    Error::fields(error.violations().iter().map(named).collect())
}

#[cfg(test)]
mod tests {
    use mpp_api::types::LocalizedText;

    use super::*;
    use crate::record::{asked, check, source_id};

    const SOURCE: &str = "sources/pemkab";

    fn named(text: &str) -> Option<LocalizedText> {
        Some(LocalizedText { id: text.into(), en: String::new() })
    }

    fn unit_record(source_id: &str) -> Record {
        let unit = Unit {
            display_name: named("Dinas Kependudukan"),
            kind: mpp_api::registry::unit::Kind::Office.into(),
            parent: "units/pemkab".into(),
            source: "sources/another".into(),
            etag: "7".into(),
            ..Unit::default()
        };
        let body = Some(Body::UnitRecord(unit));
        Record { source_id: source_id.into(), body, ..Record::default() }
    }

    fn counter_record(parent: &str) -> Record {
        let counter = Counter {
            display_name: named("Dukcapil"),
            unit: "units/dukcapil".into(),
            regime: mpp_api::registry::counter::Regime::CivilService.into(),
            ticket_prefix: "DC".into(),
            ..Counter::default()
        };
        let (source_id, parent) = ("dukcapil".into(), parent.into());
        let body = Some(Body::Counter(counter));
        Record { source_id, parent, body, ..Record::default() }
    }

    fn fields(record: Record) -> Vec<String> {
        let error = check(record, SOURCE).expect_err("it is wrong");
        error.violations().iter().map(|fault| fault.field.clone()).collect()
    }

    #[test]
    fn each_kind_is_named_by_its_id_and_by_what_it_lies_in() {
        assert_eq!(asked(&unit_record("dukcapil")), "units/dukcapil");
        let mall = Record { body: Some(Body::Mall(Mall::default())), ..unit_record("bwi") };
        assert_eq!(asked(&mall), "malls/bwi");
        assert_eq!(asked(&counter_record("malls/bwi")), "malls/bwi/counters/dukcapil");
        assert_eq!(source_id("malls/bwi/counters/dukcapil"), "malls/bwi/counters/dukcapil");
        assert_eq!(source_id("units/pemkab/services/kk"), "kk");
    }

    #[test]
    fn the_registry_decides_name_and_publisher_and_what_waits_is_what_was_checked() {
        for record in [unit_record("dukcapil"), counter_record("malls/bwi")] {
            let checked = check(record, SOURCE).expect("a good record");
            assert_eq!(check(checked.to_record(), SOURCE).expect("good"), checked);
        }
        let checked = check(unit_record("dukcapil"), SOURCE).expect("a good record");
        let RecordChange::Put(entry) = checked.item else { panic!("a put") };
        let Entry::Unit(unit) = *entry else { panic!("a unit") };
        assert_eq!((unit.source.as_str(), unit.etag.as_str()), (SOURCE, ""));
    }

    #[test]
    fn a_record_of_another_form_is_refused_with_its_field() {
        assert_eq!(fields(counter_record("")), ["parent"]);
        assert_eq!(fields(counter_record("units/bwi")), ["parent"]);
        let below = Record { unit: "units/a".into(), ..unit_record("dukcapil") };
        assert_eq!(fields(below), ["unit"]);
        let nameless = Record { body: Some(Body::UnitRecord(Unit::default())), ..unit_record("x") };
        assert_eq!(fields(nameless), ["unit_record.display_name.id", "unit_record.kind"]);
        let mut other = unit_record("dukcapil");
        if let Some(Body::UnitRecord(unit)) = &mut other.body {
            unit.name = "units/another".into();
        }
        assert_eq!(fields(other), ["unit_record.name"]);
    }
}
