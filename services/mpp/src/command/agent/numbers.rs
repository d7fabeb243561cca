//! The numbers of `[policy]` in the JSON Schema: only their declaration knows their ranges.

use mpp_agent::Policy;
use mpp_core::Setting;
use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

/// The table, key by key.
pub(super) fn schema(_: &mut SchemaGenerator) -> Schema {
    let numbers = Policy::SETTINGS.iter();
    let numbers: Map<String, Value> =
        numbers.map(|setting| (setting.name.to_owned(), number(setting))).collect();
    json_schema!({
        "description": "Numbers that the keeper of a source may question.",
        "type": "object",
        "properties": numbers,
        "additionalProperties": false
    })
}

fn number(setting: &Setting) -> Value {
    let (least, most) = setting.range.split_once("..=").unwrap_or_default();
    let whole = |text: &str| text.replace('_', "").trim().parse::<u64>().ok();
    json!({
        "description": setting.reason.split_whitespace().collect::<Vec<_>>().join(" "),
        "type": "integer",
        "default": whole(setting.default),
        "minimum": whole(least),
        "maximum": whole(most)
    })
}
