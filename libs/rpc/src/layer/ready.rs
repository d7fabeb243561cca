//! Is there any use in trying? While the service cannot write, a write is refused at once and with
//! the reason, instead of waiting for a database that does not answer.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use mpp_api::call;

use super::refuse;
use crate::{Readiness, metrics};

/// Changes nothing, although it is no GET: it takes long, and nobody should cache it.
const READS: &str = "mpp.reporting.v1.ReportService/VerifyProjections";

pub(crate) async fn layer(
    State(readiness): State<Readiness>,
    request: Request,
    next: Next,
) -> Response {
    if writes(request.uri().path())
        && let Some(error) = readiness.refused_write()
    {
        metrics::WRITES_NOT_TAKEN.add(1, [""; 0]);
        return refuse(error);
    }
    next.run(request).await
}

/// Calls of the contract that change something; a stream of requests is a sync.
fn writes(path: &str) -> bool {
    call::find(path).is_some_and(|call| {
        let reads = call.reads || call.name == READS;
        call.name.starts_with("mpp.") && !reads && (call.client_streams || !call.server_streams)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_writes_is_known_from_the_contract() {
        for (path, expected) in [
            ("/mpp.scheduling.v1.BookingService/BookAppointment", true),
            ("/mpp.sync.v1.SyncService/Sync", true),
            ("/mpp.sync.v1.SyncService/PushBatch", true),
            ("/mpp.registry.v1.SearchService/SearchServices", false),
            ("/mpp.reporting.v1.ReportService/VerifyProjections", false),
            ("/mpp.reporting.v1.ReportService/WatchReport", false),
            ("/mpp.feed.v1.FeedService/Watch", false),
            ("/grpc.health.v1.Health/Check", false),
            ("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", false),
        ] {
            assert_eq!(writes(path), expected, "{path}");
        }
    }
}
