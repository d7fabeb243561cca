//! The records that a source publishes, of all kinds that a service takes, by its memory.

use std::sync::Arc;

use mpp_resource::memory::{MemoryRow, Records};
use mpp_store::Label;

use crate::kind::Synced;

/// The rows of the records that a source publishes.
pub(super) fn rows<'a, D: Synced>(
    records: &'a Records,
    source: &'a str,
) -> impl Iterator<Item = (&'a Arc<str>, &'a MemoryRow)> {
    let all = D::KINDS.iter().flat_map(|kind| records.rows_of(kind, ""));
    all.filter(move |(_, row)| row.label(Label::Source) == source)
}

/// The row of this name, whoever publishes it.
pub(super) fn row<'a, D: Synced>(records: &'a Records, name: &str) -> Option<&'a MemoryRow> {
    records.row_of(D::kind_of(name)?, name)
}
