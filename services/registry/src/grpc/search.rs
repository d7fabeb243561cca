//! The search for services.

use mpp_api::registry::{
    SearchServicesRequest, SearchServicesResponse, search_service_server::SearchService,
};
use mpp_resource::{handler::reply, page};
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
        let (caller, request) = (mpp_rpc::caller(&request).subject, request.into_inner());
        let answer = page::answer(&request, self.0.hits_on_a_page(), |page| {
            self.0.search_services(&caller, &request, page)
        });
        reply(answer.await)
    }
}
