//! Brings the labels of the records below in line when a mall or a unit moves.
//!
//! The records below are read from memory, after [`Registry::catch_up`] under the moved record's
//! lock.

use mpp_api::{
    Document,
    registry::{Counter, Offering, Service, Unit, Window},
};
use mpp_core::Result;
use mpp_resource::memory::Row;
use mpp_store::{Label, Labels, Tx};

use super::Registry;

/// Records that are decoded and written at once.
const CHUNK: usize = 500;

/// A mall has moved to another region.
///
/// # Errors
/// `WRITE_CONFLICT` when a race was lost.
pub async fn mall(registry: &Registry, tx: &mut Tx, mall: &str, region: &str) -> Result<()> {
    let below = format!("{mall}/");
    let every = |_: &str, _: &Row| true;
    relabel::<Counter>(registry, tx, &below, every, (Label::Region, region)).await?;
    relabel::<Window>(registry, tx, &below, every, (Label::Region, region)).await?;
    relabel::<Offering>(registry, tx, &below, every, (Label::Region, region)).await
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
    let label = (Label::Agency, agency);
    relabel::<Unit>(registry, tx, "", lies_below, label).await?;
    relabel::<Service>(registry, tx, "", lies_below, label).await?;
    relabel::<Counter>(registry, tx, "", lies_below, label).await?;
    relabel::<Offering>(registry, tx, "", lies_below, label).await
}

async fn relabel<D: Document>(
    registry: &Registry,
    tx: &mut Tx,
    below: &str,
    concerned: impl Fn(&str, &Row) -> bool,
    label: (Label, &str),
) -> Result<()> {
    let names: Vec<String> = {
        let state = registry.memory.read();
        let rows = state.records.rows::<D>(below).filter(|(name, row)| concerned(name, row));
        rows.map(|(name, _)| name.to_string()).collect()
    };
    for chunk in names.chunks(CHUNK) {
        let items = items::<D>(registry, chunk, label);
        tx.put_many(items).await?;
    }
    Ok(())
}

/// The records as they are, under the new label.
fn items<D: Document>(
    registry: &Registry,
    names: &[String],
    (key, value): (Label, &str),
) -> Vec<(String, D, Labels)> {
    let state = registry.memory.read();
    let item = |name: &String| {
        let mut labels = state.records.row::<D>(name)?.labels();
        labels.insert(key, value.to_owned());
        Some((name.clone(), state.records.get::<D>(name)?.doc, labels))
    };
    names.iter().filter_map(item).collect()
}
