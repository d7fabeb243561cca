//! The door for plain HTTP: a request with JSON becomes the gRPC call that it stands for, goes
//! through the same stack of layers, and its answer becomes JSON again.
//!
//! No method is named here. A method's addresses are its `google.api.http` annotations
//! (`mpp_api::route`), its fields are read by its descriptors ([`request`]), and its body is read
//! only once the layers behind have found that the caller may call at all.
//!
//! # Rejected
//! - *tonic-rest, rest_over_grpc, g2h*: routes generated per method, each a handler beside the
//!   stack, so that limits, rights and deadlines would be told a second time.
//! - *A proxy of its own* (Envoy's or structured-proxy's transcoder): one more hop and one more
//!   thing to run; identity by client certificate would end there.

mod answer;
mod condition;
mod document;
mod events;
mod frame;
#[cfg(test)]
mod fuzz;
mod head;
#[cfg(test)]
mod made;
mod once;
mod pack;
mod problem;
mod request;
mod wishes;

use std::time::Instant;

use axum::{
    body::{Body, Bytes},
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use futures::stream;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, Version, header, request::Parts,
};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use mpp_api::{
    call,
    route::{self, Body as RouteBody, Route, RouteMatch},
};
use mpp_core::{Error, FieldCode, Reason, Result};
use tonic::{Code, Status};
use uuid::Builder;

use self::{once::text, request::Outer, wishes::AnswerFormat};
use crate::{
    coding::{self, Coding},
    layer::{rate, refuse, trace},
    status,
};

pub use document::openapi;
pub(crate) use head::READ as HEADS_READ;
pub use problem::http_status_of;

/// Largest body of a request, as tonic bounds a message.
const MAX_BODY: usize = 4 * 1024 * 1024;
/// Longest `Idempotency-Key`, in bytes.
const MAX_KEY: usize = 255;
/// Headers that mean the same to the call behind.
const KEPT: [HeaderName; 4] = [
    header::AUTHORIZATION,
    HeaderName::from_static("traceparent"),
    HeaderName::from_static("tracestate"),
    HeaderName::from_static("grpc-timeout"),
];

/// `header_bytes` is the size of the largest head.
pub(crate) async fn layer(
    State(header_bytes): State<u32>,
    request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let head_fits = head::check(&request, header_bytes);
    if is_grpc(request.headers()) && request.version() == Version::HTTP_2 {
        let Err(error) = head_fits else { return next.run(request).await };
        trace::no_call(Code::ResourceExhausted, started);
        return refuse(error);
    }
    let wishes = AnswerFormat::of(request.headers());
    let head = request.method() == Method::HEAD;
    let coding = pack::wanted(request.headers());
    let entered = match head_fits {
        Ok(()) => enter(request, wishes, next).await,
        Err(error) => Err(NoCall::Head(error)),
    };
    let answered = match entered {
        Ok(response) => response,
        Err(no_call) => {
            trace::no_call(no_call.code(), started);
            no_call.answer(&wishes)
        }
    };
    let answered = pack::pack(coding, answered).await;
    if head { answered.map(|_| Body::empty()) } else { answered }
}

/// A plain HTTP request that is not a call of a method.
enum NoCall {
    /// The contract's own document.
    Document(Response),
    Status(Status),
    /// The address has other verbs.
    Verb(Vec<&'static str>),
    /// The body is of another type or packed in another way.
    Form(Error),
    /// The headers and the address are too large.
    Head(Error),
}

impl NoCall {
    fn code(&self) -> Code {
        match self {
            Self::Document(_) => Code::Ok,
            Self::Status(status) => status.code(),
            Self::Verb(_) => Code::Unimplemented,
            Self::Form(_) => Code::InvalidArgument,
            Self::Head(_) => Code::ResourceExhausted,
        }
    }

