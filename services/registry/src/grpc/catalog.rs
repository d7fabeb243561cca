//! Services, and where malls offer them.

use mpp_api::registry::{
    AcceptOfferingRequest, AcceptOfferingResponse, CreateOfferingRequest, CreateOfferingResponse,
    CreateServiceRequest, CreateServiceResponse, DeleteOfferingRequest, DeleteOfferingResponse,
    DeleteServiceRequest, DeleteServiceResponse, GetOfferingRequest, GetOfferingResponse,
    GetServiceRequest, GetServiceResponse, ListOfferingsRequest, ListOfferingsResponse,
    ListServicesRequest, ListServicesResponse, Offering, Service, UpdateOfferingRequest,
    UpdateOfferingResponse, UpdateServiceRequest, UpdateServiceResponse,
    catalog_service_server::CatalogService,
};
use mpp_core::{Label, Result, check_name};
use tonic::{Request, Response, Status};

use super::{
    open,
    read::{self, ListOf, Page, below},
    reply,
};
use crate::{
    model,
    store::{
        Registry,
        catalog::{published_elsewhere, state_label},
        place::Place,
        write::{NewName, Written},
    },
};

/// Serves the catalog.
pub struct Catalog(pub Registry);

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl CatalogService for Catalog {
    async fn get_service(&self, request: Request<GetServiceRequest>) -> Answer<GetServiceResponse> {
        let request = request.into_inner();
        let service = read::get_stamped(&self.0, &request.name, request.min_revision).await;
        reply(service.map(|service| GetServiceResponse { service: Some(service) }))
    }

    async fn list_services(
        &self,
        request: Request<ListServicesRequest>,
    ) -> Answer<ListServicesResponse> {
        reply(self.services(request.into_inner()).await)
    }

    async fn create_service(
        &self,
        request: Request<CreateServiceRequest>,
    ) -> Answer<CreateServiceResponse> {
        reply(self.new_service(request).await)
    }

    async fn update_service(
        &self,
        request: Request<UpdateServiceRequest>,
    ) -> Answer<UpdateServiceResponse> {
        reply(self.change_service(request).await)
    }

    async fn delete_service(
        &self,
        request: Request<DeleteServiceRequest>,
    ) -> Answer<DeleteServiceResponse> {
        reply(self.drop_service(request).await)
    }

    async fn get_offering(
        &self,
        request: Request<GetOfferingRequest>,
    ) -> Answer<GetOfferingResponse> {
        let request = request.into_inner();
        let offering = read::get_stamped(&self.0, &request.name, request.min_revision).await;
        reply(offering.map(|offering| GetOfferingResponse { offering: Some(offering) }))
    }

    async fn list_offerings(
        &self,
        request: Request<ListOfferingsRequest>,
    ) -> Answer<ListOfferingsResponse> {
        reply(self.offerings(request.into_inner()).await)
    }

    async fn create_offering(
        &self,
        request: Request<CreateOfferingRequest>,
    ) -> Answer<CreateOfferingResponse> {
        reply(self.propose(request).await)
    }

    async fn update_offering(
        &self,
        request: Request<UpdateOfferingRequest>,
    ) -> Answer<UpdateOfferingResponse> {
        reply(self.change_offering(request).await)
    }

    async fn accept_offering(
        &self,
        request: Request<AcceptOfferingRequest>,
    ) -> Answer<AcceptOfferingResponse> {
        reply(self.accept(request).await)
    }

    async fn delete_offering(
        &self,
        request: Request<DeleteOfferingRequest>,
    ) -> Answer<DeleteOfferingResponse> {
        reply(self.drop_offering(request).await)
    }
}

/// Services.
impl Catalog {
    async fn services(&self, request: ListServicesRequest) -> Result<ListServicesResponse> {
        let ListServicesRequest { parent, category, source, .. } = &request;
        check_name(parent, &["units"], "parent")?;
        let of = ListOf {
            page_size: request.page_size,
            page_token: &request.page_token,
            min_revision: request.min_revision,
            filter: &[parent, category, source],
        };
        let Page { records, next_page_token, total_size } =
            read::list_stamped(&self.0, &of, |state, page| {
                let units = state.subtree(parent);
                // Most units have none below them, and their services lie side by side.
                let prefix = if units.len() == 1 && parent != "units/-" {
                    format!("{parent}/")
                } else {
                    String::new()
                };
                state.list(&prefix, page, |_, row| {
                    (parent == "units/-" || units.contains(row.label(Label::Unit)))
                        && (category.is_empty() || row.label(Label::Category) == category)
                        && (source.is_empty() || row.label(Label::Source) == source)
                })
            })
            .await?;
        Ok(ListServicesResponse { services: records, next_page_token, total_size })
    }

