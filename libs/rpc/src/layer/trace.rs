//! One span and one measurement for each call, whatever becomes of it: named and labelled by
//! OpenTelemetry's conventions for RPC. The span goes on from the caller's (`traceparent`).

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Instant,
};

use axum::{
    body::{Body, Bytes},
    extract::Request,
    http::HeaderMap,
    middleware::Next,
    response::Response,
};
use http_body::{Body as HttpBody, Frame, SizeHint};
use mpp_api::call;
use mpp_telemetry::KeyValue;
use tonic::Code;
use tracing::{Instrument as _, Span, field::Empty};

use crate::metrics::CALLS;

pub(crate) async fn layer(request: Request, next: Next) -> Response {
    let method = call::known(request.uri().path());
    let span = tracing::info_span!(
        "rpc",
        otel.name = method,
        otel.kind = "server",
        rpc.system.name = "grpc",
        rpc.method = method,
        rpc.response.status_code = Empty,
        "error.type" = Empty,
        caller = Empty,
    );
    mpp_telemetry::continue_trace(&span, request.headers());
    let call = Call { method, span: span.clone(), started: Instant::now(), code: None };
    let response = next.run(request).instrument(span).await;
    observed(response, call)
}

/// Measures a plain request that stands for no call, such as one for an address that does not
/// exist.
pub(crate) fn no_call(code: Code, started: Instant) {
    drop(Call { method: call::known(""), span: Span::none(), started, code: Some(code) });
}

/// A call under way; its end is measured when it is dropped.
struct Call {
    method: &'static str,
    span: Span,
    started: Instant,
    /// `None` until the status has been sent: a caller that leaves earlier has cancelled.
    code: Option<Code>,
}

impl Call {
    fn see(&mut self, headers: &HeaderMap) {
        if let Some(code) = headers.get("grpc-status") {
            self.code = Some(Code::from_bytes(code.as_bytes()));
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let code = name(self.code.unwrap_or(Code::Cancelled));
        self.span.record("rpc.response.status_code", code);
        let mut labels = vec![
            KeyValue::new("rpc.system.name", "grpc"),
            KeyValue::new("rpc.method", self.method),
            KeyValue::new("rpc.response.status_code", code),
        ];
        if self.code.is_some_and(is_fault) {
            self.span.record("error.type", code);
            labels.push(KeyValue::new("error.type", code));
        }
        CALLS.record_with(self.started.elapsed().as_secs_f64(), &labels);
    }
}

/// Codes that the conventions count as the server's error; the others are the caller's affair.
fn is_fault(code: Code) -> bool {
    use Code::{DataLoss, DeadlineExceeded, Internal, Unavailable, Unimplemented, Unknown};
    matches!(code, Unknown | DeadlineExceeded | Unimplemented | Internal | Unavailable | DataLoss)
}

fn name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}

fn observed(response: Response, mut call: Call) -> Response {
    call.see(response.headers());
    if call.code.is_some() {
        return response;
    }
    response.map(|body| Body::new(Observed { body, call }))
}

/// A body whose trailers are read as they pass.
struct Observed {
    body: Body,
    call: Call,
}

impl HttpBody for Observed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        let span = this.call.span.clone();
        let polled = span.in_scope(|| Pin::new(&mut this.body).poll_frame(cx));
        if let Poll::Ready(Some(Ok(frame))) = &polled
            && let Some(trailers) = frame.trailers_ref()
        {
            this.call.see(trailers);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
