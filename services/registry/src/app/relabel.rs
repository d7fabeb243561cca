//! Brings the labels of the records below in line when a mall or a unit moves.
//!
//! The records below are read from memory, after [`Registry::catch_up`] under the moved record's
//! lock.

use bytes::Bytes;
use mpp_core::Result;
use mpp_resource::memory::{Row, View};
use mpp_store::{Label, Labels, Tx};

use super::Registry;
use crate::memory::RegistryView;

/// Records that are written at once.
const CHUNK: usize = 500;

/// A mall has moved to another region.
///
/// # Errors
/// `WRITE_CONFLICT` when a race was lost.
pub async fn mall(registry: &Registry, tx: &mut Tx, mall: &str, region: &str) -> Result<()> {
    let below = format!("{mall}/");
    relabel(registry, tx, &below, |_, _| true, (Label::Region, region)).await
}

/// A unit, with all units below it, has come under another agency.
///
/// # Errors
/// `WRITE_CONFLICT` when a race was lost.
pub async fn unit(registry: &Registry, tx: &mut Tx, top: &str, agency: &str) -> Result<()> {
    let subtree: std::collections::HashSet<String> =
        registry.memory.read().subtree(top).into_iter().map(str::to_owned).collect();
    let lies_below =
        |name: &str, row: &Row| name != top && subtree.contains(row.label(Label::Unit));
    relabel(registry, tx, "", lies_below, (Label::Agency, agency)).await
}

/// Gives the records of every kind that have the label, and that the move concerns, its new value.
async fn relabel(
    registry: &Registry,
    tx: &mut Tx,
    below: &str,
    concerned: impl Fn(&str, &Row) -> bool,
    (key, value): (Label, &str),
) -> Result<()> {
    for kind in RegistryView::KINDS {
        let items: Vec<(String, Bytes, Labels)> = {
            let state = registry.memory.read();
            let rows = state.records.rows_of(kind, below);
            let moved =
                rows.filter(|(name, row)| !row.label(key).is_empty() && concerned(name, row));
            moved.map(|(name, row)| (name.to_string(), row.doc.clone(), row.labels())).collect()
        };
        for chunk in items.chunks(CHUNK) {
            let chunk = chunk.iter().cloned().map(|mut item| {
                item.2.insert(key, value.to_owned());
                item
            });
            tx.put_encoded(kind, chunk.collect()).await?;
        }
    }
    Ok(())
}