    fn answer(self, wishes: &AnswerFormat) -> Response {
        match self {
            Self::Document(answer) => answer,
            Self::Status(status) => problem::answer(&status, wishes),
            Self::Verb(allowed) => other_verb(&allowed, wishes),
            Self::Form(error) => {
                problem::told_as(StatusCode::UNSUPPORTED_MEDIA_TYPE, error, wishes)
            }
            Self::Head(error) => {
                problem::told_as(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, error, wishes)
            }
        }
    }
}

impl From<Status> for NoCall {
    fn from(status: Status) -> Self {
        Self::Status(status)
    }
}

/// True for gRPC with protobuf; another form (`+json`, `-web`) would be read as something that it
/// is not.
fn is_grpc(headers: &HeaderMap) -> bool {
    matches!(content_type(headers), "application/grpc" | "application/grpc+proto")
}

fn content_type(headers: &HeaderMap) -> &str {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.unwrap_or_default().split(';').next().unwrap_or_default().trim()
}

async fn enter(request: Request, wishes: AnswerFormat, next: Next) -> Result<Response, NoCall> {
    let (parts, body) = request.into_parts();
    check_form(&parts).map_err(status)?;
    check_site(&parts).map_err(status)?;
    let verb = if parts.method == Method::HEAD { "GET" } else { parts.method.as_str() };
    if verb == "GET" && parts.uri.path() == document::PATH {
        return Err(NoCall::Document(document::packed(&parts.headers)));
    }
    check_is_no_call(&parts).map_err(NoCall::Form)?;
    let (route, path) = match route::find(verb, parts.uri.path()).map_err(status)? {
        RouteMatch::Method(route, path) => (route, path),
        RouteMatch::OtherVerbs(verbs) => return Err(NoCall::Verb(verbs)),
        RouteMatch::Nothing => return Err(status(nothing_here(parts.uri.path())).into()),
    };
    check_content_type(route, &parts.headers).map_err(NoCall::Form)?;
    condition::check_if_none_match(route, &parts.headers).map_err(status)?;
    let body = Came { gzip: pack::is_gzip(&parts.headers).map_err(NoCall::Form)?, body };
    let outer = outer(&parts, path).map_err(status)?;
    let (asked, reads) = (parts.headers.clone(), verb == "GET");
    let response = next.run(call(parts, route, outer, body)).await;
    let limits = rate::rate_headers(response.headers());
    let answered = if route.method.is_server_streaming() {
        events::stream(route, wishes, response)
    } else {
        answer::unary(route, reads, &asked, response).await
    };
    let mut answered = answered.unwrap_or_else(|status| problem::answer(&status, &wishes));
    answered.headers_mut().extend(limits);
    Ok(answered)
}

/// Refuses requests that a proxy in between might read differently from us.
fn check_form(parts: &Parts) -> Result<()> {
    if is_grpc(&parts.headers) {
        let text = "gRPC needs HTTP/2; over HTTP/1.1 send application/json";
        return Err(Error::field("content-type", FieldCode::NotAllowed, text));
    }
    let hosts = parts.headers.get_all(header::HOST).iter().count();
    match (parts.version, hosts) {
        (Version::HTTP_11, 0) => {
            Err(Error::field("host", FieldCode::Required, "HTTP/1.1 names the host"))
        }
        (_, 0 | 1) => Ok(()),
        _ => Err(Error::field("host", FieldCode::Duplicate, "is there twice; send it once")),
    }
}

/// A method's own path takes gRPC and nothing else.
fn check_is_no_call(parts: &Parts) -> Result<()> {
    if !call::exists(parts.uri.path()) {
        return Ok(());
    }
    let kind = content_type(&parts.headers);
    let text = format!(
        "'{kind:.60}' is not read at this address, which takes gRPC: send application/grpc; the \
         addresses that take JSON stand in /openapi.json"
    );
    Err(Error::field("content-type", FieldCode::NotAllowed, text))
}

/// A browser sends its client certificate along with whatever any page makes it send, so a page of
/// another site may not write by it. A token is something that the page has to know.
fn check_site(parts: &Parts) -> Result<()> {
    let site = parts.headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    let foreign = match site {
        Some(site) => !matches!(site, b"same-origin" | b"none"),
        None => parts.headers.contains_key(header::ORIGIN),
    };
    let writes = !parts.method.is_safe();
    if writes && foreign && !parts.headers.contains_key(header::AUTHORIZATION) {
        let text = "a page of another site may call with a token only, not by the browser's \
                    certificate";
        return Err(Error::new(Reason::PermissionDenied, text));
    }
    Ok(())
}

fn nothing_here(path: &str) -> Error {
    let text = format!("there is nothing at {path:.200}; /openapi.json lists all addresses");
    Error::new(Reason::NotFound, text)
}

fn other_verb(allowed: &[&'static str], wishes: &AnswerFormat) -> Response {
    let allowed = allowed.join(", ");
    let error = Error::new(Reason::Unimplemented, format!("this address takes {allowed}"));
    let mut response = problem::told_as(StatusCode::METHOD_NOT_ALLOWED, error, wishes);
    if let Ok(allowed) = HeaderValue::try_from(allowed) {
        response.headers_mut().insert(header::ALLOW, allowed);
    }
    response
}

/// A body is JSON; one whose header says that it is something else is refused.
fn check_content_type(route: &Route, headers: &HeaderMap) -> Result<()> {
    if !headers.contains_key(header::CONTENT_TYPE) {
        return Ok(());
    }
    let kind = content_type(headers);
    let is_json = kind.eq_ignore_ascii_case("application/json") || kind.ends_with("+json");
    if route.body == RouteBody::None || is_json {
        return Ok(());
    }
    let text = format!("'{kind:.60}' is not read here; send application/json");
    Err(Error::field("content-type", FieldCode::NotAllowed, text))
}

fn outer(parts: &Parts, path: Vec<(&'static str, String)>) -> Result<Outer> {
    let text = |name| text(&parts.headers, name);
    text("authorization")?;
    // A browser that has no event yet sends an empty id.
    let resume = text("last-event-id")?.filter(|token| !token.is_empty());
    Ok(Outer {
        path,
        query: parts.uri.query().unwrap_or_default().to_owned(),
        if_match: condition::if_match(&parts.headers)?,
        request_id: text("idempotency-key")?.map(request_id).transpose()?,
        resume: resume.map(str::to_owned),
    })
}

/// A key that is a UUID is the request's id; any other text always stands for the same one.
fn request_id(key: &str) -> Result<String> {
    let key = key.trim_matches('"');
    if key.is_empty() {
        let text = "is empty; send a UUID, or no such header";
        return Err(Error::field("idempotency-key", FieldCode::Required, text));
    }
    if key.len() > MAX_KEY {
        let text = format!("has {} bytes; {MAX_KEY} are allowed", key.len());
        return Err(Error::field("idempotency-key", FieldCode::TooLong, text));
    }
    if let Ok(id) = key.parse::<uuid::Uuid>() {
        return Ok(id.to_string());
    }
    let hash = ring::digest::digest(&ring::digest::SHA256, key.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.as_ref()[..16]);
    Ok(Builder::from_custom_bytes(bytes).into_uuid().to_string())
}

/// The gRPC call that a plain request stands for.
fn call(parts: Parts, route: &'static Route, outer: Outer, body: Came) -> Request {
    let mut call = Request::new(message_of(route, outer, body));
    *call.method_mut() = Method::POST;
    *call.version_mut() = Version::HTTP_2;
    // A path of letters, dots and slashes.
    *call.uri_mut() = Uri::try_from(route.grpc_path()).unwrap_or_default();
    for name in KEPT {
        if let Some(value) = parts.headers.get(&name) {
            call.headers_mut().insert(name, value.clone());
        }
    }
    let headers = call.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    headers.insert(header::TE, HeaderValue::from_static("trailers"));
    *call.extensions_mut() = parts.extensions;
    call
}

/// The message, read when the method asks for it and not before: what a caller may not do costs no
/// memory. A fault travels as a status, which tonic hands on.
fn message_of(route: &'static Route, outer: Outer, body: Came) -> Body {
    Body::from_stream(stream::once(async move {
        let body = read(body).await.map_err(status)?;
        let message = request::message(route, &outer, &body).map_err(status)?;
        Ok::<Bytes, Status>(frame::frame(&message))
    }))
}

/// A body as it came.
struct Came {
    gzip: bool,
    body: Body,
}

/// The whole body, at most [`MAX_BODY`] of it, and as much once it is unpacked.
async fn read(came: Came) -> Result<Bytes> {
    let body = match Limited::new(came.body, MAX_BODY).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => {
            return Err(coding::too_large("body", MAX_BODY));
        }
        Err(error) => {
            let text = format!("did not arrive whole: {error}");
            return Err(Error::field("body", FieldCode::Unreadable, text));
        }
    };
    if came.gzip { Coding::Gzip.unpacked(&body, MAX_BODY, "body") } else { Ok(body) }
}
