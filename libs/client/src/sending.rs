//! One call under way: where it is sent, and whether it is sent again.
//!
//! A request that has not left this machine is always sent again, as no server has seen it. Any
//! other is repeated only where that is safe: a read, or a write that carries a request id, which
//! the server does only once. A stream is not repeated, since it is not known here what it has said
//! already; its follower connects again ([`crate::Follower`]).

use std::{mem, time::Duration};

use bytes::Bytes;
use http::{HeaderValue, Request, Response, header::AUTHORIZATION, request::Parts};
use http_body_util::{BodyExt as _, Full};
use mpp_api::call::Call;
use mpp_core::{Backoff, Error, Reason};
use tokio::time::{Instant, sleep, timeout_at};
use tonic::{Code, ConnectError, Status, TimeoutExpired, body::Body, transport};
use tower::{Service as _, ServiceExt as _};

use crate::{
    ClientError, deadline, error_of, noted::Noted, replicas::Replica, shared::ChannelCore,
    status_of,
};

/// Far enough for a call that has no deadline.
const NEVER: Duration = Duration::from_secs(365 * 24 * 3600);

pub(crate) struct Sending<'a> {
    core: &'a ChannelCore,
    call: &'static Call,
    parts: Parts,
    message: Message,
    /// The revision that the message asks for because of an own write, and the message without.
    own_write: Option<(i64, Bytes)>,
    token: Option<HeaderValue>,
    token_is_new: bool,
    /// True if a server may see it twice.
    is_safe: bool,
    has_deadline: bool,
    ends: Instant,
    backoff: Backoff,
    tries_left: u32,
    /// True after it was sent again at once.
    hurried: bool,
}

/// A request on its way.
enum Message {
    /// One message, which can be sent again.
    Whole(Bytes),
    /// A stream, which goes to the first replica that can be reached.
    Stream(Option<Body>),
}

/// The outcome of one try.
struct TryOutcome {
    answer: Result<Response<Body>, Status>,
    failure: Option<Failure>,
    replica: Option<Replica>,
}

enum Failure {
    /// The call reached no server: none could be connected to, or the connection ended before.
    NotSent { reached: bool },
    /// It was sent, and what became of it is not known.
    Lost,
    /// A server's refusal.
    Refused(ClientError),
    /// The time is up.
    TimeUp,
}

impl<'a> Sending<'a> {
    pub(crate) async fn new(
        core: &'a ChannelCore,
        call: &'static Call,
        request: Request<Body>,
    ) -> Result<Self, Status> {
        let (parts, body) = request.into_parts();
        let streams = call.client_streams || call.server_streams;
        let asked = parts.headers.get(deadline::HEADER).and_then(|value| value.to_str().ok());
        let limit = asked.and_then(deadline::parse);
        let limit = limit.or((!streams).then_some(core.settings.deadline));
        let mut own_write = None;
        let (message, is_safe) = if call.client_streams {
            (Message::Stream(Some(body)), false)
        } else {
            let (given, is_safe) = core.prepare(call, body.collect().await?.to_bytes());
            let (whole, written) = core.with_own_writes(call, &given);
            own_write = written.map(|revision| (revision, given));
            (Message::Whole(whole), is_safe && !streams)
        };
        Ok(Self {
            core,
            call,
            parts,
            message,
            own_write,
            token: core.identity().await?,
            token_is_new: false,
            is_safe,
            has_deadline: limit.is_some(),
            ends: Instant::now() + limit.unwrap_or(NEVER),
            backoff: core.settings.backoff(),
            tries_left: core.settings.tries.max(1),
            hurried: false,
        })
    }

    /// Sends it until there is an answer to give.
    pub(crate) async fn run(mut self) -> Result<Response<Body>, Status> {
        loop {
            self.tries_left -= 1;
            let TryOutcome { answer, failure, replica } = self.send().await;
            let Some(failure) = failure else {
                self.core.budget.earn();
                return answer;
            };
            if !self.goes_again(failure, replica).await {
                return answer;
            }
        }
    }

