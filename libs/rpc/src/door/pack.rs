//! Answers made smaller where the caller reads that, and requests that came so.
//!
//! Not tower-http's compression: it answers 406 to a write that it has let happen, where the caller
//! accepts no coding that it knows, and streams through three further crates what lies here whole
//! in memory.

use std::io::{Read as _, Write as _};

use axum::{
    body::{Body, Bytes},
    response::Response,
};
use flate2::{Compression, read::MultiGzDecoder, write::GzEncoder};
use http::{HeaderMap, HeaderValue, header, response::Parts};
use http_body::Body as _;
use http_body_util::BodyExt as _;
use mpp_core::{Error, FieldCode, Reason, Result};

use super::{
    problem,
    wishes::{Wishes, listed, weight_of},
};
use crate::status;

/// What fits into one packet gets no faster by being smaller, in bytes.
const LEAST: u64 = 1024;
/// zstd's quickest usual level, which is about as small as gzip's usual one.
const ZSTD_LEVEL: i32 = 1;

/// A coding that answers may have; the later is taken where a caller likes both as much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    Gzip,
    Zstd,
}

impl Coding {
    /// The coding that a caller likes best; `None` where it wants none of them.
    pub fn wanted(headers: &HeaderMap) -> Option<Self> {
        let ranges = listed(headers, &header::ACCEPT_ENCODING);
        let weighed = [Self::Gzip, Self::Zstd].map(|own| (weight_of(&ranges, own.name()), own));
        let liked = weighed.into_iter().filter(|(weight, _)| *weight > 0);
        liked.max_by_key(|(weight, _)| *weight).map(|(_, own)| own)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }

    pub(super) fn packed(self, plain: &[u8]) -> std::io::Result<Vec<u8>> {
        match self {
            Self::Gzip => {
                let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
                packer.write_all(plain)?;
                packer.finish()
            }
            Self::Zstd => zstd::bulk::compress(plain, ZSTD_LEVEL),
        }
    }
}

/// An answer as its caller wants it: smaller, where it is JSON and more than a little. A stream of
/// events stays as it is.
pub(crate) async fn pack(wanted: Option<Coding>, answer: Response) -> Response {
    let Some(coding) = wanted.filter(|_| is_much_json(&answer)) else { return answer };
    let (mut parts, body) = answer.into_parts();
    let packed = match body.collect().await {
        Ok(plain) => coding.packed(&plain.to_bytes()).map_err(Error::internal),
        Err(error) => Err(Error::internal(error)),
    };
    match packed {
        Ok(packed) => {
            tell(&mut parts, coding);
            Response::from_parts(parts, Body::from(packed))
        }
        // Neither memory nor a buffer of memory fails.
        Err(error) => problem::answer(&status(error), &Wishes::default()),
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

/// Says how an answer was packed; it is no longer byte for byte what its ETag stood for.
pub(super) fn tell(parts: &mut Parts, coding: Coding) {
    let headers = &mut parts.headers;
    headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
    let etag = headers.get(header::ETAG).and_then(|etag| etag.to_str().ok());
    let weak = etag.filter(|etag| !etag.starts_with("W/")).map(|etag| format!("W/{etag}"));
    if let Some(weak) = weak.and_then(|weak| HeaderValue::try_from(weak).ok()) {
        headers.insert(header::ETAG, weak);
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

/// A body as it was before gzip; `most` is the largest that it may have been, so that a few bytes
/// cannot become many.
///
/// # Errors
/// It is no gzip, or larger.
pub(crate) fn unpacked(packed: &[u8], most: usize) -> Result<Bytes> {
    let mut plain = Vec::new();
    let mut reader = MultiGzDecoder::new(packed).take(most as u64 + 1);
    reader.read_to_end(&mut plain).map_err(|error| {
        Error::field("body", FieldCode::Unreadable, format!("is not gzip: {error}"))
    })?;
    if plain.len() > most { Err(too_large(most)) } else { Ok(plain.into()) }
}

/// The refusal of a body that is larger than `most` bytes.
pub(crate) fn too_large(most: usize) -> Error {
    let text = format!("the body is larger than {most} bytes; send less at once");
    Error::new(Reason::TooLarge, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(accept: &'static str) -> Option<Coding> {
        let value = HeaderValue::from_static(accept);
        Coding::wanted(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, value)]))
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

    #[test]
    fn what_was_packed_is_read_as_it_was() {
        let plain = "Mal Pelayanan Publik ".repeat(1000).into_bytes();
        let packed = Coding::Gzip.packed(&plain).expect("packs");
        assert!(packed.len() < plain.len() / 10);
        assert_eq!(unpacked(&packed, plain.len()).expect("unpacks"), plain);
    }

    #[test]
    fn a_few_bytes_cannot_become_many() {
        let packed = Coding::Gzip.packed(&vec![b' '; 64 * 1024 * 1024]).expect("packs");
        assert!(packed.len() < 1024 * 1024);
        let error = unpacked(&packed, 1000).expect_err("a bomb");
        assert_eq!(error.reason(), Reason::TooLarge);
    }

    #[test]
    fn what_is_no_gzip_is_said_to_be_none() {
        let whole = Coding::Gzip.packed(b"{}").expect("packs");
        for broken in [&b"{}"[..], &whole[..whole.len() - 1], &[&whole[..], b"rest"].concat()] {
            let error = unpacked(broken, 1000).expect_err("broken");
            assert_eq!(error.violations()[0].field, "body");
        }
    }
}
