//! Brings the labels of the records below in line when a mall or a unit moves.
//!
//! The records below are those of [`TxRecords`]: of memory, under what the transaction itself has
//! written, since a batch moves several units and makes others below them.

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;
use mpp_api::{
    Document as _,
    registry::{Service, Unit},
};
use mpp_core::{Error, Reason, Result};
use mpp_resource::memory::View;
use mpp_store::{Change, Label, Labels, Op, Put, Tx};

use super::Registry;
use crate::memory::RegistryView;

/// Records that are written at once.
const CHUNK: usize = 500;

/// All records as a transaction has them, which holds the lock of the one that moves.
pub struct TxRecords {
    /// What it has written itself, by kind and name.
    written: BTreeMap<(String, String), Change>,
    /// Units that it has written, with the unit above; empty for none.
    parents: HashMap<String, String>,
}

/// A record that is filed anew: name, document and labels.
type Relabelled = (String, Bytes, Labels);

impl TxRecords {
    /// As this transaction has them now.
    ///
    /// # Errors
    /// `UNAVAILABLE` when the database is away, or memory lags too far behind it.
    pub async fn of(registry: &Registry, tx: &mut Tx) -> Result<Self> {
        registry.memory.catch_up(tx.head().await?).await?;
        let written = tx.written().await?;
        let mut parents = HashMap::new();
        for change in written.values().filter(|change| change.kind == Unit::KIND) {
            parents.insert(change.name.clone(), change.decode::<Unit>()?.parent);
        }
        Ok(Self { written, parents })
    }

    /// The units below one, each with how many levels.
    pub fn below(&self, registry: &Registry, top: &str) -> HashMap<String, usize> {
        registry.memory.read().below(top, &self.parents)
    }

    /// The services that it has written, with their versions.
    pub fn services(self) -> HashMap<String, i64> {
        let services = self.written.into_values().filter(|change| change.kind == Service::KIND);
        services.map(|change| (change.name, change.version)).collect()
    }

    /// Records of a kind whose names begin so, and which are to have another value of a label, with
    /// the versions that they have. `concerned` gets a name, and the unit that it is filed under.
    fn to_file(
        &self,
        registry: &Registry,
        (kind, prefix): (&str, &str),
        concerned: impl Fn(&str, &str) -> bool,
        (key, value): (Label, &str),
    ) -> (Vec<Relabelled>, Vec<i64>) {
        let is_to_change = |name: &str, stands: &str, unit: &str| {
            !stands.is_empty() && stands != value && concerned(name, unit)
        };
        let filed_anew = |name: &str, doc: &Bytes, mut labels: Labels| {
            labels.insert(key, value.to_owned());
            (name.to_owned(), doc.clone(), labels)
        };
        let own = self.written.values().filter(|one| one.kind == kind && one.op == Op::Put);
        let own = own.filter(|one| {
            let label = |key| one.labels.get(&key).map_or("", String::as_str);
            one.name.starts_with(prefix) && is_to_change(&one.name, label(key), label(Label::Unit))
        });
        let own = own.map(|one| (filed_anew(&one.name, &one.doc, one.labels.clone()), one.version));
        let state = registry.memory.read();
        let others = state.records.rows_of(kind, prefix).filter(|(name, row)| {
            is_to_change(name, row.label(key), row.label(Label::Unit))
                && !self.written.contains_key(&(kind.to_owned(), name.to_string()))
        });
        let others =
            others.map(|(name, row)| (filed_anew(name, &row.doc, row.labels()), row.stamp.version));
        own.chain(others).unzip()
    }
}

/// A mall has moved to another region.
///
/// # Errors
/// `WRITE_CONFLICT` when a race was lost.
pub async fn mall(registry: &Registry, tx: &mut Tx, mall: &str, region: &str) -> Result<()> {
    let standing = TxRecords::of(registry, tx).await?;
    let below = format!("{mall}/");
    relabel((registry, &standing), tx, &below, |_, _| true, (Label::Region, region)).await
}

/// A unit, with all units below it, has come under another agency.
///
/// # Errors
/// `WRITE_CONFLICT` when a race was lost.
pub async fn unit(
    (registry, standing): (&Registry, &TxRecords),
    tx: &mut Tx,
    top: &str,
    agency: &str,
) -> Result<()> {
    let below = standing.below(registry, top);
    let concerned = |name: &str, unit: &str| lies_below(&below, top, (name, unit));
    relabel((registry, standing), tx, "", concerned, (Label::Agency, agency)).await
}

/// How many records that would file anew.
pub fn count((registry, standing): (&Registry, &TxRecords), top: &str, agency: &str) -> usize {
    let below = standing.below(registry, top);
    let concerned = |name: &str, unit: &str| lies_below(&below, top, (name, unit));
    let of = |kind: &&str| {
        let label = (Label::Agency, agency);
        standing.to_file(registry, (kind, ""), concerned, label).0.len()
    };
    RegistryView::KINDS.iter().map(of).sum()
}

/// Whether a record of a unit lies below the one that moves.
fn lies_below(below: &HashMap<String, usize>, top: &str, (name, unit): (&str, &str)) -> bool {
    name != top && (unit == top || below.contains_key(unit))
}

/// Gives the records of every kind that have the label, and that the move concerns, its new value.
async fn relabel(
    (registry, standing): (&Registry, &TxRecords),
    tx: &mut Tx,
    below: &str,
    concerned: impl Fn(&str, &str) -> bool,
    label: (Label, &str),
) -> Result<()> {
    for kind in RegistryView::KINDS {
        let (items, versions) = standing.to_file(registry, (kind, below), &concerned, label);
        let mut items = items.into_iter();
        for known in versions.chunks(CHUNK) {
            let chunk: Vec<Relabelled> = items.by_ref().take(CHUNK).collect();
            let written = tx.put_encoded(kind, chunk).await?;
            check_unchanged(&written, known)?;
        }
    }
    Ok(())
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
