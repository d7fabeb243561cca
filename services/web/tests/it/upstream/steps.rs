//! What the registry says of the way to a service.

use mpp_api::registry::{PlanStepsRequest, PlanStepsResponse};
use tonic::body::Body;

use super::{Answers, unary};

/// The answer to `PlanSteps`; a service without a way of its own stands alone.
pub async fn answer(
    answers: Answers,
    request: axum::http::Request<Body>,
) -> axum::http::Response<Body> {
    unary(request, move |asked: PlanStepsRequest| {
        let found = answers.nation(|nation| nation.steps.get(&asked.name).cloned());
        Ok::<PlanStepsResponse, _>(found.unwrap_or_default())
    })
    .await
}
