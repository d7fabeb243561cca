//! The wire: one stream of the sync protocol to the registry or to scheduling, seen from the
//! client; either of them is called the index in messages. `app` decides what is sent, and when.

use std::time::Duration;

use mpp_api::sync::{
    Batch, BatchResult, End, GetSourceRequest, Hello, KeepAlive, PreviewRecordsRequest,
    PreviewRecordsResponse, Range, Reconcile, ReconcileRecordsRequest, Reconciliation, Summary,
    SyncRequest, SyncResponse, Welcome, sync_request::Message as Request,
    sync_response::Message as Response, sync_service_client::SyncServiceClient,
};
use mpp_client::{Channel, Endpoint};
use mpp_core::{Error, Reason, Result};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Streaming;

/// Messages that wait for the network before the session waits for them.
const OUTGOING: usize = 3;

/// An open stream to the registry.
pub struct Stream {
    requests: mpsc::Sender<SyncRequest>,
    responses: Streaming<SyncResponse>,
    answer_timeout: Duration,
}

impl Stream {
    /// Says hello and waits for the welcome.
    ///
    /// # Errors
    /// The registry cannot be reached or refuses the session.
    pub async fn open(
        endpoint: &Endpoint,
        hello: Hello,
        answer_timeout: Duration,
    ) -> Result<(Self, Welcome)> {
        let mut client = SyncServiceClient::new(mpp_client::connect(endpoint)?);
        let (requests, outgoing) = mpsc::channel(OUTGOING);
        let hello = SyncRequest { message: Some(Request::Hello(hello)) };
        requests.send(hello).await.map_err(|_| closed())?;
        let responses = client.sync(ReceiverStream::new(outgoing)).await.map_err(refused)?;
        let mut stream = Self { requests, responses: responses.into_inner(), answer_timeout };
        match stream.answer().await? {
            Response::Welcome(welcome) => Ok((stream, welcome)),
            _ => Err(out_of_turn("a welcome")),
        }
    }

    /// Sends a batch; its answer comes later.
    pub async fn send_batch(&mut self, batch: Batch) -> Result<()> {
        self.send(Request::Batch(batch)).await
    }

    /// Keeps the lease.
    pub async fn keep_alive(&mut self) -> Result<()> {
        self.send(Request::KeepAlive(KeepAlive {})).await
    }

    /// The answer to the oldest batch that has none yet.
    pub async fn batch_result(&mut self) -> Result<BatchResult> {
        match self.answer().await? {
            Response::BatchResult(result) => Ok(result),
            _ => Err(out_of_turn("a batch's answers")),
        }
    }

    /// Compares ranges of records with those of the registry.
    pub async fn reconcile(&mut self, ranges: Vec<Range>) -> Result<Reconciliation> {
        self.send(Request::Reconcile(Reconcile { ranges })).await?;
        match self.answer().await? {
            Response::Reconciliation(answer) => Ok(answer),
            _ => Err(out_of_turn("a comparison")),
        }
    }

    /// Says that the source was read, and which parts were not; waits for the registry's
    /// accounting.
    pub async fn end(&mut self, end: End) -> Result<Summary> {
        self.send(Request::End(end)).await?;
        match self.answer().await? {
            Response::Summary(summary) => Ok(summary),
            _ => Err(out_of_turn("a summary")),
        }
    }

    async fn send(&mut self, message: Request) -> Result<()> {
        let request = SyncRequest { message: Some(message) };
        if self.requests.send(request).await.is_ok() {
            return Ok(());
        }
        // The stream is closed; its status says why.
        match self.answer().await {
            Err(error) => Err(error),
            Ok(_) => Err(closed()),
        }
    }

    async fn answer(&mut self) -> Result<Response> {
        let answer = tokio::time::timeout(self.answer_timeout, self.responses.message()).await;
        let answer = answer.map_err(|_| silent(self.answer_timeout))?;
        answer.map_err(refused)?.and_then(|response| response.message).ok_or_else(closed)
    }
}

