//! From the wire to a use case and back: nothing is decided here.

mod booking;
mod hours;
mod queue;

use std::sync::Arc;

use mpp_api::scheduling::{
    booking_service_server::BookingServiceServer, hours_service_server::HoursServiceServer,
    queue_service_server::QueueServiceServer,
};
use tonic::service::Routes;

use crate::app::Scheduling;

/// The service's routes, the feed's excepted.
pub fn routes(app: &Arc<Scheduling>) -> Routes {
    Routes::new(HoursServiceServer::new(hours::Hours(app.clone())))
        .add_service(BookingServiceServer::new(booking::Booking(app.clone())))
        .add_service(QueueServiceServer::new(queue::Queue(app.clone())))
}
