//! A head that is too large is refused with its reason. What is much larger is not read at all:
//! hyper ends it at [`READ`] times the limit, with a bare 431.

use axum::extract::Request;
use mpp_core::{Error, Reason, Result};

/// How many times the largest head is read, so that its sender can be told.
pub(crate) const READ: u32 = 2;
/// What a header takes beside its name and its value, as HTTP/2 counts (RFC 9113, 6.5.2).
const EACH: usize = 32;

/// Refuses a head of more than so many bytes.
pub(super) fn check(request: &Request, most: u32) -> Result<()> {
    let size = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        name.as_str().len() + value.len() + EACH
    };
    let address = request.uri().path_and_query().map_or(0, |address| address.as_str().len());
    let bytes = request.headers().iter().map(size).sum::<usize>() + address;
    if bytes <= usize::try_from(most).unwrap_or(usize::MAX) {
        return Ok(());
    }
    let text = format!(
        "the head of the request, its headers and its address, takes {bytes} bytes; {most} are \
         allowed: send fewer or shorter headers, a token with fewer namespaces"
    );
    Err(Error::new(Reason::TooLarge, text))
}
