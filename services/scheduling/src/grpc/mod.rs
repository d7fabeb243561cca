//! From the wire to a use case and back: nothing is decided here.

mod booking;
mod hours;
mod queue;

use std::sync::Arc;

use mpp_api::scheduling::{
    booking_service_server::BookingServiceServer, hours_service_server::HoursServiceServer,
    queue_service_server::QueueServiceServer,
};
use mpp_core::{Error, Result};
use mpp_rpc::{status, time_left};
use mpp_store::RequestKey;
use prost::Message;
use sha2::{Digest as _, Sha256};
use tonic::{Request, Response, Status, service::Routes};

use crate::app::{App, Call};

type Answer<T> = Result<Response<T>, Status>;

/// The service's routes, the feed's excepted.
pub fn routes(app: &Arc<App>) -> Routes {
    Routes::new(HoursServiceServer::new(hours::Hours(app.clone())))
        .add_service(BookingServiceServer::new(booking::Booking(app.clone())))
        .add_service(QueueServiceServer::new(queue::Queue(app.clone())))
}

/// Takes a read's request apart.
fn open<T>(request: Request<T>) -> (Call, T) {
    let call = Call {
        caller: mpp_rpc::caller(&request),
        grant: mpp_rpc::grant(&request),
        key: None,
        validate_only: false,
        time_left: time_left(&request),
    };
    (call, request.into_inner())
}

/// Takes a write's request apart. The digest that tells a repeated request from a reused id is made
/// without the id.
fn open_write<T: Message>(
    request: Request<T>,
    method: &'static str,
    request_id: impl Fn(&mut T) -> &mut String,
) -> Result<(Call, T)> {
    let (mut call, mut message) = open(request);
    let id = std::mem::take(request_id(&mut message));
    if !id.is_empty() {
        let digest = Sha256::digest(message.encode_to_vec()).into();
        call.key = Some(RequestKey::new(&call.caller.subject, method, &id, digest)?);
    }
    Ok((call, message))
}

/// As [`open_write`], for a command that is never sent without an id: to book twice harms somebody.
fn open_command<T: Message>(
    request: Request<T>,
    method: &'static str,
    request_id: impl Fn(&mut T) -> &mut String,
) -> Result<(Call, T)> {
    let (call, message) = open_write(request, method, request_id)?;
    if call.key.is_none() {
        let hint = "is required; send a UUID, and the same one when you try again";
        return Err(Error::field("request_id", "REQUIRED", hint));
    }
    Ok((call, message))
}

fn reply<T>(answer: Result<T>) -> Answer<T> {
    answer.map(Response::new).map_err(status)
}
