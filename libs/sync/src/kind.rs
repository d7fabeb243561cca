//! The kinds of record that sources send to a service, as a batch holds them.

use std::fmt::Debug;

use mpp_api::{
    Document as _, document,
    registry::{Service, Unit},
    scheduling::HoursRule,
    sync::{Record, record::Body},
};
use mpp_core::{FieldCode, Result, mall_of, unit_of};
use mpp_form::record::{self, Checked, Entry, hours};

/// The records that sources send to a service: of one kind, or of several.
pub trait Synced: Clone + Debug + PartialEq + Send + Sync + 'static {
    /// Their kinds, in the order in which they are written and undone: each may refer to those
    /// before it.
    const KINDS: &'static [&'static str];

    /// Those of them in which other records lie. The ones that a session has made are undone last,
    /// once nothing rests on them.
    const PLACES: &'static [&'static str] = &[];

    /// The only kind that earlier programs took.
    const ALONE: &'static str;

    /// The name that a record of this source asks for, whatever it holds.
    fn asked(source: &str, record: &Record) -> String;

    /// The source's own id of the record of this name; the name itself, where that alone says which
    /// record it is.
    fn source_id(name: &str) -> &str;

    /// The record that one of this name waits for, which was answered with this code for a field;
    /// empty where only a person's decision helps.
    fn awaited(fault: (FieldCode, &str), name: &str, record: &Record) -> String;

    /// Checks the form of one record of `source`.
    ///
    /// # Errors
    /// Every wrong field; the record is then rejected.
    fn check(record: Record, source: &str) -> Result<Checked<Self>>;

    /// The record that this was read from, as it is kept where it has to wait: checked again, it
    /// gives the same.
    fn to_record(checked: &Checked<Self>) -> Record;

    /// The kind of a name, if it is one of these.
    fn kind_of(name: &str) -> Option<&'static str> {
        document::kind_of(name).filter(|kind| Self::KINDS.contains(kind))
    }
}

impl Synced for Entry {
    const KINDS: &'static [&'static str] = record::KINDS;

    const PLACES: &'static [&'static str] = record::PLACES;

    const ALONE: &'static str = Service::KIND;

    fn asked(_source: &str, record: &Record) -> String {
        record::asked(record)
    }

    fn source_id(name: &str) -> &str {
        record::source_id(name)
    }

    fn awaited((code, field): (FieldCode, &str), name: &str, record: &Record) -> String {
        let awaited = match (code, &record.body) {
            (FieldCode::OwnedByOtherSource | FieldCode::SetByOthers, _) => name,
            (
                FieldCode::UnitNotFound
                | FieldCode::UnitNotOwned
                | FieldCode::Circle
                | FieldCode::TooDeep,
                Some(Body::UnitRecord(unit)),
            ) => awaited_by_unit(field, name, unit),
            (FieldCode::RegionNotFound, Some(body)) => awaited_region(field, body),
            (FieldCode::UnitNotFound, Some(Body::Counter(counter))) => &counter.unit,
            (FieldCode::UnitNotFound | FieldCode::UnitNotOwned, _) => unit_of(name),
            (FieldCode::MallNotFound | FieldCode::MallNotOwned, _) => mall_of(name),
            _ => "",
        };
        awaited.to_owned()
    }

    fn check(record: Record, source: &str) -> Result<Checked<Self>> {
        record::check(record, source)
    }

    fn to_record(checked: &Checked<Self>) -> Record {
        checked.to_record()
    }
}

/// A unit waits for the one that its field names, or to be the source's to write; one that names
/// none above it, to be made.
fn awaited_by_unit<'a>(field: &str, name: &'a str, unit: &'a Unit) -> &'a str {
    match field {
        "unit_record.parent" if unit.parent.is_empty() => name,
        "unit_record.parent" => &unit.parent,
        "unit_record.predecessor" => &unit.predecessor,
        _ => name,
    }
}

/// The region that a field names, of a mall one of those that it serves.
fn awaited_region<'a>(field: &str, body: &'a Body) -> &'a str {
    match body {
        Body::UnitRecord(unit) => &unit.region,
        Body::Mall(mall) => {
            let served = field.strip_prefix("mall.serves_regions[").and_then(|rest| {
                let index: usize = rest.strip_suffix(']')?.parse().ok()?;
                mall.serves_regions.get(index)
            });
            served.unwrap_or(&mall.region)
        }
        _ => "",
    }
}

