//! Sources, and the stream on which they sync.

use std::collections::HashMap;

use mpp_api::sync::{
    CreateSourceRequest, CreateSourceResponse, GetSourceRequest, GetSourceResponse,
    ListSourcesRequest, ListSourcesResponse, Source, SyncRequest, SyncResponse,
    UpdateSourceRequest, UpdateSourceResponse, sync_service_server::SyncService,
};
use mpp_core::Result;
use mpp_rpc::{caller, grant};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status, Streaming};

use super::{
    open,
    read::{self, ListOf, Page},
    reply,
};
use crate::{
    store::{
        Registry,
        batches::{self, Standing},
        write::{NewName, Written},
    },
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
    ) -> Result<Response<CreateSourceResponse>, Status> {
        reply(self.new_source(request).await)
    }

    async fn update_source(
        &self,
        request: Request<UpdateSourceRequest>,
    ) -> Result<Response<UpdateSourceResponse>, Status> {
        reply(self.change_source(request).await)
    }

    async fn get_source(
        &self,
        request: Request<GetSourceRequest>,
    ) -> Result<Response<GetSourceResponse>, Status> {
        reply(self.source(&request.into_inner().name).await)
    }

    async fn list_sources(
        &self,
        request: Request<ListSourcesRequest>,
    ) -> Result<Response<ListSourcesResponse>, Status> {
        reply(self.sources(&request.into_inner()).await)
    }
}

impl Sync {
    async fn new_source(
        &self,
        request: Request<CreateSourceRequest>,
    ) -> Result<CreateSourceResponse> {
        let (call, request) = open(request, "CreateSource", |r| &mut r.request_id)?;
        let name = NewName { parent: "", id: &request.source_id, id_field: "source_id" };
        let Written { record, revision } =
            self.registry.create(&call, name, request.source).await?;
        Ok(CreateSourceResponse { source: Some(record), revision })
    }

    async fn change_source(
        &self,
        request: Request<UpdateSourceRequest>,
    ) -> Result<UpdateSourceResponse> {
        let (mut call, request) = open(request, "UpdateSource", |r| &mut r.request_id)?;
        call.validate_only = request.validate_only;
        let Written { record, revision } =
            self.registry.update::<Source>(&call, request.source, request.update_mask).await?;
        let standings = self.standings(std::slice::from_ref(&record.name)).await?;
        Ok(UpdateSourceResponse { source: Some(with_standing(record, &standings)), revision })
    }

    async fn source(&self, name: &str) -> Result<GetSourceResponse> {
        let source: Source = read::get_stamped(&self.registry, name, 0).await?;
        let standings = self.standings(&[name.to_owned()]).await?;
        Ok(GetSourceResponse { source: Some(with_standing(source, &standings)) })
    }

    async fn sources(&self, request: &ListSourcesRequest) -> Result<ListSourcesResponse> {
        let of = ListOf {
            page_size: request.page_size,
            page_token: &request.page_token,
            min_revision: 0,
            filter: &[],
        };
        let Page { records, next_page_token, .. }: Page<Source> =
            read::list_stamped(&self.registry, &of, |state, page| {
                state.list("", page, |_, _| true)
            })
            .await?;
        let names: Vec<String> = records.iter().map(|source| source.name.clone()).collect();
        let standings = self.standings(&names).await?;
        let sources = records.into_iter().map(|source| with_standing(source, &standings)).collect();
        Ok(ListSourcesResponse { sources, next_page_token })
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
