//! The two ways in which sources sync their hours rules: a stream, or single calls.

use mpp_api::sync::{
    CreateSourceRequest, CreateSourceResponse, DeleteSourceRequest, DeleteSourceResponse,
    EndSessionRequest, EndSessionResponse, GetSourceRequest, GetSourceResponse, KeepSessionRequest,
    KeepSessionResponse, ListSourcesRequest, ListSourcesResponse, ListWaitingRecordsRequest,
    ListWaitingRecordsResponse, OpenSessionRequest, OpenSessionResponse, PreviewRecordsRequest,
    PreviewRecordsResponse, PushBatchRequest, PushBatchResponse, ReconcileRecordsRequest,
    ReconcileRecordsResponse, RedriveRecordsRequest, RedriveRecordsResponse, SyncRequest,
    UndoSessionRequest, UndoSessionResponse, UpdateSourceRequest, UpdateSourceResponse,
    sync_service_server::SyncService,
};
use mpp_core::{Error, Reason, Result};
use mpp_resource::{
    Call,
    handler::{Answer, reply},
};
use mpp_sync::{push::Pushes, stream, undo, wire};
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status, Streaming};

use crate::app::Scheduling;

/// Serves federation: the sessions of sources.
pub struct Sync {
    /// The replica that records are written to.
    pub app: Scheduling,
    /// Sessions by single calls.
    pub pushes: Pushes<Scheduling>,
    /// Ends streams after the batch in work.
    pub shutdown: CancellationToken,
}

#[tonic::async_trait]
impl SyncService for Sync {
    type SyncStream = stream::Answered;

    async fn sync(
        &self,
        request: Request<Streaming<SyncRequest>>,
    ) -> Result<Response<Self::SyncStream>, Status> {
        Ok(stream::serve(self.app.clone(), request, self.shutdown.clone()))
    }

    async fn open_session(
        &self,
        request: Request<OpenSessionRequest>,
    ) -> Answer<OpenSessionResponse> {
        let call = Call::of(&request);
        let opened = self.pushes.open(&call, request.into_inner()).await;
        reply(opened.map(|welcome| OpenSessionResponse { welcome: Some(welcome) }))
    }

    async fn push_batch(&self, request: Request<PushBatchRequest>) -> Answer<PushBatchResponse> {
        let call = Call::of(&request);
        let answered = self.pushes.push(&call, request.into_inner()).await;
        reply(answered.map(|result| PushBatchResponse { batch_result: Some(result) }))
    }

    async fn reconcile_records(
        &self,
        request: Request<ReconcileRecordsRequest>,
    ) -> Answer<ReconcileRecordsResponse> {
        let call = Call::of(&request);
        let compared = self.pushes.reconcile(&call, request.get_ref()).await;
        reply(compared.map(|answer| ReconcileRecordsResponse { reconciliation: Some(answer) }))
    }

    async fn preview_records(
        &self,
        request: Request<PreviewRecordsRequest>,
    ) -> Answer<PreviewRecordsResponse> {
        let call = Call::of(&request);
        reply(self.pushes.preview(&call, request.into_inner()).await)
    }

    async fn keep_session(
        &self,
        request: Request<KeepSessionRequest>,
    ) -> Answer<KeepSessionResponse> {
        let call = Call::of(&request);
        let kept = self.pushes.keep(&call, request.get_ref()).await;
        reply(kept.map(|()| KeepSessionResponse {}))
    }

    async fn end_session(&self, request: Request<EndSessionRequest>) -> Answer<EndSessionResponse> {
        let call = Call::of(&request);
        let ended = self.pushes.end(&call, request.into_inner()).await;
        reply(ended.map(|summary| EndSessionResponse { summary: Some(summary) }))
    }

    async fn create_source(
        &self,
        _request: Request<CreateSourceRequest>,
    ) -> Answer<CreateSourceResponse> {
        reply(Err(kept_by_the_registry()))
    }

    async fn update_source(
        &self,
        _request: Request<UpdateSourceRequest>,
    ) -> Answer<UpdateSourceResponse> {
        reply(Err(kept_by_the_registry()))
    }

    async fn delete_source(
        &self,
        _request: Request<DeleteSourceRequest>,
    ) -> Answer<DeleteSourceResponse> {
        reply(Err(kept_by_the_registry()))
    }

    async fn get_source(&self, request: Request<GetSourceRequest>) -> Answer<GetSourceResponse> {
        let found = self.app.source(&request.into_inner().name).await;
        reply(found.map(|source| GetSourceResponse { source: Some(source) }))
    }

    async fn list_sources(
        &self,
        request: Request<ListSourcesRequest>,
    ) -> Answer<ListSourcesResponse> {
        reply(self.app.sources(request.get_ref()).await)
    }

    async fn list_waiting_records(
        &self,
        request: Request<ListWaitingRecordsRequest>,
    ) -> Answer<ListWaitingRecordsResponse> {
        reply(wire::listed(&self.app, &request.into_inner()).await)
    }

    async fn redrive_records(
        &self,
        request: Request<RedriveRecordsRequest>,
    ) -> Answer<RedriveRecordsResponse> {
        let call = Call::of(&request);
        reply(wire::redriven(&self.app, &call, request.get_ref()).await)
    }

    async fn undo_session(
        &self,
        request: Request<UndoSessionRequest>,
    ) -> Answer<UndoSessionResponse> {
        let call = Call::of(&request);
        reply(undo::by_command(&self.app, &call, request.get_ref()).await)
    }
}

fn kept_by_the_registry() -> Error {
    let text = "sources are made, changed and deleted in the registry, for all services: call it";
    Error::new(Reason::WrongState, text)
}
