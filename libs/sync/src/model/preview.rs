//! What becomes of a published record, told field by field. Pure.

use std::collections::BTreeSet;

use mpp_api::{
    Document, json,
    sync::{FieldDifference, OverriddenDifference, RecordPreview, record_preview::Change},
};
use mpp_core::Result;
use mpp_resource::Resource;
use prost::Message as _;
use serde_json::{Map, Value};

/// Fields that are no part of what is told as differing: the name is told by itself, and so is what
/// a curator has set.
const APART: [&str; 2] = ["name", "overrides"];
/// Bytes of an answer's differences at the most: clients take messages of 4 MiB, of which the
/// answers to the records need a part.
const MAX_DIFFERENCES: usize = 2 * 1024 * 1024;

/// A version of a published record.
#[derive(Debug)]
pub struct Version<'a, D> {
    /// Its number.
    pub number: i64,
    /// What it says.
    pub doc: &'a D,
}

/// A published record before and afterwards.
#[derive(Debug)]
pub struct Became<'a, D> {
    /// The record of its name before.
    pub stood: Option<Version<'a, D>>,
    /// The same, or the one that has moved here.
    pub was: Option<Version<'a, D>>,
    /// The record of its name afterwards.
    pub is: Option<Version<'a, D>>,
}

impl<D: Resource> Became<'_, D> {
    /// Tells what has become of it, and, by `overridden`, of what a curator has set over it.
    ///
    /// # Errors
    /// Never, of records that the contract knows.
    pub fn tell(
        &self,
        told: &mut RecordPreview,
        overridden: impl Fn(&D, &D) -> Result<Vec<OverriddenDifference>>,
    ) -> Result<()> {
        told.change = self.change().into();
        let (Some(was), Some(is)) = (&self.was, &self.is) else { return Ok(()) };
        told.differences = differences(was.doc, is.doc)?;
        told.overridden = overridden(was.doc, is.doc)?;
        Ok(())
    }

    fn change(&self) -> Change {
        match (&self.stood, &self.was, &self.is) {
            (Some(stood), _, Some(is)) if stood.number == is.number => Change::Unspecified,
            (Some(_), _, Some(_)) => Change::Updated,
            (None, Some(_), Some(_)) => Change::Moved,
            (None, None, Some(_)) => Change::Created,
            (Some(_), _, None) => Change::Deleted,
            (None, _, None) => Change::Unspecified,
        }
    }
}

/// In what two states of a record differ.
///
/// # Errors
/// Never, of messages of the contract.
pub fn differences<R: Resource>(before: &R, after: &R) -> Result<Vec<FieldDifference>> {
    let (mut before, mut after) = (fields(before)?, fields(after)?);
    for field in APART {
        before.remove(field);
        after.remove(field);
    }
    let mut found = Vec::new();
    objects(R::FIELD, &before, &after, &mut found);
    Ok(found)
}

fn fields(doc: &impl Document) -> Result<Map<String, Value>> {
    let value = json::value(doc)?;
    Ok(value.as_object().cloned().unwrap_or_default())
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

/// What both lists begin and end with is left out: so one line more is one difference.
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

fn written(value: Option<&Value>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}

/// Leaves differences out that would make an answer too large to be read, and says how many.
pub fn bounded(mut told: Vec<RecordPreview>) -> Vec<RecordPreview> {
    let mut left = MAX_DIFFERENCES;
    for one in &mut told {
        let all = one.differences.len() + one.overridden.len();
        one.differences.retain(|found| takes(&mut left, found.encoded_len()));
        one.overridden.retain(|found| takes(&mut left, found.encoded_len()));
        let kept = one.differences.len() + one.overridden.len();
        one.left_out = i32::try_from(all - kept).unwrap_or(i32::MAX);
    }
    told
}

fn takes(left: &mut usize, bytes: usize) -> bool {
    let rest = left.checked_sub(bytes);
    *left = rest.unwrap_or(*left);
    rest.is_some()
}

#[cfg(test)]
mod tests;
