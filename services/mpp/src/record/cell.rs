//! A field of a record as one cell of a table.

use mpp_api::types::{Fee, ServiceTime};
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, ReflectMessage as _, Value};

use crate::output;

/// The field at a path such as "accounting.received"; empty if it is not set.
pub fn cell(record: &DynamicMessage, path: &str) -> String {
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    let Some(field) = record.descriptor().get_field_by_name(first) else {
        return String::new();
    };
    match record.get_field(&field).as_ref() {
        Value::Message(inner) if !rest.is_empty() => cell(inner, rest),
        Value::Message(_) if !record.has_field(&field) => String::new(),
        value => shown(&field, value),
    }
}

fn shown(field: &FieldDescriptor, value: &Value) -> String {
    match (value, field.kind()) {
        (Value::String(text), _) => text.clone(),
        (Value::EnumNumber(0), _) => "-".to_owned(),
        (Value::EnumNumber(number), Kind::Enum(words)) => {
            let word = words.get_value(*number).map(|word| word.name().to_owned());
            output::word(&word.unwrap_or_else(|| number.to_string()))
        }
        (Value::Message(message), Kind::Message(of)) => match of.full_name() {
            "mpp.type.v1.LocalizedText" => cell(message, "id"),
            "mpp.type.v1.ServiceTime" => {
                let time = message.transcode_to::<ServiceTime>();
                time.map(|time| output::time(Some(&time))).unwrap_or_default()
            }
            _ => serde_json::to_string(message).unwrap_or_default().trim_matches('"').to_owned(),
        },
        (Value::List(items), Kind::Message(of)) if of.full_name() == "mpp.type.v1.Fee" => {
            let fees = items.iter().filter_map(|item| item.as_message()?.transcode_to().ok());
            output::fees(&fees.collect::<Vec<Fee>>())
        }
        (Value::List(items), _) => {
            items.iter().map(|item| shown(field, item)).collect::<Vec<_>>().join(", ")
        }
        (Value::Bool(yes), _) => if *yes { "yes" } else { "no" }.to_owned(),
        (Value::I32(number), _) => number.to_string(),
        (Value::I64(number), _) => number.to_string(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use mpp_api::json::read_dynamic;
    use serde_json::json;

    use super::*;

    #[test]
    fn people_see_words_and_amounts() {
        let offering = read_dynamic(
            "offering",
            &json!({
                "serviceTitle": { "id": "Paspor" }, "state": "STATE_ACCEPTED",
                "effectiveFees": [{ "kind": "KIND_FIXED", "amountRupiah": "350000" }],
            }),
        )
        .expect("an offering");
        let cells = ["service_title", "state", "effective_fees", "update_time"];
        let cells = cells.map(|path| cell(&offering, path));
        assert_eq!(cells, ["Paspor", "accepted", "Rp350,000", ""]);
        let service = json!({
            "time": { "value": "3", "unit": "UNIT_WORKING_DAYS", "atMost": true },
        });
        let service = read_dynamic("service", &service).expect("a service");
        assert_eq!(cell(&service, "time"), "at most 3 working days");
        let source = json!({
            "accounting": { "received": "3" }, "lastSuccessTime": "2026-01-31T01:30:00Z"
        });
        let source = read_dynamic("source", &source).expect("a source");
        assert_eq!(cell(&source, "accounting.received"), "3");
        assert_eq!(cell(&source, "accounting.applied"), "0");
        assert_eq!(cell(&source, "last_success_time"), "2026-01-31T01:30:00Z");
    }
}
