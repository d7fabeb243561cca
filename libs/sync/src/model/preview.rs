//! What happens to a published record, told field by field. Pure.

use mpp_api::{
    difference::{self, Room},
    sync::{FieldDifference, OverriddenDifference, RecordPreview, record_preview::Change},
};
use mpp_core::Result;
use prost::Message as _;

/// Fields that are no part of what is told as differing: the name is told separately, and so is
/// what a curator has set.
const APART: [&str; 2] = ["name", "overrides"];

/// A version of a published record.
#[derive(Debug)]
pub struct Version<'a> {
    /// The version's number.
    pub number: i64,
    /// What it says, encoded.
    pub doc: &'a [u8],
}

/// A published record before and afterwards.
#[derive(Debug)]
pub struct Became<'a> {
    /// The record's kind.
    pub kind: &'a str,
    /// The record of its name before.
    pub stood: Option<Version<'a>>,
    /// The same, or the one that has moved here.
    pub was: Option<Version<'a>>,
    /// The record of its name afterwards.
    pub is: Option<Version<'a>>,
}

impl Became<'_> {
    /// Tells what has become of it, and, by `overridden`, of what a curator has set over it.
    ///
    /// # Errors
    /// Never, for records that the contract knows.
    pub fn tell(
        &self,
        told: &mut RecordPreview,
        overridden: impl Fn(&str, [&[u8]; 2]) -> Result<Vec<OverriddenDifference>>,
    ) -> Result<()> {
        told.change = self.change().into();
        let (Some(was), Some(is)) = (&self.was, &self.is) else { return Ok(()) };
        told.differences = differences(self.kind, was.doc, is.doc);
        told.overridden = overridden(self.kind, [was.doc, is.doc])?;
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

/// What differs between two encoded states of a record; nothing if one cannot be read.
fn differences(kind: &str, before: &[u8], after: &[u8]) -> Vec<FieldDifference> {
    let mut found = difference::of(kind, before, after).unwrap_or_default();
    found.retain(|one| {
        let field = one.path.split(['.', '[']).nth(1);
        !APART.iter().any(|apart| field == Some(apart))
    });
    found
}

/// Leaves differences out that would make an answer too large to be read, and says how many.
pub fn bounded(mut told: Vec<RecordPreview>) -> Vec<RecordPreview> {
    let mut room = Room::default();
    for one in &mut told {
        let all = one.overridden.len();
        one.left_out = room.keep(&mut one.differences);
        one.overridden.retain(|found| room.takes(found.encoded_len()));
        one.left_out += i32::try_from(all - one.overridden.len()).unwrap_or(i32::MAX);
    }
    told
}

#[cfg(test)]
mod tests;
