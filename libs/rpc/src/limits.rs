//! The bounds of a server.

use std::time::Duration;

/// Bounds of everything that peers could otherwise pile up.
///
/// What all callers share has a share for each, and none of them has more than is still free for
/// all (see `shares.rs`): whoever takes all it can still leaves a newcomer a place.
///
/// A message's size is bounded by tonic itself, at 4 MiB, unless a service says otherwise.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Calls in progress, over all connections; more are refused at once.
    pub calls: usize,
    /// Calls in progress of one caller, or of one network without an identity; a stream counts
    /// until its answer begins. Fewer than `calls`, so that one caller cannot take every place.
    pub calls_per_caller: usize,
    /// Reads that wait until their replica shows the revision that they ask for, counted apart from
    /// calls in progress: one that waits holds some kilobytes and no processor, and a revision may
    /// be one that never comes. More are refused at once.
    pub waits: usize,
    /// Such waits of one caller. A replica lags by milliseconds, so that a portal with a thousand
    /// reads a second has a few dozen.
    pub waits_per_caller: usize,
    /// How many of the places for calls, for waits and for streams are kept for administrators
    /// each, who have to get in where all others do not; as many calls of health are served beside
    /// all.
    pub reserve: usize,
    /// Longest time for a call that is not a stream, and for a stream until its answer begins.
    pub call_time: Duration,
    /// Calls that change nothing which one caller may begin in a minute, all at once if it likes;
    /// 0 is no bound. A program in an endless loop gets there, a busy portal does not.
    pub reads_per_minute: u32,
    /// The same for every other call. The nation's bookings at their peak are some 300 a second.
    pub writes_per_minute: u32,
    /// The same for streams (watches, syncs) that one caller may open.
    pub streams_per_minute: u32,
    /// Streams that are open, over all connections; each holds some ten kilobytes.
    pub streams: usize,
    /// Streams that one caller may hold open, or one network without an identity.
    pub streams_per_caller: usize,
    /// Whole states (`initial_state` of a watch) that are read at the same time; more wait for
    /// their turn, callers one after the other. Each holds a connection to the database, which
    /// keeps six for reading, and one more state is for the replica's own memory.
    pub initial_states: usize,
    /// Those of one caller at the same time, so that a slow reader does not hold up all others.
    pub initial_states_per_caller: usize,
    /// Bytes that a message which came compressed may have once it is unpacked: a few bytes could
    /// become gigabytes. As many as one that came as it is.
    pub unpacked_bytes: usize,
    /// Pieces (DATA frames) of fewer than 256 bytes that one stream may send before they are read;
    /// with more the call is refused. A client that sends a message in one piece, and waits for
    /// answers, has some dozens.
    pub small_pieces: usize,
    /// Longest time for a stream, so that what was checked at its beginning is checked again: whose
    /// it is, and what they may. Followers connect again and go on.
    pub stream_time: Duration,
    /// Calls and streams on one connection.
    pub streams_per_connection: u32,
    /// Connections; more wait in the kernel.
    pub connections: usize,
    /// Connections from one address, or one network of IPv6; more are closed at once, so that one
    /// cannot take every place. A proxy is one address, too.
    pub connections_per_address: usize,
    /// How long a connection may take until its first call, so that half-open ones do not pile
    /// up; one that is closed meanwhile in good order is opened again by its next call.
    pub first_call: Duration,
    /// After this a connection takes no more calls, so that callers spread over new replicas and
    /// certificates are looked at again.
    pub connection_age: Duration,
    /// How long the calls of a connection that takes no more may still go on before it is cut.
    /// Less than `stream_time` cuts streams before they have been told to go on elsewhere.
    pub last_calls: Duration,
    /// Headers of one call, in bytes.
    pub header_bytes: u32,
    /// How long a peer may take nothing of what is sent to it; then its connection is cut, or,
    /// where it is one answer over HTTP/2 that it does not take, that stream is reset.
    pub unread: Duration,
    /// A peer that is silent so long is pinged, and cut if it stays silent as long again.
    pub keepalive: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            calls: 1024,
            calls_per_caller: 256,
            waits: 1024,
            waits_per_caller: 128,
            reserve: 64,
            call_time: Duration::from_secs(30),
            reads_per_minute: 300_000,
            writes_per_minute: 30_000,
            streams_per_minute: 6_000,
            streams: 8192,
            streams_per_caller: 64,
            initial_states: 2,
            initial_states_per_caller: 1,
            unpacked_bytes: 4 * 1024 * 1024,
            small_pieces: 1024,
            stream_time: Duration::from_secs(6 * 3600),
            streams_per_connection: 256,
            connections: 4096,
            connections_per_address: 2048,
            first_call: Duration::from_secs(60),
            connection_age: Duration::from_secs(3600),
            last_calls: Duration::from_secs(6 * 3600 + 60),
            header_bytes: 16 * 1024,
            unread: Duration::from_secs(30),
            keepalive: Duration::from_secs(20),
        }
    }
}
