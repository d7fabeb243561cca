//! The client's side: a channel that connects when it is first used, and adds to each call the
//! token, the trace, and a deadline where the caller has set none.

use std::{
    env,
    path::PathBuf,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use futures::future::BoxFuture;
use http::{HeaderValue, Request, Response, header::AUTHORIZATION};
use mpp_core::{Error, Result};
use tonic::{
    TimeoutExpired,
    body::Body,
    transport::{Certificate, ClientTlsConfig, Identity},
};
use tower::Service;

use crate::{
    file::{Watched, read_file},
    layer::deadline,
    method, status,
};

/// Deadline of a call that sets none.
const DEFAULT_DEADLINE: HeaderValue = HeaderValue::from_static("10S");
const CONNECT: Duration = Duration::from_secs(5);
/// How long an idle connection is trusted before it is pinged; servers allow it.
const KEEPALIVE: Duration = Duration::from_secs(20);

/// A server to call, and as whom.
#[derive(Clone, Debug, Default)]
pub struct Endpoint {
    /// `http://127.0.0.1:7070` or `https://registry.mpp.go.id:7070`.
    pub address: String,
    /// The bearer token; `None` where a client certificate proves the caller.
    pub token: Option<TokenSource>,
    /// For `https`.
    pub tls: Option<ClientTls>,
}

/// Where a token comes from.
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
    /// The server's name, where it is not the address's host.
    pub server_name: Option<String>,
}

/// Calls a server; hand it to a generated client's `new`. Clones share the connection.
#[derive(Clone)]
pub struct Channel {
    inner: tonic::transport::Channel,
    token: Option<Arc<Token>>,
}

enum Token {
    Fixed(HeaderValue),
    File(Watched<HeaderValue>),
}

/// A channel to `endpoint`. It connects with the first call, and again after it has been lost.
///
/// # Errors
/// The address, a file, or the token cannot be used; the error names it.
pub fn connect(endpoint: &Endpoint) -> Result<Channel> {
    let wrong = |error: &dyn std::fmt::Display| {
        let text = format!("'{}' cannot be used: {error}", endpoint.address);
        Error::field("address", "ADDRESS", text)
    };
    let mut target = tonic::transport::Endpoint::from_shared(endpoint.address.clone())
        .map_err(|error| wrong(&error))?
        .connect_timeout(CONNECT)
        .tcp_nodelay(true)
        .http2_keep_alive_interval(KEEPALIVE)
        .keep_alive_timeout(KEEPALIVE)
        .keep_alive_while_idle(true);
    match (target.uri().scheme_str(), &endpoint.tls) {
        (Some("http"), None) => {}
        (Some("https"), Some(tls)) => {
            target = target
                .tls_config(tls.config()?)
                .map_err(|error| wrong(&error))?;
        }
        (Some("https"), None) => return Err(wrong(&"https needs a CA file (--ca)")),
        (Some("http"), Some(_)) => return Err(wrong(&"TLS was asked for; write https://")),
        _ => return Err(wrong(&"write http://HOST:PORT or https://HOST:PORT")),
    }
    let token = endpoint
        .token
        .as_ref()
        .map(Token::open)
        .transpose()?
        .map(Arc::new);
    Ok(Channel {
        inner: target.connect_lazy(),
        token,
    })
}

impl ClientTls {
    fn config(&self) -> Result<ClientTlsConfig> {
        let ca = Certificate::from_pem(read_file(&self.ca)?);
        let mut config = ClientTlsConfig::new().ca_certificate(ca);
        if let Some((certificate, key)) = &self.identity {
            config = config.identity(Identity::from_pem(read_file(certificate)?, read_file(key)?));
        }
        if let Some(name) = &self.server_name {
            config = config.domain_name(name);
        }
        Ok(config)
    }
}

impl Token {
    fn open(source: &TokenSource) -> Result<Self> {
        match source {
            TokenSource::Text(text) => Ok(Self::Fixed(bearer(text.as_bytes())?)),
            TokenSource::File(path) => {
                let read: fn(&[Vec<u8>]) -> Result<HeaderValue> = |files| bearer(&files[0]);
                Ok(Self::File(Watched::open(vec![path.clone()], read)?))
            }
            TokenSource::Env(name) => {
                let text = env::var(name).map_err(|_| {
                    let text = format!("the environment variable {name} is not set");
                    Error::field("token", "TOKEN", text)
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
    let mut value = HeaderValue::from_bytes(&value)
        .map_err(|_| Error::field("token", "TOKEN", "not a token: it holds control characters"))?;
    value.set_sensitive(true);
    Ok(value)
}

impl Service<Request<Body>> for Channel {
    type Response = Response<Body>;
    type Error = tonic::transport::Error;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let streaming = method::is_streaming(request.uri().path());
        let headers = request.headers_mut();
        if let Some(token) = &self.token {
            headers.insert(AUTHORIZATION, token.header());
        }
        if !streaming {
            headers.entry("grpc-timeout").or_insert(DEFAULT_DEADLINE);
        }
        mpp_telemetry::hand_on_trace(headers);
        let answer = self.inner.call(request);
        Box::pin(async move {
            match answer.await {
                Err(error) if has_passed(&error) => Ok(status(deadline::passed()).into_http()),
                answer => answer,
            }
        })
    }
}

/// tonic's own client would call a passed deadline CANCELLED.
fn has_passed(error: &tonic::transport::Error) -> bool {
    let first: Option<&(dyn std::error::Error + 'static)> = Some(error);
    std::iter::successors(first, |error| error.source()).any(|error| error.is::<TimeoutExpired>())
}
