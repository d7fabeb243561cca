//! The path through a life event in a mall: over the goals and all that the services ask for which
//! give them. What asks for the goals stands first among what was found, as if it were a service;
//! the applicant does not go there, so it is left out of what is told.

use std::collections::BTreeSet;

use mpp_api::registry::{
    Counter, LifeEvent, PlanLifeEventRequest, PlanLifeEventResponse, Window, life_event,
    plan_life_event_response::{Document, Goal as ToldGoal, Stop, stop::Window as ToldWindow},
    plan_steps_response::{Totals, need},
    service::requirement::Applicant,
};
use mpp_core::{Result, parent_of};

use super::{
    check_applicant, check_has, check_mall,
    goals::{FoundGoal, asking},
    places::Places,
    telling::{self, PlanBasis, count},
    walk::{NamedService, Walk, Wanted},
};
use crate::{
    app::{Registry, life_events::gives},
    memory::RegistryView,
    model::process::{
        Plan, Step,
        brought::{Asked, Brought, brought},
        goals::{Goal, GoalsPlan, plan_goals},
    },
};

/// Things to bring that are told, and steps and cases of each.
const MOST_DOCUMENTS: usize = 200;
const MOST_OF_EACH: usize = 50;
/// Windows of a counter that are told.
const MOST_WINDOWS: usize = 50;

impl Registry {
    /// The path through a life event, with what is known of places, time and fees.
    ///
    /// # Errors
    /// `NOT_FOUND`; a mall that does not exist; names of another form, or too many; `UNAVAILABLE`
    /// if this replica is behind.
    pub async fn plan_life_event(
        &self,
        caller: &str,
        asked: PlanLifeEventRequest,
    ) -> Result<PlanLifeEventResponse> {
        check_has(&asked.has, &asked.name)?;
        check_applicant(asked.applicant)?;
        let event = self.read_or_gone::<LifeEvent>(&asked.name, asked.min_revision).await?;
        self.memory.settled(|state| check_mall(state, &asked.mall)).await?;
        let (own, mall, wanted) = (self.clone(), asked.mall.clone(), event.clone());
        let goals = self.comparing.run(caller, move |gone| own.find_goals(&wanted, &mall, gone));
        let goals = goals.await?;
        let applicant = Applicant::try_from(asked.applicant).unwrap_or_default();
        let wanted = Wanted::Goals(Box::new(asking(&event, &goals)));
        let (walk, own) = (self.walked(caller, wanted, applicant, &asked.has).await?, self.clone());
        self.comparing.run(caller, move |_| own.path(&asked, event, goals, &walk)).await
    }

    fn path(
        &self,
        asked: &PlanLifeEventRequest,
        event: LifeEvent,
        mut goals: Vec<FoundGoal>,
        walk: &Walk,
    ) -> PlanLifeEventResponse {
        let mut places = Places::new(self, &asked.mall);
        let offered: Vec<_> = walk.found.iter().map(|found| places.of(&found.name)).collect();
        let has: BTreeSet<&str> = asked.has.iter().map(|name| walk.led(name)).collect();
        self.settle_goals(&mut goals, walk, &has, &asked.mall);
        let told = goals.iter().map(|goal| self.tell_goal(&mut places, walk, goal));
        let told: Vec<ToldGoal> = told.collect();
        let graph = walk.graph(&offered);
        let given = PlanBasis { mall: &asked.mall, has, graph, offered };
        let GoalsPlan { plan, is_wide } = planned(walk, &goals, &given);
        let open = goals.iter().zip(&told).filter(|(goal, told)| goal.is_open(told));
        let open_goals: Vec<i32> = open.map(|(_, told)| told.number).collect();
        PlanLifeEventResponse {
            title: event.title,
            description: event.description,
            origin: event.origin,
            example: event.example,
            goals: told,
            totals: Some(totals(walk, &given, &plan, open_goals.is_empty())),
            stops: self.stops(walk, &given, &in_order(walk, &plan)),
            unused: self.unused(walk, &given, event.goals.as_slice(), &plan),
            open_goals,
            wide: is_wide,
            ..answer(walk, &given, &plan)
        }
    }

    /// The counters of the mall, in the order of their first steps.
    fn stops(&self, walk: &Walk, given: &PlanBasis<'_>, steps: &[&Step]) -> Vec<Stop> {
        let state = self.memory.read();
        let mut stops: Vec<Stop> = Vec::new();
        for step in steps {
            let name = &walk.found[step.node].name;
            for place in &given.offered[step.node].here {
                let counter = parent_of(&place.offering);
                let at = stops.iter().position(|stop| stop.counter == counter);
                let at = at.unwrap_or_else(|| {
                    stops.push(stop(&state, counter));
                    stops.len() - 1
                });
                if !stops[at].steps.contains(name) {
                    stops[at].steps.push(name.clone());
                }
            }
        }
        stops
    }

    /// What the applicant has and neither a goal nor a step asks for.
    fn unused(
        &self,
        walk: &Walk,
        given: &PlanBasis<'_>,
        goals: &[life_event::Goal],
        plan: &Plan,
    ) -> Vec<String> {
        let state = self.memory.read();
        let steps: Vec<_> = plan.steps.iter().map(|step| &walk.found[step.node]).collect();
        let by = telling::asked_for(walk, &steps);
        let is_goal = |name: &str| {
            let mut goals = goals.iter();
            goals.any(|goal| walk.led(&goal.service) == name || gives(&state, goal, name))
        };
        let unused = given.has.iter().filter(|name| !by.contains(*name) && !is_goal(name));
        unused.map(|name| (*name).to_owned()).collect()
    }
}

