//! A session as one stream: Hello → Welcome, then Batch → BatchResult as often as needed, then
//! End → Summary. One batch is in work at a time, so that HTTP/2's flow control holds a fast client
//! back.

use std::time::Duration;

use mpp_api::sync::{
    SyncRequest, SyncResponse, Welcome, sync_request::Message as Asked,
    sync_response::Message as Answer,
};
use mpp_core::{Error, Reason, Result};
use mpp_form::Check;
use mpp_resource::Call;
use mpp_rpc::{received, status};
use mpp_store::for_caller;
use tokio::{sync::mpsc, task::JoinHandle, time::timeout};
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status, Streaming};

use crate::{session::Session, syncs::Syncs};

/// The answers of a stream.
pub type Answered = ReceiverStream<Result<SyncResponse, Status>>;

/// Serves a client's stream, until `shutdown` ends it after the batch in work. It has a task of its
/// own: a batch in work is finished even if the client has gone. It still takes connections as its
/// caller.
pub fn serve<S: Syncs>(
    service: S,
    request: Request<Streaming<SyncRequest>>,
    shutdown: CancellationToken,
) -> Response<Answered> {
    let (outbound, answers) = mpsc::channel(1);
    let call = Call::of(&request);
    let stream = Stream { service, call, inbound: request.into_inner(), outbound, shutdown };
    let caller = stream.call.caller.subject.clone();
    tokio::spawn(async move { for_caller(&caller, stream.run()).await });
    Response::new(ReceiverStream::new(answers))
}

/// One client's stream.
struct Stream<S> {
    service: S,
    call: Call,
    inbound: Streaming<SyncRequest>,
    /// Holds one answer, so that a client that does not read is not answered ahead.
    outbound: mpsc::Sender<Result<SyncResponse, Status>>,
    shutdown: CancellationToken,
}

/// The client has gone, so nobody is left to tell.
struct Gone;

/// How a session left its stream.
enum Served {
    /// It has ended, and has given its lease up.
    ToItsEnd,
    /// The client has gone.
    BrokeOff,
}

/// The next thing that a client sends.
enum Next {
    Message(Asked),
    /// It has said that it will send nothing more.
    Ended,
    Gone,
}

impl<S: Syncs> Stream<S> {
    /// Serves the stream until it ends; the lease is given up in every case, so that the client can
    /// come back at once. A session's own end has done that already: once its summary is told,
    /// nothing more is written for it.
    async fn run(mut self) {
        let Some((mut session, welcome)) = self.begin().await else {
            return;
        };
        let answers = Answers::to(self.outbound.clone(), self.service.clone());
        let served = match answers.send(Answer::Welcome(welcome), 0).await {
            Ok(()) => self.serve(&mut session, &answers).await,
            Err(Gone) => Ok(Served::BrokeOff),
        };
        // All answers go out before the reason why the stream ends.
        answers.all_told().await;
        match served {
            Ok(Served::ToItsEnd) => return,
            Ok(Served::BrokeOff) => {}
            Err(error) => drop(self.outbound.send(Err(status(error))).await),
        }
        if let Err(error) = session.release().await {
            tracing::warn!(source = session.lease.source, %error, "the lease ends by itself");
        }
    }

    /// Takes the first message. `None` if the client has gone, or the session was refused, which
    /// the client was told.
    async fn begin(&mut self) -> Option<(Session<S>, Welcome)> {
        let begun = match self.next().await {
            Ok(Next::Gone) => return None,
            Ok(Next::Message(Asked::Hello(hello))) => {
                Session::open(&self.service, &self.call, &hello, Check::new("hello")).await
            }
            Ok(_) => Err(violation("the first message must be a hello")),
            Err(error) => Err(error),
        };
        match begun {
            Ok(begun) => Some(begun),
            Err(error) => {
                let _ = self.outbound.send(Err(status(error))).await;
                None
            }
        }
    }

