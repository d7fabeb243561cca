//! A refusal, as plain HTTP tells it: `google.rpc.Status` as JSON, or `application/problem+json`
//! (RFC 9457) if that is asked for.

use axum::{body::Body, response::Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use mpp_client::{ClientError, error_of};
use mpp_core::{Error, Reason};
use serde_json::{Value, json};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use super::wishes::AnswerFormat;
use crate::status;

const TYPE: &str = "type.googleapis.com/google.rpc.";
const STATUS: &str = "application/json";
const PROBLEM: &str = "application/problem+json";

/// The answer of a call that was refused.
pub(crate) fn answer(status: &Status, wishes: &AnswerFormat) -> Response {
    let error = error_of(status);
    let http = http_status(status.code(), &error.reason);
    let (content_type, body) = if wishes.problem {
        (PROBLEM, problem(status, &error, http, wishes))
    } else {
        (STATUS, rpc_status(status, &error, wishes))
    };
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = http;
    set_headers(response.headers_mut(), content_type, &error, http, wishes);
    response
}

/// The answer to what is no call, with a status that HTTP has a word of its own for.
pub(super) fn told_as(http: StatusCode, error: Error, wishes: &AnswerFormat) -> Response {
    let mut response = answer(&status(error), wishes);
    *response.status_mut() = http;
    response
}

fn set_headers(
    headers: &mut HeaderMap,
    content_type: &'static str,
    error: &ClientError,
    http: StatusCode,
    wishes: &AnswerFormat,
) {
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(wishes.language()));
    if let Some(after) = error.retry_after {
        // Whole seconds, never earlier than the error says.
        headers.insert(
            header::RETRY_AFTER,
            after
                .as_millis()
                .div_ceil(1000)
                .max(1)
                .to_string()
                .parse()
                .unwrap_or(HeaderValue::from_static("1")),
        );
    }
    if http == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
}

/// The status of a code by AIP-193 and `google/rpc/code.proto`, except for reasons that HTTP has a
/// word of its own for.
pub(crate) fn http_status(code: Code, reason: &str) -> StatusCode {
    let is = |known: Reason| reason == known.as_str();
    match code {
        _ if is(Reason::TooLarge) => StatusCode::PAYLOAD_TOO_LARGE,
        _ if is(Reason::EtagMismatch) => StatusCode::PRECONDITION_FAILED,
        // No retry would find a place in it.
        _ if is(Reason::SlotFull) => StatusCode::CONFLICT,
        Code::Ok => StatusCode::OK,
        Code::InvalidArgument | Code::FailedPrecondition | Code::OutOfRange => {
            StatusCode::BAD_REQUEST
        }
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::PermissionDenied => StatusCode::FORBIDDEN,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::AlreadyExists | Code::Aborted => StatusCode::CONFLICT,
        Code::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
        Code::Unimplemented => StatusCode::NOT_IMPLEMENTED,
        Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Code::DeadlineExceeded => StatusCode::GATEWAY_TIMEOUT,
        Code::Cancelled | Code::Unknown | Code::Internal | Code::DataLoss => {
            StatusCode::INTERNAL_SERVER_ERROR
        }
    }
}

/// The HTTP status with which a reason is told.
pub fn http_status_of(reason: Reason) -> u16 {
    http_status(mpp_client::canonical(reason.code()), reason.as_str()).as_u16()
}

/// `google.rpc.Status`, with the details that gRPC's own clients get.
pub(crate) fn rpc_status(status: &Status, error: &ClientError, wishes: &AnswerFormat) -> Value {
    let message = wishes.choose(&error.message, &error.indonesian);
    json!({
        "code": i32::from(status.code()), "message": message, "details": details(status, error, wishes),
    })
}