    async fn new_service(
        &self,
        request: Request<CreateServiceRequest>,
    ) -> Result<CreateServiceResponse> {
        let (mut call, request) = open(request, "CreateService", |r| &mut r.request_id)?;
        call.validate_only = request.validate_only;
        let name =
            NewName { parent: &request.parent, id: &request.service_id, id_field: "service_id" };
        let Written { record, revision } = self.0.create(&call, name, request.service).await?;
        Ok(CreateServiceResponse { service: Some(record), revision })
    }

    async fn change_service(
        &self,
        request: Request<UpdateServiceRequest>,
    ) -> Result<UpdateServiceResponse> {
        let (mut call, request) = open(request, "UpdateService", |r| &mut r.request_id)?;
        call.validate_only = request.validate_only;
        let written = self.0.update::<Service>(&call, request.service, request.update_mask).await?;
        Ok(UpdateServiceResponse { service: Some(written.record), revision: written.revision })
    }

    async fn drop_service(
        &self,
        request: Request<DeleteServiceRequest>,
    ) -> Result<DeleteServiceResponse> {
        let (call, request) = open(request, "DeleteService", |r| &mut r.request_id)?;
        let may = |service: &Service| published_elsewhere(service, &call);
        let DeleteServiceRequest { name, etag, tombstone, .. } = &request;
        let revision = self.0.delete::<Service>(&call, name, etag, tombstone.as_ref(), may).await?;
        Ok(DeleteServiceResponse { revision })
    }
}

/// Offerings.
impl Catalog {
    async fn offerings(&self, request: ListOfferingsRequest) -> Result<ListOfferingsResponse> {
        let ListOfferingsRequest { parent, service, .. } = &request;
        let prefix =
            below(parent, &["malls"]).or_else(|_| below(parent, &["malls", "counters"]))?;
        let of = ListOf {
            page_size: request.page_size,
            page_token: &request.page_token,
            min_revision: request.min_revision,
            filter: &[parent, service],
        };
        let Page { records, next_page_token, total_size } =
            read::list_stamped(&self.0, &of, |state, page| {
                if service.is_empty() {
                    state.list(&prefix, page, |_, _| true)
                } else {
                    state.list_offered(service, &prefix, page)
                }
            })
            .await?;
        Ok(ListOfferingsResponse { offerings: records, next_page_token, total_size })
    }

    async fn propose(
        &self,
        request: Request<CreateOfferingRequest>,
    ) -> Result<CreateOfferingResponse> {
        let (mut call, request) = open(request, "CreateOffering", |r| &mut r.request_id)?;
        call.validate_only = request.validate_only;
        let name =
            NewName { parent: &request.parent, id: &request.offering_id, id_field: "offering_id" };
        let Written { record, revision } = self.0.create(&call, name, request.offering).await?;
        Ok(CreateOfferingResponse { offering: Some(record), revision })
    }

    async fn change_offering(
        &self,
        request: Request<UpdateOfferingRequest>,
    ) -> Result<UpdateOfferingResponse> {
        let (mut call, request) = open(request, "UpdateOffering", |r| &mut r.request_id)?;
        call.validate_only = request.validate_only;
        let written =
            self.0.update::<Offering>(&call, request.offering, request.update_mask).await?;
        Ok(UpdateOfferingResponse { offering: Some(written.record), revision: written.revision })
    }

    async fn accept(
        &self,
        request: Request<AcceptOfferingRequest>,
    ) -> Result<AcceptOfferingResponse> {
        let (call, request) = open(request, "AcceptOffering", |r| &mut r.request_id)?;
        let accept = |offering: Offering, place: &mut Place| {
            place.check_acceptor(&call.grant)?;
            let accepted = model::offering::accept(offering)?;
            place.labels.insert(Label::State, state_label(accepted.state()).into());
            Ok(accepted)
        };
        let written = self.0.step(&call, &request.name, &request.etag, accept).await?;
        Ok(AcceptOfferingResponse { offering: Some(written.record), revision: written.revision })
    }

    async fn drop_offering(
        &self,
        request: Request<DeleteOfferingRequest>,
    ) -> Result<DeleteOfferingResponse> {
        let (call, request) = open(request, "DeleteOffering", |r| &mut r.request_id)?;
        let DeleteOfferingRequest { name, etag, tombstone, .. } = &request;
        let revision =
            self.0.delete::<Offering>(&call, name, etag, tombstone.as_ref(), |_| Ok(())).await?;
        Ok(DeleteOfferingResponse { revision })
    }
}
