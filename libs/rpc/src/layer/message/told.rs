//! An answer's body on its way to the caller: packed if that was asked for, and with an end that
//! tells of the request's faults.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use axum::body::{Body, Bytes};
use bytes::{BufMut as _, BytesMut};
use http_body::{Body as HttpBody, Frame};
use mpp_api::call::Call;
use tonic::{Code, Status};

use super::course::{Course, HEAD};
use crate::coding::{Coding, LEAST};

pub(super) struct Told {
    body: Body,
    call: &'static Call,
    wanted: Option<Coding>,
    course: Course,
    /// The beginning of a message that is not complete yet.
    read: BytesMut,
}

impl Told {
    pub fn new(body: Body, call: &'static Call, wanted: Option<Coding>, course: Course) -> Self {
        Self { body, call, wanted, course, read: BytesMut::new() }
    }

    fn packed(&mut self, coding: Coding, data: &[u8]) -> Bytes {
        self.read.extend_from_slice(data);
        let mut out = BytesMut::new();
        while let Some(length) = whole(&self.read) {
            pack(&mut out, coding, &self.read.split_to(length));
        }
        out.freeze()
    }

    /// The end, if a stream's request was at fault and its handler has not said so.
    fn end(&self, trailers: &Frame<Bytes>) -> Option<Frame<Bytes>> {
        if !self.call.client_streams {
            return None;
        }
        let ended = trailers.trailers_ref().and_then(Status::from_header_map)?;
        let fault = match ended.code() {
            Code::Ok => self.course.fault(self.call),
            // The handler's own error for the fault has lost its fields.
            _ => self.course.failed(),
        };
        Some(Frame::trailers(fault?.into_http::<()>().into_parts().0.headers))
    }
}

impl HttpBody for Told {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        loop {
            let Some(frame) = ready!(Pin::new(&mut this.body).poll_frame(cx)).transpose()? else {
                return Poll::Ready(None);
            };
            if frame.is_trailers() {
                let end = this.end(&frame);
                return Poll::Ready(Some(Ok(end.unwrap_or(frame))));
            }
            let (Some(coding), Some(data)) = (this.wanted, frame.data_ref()) else {
                return Poll::Ready(Some(Ok(frame)));
            };
            let data = this.packed(coding, data);
            if !data.is_empty() {
                return Poll::Ready(Some(Ok(Frame::data(data))));
            }
        }
    }
}

/// The length of the first message with its head, once all of it is there.
fn whole(read: &[u8]) -> Option<usize> {
    let length = read.get(1..HEAD)?.try_into().map(u32::from_be_bytes).ok()?;
    let length = HEAD + usize::try_from(length).ok()?;
    (read.len() >= length).then_some(length)
}

/// Messages that are small, or get no smaller, go as they are.
fn pack(out: &mut BytesMut, coding: Coding, framed: &[u8]) {
    let message = &framed[HEAD..];
    let packed = (message.len() as u64 >= LEAST).then(|| coding.packed(message).ok()).flatten();
    let packed = packed.filter(|packed| packed.len() < message.len());
    match packed.and_then(|packed| Some((u32::try_from(packed.len()).ok()?, packed))) {
        Some((length, packed)) => {
            out.reserve(HEAD + packed.len());
            out.put_u8(1);
            out.put_u32(length);
            out.put_slice(&packed);
        }
        None => out.put_slice(framed),
    }
}
