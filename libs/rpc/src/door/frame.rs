//! gRPC's frames: five bytes of length before each message.

use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use bytes::{Buf as _, BufMut as _, BytesMut};
use http::HeaderMap;
use http_body::Body as _;
use mpp_core::Error;
use tonic::{Code, Status};

/// A byte that tells whether it is compressed, and its length.
const HEAD: usize = 5;

/// One message in its frame.
pub(crate) fn frame(message: &[u8]) -> Bytes {
    let mut framed = BytesMut::with_capacity(HEAD + message.len());
    framed.put_u8(0);
    // A message of over 4 GiB is not encoded anywhere here.
    framed.put_u32(u32::try_from(message.len()).unwrap_or(u32::MAX));
    framed.put_slice(message);
    framed.freeze()
}

/// The status of headers or trailers, if it is a refusal.
pub(crate) fn refusal(headers: &HeaderMap) -> Option<Status> {
    Status::from_header_map(headers).filter(|status| status.code() != Code::Ok)
}

/// The messages of an answer, one after the other.
pub(crate) struct Messages {
    body: Body,
    read: BytesMut,
    ended: bool,
}

impl Messages {
    pub fn new(body: Body) -> Self {
        Self { body, read: BytesMut::new(), ended: false }
    }

    /// The next message; `None` at an end without a fault.
    pub async fn next(&mut self) -> Option<Result<Bytes, Status>> {
        std::future::poll_fn(|context| self.poll_next(context)).await
    }

    pub fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Status>>> {
        loop {
            if let Some(message) = self.whole_message() {
                return Poll::Ready(Some(Ok(message)));
            }
            if self.ended {
                return Poll::Ready(None);
            }
            let frame = match std::pin::Pin::new(&mut self.body).poll_frame(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(frame) => frame,
            };
            if let Some(status) = self.see(frame) {
                self.ended = true;
                return Poll::Ready(Some(Err(status)));
            }
        }
    }

    /// Takes in a frame of HTTP; answers the refusal, if it is one.
    fn see(
        &mut self,
        frame: Option<Result<http_body::Frame<Bytes>, axum::Error>>,
    ) -> Option<Status> {
        match frame {
            None => self.ended = true,
            Some(Err(error)) => return Some(crate::status(Error::internal(error))),
            Some(Ok(frame)) => match frame.into_data() {
                Ok(data) => self.read.extend_from_slice(&data),
                Err(frame) => {
                    self.ended = true;
                    return frame.trailers_ref().and_then(refusal);
                }
            },
        }
        None
    }

    /// Takes the next message out of the bytes read so far, if it is whole.
    fn whole_message(&mut self) -> Option<Bytes> {
        let length = self.read.get(1..HEAD)?.try_into().map(u32::from_be_bytes).ok()?;
        let length = usize::try_from(length).ok()?;
        if self.read.len() < HEAD + length {
            return None;
        }
        self.read.advance(HEAD);
        Some(self.read.split_to(length).freeze())
    }
}

#[cfg(test)]
mod tests {
    use futures::stream;

    use super::*;

    #[tokio::test]
    async fn messages_are_found_however_they_were_cut() {
        let whole: Vec<u8> = [frame(b"one"), frame(b""), frame(&[7; 300])].concat();
        for size in [1, 2, 5, 6, 7, 1000] {
            let pieces: Vec<Result<Bytes, std::io::Error>> =
                whole.chunks(size).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
            let mut messages = Messages::new(Body::from_stream(stream::iter(pieces)));
            let mut found = Vec::new();
            while let Some(message) = messages.next().await {
                found.push(message.expect("a message"));
            }
            assert_eq!(found, [&b"one"[..], b"", &[7; 300]], "{size}");
        }
    }
}
