//! What differs between two states of a record, field by field. Pure.

use std::collections::BTreeSet;

use prost::Message as _;
use serde_json::{Map, Value};

use crate::{json, sync::FieldDifference};

/// The most bytes that the differences of one answer may take: clients take messages of 4 MiB, of
/// which the rest of the answer needs a part.
const MAX_BYTES: usize = 2 * 1024 * 1024;

/// The room that an answer has for differences.
#[derive(Debug)]
pub struct Room(usize);

impl Default for Room {
    fn default() -> Self {
        Self(MAX_BYTES)
    }
}

impl Room {
    /// True if this many bytes still fit; they then count as used.
    pub fn takes(&mut self, bytes: usize) -> bool {
        let rest = self.0.checked_sub(bytes);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    /// Leaves differences out that do not fit, and answers how many.
    pub fn keep(&mut self, found: &mut Vec<FieldDifference>) -> i32 {
        let all = found.len();
        found.retain(|one| self.takes(one.encoded_len()));
        i32::try_from(all - found.len()).unwrap_or(i32::MAX)
    }
}

/// In what two states differ, each as its fields by the contract's names; paths begin with `root`.
pub fn between(
    root: &str,
    before: &Map<String, Value>,
    after: &Map<String, Value>,
) -> Vec<FieldDifference> {
    let mut found = Vec::new();
    objects(root, before, after, &mut found);
    found
}

/// In what two encoded records of a kind differ; `None` where one of them cannot be read.
pub fn of(kind: &str, before: &[u8], after: &[u8]) -> Option<Vec<FieldDifference>> {
    let fields = |doc: &[u8]| json::value_encoded(kind, doc).ok()?.as_object().cloned();
    Some(between(kind, &fields(before)?, &fields(after)?))
}

fn objects(
    path: &str,
    old: &Map<String, Value>,
    new: &Map<String, Value>,
    found: &mut Vec<FieldDifference>,
) {
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for key in keys {
        values(format!("{path}.{key}"), old.get(key), new.get(key), found);
    }
}

fn values(
    path: String,
    old: Option<&Value>,
    new: Option<&Value>,
    found: &mut Vec<FieldDifference>,
) {
    match (old, new) {
        (old, new) if old == new => {}
        (Some(Value::Object(old)), Some(Value::Object(new))) => objects(&path, old, new, found),
        (Some(Value::Array(old)), Some(Value::Array(new))) => lists(&path, old, new, found),
        (old, new) => {
            let (old_value, new_value) = (written(old), written(new));
            found.push(FieldDifference { path, old_value, new_value });
        }
    }
}

/// Skips what both lists begin and end with, so that one more line is one difference.
fn lists(path: &str, old: &[Value], new: &[Value], found: &mut Vec<FieldDifference>) {
    let same = |(one, other): &(&Value, &Value)| one == other;
    let start = old.iter().zip(new).take_while(same).count();
    let (old, new) = (&old[start..], &new[start..]);
    let end = old.iter().rev().zip(new.iter().rev()).take_while(same).count();
    let (old, new) = (&old[..old.len() - end], &new[..new.len() - end]);
    for at in 0..old.len().max(new.len()) {
        values(format!("{path}[{}]", start + at), old.get(at), new.get(at), found);
    }
}

/// A value as differences tell it: JSON, or nothing where there is none.
pub fn written(value: Option<&Value>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}
