//! Where services, offerings and sources belong.

use mpp_api::{
    registry::{Counter, Offering, Service, Unit, offering::State},
    sync::Source,
};
use mpp_core::{Error, Reason, Result, Role};
use mpp_store::{Label, Labels, Tx};

use super::{
    Registry,
    place::{Place, Placed, code, lineage, mall_and_owners, mall_of, owned, parent_of},
    relabel,
    write::Call,
};
use crate::model::{self, tree::Lineage};

impl Placed for Service {
    async fn place(&self, _before: Option<&Self>, tx: &mut Tx) -> Result<Place> {
        let unit = lineage(tx, parent_of(&self.name), "parent").await?;
        Ok(Place { labels: service_labels(self, &unit), owners: owned(&unit), ..Place::default() })
    }

    /// What a source publishes is changed there, or its next run would undo the change unseen. An
    /// administrator takes a record over, such as one whose source is gone for good.
    fn settle(&mut self, before: Option<&Self>, place: &mut Place, call: &Call) -> Result<()> {
        let Some(before) = before.filter(|before| !before.source.is_empty()) else {
            return Ok(());
        };
        published_elsewhere(before, call)?;
        self.source.clear();
        place.labels.insert(Label::Source, String::new());
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
        (Label::Unit, unit.unit()),
        (Label::Agency, unit.agency()),
        (Label::Category, &service.category),
        (Label::Source, &service.source),
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
            (Label::Mall, mall.name.as_str()),
            (Label::Counter, &counter.name),
            (Label::Service, &self.service),
            (Label::Unit, unit.unit()),
            (Label::Agency, unit.agency()),
            (Label::Region, code(&mall.region)),
        ];
        Ok(Place { acceptors, ..Place::new(&labels, owned(&unit)) })
    }

    fn settle(&mut self, before: Option<&Self>, place: &mut Place, call: &Call) -> Result<()> {
        self.set_state(match before {
            None => State::Proposed,
            Some(before) => model::offering::state_after(before, self, place.may_accept(call)),
        });
        place.labels.insert(Label::State, state_label(self.state()).into());
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
        let labels = [(Label::Source, self.name.as_str()), (Label::Unit, &self.unit)];
        Ok(Place::new(&labels, vec![self.name.clone()]))
    }
}