/// The unit that a source belongs to.
///
/// # Errors
/// The registry cannot be reached, does not know the caller, or has no such source.
pub async fn unit_of(endpoint: &Endpoint, source: &str) -> Result<String> {
    let mut client = SyncServiceClient::new(mpp_client::connect(endpoint)?);
    let request = GetSourceRequest { name: source.to_owned() };
    let answer = client.get_source(request).await.map_err(refused)?.into_inner();
    Ok(answer.source.unwrap_or_default().unit)
}

/// Asks whether a caller may publish a source; nothing is published.
///
/// # Errors
/// The registry cannot be reached, or the caller may not.
pub async fn may_publish(endpoint: &Endpoint, source: &str) -> Result<()> {
    let mut client = SyncServiceClient::new(mpp_client::connect(endpoint)?);
    let request = PreviewRecordsRequest { source: source.to_owned(), ..Default::default() };
    client.preview_records(request).await.map(drop).map_err(refused)
}

/// Single calls, for what needs no session.
pub struct Calls {
    client: SyncServiceClient<Channel>,
    answer_timeout: Duration,
}

impl Calls {
    /// Calls to a registry, which is reached with the first.
    pub fn to(endpoint: &Endpoint, answer_timeout: Duration) -> Result<Self> {
        let client = SyncServiceClient::new(mpp_client::connect(endpoint)?);
        Ok(Self { client, answer_timeout })
    }

    /// Compares ranges of records with those of the registry.
    pub async fn reconcile(&mut self, request: ReconcileRecordsRequest) -> Result<Reconciliation> {
        let request = self.asked(request);
        let answer = self.client.reconcile_records(request).await.map_err(refused)?.into_inner();
        answer.reconciliation.ok_or_else(|| out_of_turn("a comparison"))
    }

    /// Asks what would become of records.
    pub async fn preview(
        &mut self,
        request: PreviewRecordsRequest,
    ) -> Result<PreviewRecordsResponse> {
        let request = self.asked(request);
        Ok(self.client.preview_records(request).await.map_err(refused)?.into_inner())
    }

    fn asked<T>(&self, message: T) -> tonic::Request<T> {
        let mut request = tonic::Request::new(message);
        request.set_timeout(self.answer_timeout);
        request
    }
}

/// The error for an answer of the registry that is out of turn.
pub fn out_of_turn(expected: &str) -> Error {
    let text = format!("the index answered out of turn; expected {expected}");
    of_registry(Error::new(Reason::ProtocolViolation, text))
}

fn refused(status: tonic::Status) -> Error {
    of_registry(mpp_client::refusal(&status))
}

fn closed() -> Error {
    of_registry(Error::new(Reason::Unavailable, "the index closed the stream"))
}

fn silent(timeout: Duration) -> Error {
    let text = format!("the index gave no answer in {} s", timeout.as_secs());
    of_registry(Error::new(Reason::Unavailable, text))
}

/// Marks an error as one of the registry or of the way to it, which its reason does not tell from a
/// full disk here.
pub fn of_registry(error: Error) -> Error {
    error.with_fact(FAILED_AT, REGISTRY)
}

/// Whether the registry, or the way to it, has failed, and not what lies beside the agent.
pub fn is_of_registry(error: &Error) -> bool {
    error.facts().iter().any(|(key, value)| (*key, value.as_str()) == (FAILED_AT, REGISTRY))
}

const FAILED_AT: &str = "failed_at";
const REGISTRY: &str = "registry";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_the_registrys_whatever_its_reason_and_a_full_disk_is_not() {
        for code in [tonic::Code::Internal, tonic::Code::PermissionDenied] {
            assert!(is_of_registry(&refused(tonic::Status::new(code, "no"))), "{code:?}");
        }
        assert!(is_of_registry(&silent(Duration::from_secs(1))));
        assert!(!is_of_registry(&Error::new(Reason::Unavailable, "the disk is full")));
        assert!(!is_of_registry(&Error::new(Reason::SourceConfig, "no such column")));
    }
}
