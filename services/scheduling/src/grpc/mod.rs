//! From the wire to a use case and back: nothing is decided here.

mod booking;
mod hours;
mod queue;
mod sync;

use std::sync::Arc;

use mpp_api::{
    scheduling::{
        booking_service_server::BookingServiceServer, hours_service_server::HoursServiceServer,
        queue_service_server::QueueServiceServer,
    },
    sync::sync_service_server::SyncServiceServer,
};
use mpp_sync::push::Pushes;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;

use crate::app::Scheduling;

/// Largest message of any method, in bytes.
const MESSAGE_BYTES: usize = 4 * 1024 * 1024;

/// The service's routes, except for the feed's; streams end with `shutdown`.
pub fn routes(app: &Arc<Scheduling>, shutdown: CancellationToken) -> Routes {
    let replica = Scheduling::clone(app);
    let sync = sync::Sync { pushes: Pushes::new(replica.clone()), app: replica, shutdown };
    // A batch that is too large for the welcome is told so by it, as long as it is a message at
    // all.
    let sync_bytes = (app.sync.policy.batch_bytes + 64 * 1024).max(MESSAGE_BYTES);
    Routes::new(HoursServiceServer::new(hours::Hours(app.clone())))
        .add_service(BookingServiceServer::new(booking::Booking(app.clone())))
        .add_service(QueueServiceServer::new(queue::Queue(app.clone())))
        .add_service(SyncServiceServer::new(sync).max_decoding_message_size(sync_bytes))
}
