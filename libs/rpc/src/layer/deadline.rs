//! The deadline of a call: what the caller allows (`grpc-timeout`), at most the server's own
//! limit. A stream has only the caller's, since a watch lives for hours; but its answer begins
//! within the server's, so that a request that never comes whole is not waited for.

use std::time::Duration;

use axum::{
    extract::{Request, State},
    http::HeaderMap,
    middleware::Next,
    response::Response,
};
use mpp_api::call;
use mpp_client::deadline;
use mpp_core::{Error, FieldCode, Result};
use tokio::time::{Instant, timeout_at};

use super::refuse;

/// When the call must have been answered.
#[derive(Clone, Copy)]
pub(crate) struct Deadline(pub(crate) Instant);

/// When a call must have been answered; `None` without a deadline.
pub fn deadline<T>(request: &tonic::Request<T>) -> Option<Instant> {
    request.extensions().get::<Deadline>().map(|deadline| deadline.0)
}

pub(crate) async fn layer(
    State(longest_call): State<Duration>,
    mut request: Request,
    next: Next,
) -> Response {
    let asked = match asked(request.headers()) {
        Ok(asked) => asked,
        Err(error) => return refuse(error),
    };
    let begins = asked.map_or(longest_call, |asked| asked.min(longest_call));
    let ends = if call::is_streaming(request.uri().path()) { asked } else { Some(begins) };
    let now = Instant::now();
    if let Some(ends) = ends {
        request.extensions_mut().insert(Deadline(now + ends));
    }
    match timeout_at(now + begins, next.run(request)).await {
        Ok(response) => response,
        Err(_) => refuse(deadline::passed()),
    }
}

fn asked(headers: &HeaderMap) -> Result<Option<Duration>> {
    let Some(value) = headers.get(deadline::HEADER) else {
        return Ok(None);
    };
    let read = value.to_str().ok().and_then(deadline::parse);
    read.map(Some).ok_or_else(|| {
        let text = "not up to eight digits and one of H, M, S, m, u, n";
        Error::field(deadline::HEADER, FieldCode::Format, text)
    })
}
