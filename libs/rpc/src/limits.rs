//! The bounds of a server.

use std::time::Duration;

/// Bounds of everything that peers could otherwise pile up.
///
/// A message's size is bounded by tonic itself, at 4 MiB, unless a service says otherwise.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Calls in progress, over all connections; more are refused at once.
    pub calls: usize,
    /// Longest time for a call that is not a stream.
    pub call_time: Duration,
    /// Streams (watches, syncs) of one caller.
    pub streams_per_caller: usize,
    /// Longest time for a stream, so that what was checked at its beginning is checked again: whose
    /// it is, and what they may. Followers connect again and go on.
    pub stream_time: Duration,
    /// Calls and streams on one connection.
    pub streams_per_connection: u32,
    /// Connections; more wait in the kernel.
    pub connections: usize,
    /// How long a connection may take until its first call, so that half-open ones do not pile
    /// up; one that is closed meanwhile in good order is opened again by its next call.
    pub first_call: Duration,
    /// After this a connection takes no more calls, so that callers spread over new replicas and
    /// certificates are looked at again.
    pub connection_age: Duration,
    /// Headers of one call, in bytes.
    pub header_bytes: u32,
    /// A peer that is silent so long is pinged, and cut if it stays silent as long again.
    pub keepalive: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            calls: 1024,
            call_time: Duration::from_secs(30),
            streams_per_caller: 64,
            stream_time: Duration::from_secs(6 * 3600),
            streams_per_connection: 256,
            connections: 4096,
            first_call: Duration::from_secs(60),
            connection_age: Duration::from_secs(3600),
            header_bytes: 16 * 1024,
            keepalive: Duration::from_secs(20),
        }
    }
}
