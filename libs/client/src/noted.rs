//! The answers of a stream that writes, such as a sync. The revisions that they name are noted as
//! they pass, so that later reads show the writes.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::{Bytes, BytesMut};
use http_body::{Body as HttpBody, Frame, SizeHint};
use mpp_api::call::Call;
use tonic::{Status, body::Body};

use crate::{shared::Written, wire};

pub(crate) struct Noted {
    body: Body,
    call: &'static Call,
    written: Arc<Written>,
    /// The beginning of an answer that is not complete yet.
    read: BytesMut,
}

impl Noted {
    pub(crate) fn new(body: Body, call: &'static Call, written: Arc<Written>) -> Self {
        Self { body, call, written, read: BytesMut::new() }
    }

    fn note(&mut self, data: &[u8]) {
        self.read.extend_from_slice(data);
        while let Some(length) = wire::whole(&self.read) {
            self.written.note_answer(self.call, &self.read.split_to(length));
        }
    }
}

impl HttpBody for Noted {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        if let Poll::Ready(Some(Ok(frame))) = &polled
            && let Some(data) = frame.data_ref()
        {
            self.note(data);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
