//! The bounds of a server, as its parts want them.

use std::time::Duration;

/// Bounds of everything that peers could otherwise pile up; `ServerPolicy` says what each is for,
/// and why its number is as it is.
///
/// A message's size is bounded by tonic itself, at 4 MiB, unless a service says otherwise.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Calls in progress.
    pub calls: usize,
    /// Calls of one caller.
    pub calls_per_caller: usize,
    /// Reads that wait for a revision.
    pub waits: usize,
    /// Waits of one caller.
    pub waits_per_caller: usize,
    /// Places that are kept for administrators: so many each of calls, waits and streams.
    pub reserve: usize,
    /// Longest time for a call, and for a stream until its answer begins.
    pub call_time: Duration,
    /// Reads that one caller may begin in a minute.
    pub reads_per_minute: u32,
    /// The same for writes.
    pub writes_per_minute: u32,
    /// The same for streams.
    pub streams_per_minute: u32,
    /// Streams that are open at the same time.
    pub streams: usize,
    /// Streams of one caller.
    pub streams_per_caller: usize,
    /// Whole states that are read at the same time.
    pub initial_states: usize,
    /// Those of them that only services of the suite and administrators get.
    pub initial_states_reserved: usize,
    /// Initial states of one caller.
    pub initial_states_per_caller: usize,
    /// Bytes of a compressed message once it is unpacked.
    pub unpacked_bytes: usize,
    /// Small pieces that one stream may send before they are read.
    pub small_pieces: usize,
    /// Longest time for a stream.
    pub stream_time: Duration,
    /// Calls and streams on one connection.
    pub streams_per_connection: u32,
    /// Connections that are open at the same time.
    pub connections: usize,
    /// Connections from one address.
    pub connections_per_address: usize,
    /// How long a peer may take for the first byte, and for the TLS handshake.
    pub handshake: Duration,
    /// How long a connection may take until its first call.
    pub first_call: Duration,
    /// After this a connection takes no more calls.
    pub connection_age: Duration,
    /// How long the calls of such a connection may still go on.
    pub last_calls: Duration,
    /// Headers of one call, in bytes.
    pub header_bytes: u32,
    /// How long a peer may leave all bytes that are sent to it unread.
    pub unread: Duration,
    /// A peer that is silent for this long is pinged.
    pub keepalive: Duration,
}
