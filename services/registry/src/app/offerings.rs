//! Offerings: their place, and how a mall's organiser accepts one. See [`model::offering`].

use mpp_api::registry::{Counter, Offering, Service, offering::State};
use mpp_core::{Acceptance, Result, mall_of, parent_of, region_code};
use mpp_resource::{Call, Filing, Keeps, Serves, command::Done, write};
use mpp_rpc::Grant;
use mpp_store::{Label, Tx};

use super::{
    Registry,
    filing::{filing, lineage, mall_and_owners, owned},
};
use crate::{memory::RegistryView, model};

/// The method that accepts offerings; a caller that may call it for a mall need not ask twice.
const ACCEPT: &str = "/mpp.registry.v1.CatalogService/AcceptOffering";

impl Serves<Offering> for Registry {
    /// Fills in the fees, title and state that come from the service.
    fn show(&self, state: &RegistryView, offering: &mut Offering) {
        let found = state.records.get::<Service>(&offering.service);
        let service = found.map(|found| found.doc).unwrap_or_default();
        let fees = model::offering::effective_fees(&offering.fees, &service.fees);
        offering.effective_fees = fees.to_vec();
        offering.service_state = service.state;
        offering.service_title = service.title;
    }
}

impl Keeps<Offering> for Registry {
    fn check(offering: &Offering) -> Result<()> {
        model::offering::check(offering)
    }

    async fn file(
        &self,
        offering: &Offering,
        _before: Option<&Offering>,
        tx: &mut Tx,
    ) -> Result<Filing> {
        let (mall, acceptors) = mall_and_owners(tx, mall_of(&offering.name), "parent").await?;
        let counter = tx.require::<Counter>(parent_of(&offering.name), "parent").await?.doc;
        let unit = lineage(tx, &counter.unit, "parent").await?;
        tx.require::<Service>(&offering.service, "offering.service").await?;
        let labels = [
            (Label::Mall, mall.name.as_str()),
            (Label::Counter, &counter.name),
            (Label::Service, &offering.service),
            (Label::Unit, unit.unit()),
            (Label::Agency, unit.agency()),
            (Label::Region, region_code(&mall.region)),
        ];
        Ok(Filing { acceptors, ..filing(&labels, owned(&unit)) })
    }

    fn decide_fields(
        &self,
        offering: &mut Offering,
        before: Option<&Offering>,
        filing: &mut Filing,
        call: &Call,
    ) -> Result<()> {
        let may_accept = || {
            let grant = Grant::find(ACCEPT, &call.caller);
            grant.is_ok_and(|grant| filing.check_acceptor(&grant).is_ok())
        };
        let state = match before {
            None => State::Proposed,
            Some(before) => model::offering::state_after(before, offering, may_accept()),
        };
        set_state(offering, state, filing);
        Ok(())
    }
}

impl Registry {
    /// The mall's organiser accepts an offering that a counter's unit has proposed.
    ///
    /// # Errors
    /// `WRONG_STATE` if nothing waits to be accepted; `PERMISSION_DENIED`, `NOT_FOUND`,
    /// `ETAG_MISMATCH`.
    pub async fn accept_offering(
        &self,
        call: &Call,
        name: &str,
        etag: &str,
    ) -> Result<Done<Offering>> {
        write::step(self, call, name, etag, |mut offering: Offering, filing| {
            filing.check_acceptor(&call.grant)?;
            model::offering::check_proposed(&offering)?;
            set_state(&mut offering, State::Accepted, filing);
            Ok(offering)
        })
        .await
    }
}

/// Sets the state in the record, and in the label that followers filter by.
fn set_state(offering: &mut Offering, state: State, filing: &mut Filing) {
    offering.set_state(state);
    let label = match state {
        State::Accepted => Acceptance::Accepted,
        State::Proposed | State::Unspecified => Acceptance::Proposed,
    };
    filing.labels.insert(Label::State, label.as_str().into());
}
