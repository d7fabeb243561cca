//! A connection to the server that is checked: streams and single calls, whose messages are JSON.

use std::{collections::HashMap, net::IpAddr, time::Duration};

use mpp_api::{
    json,
    sync::{self as api, SyncRequest, SyncResponse, sync_service_client::SyncServiceClient},
};
use prost::{Message, Name};
use serde_json::{Value, json};
use tokio::{sync::mpsc, time::timeout};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{
    Request, Response, Status, Streaming,
    metadata::AsciiMetadataValue,
    service::{Interceptor, interceptor::InterceptedService},
    transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Uri},
};
use tonic_types::StatusExt as _;

/// How long to wait for an answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where the server is, and who calls.
#[derive(Clone, Debug, Default)]
pub struct Target {
    /// `http://HOST:PORT` or `https://HOST:PORT`.
    pub address: String,
    /// The bearer token.
    pub token: Option<String>,
    /// The authority of its certificate, as PEM.
    pub ca: Option<String>,
}

/// True for an address to which a token would leave this machine in plain text.
pub fn is_readable(address: &str) -> bool {
    let Ok(uri) = address.parse::<Uri>() else { return false };
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let is_local = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    uri.scheme_str() == Some("http") && !is_local
}

/// Puts the token on each call.
#[derive(Clone)]
struct Caller(Option<AsciiMetadataValue>);

impl Interceptor for Caller {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(token) = &self.0 {
            request.metadata_mut().insert("authorization", token.clone());
        }
        Ok(request)
    }
}

/// An answer, or a refusal.
pub type Reply = Result<Value, Value>;

/// A stream that is open.
struct OpenStream {
    asks: Option<mpsc::Sender<SyncRequest>>,
    answers: Streaming<SyncResponse>,
}

/// A connection, and its streams by name.
pub struct Connection {
    client: SyncServiceClient<InterceptedService<Channel, Caller>>,
    streams: HashMap<String, OpenStream>,
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// The address or the token is not valid, or the server cannot be reached.
    pub async fn open(target: &Target) -> Result<Self, String> {
        let mut endpoint = Endpoint::from_shared(target.address.clone()).map_err(with_causes)?;
        if let Some(ca) = &target.ca {
            let tls = ClientTlsConfig::new().ca_certificate(Certificate::from_pem(ca));
            endpoint = endpoint.tls_config(tls).map_err(with_causes)?;
        }
        let token = target.token.as_ref().map(|token| format!("Bearer {}", token.trim()).parse());
        let token = token.transpose().map_err(|_| "the token is none".to_owned())?;
        let channel = endpoint.connect().await;
        let channel =
            channel.map_err(|error| format!("{}: {}", target.address, with_causes(error)))?;
        let client = SyncServiceClient::with_interceptor(channel, Caller(token));
        Ok(Self { client, streams: HashMap::new() })
    }

    /// Sends a message on a stream, which begins with its first; waits for no answer.
    pub async fn send(&mut self, stream: &str, message: &Value) -> Result<(), Value> {
        let message: SyncRequest = read(message)?;
        if let Some(open) = self.streams.get(stream) {
            // If the stream has ended and takes nothing more, its answer says so.
            if let Some(asks) = &open.asks {
                let _ = asks.send(message).await;
            }
            return Ok(());
        }
        let (asks, requests) = mpsc::channel(8);
        let _ = asks.send(message).await;
        let opened = timeout(PATIENCE, self.client.sync(ReceiverStream::new(requests))).await;
        let answers = opened.map_err(|_| silent())?.map_err(refusal)?.into_inner();
        self.streams.insert(stream.to_owned(), OpenStream { asks: Some(asks), answers });
        Ok(())
    }

    /// The next answer of a stream.
    pub async fn answer(&mut self, stream: &str) -> Reply {
        let Some(open) = self.streams.get_mut(stream) else {
            return Err(json!({"reason": "", "message": "the stream was refused before"}));
        };
        match timeout(PATIENCE, open.answers.message()).await {
            Err(_) => Err(silent()),
            Ok(Err(status)) => Err(refusal(status)),
            Ok(Ok(None)) => {
                Err(json!({"reason": "", "message": "the stream has ended without a word"}))
            }
            Ok(Ok(Some(answer))) => write(&answer),
        }
    }

