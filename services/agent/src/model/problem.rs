//! A record that did not get into the index, and what would help.

use mpp_core::{Error, FieldCode};

/// A record that was refused or could not be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The record's id, or where it stands in the source: "row at line 7".
    pub record: String,
    /// Path of the field at fault; empty where the message names it.
    pub field: String,
    /// Stable code.
    pub code: String,
    /// What is wrong and what would be right.
    pub message: String,
}

impl Problem {
    /// A record that never reached the registry; `source_id` is empty where it could not be read.
    pub fn unsent(found_at: &str, source_id: &str, error: &Error) -> Self {
        let code =
            error.violations().first().map_or(error.reason().as_str(), |field| field.code.as_str());
        let record = match source_id {
            "" => found_at.to_owned(),
            id => format!("{found_at} ({id})"),
        };
        Self {
            record,
            field: String::new(),
            code: code.to_owned(),
            message: error.message().to_owned(),
        }
    }

    /// A record whose id came before in the same source.
    pub fn duplicate(found_at: &str, source_id: &str) -> Self {
        let text = "this id came before in the source; the first one counts";
        Self::unsent(found_at, source_id, &Error::field("source_id", FieldCode::Duplicate, text))
    }
}
