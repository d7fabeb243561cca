//! Request ids and refusals, for every call to a service.

use mpp_core::Error;

/// A fresh id for a write, so that a retry on the way writes once.
pub fn request_id() -> String {
    uuid::Uuid::now_v7().to_string()
}

/// The refusal of a service as an error of ours, with its reason and message.
pub fn refused(status: tonic::Status) -> Error {
    mpp_rpc::refusal(&status)
}
