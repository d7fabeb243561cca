//! A connection ends if its peer takes nothing of what is sent to it: what waits to be sent lies in
//! memory, and no call's deadline applies once its answer has begun.

use std::{
    io::{self, ErrorKind, IoSlice},
    net::IpAddr,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Sleep, sleep},
};

use crate::metrics;

/// Bytes that wait in the kernel to be sent before it takes no more. Left to itself it takes
/// megabytes, and takes more only once a third of them has gone: a peer that reads steadily, but
/// slowly, would look as if it took nothing. A fast one has none waiting.
#[cfg(target_os = "linux")]
const UNSENT: u32 = 64 * 1024;

/// Has the kernel say soon that a peer has taken something.
pub(crate) fn tell_soon(tcp: &TcpStream) {
    #[cfg(target_os = "linux")]
    if let Err(error) = socket2::SockRef::from(tcp).set_tcp_notsent_lowat(UNSENT) {
        tracing::debug!("a connection's unsent bytes are not bounded: {error}");
    }
    #[cfg(not(target_os = "linux"))]
    let _ = tcp;
}

/// A connection that ends once a write has waited for `longest`.
pub(crate) struct Stall<T> {
    io: T,
    longest: Duration,
    peer: IpAddr,
    /// Runs while a write waits.
    waiting: Option<Pin<Box<Sleep>>>,
}

impl<T> Stall<T> {
    pub(crate) fn new(io: T, longest: Duration, peer: IpAddr) -> Self {
        Self { io, longest, peer, waiting: None }
    }

    fn seen<R>(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<R>>,
    ) -> Poll<io::Result<R>> {
        if written.is_ready() {
            self.waiting = None;
            return written;
        }
        let longest = self.longest;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(sleep(longest)));
        match waiting.as_mut().poll(cx) {
            Poll::Ready(()) => {
                metrics::UNREAD.add(1, ["connection"]);
                tracing::info!(peer = %self.peer, "a connection was cut: its peer takes nothing");
                Poll::Ready(Err(ErrorKind::TimedOut.into()))
            }
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Stall<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, into)
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Stall<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write(cx, bytes);
        self.seen(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write_vectored(cx, bytes);
        self.seen(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.io).poll_flush(cx);
        self.seen(cx, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut = Pin::new(&mut self.io).poll_shutdown(cx);
        self.seen(cx, shut)
    }
}
