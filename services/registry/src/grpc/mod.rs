//! Wire to model: each method takes its request apart, calls [`Registry`] and wraps the answer.
//!
//! [`Registry`]: crate::store::Registry

pub mod catalog;
pub mod directory;
mod lists;
pub mod read;
pub mod search;
pub mod sync;

use mpp_core::Result;
use mpp_rpc::{caller, grant, status};
use mpp_store::RequestKey;
use prost::Message;
use sha2::{Digest, Sha256};
use tonic::{Request, Response, Status};

use crate::store::write::Call;

/// Takes a write's request apart: who calls, under which request id, and the message itself.
fn open<T: Message>(
    request: Request<T>,
    method: &'static str,
    request_id: impl Fn(&mut T) -> &mut String,
) -> Result<(Call, T)> {
    let (caller, grant) = (caller(&request), grant(&request));
    let mut message = request.into_inner();
    let id = std::mem::take(request_id(&mut message));
    let key = match id.as_str() {
        "" => None,
        id => {
            let digest = Sha256::digest(message.encode_to_vec()).into();
            Some(RequestKey::new(&caller.subject, method, id, digest)?)
        }
    };
    Ok((Call { caller, grant, key, validate_only: false }, message))
}

/// Wraps an answer.
fn reply<T>(answer: Result<T>) -> Result<Response<T>, Status> {
    answer.map(Response::new).map_err(status)
}
