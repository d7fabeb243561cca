//! Sources, which are made and changed here; their sessions are the engine's
//! (`mpp_sync::serve`).

use mpp_api::sync::{
    CreateSourceRequest, CreateSourceResponse, DeleteSourceRequest, DeleteSourceResponse,
    ListSourcesRequest, ListSourcesResponse, Source, UpdateSourceRequest, UpdateSourceResponse,
};
use mpp_core::Result;
use mpp_resource::handler::{Answer, create, delete, reply, updated};
use mpp_sync::serve::Sources;
use tonic::Request;

use crate::app::Registry;

impl Sources for Registry {
    async fn source(&self, name: &str) -> Result<Source> {
        self.counted_source(name).await
    }

    async fn sources(&self, request: &ListSourcesRequest) -> Result<ListSourcesResponse> {
        self.counted_sources(request).await
    }

    async fn create_source(
        &self,
        request: Request<CreateSourceRequest>,
    ) -> Answer<CreateSourceResponse> {
        create(self, request).await
    }

    async fn update_source(
        &self,
        request: Request<UpdateSourceRequest>,
    ) -> Answer<UpdateSourceResponse> {
        reply(changed(self, request).await)
    }

    async fn delete_source(
        &self,
        request: Request<DeleteSourceRequest>,
    ) -> Answer<DeleteSourceResponse> {
        delete(self, request).await
    }
}

async fn changed(
    registry: &Registry,
    request: Request<UpdateSourceRequest>,
) -> Result<UpdateSourceResponse> {
    let (mut source, revision) = updated(registry, request).await?;
    registry.count(std::slice::from_mut(&mut source)).await?;
    Ok(UpdateSourceResponse { source: Some(source), revision })
}