    /// Answers messages in their order, one at a time, until the end.
    async fn serve(&mut self, session: &mut Session<S>, answers: &Answers) -> Result<Served> {
        loop {
            let sent = match self.next().await? {
                Next::Gone => return Ok(Served::BrokeOff),
                Next::Ended => return Err(without_end()),
                Next::Message(Asked::Batch(batch)) => {
                    let result = session.answer(batch).await?;
                    let revision = result.revision;
                    answers.send(Answer::BatchResult(result), revision).await
                }
                Next::Message(Asked::Reconcile(asked)) => {
                    let answer = session.reconcile(&asked).await?;
                    answers.send(Answer::Reconciliation(answer), 0).await
                }
                Next::Message(Asked::KeepAlive(_)) => {
                    session.keep().await?;
                    Ok(())
                }
                Next::Message(Asked::End(end)) => {
                    let summary = session.finish(end, Check::new("end")).await?;
                    let _ = answers.send(Answer::Summary(summary), 0).await;
                    return Ok(Served::ToItsEnd);
                }
                Next::Message(Asked::Hello(_)) => {
                    return Err(violation("a session has one hello only"));
                }
            };
            if sent.is_err() {
                return Ok(Served::BrokeOff);
            }
        }
    }

    /// The next message. One that cannot be read does not count as the end: the client is told why.
    async fn next(&mut self) -> Result<Next> {
        let message = tokio::select! {
            message = timeout(self.service.settings().lease(), self.inbound.message()) => message,
            // The client has gone, or the server has told it to move.
            () = self.outbound.closed() => return Ok(Next::Gone),
            () = self.shutdown.cancelled() => return Err(going_away()),
        };
        match message {
            Err(_) => Err(silent(self.service.settings().lease())),
            Ok(Err(unread)) => Err(received(&unread)),
            Ok(Ok(None)) => Ok(Next::Ended),
            Ok(Ok(Some(request))) => {
                let message = request.message.ok_or_else(|| violation("a message without content"));
                message.map(Next::Message)
            }
        }
    }
}

/// The answers on their way to the client: each goes out once reads of this replica show the
/// records that it names. Meanwhile the next batch is applied.
struct Answers {
    told: mpsc::Sender<(SyncResponse, i64)>,
    telling: JoinHandle<()>,
}

impl Answers {
    fn to<S: Syncs>(outbound: mpsc::Sender<Result<SyncResponse, Status>>, service: S) -> Self {
        // One waits while the one before is on its way.
        let (told, mut waiting) = mpsc::channel::<(SyncResponse, i64)>(1);
        let telling = tokio::spawn(async move {
            while let Some((answer, revision)) = waiting.recv().await {
                service.memory().see(revision, None).await;
                if outbound.send(Ok(answer)).await.is_err() {
                    return;
                }
            }
        });
        Self { told, telling }
    }

    /// Sends an answer, which tells of what was written up to `revision`.
    async fn send(&self, answer: Answer, revision: i64) -> Result<(), Gone> {
        let answer = SyncResponse { message: Some(answer) };
        self.told.send((answer, revision)).await.map_err(|_| Gone)
    }

    /// Waits until all answers have gone out, or the client has gone.
    async fn all_told(self) {
        drop(self.told);
        // The task ends by itself. If it panics, the client asks again for the answers it has not
        // got.
        let _ = self.telling.await;
    }
}

fn going_away() -> Error {
    Error::new(Reason::Unavailable, "the server is going away; connect again")
}

/// A client that stops without an end has not said whether that was all.
fn without_end() -> Error {
    violation(
        "the client has ended its side without an end, so that it is not known whether all was \
         sent; what was answered stays",
    )
}

fn violation(text: &str) -> Error {
    Error::new(Reason::ProtocolViolation, text)
}

fn silent(lease: Duration) -> Error {
    let message = format!(
        "nothing was heard for {} s; send keep_alive while the source is slow, or begin again",
        lease.as_secs()
    );
    Error::new(Reason::LeaseExpired, message)
}
