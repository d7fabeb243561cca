//! Gives every refusal its reason. Services answer with [`crate::status`]; a refusal that tonic
//! makes by itself (no such method, a message that is too large or none at all) comes without
//! details: for a call in the headers, for a stream in the trailers.

use std::{
    pin::Pin,
    task::{Context, Poll},
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
use mpp_client::wire_error;
use tonic::{Code, Status};

use super::{refuse, trailers};

pub(crate) async fn layer(request: Request, next: Next) -> Response {
    let streams = call::is_streaming(request.uri().path());
    let response = next.run(request).await;
    match unexplained(response.headers()) {
        Some(status) => refuse(wire_error(&status)),
        None if streams => response.map(|body| Body::new(Explained(body))),
        None => response,
    }
}

fn unexplained(headers: &HeaderMap) -> Option<Status> {
    headers.get("grpc-status")?;
    let status = Status::from_header_map(headers)?;
    (status.code() != Code::Ok && status.details().is_empty()).then_some(status)
}

/// A stream whose end has its reason.
struct Explained(Body);

impl HttpBody for Explained {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.0).poll_frame(cx);
        let Poll::Ready(Some(Ok(frame))) = polled else { return polled };
        let end = frame.trailers_ref().and_then(unexplained);
        let frame = end.map_or(frame, |status| trailers(wire_error(&status)));
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}
