//! Life events: the unit that keeps one, and which of its goals lead to a service.
//!
//! A goal names what is to be reached and not who gives it: of a standard, whatever service a
//! person has confirmed to be of it. So an event is written once for the nation, and holds in every
//! mall as far as its links have been confirmed.

use std::collections::{BTreeSet, HashMap};

use mpp_api::registry::{
    LifeEvent, Service, Standard, StandardLink, life_event::Goal,
    plan_life_event_response::goal::State,
};
use mpp_core::Result;
use mpp_resource::{Call, Filing, Keeps, Serves};
use mpp_store::{Label, Tx};

use super::{
    Registry,
    filing::{filing, lineage, owned},
    standards::is_confirmed,
    withdrawn::Moves,
};
use crate::memory::RegistryView;

/// Services that are not there for which one answer asks where they have moved.
pub const MOST_LOOKED_UP: usize = 100;

impl Serves<LifeEvent> for Registry {
    fn show(&self, state: &RegistryView, event: &mut LifeEvent) {
        event.leads_nowhere = nowhere(state, event, &HashMap::new());
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
    /// Looks how many goals of all life events lead to a service, and how many nowhere. Where the
    /// database does not answer, the numbers of the last look stand.
    pub async fn measure_goals(&self) {
        let mut events = self.all_events();
        if !self.follow_moves(&mut events, usize::MAX).await {
            return;
        }
        let all: usize = events.iter().map(|event| event.goals.len()).sum();
        let lost: usize = events.iter().map(|event| event.leads_nowhere.len()).sum();
        self.faults.keep_goals([all - lost, lost]);
    }

    fn all_events(&self) -> Vec<LifeEvent> {
        let state = self.memory.read();
        let names = state.records.rows::<LifeEvent>("").map(|(name, _)| name);
        let events = names.filter_map(|name| {
            let mut event = state.records.get::<LifeEvent>(name)?.doc;
            self.show(&state, &mut event);
            Some(event)
        });
        events.collect()
    }

    /// Looks where the services have moved that goals name and that are not there; of at most so
    /// many. Memory does not know that. Whether all that were asked for could be looked up.
    pub async fn follow_moves(&self, events: &mut [LifeEvent], most: usize) -> bool {
        let gone: BTreeSet<String> = {
            let state = self.memory.read();
            let goals = events.iter().flat_map(|event| &event.goals);
            let named = goals.map(|goal| &goal.service).filter(|name| !name.is_empty());
            let gone = named.filter(|name| state.records.row::<Service>(name).is_none());
            let gone: BTreeSet<String> = gone.cloned().collect();
            gone.into_iter().take(most).collect()
        };
        let Moves { to: moved, not_looked_up } = self.moved(gone).await;
        if moved.is_empty() {
            return not_looked_up.is_empty();
        }
        let state = self.memory.read();
        for event in events {
            event.leads_nowhere = nowhere(&state, event, &moved);
        }
        not_looked_up.is_empty()
    }
}

/// The goals of an event, from 1, that lead to no service that is served.
fn nowhere(state: &RegistryView, event: &LifeEvent, moved: &HashMap<String, String>) -> Vec<i32> {
    let led = |name: &str| moved.get(name).cloned().unwrap_or_else(|| name.to_owned());
    let goals = (1..).zip(&event.goals);
    let lost =
        goals.filter(|(_, goal)| fault(state, goal, &led(&goal.service), |_| true).is_some());
    lost.map(|(number, _)| number).collect()
}

/// Why a goal leads to no service that is served. `service` is the one that it names, or where that
/// has moved; of a standard those count that `works` lets pass.
pub fn fault(
    state: &RegistryView,
    goal: &Goal,
    service: &str,
    works: impl Fn(&str) -> bool,
) -> Option<State> {
    if !service.is_empty() {
        let is_there = state.records.row::<Service>(service).is_some();
        let fault = if is_there { State::NotServed } else { State::Missing };
        return (!is_served(state, service)).then_some(fault);
    }
    if state.records.row::<Standard>(&goal.standard).is_none() {
        return Some(State::Missing);
    }
    let mut given_by = confirmed(state, &goal.standard).filter(|name| works(name)).peekable();
    if given_by.peek().is_none() {
        return Some(State::NotRecorded);
    }
    (!given_by.any(|name| is_served(state, name))).then_some(State::NotServed)
}

/// Whether a service's product is what a goal wants, whether its owner serves it now or not.
pub fn gives(state: &RegistryView, goal: &Goal, service: &str) -> bool {
    let mut links = state.links_of(service).filter(|(_, row)| is_confirmed(row));
    let standard = goal.standard.as_str();
    !standard.is_empty() && links.any(|(_, row)| row.label(Label::Standard) == standard)
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
