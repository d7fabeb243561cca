//! Makes answers smaller if the caller can read that, and reads requests that came smaller.
//!
//! Rejected: tower-http's compression, which answers 406 to a write that it has let happen, where
//! the caller accepts no coding that it knows, and which streams through three further crates an
//! answer that lies here whole in memory.

use axum::{body::Body, response::Response};
use http::{HeaderMap, HeaderValue, header, response::Parts};
use http_body::Body as _;
use http_body_util::BodyExt as _;
use mpp_core::{Error, FieldCode, Result};

use super::{
    condition::in_coding,
    problem,
    wishes::{AnswerFormat, listed, weight_of},
};
use crate::{
    coding::{Coding, LEAST},
    status,
};

/// The coding that a caller prefers; `None` if it wants none of ours.
pub(crate) fn wanted(headers: &HeaderMap) -> Option<Coding> {
    let ranges = listed(headers, &header::ACCEPT_ENCODING);
    let weighed = Coding::ALL.map(|own| (weight_of(&ranges, own.name()), own));
    let liked = weighed.into_iter().filter(|(weight, _)| *weight > 0);
    liked.max_by_key(|(weight, _)| *weight).map(|(_, own)| own)
}

/// An answer as its caller wants it: smaller, if it is JSON and not very short. A stream of events
/// stays as it is.
pub(crate) async fn pack(wanted: Option<Coding>, answer: Response) -> Response {
    let Some(coding) = wanted.filter(|_| is_much_json(&answer)) else { return answer };
    let (mut parts, body) = answer.into_parts();
    let packed = match body.collect().await {
        Ok(plain) => coding.packed(&plain.to_bytes()).map_err(Error::internal),
        Err(error) => Err(Error::internal(error)),
    };
    match packed {
        Ok(packed) => {
            set_coding(&mut parts, coding);
            Response::from_parts(parts, Body::from(packed))
        }
        // Neither memory nor a buffer of memory fails.
        Err(error) => problem::answer(&status(error), &AnswerFormat::default()),
    }
}

fn is_much_json(answer: &Response) -> bool {
    let kind = answer.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    let size = answer.body().size_hint().exact().filter(|_| !is_packed(answer));
    kind.is_some_and(|kind| kind.ends_with(b"json")) && size.is_some_and(|size| size >= LEAST)
}

fn is_packed(answer: &Response) -> bool {
    answer.headers().contains_key(header::CONTENT_ENCODING)
}

/// Says how an answer was packed, in its ETag as well, since these are other bytes.
pub(super) fn set_coding(parts: &mut Parts, coding: Coding) {
    let headers = &mut parts.headers;
    headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
    let etag = headers.get(header::ETAG).and_then(|etag| etag.to_str().ok());
    let packed = etag.map(|etag| in_coding(etag, coding));
    if let Some(packed) = packed.and_then(|packed| HeaderValue::try_from(packed).ok()) {
        headers.insert(header::ETAG, packed);
    }
    if !headers.contains_key(header::VARY) {
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
}

/// True if a request's body came packed by gzip.
///
/// # Errors
/// It came in another coding.
pub(crate) fn is_gzip(headers: &HeaderMap) -> Result<bool> {
    match listed(headers, &header::CONTENT_ENCODING).trim() {
        "" | "identity" => Ok(false),
        "gzip" | "x-gzip" => Ok(true),
        other => {
            let text = format!("'{other:.60}' is not read here; send gzip, or the body as it is");
            Err(Error::field("content-encoding", FieldCode::NotAllowed, text))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(accept: &'static str) -> Option<Coding> {
        let value = HeaderValue::from_static(accept);
        super::wanted(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, value)]))
    }

    #[test]
    fn the_coding_that_the_caller_likes_best_is_taken() {
        assert_eq!(wanted("gzip, deflate, br, zstd"), Some(Coding::Zstd));
        assert_eq!(wanted("gzip, zstd;q=0.5"), Some(Coding::Gzip));
        assert_eq!(wanted("GZIP"), Some(Coding::Gzip));
        for none in ["", "br", "identity", "gzip;q=0", "*", "identity;q=0, br"] {
            assert_eq!(wanted(none), None, "{none}");
        }
    }
}
