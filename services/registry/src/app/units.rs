//! Units: their place in the tree, and the labels below one that moves.

use mpp_api::registry::Unit;
use mpp_core::{Error, Result, region_code};
use mpp_resource::{Call, Filing, Keeps, Serves};
use mpp_store::{Label, Tx};

use super::{
    Registry,
    filing::{filing, lineage, new_region, owned},
    published::{file_published, same},
    relabel::{self, TxRecords},
};
use crate::model::{self, tree::Lineage};

impl Serves<Unit> for Registry {}

impl Keeps<Unit> for Registry {
    fn check(unit: &Unit) -> Result<()> {
        mpp_form::unit::check(unit)
    }

    async fn file(&self, unit: &Unit, before: Option<&Unit>, tx: &mut Tx) -> Result<Filing> {
        let mut owners = vec![unit.name.clone()];
        if !unit.parent.is_empty() {
            let above = lineage(tx, &unit.parent, "unit.parent").await?;
            model::tree::check_parent(&unit.name, &above)?;
            owners.extend(owned(&above));
        }
        if !unit.region.is_empty() {
            let known = before.map(|unit| unit.region.as_str());
            new_region(tx, &unit.region, known, "unit.region").await?;
        }
        if !unit.predecessor.is_empty() {
            tx.require::<Unit>(&unit.predecessor, "unit.predecessor").await?;
        }
        let line =
            Lineage::new(owners.clone()).ok_or_else(|| Error::internal("a unit without a line"))?;
        let labels = [
            (Label::Unit, unit.name.as_str()),
            (Label::Agency, line.agency()),
            (Label::Region, region_code(&unit.region)),
        ];
        let mut filing = filing(&labels, owners);
        file_published(tx, (unit, before), &line, &mut filing).await?;
        Ok(filing)
    }

    /// Only those who hold the unit above may put one below it; only an administrator makes an
    /// agency.
    fn decide_fields(
        &self,
        unit: &mut Unit,
        before: Option<&Unit>,
        filing: &mut Filing,
        call: &Call,
    ) -> Result<()> {
        if let Some(before) = before {
            self.check_published(before, unit, call, same)?;
        }
        if before.is_some_and(|before| before.parent == unit.parent) {
            return Ok(());
        }
        let above: Vec<&str> = filing.owners.iter().skip(1).map(String::as_str).collect();
        call.grant.check(&above)
    }

    async fn after_change(
        &self,
        unit: &Unit,
        before: &Unit,
        filing: &Filing,
        tx: &mut Tx,
    ) -> Result<()> {
        if before.parent == unit.parent {
            return Ok(());
        }
        let standing = self.check_height(tx, unit, filing).await?;
        let agency = &filing.labels[&Label::Agency];
        relabel::unit((self, &standing), tx, &unit.name, agency).await
    }
}

impl Registry {
    /// Passes if the units below one that is filed like this do not lie too deep; answers them all.
    ///
    /// # Errors
    /// `REFERENCE_INVALID`.
    pub async fn check_height(
        &self,
        tx: &mut Tx,
        unit: &Unit,
        filing: &Filing,
    ) -> Result<TxRecords> {
        let standing = TxRecords::of(self, tx).await?;
        let height = standing.below(self, &unit.name).into_values().max().unwrap_or(0);
        model::tree::check_depth(filing.owners.len() + height)?;
        Ok(standing)
    }
}
