//! Streams: how many one caller may hold open, or one network without an identity, and how they
//! end. A stream is ended from outside by its own deadline, when the token that it began with
//! expires, and by a drain or after the longest time, which tell its caller to connect again:
//! elsewhere, and checked afresh.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes},
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use futures::future::BoxFuture;
use http_body::{Body as HttpBody, Frame};
use mpp_api::call;
use mpp_core::{Error, Reason, Result};
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use super::{deadline::Deadline, identity::Expiry, refuse, trailers};
use crate::{Full, Limits, Rank, Share, Shares, Turns, feed::States, party::Party, place};

/// The open streams of all callers.
#[derive(Clone)]
pub(crate) struct Streams {
    open: Shares<Party>,
    states: States,
    longest: Duration,
    moving: CancellationToken,
}

impl Streams {
    /// The streams that the limits allow; all end once `moving` is cancelled.
    pub(crate) fn new(limits: &Limits, moving: CancellationToken) -> Self {
        let open = Shares::of(limits.streams, limits.streams_per_caller).reserving(limits.reserve);
        let each = limits.initial_states_per_caller.min(limits.initial_states.max(2) - 1);
        let reserve = limits.initial_states_reserved;
        let states = Turns::with_reserve(limits.initial_states, each, reserve);
        Self { open, states: States(states), longest: limits.stream_time, moving }
    }

    fn open(&self, party: Party, rank: Rank) -> Result<Share<Party>> {
        self.open.take_as(party.clone(), rank).map_err(|full| match full {
            Full::Own(each) => {
                let text = format!(
                    "{party} holds {each} streams, and no more are allowed; end one, or share one \
                     among what follows the same records"
                );
                Error::new(Reason::LimitReached, text)
            }
            full => place::refused(&party, "open streams", full),
        })
    }
}

pub(crate) async fn layer(
    State(streams): State<Streams>,
    mut request: Request,
    next: Next,
) -> Response {
    if !call::is_streaming(request.uri().path()) {
        return next.run(request).await;
    }
    request.extensions_mut().insert(streams.states.clone());
    let rank = place::rank(&request);
    let share = match Party::of(&request).map(|party| streams.open(party, rank)).transpose() {
        Ok(share) => share,
        Err(error) => return refuse(error),
    };
    let deadline = request.extensions().get::<Deadline>().map(|at| at.0);
    let expiry = request.extensions().get::<Expiry>().map(|at| at.0);
    let mut end: BoxFuture<'static, Error> = Box::pin(end(streams, deadline, expiry));
    tokio::select! {
        response = next.run(request) => {
            response.map(|body| Body::new(Ending { body, end: Some(end), _share: share }))
        }
        error = &mut end => refuse(error),
    }
}

/// Waits until something outside the stream ends it.
async fn end(streams: Streams, deadline: Option<Instant>, expiry: Option<Instant>) -> Error {
    // Spread, so that streams that began together do not end together.
    let longest = streams.longest.mul_f64(rand::random_range(0.9..1.0));
    tokio::select! {
        () = streams.moving.cancelled() => go_on("this server is about to end"),
        () = sleep(longest) => go_on("the stream has lasted as long as one may"),
        () = at(deadline) => mpp_client::deadline::passed(),
        () = at(expiry) => Error::new(
            Reason::Unauthenticated,
            "the token has expired; connect again with a new one and go on where you were",
        ),
    }
}

async fn at(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => std::future::pending().await,
    }
}

fn go_on(why: &str) -> Error {
    let text = format!("{why}; connect again and go on where you were");
    Error::new(Reason::Unavailable, text).with_retry_after(Duration::from_millis(100))
}

/// A body that ends with an error's trailers once `end` is there, between two messages.
struct Ending {
    body: Body,
    end: Option<BoxFuture<'static, Error>>,
    _share: Option<Share<Party>>,
}

impl HttpBody for Ending {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let Some(end) = &mut self.end else {
            return Poll::Ready(None);
        };
        if let Poll::Ready(error) = end.as_mut().poll(cx) {
            self.end = None;
            return Poll::Ready(Some(Ok(trailers(error))));
        }
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }
}
