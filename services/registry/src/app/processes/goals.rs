//! The goals of a life event: which services give each, and which of them are steps.

use std::{collections::BTreeSet, iter};

use mpp_api::registry::{
    LifeEvent, Mall, Service, Standard, Unit,
    life_event::Goal,
    plan_life_event_response::{Goal as ToldGoal, Way, goal::State},
    search_services_response::Place,
    service::Requirement,
};
use mpp_core::{Label, RegionCode};
use mpp_resource::memory::MemoryRow;
use tokio_util::sync::CancellationToken;

use super::{
    places::{Places, nearer},
    telling::count,
    walk::Walk,
};
use crate::{
    app::{
        Registry,
        life_events::{confirmed, fault, gives, is_served},
    },
    memory::RegistryView,
    model::tree::MAX_DEPTH,
    search::NearbyOffering,
};

/// Services of a mall that are ways to one goal; of those elsewhere, ways that are told.
const MOST_WAYS: usize = 10;

/// A goal, and the services that give it.
pub struct FoundGoal {
    /// Its number in the life event, from 1.
    pub number: usize,
    /// What the record says.
    pub goal: Goal,
    /// Services that give it to people of the mall's region and are served; or the one that the
    /// goal names, as it may be.
    pub given_by: Vec<String>,
    /// Those that are steps; none of a goal that leads nowhere.
    pub steps: Vec<String>,
    /// Whether the mall has more that give it.
    is_cut: bool,
    /// Whether the applicant has what it wants, from whichever service.
    pub is_held: bool,
    /// Why it leads nowhere.
    fault: Option<State>,
}

impl FoundGoal {
    /// Judges it once it is known what has moved: whether the applicant has it, and why it leads
    /// nowhere.
    fn settle(&mut self, state: &RegistryView, walk: &Walk, has: &BTreeSet<&str>, mall: &str) {
        self.is_held = self.given_by.iter().any(|by| has.contains(walk.led(by)))
            || has.iter().any(|service| gives(state, &self.goal, service));
        let works = |service: &str| works_for(state, service, mall);
        self.fault = fault(state, &self.goal, walk.led(&self.goal.service), works);
        if self.fault.is_some() {
            self.steps.clear();
        }
    }

    /// Whether its steps are not known, not chosen, or not all among those found.
    pub fn is_open(&self, told: &ToldGoal) -> bool {
        let is_whole = !self.steps.is_empty() && told.steps.len() == self.steps.len();
        told.state() != State::Held && (self.is_cut || !is_whole)
    }
}

/// What asks for the services of all goals, as a service would.
pub fn asking(event: &LifeEvent, goals: &[FoundGoal]) -> Service {
    let steps = goals.iter().flat_map(|goal| &goal.steps).cloned();
    let asked = steps.map(|satisfied_by| Requirement { satisfied_by, ..Requirement::default() });
    Service { name: event.name.clone(), requirements: asked.collect(), ..Service::default() }
}

impl Registry {
    /// The services that give each goal.
    pub(super) fn find_goals(
        &self,
        event: &LifeEvent,
        mall: &str,
        gone: &CancellationToken,
    ) -> Vec<FoundGoal> {
        let mut places = Places::new(self, mall);
        let goals = event.goals.iter().enumerate().take_while(|_| !gone.is_cancelled());
        goals.map(|(index, goal)| self.find_goal(&mut places, mall, (index + 1, goal))).collect()
    }

    fn find_goal(
        &self,
        places: &mut Places<'_>,
        mall: &str,
        (number, goal): (usize, &Goal),
    ) -> FoundGoal {
        let given_by = self.given_by(goal, mall);
        let (mut here, mut elsewhere) = (Vec::new(), Vec::new());
        for service in &given_by {
            match places.nearest(service).first() {
                Some(near) if near.mall == mall => here.push(service.clone()),
                Some(_) => elsewhere.push(service.clone()),
                None => {}
            }
        }
        let is_cut = here.len() > MOST_WAYS;
        here.truncate(MOST_WAYS);
        let steps = match (here.as_slice(), elsewhere.as_slice(), given_by.as_slice()) {
            ([_, ..], _, _) => here,
            // Of several, those without a counter may be the ones that one goes to.
            ([], _, [_]) => given_by.clone(),
            _ => Vec::new(),
        };
        let goal = goal.clone();
        FoundGoal { number, goal, given_by, steps, is_cut, is_held: false, fault: None }
    }

    /// The services that are served. An office of another region than the mall's works for its own
    /// people, unless it has a counter in the mall.
    fn given_by(&self, goal: &Goal, mall: &str) -> Vec<String> {
        if !goal.service.is_empty() {
            return vec![goal.service.clone()];
        }
        let state = self.memory.read();
        let at_home = |service: &&str| works_for(&state, service, mall);
        let served = confirmed(&state, &goal.standard).filter(at_home);
        let served = served.filter(|service| is_served(&state, service));
        served.take(self.policy.goal_services).map(str::to_owned).collect()
    }

