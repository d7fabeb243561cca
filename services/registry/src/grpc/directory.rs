//! Regions, units, malls, counters and windows.

use mpp_api::registry::{
    Counter, CreateCounterRequest, CreateCounterResponse, CreateMallRequest, CreateMallResponse,
    CreateUnitRequest, CreateUnitResponse, CreateWindowRequest, CreateWindowResponse,
    GetCounterRequest, GetCounterResponse, GetMallRequest, GetMallResponse, GetRegionRequest,
    GetRegionResponse, GetUnitRequest, GetUnitResponse, GetWindowRequest, GetWindowResponse,
    ListCountersRequest, ListCountersResponse, ListMallsRequest, ListMallsResponse,
    ListRegionsRequest, ListRegionsResponse, ListUnitsRequest, ListUnitsResponse,
    ListWindowsRequest, ListWindowsResponse, Mall, Region, Unit, UpdateCounterRequest,
    UpdateCounterResponse, UpdateMallRequest, UpdateMallResponse, UpdateUnitRequest,
    UpdateUnitResponse, UpdateWindowRequest, UpdateWindowResponse, Window,
    directory_service_server::DirectoryService,
};
use mpp_core::Result;
use tonic::{Request, Response, Status};

use super::{open, read, reply};
use crate::store::{
    Registry,
    write::{NewName, Written},
};

/// Serves the directory.
pub struct Directory(pub Registry);

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl DirectoryService for Directory {
    async fn get_region(&self, request: Request<GetRegionRequest>) -> Answer<GetRegionResponse> {
        let request = request.into_inner();
        let found = read::get::<Region>(&self.0, &request.name, request.min_revision).await;
        reply(found.map(|found| GetRegionResponse { region: Some(found.doc) }))
    }

    async fn list_regions(
        &self,
        request: Request<ListRegionsRequest>,
    ) -> Answer<ListRegionsResponse> {
        reply(self.regions(request.into_inner()).await)
    }

    async fn get_unit(&self, request: Request<GetUnitRequest>) -> Answer<GetUnitResponse> {
        let request = request.into_inner();
        let unit = read::get_stamped(&self.0, &request.name, request.min_revision).await;
        reply(unit.map(|unit| GetUnitResponse { unit: Some(unit) }))
    }

    async fn list_units(&self, request: Request<ListUnitsRequest>) -> Answer<ListUnitsResponse> {
        reply(self.units(request.into_inner()).await)
    }

    async fn create_unit(&self, request: Request<CreateUnitRequest>) -> Answer<CreateUnitResponse> {
        reply(self.new_unit(request).await)
    }

    async fn update_unit(&self, request: Request<UpdateUnitRequest>) -> Answer<UpdateUnitResponse> {
        reply(self.change_unit(request).await)
    }

    async fn get_mall(&self, request: Request<GetMallRequest>) -> Answer<GetMallResponse> {
        let request = request.into_inner();
        let mall = read::get_stamped(&self.0, &request.name, request.min_revision).await;
        reply(mall.map(|mall| GetMallResponse { mall: Some(mall) }))
    }

    async fn list_malls(&self, request: Request<ListMallsRequest>) -> Answer<ListMallsResponse> {
        reply(self.malls(request.into_inner()).await)
    }

    async fn create_mall(&self, request: Request<CreateMallRequest>) -> Answer<CreateMallResponse> {
        reply(self.new_mall(request).await)
    }

    async fn update_mall(&self, request: Request<UpdateMallRequest>) -> Answer<UpdateMallResponse> {
        reply(self.change_mall(request).await)
    }

    async fn get_counter(&self, request: Request<GetCounterRequest>) -> Answer<GetCounterResponse> {
        let request = request.into_inner();
        let counter = read::get_stamped(&self.0, &request.name, request.min_revision).await;
        reply(counter.map(|counter| GetCounterResponse { counter: Some(counter) }))
    }

    async fn list_counters(
        &self,
        request: Request<ListCountersRequest>,
    ) -> Answer<ListCountersResponse> {
        reply(self.counters(request.into_inner()).await)
    }

    async fn create_counter(
        &self,
        request: Request<CreateCounterRequest>,
    ) -> Answer<CreateCounterResponse> {
        reply(self.new_counter(request).await)
    }

    async fn update_counter(
        &self,
        request: Request<UpdateCounterRequest>,
    ) -> Answer<UpdateCounterResponse> {
        reply(self.change_counter(request).await)
    }

    async fn get_window(&self, request: Request<GetWindowRequest>) -> Answer<GetWindowResponse> {
        let request = request.into_inner();
        let window = read::get_stamped(&self.0, &request.name, request.min_revision).await;
        reply(window.map(|window| GetWindowResponse { window: Some(window) }))
    }

    async fn list_windows(
        &self,
        request: Request<ListWindowsRequest>,
    ) -> Answer<ListWindowsResponse> {
        reply(self.windows(request.into_inner()).await)
    }

    async fn create_window(
        &self,
        request: Request<CreateWindowRequest>,
    ) -> Answer<CreateWindowResponse> {
        reply(self.new_window(request).await)
    }

    async fn update_window(
        &self,
        request: Request<UpdateWindowRequest>,
    ) -> Answer<UpdateWindowResponse> {
        reply(self.change_window(request).await)
    }
}

