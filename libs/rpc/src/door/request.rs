//! From a plain request to the method's message: the path, the query and the body each give their
//! fields, and none is given twice.

use mpp_api::{
    json,
    route::{Body, Route},
};
use mpp_core::{Error, FieldCode, Result};
use prost::Message as _;
use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};
use serde_json::{Map, Value};

use super::condition::IfMatch;

/// The parts of a plain HTTP request besides its body.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outer {
    /// Fields that stand in the path, by their paths in the message.
    pub path: Vec<(&'static str, String)>,
    /// The query, as it came.
    pub query: String,
    /// The record's version that `If-Match` asks for.
    pub if_match: Option<IfMatch>,
    /// The request's id, out of `Idempotency-Key`.
    pub request_id: Option<String>,
    /// The token at which a stream goes on, out of `Last-Event-ID`.
    pub resume: Option<String>,
}

/// The encoded message of a call; `body` is what came, empty if nothing did.
///
/// # Errors
/// Each field that is unknown, of the wrong type, or given in two places.
pub(crate) fn message(route: &Route, outer: &Outer, body: &[u8]) -> Result<Vec<u8>> {
    let input = route.method.input();
    let mut object = of_body(route, body)?;
    of_query(route, &outer.query, &mut object)?;
    for (field, value) in &outer.path {
        set(&input, &mut object, field, Value::from(value.as_str()), Twice::IfEqual)?;
    }
    of_headers(route, outer, &mut object)?;
    let message = json::read_dynamic(input.full_name(), &Value::Object(object))?;
    Ok(message.encode_to_vec())
}

fn of_body(route: &Route, body: &[u8]) -> Result<Map<String, Value>> {
    let given = match (&route.body, body.trim_ascii()) {
        (Body::None, b"") | (Body::Whole, b"") => return Ok(Map::new()),
        (Body::None, _) => {
            let text = "this address takes no body; its fields are parameters of the query";
            return Err(Error::field("body", FieldCode::NotAllowed, text));
        }
        (Body::Field(field), b"") => {
            let text = format!("must hold the {} as JSON", field.name());
            return Err(Error::field(field.name(), FieldCode::Required, text));
        }
        (_, body) => mpp_api::strict::parse(body, "body")?,
    };
    match (&route.body, given) {
        (Body::Field(field), given) => Ok(Map::from_iter([(field.name().to_owned(), given)])),
        (_, Value::Object(object)) => Ok(object),
        (_, other) => {
            let text = format!("must be a JSON object, not {}", shown(&other));
            Err(Error::field("body", FieldCode::Format, text))
        }
    }
}

fn of_query(route: &Route, query: &str, object: &mut Map<String, Value>) -> Result<()> {
    let input = route.method.input();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if route.body == Body::Whole {
            let text = "send it in the body: this address takes no parameters of the query";
            return Err(Error::field(name, FieldCode::NotAllowed, text));
        }
        if let Body::Field(field) = &route.body
            && name.split('.').next().is_some_and(|first| is_name_of(field, first))
        {
            let text = format!("send it in the body, which holds the {}", field.name());
            return Err(Error::field(name, FieldCode::NotAllowed, text));
        }
        let value = parameter(&input, &name, &value)?;
        set(&input, object, &name, value, Twice::InLists)?;
    }
    Ok(())
}

/// The headers that stand for fields, where the message has these.
fn of_headers(route: &Route, outer: &Outer, object: &mut Map<String, Value>) -> Result<()> {
    let input = route.method.input();
    if let Some(asked) = &outer.if_match {
        let field = route.etag_field().ok_or_else(|| {
            let text = "this address changes no record that has an etag";
            Error::field("if-match", FieldCode::NotAllowed, text)
        })?;
        if let IfMatch::Etag(etag) = asked {
            set(&input, object, &field, Value::from(etag.as_str()), Twice::IfEqual)?;
        }
    }
    if let Some(id) = &outer.request_id
        && input.get_field_by_name("request_id").is_some()
    {
        set(&input, object, "request_id", Value::from(id.as_str()), Twice::IfEqual)?;
    }
    if let Some(token) = &outer.resume
        && input.get_field_by_name("resume_token").is_some()
    {
        // A browser that connects again repeats its first address: what that says about the start
        // has been done.
        remove(&input, object, "initial_state");
        remove(&input, object, "resume_token");
        set(&input, object, "resume_token", Value::from(token.as_str()), Twice::IfEqual)?;
    }
    Ok(())
}

/// How to treat a field that is set already.
#[derive(Clone, Copy, PartialEq)]
enum Twice {
    /// The same value may be said twice.
    IfEqual,
    /// A list takes one more; nothing else comes twice.
    InLists,
}

