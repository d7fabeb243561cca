//! The things that a source yields.

use mpp_api::sync::Record;
use mpp_core::{Error, Result};
use serde_json::Value;

use super::{fault::Fault, tables::held_back::HeldBack};
use crate::model::keys::Keys;

/// A record as read and mapped, or why it could not be.
pub struct ReadResult {
    /// "row at line 17", "page 2, item 3": where to look in the source.
    pub found_at: String,
    /// The canonical record.
    pub record: Result<Record>,
    /// Remarks for a person, although the record is taken.
    pub notes: Vec<Error>,
    /// The id of a record that is refused, if it has one.
    pub refused_id: Option<String>,
    /// False for a row that belongs to no record if it has no id.
    pub is_record: bool,
    /// The row, if it is held back until a person has looked at it.
    pub held_back: Option<HeldBack>,
}

impl ReadResult {
    pub(super) fn refused(found_at: String, error: Error) -> Self {
        let notes = Vec::new();
        Self {
            found_at,
            record: Err(error),
            notes,
            refused_id: None,
            is_record: true,
            held_back: None,
        }
    }
}

/// One thing that a source yields.
pub enum Yielded {
    /// A record, or why there is none.
    Record(Box<ReadResult>),
    /// A record as it is, if nothing else is asked for.
    Raw(Value),
    /// A row that is not a record: where it stands, and why not.
    PassedOver(String, Error),
    /// A fault of the source as a whole.
    Fault(Fault),
    /// At the end: the keys that the records have, and those that the mapping reads.
    Keys(Box<Keys>),
}
