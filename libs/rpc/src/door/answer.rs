//! The answer of a call that is no stream, as JSON: with an ETag, and none at all where the caller
//! has it.

use axum::{
    body::{Body, Bytes},
    response::Response,
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use mpp_api::route::Route;
use mpp_core::{Error, FieldCode};
use prost_reflect::DynamicMessage;
use ring::digest::{SHA256, digest};
use tonic::Status;

use super::frame::{Messages, refusal};
use crate::status;

/// Bytes of a representation's digest in its ETag.
const DIGEST: usize = 8;

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
    let etag = etag(&message, &json);
    let known = asked.get(header::IF_NONE_MATCH).is_some_and(|given| is_known(given, &etag));
    let mut answer = Response::new(Body::empty());
    if reads && known {
        *answer.status_mut() = StatusCode::NOT_MODIFIED;
    } else {
        *answer.body_mut() = Body::from(json);
        let json = HeaderValue::from_static("application/json");
        answer.headers_mut().insert(header::CONTENT_TYPE, json);
    }
    if let Ok(etag) = HeaderValue::try_from(etag) {
        answer.headers_mut().insert(header::ETAG, etag);
    }
    // Whose answer it is depends on the token; a copy is asked about before it is used again.
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

/// `"{etag}-{digest}"`: the record's etag, for If-Match, and what tells this representation from
/// others: fields that are worked out, such as the stage of today, change without a new etag.
fn etag(message: &DynamicMessage, json: &[u8]) -> String {
    match record_etag(message) {
        Some(etag) => format!("\"{etag}-{}\"", hash(json)),
        None => quoted_hash(json),
    }
}

/// The ETag of what holds no record.
pub(crate) fn quoted_hash(json: &[u8]) -> String {
    format!("\"{}\"", hash(json))
}

fn hash(json: &[u8]) -> String {
    let hash = digest(&SHA256, json);
    hash.as_ref().iter().take(DIGEST).map(|byte| format!("{byte:02x}")).collect()
}

/// The etag of the one record that an answer holds.
fn record_etag(message: &DynamicMessage) -> Option<String> {
    let own = |message: &DynamicMessage| {
        let etag = message.get_field_by_name("etag")?.as_str()?.to_owned();
        (!etag.is_empty()).then_some(etag)
    };
    own(message)
        .or_else(|| message.fields().find_map(|(_, value)| value.as_message().and_then(own)))
}

/// Whether one of the ETags that the caller has is this one, by weak comparison: the answer may
/// have been compressed on its way.
pub(crate) fn is_known(given: &HeaderValue, etag: &str) -> bool {
    let given = given.to_str().unwrap_or_default();
    given.trim() == "*" || given.split(',').any(|one| one.trim().trim_start_matches("W/") == etag)
}

/// The record's etag out of what `If-Match` holds; `None` for `*`, which any version meets.
///
/// # Errors
/// It holds none, or several: a condition that is not understood must not become none.
pub(crate) fn asked_etag(given: &str) -> Result<Option<String>, Error> {
    let wrong = |text: &str| Err(Error::field("if-match", FieldCode::Format, text));
    if given.trim() == "*" {
        return Ok(None);
    }
    let whole = given.trim().trim_start_matches("W/").trim_matches('"');
    let etag = whole.split_once('-').map_or(whole, |(etag, _)| etag);
    match etag {
        "" => wrong("is empty; send the ETag that the record was read with, or no such header"),
        _ if given.contains(',') => wrong("names several ETags; send the one that was read"),
        etag => Ok(Some(etag.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_etag_goes_back_as_it_came_or_as_the_records_own() {
        for given in ["\"7-0a1b\"", "W/\"7-0a1b\"", "\"7\"", "7"] {
            assert_eq!(asked_etag(given).expect("one").as_deref(), Some("7"), "{given}");
        }
        assert_eq!(asked_etag("*").expect("any"), None);
    }

    #[test]
    fn a_condition_that_is_not_understood_does_not_become_none() {
        for given in ["", "\"\"", "W/\"\"", "\"-0a\"", "\"7\", \"8\""] {
            let error = asked_etag(given).expect_err(given);
            assert_eq!(error.violations()[0].field, "if-match");
        }
    }

    #[test]
    fn a_copy_is_known_by_any_of_its_etags() {
        let known = |given: &'static str| is_known(&HeaderValue::from_static(given), "\"7-0a\"");
        assert!(
            known("\"7-0a\"") && known("W/\"7-0a\"") && known("\"6-0b\", \"7-0a\"") && known("*")
        );
        assert!(!known("\"7-0b\"") && !known("7-0a"));
    }
}
