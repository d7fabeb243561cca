//! The kinds of record that sources send, as a batch holds them.

use mpp_api::{registry::Service, sync::Record};
use mpp_core::Result;
use mpp_form::record::{self, Checked};
use mpp_resource::Resource;

/// A kind of record that sources send.
pub trait Synced: Resource {
    /// The name that a record of this unit and id asks for, whatever they hold.
    fn asked(unit: &str, source_id: &str) -> String;

    /// Checks the form of one record of `source`.
    ///
    /// # Errors
    /// Every wrong field; the record is then rejected.
    fn check(record: Record, source: &str) -> Result<Checked<Self>>;

    /// The record that this was checked of, as it is kept where it has to wait: checked again it
    /// is the same.
    fn to_record(checked: &Checked<Self>) -> Record;
}

impl Synced for Service {
    fn asked(unit: &str, source_id: &str) -> String {
        format!("{unit}/services/{source_id}")
    }

    fn check(record: Record, source: &str) -> Result<Checked<Self>> {
        record::check(record, source)
    }

    fn to_record(checked: &Checked<Self>) -> Record {
        checked.to_record()
    }
}
