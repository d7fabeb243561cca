//! Standard services, and the links of services to them.

use mpp_api::registry::{
    AdoptStandardRequest, AdoptStandardResponse, CompareWithStandardRequest,
    CompareWithStandardResponse, CountAdoptionRequest, CountAdoptionResponse,
    CreateStandardLinkRequest, CreateStandardLinkResponse, CreateStandardRequest,
    CreateStandardResponse, DeleteStandardLinkRequest, DeleteStandardLinkResponse,
    DeleteStandardRequest, DeleteStandardResponse, GetStandardLinkRequest, GetStandardLinkResponse,
    GetStandardRequest, GetStandardResponse, ListDivergencesRequest, ListDivergencesResponse,
    ListStandardLinksRequest, ListStandardLinksResponse, ListStandardsRequest,
    ListStandardsResponse, Standard, SuggestServicesRequest, SuggestServicesResponse,
    SuggestStandardsRequest, SuggestStandardsResponse, UpdateStandardLinkRequest,
    UpdateStandardLinkResponse, UpdateStandardRequest, UpdateStandardResponse,
    standard_service_server::StandardService,
};
use mpp_core::Result;
use mpp_resource::{
    Call,
    handler::{Answer, create, delete, get, reply, update},
    list::list,
    page,
};
use tonic::Request;

use crate::app::{Registry, lists};

/// Serves standards and links.
pub struct Standards(pub Registry);

#[tonic::async_trait]
impl StandardService for Standards {
    async fn get_standard(
        &self,
        request: Request<GetStandardRequest>,
    ) -> Answer<GetStandardResponse> {
        let GetStandardRequest { name, min_revision } = request.into_inner();
        let found = self.0.read_or_gone::<Standard>(&name, min_revision).await;
        reply(found.map(|standard| GetStandardResponse { standard: Some(standard) }))
    }

    async fn list_standards(
        &self,
        request: Request<ListStandardsRequest>,
    ) -> Answer<ListStandardsResponse> {
        list(&self.0, request, lists::standards).await
    }

    async fn create_standard(
        &self,
        request: Request<CreateStandardRequest>,
    ) -> Answer<CreateStandardResponse> {
        create(&self.0, request).await
    }

    async fn update_standard(
        &self,
        request: Request<UpdateStandardRequest>,
    ) -> Answer<UpdateStandardResponse> {
        update(&self.0, request).await
    }

    async fn delete_standard(
        &self,
        request: Request<DeleteStandardRequest>,
    ) -> Answer<DeleteStandardResponse> {
        delete(&self.0, request).await
    }

    async fn get_standard_link(
        &self,
        request: Request<GetStandardLinkRequest>,
    ) -> Answer<GetStandardLinkResponse> {
        get(&self.0, request).await
    }

    async fn list_standard_links(
        &self,
        request: Request<ListStandardLinksRequest>,
    ) -> Answer<ListStandardLinksResponse> {
        list(&self.0, request, lists::standard_links).await
    }

    async fn create_standard_link(
        &self,
        request: Request<CreateStandardLinkRequest>,
    ) -> Answer<CreateStandardLinkResponse> {
        create(&self.0, request).await
    }

    async fn update_standard_link(
        &self,
        request: Request<UpdateStandardLinkRequest>,
    ) -> Answer<UpdateStandardLinkResponse> {
        update(&self.0, request).await
    }

    async fn delete_standard_link(
        &self,
        request: Request<DeleteStandardLinkRequest>,
    ) -> Answer<DeleteStandardLinkResponse> {
        delete(&self.0, request).await
    }

    async fn suggest_standards(
        &self,
        request: Request<SuggestStandardsRequest>,
    ) -> Answer<SuggestStandardsResponse> {
        let caller = mpp_rpc::caller(&request).subject;
        let found = self.0.suggest_standards(&caller, &request.into_inner()).await;
        reply(found.map(|suggestions| SuggestStandardsResponse { suggestions }))
    }

    async fn suggest_services(
        &self,
        request: Request<SuggestServicesRequest>,
    ) -> Answer<SuggestServicesResponse> {
        let caller = mpp_rpc::caller(&request).subject;
        reply(self.0.suggest_services(&caller, &request.into_inner()).await)
    }

    async fn list_divergences(
        &self,
        request: Request<ListDivergencesRequest>,
    ) -> Answer<ListDivergencesResponse> {
        let caller = mpp_rpc::caller(&request).subject;
        let request = request.into_inner();
        let answer = page::answer(&request, page::OF_FINDINGS, |page| {
            self.0.divergences(&caller, &request, page)
        });
        reply(answer.await)
    }

    async fn compare_with_standard(
        &self,
        request: Request<CompareWithStandardRequest>,
    ) -> Answer<CompareWithStandardResponse> {
        let caller = mpp_rpc::caller(&request).subject;
        let found = self.0.compare_with_standard(&caller, &request.into_inner()).await;
        reply(found.map(|found| CompareWithStandardResponse { comparison: Some(found) }))
    }

    async fn adopt_standard(
        &self,
        request: Request<AdoptStandardRequest>,
    ) -> Answer<AdoptStandardResponse> {
        reply(self.adopted(request).await)
    }

    async fn count_adoption(
        &self,
        request: Request<CountAdoptionRequest>,
    ) -> Answer<CountAdoptionResponse> {
        let caller = mpp_rpc::caller(&request).subject;
        let request = request.into_inner();
        let answer = page::answer(&request, page::OF_FINDINGS, |page| {
            self.0.count_adoption(&caller, &request, page)
        });
        reply(answer.await)
    }
}

impl Standards {
    async fn adopted(
        &self,
        request: Request<AdoptStandardRequest>,
    ) -> Result<AdoptStandardResponse> {
        let (mut call, request) = Call::open(request)?;
        let mut answer = self.0.adopt_standard(&mut call, &request).await?.answer;
        if let Some(service) = &mut answer.service {
            self.0.tell_authors(service, &call.caller);
        }
        Ok(answer)
    }
}
