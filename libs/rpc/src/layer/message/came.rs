//! A request's body on its way to tonic: whole messages, as they were before they were packed.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use axum::body::{Body, Bytes};
use bytes::{BufMut as _, BytesMut};
use http_body::{Body as HttpBody, Frame};
use mpp_api::call::Call;
use mpp_core::{Error, FieldCode, Reason, Result};
use tonic::Status;

use super::course::{Course, HEAD, unreadable};
use crate::coding::{Coding, too_large};

/// A body that is looked through.
pub(super) struct IncomingBody {
    body: Body,
    coding: Option<Coding>,
    /// Largest message, once it is unpacked.
    most: usize,
    /// True if more than one message may come.
    streams: bool,
    course: Course,
    at: MessageProgress,
    /// The beginning of a packed message.
    packed: BytesMut,
    /// Why nothing follows the messages that have been handed on.
    failed: Option<Error>,
}

/// The progress in a row of messages.
#[derive(Default)]
struct MessageProgress {
    head: [u8; HEAD],
    /// How much of the next message's head has come.
    have: usize,
    /// How much of a message is still to come.
    left: usize,
    is_packed: bool,
    messages: u64,
}

impl IncomingBody {
    pub fn new(
        body: Body,
        call: &Call,
        coding: Option<Coding>,
        most: usize,
        course: Course,
    ) -> Self {
        let (streams, packed) = (call.client_streams, BytesMut::new());
        let (at, failed) = (MessageProgress::default(), None);
        Self { body, coding, most, streams, course, at, packed, failed }
    }

    /// The part of a piece that is passed on: if it fails, everything before the failure is.
    fn good_part(&mut self, data: Bytes) -> Bytes {
        let Some(coding) = self.coding else {
            let (good, failed) = self.pass(&data);
            self.failed = failed;
            return data.slice(..good);
        };
        let mut out = BytesMut::with_capacity(data.len());
        self.failed = self.unpack(&data, coding, &mut out).err();
        out.freeze()
    }

    fn unpack(&mut self, data: &[u8], coding: Coding, out: &mut BytesMut) -> Result<()> {
        let mut rest = data;
        while !rest.is_empty() {
            if self.at.left == 0 {
                if !self.next(&mut rest)? {
                    break;
                }
                if !self.at.is_packed {
                    out.put_slice(&self.at.head);
                }
            }
            let (now, later) = rest.split_at(self.at.left.min(rest.len()));
            let into = if self.at.is_packed { &mut self.packed } else { &mut *out };
            into.put_slice(now);
            (self.at.left, rest) = (self.at.left - now.len(), later);
            if self.at.left == 0 && self.at.is_packed {
                put(out, &coding.unpacked(&self.packed.split(), self.most, "request")?);
            }
        }
        Ok(())
    }

    /// Passes on messages that may not be packed, of which only the heads are looked at. Answers
    /// how many bytes are good, and why the rest is not.
    fn pass(&mut self, data: &[u8]) -> (usize, Option<Error>) {
        let mut rest = data;
        while !rest.is_empty() {
            let good = data.len() - rest.len();
            if self.at.left == 0 {
                match self.next(&mut rest) {
                    Ok(true) => {}
                    Ok(false) => break,
                    Err(error) => return (good, Some(error)),
                }
            }
            let now = self.at.left.min(rest.len());
            (self.at.left, rest) = (self.at.left - now, &rest[now..]);
        }
        (data.len(), None)
    }

    /// Reads on in the head of the next message; true once it is whole.
    fn next(&mut self, rest: &mut &[u8]) -> Result<bool> {
        if !self.streams && self.at.messages == 1 {
            return Err(unreadable("two messages came; this method takes one"));
        }
        if !self.at.read(rest) {
            return Ok(false);
        }
        match (self.at.head[0], self.coding) {
            (0, _) => Ok(true),
            (1, Some(_)) if self.at.left > self.most => Err(too_large("request", self.most)),
            (1, Some(_)) => Ok(true),
            (1, None) => Err(unreadable(
                "a message is marked as compressed, and grpc-encoding does not say how; send gzip, \
                 zstd, or the message as it is",
            )),
            (mark, _) => Err(unreadable(&format!(
                "the byte {mark} stands where a message begins; it is 0, or 1 for a compressed one"
            ))),
        }
    }

    /// Checks the end: no message is cut off, and a call that is no stream has its message.
    fn check_end(&self) -> Result<()> {
        if self.at.left > 0 || self.at.have > 0 {
            let text = match self.at.left {
                0 => "the request ends within the head of a message".to_owned(),
                left => format!("the request ends {left} bytes before its message does"),
            };
            return Err(unreadable(&text));
        }
        if !self.streams && self.at.messages == 0 {
            let text = "no message came; an empty one is five bytes of zero";
            return Err(Error::field("request", FieldCode::Required, text));
        }
        Ok(())
    }

    fn fail(&mut self, error: Error) -> Option<Result<Frame<Bytes>, Status>> {
        Some(Err(self.course.fails(crate::status(error))))
    }
}

impl MessageProgress {
    /// Reads on in a head; true once it is whole.
    fn read(&mut self, rest: &mut &[u8]) -> bool {
        let (now, later) = rest.split_at((HEAD - self.have).min(rest.len()));
        self.head[self.have..self.have + now.len()].copy_from_slice(now);
        self.have += now.len();
        *rest = later;
        if self.have < HEAD {
            return false;
        }
        let [mark, length @ ..] = self.head;
        self.left = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
        (self.is_packed, self.have) = (mark == 1, 0);
        self.messages += 1;
        true
    }
}

impl Drop for IncomingBody {
    fn drop(&mut self) {
        self.course.leaves(std::mem::take(&mut self.body));
    }
}

impl HttpBody for IncomingBody {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = &mut *self;
        loop {
            if let Some(error) = this.failed.take() {
                return Poll::Ready(this.fail(error));
            }
            let frame = ready!(Pin::new(&mut this.body).poll_frame(cx));
            let data = match frame.map(|frame| frame.map(Frame::into_data)) {
                Some(Ok(Ok(data))) => data,
                Some(Err(error)) => return Poll::Ready(this.broken_off(error)),
                end => {
                    if let Err(error) = this.check_end() {
                        return Poll::Ready(this.fail(error));
                    }
                    this.course.ends();
                    let trailers = end.and_then(|end| end.ok()?.err());
                    return Poll::Ready(trailers.map(Ok));
                }
            };
            let data = this.good_part(data);
            if !data.is_empty() {
                return Poll::Ready(Some(Ok(Frame::data(data))));
            }
        }
    }
}

impl IncomingBody {
    /// A status (the door's, or of the connection) stays as it is.
    fn broken_off(&mut self, error: axum::Error) -> Option<Result<Frame<Bytes>, Status>> {
        if let Some(status) = causes(&error).find_map(|cause| cause.downcast_ref::<Status>()) {
            return Some(Err(self.course.fails(status.clone())));
        }
        let text = format!("the request broke off: {error}");
        self.fail(Error::new(Reason::Unavailable, text))
    }
}

fn causes<'a>(
    error: &'a (dyn std::error::Error + 'static),
) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    std::iter::successors(Some(error), |error| error.source())
}

/// One message in its frame.
fn put(out: &mut BytesMut, message: &[u8]) {
    out.reserve(HEAD + message.len());
    out.put_u8(0);
    // It is no longer than `most`.
    out.put_u32(u32::try_from(message.len()).unwrap_or(u32::MAX));
    out.put_slice(message);
}
