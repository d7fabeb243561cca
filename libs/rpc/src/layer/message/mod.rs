//! Puts requests together from whole messages; both directions may be compressed.
//!
//! tonic takes some faults of a request for its end: a reset, and a message whose head came and
//! nothing else. It answers others as faults of ours, and a handler of a stream may drop them. So
//! every request is looked through here, and if it breaks off, the call ends with the reason,
//! whatever its handler made of it.
//!
//! Messages are unpacked here and not by tonic: so it holds for every service without a line in
//! any, a bomb is refused by one bound, and small answers, which packing only slows, stay as they
//! are.

mod came;
mod course;
mod told;

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use mpp_api::call::{self, Call};
use mpp_core::{Error, Reason, Result};

use self::{came::IncomingBody, course::Course, told::Told};
use super::refuse;
use crate::coding::Coding;

/// The coding of a request's messages, or of an answer's.
const ENCODING: HeaderName = HeaderName::from_static("grpc-encoding");
/// The codings that the other side reads.
const ACCEPTS: HeaderName = HeaderName::from_static("grpc-accept-encoding");
const OURS: &str = "gzip,zstd,identity";

pub(crate) async fn layer(State(most): State<usize>, request: Request, next: Next) -> Response {
    let Some(call) = call::find(request.uri().path()) else { return next.run(request).await };
    let (mut parts, body) = request.into_parts();
    let coding = match coding(&mut parts.headers) {
        Ok(coding) => coding,
        Err(error) => return told_ours(refuse(error)),
    };
    let wanted = wanted(&mut parts.headers);
    let course = Course::default();
    let came = IncomingBody::new(body, call, coding, most, course.clone());
    let response = next.run(Request::from_parts(parts, Body::new(came))).await;
    answer(response, call, wanted, course)
}

fn answer(
    mut response: Response,
    call: &'static Call,
    wanted: Option<Coding>,
    course: Course,
) -> Response {
    let wanted = wanted.filter(|_| !response.headers().contains_key("grpc-status"));
    if let Some(coding) = wanted {
        response.headers_mut().insert(ENCODING, HeaderValue::from_static(coding.name()));
    }
    if wanted.is_none() && !call.client_streams {
        return response;
    }
    response.map(|body| Body::new(Told::new(body, call, wanted, course)))
}

/// How the request's messages are packed; what reads them finds them as they were.
fn coding(headers: &mut HeaderMap) -> Result<Option<Coding>> {
    let Some(given) = headers.remove(ENCODING) else { return Ok(None) };
    match given.to_str().unwrap_or_default().trim() {
        "identity" => Ok(None),
        name => Coding::of(name).map(Some).ok_or_else(|| {
            let text = format!(
                "messages that are compressed by '{name:.40}' (grpc-encoding) are not read here; \
                 send gzip, zstd, or none"
            );
            Error::new(Reason::Unimplemented, text)
        }),
    }
}

/// The first coding that the caller names and that is ours.
fn wanted(headers: &mut HeaderMap) -> Option<Coding> {
    let given = headers.remove(ACCEPTS)?;
    given.to_str().ok()?.split(',').find_map(|name| Coding::of(name.trim()))
}

fn told_ours(mut refusal: Response) -> Response {
    refusal.headers_mut().insert(ACCEPTS, HeaderValue::from_static(OURS));
    refusal
}
