//! Limits how many calls may be in progress, in all and for one caller: a caller whose requests
//! come slowly, or who asks for much at once, leaves the others their places.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};

use super::refuse;
use crate::place::CallPlaces;

pub(crate) async fn layer(
    State(places): State<CallPlaces>,
    request: Request,
    next: Next,
) -> Response {
    let place = match places.take(&request) {
        Ok(place) => place,
        Err(error) => return refuse(error),
    };
    place.run(next.run(request)).await
}
