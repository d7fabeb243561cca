//! Refusals, of every call to a service.

use mpp_core::Error;

/// The refusal of a service as an error of ours, with its reason and message.
pub fn refused(status: tonic::Status) -> Error {
    mpp_client::refusal(&status)
}
