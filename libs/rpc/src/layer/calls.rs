//! How many calls one caller may have in progress: one whose requests come slowly, or who asks for
//! much at once, leaves the others their places.

use std::time::Duration;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use mpp_core::{Error, Reason};

use super::{refuse, who::Who};
use crate::Shares;

const COME_AGAIN: Duration = Duration::from_millis(500);

pub(crate) async fn layer(
    State(calls): State<Shares<Who>>,
    request: Request,
    next: Next,
) -> Response {
    let Some(who) = Who::of(&request) else { return next.run(request).await };
    match calls.take(who.clone()) {
        Some(_share) => next.run(request).await,
        None => refuse(too_many(&who, calls.each())),
    }
}

fn too_many(who: &Who, each: usize) -> Error {
    let text = format!(
        "{who} has {each} calls in progress, and no more are allowed at the same time; wait for \
         one to end"
    );
    Error::new(Reason::LimitReached, text).with_retry_after(COME_AGAIN)
}
