//! Rows that do not look like a record, and wait for a person.

use mpp_api::sync::Record;
use mpp_core::{Error, FieldCode};
use mpp_form::screen::name::is_tick;
use serde_json::Value;

use crate::{model::called::called, source::whole::partial::is_extent};

/// A record that looks like none: it is sent once a person has released it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldBack {
    /// Its id in the source.
    pub id: String,
    /// Its title or name; a release holds for it as long as it is called so.
    pub title: String,
}

impl HeldBack {
    /// Reads it from the mapping's output; a row without an id cannot be released.
    pub fn of(output: &Value) -> Option<Self> {
        let title = called(output).unwrap_or_default();
        Some(Self { id: id(output)?, title: title.trim().to_owned() })
    }
}

/// The id by which a mapped record is known, as in `mpp_form::record::known_as`.
pub fn id(output: &Value) -> Option<String> {
    let text = |key: &str| output.get(key).and_then(Value::as_str);
    let has = |key: &str| output.get(key).is_some();
    let id = text("source_id").or_else(|| text("sourceId")).filter(|id| !id.is_empty())?;
    Some(match text("parent") {
        Some(parent) if has("counter") => format!("{parent}/counters/{id}"),
        _ if has("unit_record") || has("unitRecord") => format!("units/{id}"),
        _ if has("mall") => format!("malls/{id}"),
        _ => id.to_owned(),
    })
}

/// Why a mapped record is a line about how much there is, if it is.
pub fn extent(output: &Value) -> Option<String> {
    let title = called(output)?.trim();
    let what = "says how many there are, and names no record";
    is_extent(title).then(|| format!("\"{title}\" {what}"))
}

/// Whether a record is refused because it looks suspicious.
pub fn is_suspicious(error: &Error) -> bool {
    error.violations().iter().any(|field| field.code == FieldCode::Suspicious)
}

/// Why the registry would not take a record for one.
pub fn doubted(record: &mut Record) -> Option<String> {
    mpp_form::screen::doubted(record.body.as_mut()?).map(|(_, why)| why)
}

/// The remark on a text that names nothing.
pub fn names_nothing(place: &str, text: &str) -> Error {
    let shown: String = text.chars().take(80).collect();
    let why = match is_tick(text) {
        true => "is a tick, whose meaning stands in its heading: let the mapping write that out",
        false => "names nothing",
    };
    let text = format!("\"{shown}\" {why}, and is left out");
    Error::field(place, FieldCode::LeftOut, text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_place_that_is_held_back_keeps_its_name_so_that_a_release_holds_for_that() {
        let counter = json!({"sourceId": "kk", "parent": "malls/a", "counter": {"displayName": {"id": " tes "}}});
        let held = HeldBack::of(&counter).expect("it has an id");
        assert_eq!((held.id.as_str(), held.title.as_str()), ("malls/a/counters/kk", "tes"));
    }

    #[test]
    fn a_record_that_is_known_by_its_name_is_known_so_before_it_is_read_as_well() {
        let of = |output: Value| id(&output).unwrap_or_default();
        assert_eq!(of(json!({"source_id": "kk", "unit": "units/a", "service": {}})), "kk");
        assert_eq!(of(json!({"sourceId": "a", "unitRecord": {}})), "units/a");
        assert_eq!(of(json!({"source_id": "a", "mall": {}})), "malls/a");
        let counter = json!({"source_id": "kk", "parent": "malls/a", "counter": {}});
        assert_eq!(of(counter), "malls/a/counters/kk");
        assert_eq!(of(json!({"source_id": "", "mall": {}})), "");
    }
}
