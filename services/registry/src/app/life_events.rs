//! Life events: the unit that keeps one, and which of its goals lead to a service.
//!
//! A goal names what is to be reached and not who gives it: of a standard, whatever service a
//! person has confirmed to be of it. So an event is written once for the nation, and holds in every
//! mall as far as its links have been confirmed.

use mpp_api::registry::{LifeEvent, Service, Standard, StandardLink, life_event::Goal};
use mpp_core::Result;
use mpp_resource::{Call, Filing, Keeps, Serves};
use mpp_store::{Label, Tx};

use super::{
    Registry,
    filing::{filing, lineage, owned},
    standards::is_confirmed,
};
use crate::memory::RegistryView;

impl Serves<LifeEvent> for Registry {
    fn show(&self, state: &RegistryView, event: &mut LifeEvent) {
        event.leads_nowhere = nowhere(state, event).collect();
    }
}

impl Keeps<LifeEvent> for Registry {
    fn check(event: &LifeEvent) -> Result<()> {
        mpp_form::life_event::check(event)
    }

    async fn file(
        &self,
        event: &LifeEvent,
        before: Option<&LifeEvent>,
        tx: &mut Tx,
    ) -> Result<Filing> {
        let known = before.map(|before| before.goals.as_slice()).unwrap_or_default();
        for (index, goal) in event.goals.iter().enumerate() {
            let is_known = |standard: &str, service: &str| {
                known.iter().any(|one| one.standard == standard && one.service == service)
            };
            if is_known(&goal.standard, &goal.service) {
                continue;
            }
            let field = |name: &str| format!("life_event.goals[{index}].{name}");
            match goal.service.as_str() {
                "" => drop(tx.require::<Standard>(&goal.standard, &field("standard")).await?),
                service => drop(tx.require::<Service>(service, &field("service")).await?),
            }
        }
        let unit = lineage(tx, &event.unit, "life_event.unit").await?;
        let labels = [(Label::Unit, unit.unit()), (Label::Agency, unit.agency())];
        Ok(filing(&labels, owned(&unit)))
    }

    /// It is handed only to a unit that is the caller's, too.
    fn decide_fields(
        &self,
        _event: &mut LifeEvent,
        _before: Option<&LifeEvent>,
        filing: &mut Filing,
        call: &Call,
    ) -> Result<()> {
        filing.check_owner(&call.grant)
    }
}

impl Registry {
    /// Looks how many goals of all life events lead to a service, and how many nowhere.
    pub fn measure_goals(&self) {
        let state = self.memory.read();
        let (mut all, mut lost) = (0, 0);
        for (name, _) in state.records.rows::<LifeEvent>("") {
            let Some(found) = state.records.get::<LifeEvent>(name) else { continue };
            all += found.doc.goals.len();
            lost += nowhere(&state, &found.doc).count();
        }
        drop(state);
        self.faults.keep_goals([all - lost, lost]);
    }
}

/// The goals of an event, from 1, that lead to no service that is served.
fn nowhere<'a>(
    state: &'a RegistryView,
    event: &'a LifeEvent,
) -> impl Iterator<Item = i32> + use<'a> {
    let goals = (1..).zip(&event.goals);
    goals.filter(|(_, goal)| !is_given(state, goal)).map(|(number, _)| number)
}

fn is_given(state: &RegistryView, goal: &Goal) -> bool {
    match goal.service.as_str() {
        "" => confirmed(state, &goal.standard).any(|service| is_served(state, service)),
        service => is_served(state, service),
    }
}

/// Whether a service is there and its owner serves it.
pub fn is_served(state: &RegistryView, service: &str) -> bool {
    state.records.row::<Service>(service).is_some() && state.leads().is_served(service)
}

/// The services that persons have confirmed to be of a standard.
pub fn confirmed<'a>(state: &'a RegistryView, standard: &'a str) -> impl Iterator<Item = &'a str> {
    let links = state.links_to(standard);
    let rows = links.filter_map(|name| state.records.row::<StandardLink>(name));
    rows.filter(|row| is_confirmed(row)).map(|row| row.label(Label::Service))
}
