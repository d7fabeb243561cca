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

/// `"{etag}-{digest}"` of the record that an answer holds: its etag, for If-Match, and what tells
/// this representation from others, since fields that are worked out, such as the stage of today,
/// change without a new etag. A write and a read of the same record give the same one, whatever
/// else a write answers. What holds no record has the digest alone.
fn etag(message: &DynamicMessage, json: &[u8]) -> String {
    let of_record = || {
        let (etag, record) = record(message)?;
        let alone = serde_json::to_vec(&record).ok()?;
        Some(format!("\"{etag}-{}\"", hash(&alone)))
    };
    of_record().unwrap_or_else(|| quoted_hash(json))
}

/// The ETag of what holds no record.
pub(crate) fn quoted_hash(json: &[u8]) -> String {
    format!("\"{}\"", hash(json))
}

fn hash(json: &[u8]) -> String {
    let hash = digest(&SHA256, json);
    hash.as_ref().iter().take(DIGEST).map(|byte| format!("{byte:02x}")).collect()
}

/// The one record that an answer holds, and its etag.
fn record(message: &DynamicMessage) -> Option<(String, DynamicMessage)> {
    let own = |message: &DynamicMessage| {
        let etag = message.get_field_by_name("etag")?.as_str()?.to_owned();
        (!etag.is_empty()).then(|| (etag, message.clone()))
    };
    own(message)
        .or_else(|| message.fields().find_map(|(_, value)| value.as_message().and_then(own)))
}

/// True where one of the caller's ETags is this one, by weak comparison: the answer may have been
/// compressed on its way.
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
    use mpp_api::{
        registry::{Counter, GetCounterResponse, UpdateCounterResponse},
        route,
    };
    use prost::Message as _;
    use prost_reflect::{FieldDescriptor, Kind};

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

    #[test]
    fn a_read_and_a_write_of_one_record_give_one_etag() {
        let counter = Counter {
            name: "malls/a/counters/b".into(),
            etag: "7.ab".into(),
            ..Default::default()
        };
        let shown = |message: &str, bytes: Vec<u8>| {
            let message = mpp_api::json::descriptor(message).expect("of the contract");
            let message = DynamicMessage::decode(message, bytes.as_slice()).expect("its bytes");
            etag(&message, &serde_json::to_vec(&message).expect("JSON"))
        };
        let read = GetCounterResponse { counter: Some(counter.clone()) };
        let read = shown("mpp.registry.v1.GetCounterResponse", read.encode_to_vec());
        let written = UpdateCounterResponse { counter: Some(counter.clone()), revision: 42 };
        let written = shown("mpp.registry.v1.UpdateCounterResponse", written.encode_to_vec());
        assert_eq!(read, written);
        assert_eq!(asked_etag(&read).expect("one").as_deref(), Some("7.ab"));
        let renamed = Counter { ticket_prefix: "A".into(), ..counter };
        let renamed = GetCounterResponse { counter: Some(renamed) };
        assert_ne!(shown("mpp.registry.v1.GetCounterResponse", renamed.encode_to_vec()), read);
    }

    /// An ETag of the record alone would not cover the other parts of this answer.
    #[test]
    fn a_read_of_a_record_answers_nothing_else() {
        let holds_etag = |field: &FieldDescriptor| match field.kind() {
            Kind::Message(of) if !field.is_list() => of.get_field_by_name("etag").is_some(),
            _ => false,
        };
        let gets = route::all().iter().filter(|route| route.verb == "GET");
        for route in gets {
            let fields: Vec<_> = route.method.output().fields().collect();
            if fields.iter().any(holds_etag) {
                assert_eq!(fields.len(), 1, "{}", route.method.output().full_name());
            }
        }
    }
}
