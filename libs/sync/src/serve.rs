//! The gRPC service `SyncService` of any service that sources feed: from the wire to the engine and
//! back.

use std::future::Future;

use mpp_api::sync::{
    CreateSourceRequest, CreateSourceResponse, DeleteSourceRequest, DeleteSourceResponse,
    EndSessionRequest, EndSessionResponse, GetSourceRequest, GetSourceResponse, KeepSessionRequest,
    KeepSessionResponse, ListSourcesRequest, ListSourcesResponse, ListWaitingRecordsRequest,
    ListWaitingRecordsResponse, OpenSessionRequest, OpenSessionResponse, PreviewRecordsRequest,
    PreviewRecordsResponse, PushBatchRequest, PushBatchResponse, ReconcileRecordsRequest,
    ReconcileRecordsResponse, RedriveRecordsRequest, RedriveRecordsResponse, Source, SyncRequest,
    UndoSessionRequest, UndoSessionResponse, UpdateSourceRequest, UpdateSourceResponse,
    sync_service_server::{SyncService, SyncServiceServer},
};
use mpp_core::{Error, Reason, Result};
use mpp_resource::{
    Call,
    handler::{Answer, reply},
};
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status, Streaming};

use crate::{push::Pushes, stream, syncs::Syncs, undo, wire};

/// Largest message of any method, in bytes: what gRPC takes by default.
const MESSAGE_BYTES: usize = 4 * 1024 * 1024;
/// Room in a message beside a batch's records, in bytes.
const BESIDE_BATCH: usize = 64 * 1024;

/// What a service answers about sources. They are made, changed and deleted in the registry only.
pub trait Sources: Syncs {
    /// A source, with this service's accounting.
    ///
    /// # Errors
    /// `NOT_FOUND`; a name of another form.
    fn source(&self, name: &str) -> impl Future<Output = Result<Source>> + Send;

    /// A page of the sources.
    ///
    /// # Errors
    /// A page token that is not this list's.
    fn sources(
        &self,
        request: &ListSourcesRequest,
    ) -> impl Future<Output = Result<ListSourcesResponse>> + Send;

    /// Makes a source.
    ///
    /// # Errors
    /// `WRONG_STATE` unless this service keeps sources.
    fn create_source(
        &self,
        _request: Request<CreateSourceRequest>,
    ) -> impl Future<Output = Answer<CreateSourceResponse>> + Send {
        async { reply(Err(kept_by_the_registry())) }
    }

    /// Changes a source.
    ///
    /// # Errors
    /// `WRONG_STATE` unless this service keeps sources.
    fn update_source(
        &self,
        _request: Request<UpdateSourceRequest>,
    ) -> impl Future<Output = Answer<UpdateSourceResponse>> + Send {
        async { reply(Err(kept_by_the_registry())) }
    }

    /// Deletes a source.
    ///
    /// # Errors
    /// `WRONG_STATE` unless this service keeps sources.
    fn delete_source(
        &self,
        _request: Request<DeleteSourceRequest>,
    ) -> impl Future<Output = Answer<DeleteSourceResponse>> + Send {
        async { reply(Err(kept_by_the_registry())) }
    }
}

fn kept_by_the_registry() -> Error {
    let text = "sources are made, changed and deleted in the registry, for all services: call it";
    Error::new(Reason::WrongState, text)
}

/// Serves federation: the sessions of sources. Streams end with `shutdown`, after the batch in
/// work.
pub fn server<S: Sources>(service: S, shutdown: CancellationToken) -> SyncServiceServer<Sync<S>> {
    // A batch that is too large for the welcome is told so by it, as long as it is a message at
    // all.
    let bytes = (service.engine().policy.batch_bytes + BESIDE_BATCH).max(MESSAGE_BYTES);
    let sync = Sync { pushes: Pushes::new(service.clone()), service, shutdown };
    SyncServiceServer::new(sync).max_decoding_message_size(bytes)
}

/// The methods of `mpp.sync.v1`.
pub struct Sync<S> {
    service: S,
    pushes: Pushes<S>,
    shutdown: CancellationToken,
}

#[tonic::async_trait]
impl<S: Sources> SyncService for Sync<S> {
    type SyncStream = stream::Answered;

    async fn sync(
        &self,
        request: Request<Streaming<SyncRequest>>,
    ) -> Result<Response<Self::SyncStream>, Status> {
        Ok(stream::serve(self.service.clone(), request, self.shutdown.clone()))
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
        request: Request<CreateSourceRequest>,
    ) -> Answer<CreateSourceResponse> {
        self.service.create_source(request).await
    }

    async fn update_source(
        &self,
        request: Request<UpdateSourceRequest>,
    ) -> Answer<UpdateSourceResponse> {
        self.service.update_source(request).await
    }

    async fn delete_source(
        &self,
        request: Request<DeleteSourceRequest>,
    ) -> Answer<DeleteSourceResponse> {
        self.service.delete_source(request).await
    }

    async fn get_source(&self, request: Request<GetSourceRequest>) -> Answer<GetSourceResponse> {
        let found = self.service.source(&request.into_inner().name).await;
        reply(found.map(|source| GetSourceResponse { source: Some(source) }))
    }

    async fn list_sources(
        &self,
        request: Request<ListSourcesRequest>,
    ) -> Answer<ListSourcesResponse> {
        reply(self.service.sources(request.get_ref()).await)
    }

    async fn list_waiting_records(
        &self,
        request: Request<ListWaitingRecordsRequest>,
    ) -> Answer<ListWaitingRecordsResponse> {
        reply(wire::listed(&self.service, &request.into_inner()).await)
    }

    async fn redrive_records(
        &self,
        request: Request<RedriveRecordsRequest>,
    ) -> Answer<RedriveRecordsResponse> {
        let call = Call::of(&request);
        reply(wire::redriven(&self.service, &call, request.get_ref()).await)
    }

    async fn undo_session(
        &self,
        request: Request<UndoSessionRequest>,
    ) -> Answer<UndoSessionResponse> {
        let call = Call::of(&request);
        reply(undo::by_command(&self.service, &call, request.get_ref()).await)
    }
}
