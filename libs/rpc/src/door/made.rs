//! Messages and requests made at random from the contract's descriptors, for the laws of the door.

use prost_reflect::{
    DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor, SerializeOptions,
    Value as Field,
};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng, seq::IndexedRandom as _};
use serde_json::{Map, Value, json};

/// Texts that have once confused some parser.
pub(crate) const TEXTS: &[&str] = &[
    "ktp",
    "KTP-el baru",
    "a b&c=d+e%2F;f",
    "\u{0}\u{7}\n\r\t",
    "Ω≈ç√∫˜µ≤ ﷽ \u{202e}x",
    "\"\\'<script>",
    "{}[]",
    "null",
    "true",
    "-12",
    "1e400",
    "99999999999999999999",
    "2026-02-30T25:61:61Z",
    "%",
    "%ZZ%00",
    "..",
    ".a..b.",
    "a:b:c",
    "",
];
/// Paths of the contract, and one of no field.
const MASKS: [&str; 4] = ["title", "legal_basis", "time.at_most", "no_such"];

/// Makes things at random, always the same from one seed.
pub(crate) struct Maker {
    rng: StdRng,
    /// True for only messages that can also be written as a query.
    flat: bool,
}

impl Maker {
    pub fn new(seed: u64, flat: bool) -> Self {
        Self { rng: StdRng::seed_from_u64(seed), flat }
    }

    pub fn often(&mut self) -> bool {
        self.rng.random_bool(0.5)
    }

