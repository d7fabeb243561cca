//! Gives every refusal its reason. Services answer with [`crate::status`]; a refusal that tonic
//! makes by itself (no such method, a message that is too large or none at all) comes without
//! details.

use axum::{extract::Request, http::HeaderMap, middleware::Next, response::Response};
use tonic::{Code, Status};

use super::refuse;
use mpp_client::wire_error;

pub(crate) async fn layer(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    match unexplained(response.headers()) {
        Some(status) => refuse(wire_error(&status)),
        None => response,
    }
}

fn unexplained(headers: &HeaderMap) -> Option<Status> {
    headers.get("grpc-status")?;
    let status = Status::from_header_map(headers)?;
    (status.code() != Code::Ok && status.details().is_empty()).then_some(status)
}
