//! The contract's own document, for everybody: it says nothing of anyone.

use std::sync::LazyLock;

use axum::{body::Body, response::Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use mpp_api::openapi;

use super::answer::{is_known, quoted_hash};

/// Where it is found.
pub(crate) const PATH: &str = "/openapi.json";

static ETAG: LazyLock<String> = LazyLock::new(|| quoted_hash(openapi::document().as_bytes()));

/// The contract as an OpenAPI document; 304 for whoever has this one.
pub fn openapi(asked: &HeaderMap) -> Response {
    let known = asked.get(header::IF_NONE_MATCH).is_some_and(|given| is_known(given, &ETAG));
    let mut answer = Response::new(Body::empty());
    if known {
        *answer.status_mut() = StatusCode::NOT_MODIFIED;
    } else {
        *answer.body_mut() = Body::from(openapi::document());
    }
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    if let Ok(etag) = HeaderValue::from_str(&ETAG) {
        headers.insert(header::ETAG, etag);
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_has_the_document_is_not_sent_it_again() {
        let first = openapi(&HeaderMap::new());
        assert_eq!(first.status(), StatusCode::OK);
        let etag = first.headers()[header::ETAG].clone();
        let asked = HeaderMap::from_iter([(header::IF_NONE_MATCH, etag)]);
        assert_eq!(openapi(&asked).status(), StatusCode::NOT_MODIFIED);
        let other = HeaderValue::from_static("\"other\"");
        let asked = HeaderMap::from_iter([(header::IF_NONE_MATCH, other)]);
        assert_eq!(openapi(&asked).status(), StatusCode::OK);
    }
}
