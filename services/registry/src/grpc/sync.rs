//! Sources, and the stream on which they sync.

use mpp_api::sync::{
    CreateSourceRequest, CreateSourceResponse, GetSourceRequest, GetSourceResponse,
    ListSourcesRequest, ListSourcesResponse, Source, SyncRequest, SyncResponse,
    UpdateSourceRequest, UpdateSourceResponse, sync_service_server::SyncService,
};
use mpp_core::Result;
use mpp_resource::{
    handler::{Answer, create, read, reply, updated},
    list,
};
use mpp_rpc::{caller, grant};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status, Streaming};

use super::lists;
use crate::{app::Registry, sync::session};

/// Serves federation.
pub struct Sync {
    /// The registry.
    pub registry: Registry,
    /// Ends sessions after the batch in work.
    pub shutdown: CancellationToken,
}

#[tonic::async_trait]
impl SyncService for Sync {
    type SyncStream = ReceiverStream<Result<SyncResponse, Status>>;

    async fn sync(
        &self,
        request: Request<Streaming<SyncRequest>>,
    ) -> Result<Response<Self::SyncStream>, Status> {
        let (outbound, answers) = mpsc::channel(1);
        let stream = session::Stream {
            registry: self.registry.clone(),
            caller: caller(&request),
            grant: grant(&request),
            inbound: request.into_inner(),
            outbound,
            shutdown: self.shutdown.clone(),
        };
        // A task of its own: a batch in work is finished even where the client has gone.
        tokio::spawn(stream.run());
        Ok(Response::new(ReceiverStream::new(answers)))
    }

    async fn create_source(
        &self,
        request: Request<CreateSourceRequest>,
    ) -> Answer<CreateSourceResponse> {
        create(&self.registry, request).await
    }

    async fn update_source(
        &self,
        request: Request<UpdateSourceRequest>,
    ) -> Answer<UpdateSourceResponse> {
        reply(self.changed(request).await)
    }

    async fn get_source(&self, request: Request<GetSourceRequest>) -> Answer<GetSourceResponse> {
        reply(self.source(&request.into_inner().name).await)
    }

    async fn list_sources(
        &self,
        request: Request<ListSourcesRequest>,
    ) -> Answer<ListSourcesResponse> {
        reply(self.sources(&request.into_inner()).await)
    }
}

/// Sources with their counts.
impl Sync {
    async fn changed(&self, request: Request<UpdateSourceRequest>) -> Result<UpdateSourceResponse> {
        let (mut source, revision) = updated(&self.registry, request).await?;
        self.registry.count(std::slice::from_mut(&mut source)).await?;
        Ok(UpdateSourceResponse { source: Some(source), revision })
    }

    async fn source(&self, name: &str) -> Result<GetSourceResponse> {
        let mut source: Source = read(&self.registry, name, 0).await?;
        self.registry.count(std::slice::from_mut(&mut source)).await?;
        Ok(GetSourceResponse { source: Some(source) })
    }

    async fn sources(&self, request: &ListSourcesRequest) -> Result<ListSourcesResponse> {
        let mut listed = list::one_page(&self.registry, request, lists::sources).await?;
        self.registry.count(&mut listed.sources).await?;
        Ok(listed)
    }
}
