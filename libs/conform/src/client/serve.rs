//! The acting server. It has streams only, and no method that no vector needs.

use std::{collections::VecDeque, ops::ControlFlow, pin::Pin, time::Duration};

use mpp_api::sync as api;
use mpp_api::sync::{
    SyncRequest, SyncResponse, sync_request::Message as Asked, sync_response::Message as Answer,
};
use tokio::{
    sync::mpsc::{self, Sender},
    time::{Instant, timeout_at},
};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Request, Response, Status, Streaming};
use tonic_types::{ErrorDetails, StatusExt as _};

use super::{
    scene::{Playing, Stage},
    script::Refusal,
    session::{MOST_AHEAD, Next, Session},
};

/// The server that a client under test talks to.
pub struct Acts {
    pub stage: Stage,
}

type Called<'a, T> = Pin<Box<dyn Future<Output = Result<Response<T>, Status>> + Send + 'a>>;
/// What a client is told last; `None`: nothing more.
type Last = Option<Result<SyncResponse, Status>>;
type Out = Sender<Result<SyncResponse, Status>>;

/// Methods that no vector acts.
macro_rules! not_acted {
    ($($method:ident: $asked:ident -> $answer:ident,)*) => {$(
        fn $method<'life0, 'async_trait>(
            &'life0 self,
            _: Request<api::$asked>,
        ) -> Called<'async_trait, api::$answer>
        where
            'life0: 'async_trait,
            Self: 'async_trait,
        {
            Box::pin(async { Err(Status::unimplemented("the vectors act streams only")) })
        }
    )*};
}

impl api::sync_service_server::SyncService for Acts {
    type SyncStream = ReceiverStream<Result<SyncResponse, Status>>;

    fn sync<'life0, 'async_trait>(
        &'life0 self,
        request: Request<Streaming<SyncRequest>>,
    ) -> Called<'async_trait, Self::SyncStream>
    where
        'life0: 'async_trait,
        Self: 'async_trait,
    {
        let (out, answers) = mpsc::channel(16);
        let playing = self.stage.playing();
        let stream = Stream { playing, asks: request.into_inner(), out };
        tokio::spawn(stream.run());
        Box::pin(async { Ok(Response::new(ReceiverStream::new(answers))) })
    }

    not_acted! {
        open_session: OpenSessionRequest -> OpenSessionResponse,
        push_batch: PushBatchRequest -> PushBatchResponse,
        keep_session: KeepSessionRequest -> KeepSessionResponse,
        end_session: EndSessionRequest -> EndSessionResponse,
        reconcile_records: ReconcileRecordsRequest -> ReconcileRecordsResponse,
        preview_records: PreviewRecordsRequest -> PreviewRecordsResponse,
        create_source: CreateSourceRequest -> CreateSourceResponse,
        update_source: UpdateSourceRequest -> UpdateSourceResponse,
        delete_source: DeleteSourceRequest -> DeleteSourceResponse,
        get_source: GetSourceRequest -> GetSourceResponse,
        list_sources: ListSourcesRequest -> ListSourcesResponse,
        list_waiting_records: ListWaitingRecordsRequest -> ListWaitingRecordsResponse,
        redrive_records: RedriveRecordsRequest -> RedriveRecordsResponse,
        undo_session: UndoSessionRequest -> UndoSessionResponse,
    }
}

/// A stream of the client.
struct Stream {
    playing: Playing,
    asks: Streaming<SyncRequest>,
    out: Out,
}

impl Stream {
    async fn run(mut self) {
        let Some(Asked::Hello(hello)) = self.next().await else {
            self.playing.scene().fault("the first message: expected a hello");
            return;
        };
        let begun = self.playing.scene().hello(&hello);
        let mut session = match begun {
            Ok(session) => session,
            Err(refusal) => {
                let _ = self.out.send(Err(refused(&refusal))).await;
                return;
            }
        };
        self.tell(Answer::Welcome(session.welcome())).await;
        let last = self.serve(&mut session).await;
        // Judged before the client hears that it is over.
        self.playing.scene().over(session);
        if let Some(last) = last {
            let _ = self.out.send(last).await;
        }
    }

