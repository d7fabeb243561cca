//! One stack of layers for all services, read from top to bottom. Each layer is there for one
//! reason, which stands beside it.
//!
//! No layer looks into a message: its fields are checked where it is decoded, in each service.

use std::convert::Infallible;

use axum::{
    extract::Request,
    middleware::{from_fn, from_fn_with_state},
    response::Response,
};
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;
use tower::{ServiceBuilder, util::BoxCloneSyncService};

use crate::{
    Limits, Origins, Readiness, Verifier, door,
    layer::{
        authorize, calls, deadline, explain, identity, message,
        moving::{self, Moving},
        panic, rate, ready, refused, stream, trace,
    },
    place::CallPlaces,
};

/// All layers and, behind them, the routes.
pub(crate) type Stack = BoxCloneSyncService<Request, Response, Infallible>;

/// Puts the layers before the routes. Streams are told to go on elsewhere once `moving` is
/// cancelled.
pub(crate) fn stack(
    verifier: &Verifier,
    limits: &Limits,
    origins: &Origins,
    readiness: &Readiness,
    routes: Routes,
    moving: CancellationToken,
) -> Stack {
    let streams = stream::Streams::new(limits, moving.clone());
    let layers = ServiceBuilder::new()
        // Pages of other origins may read the answers, where that is set.
        .option_layer(origins.layer())
        // A plain request becomes the call that it stands for, and its answer JSON.
        .layer(from_fn_with_state(limits.header_bytes, door::layer))
        // Every call is seen, whatever becomes of it below.
        .layer(from_fn(trace::layer))
        // A fault in one handler is one INTERNAL, not a lost connection.
        .layer(from_fn(panic::layer))
        // Nobody waits for longer than the caller, or the server, allows.
        .layer(from_fn_with_state(limits.call_time, deadline::layer))
        // Identity.
        .layer(from_fn_with_state(verifier.clone(), identity::layer))
        // Refusals by limits are counted.
        .layer(from_fn(refused::layer))
        // How many calls may be in progress in all, and for one caller: a call that would only wait
        // is refused at once, with the time after which to try again.
        .layer(from_fn_with_state(CallPlaces::new(limits), calls::layer))
        // How many calls they may begin in a minute.
        .layer(from_fn_with_state(rate::Rates::new(limits), rate::layer))
        // Refuses callers that are not allowed to make this call.
        .layer(from_fn(authorize::layer))
        // Refuses writes that cannot succeed now.
        .layer(from_fn_with_state(readiness.clone(), ready::layer))
        // Callers that wait learn that the server is about to end.
        .layer(from_fn_with_state(Moving::by(moving), moving::layer))
        // How many streams they may hold, and when those end.
        .layer(from_fn_with_state(streams, stream::layer))
        // Refusals that tonic makes by itself get a reason of ours.
        .layer(from_fn(explain::layer))
        // Requests are put together from whole messages; both directions may be compressed.
        .layer(from_fn_with_state(limits.unpacked_bytes, message::layer))
        .service(routes.prepare().into_axum_router());
    BoxCloneSyncService::new(layers)
}
