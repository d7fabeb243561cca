//! Where units, malls, counters and windows belong.

use mpp_api::registry::{Counter, Mall, Region, Unit, Window};
use mpp_core::{Error, Reason, Result, Role};
use mpp_store::{Label, Tx};

use super::{
    Registry,
    place::{
        Place, Placed, code, lineage, mall_and_owners, mall_of, mall_owners, new_region, owned,
        parent_of,
    },
    relabel,
    write::Call,
};
use crate::model;

impl Placed for Unit {
    async fn place(&self, before: Option<&Self>, tx: &mut Tx) -> Result<Place> {
        let mut owners = vec![self.name.clone()];
        if !self.parent.is_empty() {
            let above = lineage(tx, &self.parent, "unit.parent").await?;
            model::tree::check_parent(&self.name, &above)?;
            owners.extend(owned(&above));
        }
        if !self.region.is_empty() {
            let known = before.map(|unit| unit.region.as_str());
            new_region(tx, &self.region, known, "unit.region").await?;
        }
        if !self.predecessor.is_empty() {
            tx.require::<Unit>(&self.predecessor, "unit.predecessor").await?;
        }
        let agency = owners[owners.len() - 1].clone();
        let labels = [
            (Label::Unit, self.name.as_str()),
            (Label::Agency, &agency),
            (Label::Region, code(&self.region)),
        ];
        Ok(Place::new(&labels, owners))
    }

    /// Who puts a unit below another must hold that one; only an administrator makes an agency.
    fn settle(&mut self, before: Option<&Self>, place: &mut Place, call: &Call) -> Result<()> {
        if before.is_some_and(|before| before.parent == self.parent) {
            return Ok(());
        }
        let above: Vec<&str> = place.owners.iter().skip(1).map(String::as_str).collect();
        call.grant.check(&above)
    }

    async fn moved(
        &self,
        before: &Self,
        place: &Place,
        registry: &Registry,
        tx: &mut Tx,
    ) -> Result<()> {
        if before.parent == self.parent {
            return Ok(());
        }
        registry.catch_up().await?;
        let height = registry.memory.read().height(&self.name);
        model::tree::check_depth(place.owners.len() + height)?;
        relabel::unit(registry, tx, &self.name, &place.labels[&Label::Agency]).await
    }
}

impl Placed for Mall {
    async fn place(&self, before: Option<&Self>, tx: &mut Tx) -> Result<Place> {
        let known = before.map(|mall| mall.region.as_str());
        let region = new_region(tx, &self.region, known, "mall.region").await?;
        model::region::check_not_province(&region, "mall.region")?;
        for (index, served) in self.serves_regions.iter().enumerate() {
            tx.require::<Region>(served, &format!("mall.serves_regions[{index}]")).await?;
        }
        let owners = mall_owners(tx, self).await?;
        let labels = [
            (Label::Mall, self.name.as_str()),
            (Label::Region, code(&self.region)),
            (Label::Organiser, &self.organiser),
        ];
        Ok(Place::new(&labels, owners))
    }

    /// Who runs a mall does not say that it was verified, nor whose it is; who verifies malls says
    /// only that.
    fn settle(&mut self, before: Option<&Self>, place: &mut Place, call: &Call) -> Result<()> {
        let Some(before) = before.filter(|_| !call.caller.is(Role::Administrator)) else {
            return Ok(());
        };
        let verifier = call.caller.is(Role::Verifier);
        let owners: Vec<&str> = place.owners.iter().map(String::as_str).collect();
        if !verifier && let Some(field) = model::mall::verified_difference(before, self) {
            return Err(not_theirs(&field, "a verifier"));
        }
        if !call.grant.is_owner(&owners)
            && let Some(field) = model::mall::own_difference(before, self)
        {
            return Err(not_theirs(&field, "the mall's organiser"));
        }
        Ok(())
    }

    async fn moved(
        &self,
        before: &Self,
        _place: &Place,
        registry: &Registry,
        tx: &mut Tx,
    ) -> Result<()> {
        if before.region == self.region {
            return Ok(());
        }
        registry.catch_up().await?;
        relabel::mall(registry, tx, &self.name, code(&self.region)).await
    }
}

fn not_theirs(field: &str, whose: &str) -> Error {
    let message = format!("{field} is changed by {whose} or an administrator");
    Error::new(Reason::PermissionDenied, message)
}

impl Placed for Counter {
    async fn place(&self, _before: Option<&Self>, tx: &mut Tx) -> Result<Place> {
        let (mall, owners) = mall_and_owners(tx, mall_of(&self.name), "parent").await?;
        let unit = lineage(tx, &self.unit, "counter.unit").await?;
        let labels = [
            (Label::Mall, mall.name.as_str()),
            (Label::Counter, &self.name),
            (Label::Unit, &self.unit),
            (Label::Agency, unit.agency()),
            (Label::Region, code(&mall.region)),
        ];
        Ok(Place::new(&labels, owners))
    }
}

impl Placed for Window {
    async fn place(&self, _before: Option<&Self>, tx: &mut Tx) -> Result<Place> {
        let (mall, owners) = mall_and_owners(tx, mall_of(&self.name), "parent").await?;
        let counter = tx.require::<Counter>(parent_of(&self.name), "parent").await?;
        let labels = [
            (Label::Mall, mall.name.as_str()),
            (Label::Counter, &counter.name),
            (Label::Region, code(&mall.region)),
        ];
        Ok(Place::new(&labels, owners))
    }
}
