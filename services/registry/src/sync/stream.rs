//! A session as one stream: Hello → Welcome, then Batch → BatchResult as often as needed, then
//! End → Summary. One batch is in work at a time, so that HTTP/2's flow control holds a fast client
//! back.

use std::time::Duration;

use mpp_api::sync::{
    Batch, BatchResult, SyncRequest, SyncResponse, Welcome, sync_request::Message as Asked,
    sync_response::Message as Answer,
};
use mpp_core::{Error, Reason, Result};
use mpp_resource::Call;
use mpp_rpc::status;
use tokio::{sync::mpsc, time::timeout};
use tokio_util::sync::CancellationToken;
use tonic::{Status, Streaming};

use super::session::Session;
use crate::{app::Registry, model::Check};

/// One client's stream.
pub struct Stream {
    /// The registry that it writes to.
    pub registry: Registry,
    /// Who calls.
    pub call: Call,
    /// The client's messages.
    pub inbound: Streaming<SyncRequest>,
    /// The answers to it; holds one, so that a client that does not read is not answered ahead.
    pub outbound: mpsc::Sender<Result<SyncResponse, Status>>,
    /// Ends the session after the batch in work.
    pub shutdown: CancellationToken,
}

/// The client has gone, and nobody is left to tell.
struct Gone;

impl Stream {
    /// Serves the stream until it ends; the lease is let go in every case, so that the client can
    /// come back at once.
    pub async fn run(mut self) {
        let Some((mut session, welcome)) = self.begin().await else {
            return;
        };
        let ended = match self.send(Answer::Welcome(welcome)).await {
            Ok(()) => self.serve(&mut session).await,
            Err(Gone) => Ok(()),
        };
        if let Err(error) = ended {
            let _ = self.outbound.send(Err(status(error))).await;
        }
        if let Err(error) = session.release().await {
            tracing::warn!(source = session.lease.source, %error, "the lease ends by itself");
        }
    }

    /// Takes the first message. `None` where the client has gone, or the session was refused, which
    /// the client was told.
    async fn begin(&mut self) -> Option<(Session, Welcome)> {
        let begun = match self.next().await {
            Ok(None) => return None,
            Ok(Some(Asked::Hello(hello))) => {
                Session::open(&self.registry, &self.call, &hello, Check::new("hello")).await
            }
            Ok(Some(_)) => Err(violation("the first message must be a hello")),
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
    async fn serve(&mut self, session: &mut Session) -> Result<()> {
        loop {
            let sent = match self.next().await? {
                None => return Ok(()),
                Some(Asked::Batch(batch)) => {
                    self.send(Answer::BatchResult(answer(session, batch).await?)).await
                }
                Some(Asked::KeepAlive(_)) => {
                    session.keep().await?;
                    Ok(())
                }
                Some(Asked::End(end)) => {
                    let summary = session.finish(end, Check::new("end")).await?;
                    let _ = self.send(Answer::Summary(summary)).await;
                    return Ok(());
                }
                Some(Asked::Hello(_)) => return Err(violation("a session has one hello only")),
            };
            if sent.is_err() {
                return Ok(());
            }
        }
    }

    /// The next message; `None` where the client has gone.
    async fn next(&mut self) -> Result<Option<Asked>> {
        let message = tokio::select! {
            message = timeout(self.registry.policy.lease(), self.inbound.message()) => message,
            // The client has gone, or the server has told it to move.
            () = self.outbound.closed() => return Ok(None),
            () = self.shutdown.cancelled() => return Err(going_away()),
        };
        match message {
            Err(_) => Err(silent(self.registry.policy.lease())),
            Ok(Err(_) | Ok(None)) => Ok(None),
            Ok(Ok(Some(request))) => {
                request.message.map(Some).ok_or_else(|| violation("a message without content"))
            }
        }
    }

    async fn send(&self, answer: Answer) -> Result<(), Gone> {
        self.outbound.send(Ok(SyncResponse { message: Some(answer) })).await.map_err(|_| Gone)
    }
}

async fn answer(session: &Session, batch: Batch) -> Result<BatchResult> {
    if batch.fencing_token != session.lease.fencing {
        return Err(violation("batch.fencing_token is not the welcome's"));
    }
    session.answer(batch).await
}

fn going_away() -> Error {
    Error::new(Reason::Unavailable, "the server is going away; connect again")
}

fn violation(what: &str) -> Error {
    Error::new(Reason::ProtocolViolation, what)
}

fn silent(lease: Duration) -> Error {
    let message = format!(
        "nothing was heard for {} s; send keep_alive while the source is slow, or begin again",
        lease.as_secs()
    );
    Error::new(Reason::LeaseLost, message)
}
