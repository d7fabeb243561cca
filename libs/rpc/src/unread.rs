//! An answer over HTTP/2 that its peer does not take ends by itself: no write to the socket waits
//! if a peer opens no window for the stream, and what the peer will not take would lie in memory
//! for as long as the connection lasts. The stream is reset; the connection's other calls go on.
//!
//! Each stream is a task of its own. It waits for the peer whenever it has been driven without
//! asking its answer's body for more, as hyper asks only once there is a window for what it has.

use std::{
    future::poll_fn,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering::Relaxed},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::{
    body::{Body, Bytes},
    response::Response,
};
use http_body::{Body as HttpBody, Frame, SizeHint};
use hyper::rt::Executor;
use tokio::time::{Instant, Sleep, sleep_until};

use crate::metrics;

/// The most bytes that hyper is given at once: the largest DATA frame that every peer takes. A peer
/// that takes that much in time may be slow.
const PIECE: usize = 16 * 1024;

tokio::task_local! {
    /// How the answer of this task's stream gets on; unset if the connection is not HTTP/2.
    static ANSWER: Arc<AnswerState>;
}

/// There is no answer yet.
const CALLING: u8 = 0;
/// The answer has more to say, and had nothing when it was last asked.
const IDLE: u8 = 1;
/// A piece has been handed on since the task was last driven.
const HANDED: u8 = 2;
/// It is the peer's turn.
const WAITING: u8 = 3;

/// How far an answer has come, for the task of its stream.
#[derive(Default)]
struct AnswerState(AtomicU8);

impl AnswerState {
    fn is(&self, state: u8) {
        self.0.store(state, Relaxed);
    }

    /// Its task is about to be driven: unless it asks for more, it waits for the peer.
    fn turn(&self) {
        let _ = self.0.compare_exchange(IDLE, WAITING, Relaxed, Relaxed);
    }

    /// The state, as the task finds it.
    fn seen(&self) -> u8 {
        let seen = self.0.load(Relaxed);
        if seen == HANDED {
            self.is(WAITING);
        }
        seen
    }
}

/// Runs each stream of a connection, and drops it, which resets it, once its peer has taken nothing
/// for this long.
#[derive(Clone, Copy)]
pub(crate) struct StreamTasks(pub(crate) Duration);

impl<F> Executor<F> for StreamTasks
where
    F: Future + Send + 'static,
    F::Output: Send,
{
    fn execute(&self, stream: F) {
        tokio::spawn(run(stream, self.0));
    }
}

async fn run(stream: impl Future, longest: Duration) {
    let answer = Arc::new(AnswerState::default());
    let mut stream = pin!(ANSWER.scope(answer.clone(), stream));
    let mut timer = PeerTimer::new(longest);
    let is_untaken = poll_fn(|cx| {
        answer.turn();
        if stream.as_mut().poll(cx).is_ready() {
            return Poll::Ready(false);
        }
        match answer.seen() {
            CALLING | IDLE => timer.since = None,
            HANDED => timer.since = Some(Instant::now()),
            _ => {}
        }
        if answer.0.load(Relaxed) != WAITING {
            return Poll::Pending;
        }
        timer.poll(cx).map(|()| true)
    });
    if is_untaken.await {
        metrics::UNREAD.add(1, ["stream"]);
        tracing::info!("an answer was reset: its peer takes nothing of it");
    }
}

/// How long the peer has been waited for. A timer for each piece would cost as much as the piece:
/// one runs, and is set anew only when it has rung for a wait that is over.
struct PeerTimer {
    longest: Duration,
    /// When the wait began; `None` while it is not the peer's turn.
    since: Option<Instant>,
    timer: Option<Pin<Box<Sleep>>>,
}

impl PeerTimer {
    fn new(longest: Duration) -> Self {
        Self { longest, since: None, timer: None }
    }

    /// Ready once the wait, which begins now if it has not begun, has lasted too long.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let until = *self.since.get_or_insert_with(Instant::now) + self.longest;
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(until)));
        loop {
            ready!(timer.as_mut().poll(cx));
            if timer.deadline() >= until {
                return Poll::Ready(());
            }
            timer.as_mut().reset(until);
        }
    }
}

/// An answer whose stream knows how it gets on.
pub(crate) fn watched(response: Response) -> Response {
    let Ok(answer) = ANSWER.try_with(Arc::clone) else { return response };
    answer.is(HANDED);
    response.map(|body| Body::new(WatchedBody { body, rest: Bytes::new(), answer }))
}

/// A body that is handed on in pieces.
struct WatchedBody {
    body: Body,
    /// The rest of the frame that came last.
    rest: Bytes,
    answer: Arc<AnswerState>,
}

impl HttpBody for WatchedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.rest.is_empty() {
            let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) else {
                self.answer.is(IDLE);
                return Poll::Pending;
            };
            match frame.map(|frame| frame.map(Frame::into_data)) {
                Some(Ok(Ok(data))) => self.rest = data,
                Some(Ok(Err(other))) => return Poll::Ready(Some(Ok(other))),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
        self.answer.is(HANDED);
        let length = self.rest.len().min(PIECE);
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(length)))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (rest, body) = (self.rest.len() as u64, self.body.size_hint());
        let mut hint = SizeHint::new();
        hint.set_lower(body.lower() + rest);
        if let Some(upper) = body.upper() {
            hint.set_upper(upper + rest);
        }
        hint
    }
}
