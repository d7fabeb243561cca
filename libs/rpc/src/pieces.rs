//! The input of a connection, looked through for the heads of HTTP/2's frames: see `flood.rs`.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::{Buf as _, BytesMut};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Sleep, sleep},
};

use crate::flood::{EMPTY, Flood, SMALL};

/// Small pieces after which a connection has to have another turn: an eighth of what h2 bears.
const PER_TURN: usize = 256;
/// Most that is looked through at once, in bytes.
const READ: usize = 16 * 1024;
/// How long there is to tell calls that they are refused for empty pieces, before more are read and
/// h2 ends the connection: an answer takes milliseconds.
const TELLING: Duration = Duration::from_millis(500);
/// The bytes that every connection over HTTP/2 begins with.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// Before each frame: its length, type, flags and stream.
const HEAD: usize = 9;
const DATA: u8 = 0;
const END_STREAM: u8 = 1;
const PADDED: u8 = 8;

/// A connection whose pieces are counted as they come in.
pub(crate) struct Pieces<T> {
    io: T,
    flood: Flood,
    heads: Heads,
    small: usize,
    empty: usize,
    /// The turn in which nothing more is read.
    paused: Option<u64>,
    /// Runs while refused calls are told so.
    telling: Option<Pin<Box<Sleep>>>,
    /// Bytes that were read and wait for the next turn.
    rest: BytesMut,
}

impl<T> Pieces<T> {
    pub(crate) fn new(io: T, flood: Flood) -> Self {
        let (heads, rest) = (Heads::default(), BytesMut::new());
        Self { io, flood, heads, small: 0, empty: 0, paused: None, telling: None, rest }
    }

    /// Counts the pieces in these bytes; answers how many bytes may be handed on in this turn.
    fn count(&mut self, bytes: &[u8]) -> usize {
        let mut at = 0;
        while let Some(piece) = self.heads.next(bytes, &mut at) {
            match piece {
                0 => self.empty += 1,
                length if length < SMALL => self.small += 1,
                _ => {}
            }
            let is_too_empty = piece == 0 && self.empty == EMPTY;
            if is_too_empty {
                self.flood.refuse_empty();
                self.telling = Some(Box::pin(sleep(TELLING)));
            }
            if is_too_empty || self.small >= PER_TURN {
                self.paused = Some(self.flood.now());
                return at;
            }
        }
        bytes.len()
    }

    /// True in the turn in which enough was read. In the next one everything that waits is taken
    /// over.
    fn is_paused(&mut self) -> bool {
        match self.paused {
            Some(turn) if turn == self.flood.now() => true,
            Some(_) => {
                (self.paused, self.small) = (None, 0);
                self.flood.draw();
                false
            }
            None => false,
        }
    }

    /// Hands on bytes that were read in an earlier turn.
    fn hand_on(&mut self, into: &mut ReadBuf<'_>) {
        let mut rest = std::mem::take(&mut self.rest);
        let now = rest.len().min(into.remaining());
        let now = self.count(&rest[..now]);
        into.put_slice(&rest[..now]);
        rest.advance(now);
        self.rest = rest;
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Pieces<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if let Some(telling) = &mut this.telling {
            ready!(telling.as_mut().poll(cx));
            this.telling = None;
        }
        if this.is_paused() {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        if !this.rest.is_empty() {
            this.hand_on(into);
            return Poll::Ready(Ok(()));
        }
        let before = into.filled().len();
        let length = into.remaining().min(READ);
        let mut part = ReadBuf::new(into.initialize_unfilled_to(length));
        ready!(Pin::new(&mut this.io).poll_read(cx, &mut part))?;
        let read = part.filled().len();
        into.advance(read);
        let now = this.count(&into.filled()[before..]);
        this.rest.extend_from_slice(&into.filled()[before + now..]);
        into.set_filled(before + now);
        Poll::Ready(Ok(()))
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Pieces<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(cx, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

/// The progress in a row of frames.
#[derive(Default)]
struct Heads {
    /// How much of the preface has come.
    preface: usize,
    /// True if the connection is no HTTP/2.
    is_other: bool,
    head: [u8; HEAD],
    have: usize,
    /// How much of a frame is still to come.
    left: usize,
}

impl Heads {
    /// The length of the next piece of a request that is not its last one; `None` at the end of the
    /// bytes. A padded piece counts as a small one, whatever its length.
    fn next(&mut self, bytes: &[u8], at: &mut usize) -> Option<usize> {
        while !self.is_other && self.preface < PREFACE.len() {
            self.is_other = *bytes.get(*at)? != PREFACE[self.preface];
            (*at, self.preface) = (*at + 1, self.preface + 1);
        }
        while !self.is_other {
            let skipped = self.left.min(bytes.len() - *at);
            (*at, self.left) = (*at + skipped, self.left - skipped);
            self.head[self.have] = *bytes.get(*at)?;
            (*at, self.have) = (*at + 1, self.have + 1);
            if self.have < HEAD {
                continue;
            }
            let [a, b, c, kind, flags, ..] = self.head;
            let length = u32::from_be_bytes([0, a, b, c]) as usize;
            (self.have, self.left) = (0, length);
            if kind == DATA && flags & END_STREAM == 0 {
                return Some(if flags & PADDED == 0 { length } else { 1 });
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(length: u8, kind: u8, flags: u8) -> Vec<u8> {
        let mut frame = vec![0, 0, length, kind, flags, 0, 0, 0, 1];
        frame.resize(HEAD + usize::from(length), 7);
        frame
    }

    #[test]
    fn pieces_are_found_however_they_were_cut() {
        let frames = [
            frame(5, 1, 4),
            frame(10, DATA, 0),
            frame(0, DATA, 0),
            frame(200, DATA, PADDED),
            frame(3, DATA, END_STREAM),
            frame(255, DATA, 0),
        ];
        let input = [PREFACE, &frames.concat()].concat();
        for size in [1, 2, 8, 9, 10, 1000] {
            let (mut heads, mut found) = (Heads::default(), Vec::new());
            for bytes in input.chunks(size) {
                let mut at = 0;
                while let Some(piece) = heads.next(bytes, &mut at) {
                    found.push(piece);
                }
                assert_eq!(at, bytes.len());
            }
            assert_eq!(found, [10, 0, 1, 255], "{size}");
        }
    }

    #[test]
    fn what_is_no_http2_is_not_looked_through() {
        let input = [&b"POST /v1/x HTTP/1.1\r\n\r\n"[..], &frame(10, DATA, 0).repeat(300)].concat();
        assert_eq!(Pieces::new((), Flood::default()).count(&input), input.len());
    }

    #[test]
    fn after_some_hundred_small_pieces_the_connection_has_another_turn() {
        let flood = Flood::default();
        let mut pieces = Pieces::new((), flood.clone());
        let (one, most) = (frame(5, DATA, 0).len(), PER_TURN);
        let input = [PREFACE, &frame(5, DATA, 0).repeat(most + 1)].concat();
        let now = pieces.count(&input);
        assert_eq!(now, PREFACE.len() + most * one - 5, "up to the head of the last one");
        assert!(pieces.is_paused() && pieces.is_paused());
        flood.turn();
        assert!(!pieces.is_paused());
        assert_eq!(pieces.count(&input[now..]), input.len() - now);
    }
}
