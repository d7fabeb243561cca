//! A record that a file gives, of the kind that its name says.

use std::collections::BTreeMap;

use mpp_api::json;
use mpp_core::{Error, FieldCode, FieldViolation, Result};
use prost_reflect::{DynamicMessage, FieldDescriptor, ReflectMessage as _};
use serde_json::Value;

use super::read::GivenRecord;
use crate::record::Kind;

/// Fields that only the service sets; a file that gives them, as `mpp get` prints them, may keep
/// them.
const OF_THE_SERVICE: [&str; 5] = ["name", "etag", "create_time", "update_time", "overrides"];

/// A record to apply.
#[derive(Debug)]
pub struct RecordToApply {
    /// "malls.yaml, record 3".
    pub place: String,
    pub name: String,
    pub kind: &'static Kind,
    pub message: DynamicMessage,
    /// The fields that the file gives.
    pub given: Vec<FieldDescriptor>,
    /// Other records that it names, including those above it.
    pub names: Vec<String>,
}

/// The records that the files give.
///
/// # Errors
/// Every fault of every record, with file, record and path.
pub fn records(given: Vec<GivenRecord>) -> Result<Vec<RecordToApply>> {
    let mut faults = Vec::new();
    let mut records = Vec::new();
    let mut places: BTreeMap<String, String> = BTreeMap::new();
    for given in given {
        match record(given) {
            Ok(record) => {
                let before = places.insert(record.name.clone(), record.place.clone());
                faults.extend(before.map(|before| twice(&record, &before)));
                records.push(record);
            }
            Err(error) => faults.extend(error.violations().iter().cloned()),
        }
    }
    if faults.is_empty() { Ok(records) } else { Err(Error::fields(faults)) }
}

fn twice(record: &RecordToApply, before: &str) -> FieldViolation {
    let description = format!("{} stands in {before} already; give it once", record.name);
    FieldViolation { field: record.place.clone(), description, code: FieldCode::Duplicate }
}

fn record(given: GivenRecord) -> Result<RecordToApply> {
    let GivenRecord { place, value } = given;
    let name = value.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    let kind = Kind::of(&name).map_err(|_| no_name(&place, &value))?;
    let place_and_name = format!("{place} ({name})");
    let writable = kind.method("Create").map_err(|error| {
        let text = format!("cannot be applied: {}", error.message());
        Error::field(&place_and_name, FieldCode::NotAllowed, text)
    });
    writable?;
    let message =
        json::read_dynamic(kind.word, &value).map_err(|error| located(&error, &place_and_name))?;
    let names = names_in(&value, &name);
    Ok(RecordToApply { given: fields_given(&message, &value), place, name, kind, message, names })
}

fn no_name(place: &str, value: &Value) -> Error {
    let found = value.get("name").map_or("nothing".to_owned(), Value::to_string);
    let text = format!(
        "found {found}; give the record's whole name, such as units/dinkes or malls/a/counters/b"
    );
    Error::field(format!("{place}: name"), FieldCode::Name, text)
}

/// The faults with the record's place before the field's path.
fn located(error: &Error, place: &str) -> Error {
    let faults = error.violations().iter().cloned().map(|mut fault| {
        fault.field = format!("{place}: {}", fault.field);
        fault
    });
    Error::fields(faults.collect())
}

fn fields_given(message: &DynamicMessage, value: &Value) -> Vec<FieldDescriptor> {
    let is_given = |field: &FieldDescriptor| {
        let by = |key: &str| value.get(key).is_some_and(|value| !value.is_null());
        by(field.json_name()) || by(field.name())
    };
    let of = message.descriptor();
    let fields = of.fields().filter(is_given);
    fields.filter(|field| !OF_THE_SERVICE.contains(&field.name())).collect()
}

/// Every name that the record holds or lies below.
fn names_in(value: &Value, own: &str) -> Vec<String> {
    let mut names = Vec::new();
    collect(value, &mut names);
    let ends = own.match_indices('/').map(|(end, _)| &own[..end]);
    names.extend(ends.filter(|above| Kind::of(above).is_ok()).map(str::to_owned));
    names.retain(|name| name != own);
    names
}

fn collect(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::String(text) if Kind::of(text).is_ok() => names.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| collect(item, names)),
        Value::Object(fields) => fields.values().for_each(|field| collect(field, names)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apply::from_text;

    fn read(text: &str) -> Result<Vec<RecordToApply>> {
        records(from_text("f.yaml", text)?)
    }

    #[test]
    fn a_record_knows_its_kind_what_is_given_and_whom_it_names() {
        let text = "name: malls/a/counters/b\nunit: units/c\ndisplayName: {id: Gerai}\netag: '3'\n";
        let record = &read(text).expect("a counter")[0];
        assert_eq!(record.kind.word, "counter");
        let given: Vec<_> = record.given.iter().map(FieldDescriptor::name).collect();
        assert_eq!(given, ["display_name", "unit"]);
        assert_eq!(record.names, ["units/c", "malls/a"]);
    }

    #[test]
    fn every_fault_of_every_record_is_told_with_its_place() {
        let text = "- name: malls/a\n  sites: [{adress: Jl. A}]\n- name: kiosks/b\n- {}\n- name: malls/a\n- name: regions/35.10\n- 7\n";
        let error = read(text).expect_err("six faults");
        let fields: Vec<_> = error.violations().iter().map(|v| v.field.as_str()).collect();
        assert_eq!(
            fields,
            [
                "f.yaml, record 1 (malls/a): sites[0].adress",
                "f.yaml, record 2: name",
                "f.yaml, record 3: name",
                "f.yaml, record 5 (regions/35.10)",
                "f.yaml, record 6: name",
            ]
        );
        let twice = read("- name: malls/a\n- name: malls/a\n").expect_err("twice");
        assert!(twice.message().contains("f.yaml, record 1 already"), "{twice}");
    }
}
