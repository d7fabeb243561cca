//! Counts what limits refuse, whichever limit it is, here or in a service.

use std::sync::Arc;

use axum::{extract::Request, http::HeaderMap, middleware::Next, response::Response};
use mpp_core::Caller;
use tonic::{Code, Status};

use crate::{
    method::{self, Class},
    metrics::{ADDRESS, LIMITS, REFUSED},
};

pub(crate) async fn layer(request: Request, next: Next) -> Response {
    let (class, caller) = (class(request.uri().path()), caller(&request));
    let response = next.run(request).await;
    if let Some(reason) = limit(response.headers()) {
        REFUSED.add(1, [reason, class, caller]);
    }
    response
}

fn class(path: &str) -> &'static str {
    match method::class(path) {
        Some(Class::Read) => "reads",
        Some(Class::Write) => "writes",
        Some(Class::Stream) => "streams",
        None => "other",
    }
}

/// The highest role of the caller, in the order of the roles.
fn caller(request: &Request) -> &'static str {
    match request.extensions().get::<Arc<Caller>>() {
        Some(caller) => caller.roles.iter().max().map_or("none", |role| role.as_str()),
        None => ADDRESS,
    }
}

/// The reason, if a limit has refused. Only a refusal has its status in the head.
fn limit(headers: &HeaderMap) -> Option<&'static str> {
    let status = Status::from_header_map(headers)?;
    if !matches!(status.code(), Code::ResourceExhausted | Code::Unavailable) {
        return None;
    }
    let error = mpp_client::error_of(&status);
    LIMITS.into_iter().find(|reason| error.is(*reason)).map(mpp_core::Reason::as_str)
}