    /// Answers until the session is over, and returns what the client is told last.
    async fn serve(&mut self, session: &mut Session) -> Last {
        let mut ahead = VecDeque::new();
        let mut silence = session.silence();
        loop {
            let message = match ahead.pop_front() {
                Some(message) => message,
                None => self.next().await?,
            };
            if matches!(message, Asked::Batch(_))
                && let Some(silence) = silence.take()
            {
                self.listen(silence, &mut ahead).await;
            }
            if let ControlFlow::Break(last) = self.answer(session, message).await {
                return last;
            }
        }
    }

    /// Answers one message, and breaks off where the session is over.
    async fn answer(&mut self, session: &mut Session, message: Asked) -> ControlFlow<Last> {
        let end = |reason: &str| {
            let refusal = Refusal { reason: reason.to_owned(), retry_millis: 0 };
            ControlFlow::Break(Some(Err(refused(&refusal))))
        };
        match message {
            Asked::Batch(batch) => {
                let next = {
                    let scene = &mut *self.playing.scene();
                    session.batch(&batch, &mut scene.registry, &mut scene.known)
                };
                match next {
                    Next::Answer(result) => self.tell(Answer::BatchResult(*result)).await,
                    Next::Ends("") => return ControlFlow::Break(None),
                    Next::Ends(reason) => return end(reason),
                }
            }
            Asked::End(asked) => {
                let summary = session.end(&asked, &self.playing.scene().known);
                return ControlFlow::Break(Some(Ok(response(Answer::Summary(summary)))));
            }
            Asked::KeepAlive(_) => {}
            Asked::Reconcile(asked) => {
                let answer = session.reconcile(&asked);
                self.tell(Answer::Reconciliation(answer)).await;
            }
            Asked::Hello(_) => {
                session.faults.push("hello: a session has one".into());
                return end("PROTOCOL_VIOLATION");
            }
        }
        ControlFlow::Continue(())
    }

    /// Says nothing for a while, and hears how far ahead the client goes.
    async fn listen(&mut self, silence: Duration, ahead: &mut VecDeque<Asked>) {
        let until = Instant::now() + silence;
        while let Ok(Ok(Some(request))) = timeout_at(until, self.asks.message()).await {
            ahead.extend(request.message);
        }
        let batches = ahead.iter().filter(|one| matches!(one, Asked::Batch(_))).count() + 1;
        if batches > MOST_AHEAD {
            let text =
                format!("expected at most {MOST_AHEAD} batches without an answer, came {batches}");
            self.playing.scene().fault(&text);
        }
    }

    async fn next(&mut self) -> Option<Asked> {
        self.asks.message().await.ok().flatten().and_then(|request| request.message)
    }

    async fn tell(&self, answer: Answer) {
        let _ = self.out.send(Ok(response(answer))).await;
    }
}

fn response(answer: Answer) -> SyncResponse {
    SyncResponse { message: Some(answer) }
}

/// A refusal in the contract's form.
fn refused(refusal: &Refusal) -> Status {
    let code = match refusal.reason.as_str() {
        "UNAVAILABLE" | "OVERLOADED" => Code::Unavailable,
        "PROTOCOL_VIOLATION" => Code::InvalidArgument,
        "LEASE_HELD" => Code::FailedPrecondition,
        _ => Code::Aborted,
    };
    let mut details = ErrorDetails::new();
    details.set_error_info(&refusal.reason, "mpp.go.id", std::collections::HashMap::new());
    if refusal.retry_millis > 0 {
        details.set_retry_info(Some(Duration::from_millis(refusal.retry_millis)));
    }
    Status::with_error_details(code, "as the vector says", details)
}