fn details(status: &Status, error: &ClientError, wishes: &AnswerFormat) -> Vec<Value> {
    let read = status.get_error_details();
    let typed = |name: &str| format!("{TYPE}{name}");
    let mut details = Vec::new();
    if let Some(info) = read.error_info() {
        details.push(json!({
            "@type": typed("ErrorInfo"), "reason": info.reason, "domain": info.domain,
            "metadata": info.metadata,
        }));
    }
    if let Some(text) = read.localized_message() {
        details.push(json!({
            "@type": typed("LocalizedMessage"), "locale": text.locale, "message": text.message,
        }));
    }
    if wishes.indonesian && message_differs(error) {
        details.push(json!({ "@type": typed("DebugInfo"), "detail": error.message }));
    }
    if !error.fields.is_empty() {
        let violations = error
            .fields
            .iter()
            .map(|(field, description)| json!({ "field": field, "description": description }));
        let violations: Vec<Value> = violations.collect();
        details.push(json!({ "@type": typed("BadRequest"), "fieldViolations": violations }));
    }
    if let Some(after) = error.retry_after {
        let seconds = format!("{}s", after.as_secs_f64());
        details.push(json!({ "@type": typed("RetryInfo"), "retryDelay": seconds }));
    }
    if !error.trace.is_empty() {
        details.push(json!({ "@type": typed("RequestInfo"), "requestId": error.trace }));
    }
    details
}

/// True if the Indonesian sentence takes the place of what developers should read, too.
fn message_differs(error: &ClientError) -> bool {
    !error.indonesian.is_empty() && error.indonesian != error.message
}

/// RFC 9457. The codes of wrong fields stand beside their descriptions; what developers should read
/// has a member of its own where another language takes its place.
fn problem(status: &Status, error: &ClientError, http: StatusCode, wishes: &AnswerFormat) -> Value {
    let read = status.get_error_details();
    let codes = read.error_info().map(|info| info.metadata.clone()).unwrap_or_default();
    let errors = error.fields.iter().map(|(field, description)| {
        json!({ "field": field, "code": codes.get(field), "description": description })
    });
    let english = english_title(&error.reason);
    let title = wishes.choose(&english, &error.indonesian);
    let mut problem = json!({
        "type": format!("urn:mpp:reason:{}", error.reason), "title": title,
        "status": http.as_u16(), "detail": wishes.choose(&error.message, &error.indonesian),
        "reason": error.reason,
        "errors": errors.collect::<Vec<_>>(),
    });
    if error.fields.is_empty() && !codes.is_empty() {
        problem["metadata"] = json!(codes);
    }
    if wishes.indonesian && message_differs(error) {
        problem["debug"] = Value::from(error.message.as_str());
    }
    if !error.trace.is_empty() {
        problem["trace"] = Value::from(error.trace.as_str());
    }
    problem
}

/// `SLOT_FULL` reads "slot full".
fn english_title(reason: &str) -> String {
    reason.to_lowercase().replace('_', " ")
}

#[cfg(test)]
mod tests {
    use mpp_core::FieldCode;

    use super::*;

    fn wishes(indonesian: bool) -> AnswerFormat {
        AnswerFormat { indonesian, ..AnswerFormat::default() }
    }

    #[test]
    fn a_refusal_keeps_its_reason_its_fields_and_its_codes() {
        let refused = status(Error::field("mall.region", FieldCode::Required, "must be set"));
        let told = rpc_status(&refused, &error_of(&refused), &wishes(false));
        assert_eq!(told["code"], 3);
        assert_eq!(told["details"][0]["reason"], "INVALID_FIELD");
        assert_eq!(told["details"][0]["metadata"]["mall.region"], "REQUIRED");
        let bad = told["details"]
            .as_array()
            .expect("details")
            .iter()
            .find(|detail| detail["@type"] == "type.googleapis.com/google.rpc.BadRequest");
        assert_eq!(bad.expect("a BadRequest")["fieldViolations"][0]["description"], "must be set");
    }

    #[test]
    fn whoever_reads_indonesian_gets_it_and_developers_lose_nothing() {
        let refused = status(Error::not_found("malls/x"));
        let told = rpc_status(&refused, &error_of(&refused), &wishes(true));
        assert_eq!(told["message"], Reason::NotFound.indonesian());
        assert!(told["details"].to_string().contains("malls/x"));
    }

    #[test]
    fn every_reason_has_a_status_that_is_no_success() {
        for reason in Reason::ALL {
            let refused = status(Error::new(*reason, "because"));
            let answer = answer(&refused, &wishes(false));
            assert!(answer.status().as_u16() >= 400, "{reason:?}");
        }
    }
}
