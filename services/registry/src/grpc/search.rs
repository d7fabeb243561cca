//! The search for services.

use mpp_api::registry::{
    SearchServicesRequest, SearchServicesResponse, search_service_server::SearchService,
};
use mpp_resource::handler::reply;
use tonic::{Request, Response, Status};

use crate::app::Registry;

/// Serves the search for services.
pub struct Search(pub Registry);

#[tonic::async_trait]
impl SearchService for Search {
    async fn search_services(
        &self,
        request: Request<SearchServicesRequest>,
    ) -> Result<Response<SearchServicesResponse>, Status> {
        let caller = mpp_rpc::caller(&request).subject;
        reply(self.0.search_services(&caller, &request.into_inner()).await)
    }
}
