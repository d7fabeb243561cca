//! The answer of a call that is no stream, as JSON: with an ETag, and without a body if the caller
//! has it already.

use axum::{
    body::{Body, Bytes},
    response::Response,
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use mpp_api::route::Route;
use mpp_core::Error;
use prost_reflect::DynamicMessage;
use tonic::Status;

use super::{
    condition,
    frame::{Messages, refusal},
};
use crate::status;

/// The message of an answer as JSON.
///
/// # Errors
/// The call's own refusal.
pub(crate) async fn unary(
    route: &Route,
    reads: bool,
    asked: &HeaderMap,
    response: Response,
) -> Result<Response, Status> {
    let message = only_message(response).await?;
    let internal = |error: &dyn std::fmt::Display| status(Error::internal(error.to_string()));
    let message = DynamicMessage::decode(route.method.output(), message);
    let message = message.map_err(|error| internal(&error))?;
    let json = serde_json::to_vec(&message).map_err(|error| internal(&error))?;
    let etag = condition::etag(&message, &json);
    let known = if reads { condition::known(asked, &etag) } else { None };
    let mut answer = Response::new(Body::empty());
    if known.is_some() {
        *answer.status_mut() = StatusCode::NOT_MODIFIED;
    } else {
        *answer.body_mut() = Body::from(json);
        let json = HeaderValue::from_static("application/json");
        answer.headers_mut().insert(header::CONTENT_TYPE, json);
    }
    if let Ok(etag) = HeaderValue::try_from(known.unwrap_or(etag)) {
        answer.headers_mut().insert(header::ETAG, etag);
    }
    // The answer depends on the caller's token, so a stored copy is checked before it is used
    // again.
    let cache = if reads { "private, no-cache" } else { "no-store" };
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    let vary = HeaderValue::from_static("authorization, accept-encoding");
    answer.headers_mut().insert(header::VARY, vary);
    Ok(answer)
}

async fn only_message(response: Response) -> Result<Bytes, Status> {
    if let Some(status) = refusal(response.headers()) {
        return Err(status);
    }
    let mut messages = Messages::new(response.into_body());
    let message = messages.next().await.unwrap_or_else(|| Ok(Bytes::new()))?;
    // The status comes after the message, in the trailers.
    match messages.next().await {
        Some(Err(status)) => Err(status),
        _ => Ok(message),
    }
}
