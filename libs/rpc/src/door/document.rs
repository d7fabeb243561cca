//! The contract's own document, for everybody: it says nothing about anyone.

use std::sync::LazyLock;

use axum::{
    body::{Body, Bytes},
    response::Response,
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use mpp_api::openapi;

use super::{
    condition::{known, quoted_hash},
    pack,
};
use crate::coding::Coding;

/// The document's path.
pub(crate) const PATH: &str = "/openapi.json";

static ETAG: LazyLock<String> = LazyLock::new(|| quoted_hash(openapi::document().as_bytes()));

/// The document in both codings: it is the same for everybody, so that it is packed once.
static GZIP: LazyLock<Option<Bytes>> = LazyLock::new(|| packed_by(Coding::Gzip));
static ZSTD: LazyLock<Option<Bytes>> = LazyLock::new(|| packed_by(Coding::Zstd));

fn packed_by(coding: Coding) -> Option<Bytes> {
    // A buffer of memory does not fail; if it did, the document would go out as it is.
    coding.packed(openapi::document().as_bytes()).ok().map(Bytes::from)
}

/// The same in the coding that its caller likes best.
pub(super) fn packed(asked: &HeaderMap) -> Response {
    let answer = openapi(asked);
    let Some(coding) = pack::wanted(asked).filter(|_| answer.status() == StatusCode::OK) else {
        return answer;
    };
    let packed = match coding {
        Coding::Gzip => &*GZIP,
        Coding::Zstd => &*ZSTD,
    };
    let Some(packed) = packed.clone() else { return answer };
    let (mut parts, _) = answer.into_parts();
    pack::set_coding(&mut parts, coding);
    Response::from_parts(parts, Body::from(packed))
}

/// The contract as an OpenAPI document; 304 for a caller that has this one.
pub fn openapi(asked: &HeaderMap) -> Response {
    let known = known(asked, &ETAG);
    let mut answer = Response::new(Body::empty());
    if known.is_some() {
        *answer.status_mut() = StatusCode::NOT_MODIFIED;
    } else {
        *answer.body_mut() = Body::from(openapi::document());
    }
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    if let Ok(etag) = HeaderValue::try_from(known.unwrap_or_else(|| ETAG.clone())) {
        headers.insert(header::ETAG, etag);
    }
    answer
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;

    #[tokio::test]
    async fn the_document_is_packed_once_and_not_for_each_who_asks() {
        for coding in ["gzip", "zstd"] {
            let accept = HeaderValue::from_static(coding);
            let asked = HeaderMap::from_iter([(header::ACCEPT_ENCODING, accept)]);
            let answer = async || {
                let answer = pack::pack(pack::wanted(&asked), packed(&asked)).await;
                assert_eq!(answer.headers()[header::CONTENT_ENCODING], coding);
                answer.into_body().collect().await.expect("whole").to_bytes()
            };
            let (first, second) = (answer().await, answer().await);
            assert!(first.len() < openapi::document().len() / 3);
            assert_eq!(first.as_ptr(), second.as_ptr(), "the same bytes in memory");
        }
    }

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
