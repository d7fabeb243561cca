//! A stream of messages as server-sent events, so that a browser's own reconnect goes on where it
//! was: an event's id is the message's resume token.

use std::{convert::Infallible, time::Duration};

use axum::response::{
    IntoResponse as _, Response, Sse,
    sse::{Event, KeepAlive},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use futures::{Stream, stream};
use mpp_api::route::Route;
use mpp_client::error_of;
use mpp_core::Error;
use prost_reflect::{DynamicMessage, MessageDescriptor};
use tonic::Status;

use super::{
    frame::{Messages, refusal},
    problem,
    wishes::AnswerFormat,
};
use crate::status;

/// How often a silent stream gives a sign of life: proxies cut what is silent for a minute. No
/// setting: the minute is theirs.
const ALIVE: Duration = Duration::from_secs(15);
/// How long a browser waits before it connects again. No setting: a browser that is refused then is
/// told when to come, and one that waits longer shows an older state for so long.
const AGAIN: Duration = Duration::from_secs(2);

/// The messages of an answer as events.
///
/// # Errors
/// The call's refusal, if it came before any message.
pub(crate) fn stream(
    route: &Route,
    wishes: AnswerFormat,
    response: Response,
) -> Result<Response, Status> {
    if let Some(status) = refusal(response.headers()) {
        return Err(status);
    }
    let messages = Messages::new(response.into_body());
    let alive = KeepAlive::new().interval(ALIVE);
    let events = Sse::new(events(messages, route.method.output(), wishes)).keep_alive(alive);
    let mut answer = events.into_response();
    // nginx would hold events back until a buffer is full.
    answer.headers_mut().insert("x-accel-buffering", http::HeaderValue::from_static("no"));
    Ok(answer)
}

fn events(
    messages: Messages,
    of: MessageDescriptor,
    wishes: AnswerFormat,
) -> impl Stream<Item = Result<Event, Infallible>> {
    let first = stream::iter([Ok(Event::default().retry(AGAIN))]);
    let rest = stream::unfold(Some(messages), move |messages| {
        let of = of.clone();
        async move {
            let mut messages = messages?;
            match messages.next().await? {
                Ok(message) => match event(of, message) {
                    Ok(event) => Some((Ok(event), Some(messages))),
                    Err(error) => Some((Ok(fault(&status(error), wishes)), None)),
                },
                Err(refused) => Some((Ok(fault(&refused, wishes)), None)),
            }
        }
    });
    futures::StreamExt::chain(first, rest)
}

fn event(of: MessageDescriptor, message: axum::body::Bytes) -> Result<Event, Error> {
    let message = DynamicMessage::decode(of, message).map_err(Error::internal)?;
    let json = serde_json::to_string(&message).map_err(Error::internal)?;
    let token = message.get_field_by_name("resume_token");
    let token =
        token.as_deref().and_then(|token| token.as_bytes()).filter(|token| !token.is_empty());
    let event = Event::default().data(json);
    Ok(match token {
        Some(token) => event.id(BASE64_STANDARD.encode(token)),
        None => event,
    })
}

/// The last event of a stream that ends with a refusal.
fn fault(refused: &Status, wishes: AnswerFormat) -> Event {
    let told = problem::rpc_status(refused, &error_of(refused), &wishes);
    Event::default().event("error").data(told.to_string())
}
