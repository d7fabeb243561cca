//! Readings as a mapping's program gets them: the contract's fields, and numbers as numbers. Fields
//! that the text does not tell are left out, except those that every reading has.

use mpp_api::types::{Fee, ServiceTime};
use serde_json::{Map, Value, json};

pub fn of_fee(fee: &Fee) -> Value {
    let mut fields = Map::new();
    fields.insert("kind".into(), fee.kind().as_str_name().into());
    fields.insert("amount_rupiah".into(), fee.amount_rupiah.into());
    fields.insert("max_rupiah".into(), fee.max_rupiah.into());
    fields.insert("source_text".into(), fee.source_text.as_str().into());
    let foreign = fee.foreign.as_ref().map(|foreign| {
        json!({ "currency": foreign.currency, "units": foreign.units, "cents": foreign.cents })
    });
    let said = [
        ("label", fee.label.as_str().into()),
        ("unit", fee.unit.as_str().into()),
        ("approximate", fee.approximate.into()),
        ("regulation", fee.regulation.as_str().into()),
        ("formula", fee.formula.as_str().into()),
        ("foreign", foreign.unwrap_or_default()),
        ("condition", fee.condition.as_str().into()),
        ("cases", fee.cases.iter().map(of_fee).collect()),
        ("parts", fee.parts.iter().map(of_fee).collect()),
        ("notes", fee.notes.as_slice().into()),
    ];
    with(fields, said)
}

pub fn of_time(time: &ServiceTime) -> Value {
    let mut fields = Map::new();
    fields.insert("value".into(), time.value.into());
    fields.insert("unit".into(), time.unit().as_str_name().into());
    fields.insert("at_most".into(), time.at_most.into());
    fields.insert("source_text".into(), time.source_text.as_str().into());
    let said = [
        ("min_value", time.min_value.into()),
        ("approximate", time.approximate.into()),
        ("per", time.per.as_str().into()),
        ("condition", time.condition.as_str().into()),
        ("cases", time.cases.iter().map(of_time).collect()),
        ("steps", time.steps.iter().map(of_time).collect()),
        ("notes", time.notes.as_slice().into()),
    ];
    with(fields, said)
}

fn with<const N: usize>(mut fields: Map<String, Value>, said: [(&str, Value); N]) -> Value {
    let nothing = |value: &Value| match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Number(number) => number.as_i64() == Some(0),
        _ => false,
    };
    let kept = said.into_iter().filter(|(_, value)| !nothing(value));
    fields.extend(kept.map(|(name, value)| (name.to_owned(), value)));
    Value::Object(fields)
}
