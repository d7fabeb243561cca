//! From the wire to the model and back.

mod booking;
mod deviations;
mod hours;
mod queue;
mod rules;

use std::{sync::Arc, time::Duration};

use mpp_api::scheduling::{
    booking_service_server::BookingServiceServer, hours_service_server::HoursServiceServer,
    queue_service_server::QueueServiceServer,
};
use mpp_core::{Caller, Error, Result};
use mpp_rpc::{Grant, time_left};
use mpp_store::RequestKey;
use tonic::{Request, service::Routes};

use crate::app::{App, digest};

/// The service's routes, the feed's excepted.
pub fn routes(app: &Arc<App>) -> Routes {
    Routes::new(HoursServiceServer::new(hours::Hours(app.clone())))
        .add_service(BookingServiceServer::new(booking::Booking(app.clone())))
        .add_service(QueueServiceServer::new(queue::Queue(app.clone())))
}

/// Who calls, what it may, and how long it waits.
struct Call {
    caller: Caller,
    grant: Grant,
    time_left: Option<Duration>,
}

impl Call {
    fn of<T>(request: &Request<T>) -> Self {
        Self {
            caller: mpp_rpc::caller(request),
            grant: mpp_rpc::grant(request),
            time_left: time_left(request),
        }
    }

    /// The key of a request whose id is required.
    fn key(
        &self,
        method: &'static str,
        request_id: &str,
        request: &impl prost::Message,
    ) -> Result<RequestKey> {
        if request_id.is_empty() {
            let hint = "is required; send a UUID, and the same one when you try again";
            return Err(Error::field("request_id", "REQUIRED", hint));
        }
        RequestKey::new(&self.caller.subject, method, request_id, digest(request))
    }
}

/// A list's total on the wire.
fn total(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
