//! Brings the labels of the records below in line when a mall or a unit moves.
//!
//! The records below are read from memory, after [`Registry::catch_up`] under the moved record's
//! lock.

use bytes::Bytes;
use mpp_core::{Error, Reason, Result};
use mpp_resource::memory::{Row, View};
use mpp_store::{Label, Labels, Put, Tx};

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
    label: (Label, &str),
) -> Result<()> {
    for kind in RegistryView::KINDS {
        let (items, versions): (Vec<_>, Vec<_>) = {
            let state = registry.memory.read();
            let rows = state.records.rows_of(kind, below);
            let moved =
                rows.filter(|(name, row)| !row.label(label.0).is_empty() && concerned(name, row));
            moved.map(|(name, row)| (item(name, row, label), row.stamp.version)).unzip()
        };
        let mut items = items.into_iter();
        for known in versions.chunks(CHUNK) {
            let chunk: Vec<Item> = items.by_ref().take(CHUNK).collect();
            let written = tx.put_encoded(kind, chunk).await?;
            check_unchanged(&written, known)?;
        }
    }
    Ok(())
}

/// A record's name, document and labels.
type Item = (String, Bytes, Labels);

/// The record as it is, under the new label.
fn item(name: &str, row: &Row, (key, value): (Label, &str)) -> Item {
    let mut labels = row.labels();
    labels.insert(key, value.to_owned());
    (name.to_owned(), row.doc.clone(), labels)
}

/// A mall and a unit that move at the same time meet in the mall's counters, under different locks:
/// the later one would write the other's label back as memory has it.
fn check_unchanged(written: &[Put], known: &[i64]) -> Result<()> {
    let same = |(put, version): (&Put, &i64)| put.version == version + i64::from(put.changed);
    if written.iter().zip(known).all(same) {
        return Ok(());
    }
    let message = "a record below changed while it was filed anew; send the same request again";
    Err(Error::new(Reason::WriteConflict, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_that_another_move_filed_meanwhile_is_not_filed_back() {
        let put = |version, changed| Put { version, changed, tombstoned: false };
        assert!(check_unchanged(&[put(3, true), put(5, false)], &[2, 5]).is_ok());
        let error = check_unchanged(&[put(4, true)], &[2]).expect_err("one came between");
        assert_eq!(error.reason(), Reason::WriteConflict);
    }
}
