//! The layers of the stack, one file and one reason each.

use axum::{body::Body, response::Response};
use mpp_core::Error;

pub(crate) mod authorize;
pub(crate) mod calls;
pub(crate) mod deadline;
pub(crate) mod explain;
pub(crate) mod identity;
pub(crate) mod panic;
pub(crate) mod rate;
pub(crate) mod ready;
pub(crate) mod shed;
pub(crate) mod stream;
pub(crate) mod trace;
pub(crate) mod who;

/// The answer of a layer that ends the call.
pub(crate) fn refuse(error: Error) -> Response {
    crate::status(error).into_http::<Body>()
}
