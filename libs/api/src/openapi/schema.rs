//! Messages and enums as JSON Schema, in the form that proto3 JSON gives them.

use std::{collections::HashMap, sync::LazyLock};

use prost_reflect::{EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor};
use serde_json::{Map, Value, json};

use super::{
    comment,
    form::{describe, reference, words},
    shared,
};
use crate::json::POOL;

/// How the comment of a field begins that requests may leave out.
const OUTPUT_ONLY: &str = "Output only";

/// The messages and enums that something in the document refers to.
#[derive(Default)]
pub struct Schemas {
    made: Map<String, Value>,
}

impl Schemas {
    /// All schemas, by their names in the document.
    pub fn made(self) -> Map<String, Value> {
        self.made
    }

    /// A message's schema: a reference, except for messages that have a form of their own in JSON.
    pub fn message(&mut self, message: &MessageDescriptor) -> Value {
        if let Some(known) = well_known(message.full_name()) {
            return known;
        }
        let name = name_of(message.full_name());
        if !self.made.contains_key(&name) {
            // Before its fields, since a message may hold itself.
            self.made.insert(name.clone(), Value::Null);
            let object = self.object(message, |_| true);
            self.made.insert(name.clone(), object);
        }
        reference(&name)
    }

    /// A message with some of its fields.
    pub fn object(
        &mut self,
        message: &MessageDescriptor,
        keep: impl Fn(&FieldDescriptor) -> bool,
    ) -> Value {
        let mut properties = Map::new();
        for (order, field) in message.fields().filter(keep).enumerate() {
            let mut schema = self.field(&field);
            // JSON's objects have no order; the contract's does mean something.
            schema["x-order"] = order.into();
            properties.insert(field.json_name().to_owned(), schema);
        }
        let mut object = json!({ "type": "object", "properties": properties });
        describe(&mut object, comment::description(message.full_name()));
        let choices = choices(message);
        if !choices.is_empty() {
            object["allOf"] = choices.into();
        }
        object
    }

    /// A field's schema, with its comment in the contract as description.
    pub fn field(&mut self, field: &FieldDescriptor) -> Value {
        let mut schema = match field.kind() {
            Kind::Message(entry) if field.is_map() => {
                let value = self.kind(entry.map_entry_value_field().kind());
                json!({ "type": "object", "additionalProperties": value })
            }
            kind if field.is_list() => json!({ "type": "array", "items": self.kind(kind) }),
            kind => self.kind(kind),
        };
        let text = comment::description(field.full_name());
        if text.starts_with(OUTPUT_ONLY) {
            schema["readOnly"] = true.into();
        }
        describe(&mut schema, text);
        schema
    }

    fn kind(&mut self, kind: Kind) -> Value {
        match kind {
            Kind::Message(message) => self.message(&message),
            Kind::Enum(kind) => self.enumeration(&kind),
            Kind::Double => json!({ "type": "number", "format": "double" }),
            Kind::Float => json!({ "type": "number", "format": "float" }),
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => {
                json!({ "type": "integer", "format": "int32" })
            }
            Kind::Uint32 | Kind::Fixed32 => {
                json!({ "type": "integer", "format": "int64", "minimum": 0 })
            }
            // A number of JavaScript does not hold all of them.
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => {
                json!({ "type": "string", "format": "int64" })
            }
            Kind::Uint64 | Kind::Fixed64 => json!({ "type": "string", "format": "uint64" }),
            Kind::Bool => json!({ "type": "boolean" }),
            Kind::String => json!({ "type": "string" }),
            Kind::Bytes => json!({ "type": "string", "contentEncoding": "base64" }),
        }
    }

    fn enumeration(&mut self, kind: &EnumDescriptor) -> Value {
        let name = name_of(kind.full_name());
        let schema = self.made.entry(name.clone());
        schema.or_insert_with(|| {
            let values: Vec<(String, String)> = kind
                .values()
                .map(|value| {
                    (value.name().to_owned(), comment::of_value(kind.full_name(), value.name()))
                })
                .collect();
            words(&comment::description(kind.full_name()), &values)
        });
        reference(&name)
    }
}

/// No two fields of a oneof are set.
fn choices(message: &MessageDescriptor) -> Vec<Value> {
    let mut pairs = Vec::new();
    for choice in message.oneofs().filter(|choice| !choice.is_synthetic()) {
        let fields: Vec<FieldDescriptor> = choice.fields().collect();
        for (at, one) in fields.iter().enumerate() {
            for other in &fields[at + 1..] {
                pairs.push(json!({ "not": { "required": [one.json_name(), other.json_name()] } }));
            }
        }
    }
    pairs
}

/// Messages that proto3 JSON writes in a form of their own.
pub fn well_known(full_name: &str) -> Option<Value> {
    Some(match full_name.strip_prefix("google.protobuf.")? {
        "Timestamp" => json!({ "type": "string", "format": "date-time" }),
        "Duration" => json!({ "type": "string", "pattern": r"^-?\d+(\.\d{1,9})?s$" }),
        "FieldMask" => json!({
            "type": "string",
            "pattern": r"^(\*|[A-Za-z0-9_.]+(,[A-Za-z0-9_.]+)*)?$",
        }),
        "Any" => json!({
            "type": "object",
            "properties": { "@type": { "type": "string", "format": "uri-reference" } },
            "required": ["@type"],
            "additionalProperties": true,
        }),
        "Struct" => json!({ "type": "object", "additionalProperties": true }),
        "ListValue" => json!({ "type": "array", "items": {} }),
        "Value" => json!({}),
        "DoubleValue" | "FloatValue" => json!({ "type": ["number", "null"] }),
        "Int32Value" | "UInt32Value" => json!({ "type": ["integer", "null"] }),
        "BoolValue" => json!({ "type": ["boolean", "null"] }),
        "StringValue" | "BytesValue" | "Int64Value" | "UInt64Value" => {
            json!({ "type": ["string", "null"] })
        }
        _ => json!({ "type": "object" }),
    })
}

/// Short names, where only one message or enum of the contract bears it and no schema that all
/// addresses share; else the whole name.
static NAMES: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let mut bearers: HashMap<String, Vec<String>> = HashMap::new();
    for name in shared::schema_names() {
        bearers.entry(name).or_default().push(String::new());
    }
    for (full, package) in full_names() {
        let short = full[package.len()..].replace('.', "");
        bearers.entry(short).or_default().push(full);
    }
    let names = bearers.into_iter().flat_map(|(short, all)| {
        let alone = all.len() == 1;
        all.into_iter().map(move |full| {
            let name = if alone { short.clone() } else { full.clone() };
            (full, name)
        })
    });
    names.collect()
});

/// All messages and enums of the contract, with their packages.
fn full_names() -> impl Iterator<Item = (String, String)> {
    let owned = |full: &str, package: &str| (full.to_owned(), package.to_owned());
    let messages = POOL.all_messages().map(move |it| owned(it.full_name(), it.package_name()));
    messages.chain(POOL.all_enums().map(move |it| owned(it.full_name(), it.package_name())))
}

/// The name of a message or an enum in the document: `MallSite` for `mpp.registry.v1.Mall.Site`.
pub fn name_of(full_name: &str) -> String {
    NAMES.get(full_name).cloned().unwrap_or_else(|| full_name.to_owned())
}