/// Sets a field by its path, such as `mall.name`; names are the contract's or their JSON form.
fn set(
    message: &MessageDescriptor,
    object: &mut Map<String, Value>,
    path: &str,
    value: Value,
    twice: Twice,
) -> Result<()> {
    let (mut message, mut object, mut rest) = (message.clone(), object, path);
    loop {
        let (name, deeper) = rest.split_once('.').map_or((rest, None), |(a, b)| (a, Some(b)));
        let field = field(&message, name).ok_or_else(|| unknown(path, &message))?;
        let key = key_in(object, &field);
        let Some(deeper) = deeper else {
            return put(object, key, &field, value, twice, path);
        };
        let inner = object.entry(key).or_insert_with(|| Value::Object(Map::new()));
        let Value::Object(inner) = inner else {
            return Err(Error::field(path, FieldCode::Format, "lies within what is no object"));
        };
        match field.kind() {
            Kind::Message(of) if field.is_map() && of.is_map_entry() => {
                return put(
                    inner,
                    deeper.to_owned(),
                    &of.map_entry_value_field(),
                    value,
                    twice,
                    path,
                );
            }
            Kind::Message(of) if !field.is_list() => (message, object, rest) = (of, inner, deeper),
            _ => return Err(unknown(path, &message)),
        }
    }
}

fn put(
    object: &mut Map<String, Value>,
    key: String,
    field: &FieldDescriptor,
    value: Value,
    twice: Twice,
    path: &str,
) -> Result<()> {
    match object.get_mut(&key) {
        Some(Value::Array(items)) if twice == Twice::InLists => items.push(value),
        Some(Value::Null) | None => {
            let value = if field.is_list() { Value::Array(vec![value]) } else { value };
            object.insert(key, value);
        }
        Some(Value::String(there)) if there.is_empty() => {
            object.insert(key, value);
        }
        Some(there) if twice == Twice::IfEqual && *there == value => {}
        Some(there) => {
            let text = format!("is {} in one place and {} in another", shown(there), shown(&value));
            return Err(Error::field(path, FieldCode::NotAllowed, text));
        }
    }
    Ok(())
}

/// The value of a parameter: text, unless its field is something else in JSON.
fn parameter(message: &MessageDescriptor, path: &str, text: &str) -> Result<Value> {
    let field = leaf(message, path).ok_or_else(|| unknown(path, message))?;
    let number = || text.parse::<i32>().map_or_else(|_| Value::from(text), Value::from);
    Ok(match (field.kind(), text) {
        (Kind::Bool, "true" | "") => Value::Bool(true),
        (Kind::Bool, "false") => Value::Bool(false),
        (Kind::Enum(_), _) => number(),
        (Kind::Message(of), _) if of.full_name() == "google.protobuf.FieldMask" => {
            Value::from(text.split(',').map(in_json_form).collect::<Vec<_>>().join(","))
        }
        (Kind::Message(of), _) if !of.full_name().starts_with("google.protobuf.") => {
            return Err(unknown(path, message));
        }
        _ => Value::from(text),
    })
}

/// `ticket_prefix` as `ticketPrefix`: a mask's JSON knows only the second, other names both.
fn in_json_form(path: &str) -> String {
    let mut words = path.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| {
        let mut letters = word.chars();
        let upper = letters.next().map(|letter| letter.to_ascii_uppercase());
        name + &upper.into_iter().chain(letters).collect::<String>()
    })
}

/// The last field of a path; the one of a map's values where the path ends in a key.
fn leaf(message: &MessageDescriptor, path: &str) -> Option<FieldDescriptor> {
    let (name, deeper) = path.split_once('.').map_or((path, None), |(a, b)| (a, Some(b)));
    let field = field(message, name)?;
    match (deeper, field.kind()) {
        (None, _) if field.is_map() => None,
        (None, _) => Some(field),
        (Some(_), Kind::Message(of)) if field.is_map() => Some(of.map_entry_value_field()),
        (Some(deeper), Kind::Message(of)) if !field.is_list() => leaf(&of, deeper),
        _ => None,
    }
}

fn field(message: &MessageDescriptor, name: &str) -> Option<FieldDescriptor> {
    message.get_field_by_name(name).or_else(|| message.get_field_by_json_name(name))
}

fn is_name_of(field: &FieldDescriptor, name: &str) -> bool {
    name == field.name() || name == field.json_name()
}

/// The key by which an object holds a field, or would.
fn key_in(object: &Map<String, Value>, field: &FieldDescriptor) -> String {
    let json = field.json_name();
    if object.contains_key(json) { json.to_owned() } else { field.name().to_owned() }
}

fn remove(message: &MessageDescriptor, object: &mut Map<String, Value>, name: &str) {
    if let Some(field) = field(message, name) {
        object.remove(&key_in(object, &field));
    }
}

fn unknown(path: &str, message: &MessageDescriptor) -> Error {
    let names: Vec<String> = message.fields().map(|field| field.name().to_owned()).collect();
    let text = format!("no such parameter; there are {}", names.join(", "));
    Error::field(format!("{path:.100}"), FieldCode::UnknownValue, text)
}

fn shown(value: &Value) -> String {
    value.to_string().chars().take(60).collect()
}
