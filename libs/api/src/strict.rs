//! JSON text, read so that nothing is lost: serde_json keeps the last of two equal keys in silence.

use std::fmt;

use mpp_core::{Error, FieldCode, Result};
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// A JSON value from its text.
///
/// # Errors
/// Line and column of what is no JSON, of a key that comes twice in one object, and of what lies
/// more than 128 levels deep; `field` names the text.
pub fn parse(text: &[u8], field: &str) -> Result<Value> {
    let Strict(value) = serde_json::from_slice(text).map_err(|error| {
        Error::field(field, FieldCode::Unreadable, format!("is not JSON: {error}"))
    })?;
    Ok(value)
}

/// A value that is read so; for readers of several in one text.
#[derive(Debug)]
pub struct Strict(pub Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader).map(Self)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
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
        while let Some(Strict(item)) = items.next_element()? {
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
            let Strict(value) = entries.next_value()?;
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
