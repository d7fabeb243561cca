//! Streams: how many one caller may hold open, and how they end. A stream is ended from outside
//! by its own deadline, when the token that it began with expires, and by a drain or after the
//! longest time, which tell its caller to connect again: elsewhere, and checked afresh.

use std::{
    collections::HashMap,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
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
use mpp_core::{Caller, Error, Reason, Result};
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use super::{
    deadline::{self, Deadline},
    identity::Expiry,
    refuse,
};
use crate::{method, status};

/// The open streams of all callers.
#[derive(Clone)]
pub(crate) struct Streams {
    open: Arc<Mutex<HashMap<String, usize>>>,
    per_caller: usize,
    longest: Duration,
    moving: CancellationToken,
}

impl Streams {
    /// At most `per_caller` of each caller; each ends after `longest`, all once `moving` is
    /// cancelled.
    pub(crate) fn new(per_caller: usize, longest: Duration, moving: CancellationToken) -> Self {
        Self { open: Arc::default(), per_caller, longest, moving }
    }

    fn enter(&self, subject: &str) -> Result<Place> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(subject.to_owned()).or_default();
        if *count >= self.per_caller {
            let text = format!(
                "{subject} holds {count} streams, and no more are allowed; end one, or share one \
                 among what follows the same records"
            );
            return Err(Error::new(Reason::LimitReached, text));
        }
        *count += 1;
        Ok(Place { open: self.open.clone(), subject: subject.to_owned() })
    }
}

/// One stream's place, given back when it ends however it ends.
struct Place {
    open: Arc<Mutex<HashMap<String, usize>>>,
    subject: String,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.subject) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.subject);
            }
        }
    }
}

pub(crate) async fn layer(
    State(streams): State<Streams>,
    request: Request,
    next: Next,
) -> Response {
    if !method::is_streaming(request.uri().path()) {
        return next.run(request).await;
    }
    let caller = request.extensions().get::<Arc<Caller>>();
    let subject = caller.map_or("anonymous", |caller| caller.subject.as_str());
    let place = match streams.enter(subject) {
        Ok(place) => place,
        Err(error) => return refuse(error),
    };
    let deadline = request.extensions().get::<Deadline>().map(|at| at.0);
    let expiry = request.extensions().get::<Expiry>().map(|at| at.0);
    let mut end: BoxFuture<'static, Error> = Box::pin(end(streams, deadline, expiry));
    tokio::select! {
        response = next.run(request) => {
            response.map(|body| Body::new(Ending { body, end: Some(end), _place: place }))
        }
        error = &mut end => refuse(error),
    }
}

/// Waits for what ends a stream from outside.
async fn end(streams: Streams, deadline: Option<Instant>, expiry: Option<Instant>) -> Error {
    // Spread, so that streams that began together do not end together.
    let longest = streams.longest.mul_f64(rand::random_range(0.9..1.0));
    tokio::select! {
        () = streams.moving.cancelled() => go_on("this server is about to end"),
        () = sleep(longest) => go_on("the stream has lasted as long as one may"),
        () = at(deadline) => deadline::passed(),
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
    _place: Place,
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
            let trailers = status(error).into_http::<()>().into_parts().0.headers;
            return Poll::Ready(Some(Ok(Frame::trailers(trailers))));
        }
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }
}
