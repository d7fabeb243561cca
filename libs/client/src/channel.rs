//! The channel: what a generated client calls. It adds to each call the token, a deadline if the
//! caller has set none, the request id of a write and the revision that a read must show; and it
//! looks after replicas and repeats (`sending.rs`).

use std::{
    sync::Arc,
    task::{Context, Poll},
};

use futures::future::BoxFuture;
use http::{Request, Response};
use mpp_api::call::{self, Call};
use mpp_core::Result;
use tonic::{Status, body::Body};
use tower::Service;
use tracing::{Instrument as _, Span};

use crate::{Endpoint, Settings, sending::Sending, shared::ChannelCore};

/// Calls a service; hand it to a generated client's `new`. Clones share connections, token and
/// what they know of their writes.
#[derive(Clone)]
pub struct Channel(Arc<ChannelCore>);

/// A channel to the service at `endpoint`. It connects with the first call, and again after a
/// connection has been lost. Token and certificates are read again when their files change.
///
/// # Errors
/// The address, a file, or the token cannot be used; the error names it.
pub fn connect(endpoint: &Endpoint) -> Result<Channel> {
    connect_with(endpoint, Settings::default())
}

/// Like [`connect`], with other numbers.
///
/// # Errors
/// The same as [`connect`].
pub fn connect_with(endpoint: &Endpoint, settings: Settings) -> Result<Channel> {
    ChannelCore::of(endpoint, settings).map(|core| Channel(Arc::new(core)))
}

impl Channel {
    /// The revision that reads ask for (`min_revision`) where the request leaves it open: the
    /// highest that this channel's writes were answered with of late, or 0.
    pub fn revision(&self) -> i64 {
        self.0.written.of_late()
    }

    /// The settings of its calls, for programs that keep a stream of it open.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// Has reads ask for a revision: that of a write made elsewhere, such as by another process
    /// that handed its revision on.
    pub fn read_from(&self, revision: i64) {
        self.0.written.note(revision);
    }
}

impl Service<Request<Body>> for Channel {
    type Response = Response<Body>;
    type Error = Status;
    type Future = BoxFuture<'static, Result<Response<Body>, Status>>;

    /// Always ready: which replica is called is decided with the call.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Status>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let path = request.uri().path();
        let (call, span) = (call::find(path), span(call::known(path)));
        #[cfg(feature = "telemetry")]
        let request = with_trace(&span, request);
        let core = self.0.clone();
        Box::pin(
            async move {
                // A method that is not in the contract: nothing is known of it, so it is sent once.
                static UNKNOWN: Call = Call::unknown();
                Sending::new(&core, call.unwrap_or(&UNKNOWN), request).await?.run().await
            }
            .instrument(span),
        )
    }
}

#[cfg(feature = "telemetry")]
fn with_trace(span: &Span, mut request: Request<Body>) -> Request<Body> {
    span.in_scope(|| mpp_telemetry::hand_on_trace(request.headers_mut()));
    request
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
