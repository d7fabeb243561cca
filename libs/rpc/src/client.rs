//! The client's side: a channel that connects when it is first used, and adds to each call the
//! token, the trace, and a deadline if the caller has set none.

use std::{
    env, mem,
    net::IpAddr,
    path::PathBuf,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use futures::future::BoxFuture;
use http::{HeaderValue, Request, Response, header::AUTHORIZATION};
use http_body_util::{BodyExt as _, Full};
use mpp_core::{Error, FieldCode, Result};
use tonic::{
    TimeoutExpired,
    body::Body,
    transport::{Certificate, ClientTlsConfig, Identity},
};
use tower::{Service, ServiceExt as _};
use tracing::{Instrument as _, Span};

use crate::{file::Watched, layer::deadline, method, status};

/// Deadline of a call that sets none.
const DEFAULT_DEADLINE: HeaderValue = HeaderValue::from_static("10S");
/// How often a call is sent that has not left.
const MOST_TRIES: usize = 4;
const CONNECT: Duration = Duration::from_secs(5);
/// How long an idle connection is trusted before it is pinged; servers allow it.
const KEEPALIVE: Duration = Duration::from_secs(20);

/// A server to call, and as whom.
#[derive(Clone, Debug, Default)]
pub struct Endpoint {
    /// `http://127.0.0.1:7070` or `https://registry.mpp.go.id:7070`.
    pub address: String,
    /// The bearer token; `None` if a client certificate proves who calls.
    pub token: Option<TokenSource>,
    /// For `https`.
    pub tls: Option<ClientTls>,
}

/// The source of a token.
#[derive(Clone, Debug)]
pub enum TokenSource {
    /// The token itself.
    Text(String),
    /// A file that holds it, read again when it changes.
    File(PathBuf),
    /// An environment variable that holds it.
    Env(String),
}

/// TLS of the client's side.
#[derive(Clone, Debug, Default)]
pub struct ClientTls {
    /// The authority that the server's certificate must be of (PEM).
    pub ca: PathBuf,
    /// Own certificate chain and key (PEM), to prove oneself by.
    pub identity: Option<(PathBuf, PathBuf)>,
    /// The server's name, if it is not the host of the address.
    pub server_name: Option<String>,
}

/// Calls a server; hand it to a generated client's `new`. Clones share the connection.
#[derive(Clone)]
pub struct Channel {
    inner: tonic::transport::Channel,
    /// With TLS: makes another connection when a certificate or key has been renewed.
    renewed: Option<(Arc<Watched<tonic::transport::Channel>>, u64)>,
    token: Option<Arc<Token>>,
}

enum Token {
    Fixed(HeaderValue),
    File(Watched<HeaderValue>),
}

/// A channel to `endpoint`. It connects with the first call, and again after it has been lost.
/// Token and certificates are read again when their files change.
///
/// # Errors
/// The address, a file, or the token cannot be used; the error names it.
pub fn connect(endpoint: &Endpoint) -> Result<Channel> {
    let address = &endpoint.address;
    let wrong = |text: &str| Err(unusable(address, &text));
    let target = target(address)?;
    let token = endpoint.token.as_ref().map(Token::open).transpose()?.map(Arc::new);
    match (target.uri().scheme_str(), endpoint.tls.clone()) {
        (Some("http"), None) => {
            warn_of_plain_text(&target, token.is_some());
            Ok(Channel { inner: target.connect_lazy(), renewed: None, token })
        }
        (Some("https"), Some(tls)) => {
            let make = move |files: &[Vec<u8>]| secured(&target, &tls, files);
            let watched = Arc::new(Watched::open(endpoint.tls_files(), make)?);
            let inner = watched.current().as_ref().clone();
            Ok(Channel { inner, renewed: Some((watched, 0)), token })
        }
        (Some("https"), None) => wrong("https needs the authority's certificate (--tls-ca)"),
        (Some("http"), Some(_)) => wrong("TLS was asked for; write https://"),
        _ => wrong("write http://HOST:PORT or https://HOST:PORT"),
    }
}

fn target(address: &str) -> Result<tonic::transport::Endpoint> {
    let target = tonic::transport::Endpoint::from_shared(address.to_owned())
        .map_err(|error| unusable(address, &error))?;
    Ok(target
        .connect_timeout(CONNECT)
        .tcp_nodelay(true)
        .http2_keep_alive_interval(KEEPALIVE)
        .keep_alive_timeout(KEEPALIVE)
        .keep_alive_while_idle(true))
}

fn unusable(address: &str, error: &dyn std::fmt::Display) -> Error {
    Error::field("address", FieldCode::Format, format!("'{address}' cannot be used: {error}"))
}

/// The files are the authority and, if there is an identity, its certificate and key.
fn secured(
    target: &tonic::transport::Endpoint,
    tls: &ClientTls,
    files: &[Vec<u8>],
) -> Result<tonic::transport::Channel> {
    let mut config = ClientTlsConfig::new().ca_certificate(Certificate::from_pem(&files[0]));
    if let [_, certificate, key] = files {
        config = config.identity(Identity::from_pem(certificate, key));
    }
    if let Some(name) = &tls.server_name {
        config = config.domain_name(name);
    }
    let target = target.clone().tls_config(config);
    let target = target.map_err(|error| unusable(&tls.ca.display().to_string(), &error))?;
    Ok(target.connect_lazy())
}

/// A mesh may encrypt what leaves the machine, so that this is no error.
fn warn_of_plain_text(target: &tonic::transport::Endpoint, has_token: bool) {
    let host = target.uri().host().unwrap_or_default().trim_matches(['[', ']']);
    let is_loopback =
        host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    if has_token && !is_loopback {
        tracing::warn!(host, "the token goes out in plain text; use https unless a mesh encrypts");
    }
}

impl Endpoint {
    fn tls_files(&self) -> Vec<PathBuf> {
        let Some(tls) = &self.tls else {
            return Vec::new();
        };
        let identity = tls.identity.iter().flat_map(|(certificate, key)| [certificate, key]);
        std::iter::once(&tls.ca).chain(identity).cloned().collect()
    }
}

impl Token {
    fn open(source: &TokenSource) -> Result<Self> {
        match source {
            TokenSource::Text(text) => Ok(Self::Fixed(bearer(text.as_bytes())?)),
            TokenSource::File(path) => {
                let read = |files: &[Vec<u8>]| bearer(&files[0]);
                Ok(Self::File(Watched::open(vec![path.clone()], read)?))
            }
            TokenSource::Env(name) => {
                let text = env::var(name).map_err(|_| {
                    let text = format!("the environment variable {name} is not set");
                    Error::field("token", FieldCode::Required, text)
                })?;
                Ok(Self::Fixed(bearer(text.as_bytes())?))
            }
        }
    }

    fn header(&self) -> HeaderValue {
        match self {
            Self::Fixed(value) => value.clone(),
            Self::File(file) => HeaderValue::clone(&file.current()),
        }
    }
}

fn bearer(token: &[u8]) -> Result<HeaderValue> {
    let value = [b"Bearer ", token.trim_ascii()].concat();
    let mut value = HeaderValue::from_bytes(&value).map_err(|_| {
        Error::field(
            "token",
            FieldCode::ControlCharacter,
            "not a token: it holds control characters",
        )
    })?;
    value.set_sensitive(true);
    Ok(value)
}

impl Service<Request<Body>> for Channel {
    type Response = Response<Body>;
    type Error = tonic::transport::Error;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        if let Some((watched, seen)) = &mut self.renewed
            && watched.version() != *seen
        {
            *seen = watched.version();
            self.inner = watched.current().as_ref().clone();
        }
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let path = request.uri().path();
        let (streaming, span) = (method::is_streaming(path), span(method::known(path)));
        let headers = request.headers_mut();
        if let Some(token) = &self.token {
            headers.insert(AUTHORIZATION, token.header());
        }
        if !streaming {
            headers.entry("grpc-timeout").or_insert(DEFAULT_DEADLINE);
        }
        span.in_scope(|| mpp_telemetry::hand_on_trace(headers));
        if streaming {
            return Box::pin(self.inner.call(request).instrument(span));
        }
        // The clone is not ready yet; what was made ready goes with the call.
        let unready = self.inner.clone();
        Box::pin(unary(mem::replace(&mut self.inner, unready), request).instrument(span))
    }
}

