//! For each record: what it refers to, what it is filed under, who may write it.
//!
//! Everything is read in the transaction that writes, and what is referred to is locked against
//! change until the commit. So no record ever refers to one that was deleted meanwhile, and no
//! label is written from a tree that has moved.

use std::future::Future;

use mpp_api::{
    registry::{Counter, Mall, Offering, Region, Service, Unit, Window, offering::State},
    sync::Source,
};
use mpp_core::{Error, Reason, Result, Role};
use mpp_rpc::Grant;
use mpp_store::{Labels, Tx};

use super::{Registry, relabel, write::Call};
use crate::{
    memory::Show,
    model::{self, tree::Lineage},
    resource::Resource,
};

/// The method that accepts offerings; who may call it for a mall need not ask twice.
const ACCEPT: &str = "/mpp.registry.v1.CatalogService/AcceptOffering";

/// Where a record belongs.
#[derive(Debug, Default)]
pub struct Place {
    /// What it is filed under.
    pub labels: Labels,
    /// Names of which the caller must hold one.
    pub owners: Vec<String>,
    /// For an offering: names of which who accepts must hold one.
    pub acceptors: Vec<String>,
}

impl Place {
    fn new(labels: &[(&str, &str)], owners: Vec<String>) -> Self {
        let labels = labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        Self { labels: labels.collect(), owners, acceptors: Vec::new() }
    }

    /// Checks that the caller may write the record.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`.
    pub fn check(&self, grant: &Grant) -> Result<()> {
        grant.check(&self.owners.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// Checks that the caller may accept what is proposed here.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`.
    pub fn check_acceptor(&self, grant: &Grant) -> Result<()> {
        grant.check(&self.acceptors.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn may_accept(&self, call: &Call) -> bool {
        Grant::find(ACCEPT, &call.caller).is_ok_and(|grant| self.check_acceptor(&grant).is_ok())
    }
}

/// A record that clients write, with its references.
pub trait Placed: Resource + Show {
    /// Reads what the record refers to, and says where it belongs. `before` is what an update
    /// finds; references that it had already are not judged anew.
    fn place(
        &self,
        before: Option<&Self>,
        tx: &mut Tx,
    ) -> impl Future<Output = Result<Place>> + Send;

    /// Decides what the caller does not: state and owner.
    ///
    /// # Errors
    /// Where the record's state does not allow the write.
    fn settle(&mut self, _before: Option<&Self>, _place: &mut Place, _call: &Call) -> Result<()> {
        Ok(())
    }

    /// Brings what lies below in line, in the same transaction.
    fn moved(
        &self,
        _before: &Self,
        _place: &Place,
        _registry: &Registry,
        _tx: &mut Tx,
    ) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }

    /// Takes what cannot live without the record with it, in the same transaction; the record is
    /// locked.
    fn leaving(
        &self,
        _registry: &Registry,
        _tx: &mut Tx,
    ) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }
}

/// A unit and the units above it.
///
/// # Errors
/// `REFERENCE_INVALID` naming `field` where the unit does not exist.
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
    Lineage::new(upward).ok_or_else(|| Error::field(field, "REQUIRED", "must name a unit"))
}

/// As [`lineage`]; `None` where the unit does not exist.
///
/// # Errors
/// Where the database is away.
pub async fn find_lineage(tx: &mut Tx, unit: &str) -> Result<Option<Lineage>> {
    match lineage(tx, unit, "unit").await {
        Err(error) if error.reason() == Reason::ReferenceInvalid => Ok(None),
        found => found.map(Some),
    }
}

/// The mall, and who may write it: who holds it, or its organiser or a unit above.
async fn mall_and_owners(tx: &mut Tx, mall: &str, field: &str) -> Result<(Mall, Vec<String>)> {
    let mall = tx.require::<Mall>(mall, field).await?.doc;
    let owners = mall_owners(tx, &mall).await?;
    Ok((mall, owners))
}

async fn mall_owners(tx: &mut Tx, mall: &Mall) -> Result<Vec<String>> {
    let organiser = lineage(tx, &mall.organiser, "mall.organiser").await?;
    Ok([vec![mall.name.clone()], owned(&organiser)].concat())
}

fn owned(lineage: &Lineage) -> Vec<String> {
    lineage.names().into_iter().map(str::to_owned).collect()
}

fn code(region: &str) -> &str {
    region.trim_start_matches("regions/")
}

/// A region that a record is newly filed under must be valid today.
async fn new_region(tx: &mut Tx, region: &str, before: Option<&str>, field: &str) -> Result<Region> {
    let found = tx.require::<Region>(region, field).await?.doc;
    if before != Some(region) {
        model::region::check_valid(&found, tx.now(), field)?;
    }
    Ok(found)
}

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
        let labels =
            [("unit", self.name.as_str()), ("agency", &agency), ("region", code(&self.region))];
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
        relabel::unit(registry, tx, &self.name, &place.labels["agency"]).await
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
        let labels =
            [("mall", self.name.as_str()), ("region", code(&self.region)), ("organiser", &self.organiser)];
        Ok(Place::new(&labels, owners))
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

impl Placed for Counter {
    async fn place(&self, _before: Option<&Self>, tx: &mut Tx) -> Result<Place> {
        let (mall, owners) = mall_and_owners(tx, mall_of(&self.name), "parent").await?;
        let unit = lineage(tx, &self.unit, "counter.unit").await?;
        let labels = [
            ("mall", mall.name.as_str()),
            ("counter", &self.name),
            ("unit", &self.unit),
            ("agency", unit.agency()),
            ("region", code(&mall.region)),
        ];
        Ok(Place::new(&labels, owners))
    }
}

impl Placed for Window {
    async fn place(&self, _before: Option<&Self>, tx: &mut Tx) -> Result<Place> {
        let (mall, owners) = mall_and_owners(tx, mall_of(&self.name), "parent").await?;
        let counter = tx.require::<Counter>(parent_of(&self.name), "parent").await?;
        let labels =
            [("mall", mall.name.as_str()), ("counter", &counter.name), ("region", code(&mall.region))];
        Ok(Place::new(&labels, owners))
    }
}

impl Placed for Service {
    async fn place(&self, _before: Option<&Self>, tx: &mut Tx) -> Result<Place> {
        let unit = lineage(tx, parent_of(&self.name), "parent").await?;
        Ok(Place { labels: service_labels(self, &unit), owners: owned(&unit), ..Place::default() })
    }

