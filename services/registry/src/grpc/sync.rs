//! Sources, and the stream on which they sync.

use std::collections::HashMap;

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
use crate::{
    app::Registry,
    store::batches::{self, Standing},
    sync::{Limits, session},
};

/// Serves federation.
pub struct Sync {
    /// What it works on.
    pub registry: Registry,
    /// The bounds of a session.
    pub limits: Limits,
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
            limits: self.limits,
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

/// Sources with what was counted of them.
impl Sync {
    async fn changed(&self, request: Request<UpdateSourceRequest>) -> Result<UpdateSourceResponse> {
        let (source, revision) = updated(&self.registry, request).await?;
        let standings = self.standings(std::slice::from_ref(&source.name)).await?;
        Ok(UpdateSourceResponse { source: Some(with_standing(source, &standings)), revision })
    }

    async fn source(&self, name: &str) -> Result<GetSourceResponse> {
        let source: Source = read(&self.registry, name, 0).await?;
        let standings = self.standings(&[name.to_owned()]).await?;
        Ok(GetSourceResponse { source: Some(with_standing(source, &standings)) })
    }

    async fn sources(&self, request: &ListSourcesRequest) -> Result<ListSourcesResponse> {
        let mut listed = list::page(&self.registry, request, lists::sources).await?;
        let names: Vec<String> = listed.sources.iter().map(|source| source.name.clone()).collect();
        let standings = self.standings(&names).await?;
        let sources = listed.sources.into_iter();
        listed.sources = sources.map(|source| with_standing(source, &standings)).collect();
        Ok(listed)
    }

    async fn standings(&self, sources: &[String]) -> Result<HashMap<String, Standing>> {
        batches::standings(self.registry.db.read().await?.conn(), sources).await
    }
}

/// What is counted is what is stored, also while a session is under way.
fn with_standing(mut source: Source, standings: &HashMap<String, Standing>) -> Source {
    if let Some(standing) = standings.get(&source.name) {
        source.accounting = Some(standing.source);
        source.last_session = Some(standing.session);
        source.checkpoint = Some(standing.checkpoint.clone());
    }
    source
}
