//! Records as proto3 JSON, both ways, by the contract's own descriptors.
//!
//! A mapping's output, a file for the command line and the demo's data are all read here, so that
//! no crate describes a record a second time. Fields go by their name in the contract
//! (`legal_basis`) or by its JSON form (`legalBasis`), which is the one that is written; enum
//! values by their whole name (`APPLICANT_PERSON`); 64-bit integers as numbers or as strings; times
//! as RFC 3339; `null` stands for a field that is not given.
//!
//! Nothing is passed over: a field that the contract does not have is refused. Reading stops at
//! the first fault, as fast as it can; only then is the whole looked through, so that the error
//! names the faults with their paths, what was found there and what is allowed.

use std::{iter, sync::LazyLock};

use mpp_core::{Error, FieldCode, FieldViolation, Result};
use prost::{Message, Name};
use prost_reflect::{
    DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, SerializeOptions,
};
use serde_json::{Value, json};

use crate::{DESCRIPTORS, document};

/// Faults that one error names: more would hide the first under those that repeat it.
const MAX_FAULTS: usize = 10;

pub(crate) static POOL: LazyLock<DescriptorPool> = LazyLock::new(|| {
    DescriptorPool::decode(DESCRIPTORS).expect("compiled from our own protos in the same build")
});

/// A message from its JSON.
///
/// # Errors
/// Every field that is unknown or of the wrong type, with its path, such as
/// `requirements[2].txt`.
pub fn read<M: Message + Name + Default>(json: &Value) -> Result<M> {
    read_dynamic(&M::full_name(), json)?.transcode_to().map_err(Error::internal)
}

/// A message from its JSON, for a caller that learns only then which message it is: by a kind
/// ("service") or by its full name.
///
/// # Errors
/// Like [`read`]; or the contract has no such message.
pub fn read_dynamic(name: &str, json: &Value) -> Result<DynamicMessage> {
    let descriptor = descriptor(name)?;
    let refused = match DynamicMessage::deserialize(descriptor.clone(), json) {
        Ok(message) if !misreads(&descriptor, json) => return Ok(message),
        Ok(_) => None,
        Err(error) => Some(error),
    };
    let faults: Vec<_> = message_faults(&descriptor, json, "").take(MAX_FAULTS).collect();
    Err(match refused {
        Some(error) if faults.is_empty() => Error::internal(error),
        _ => Error::fields(faults),
    })
}

/// True if reading passes something over in silence: a field that is given by both its names, or
/// the last digits of an integer.
fn misreads(message: &MessageDescriptor, json: &Value) -> bool {
    let Value::Object(given) = json else { return false };
    given.iter().any(|(key, value)| {
        let Some(field) = field(message, key) else { return false };
        has_other_spelling(&field, key, value, given) || misreads_within(&field, value)
    })
}

fn misreads_within(field: &FieldDescriptor, json: &Value) -> bool {
    match (field.kind(), json) {
        (Kind::Message(of), Value::Object(entries)) if field.is_map() => {
            let values = of.map_entry_value_field();
            entries.values().any(|value| misreads_within(&values, value))
        }
        (_, Value::Array(items)) if field.is_list() => {
            items.iter().any(|item| misreads_one(&field.kind(), item))
        }
        (kind, _) => misreads_one(&kind, json),
    }
}

fn misreads_one(kind: &Kind, json: &Value) -> bool {
    match kind {
        Kind::Message(of) => misreads(of, json),
        kind => is_rounded(kind, json),
    }
}

/// The number from which on a double may stand for another integer than the one that was written.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// True for an integer that came with so many digits, a point or an exponent that its text was read
/// as a double, which holds only rounded numbers there, the bound of 64 bits among them.
fn is_rounded(kind: &Kind, json: &Value) -> bool {
    let is_wide =
        matches!(kind, Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 | Kind::Uint64 | Kind::Fixed64);
    let Value::Number(number) = json else { return false };
    is_wide && number.is_f64() && number.as_f64().is_some_and(|double| double.abs() >= EXACT)
}

/// True for the contract's name of a field whose JSON name is given, too.
fn has_other_spelling(
    field: &FieldDescriptor,
    key: &str,
    value: &Value,
    given: &serde_json::Map<String, Value>,
) -> bool {
    let is_given = |value: &Value| !value.is_null();
    key != field.json_name()
        && is_given(value)
        && given.get(field.json_name()).is_some_and(is_given)
}

