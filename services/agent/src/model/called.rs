//! What a mapped record is and what it is called, before it is read: a service has a title, a place
//! a name.

use serde_json::Value;

/// The contents that have either.
pub const CONTENTS: [&str; 5] = ["service", "unit_record", "unitRecord", "mall", "counter"];

/// Where title and name stand, in both spellings of the fields.
pub const TITLES: [&str; 9] = [
    "/service/title",
    "/unit_record/display_name",
    "/unit_record/displayName",
    "/unitRecord/display_name",
    "/unitRecord/displayName",
    "/mall/display_name",
    "/mall/displayName",
    "/counter/display_name",
    "/counter/displayName",
];

/// What a mapped record is called.
pub fn called(output: &Value) -> Option<&str> {
    let title = TITLES.iter().find_map(|place| output.pointer(place))?;
    title.get("id").and_then(Value::as_str)
}

/// The content of a mapped record and the field that holds it.
pub fn content(output: &Value) -> Option<(&'static str, &Value)> {
    CONTENTS.iter().find_map(|key| Some((*key, output.get(key)?)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_record_of_each_kind_is_called_by_its_title_or_its_name() {
        for (output, kind) in [
            (json!({"service": {"title": {"id": "KTP"}}}), "service"),
            (json!({"unit_record": {"display_name": {"id": "KTP"}}}), "unit_record"),
            (json!({"unitRecord": {"displayName": {"id": "KTP"}}}), "unitRecord"),
            (json!({"mall": {"displayName": {"id": "KTP"}}}), "mall"),
            (json!({"counter": {"display_name": {"id": "KTP"}}}), "counter"),
        ] {
            assert_eq!(called(&output), Some("KTP"), "{output}");
            assert_eq!(content(&output).map(|(key, _)| key), Some(kind), "{output}");
        }
        assert_eq!(called(&json!({"counter": {}, "source_id": "a"})), None);
    }
}
