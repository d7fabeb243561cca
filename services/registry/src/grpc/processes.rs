//! Serves the process service: services linked by what one needs of another.

use mpp_api::registry::{
    ListBrokenRequirementsRequest, ListBrokenRequirementsResponse, PlanStepsRequest,
    PlanStepsResponse, SuggestSatisfiersRequest, SuggestSatisfiersResponse,
    process_service_server::ProcessService,
};
use mpp_resource::{
    handler::{Answer, reply},
    page,
};
use tonic::Request;

use crate::app::Registry;

/// Serves the way to a service.
pub struct Processes(pub Registry);

#[tonic::async_trait]
impl ProcessService for Processes {
    async fn plan_steps(&self, request: Request<PlanStepsRequest>) -> Answer<PlanStepsResponse> {
        let caller = mpp_rpc::caller(&request).subject;
        reply(self.0.plan_steps(&caller, request.into_inner()).await)
    }

    async fn suggest_satisfiers(
        &self,
        request: Request<SuggestSatisfiersRequest>,
    ) -> Answer<SuggestSatisfiersResponse> {
        let caller = mpp_rpc::caller(&request).subject;
        reply(self.0.suggest_satisfiers(&caller, &request.into_inner()).await)
    }

    async fn list_broken_requirements(
        &self,
        request: Request<ListBrokenRequirementsRequest>,
    ) -> Answer<ListBrokenRequirementsResponse> {
        let caller = mpp_rpc::caller(&request).subject;
        let request = request.into_inner();
        let answer = page::answer(&request, page::OF_FINDINGS, |page| {
            self.0.list_broken_requirements(&caller, &request, page)
        });
        reply(answer.await)
    }
}
