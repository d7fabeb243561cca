//! Which keys of the source's records a mapping reads, and which of them no record has: a heading
//! that was renamed reads as empty everywhere, and would wipe a field of all records without a
//! word.

use std::collections::{BTreeMap, BTreeSet};

use jaq_json::Val;
use mpp_core::{Error, FieldCode};
use reads::{Group, asked};

use super::filled::{Filled, text};

/// Keys that an error shows of what there is.
const SHOWN: usize = 30;

/// The likeness (Jaro and Winkler's) from which on a key is told as the one that was probably
/// meant.
const ALIKE: f64 = 0.9;

/// The keys that a mapping reads, beside those of the records as they are read.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    asked: Vec<Group>,
    /// The keys of `asked` that no record has had yet.
    open: Vec<Group>,
    /// The uppermost keys, for people.
    seen: BTreeSet<String>,
    /// Uppermost keys that all records had so far.
    common: Option<BTreeSet<String>>,
    filled: Filled,
    /// The file that is being read, if there are several.
    file: Option<files::File>,
    /// Keys that some of the files do not have.
    without: Vec<files::Without>,
    /// The kinds of record in files that have a key.
    had: BTreeMap<Group, BTreeSet<&'static str>>,
    /// The source is a file whose last line has its end.
    pub ends: bool,
}

impl Keys {
    /// The keys that a program reads; none if it cannot be parsed.
    pub fn of(program: &str) -> Self {
        let asked = asked(program);
        Self { open: asked.clone(), asked, ..Self::default() }
    }

    /// All keys that the program reads of a record.
    pub fn uppermost(&self) -> Vec<String> {
        self.asked.iter().flatten().cloned().collect()
    }

    /// Takes note of a record's keys.
    pub fn look_at(&mut self, record: &Val) {
        self.open.retain(|group| !group.iter().any(|key| holds(record, key)));
        self.filled.look_at(record);
        let Val::Obj(map) = record else { return };
        let own: BTreeSet<String> = map.keys().filter_map(text).collect();
        self.look_at_file(record, own.iter().cloned());
        self.common = Some(match self.common.take() {
            Some(common) => common.intersection(&own).cloned().collect(),
            None => own.clone(),
        });
        if self.seen.len() < SHOWN {
            self.seen.extend(own);
        }
    }

    /// The warnings once all records are read: keys that the mapping reads and no record has, or
    /// none of some files.
    pub fn missing(&self) -> Vec<Error> {
        if self.common.is_none() {
            return Vec::new();
        }
        let told = |group: &Group| {
            let text = format!(
                "the mapping reads {}, and no record of the source has it{}; there are: {}",
                spelt(group),
                alike(group, &self.seen),
                shown(self.seen.iter())
            );
            Error::field("mapping", FieldCode::KeyMissing, text)
        };
        self.open.iter().map(told).chain(self.missing_in_files()).collect()
    }

    /// The fault if keys that the mapping reads were in every record `before` and are in none
    /// `now`.
    pub fn lost(&self, before: &BTreeSet<String>, now: &BTreeSet<String>) -> Option<String> {
        let lost = self.asked.iter().filter(|group| {
            group.iter().any(|key| before.contains(key))
                && !group.iter().any(|key| now.contains(key))
        });
        let lost: Vec<String> =
            lost.map(|group| format!("{}{}", spelt(group), alike(group, now))).collect();
        (!lost.is_empty()).then(|| {
            format!(
                "the mapping reads {}, which every record had in the last run and none has now; there \
                 are: {}. Nothing was sent. Call it in the source as before, or name it in the mapping \
                 as it is called now; where it is right, run once with --accept-missing",
                lost.join(" and "),
                shown(now.iter())
            )
        })
    }
}

fn holds(value: &Val, key: &str) -> bool {
    match value {
        Val::Arr(items) => items.iter().any(|item| holds(item, key)),
        Val::Obj(map) => map.iter().any(|(name, inner)| {
            matches!(name, Val::TStr(bytes) if bytes.as_ref() == key.as_bytes())
                || holds(inner, key)
        }),
        _ => false,
    }
}

fn spelt(group: &Group) -> String {
    let one = |key: &String| {
        let is_plain = key.chars().all(|sign| sign.is_ascii_alphanumeric() || sign == '_');
        if is_plain { format!(".{key}") } else { format!(".\"{key}\"") }
    };
    group.iter().map(one).collect::<Vec<_>>().join(" // ")
}

/// The key that was probably meant, if one of the source's keys is nearly the one that is read.
fn alike(group: &Group, there: &BTreeSet<String>) -> String {
    let near = |key: &String| {
        let likeness =
            |other: &String| strsim::jaro_winkler(&key.to_lowercase(), &other.to_lowercase());
        let nearest = there.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
        (likeness(nearest) >= ALIKE)
            .then(|| format!(" (did you mean {}?)", spelt(&vec![nearest.clone()])))
    };
    group.iter().find_map(near).unwrap_or_default()
}

fn shown<'a>(keys: impl Iterator<Item = &'a String>) -> String {
    let keys: Vec<&str> = keys.take(SHOWN).map(String::as_str).collect();
    keys.join(", ")
}

mod emptied;
mod files;
mod reads;
#[cfg(test)]
mod tests;