impl Synced for HoursRule {
    const KINDS: &'static [&'static str] = &[Self::KIND];

    const ALONE: &'static str = Self::KIND;

    /// A rule lies in no unit.
    fn asked(source: &str, record: &Record) -> String {
        match &record.body {
            Some(Body::Delete(delete)) => delete.name.clone(),
            _ => hours::name(source, &record.source_id),
        }
    }

    fn source_id(name: &str) -> &str {
        hours::source_id(name)
    }

    fn awaited((code, _): (FieldCode, &str), name: &str, record: &Record) -> String {
        match (code, &record.body) {
            (
                FieldCode::TargetNotFound | FieldCode::TargetNotOwned,
                Some(Body::HoursRule(rule)),
            ) => rule.target.clone(),
            (FieldCode::OwnedByOtherSource, _) => name.to_owned(),
            _ => String::new(),
        }
    }

    fn check(record: Record, source: &str) -> Result<Checked<Self>> {
        hours::check(record, source)
    }

    fn to_record(checked: &Checked<Self>) -> Record {
        checked.to_record()
    }
}

#[cfg(test)]
mod tests {
    use mpp_api::registry::{Counter, Mall};

    use super::*;
    use crate::model::lies::Lies;

    fn record(body: Body) -> Record {
        Record { body: Some(body), ..Record::default() }
    }

    #[test]
    fn what_waits_names_what_it_waits_for_and_nothing_else_does() {
        let rule = HoursRule { target: "malls/baru".into(), ..HoursRule::default() };
        let unit = Unit { region: "regions/99.01".into(), ..Unit::default() };
        let service = record(Body::Service(Service::default()));
        let (rule, mall) = (record(Body::HoursRule(rule)), record(Body::Mall(Mall::default())));
        let unit = record(Body::UnitRecord(unit));
        for code in FieldCode::ALL {
            let lies = Lies::of(*code);
            let awaited = [
                Entry::awaited((*code, ""), "units/baru/services/akta", &service),
                Entry::awaited((*code, ""), "malls/baru", &mall),
                Entry::awaited((*code, ""), "units/baru", &unit),
                HoursRule::awaited((*code, ""), "hoursRules/mal_libur", &rule),
            ];
            let named = awaited.iter().any(|name| !name.is_empty());
            assert_eq!(lies.waits() && lies != Lies::Person, named, "{code}");
        }
    }

    #[test]
    fn each_kind_waits_for_what_it_lies_in_or_refers_to() {
        let rule = HoursRule { target: "malls/baru".into(), ..HoursRule::default() };
        let rule = record(Body::HoursRule(rule));
        let of = |code| HoursRule::awaited((code, ""), "hoursRules/mal_libur", &rule);
        assert_eq!(of(FieldCode::TargetNotFound), "malls/baru");
        assert_eq!(of(FieldCode::OwnedByOtherSource), "hoursRules/mal_libur");
        let akta = "units/baru/services/akta";
        let service = record(Body::Service(Service::default()));
        let unit = Entry::awaited((FieldCode::UnitNotFound, "unit"), akta, &service);
        assert_eq!(unit, "units/baru");
        let counter = Counter { unit: "units/dukcapil".into(), ..Counter::default() };
        let counter = record(Body::Counter(counter));
        let of = |code| Entry::awaited((code, ""), "malls/bwi/counters/dukcapil", &counter);
        assert_eq!(of(FieldCode::UnitNotFound), "units/dukcapil");
        assert_eq!(of(FieldCode::MallNotOwned), "malls/bwi");
        let unit = Unit {
            parent: "units/pemkab".into(),
            predecessor: "units/lama".into(),
            ..Unit::default()
        };
        let unit = record(Body::UnitRecord(unit));
        let of = |field| Entry::awaited((FieldCode::UnitNotFound, field), "units/baru", &unit);
        assert_eq!(of("unit_record.parent"), "units/pemkab");
        assert_eq!(of("unit_record.predecessor"), "units/lama");
        let agency = record(Body::UnitRecord(Unit::default()));
        let fault = (FieldCode::UnitNotFound, "unit_record.parent");
        assert_eq!(Entry::awaited(fault, "units/negara", &agency), "units/negara");
        let serves_regions = vec!["regions/35.10".to_owned(), "regions/99.01".to_owned()];
        let mall = record(Body::Mall(Mall { serves_regions, ..Mall::default() }));
        let fault = (FieldCode::RegionNotFound, "mall.serves_regions[1]");
        assert_eq!(Entry::awaited(fault, "malls/bwi", &mall), "regions/99.01");
    }
}
