//! Services, and where malls offer them.

use mpp_api::registry::{
    AcceptOfferingRequest, AcceptOfferingResponse, CreateOfferingRequest, CreateOfferingResponse,
    CreateServiceRequest, CreateServiceResponse, DeleteOfferingRequest, DeleteOfferingResponse,
    DeleteServiceRequest, DeleteServiceResponse, GetOfferingRequest, GetOfferingResponse,
    GetServiceRequest, GetServiceResponse, GetWithdrawnServiceRequest, GetWithdrawnServiceResponse,
    HandBackServiceRequest, HandBackServiceResponse, ListOfferingsRequest, ListOfferingsResponse,
    ListServicesRequest, ListServicesResponse, Service, UpdateOfferingRequest,
    UpdateOfferingResponse, UpdateServiceRequest, UpdateServiceResponse,
    catalog_service_server::CatalogService,
};
use mpp_core::Result;
use mpp_resource::{
    Call,
    handler::{Answer, create, delete, get, reply, update, warning},
    list::list,
};
use tonic::Request;

use crate::app::{Registry, lists};

/// Serves the catalog.
pub struct Catalog(pub Registry);

#[tonic::async_trait]
impl CatalogService for Catalog {
    async fn get_service(&self, request: Request<GetServiceRequest>) -> Answer<GetServiceResponse> {
        let caller = mpp_rpc::caller(&request);
        let GetServiceRequest { name, min_revision } = request.into_inner();
        let found = self.0.read_or_gone::<Service>(&name, min_revision).await;
        reply(found.map(|mut service| {
            self.0.tell_authors(&mut service, &caller);
            GetServiceResponse { service: Some(service) }
        }))
    }

    async fn get_withdrawn_service(
        &self,
        request: Request<GetWithdrawnServiceRequest>,
    ) -> Answer<GetWithdrawnServiceResponse> {
        reply(self.0.withdrawn_service(&request.into_inner().name).await)
    }

    async fn list_services(
        &self,
        request: Request<ListServicesRequest>,
    ) -> Answer<ListServicesResponse> {
        let caller = mpp_rpc::caller(&request);
        let mut listed = list(&self.0, request, lists::services).await?;
        let services = listed.get_mut().services.iter_mut();
        services.for_each(|service| self.0.tell_authors(service, &caller));
        Ok(listed)
    }

    async fn create_service(
        &self,
        request: Request<CreateServiceRequest>,
    ) -> Answer<CreateServiceResponse> {
        create(&self.0, request).await
    }

    async fn update_service(
        &self,
        request: Request<UpdateServiceRequest>,
    ) -> Answer<UpdateServiceResponse> {
        reply(self.changed(request).await)
    }

    async fn hand_back_service(
        &self,
        request: Request<HandBackServiceRequest>,
    ) -> Answer<HandBackServiceResponse> {
        reply(self.handed_back(request).await)
    }

    async fn delete_service(
        &self,
        request: Request<DeleteServiceRequest>,
    ) -> Answer<DeleteServiceResponse> {
        delete(&self.0, request).await
    }

    async fn get_offering(
        &self,
        request: Request<GetOfferingRequest>,
    ) -> Answer<GetOfferingResponse> {
        get(&self.0, request).await
    }

    async fn list_offerings(
        &self,
        request: Request<ListOfferingsRequest>,
    ) -> Answer<ListOfferingsResponse> {
        list(&self.0, request, lists::offerings).await
    }

    async fn create_offering(
        &self,
        request: Request<CreateOfferingRequest>,
    ) -> Answer<CreateOfferingResponse> {
        create(&self.0, request).await
    }

    async fn update_offering(
        &self,
        request: Request<UpdateOfferingRequest>,
    ) -> Answer<UpdateOfferingResponse> {
        update(&self.0, request).await
    }

    async fn accept_offering(
        &self,
        request: Request<AcceptOfferingRequest>,
    ) -> Answer<AcceptOfferingResponse> {
        reply(self.accepted(request).await)
    }

    async fn delete_offering(
        &self,
        request: Request<DeleteOfferingRequest>,
    ) -> Answer<DeleteOfferingResponse> {
        delete(&self.0, request).await
    }
}

impl Catalog {
    async fn changed(
        &self,
        request: Request<UpdateServiceRequest>,
    ) -> Result<UpdateServiceResponse> {
        let (call, request) = Call::open(request)?;
        let caller = call.caller.clone();
        let (mut done, found) = self.0.update_service(call, request).await?;
        self.0.tell_authors(&mut done.answer, &caller);
        let warnings = found.into_iter().map(warning).collect();
        Ok(UpdateServiceResponse { service: Some(done.answer), revision: done.revision, warnings })
    }

    async fn handed_back(
        &self,
        request: Request<HandBackServiceRequest>,
    ) -> Result<HandBackServiceResponse> {
        let (call, request) = Call::open(request)?;
        let mut done = self.0.hand_back(&call, &request).await?;
        self.0.tell_authors(&mut done.answer, &call.caller);
        Ok(HandBackServiceResponse { service: Some(done.answer), revision: done.revision })
    }

    async fn accepted(
        &self,
        request: Request<AcceptOfferingRequest>,
    ) -> Result<AcceptOfferingResponse> {
        let (call, request) = Call::open(request)?;
        let done = self.0.accept_offering(&call, &request.name, &request.etag).await?;
        Ok(AcceptOfferingResponse { offering: Some(done.answer), revision: done.revision })
    }
}