fn span(method: &'static str) -> Span {
    tracing::info_span!(
        "call",
        otel.name = method,
        otel.kind = "client",
        rpc.system.name = "grpc",
        rpc.method = method,
    )
}

/// Sends a call, and sends it again if it never left: on a connection whose server was just
/// going away. Other languages' clients do so by themselves (gRPC's transparent retries).
async fn unary(
    mut channel: tonic::transport::Channel,
    request: Request<Body>,
) -> Result<Response<Body>, tonic::transport::Error> {
    let (parts, body) = request.into_parts();
    let message = match body.collect().await {
        Ok(message) => message.to_bytes(),
        Err(status) => return Ok(status.into_http()),
    };
    let mut tries = MOST_TRIES;
    loop {
        let body = Body::new(Full::new(message.clone()));
        match channel.call(Request::from_parts(parts.clone(), body)).await {
            Err(error) if has_passed(&error) => return Ok(status(deadline::passed()).into_http()),
            Err(error) if tries > 1 && has_not_left(&error) => tries -= 1,
            answer => return answer,
        }
        channel.ready().await?;
    }
}

/// tonic's own client would call a passed deadline CANCELLED.
fn has_passed(error: &tonic::transport::Error) -> bool {
    causes(error).any(|cause| cause.is::<TimeoutExpired>())
}

/// True if no server has seen the call: it was refused by a server that goes away in good
/// order, or was still in the queue of a connection that ended.
fn has_not_left(error: &tonic::transport::Error) -> bool {
    causes(error).any(|cause| {
        let going = cause.downcast_ref::<h2::Error>().is_some_and(|error| {
            error.is_go_away() && error.is_remote() && error.reason() == Some(h2::Reason::NO_ERROR)
        });
        going || cause.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_canceled)
    })
}

fn causes<'a>(
    error: &'a (dyn std::error::Error + 'static),
) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    std::iter::successors(Some(error), |error| error.source())
}
