//! Shared by the rules of several kinds: the units above, a mall's owners, a valid region.
//!
//! Everything is read in the transaction that writes, and each record that is referred to is locked
//! against change until the commit. So no label is written from a tree that has moved.

use mpp_api::registry::{Mall, Region, Unit};
use mpp_core::{Error, FieldCode, Reason, Result};
use mpp_resource::Filing;
use mpp_store::{Label, Tx};

use crate::model::{self, tree::Lineage};

pub(super) fn filing(labels: &[(Label, &str)], owners: Vec<String>) -> Filing {
    let labels = labels.iter().map(|(key, value)| (*key, (*value).to_owned()));
    Filing { labels: labels.collect(), owners, acceptors: Vec::new() }
}

/// A unit and the units above it.
///
/// # Errors
/// `REFERENCE_INVALID` naming `field` if the unit does not exist.
pub async fn lineage(tx: &mut Tx, unit: &str, field: &str) -> Result<Lineage> {
    let mut upward = Vec::new();
    let mut next = unit.to_owned();
    while !next.is_empty() {
        if upward.len() > model::tree::MAX_DEPTH {
            return Err(Error::internal(format!("the units above {unit} do not end")));
        }
        let found = tx.require::<Unit>(&next, field).await?;
        upward.push(std::mem::replace(&mut next, found.doc.parent));
    }
    Lineage::new(upward).ok_or_else(|| Error::field(field, FieldCode::Required, "must name a unit"))
}

/// Like [`lineage`]; `None` if the unit does not exist.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn find_lineage(tx: &mut Tx, unit: &str) -> Result<Option<Lineage>> {
    match lineage(tx, unit, "unit").await {
        Err(error) if error.reason() == Reason::ReferenceInvalid => Ok(None),
        found => found.map(Some),
    }
}

/// The mall, and the names whose holder may write it: its own, its organiser's, those of the units
/// above.
pub(super) async fn mall_and_owners(
    tx: &mut Tx,
    mall: &str,
    field: &str,
) -> Result<(Mall, Vec<String>)> {
    let mall = tx.require::<Mall>(mall, field).await?.doc;
    let owners = mall_owners(tx, &mall).await?;
    Ok((mall, owners))
}

pub(super) async fn mall_owners(tx: &mut Tx, mall: &Mall) -> Result<Vec<String>> {
    let organiser = lineage(tx, &mall.organiser, "mall.organiser").await?;
    Ok(mpp_rpc::mall_owners(&mall.name, owned(&organiser)))
}

/// The names of a unit and of those above it.
pub fn owned(lineage: &Lineage) -> Vec<String> {
    lineage.names().into_iter().map(str::to_owned).collect()
}

/// A region that a record is newly filed under must be valid today.
pub(super) async fn new_region(
    tx: &mut Tx,
    region: &str,
    before: Option<&str>,
    field: &str,
) -> Result<Region> {
    let found = known_region(tx, region, field).await?;
    if before != Some(region) {
        model::region::check_valid(&found, tx.now(), field)?;
    }
    Ok(found)
}

/// A region that the table has.
pub(super) async fn known_region(tx: &mut Tx, region: &str, field: &str) -> Result<Region> {
    match tx.require::<Region>(region, field).await {
        Err(error) if error.reason() == Reason::ReferenceInvalid => {
            let text = format!("{region} does not exist");
            Err(Error::reference(field, FieldCode::RegionNotFound, text))
        }
        found => found.map(|found| found.doc),
    }
}