/// A message as JSON; fields that hold their default are left out.
///
/// # Errors
/// The message is not one of the contract.
pub fn write<M: Message + Name>(message: &M) -> Result<String> {
    write_encoded(&M::full_name(), &message.encode_to_vec())
}

/// A message as a value whose fields have the contract's names (`legal_basis`), as paths name them.
///
/// # Errors
/// The message is not one of the contract.
pub fn value<M: Message + Name>(message: &M) -> Result<Value> {
    value_encoded(&M::full_name(), &message.encode_to_vec())
}

/// The same for an encoded message; `name` is a kind, a full name or the type URL of an `Any`.
///
/// # Errors
/// The contract has no such message, or the bytes are not one.
pub fn value_encoded(name: &str, bytes: &[u8]) -> Result<Value> {
    let message = DynamicMessage::decode(descriptor(name)?, bytes).map_err(Error::internal)?;
    let names = SerializeOptions::new().use_proto_field_name(true);
    message.serialize_with_options(serde_json::value::Serializer, &names).map_err(Error::internal)
}

/// An encoded message as JSON; `name` is a kind, a full name or the type URL of an `Any`.
///
/// # Errors
/// The contract has no such message, or the bytes are not one.
pub fn write_encoded(name: &str, bytes: &[u8]) -> Result<String> {
    let message = DynamicMessage::decode(descriptor(name)?, bytes).map_err(Error::internal)?;
    serde_json::to_string(&message).map_err(Error::internal)
}

/// The number of fields of the whole contract. None is ever taken away, so of two programs the one
/// that counts more knows more.
pub fn fields_known() -> u32 {
    static KNOWN: LazyLock<u32> = LazyLock::new(|| {
        let count = POOL.all_messages().map(|message| message.fields().len()).sum::<usize>();
        u32::try_from(count).unwrap_or(u32::MAX)
    });
    *KNOWN
}

/// The contract's descriptor of a message; `name` is a kind, a full name or a type URL.
///
/// # Errors
/// Names the kinds that there are.
pub fn descriptor(name: &str) -> Result<MessageDescriptor> {
    let url = document::type_url(name);
    let full_name = url.as_deref().unwrap_or(name).rsplit('/').next().unwrap_or_default();
    POOL.get_message_by_name(full_name).ok_or_else(|| {
        let kinds = document::KINDS.join(", ");
        let text = format!("'{name}' is not a kind of record; the kinds are {kinds}");
        Error::field("kind", FieldCode::UnknownValue, text)
    })
}

/// Found one after the other, as far as they are asked for: a hostile message has millions.
type Faults<'a> = Box<dyn Iterator<Item = FieldViolation> + 'a>;

fn message_faults<'a>(message: &MessageDescriptor, json: &'a Value, path: &str) -> Faults<'a> {
    let Value::Object(given) = json else {
        let allowed = format!("an object; {}", fields_of(message));
        return Box::new(iter::once(wrong(path, json, &allowed)));
    };
    let twice = chosen_twice(message, given, path);
    let (message, path) = (message.clone(), path.to_owned());
    let of_fields = given.iter().flat_map(move |(key, value)| {
        let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        match field(&message, key) {
            Some(field) if has_other_spelling(&field, key, value, given) => {
                let text = format!("is given as {}, too; give one of them", field.json_name());
                one(path, FieldCode::Duplicate, text)
            }
            Some(field) => field_faults(field, value, path),
            None => {
                let text = format!("no such field; {}", fields_of(&message));
                one(path, FieldCode::UnknownValue, text)
            }
        }
    });
    Box::new(twice.into_iter().chain(of_fields))
}

fn one<'a>(field: String, code: FieldCode, description: String) -> Faults<'a> {
    Box::new(iter::once(FieldViolation { field, description, code }))
}

fn field_faults(field: FieldDescriptor, json: &Value, path: String) -> Faults<'_> {
    match json {
        Value::Null => Box::new(iter::empty()),
        Value::Array(items) if field.is_list() => {
            let items = items.iter().enumerate();
            Box::new(
                items.flat_map(move |(at, item)| {
                    value_faults(&field, item, &format!("{path}[{at}]"))
                }),
            )
        }
        _ if field.is_list() => Box::new(iter::once(wrong(&path, json, "a list"))),
        Value::Object(_) if field.is_map() => leaf_faults(&field, json, &path),
        _ => value_faults(&field, json, &path),
    }
}

