//! Screens a mapped record by the registry's own rules before it is decoded: the row is told with
//! the reason, and a person may release it.

use mpp_form::screen;
use serde_json::Value;

use crate::model::called::{called, content};

/// Why a mapped record looks like a trial, if it does, or has a name that cannot be one.
pub fn trial(record: &Value) -> Option<String> {
    let (kind, content) = content(record)?;
    let title = called(record).unwrap_or_default();
    screen::title(title).or_else(|| within(content, kind, &|_, text| screen::prompt(text)))
}

/// Why a mapped record holds text that no office has written, if it does: in its id, its unit, or
/// any text that it publishes.
pub fn residue(record: &Value) -> Option<String> {
    let named = ["source_id", "sourceId", "unit", "parent"];
    let named = named.into_iter().find_map(|key| screen::of_name(key, record.get(key)?.as_str()?));
    named.or_else(|| {
        let (kind, content) = content(record)?;
        within(content, kind, &screen::left_over)
    })
}

fn within(
    value: &Value,
    place: &str,
    judge: &dyn Fn(&str, &str) -> Option<String>,
) -> Option<String> {
    match value {
        Value::String(text) => judge(place, text),
        Value::Array(items) => {
            let mut items = items.iter().enumerate();
            items.find_map(|(at, item)| within(item, &format!("{place}[{at}]"), judge))
        }
        Value::Object(fields) => {
            fields.iter().find_map(|(name, inner)| within(inner, &format!("{place}.{name}"), judge))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_no_office_has_written_is_found_wherever_it_becomes_a_field() {
        let text = "undefined hari kerja";
        for record in [
            json!({"service": {"title": {"id": text}}}),
            json!({"service": {"title": {"id": "KTP", "en": text}}}),
            json!({"service": {"fees": [{"source_text": text}]}}),
            json!({"service": {"time": {"sourceText": text}}}),
            json!({"service": {"requirements": [{"text": "KTP"}, {"text": text}]}}),
            json!({"service": {"procedure": ["Datang", text]}}),
            json!({"source_id": "izin-undefined"}),
            json!({"unit": "units/undefined"}),
            json!({"parent": "malls/undefined"}),
            json!({"unitRecord": {"displayName": {"id": text}}}),
            json!({"counter": {"floor": text}}),
        ] {
            assert!(residue(&record).is_some(), "{record}");
        }
        let fine = json!({"source_id": "izin-nan-1", "unit": "units/pacitan",
            "service": {"title": {"id": "Izin"}, "fees": [{"kind": "KIND_FREE"}]}});
        assert_eq!((residue(&fine), trial(&fine)), (None, None));
    }

    #[test]
    fn a_trial_is_known_by_its_title_or_by_what_a_form_has_left() {
        let left = json!({"service": {"title": {"id": "KTP"}, "requirements": [{"text": "Ketik disini"}]}});
        assert!(trial(&left).is_some());
        assert!(trial(&json!({"service": {"title": {"id": "tes"}}})).is_some());
        assert!(trial(&json!({"unit_record": {"display_name": {"id": "Jumlah"}}})).is_some());
        assert!(trial(&json!({"counter": {"displayName": {"id": "-"}}})).is_some());
        assert_eq!(trial(&json!({"counter": {"displayName": {"id": "Dukcapil"}}})), None);
        assert_eq!(trial(&json!({"delete": {"name": "units/a/services/tes"}})), None);
    }
}