    /// Ends the client's own side of a stream, as one that has nothing more to say.
    pub fn close(&mut self, stream: &str) {
        if let Some(open) = self.streams.get_mut(stream) {
            open.asks = None;
        }
    }

    /// Drops a stream, as a client does that is gone.
    pub fn cut(&mut self, stream: &str) {
        self.streams.remove(stream);
    }

    /// A single call.
    pub async fn call(&mut self, name: &str, message: &Value) -> Reply {
        let client = &mut self.client;
        match name {
            "OpenSession" => {
                made(client.open_session(read::<api::OpenSessionRequest>(message)?)).await
            }
            "PushBatch" => made(client.push_batch(read::<api::PushBatchRequest>(message)?)).await,
            "KeepSession" => {
                made(client.keep_session(read::<api::KeepSessionRequest>(message)?)).await
            }
            "EndSession" => {
                made(client.end_session(read::<api::EndSessionRequest>(message)?)).await
            }
            "ReconcileRecords" => {
                made(client.reconcile_records(read::<api::ReconcileRecordsRequest>(message)?)).await
            }
            "PreviewRecords" => {
                made(client.preview_records(read::<api::PreviewRecordsRequest>(message)?)).await
            }
            "GetSource" => made(client.get_source(read::<api::GetSourceRequest>(message)?)).await,
            "ListWaitingRecords" => {
                made(client.list_waiting_records(read::<api::ListWaitingRecordsRequest>(message)?))
                    .await
            }
            "RedriveRecords" => {
                made(client.redrive_records(read::<api::RedriveRecordsRequest>(message)?)).await
            }
            other => Err(json!({"reason": "", "message": format!("no vector may call {other}")})),
        }
    }
}

async fn made<M: Message + Name>(call: impl Future<Output = Result<Response<M>, Status>>) -> Reply {
    match timeout(PATIENCE, call).await {
        Err(_) => Err(silent()),
        Ok(Err(status)) => Err(refusal(status)),
        Ok(Ok(answer)) => write(answer.get_ref()),
    }
}

fn read<M: Message + Name + Default>(message: &Value) -> Result<M, Value> {
    json::read(message).map_err(|error| json!({"reason": "", "message": error.to_string()}))
}

fn write<M: Message + Name>(message: &M) -> Reply {
    let text = json::write(message).map_err(|error| json!({"message": error.to_string()}))?;
    serde_json::from_str(&text).map_err(|error| json!({"message": error.to_string()}))
}

fn silent() -> Value {
    json!({"reason": "", "message": format!("nothing came for {} s", PATIENCE.as_secs())})
}

/// A refusal as vectors name it.
fn refusal(status: Status) -> Value {
    let details = status.get_error_details();
    let fields = details.bad_request().map(|wrong| {
        let fields = wrong.field_violations.iter().map(|one| one.field.clone());
        fields.collect::<Vec<_>>()
    });
    json!({
        "code": code(status.code()),
        "reason": details.error_info().map(|info| info.reason.clone()).unwrap_or_default(),
        "fields": fields.unwrap_or_default(),
        "retry": details.retry_info().is_some(),
        "message": status.message(),
    })
}

/// A code as gRPC's documents write it: `NOT_FOUND`.
fn code(code: tonic::Code) -> String {
    let mut name = String::new();
    for letter in format!("{code:?}").chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_uppercase());
    }
    name
}

fn with_causes(error: impl std::error::Error) -> String {
    let inner = std::iter::successors(error.source(), |error| error.source());
    inner.fold(error.to_string(), |text, error| format!("{text}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_written_as_grpc_writes_them() {
        assert_eq!(code(tonic::Code::NotFound), "NOT_FOUND");
        assert_eq!(code(tonic::Code::Aborted), "ABORTED");
    }

    #[test]
    fn a_token_beyond_this_machine_wants_https() {
        for address in ["http://registry:7401", "http://10.0.0.7:7401", "http://[2001:db8::1]:1"] {
            assert!(is_readable(address), "{address}");
        }
        for address in ["https://registry", "http://127.0.0.1:7401", "http://[::1]:1"] {
            assert!(!is_readable(address), "{address}");
        }
    }
}
