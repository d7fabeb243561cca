//! Findings of one run that the next one relies on: the keys that the mapping reads, how many
//! records had something in them, and how the file ended. A column that is suddenly empty, or a
//! renamed heading, would silently remove a field from every record.

use std::collections::{BTreeMap, BTreeSet};

use jaq_json::Val;
use serde::{Deserialize, Serialize};

/// The findings of a complete run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Relied {
    /// Uppermost keys that all records had.
    pub keys: BTreeSet<String>,
    /// Keys in which records had something, and how many of them.
    pub filled: Filled,
    /// The last line of the file had an end.
    pub ends: bool,
}

impl Relied {
    /// No longer counts on a key that only `few` records filled, unless all did.
    pub fn heed(mut self, few: usize) -> Self {
        let all = self.filled.records;
        let few = u64::try_from(few).unwrap_or(u64::MAX);
        self.filled.counts.retain(|_, count| *count > few || *count == all);
        self
    }
}

/// In how many records each uppermost key holds something.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filled {
    counts: BTreeMap<String, u64>,
    records: u64,
}

impl Filled {
    /// Takes up a record.
    pub fn look_at(&mut self, record: &Val) {
        let Val::Obj(map) = record else { return };
        self.records += 1;
        for (key, _) in map.iter().filter(|(_, value)| holds_something(value)) {
            if let Some(key) = text(key) {
                *self.counts.entry(key).or_default() += 1;
            }
        }
    }

    /// True if no record was read.
    pub fn is_empty(&self) -> bool {
        self.records == 0
    }

    /// Whether any record has something there.
    pub fn has(&self, key: &str) -> bool {
        self.counts.contains_key(key)
    }

    /// The findings about these keys alone.
    pub fn of(&self, keys: &BTreeSet<&String>) -> Self {
        let kept = self.counts.iter().filter(|(key, _)| keys.contains(key));
        let counts = kept.map(|(key, count)| (key.clone(), *count)).collect();
        Self { counts, records: self.records }
    }
}

/// A key as text.
pub fn text(key: &Val) -> Option<String> {
    let Val::TStr(bytes) = key else { return None };
    Some(String::from_utf8_lossy(bytes).into_owned())
}

/// True for anything but nothing: no null, no blank text, no list of those.
pub fn holds_something(value: &Val) -> bool {
    match value {
        Val::Null => false,
        Val::TStr(bytes) => !String::from_utf8_lossy(bytes).trim().is_empty(),
        Val::Arr(items) => items.iter().any(holds_something),
        Val::Obj(map) => map.values().any(holds_something),
        _ => true,
    }
}