    async fn send(&mut self) -> TryOutcome {
        let ends = self.ends;
        let trying = async {
            let replica = match self.message {
                Message::Whole(_) => self.core.replicas.next().await,
                Message::Stream(_) => self.core.replicas.next_reachable().await,
            };
            match replica {
                Ok(replica) => self.send_to(replica).await,
                Err(error) => TryOutcome::nowhere(&error),
            }
        };
        timeout_at(ends, trying).await.unwrap_or_else(|_| TryOutcome::time_up())
    }

    async fn send_to(&mut self, replica: Replica) -> TryOutcome {
        let request = self.request();
        let mut channel = replica.channel.clone();
        let sent = async { channel.ready().await?.call(request).await };
        let mut outcome = match sent.await {
            Ok(response) if self.call.server_streams => TryOutcome::opened(self.noting(response)),
            Ok(response) => {
                let (outcome, body) = whole(response).await;
                if outcome.failure.is_none() {
                    self.core.written.note_answer(self.call, &body);
                }
                outcome
            }
            Err(error) => TryOutcome::failed(error),
        };
        if matches!(outcome.failure, Some(Failure::NotSent { reached: false })) {
            self.core.replicas.rest(&replica);
        }
        outcome.replica = Some(replica);
        outcome
    }

    /// Looks for revisions in the answers, those of a stream that writes too.
    fn noting(&self, response: Response<Body>) -> Response<Body> {
        if self.call.revisions.is_empty() {
            return response;
        }
        let written = self.core.written.clone();
        let call = self.call;
        response.map(|body| Body::new(Noted::new(body, call, written)))
    }

    fn request(&mut self) -> Request<Body> {
        let mut parts = self.parts.clone();
        if let Some(token) = &self.token {
            parts.headers.insert(AUTHORIZATION, token.clone());
        }
        if self.has_deadline {
            let left = self.ends.saturating_duration_since(Instant::now());
            parts.headers.insert(deadline::HEADER, deadline::header(left));
        }
        let body = match &mut self.message {
            Message::Whole(bytes) => Body::new(Full::new(bytes.clone())),
            Message::Stream(body) => body.take().unwrap_or_default(),
        };
        Request::from_parts(parts, body)
    }

    /// Waits before the next try; false if there is none.
    async fn goes_again(&mut self, failure: Failure, replica: Option<Replica>) -> bool {
        if self.tries_left == 0 || matches!(self.message, Message::Stream(None)) {
            return false;
        }
        if let Failure::Refused(error) = &failure
            && error.code == Code::Unauthenticated
        {
            return self.renew_token().await;
        }
        if let Failure::Refused(error) = &failure
            && error.is(Reason::LineageChanged)
            && let Some((lost, without)) = self.own_write.take()
        {
            // The service was restored to before that write: its revision never comes.
            self.core.written.forget(lost);
            self.message = Message::Whole(without);
            return true;
        }
        let Some(pause) = self.pause(&failure, replica.as_ref()) else {
            return false;
        };
        let fits = Instant::now() + pause < self.ends;
        let is_free = matches!(failure, Failure::NotSent { .. });
        if !fits || !(is_free || self.core.budget.spend()) {
            return false;
        }
        tracing::debug!(method = self.call.name, ?pause, "sent again");
        sleep(pause).await;
        true
    }

    /// How long to wait before this call is sent again; `None` if it is not.
    fn pause(&mut self, failure: &Failure, replica: Option<&Replica>) -> Option<Duration> {
        let other = replica.is_some_and(|replica| self.core.replicas.has_others(replica));
        match failure {
            Failure::NotSent { .. } if other => Some(Duration::ZERO),
            Failure::NotSent { .. } if self.call.server_streams => None,
            // A new connection is likely to do.
            Failure::NotSent { reached: true } if !mem::replace(&mut self.hurried, true) => {
                Some(Duration::ZERO)
            }
            Failure::NotSent { .. } => Some(self.backoff.pause()),
            Failure::Lost if self.is_safe => Some(self.backoff.pause()),
            Failure::Refused(error) if self.is_safe && passes(error) => {
                Some(self.backoff.pause().max(error.retry_after.unwrap_or_default()))
            }
            _ => None,
        }
    }

