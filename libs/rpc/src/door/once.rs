//! Headers of a plain HTTP request that stand for something.

use http::HeaderMap;
use mpp_core::{Error, FieldCode, Result};

/// A header that may come only once; one that cannot be read is not passed over.
pub(crate) fn text<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<Option<&'a str>> {
    let mut values = headers.get_all(name).iter();
    let (first, second) = (values.next(), values.next());
    if second.is_some() {
        return Err(Error::field(name, FieldCode::Duplicate, "is there twice; send it once"));
    }
    let read = first.map(|value| value.to_str()).transpose();
    read.map_err(|_| Error::field(name, FieldCode::Format, "may hold letters of ASCII only"))
}