    /// Judges all goals once it is known what has moved.
    pub(super) fn settle_goals(
        &self,
        goals: &mut [FoundGoal],
        walk: &Walk,
        has: &BTreeSet<&str>,
        mall: &str,
    ) {
        let state = self.memory.read();
        goals.iter_mut().for_each(|goal| goal.settle(&state, walk, has, mall));
    }

    /// A goal as it is told.
    pub(super) fn tell_goal(
        &self,
        places: &mut Places<'_>,
        walk: &Walk,
        found: &FoundGoal,
    ) -> ToldGoal {
        let given_by: Vec<&str> = found.given_by.iter().map(|name| walk.led(name)).collect();
        let (state, ways) = match found.fault {
            _ if found.is_held => (State::Held, Vec::new()),
            Some(fault) => (fault, Vec::new()),
            None => places.ways(&given_by),
        };
        let steps = found.steps.iter().map(|name| walk.led(name));
        let steps = steps.filter(|name| !found.is_held && walk.place(name).is_some());
        let ways = ways.into_iter().take(MOST_WAYS);
        let ways = ways.map(|(service, near)| self.way(places, service, near));
        let named = given_by.first().filter(|_| !found.goal.service.is_empty());
        let service = named.copied().unwrap_or_default();
        ToldGoal {
            number: count(found.number),
            standard: found.goal.standard.clone(),
            service: service.to_owned(),
            condition: found.goal.condition.clone(),
            state: state.into(),
            ways: ways.collect(),
            service_count: count(given_by.len()),
            steps: steps.map(str::to_owned).collect(),
            ..self.titled(&found.goal.standard, service)
        }
    }

    /// The title of what a goal names.
    fn titled(&self, standard: &str, service: &str) -> ToldGoal {
        let state = self.memory.read();
        if service.is_empty() {
            let standard = state.records.get::<Standard>(standard).map(|found| found.doc);
            let standard = self.in_force(&standard.unwrap_or_default());
            return ToldGoal {
                title: standard.title,
                example: standard.example,
                ..ToldGoal::default()
            };
        }
        ToldGoal { title: title(&state, service), ..ToldGoal::default() }
    }

    /// A service and where it is offered. The fees there are the step's; of many places they would
    /// take much room.
    fn way(&self, places: &Places<'_>, service: &str, near: Option<NearbyOffering>) -> Way {
        let place = near.and_then(|near| places.told(near));
        let place = place.map(|place| Place { fees: Vec::new(), ..place });
        let state = self.memory.read();
        let agency =
            state.records.row::<Service>(service).map_or("", |row| row.label(Label::Agency));
        Way {
            service: service.to_owned(),
            title: title(&state, service),
            agency: agency.to_owned(),
            place,
        }
    }
}

/// Whether the unit of a service works for the region of a mall, or offers it there; without a mall
/// nobody is known to be of another region.
fn works_for(state: &RegistryView, service: &str, mall: &str) -> bool {
    let region = |row: Option<&MemoryRow>| {
        let name = row.map_or("", |row| row.label(Label::Region)).to_owned();
        name.parse::<RegionCode>().ok()
    };
    let unit = service.split("/services/").next().unwrap_or_default();
    // An office without a region of its own works where the one above it does.
    let mut upward = iter::successors(Some(unit), |unit| Some(state.parent_of(unit)))
        .take_while(|unit| !unit.is_empty())
        .take(MAX_DEPTH);
    let own = upward.find_map(|unit| region(state.records.row::<Unit>(unit)));
    let Some(own) = own else { return true };
    let Some(home) = region(state.records.row::<Mall>(mall)) else { return true };
    let mut counters = state.offerings_of(service);
    own.contains(home) || counters.any(|name| name.starts_with(&format!("{mall}/")))
}

fn title(state: &RegistryView, service: &str) -> Option<mpp_api::types::LocalizedText> {
    state.records.get::<Service>(service)?.doc.title
}

impl Places<'_> {
    /// Where services that give a goal are offered: those of the mall, or else the nearest others.
    fn ways<'a>(
        &mut self,
        given_by: &[&'a str],
    ) -> (State, Vec<(&'a str, Option<NearbyOffering>)>) {
        let offered = given_by.iter().filter_map(|service| {
            let near = self.nearest(service).into_iter().next()?;
            Some((*service, near))
        });
        let mut offered: Vec<(&str, NearbyOffering)> = offered.collect();
        let state = match (offered.is_empty(), offered.iter().any(|(_, near)| self.is_here(near))) {
            (true, _) => State::NoCounter,
            (_, true) => State::Here,
            (_, false) => State::Elsewhere,
        };
        if state == State::Here {
            offered.retain(|(_, near)| self.is_here(near));
        } else {
            offered.sort_by(|(_, one), (_, other)| nearer(one, other));
        }
        if state == State::NoCounter {
            return (state, given_by.iter().map(|service| (*service, None)).collect());
        }
        (state, offered.into_iter().map(|(service, near)| (service, Some(near))).collect())
    }
}
