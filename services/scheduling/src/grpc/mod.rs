//! From the wire to a use case and back: nothing is decided here.

mod booking;
mod hours;
mod queue;
mod sync;

use std::sync::Arc;

use mpp_api::scheduling::{
    booking_service_server::BookingServiceServer, hours_service_server::HoursServiceServer,
    queue_service_server::QueueServiceServer,
};
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;

use crate::app::Scheduling;

/// The service's routes, except for the feed's; streams end with `shutdown`.
pub fn routes(app: &Arc<Scheduling>, shutdown: CancellationToken) -> Routes {
    Routes::new(HoursServiceServer::new(hours::Hours(app.clone())))
        .add_service(BookingServiceServer::new(booking::Booking(app.clone())))
        .add_service(QueueServiceServer::new(queue::Queue(app.clone())))
        .add_service(mpp_sync::serve::server(Scheduling::clone(app), shutdown))
}