    /// A refused token has kept the call from its handler, so that it may be sent again.
    async fn renew_token(&mut self) -> bool {
        let (Some(source), Some(refused), false) =
            (&self.core.token, &self.token, self.token_is_new)
        else {
            return false;
        };
        let Ok(Some(token)) = timeout_at(self.ends, source.other_than(refused)).await else {
            return false;
        };
        (self.token, self.token_is_new) = (Some(token), true);
        true
    }
}

/// Reads an answer to its end, so that one that breaks off can be asked for again. Gives its bytes
/// as well.
async fn whole(response: Response<Body>) -> (TryOutcome, Bytes) {
    let (parts, body) = response.into_parts();
    let body = match body.collect().await {
        Ok(body) => body,
        Err(status) => return (TryOutcome::of(status, Failure::Lost), Bytes::new()),
    };
    let trailers = body.trailers().cloned();
    let status = Status::from_header_map(&parts.headers)
        .or_else(|| Status::from_header_map(trailers.as_ref()?))
        .or_else(|| proxys_answer(parts.status));
    let refused = status.filter(|status| status.code() != Code::Ok);
    let bytes = body.to_bytes();
    let body = Full::new(bytes.clone()).with_trailers(async move { trailers.map(Ok) });
    let answer = Response::from_parts(parts, Body::new(body));
    (TryOutcome::answered(answer, refused), bytes)
}

/// True if the same call may be answered otherwise in a while.
fn passes(error: &ClientError) -> bool {
    let is_asked_for = error.retry_after.is_some();
    match error.code {
        Code::Unavailable => true,
        Code::ResourceExhausted => is_asked_for,
        Code::Aborted => is_asked_for || error.is(Reason::WriteConflict),
        _ => false,
    }
}

/// A proxy between us and the server answered, so there is no gRPC status.
fn proxys_answer(status: http::StatusCode) -> Option<Status> {
    let is_away = matches!(status.as_u16(), 502..=504);
    is_away.then(|| Status::unavailable(format!("a proxy answered {status}")))
}

impl TryOutcome {
    fn opened(response: Response<Body>) -> Self {
        let refused = Status::from_header_map(response.headers());
        let refused = refused.filter(|status| status.code() != Code::Ok);
        Self::answered(response, refused)
    }

    fn answered(response: Response<Body>, refused: Option<Status>) -> Self {
        let failure = refused.map(|status| Failure::Refused(error_of(&status)));
        Self { answer: Ok(response), failure, replica: None }
    }

    fn nowhere(error: &Error) -> Self {
        Self::of(status_of(error, None), Failure::NotSent { reached: false })
    }

    fn time_up() -> Self {
        Self::of(status_of(&deadline::passed(), None), Failure::TimeUp)
    }

    fn failed(error: transport::Error) -> Self {
        if causes(&error).any(|cause| cause.is::<TimeoutExpired>()) {
            return Self::time_up();
        }
        let reached = !causes(&error).any(|cause| cause.is::<ConnectError>());
        let is_unsent = !reached || has_not_left(&error);
        let failure = if is_unsent { Failure::NotSent { reached } } else { Failure::Lost };
        Self::of(Status::from_error(Box::new(error)), failure)
    }

    fn of(status: Status, failure: Failure) -> Self {
        Self { answer: Err(status), failure: Some(failure), replica: None }
    }
}

/// True if the call was refused by a server that goes away in good order, or was still in the
/// queue of a connection that ended.
fn has_not_left(error: &transport::Error) -> bool {
    causes(error).any(|cause| {
        let going = cause.downcast_ref::<h2::Error>().is_some_and(|error| {
            error.is_go_away() && error.is_remote() && error.reason() == Some(h2::Reason::NO_ERROR)
        });
        going || cause.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_canceled)
    })
}

fn causes<'a>(
    error: &'a (dyn std::error::Error + 'static),
) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    std::iter::successors(Some(error), |error| error.source())
}