/// The faults of one value, which may be an item of a repeated field.
fn value_faults<'a>(field: &FieldDescriptor, json: &'a Value, path: &str) -> Faults<'a> {
    match field.kind() {
        Kind::Message(message) if !message.full_name().starts_with("google.protobuf.") => {
            message_faults(&message, json, path)
        }
        _ => leaf_faults(field, json, path),
    }
}

/// Tries a value that holds no further message alone, so that reading and explaining agree.
fn leaf_faults<'a>(field: &FieldDescriptor, json: &Value, path: &str) -> Faults<'a> {
    let value = if field.is_list() { json!([json]) } else { json.clone() };
    let alone = Value::from_iter([(field.name(), value)]);
    match DynamicMessage::deserialize(field.parent_message().clone(), alone) {
        Ok(_) if is_rounded(&field.kind(), json) => {
            let allowed = "a whole number of 64 bits, with all its digits; best as a text";
            Box::new(iter::once(wrong(path, json, allowed)))
        }
        Ok(_) => Box::new(iter::empty()),
        Err(_) => Box::new(iter::once(wrong(path, json, &allowed(&field.kind())))),
    }
}

/// Finds a `oneof` of which more than one field is given.
fn chosen_twice(
    message: &MessageDescriptor,
    given: &serde_json::Map<String, Value>,
    path: &str,
) -> Vec<FieldViolation> {
    let is_given = |key: &str| given.get(key).is_some_and(|value| !value.is_null());
    let fault = |choice: prost_reflect::OneofDescriptor| {
        let chosen = choice.fields().filter(|f| is_given(f.name()) || is_given(f.json_name()));
        let names: Vec<String> = choice.fields().map(|field| field.name().to_owned()).collect();
        (chosen.count() > 1).then(|| FieldViolation {
            field: if path.is_empty() { choice.name().to_owned() } else { path.to_owned() },
            description: format!("give only one of {}", names.join(", ")),
            code: FieldCode::NotAllowed,
        })
    };
    message.oneofs().filter_map(fault).collect()
}

fn field(message: &MessageDescriptor, key: &str) -> Option<FieldDescriptor> {
    message.get_field_by_json_name(key).or_else(|| message.get_field_by_name(key))
}

fn fields_of(message: &MessageDescriptor) -> String {
    let names: Vec<String> = message.fields().map(|field| field.name().to_owned()).collect();
    format!("the fields are {}", names.join(", "))
}

fn wrong(path: &str, found: &Value, allowed: &str) -> FieldViolation {
    let text = found.to_string();
    let shown: String = text.chars().take(60).collect();
    let more = if shown.len() < text.len() { "…" } else { "" };
    let field = if path.is_empty() { "record".to_owned() } else { path.to_owned() };
    let description = format!("found {shown}{more}; must be {allowed}");
    FieldViolation { field, description, code: FieldCode::Format }
}

fn allowed(kind: &Kind) -> String {
    match kind {
        Kind::String => "a text".to_owned(),
        Kind::Bool => "true or false".to_owned(),
        Kind::Bytes => "a text in base64".to_owned(),
        Kind::Float | Kind::Double => "a number".to_owned(),
        Kind::Enum(words) => {
            let names = words.values().map(|word| word.name().to_owned());
            let names: Vec<String> = names.filter(|name| !name.ends_with("_UNSPECIFIED")).collect();
            format!("one of {}", names.join(", "))
        }
        Kind::Message(message) => match message.full_name() {
            "google.protobuf.Timestamp" => "a time such as 2026-01-31T01:30:00Z".to_owned(),
            "google.protobuf.Duration" => "a length of time such as 90s".to_owned(),
            "google.protobuf.FieldMask" => "names of fields such as title,legalBasis".to_owned(),
            _ if message.is_map_entry() => "an object of names and values".to_owned(),
            name => format!("a {name}"),
        },
        _ => format!("a whole number ({kind:?})").to_lowercase(),
    }
}

#[cfg(test)]
mod tests;