    /// What a source publishes is changed there, or its next run would undo the change unseen. An
    /// administrator takes a record over, such as one whose source is gone for good.
    fn settle(&mut self, before: Option<&Self>, place: &mut Place, call: &Call) -> Result<()> {
        let Some(before) = before.filter(|before| !before.source.is_empty()) else { return Ok(()) };
        published_elsewhere(before, call)?;
        self.source.clear();
        place.labels.insert("source".into(), String::new());
        Ok(())
    }

    async fn leaving(&self, registry: &Registry, tx: &mut Tx) -> Result<()> {
        registry.catch_up().await?;
        relabel::withdraw_offerings(registry, tx, &self.name).await
    }
}

/// Refuses a write by the API to a record of a source.
///
/// # Errors
/// `WRONG_STATE`, saying where to change it.
pub fn published_elsewhere(service: &Service, call: &Call) -> Result<()> {
    if service.source.is_empty() || call.caller.is(Role::Administrator) {
        return Ok(());
    }
    let message = format!("{} is published by {}; change it there", service.name, service.source);
    Err(Error::new(Reason::WrongState, message))
}

/// What a service is filed under.
pub fn service_labels(service: &Service, unit: &Lineage) -> Labels {
    let labels = [
        ("unit", unit.unit()),
        ("agency", unit.agency()),
        ("category", &service.category),
        ("source", &service.source),
    ];
    Place::new(&labels, Vec::new()).labels
}

impl Placed for Offering {
    async fn place(&self, _before: Option<&Self>, tx: &mut Tx) -> Result<Place> {
        let (mall, acceptors) = mall_and_owners(tx, mall_of(&self.name), "parent").await?;
        let counter = tx.require::<Counter>(parent_of(&self.name), "parent").await?.doc;
        let unit = lineage(tx, &counter.unit, "parent").await?;
        tx.require::<Service>(&self.service, "offering.service").await?;
        let labels = [
            ("mall", mall.name.as_str()),
            ("counter", &counter.name),
            ("service", &self.service),
            ("unit", unit.unit()),
            ("agency", unit.agency()),
            ("region", code(&mall.region)),
        ];
        Ok(Place { acceptors, ..Place::new(&labels, owned(&unit)) })
    }

    fn settle(&mut self, before: Option<&Self>, place: &mut Place, call: &Call) -> Result<()> {
        self.set_state(match before {
            None => State::Proposed,
            Some(before) => model::offering::state_after(before, self, place.may_accept(call)),
        });
        place.labels.insert("state".into(), state_label(self.state()).into());
        Ok(())
    }
}

/// The label of an offering's state.
pub fn state_label(state: State) -> &'static str {
    match state {
        State::Accepted => "accepted",
        State::Proposed | State::Unspecified => "proposed",
    }
}

impl Placed for Source {
    async fn place(&self, _before: Option<&Self>, tx: &mut Tx) -> Result<Place> {
        lineage(tx, &self.unit, "source.unit").await?;
        for (index, unit) in self.also_writes.iter().enumerate() {
            tx.require::<Unit>(unit, &format!("source.also_writes[{index}]")).await?;
        }
        let labels = [("source", self.name.as_str()), ("unit", &self.unit)];
        Ok(Place::new(&labels, vec![self.name.clone()]))
    }
}

/// The mall's name within a checked name.
fn mall_of(name: &str) -> &str {
    let end = name.match_indices('/').nth(1).map_or(name.len(), |(at, _)| at);
    &name[..end]
}

/// A checked name without its last pair.
fn parent_of(name: &str) -> &str {
    let cut = name.rmatch_indices('/').nth(1).map_or(0, |(at, _)| at);
    &name[..cut]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_to_its_mall_and_its_parent() {
        let offering = "malls/a/counters/b/offerings/c";
        assert_eq!((mall_of(offering), parent_of(offering)), ("malls/a", "malls/a/counters/b"));
        assert_eq!(parent_of("units/a/services/b"), "units/a");
        assert_eq!((mall_of("malls/a"), parent_of("malls/a")), ("malls/a", ""));
    }
}
