//! What the registry says of life events.

use mpp_api::registry::{
    ListLifeEventsRequest, ListLifeEventsResponse, PlanLifeEventRequest, PlanLifeEventResponse,
};
use tonic::{Status, body::Body};

use super::{Answers, absent, unary};

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
        let event = event.ok_or_else(absent)?;
        let known = answers.nation(|nation| nation.malls.contains_key(&asked.mall));
        if !asked.mall.is_empty() && !known {
            return Err(Status::invalid_argument("no such mall"));
        }
        let path = answers.nation(|nation| nation.paths.get(&asked.name).cloned());
        let mut path = path.unwrap_or_default();
        if asked.mall.is_empty() {
            path.stops.clear();
        }
        let (title, description) = (event.title, event.description);
        Ok(PlanLifeEventResponse { title, description, example: event.example, ..path })
    })
    .await
}
