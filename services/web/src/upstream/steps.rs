//! The way to a service.

use mpp_api::registry::{PlanStepsRequest, PlanStepsResponse};

use super::Upstream;

impl Upstream {
    /// The steps towards a service, if the registry answered.
    pub(super) async fn steps_to(&self, service: &str) -> Option<PlanStepsResponse> {
        let request = PlanStepsRequest { name: service.to_owned(), ..Default::default() };
        self.answer(self.processes.clone().plan_steps(request)).await.known()
    }
}
