//! Regions, units, malls, counters and windows.

use mpp_api::registry::{
    CreateCounterRequest, CreateCounterResponse, CreateMallRequest, CreateMallResponse,
    CreateUnitRequest, CreateUnitResponse, CreateWindowRequest, CreateWindowResponse,
    GetCounterRequest, GetCounterResponse, GetMallRequest, GetMallResponse, GetRegionRequest,
    GetRegionResponse, GetUnitRequest, GetUnitResponse, GetWindowRequest, GetWindowResponse,
    ListCountersRequest, ListCountersResponse, ListMallsRequest, ListMallsResponse,
    ListRegionsRequest, ListRegionsResponse, ListUnitsRequest, ListUnitsResponse,
    ListWindowsRequest, ListWindowsResponse, UpdateCounterRequest, UpdateCounterResponse,
    UpdateMallRequest, UpdateMallResponse, UpdateUnitRequest, UpdateUnitResponse,
    UpdateWindowRequest, UpdateWindowResponse, directory_service_server::DirectoryService,
};
use mpp_resource::{
    handler::{Answer, create, get, update},
    list::list,
};
use tonic::Request;

use crate::app::{Registry, lists};

/// Serves the directory.
pub struct Directory(pub Registry);

#[tonic::async_trait]
impl DirectoryService for Directory {
    async fn get_region(&self, request: Request<GetRegionRequest>) -> Answer<GetRegionResponse> {
        get(&self.0, request).await
    }

    async fn list_regions(
        &self,
        request: Request<ListRegionsRequest>,
    ) -> Answer<ListRegionsResponse> {
        list(&self.0, request, lists::regions).await
    }

    async fn get_unit(&self, request: Request<GetUnitRequest>) -> Answer<GetUnitResponse> {
        get(&self.0, request).await
    }

    async fn list_units(&self, request: Request<ListUnitsRequest>) -> Answer<ListUnitsResponse> {
        list(&self.0, request, lists::units).await
    }

    async fn create_unit(&self, request: Request<CreateUnitRequest>) -> Answer<CreateUnitResponse> {
        create(&self.0, request).await
    }

    async fn update_unit(&self, request: Request<UpdateUnitRequest>) -> Answer<UpdateUnitResponse> {
        update(&self.0, request).await
    }

    async fn get_mall(&self, request: Request<GetMallRequest>) -> Answer<GetMallResponse> {
        get(&self.0, request).await
    }

    async fn list_malls(&self, request: Request<ListMallsRequest>) -> Answer<ListMallsResponse> {
        list(&self.0, request, lists::malls).await
    }

    async fn create_mall(&self, request: Request<CreateMallRequest>) -> Answer<CreateMallResponse> {
        create(&self.0, request).await
    }

    async fn update_mall(&self, request: Request<UpdateMallRequest>) -> Answer<UpdateMallResponse> {
        update(&self.0, request).await
    }

    async fn get_counter(&self, request: Request<GetCounterRequest>) -> Answer<GetCounterResponse> {
        get(&self.0, request).await
    }

    async fn list_counters(
        &self,
        request: Request<ListCountersRequest>,
    ) -> Answer<ListCountersResponse> {
        list(&self.0, request, lists::counters).await
    }

    async fn create_counter(
        &self,
        request: Request<CreateCounterRequest>,
    ) -> Answer<CreateCounterResponse> {
        create(&self.0, request).await
    }

    async fn update_counter(
        &self,
        request: Request<UpdateCounterRequest>,
    ) -> Answer<UpdateCounterResponse> {
        update(&self.0, request).await
    }

    async fn get_window(&self, request: Request<GetWindowRequest>) -> Answer<GetWindowResponse> {
        get(&self.0, request).await
    }

    async fn list_windows(
        &self,
        request: Request<ListWindowsRequest>,
    ) -> Answer<ListWindowsResponse> {
        list(&self.0, request, lists::windows).await
    }

    async fn create_window(
        &self,
        request: Request<CreateWindowRequest>,
    ) -> Answer<CreateWindowResponse> {
        create(&self.0, request).await
    }

    async fn update_window(
        &self,
        request: Request<UpdateWindowRequest>,
    ) -> Answer<UpdateWindowResponse> {
        update(&self.0, request).await
    }
}
