//! A call apart from its message: the caller, and how it is to be carried out.

use mpp_api::method::Write;
use mpp_core::{Caller, Error, FieldCode, Result};
use mpp_rpc::{Grant, Moving};
use mpp_store::{Actor, RequestKey};
use sha2::{Digest, Sha256};
use tokio::time::Instant;
use tonic::Request;

/// A call, apart from its message.
#[derive(Clone, Debug)]
pub struct Call {
    /// Who calls.
    pub caller: Caller,
    /// The caller's grant, by the method's line in the authorization table.
    pub grant: Grant,
    /// Set if the client gave a request id.
    pub key: Option<RequestKey>,
    /// Everything is checked and nothing is kept.
    pub validate_only: bool,
    /// When it must have been answered; `None` for a call without a deadline.
    pub deadline: Option<Instant>,
    /// Whether the server that it came to is about to end.
    pub moving: Moving,
    /// Why, in the caller's words, if the request asks for a reason.
    pub reason: String,
    /// The fields that the reason is given for.
    pub reasoned: Vec<String>,
}

impl Call {
    /// The call of a request, without its request id.
    pub fn of<T>(request: &Request<T>) -> Self {
        Self {
            caller: mpp_rpc::caller(request),
            grant: mpp_rpc::grant(request),
            key: None,
            validate_only: false,
            deadline: mpp_rpc::deadline(request),
            moving: mpp_rpc::moving(request),
            reason: String::new(),
            reasoned: Vec::new(),
        }
    }

    /// Takes a writing request apart; a request id is optional.
    ///
    /// # Errors
    /// Names `request_id` if it is no UUID.
    pub fn open<T: Write>(request: Request<T>) -> Result<(Self, T)> {
        let mut call = Self::of(&request);
        let mut message = request.into_inner();
        call.read(&mut message)?;
        Ok((call, message))
    }

    /// Like [`Call::open`], for a request that must carry a request id.
    ///
    /// # Errors
    /// Names `request_id` if it is missing or no UUID.
    pub fn open_with_id<T: Write>(request: Request<T>) -> Result<(Self, T)> {
        let mut call = Self::of(&request);
        let mut message = request.into_inner();
        call.read_with_id(&mut message)?;
        Ok((call, message))
    }

    /// Takes the request id out of the message. The digest, which tells a repeated request from a
    /// reused id, is made of the message as it is now: remove first anything that must not leave a
    /// trace.
    ///
    /// # Errors
    /// Names `request_id` if it is no UUID.
    pub fn read<T: Write>(&mut self, message: &mut T) -> Result<()> {
        self.validate_only = message.validate_only();
        let id = message.take_request_id();
        if id.is_empty() {
            return Ok(());
        }
        let digest = Sha256::digest(message.encode_to_vec()).into();
        self.key = Some(RequestKey::new(&self.caller.subject, T::METHOD, &id, digest)?);
        Ok(())
    }

    /// Like [`Call::read`], for a request that must carry a request id.
    ///
    /// # Errors
    /// Names `request_id` if it is missing or no UUID.
    pub fn read_with_id<T: Write>(&mut self, message: &mut T) -> Result<()> {
        self.read(message)?;
        if self.key.is_some() {
            return Ok(());
        }
        let hint = "is required; send a UUID, and the same one when you try again";
        Err(Error::field("request_id", FieldCode::Required, hint))
    }

    /// The author of the change, for the feed.
    pub fn actor(&self) -> Actor {
        Actor::new("api", self.caller.subject.clone())
    }
}
