//! The layers of the stack, one file and one reason each.

use axum::{
    body::{Body, Bytes},
    response::Response,
};
use http_body::Frame;
use mpp_core::Error;

pub(crate) mod authorize;
pub(crate) mod calls;
pub(crate) mod deadline;
pub(crate) mod explain;
pub(crate) mod identity;
pub(crate) mod message;
pub(crate) mod moving;
pub(crate) mod panic;
pub(crate) mod rate;
pub(crate) mod ready;
pub(crate) mod refused;
pub(crate) mod stream;
pub(crate) mod trace;

/// The answer of a layer that ends the call.
pub(crate) fn refuse(error: Error) -> Response {
    crate::status(error).into_http::<Body>()
}

/// The end of a stream that has begun.
pub(crate) fn trailers(error: Error) -> Frame<Bytes> {
    Frame::trailers(crate::status(error).into_http::<()>().into_parts().0.headers)
}