    pub fn one_of<'a>(&mut self, texts: &[&'a str]) -> &'a str {
        texts.choose(&mut self.rng).copied().unwrap_or_default()
    }

    /// One part of a path: any text that is not empty and has no slash.
    pub fn part_of_a_path(&mut self) -> String {
        let text = self.one_of(TEXTS).replace('/', "");
        if text.is_empty() { "x".to_owned() } else { text }
    }

    /// A message with about half of its fields, `depth` levels deep.
    pub fn message(&mut self, of: &MessageDescriptor, depth: usize) -> DynamicMessage {
        let mut message = DynamicMessage::new(of.clone());
        for field in of.fields() {
            if self.often()
                && let Some(value) = self.field(&field, depth)
            {
                message.set_field(&field, value);
            }
        }
        message
    }

    /// A field's value as JSON, not its default.
    pub fn always(&mut self, field: &FieldDescriptor) -> Value {
        loop {
            let mut message = DynamicMessage::new(field.parent_message().clone());
            if let Some(value) = self.field(field, 3) {
                message.set_field(field, value);
            }
            let json = serde_json::to_value(&message).expect("a message of the contract");
            if let Some(value) = json.get(field.json_name()) {
                return value.clone();
            }
        }
    }

    /// A message as JSON, in either spelling, with 64-bit integers as numbers or as texts.
    pub fn json(&mut self, message: &DynamicMessage) -> Value {
        let options = SerializeOptions::new()
            .use_proto_field_name(self.often())
            .stringify_64_bit_integers(self.often());
        let json = message.serialize_with_options(serde_json::value::Serializer, &options);
        let json = json.expect("a message of the contract");
        if self.flat { without_empty(json) } else { json }
    }

    fn field(&mut self, field: &FieldDescriptor, depth: usize) -> Option<Field> {
        let kind = field.kind();
        if field.is_map() {
            let Kind::Message(entry) = kind else { return None };
            let value = self.value(&entry.map_entry_value_field().kind(), depth)?;
            let key = MapKey::String(self.one_of(TEXTS).to_owned());
            return Some(Field::Map([(key, value)].into()));
        }
        if !field.is_list() {
            return self.value(&kind, depth);
        }
        if self.flat && matches!(kind, Kind::Message(_)) {
            return None;
        }
        let length = self.rng.random_range(0..3);
        Some(Field::List((0..length).filter_map(|_| self.value(&kind, depth)).collect()))
    }

    fn value(&mut self, kind: &Kind, depth: usize) -> Option<Field> {
        let rng = &mut self.rng;
        Some(match kind {
            Kind::Bool => Field::Bool(rng.random()),
            Kind::Double => Field::F64(rng.random_range(-1e9..1e9)),
            Kind::Float => Field::F32(rng.random_range(-1e9..1e9)),
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Field::I32(rng.random()),
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Field::I64(rng.random()),
            Kind::Uint32 | Kind::Fixed32 => Field::U32(rng.random()),
            Kind::Uint64 | Kind::Fixed64 => Field::U64(rng.random()),
            Kind::String => Field::String(self.one_of(TEXTS).to_owned()),
            Kind::Bytes => Field::Bytes(rng.random::<[u8; 9]>().to_vec().into()),
            Kind::Enum(of) => {
                let values: Vec<i32> = of.values().map(|value| value.number()).collect();
                Field::EnumNumber(values.choose(rng).copied().unwrap_or_default())
            }
            Kind::Message(of) => Field::Message(self.inner(of, depth)?),
        })
    }

    fn inner(&mut self, of: &MessageDescriptor, depth: usize) -> Option<DynamicMessage> {
        let mut message = DynamicMessage::new(of.clone());
        match of.full_name() {
            "google.protobuf.Timestamp" => {
                let seconds = self.rng.random_range(-62_135_596_800..=253_402_300_799_i64);
                message.set_field_by_name("seconds", Field::I64(seconds));
                let nanos = self.rng.random_range(0..1_000_000_000);
                message.set_field_by_name("nanos", Field::I32(nanos));
            }
            "google.protobuf.FieldMask" => {
                let paths = (0..2).map(|_| Field::String(self.one_of(&MASKS).to_owned()));
                message.set_field_by_name("paths", Field::List(paths.collect()));
            }
            name if name.starts_with("google.protobuf.") => return None,
            _ if depth == 0 => return None,
            _ => return Some(self.message(of, depth - 1)),
        }
        Some(message)
    }

    /// Puts something wrong at some place of a JSON value, or more than one thing.
    pub fn spoil(&mut self, json: &mut Value) {
        match json {
            Value::Object(object) if !object.is_empty() && self.rng.random_bool(0.8) => {
                let keys: Vec<String> = object.keys().cloned().collect();
                let key = keys.choose(&mut self.rng).cloned().unwrap_or_default();
                if self.rng.random_bool(0.2) {
                    let value = object.remove(&key).unwrap_or_default();
                    object.insert(self.one_of(TEXTS).to_owned(), value);
                } else if let Some(value) = object.get_mut(&key) {
                    self.spoil(value);
                }
            }
            Value::Array(items) if !items.is_empty() && self.often() => {
                if let Some(item) = items.first_mut() {
                    self.spoil(item);
                }
            }
            other => *other = self.nonsense(),
        }
    }

    fn nonsense(&mut self) -> Value {
        let text = self.one_of(TEXTS);
        let values = [
            Value::Null,
            json!(text),
            json!([text, null, 1]),
            json!({ text: { text: [] } }),
            json!(self.rng.random::<f64>() * 1e300),
            json!(self.rng.random::<i64>()),
            json!(u64::MAX),
            json!(true),
            json!([[[[{}]]]]),
        ];
        values.choose(&mut self.rng).cloned().unwrap_or_default()
    }

    /// The beginning of a text.
    pub fn cut(&mut self, mut bytes: Vec<u8>) -> Vec<u8> {
        let length = self.rng.random_range(0..=bytes.len());
        bytes.truncate(length);
        bytes
    }
}

/// Leaves out empty objects, which a query cannot express.
fn without_empty(json: Value) -> Value {
    let Value::Object(object) = json else { return json };
    let kept = object.into_iter().map(|(key, value)| (key, without_empty(value)));
    let kept: Map<String, Value> =
        kept.filter(|(_, value)| value.as_object().is_none_or(|inner| !inner.is_empty())).collect();
    Value::Object(kept)
}

/// A value as a parameter of a query writes it.
pub(crate) fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Takes a field out of an object by its path, in either spelling.
pub(crate) fn remove(of: &MessageDescriptor, object: &mut Map<String, Value>, path: &str) {
    let (first, rest) = path.split_once('.').map_or((path, None), |(a, b)| (a, Some(b)));
    let Some(field) = of.get_field_by_name(first) else { return };
    for name in [field.name(), field.json_name()] {
        match (rest, field.kind(), object.get_mut(name)) {
            (None, ..) => drop(object.remove(name)),
            (Some(rest), Kind::Message(of), Some(Value::Object(inner))) => remove(&of, inner, rest),
            _ => {}
        }
    }
}