/// The plan, without what asks for the goals.
fn planned(walk: &Walk, goals: &[FoundGoal], given: &PlanBasis<'_>) -> GoalsPlan {
    let held = given.has.iter().filter_map(|name| walk.place(name)).collect();
    let mut found = plan_goals(&given.graph, &wanted(walk, goals), &held);
    found.plan.steps.retain(|step| step.node != 0);
    found
}

/// Time and fees, which are not whole where the steps of a goal are not among them.
fn totals(walk: &Walk, given: &PlanBasis<'_>, plan: &Plan, is_whole: bool) -> Totals {
    let totals = telling::totals(walk, given, plan);
    Totals {
        time_complete: totals.time_complete && is_whole,
        cost_complete: totals.cost_complete && is_whole,
        ..totals
    }
}

/// What somebody wants, by the places in the graph.
fn wanted(walk: &Walk, goals: &[FoundGoal]) -> Vec<Goal> {
    let goal = |goal: &FoundGoal| Goal {
        ways: goal.steps.iter().filter_map(|name| walk.place(walk.led(name))).collect(),
        is_certain: goal.goal.condition.is_none(),
        is_held: goal.is_held,
    };
    goals.iter().map(goal).collect()
}

/// What follows from the plan alone.
fn answer(walk: &Walk, given: &PlanBasis<'_>, plan: &Plan) -> PlanLifeEventResponse {
    let found: Vec<&NamedService> = plan.steps.iter().map(|step| &walk.found[step.node]).collect();
    let mut steps = telling::told_steps(walk, given, plan);
    // What falls away with one way to a goal is not what the graph of all ways says.
    steps.iter_mut().for_each(|step| step.spares = 0);
    let in_order = in_order(walk, plan);
    let (documents, documents_left_out) = self::documents(walk, given, &in_order, false);
    let (from_steps, from_steps_left_out) = self::documents(walk, given, &in_order, true);
    PlanLifeEventResponse {
        steps,
        circles: telling::circles(walk, plan),
        documents,
        documents_left_out,
        from_steps,
        from_steps_left_out,
        not_here: telling::not_here(walk, given, plan),
        skipped: plan.skipped.iter().map(|node| walk.found[*node].name.clone()).collect(),
        left_out: count(walk.left_out.len()),
        not_linked: telling::not_linked(&telling::asked_for(walk, &found)),
        not_looked_up: walk.not_looked_up.iter().cloned().collect(),
        ..PlanLifeEventResponse::default()
    }
}

/// The steps by rank, then by name.
fn in_order<'a>(walk: &Walk, plan: &'a Plan) -> Vec<&'a Step> {
    let mut steps: Vec<&Step> = plan.steps.iter().collect();
    steps.sort_by_key(|step| (step.rank, &walk.found[step.node].name));
    steps
}

/// What the applicant brings, or else takes along from other steps; and how much more there is than
/// is told.
fn documents(
    walk: &Walk,
    given: &PlanBasis<'_>,
    steps: &[&Step],
    from_steps: bool,
) -> (Vec<Document>, i32) {
    let asked = steps.iter().enumerate().flat_map(|(place, step)| {
        let asked = walk.asked(&walk.found[step.node]);
        let asked = asked.filter(|(_, requirement, _)| {
            (telling::state(walk, given, requirement) == need::State::Step) == from_steps
        });
        asked.map(move |(_, requirement, is_certain)| Asked {
            step: place,
            text: &requirement.text,
            by: &requirement.satisfied_by,
            words: telling::words(requirement),
            condition: &requirement.condition,
            is_certain: is_certain && !step.is_conditional,
        })
    });
    let name = |place: &usize| walk.found[steps[*place].node].name.clone();
    let told = |one: Brought<'_>| Document {
        text: one.text.to_owned(),
        service: one.by.to_owned(),
        askers: one.steps.iter().take(MOST_OF_EACH).map(name).collect(),
        askers_left_out: beyond(one.steps.len(), MOST_OF_EACH),
        conditional: !one.is_certain,
        conditions_left_out: beyond(one.conditions.len(), MOST_OF_EACH),
        conditions: one.conditions.into_iter().take(MOST_OF_EACH).map(str::to_owned).collect(),
    };
    let found = brought(asked.collect());
    let left_out = beyond(found.len(), MOST_DOCUMENTS);
    (found.into_iter().take(MOST_DOCUMENTS).map(told).collect(), left_out)
}

/// How many more there are than are told.
fn beyond(many: usize, told: usize) -> i32 {
    count(many.saturating_sub(told))
}

fn stop(state: &RegistryView, name: &str) -> Stop {
    let counter = state.records.get::<Counter>(name).map(|found| found.doc).unwrap_or_default();
    let below = format!("{name}/windows/");
    let mut all = state.records.rows::<Window>(&below);
    let windows = all.by_ref().take(MOST_WINDOWS);
    let windows = windows.filter_map(|(name, _)| {
        let window = state.records.get::<Window>(name)?.doc;
        let Window { name, display_name, accessible, .. } = window;
        Some(ToldWindow { window: name, display_name, accessible })
    });
    Stop {
        counter: name.to_owned(),
        display_name: counter.display_name,
        floor: counter.floor,
        zone: counter.zone,
        windows: windows.collect(),
        windows_left_out: count(all.count()),
        steps: Vec::new(),
    }
}