/// Writes.
impl Directory {
    async fn new_unit(&self, request: Request<CreateUnitRequest>) -> Result<CreateUnitResponse> {
        let (mut call, request) = open(request, "CreateUnit", |r| &mut r.request_id)?;
        call.validate_only = request.validate_only;
        let name = NewName { parent: "", id: &request.unit_id, id_field: "unit_id" };
        let Written { record, revision } = self.0.create(&call, name, request.unit).await?;
        Ok(CreateUnitResponse { unit: Some(record), revision })
    }

    async fn change_unit(&self, request: Request<UpdateUnitRequest>) -> Result<UpdateUnitResponse> {
        let (mut call, request) = open(request, "UpdateUnit", |r| &mut r.request_id)?;
        call.validate_only = request.validate_only;
        let written = self.0.update::<Unit>(&call, request.unit, request.update_mask).await?;
        Ok(UpdateUnitResponse { unit: Some(written.record), revision: written.revision })
    }

    async fn new_mall(&self, request: Request<CreateMallRequest>) -> Result<CreateMallResponse> {
        let (mut call, request) = open(request, "CreateMall", |r| &mut r.request_id)?;
        call.validate_only = request.validate_only;
        let name = NewName { parent: "", id: &request.mall_id, id_field: "mall_id" };
        let Written { record, revision } = self.0.create(&call, name, request.mall).await?;
        Ok(CreateMallResponse { mall: Some(record), revision })
    }

    async fn change_mall(&self, request: Request<UpdateMallRequest>) -> Result<UpdateMallResponse> {
        let (mut call, request) = open(request, "UpdateMall", |r| &mut r.request_id)?;
        call.validate_only = request.validate_only;
        let written = self.0.update::<Mall>(&call, request.mall, request.update_mask).await?;
        Ok(UpdateMallResponse { mall: Some(written.record), revision: written.revision })
    }

    async fn new_counter(
        &self,
        request: Request<CreateCounterRequest>,
    ) -> Result<CreateCounterResponse> {
        let (mut call, request) = open(request, "CreateCounter", |r| &mut r.request_id)?;
        call.validate_only = request.validate_only;
        let name =
            NewName { parent: &request.parent, id: &request.counter_id, id_field: "counter_id" };
        let Written { record, revision } = self.0.create(&call, name, request.counter).await?;
        Ok(CreateCounterResponse { counter: Some(record), revision })
    }

    async fn change_counter(
        &self,
        request: Request<UpdateCounterRequest>,
    ) -> Result<UpdateCounterResponse> {
        let (mut call, request) = open(request, "UpdateCounter", |r| &mut r.request_id)?;
        call.validate_only = request.validate_only;
        let written = self.0.update::<Counter>(&call, request.counter, request.update_mask).await?;
        Ok(UpdateCounterResponse { counter: Some(written.record), revision: written.revision })
    }

    async fn new_window(
        &self,
        request: Request<CreateWindowRequest>,
    ) -> Result<CreateWindowResponse> {
        let (mut call, request) = open(request, "CreateWindow", |r| &mut r.request_id)?;
        call.validate_only = request.validate_only;
        let name =
            NewName { parent: &request.parent, id: &request.window_id, id_field: "window_id" };
        let Written { record, revision } = self.0.create(&call, name, request.window).await?;
        Ok(CreateWindowResponse { window: Some(record), revision })
    }

    async fn change_window(
        &self,
        request: Request<UpdateWindowRequest>,
    ) -> Result<UpdateWindowResponse> {
        let (mut call, request) = open(request, "UpdateWindow", |r| &mut r.request_id)?;
        call.validate_only = request.validate_only;
        let written = self.0.update::<Window>(&call, request.window, request.update_mask).await?;
        Ok(UpdateWindowResponse { window: Some(written.record), revision: written.revision })
    }
}
