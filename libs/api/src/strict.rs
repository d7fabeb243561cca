//! JSON text, read so that nothing is lost: serde_json keeps the last of two equal keys in silence.

use std::{cell::Cell, fmt};

use mpp_core::{Error, FieldCode, Result};
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor,
};
use serde_json::{Map, Number, Value};

/// At most this many values in one text, each of which takes up to a few hundred bytes of memory: a
/// batch of five hundred rich records has about half that many.
const MAX_VALUES: usize = 100_000;

/// A JSON value from its text.
///
/// # Errors
/// Line and column where the text is no JSON, has a key twice in one object, is more than 128
/// levels deep, or has too many values; `field` names the text.
pub fn parse(text: &[u8], field: &str) -> Result<Value> {
    let left = Cell::new(MAX_VALUES);
    let mut json = serde_json::Deserializer::from_slice(text);
    let read = Reader(&left).deserialize(&mut json).and_then(|value| json.end().map(|()| value));
    read.map_err(|error| {
        if left.get() == 0 {
            let text = format!("holds more than {MAX_VALUES} values; send less at once");
            return Error::field(field, FieldCode::TooMany, text);
        }
        Error::field(field, FieldCode::Unreadable, format!("is not JSON: {error}"))
    })
}

/// A value that is read so, however many others it holds; for the suite's own files.
#[derive(Debug)]
pub struct Strict(pub Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Reader(&Cell::new(usize::MAX)).deserialize(deserializer).map(Self)
    }
}

/// Reads a value, and counts down for each.
#[derive(Clone, Copy)]
struct Reader<'a>(&'a Cell<usize>);

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        let left = self.0.get().saturating_sub(1);
        self.0.set(left);
        if left == 0 {
            return Err(D::Error::custom("too many values"));
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if object.contains_key(&key) {
                return Err(A::Error::custom(format!("the key '{key:.100}' is there twice")));
            }
            let value = entries.next_value_seed(self)?;
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_key_that_comes_twice_is_not_passed_over() {
        let error = parse(br#"{"a": {"b": 1, "b": 2}}"#, "body").expect_err("twice");
        assert!(error.violations()[0].description.contains("'b' is there twice at line 1"));
        assert!(parse(br#"{"a": {"b": 1}, "b": 2}"#, "body").is_ok());
    }

    #[test]
    fn what_lies_too_deep_is_refused_and_does_not_end_the_process() {
        let deep = "[".repeat(100_000);
        assert_eq!(parse(deep.as_bytes(), "body").expect_err("deep").violations()[0].field, "body");
    }

    #[test]
    fn a_few_bytes_cannot_become_much_memory() {
        let many = format!("[{}0]", "{\"a\":0},".repeat(MAX_VALUES));
        let error = parse(many.as_bytes(), "body").expect_err("too many");
        assert_eq!(error.violations()[0].code, FieldCode::TooMany);
        assert!(serde_json::from_str::<Strict>(&many).is_ok(), "a file of one's own");
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".*".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(".*", inner, 0..4).prop_map(|map| json!(map)),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_serde_writes_is_read_as_it_was(value in value()) {
            prop_assert_eq!(parse(value.to_string().as_bytes(), "body").expect("JSON"), value);
        }
    }
}
