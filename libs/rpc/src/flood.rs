//! Many small pieces of requests over HTTP/2. The windows of HTTP/2 bound their bytes but not their
//! number, and each is kept apart until it is read: h2 therefore ends a connection on which too
//! many wait, with all its calls and without a reason.
//!
//! So the pieces are counted as they come in. After a few hundred small ones nothing more is read
//! until the connection has had another turn and the requests have taken over what waits in h2 for
//! them, as a row of bytes. A request to which more small pieces have come than it may have unread
//! is refused, with the reason; that is answered before more is read.

use std::{
    collections::VecDeque,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame};
use hyper::body::Incoming;
use mpp_core::{Error, Reason};
use tokio_util::sync::CancellationToken;

use crate::status;

/// Fewer bytes than these make a piece a small one, for h2 as well.
pub(crate) const SMALL: usize = 256;
/// Empty pieces that a connection may send over all its life before its calls are refused; h2 ends
/// it at a hundred.
pub(crate) const EMPTY: usize = 64;
/// Most bytes that one request may have unread here, beside what HTTP/2's window allows.
const UNREAD: usize = 4 * 1024 * 1024;

/// State that the two ends of one connection's input share. Clones are the same.
#[derive(Clone, Default)]
pub(crate) struct Flood(Arc<FloodState>);

#[derive(Default)]
struct FloodState {
    /// How often the connection has been driven.
    turn: AtomicU64,
    /// Cancelled once too many empty pieces have come.
    emptied: CancellationToken,
    bodies: Mutex<Vec<Weak<Body>>>,
}

impl Flood {
    /// The connection is about to be driven again.
    pub(crate) fn turn(&self) {
        self.0.turn.fetch_add(1, Relaxed);
    }

    /// A request's body, of which at most this many small pieces may wait.
    pub(crate) fn body(&self, body: Incoming, most: usize) -> Drawn {
        let mut held = HeldPieces {
            body,
            most,
            waits: VecDeque::new(),
            small: 0,
            bytes: 0,
            refusal: None,
            is_refused: false,
            ended: false,
            waker: None,
        };
        if self.0.emptied.is_cancelled() {
            held.refuse(too_empty());
        }
        let shared = Arc::new(Body(Mutex::new(held)));
        let mut bodies = lock(&self.0.bodies);
        // Ended streams are forgotten whenever they may be half of all.
        if bodies.len() == bodies.capacity() {
            bodies.retain(|body| body.strong_count() > 0);
        }
        bodies.push(Arc::downgrade(&shared));
        Drawn(shared)
    }

    /// The number of this turn.
    pub(crate) fn now(&self) -> u64 {
        self.0.turn.load(Relaxed)
    }

    /// Takes over what h2 holds for the requests of this connection.
    pub(crate) fn draw(&self) {
        self.each(HeldPieces::draw);
    }

    /// Waits until the connection should take no more calls.
    pub(crate) async fn emptied(&self) {
        self.0.emptied.cancelled().await;
    }

    /// Refuses what is not yet read, as the connection has sent too many empty pieces.
    pub(crate) fn refuse_empty(&self) {
        self.0.emptied.cancel();
        self.each(|body| body.refuse(too_empty()));
    }

    fn each(&self, mut act: impl FnMut(&mut HeldPieces)) {
        let bodies: Vec<_> = lock(&self.0.bodies).iter().filter_map(Weak::upgrade).collect();
        bodies.iter().for_each(|body| act(&mut lock(&body.0)));
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic leaves at most a request half done, and its connection ends with it.
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A request's body, part of which may have been taken over already.
pub(crate) struct Drawn(Arc<Body>);

struct Body(Mutex<HeldPieces>);

struct HeldPieces {
    body: Incoming,
    most: usize,
    /// Pieces that were taken over and have not been read.
    waits: VecDeque<Result<Frame<Bytes>, hyper::Error>>,
    small: usize,
    bytes: usize,
    /// The refusal that its reader has not been given yet.
    refusal: Option<Error>,
    /// True once it takes no more; bytes that still come are dropped.
    is_refused: bool,
    ended: bool,
    waker: Option<Waker>,
}

impl HeldPieces {
    /// Takes over the bytes that h2 holds, so that they do not count there any more.
    fn draw(&mut self) {
        // A reader that has not begun yet asks by itself.
        let waker = self.waker.clone().unwrap_or_else(|| Waker::noop().clone());
        let mut cx = Context::from_waker(&waker);
        while !self.ended
            && let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(&mut cx)
        {
            self.keep(frame);
        }
        if self.ended || !self.waits.is_empty() {
            waker.wake_by_ref();
        }
    }

    fn keep(&mut self, frame: Option<Result<Frame<Bytes>, hyper::Error>>) {
        let Some(frame) = frame else {
            self.ended = true;
            return;
        };
        if self.is_refused {
            return;
        }
        let (small, bytes) = weight(&frame);
        (self.small, self.bytes) = (self.small + small, self.bytes + bytes);
        if self.small > self.most || self.bytes > UNREAD {
            self.refuse(too_many(self.most));
            return;
        }
        self.waits.push_back(frame);
    }

    fn refuse(&mut self, error: Error) {
        if self.is_refused || (self.ended && self.waits.is_empty()) {
            return;
        }
        self.waits.clear();
        (self.refusal, self.is_refused) = (Some(error), true);
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    fn next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        if let Some(error) = self.refusal.take() {
            return Poll::Ready(Some(Err(Box::new(status(error)))));
        }
        if self.is_refused {
            return Poll::Ready(None);
        }
        if let Some(frame) = self.waits.pop_front() {
            let (small, bytes) = weight(&frame);
            (self.small, self.bytes) = (self.small - small, self.bytes - bytes);
            return Poll::Ready(Some(frame.map_err(Into::into)));
        }
        if self.ended {
            return Poll::Ready(None);
        }
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        match &polled {
            Poll::Pending => self.waker = Some(cx.waker().clone()),
            Poll::Ready(frame) => self.ended = frame.is_none(),
        }
        polled.map(|frame| frame.map(|frame| frame.map_err(Into::into)))
    }
}

/// Tells whether it is a small piece, and its bytes.
fn weight(frame: &Result<Frame<Bytes>, hyper::Error>) -> (usize, usize) {
    match frame.as_ref().ok().and_then(Frame::data_ref).map(Bytes::len) {
        Some(bytes) => (usize::from(bytes < SMALL), bytes),
        None => (0, 0),
    }
}

type BodyError = Box<dyn std::error::Error + Send + Sync>;

impl HttpBody for Drawn {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        lock(&self.0.0).next(cx)
    }

    fn is_end_stream(&self) -> bool {
        let held = lock(&self.0.0);
        let is_read = held.waits.is_empty() && held.refusal.is_none();
        is_read && (held.ended || held.body.is_end_stream())
    }
}

fn too_many(most: usize) -> Error {
    let text = format!(
        "more than {most} pieces of fewer than {SMALL} bytes, or {UNREAD} bytes, came before they \
         were read; send a message in one piece, and wait for answers"
    );
    Error::new(Reason::LimitReached, text)
}

fn too_empty() -> Error {
    let text = format!(
        "this connection has sent {EMPTY} empty pieces (DATA frames without bytes); send none, and \
         connect again"
    );
    Error::new(Reason::LimitReached, text)
}
