//! What the registry says of life events.

use mpp_api::registry::{
    ListLifeEventsRequest, ListLifeEventsResponse, PlanLifeEventRequest, PlanLifeEventResponse,
    plan_life_event_response::{Goal, goal::State},
};
use mpp_core::{Error, Reason};
use tonic::{Status, body::Body};

use super::{Answers, absent, unary};

/// What somebody has is no step, and its goal is reached.
fn hold(path: &mut PlanLifeEventResponse, has: &[String]) {
    path.steps.retain(|step| !has.contains(&step.service));
    let reached = |goal: &&mut Goal| goal.ways.iter().any(|way| has.contains(&way.service));
    for goal in path.goals.iter_mut().filter(reached) {
        (goal.state, goal.ways, goal.steps) = (State::Held.into(), Vec::new(), Vec::new());
    }
}

fn gone() -> Status {
    let error = Error::new(Reason::NotFound, "lifeEvents/panen was withdrawn");
    mpp_client::status_of(&error.with_fact("withdraw_time", "2026-11-01T00:00:00Z"), None)
}

/// A life event that was there.
const WITHDRAWN: &str = "lifeEvents/panen";

/// The answer to `ListLifeEvents`.
pub async fn listed(
    answers: Answers,
    request: axum::http::Request<Body>,
) -> axum::http::Response<Body> {
    unary(request, move |_: ListLifeEventsRequest| {
        let life_events = answers.nation(|nation| nation.life_events.values().cloned().collect());
        Ok(ListLifeEventsResponse { life_events, ..ListLifeEventsResponse::default() })
    })
    .await
}

/// The answer to `PlanLifeEvent`. Without a mall no counter is named.
pub async fn planned(
    answers: Answers,
    request: axum::http::Request<Body>,
) -> axum::http::Response<Body> {
    unary(request, move |asked: PlanLifeEventRequest| {
        let event = answers.nation(|nation| nation.life_events.get(&asked.name).cloned());
        let event = event.ok_or_else(|| match asked.name.as_str() {
            WITHDRAWN => gone(),
            _ => absent(),
        })?;
        let known = answers.nation(|nation| nation.malls.contains_key(&asked.mall));
        if !asked.mall.is_empty() && !known {
            return Err(Status::invalid_argument("no such mall"));
        }
        let path = answers.nation(|nation| nation.paths.get(&asked.name).cloned());
        let mut path = path.unwrap_or_default();
        if asked.mall.is_empty() {
            path.stops.clear();
        }
        hold(&mut path, &asked.has);
        let (title, description) = (event.title, event.description);
        Ok(PlanLifeEventResponse { title, description, example: event.example, ..path })
    })
    .await
}
