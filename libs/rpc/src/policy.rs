//! The numbers of a server that an operator may question.

use std::time::Duration;

use mpp_core::Micros;

use crate::Limits;

mpp_core::policy! {
    /// The bounds of everything that callers could otherwise pile up.
    ///
    /// Every bound that all callers share has a share for each of them, and none gets more than is
    /// still free for all (see `shares.rs`): one that takes all it can still leaves a newcomer a
    /// place.
    pub struct ServerPolicy {
        /// Calls in progress, over all connections; more are refused at once. Fewer refuse in a
        /// busy hour, more make all of them slow before any is refused. Chosen, not measured.
        calls: usize = 1_024 in 1..=1_000_000,
        /// Calls in progress of one caller, or of one network without an identity; a stream counts
        /// until its answer begins. Fewer than `calls`, so that one caller cannot take every place.
        calls_per_caller: usize = 256 in 1..=1_000_000,
        /// Reads that wait until their replica shows the revision that they ask for, counted apart
        /// from calls in progress: one that waits holds some kilobytes and no processor, and a
        /// revision may be one that never comes. More are refused at once.
        waits: usize = 1_024 in 1..=1_000_000,
        /// Such waits of one caller. A replica lags by milliseconds, so that a portal with a
        /// thousand reads a second has a few dozen.
        waits_per_caller: usize = 128 in 1..=1_000_000,
        /// How many places each for calls, waits and streams are kept for administrators, who have
        /// to get in when nobody else does; as many health calls are served besides.
        reserve: usize = 64 in 1..=1_000_000,
        /// Seconds that a call which is not a stream may take, and a stream until its answer
        /// begins. Shorter cuts calls that have much to do, longer lets one that hangs hold its
        /// place. Chosen, not measured.
        call_seconds: u64 = 30 in 1..=3_600,
        /// Calls that change nothing: how many one caller may begin in a minute, all at once if it
        /// likes; 0 is no bound. A program in an endless loop gets there, a busy portal does not.
        reads_per_minute: u32 = 300_000 in 0..=1_000_000_000,
        /// The same for every other call. The nation's bookings at their peak are some 300 a
        /// second.
        writes_per_minute: u32 = 30_000 in 0..=1_000_000_000,
        /// The same for streams (watches, syncs) that one caller may open. A hundred a second: only
        /// a client that opens streams and loses them in a loop gets there.
        streams_per_minute: u32 = 6_000 in 0..=1_000_000_000,
        /// Streams that are open, over all connections; each holds some ten kilobytes.
        streams: usize = 8_192 in 1..=1_000_000,
        /// Streams that one caller may hold open, or one network without an identity.
        streams_per_caller: usize = 64 in 1..=1_000_000,
        /// Whole states (`initial_state` of a watch) that are read at the same time; more wait for
        /// their turn, callers one after the other. Each holds a connection to the database, which
        /// keeps `reading_connections` of `[database]` for reading, and one more state is for the
        /// replica's own memory (`concurrent_reads` of `[feed]`, one more than this). How long each
        /// may last is `state_seconds` there.
        initial_states: usize = 3 in 2..=5,
        /// Those of them that only services of the suite get: a service that waits behind slow
        /// readers is late for everybody. At least one is for the others, administrators too.
        initial_states_reserved: usize = 1 in 0..=4,
        /// Initial states of one caller at the same time, so that a slow reader does not hold up
        /// all others; at least one is left to others.
        initial_states_per_caller: usize = 1 in 1..=4,
        /// Bytes that a message which came compressed may have once it is unpacked: a few bytes
        /// could become gigabytes. As many as one that came uncompressed may have.
        unpacked_bytes: usize = 4_194_304 in 65_536..=67_108_864,
        /// Pieces (DATA frames) of fewer than 256 bytes that one stream may send before they are
        /// read; with more the call is refused. A client that sends a message in one piece, and
        /// waits for answers, has some dozens.
        small_pieces: usize = 1_024 in 64..=1_000_000,
        /// Seconds that a stream may last, so that what was checked at its beginning is checked
        /// again: whose it is, and what its caller may do. Followers connect again and go on.
        stream_seconds: u64 = 21_600 in 10..=604_800,
        /// Calls and streams on one connection. Fewer make clients open more connections, more let
        /// one hold more. Chosen, not measured.
        streams_per_connection: u32 = 256 in 1..=100_000,
        /// Connections; more wait in the kernel. Each holds a socket and some kilobytes. Chosen,
        /// not measured.
        connections: usize = 4_096 in 1..=1_000_000,
        /// Connections from one address, or one network of IPv6; more are closed at once, so that
        /// one cannot take every place. A proxy is one address, too.
        connections_per_address: usize = 2_048 in 1..=1_000_000,
        /// Seconds that a peer may take for its first byte, and again for the TLS handshake.
        /// Shorter cuts slow networks, longer lets a peer that says nothing hold a connection.
        /// Chosen, not measured.
        handshake_seconds: u64 = 10 in 1..=600,
        /// Seconds that a connection may take until its first call, so that half-open ones do not
        /// pile up; one that is closed meanwhile in good order is opened again by its next call.
        first_call_seconds: u64 = 60 in 1..=3_600,
        /// Seconds after which a connection takes no more calls, so that callers spread over new
        /// replicas and certificates are looked at again.
        connection_seconds: u64 = 3_600 in 10..=604_800,
        /// Seconds that the calls of a connection that takes no more may still go on before it is
        /// cut. Fewer than `stream_seconds` cut streams before they have been told to go on
        /// elsewhere.
        last_calls_seconds: u64 = 21_660 in 1..=691_200,
        /// Headers of one call, in bytes. A token with many namespaces needs some of them; more let
        /// a call hold more before anybody knows whose it is. Chosen, not measured.
        header_bytes: u32 = 16_384 in 4_096..=1_048_576,
        /// Seconds for which a peer may take nothing of what is sent to it; then its connection is
        /// cut or, if it does not take one answer over HTTP/2, that stream is reset. Shorter cuts
        /// slow networks, longer keeps what was written to a lost peer. Chosen, not measured.
        unread_seconds: u64 = 30 in 1..=3_600,
        /// Seconds of silence after which a peer is pinged; it is cut if it stays silent as long
        /// again. Shorter costs pings, longer counts those who are gone for longer. Chosen, not
        /// measured.
        keepalive_seconds: u64 = 20 in 1..=3_600,
        /// Seconds by which the clocks of a token's issuer and of the server may differ: a token
        /// holds so much longer, and so much earlier. Machines with NTP are within one.
        token_leeway_seconds: u32 = 30 in 0..=600,
    }
}

mpp_core::policy! {
    /// When a server counts as well, for probes and for writes.
    pub struct HealthPolicy {
        /// Milliseconds that a fault must last before it counts, so that a short one does not make
        /// balancers flap; its end counts at once.
        fault_counts_millis: u64 = 2_000 in 0..=60_000,
        /// Milliseconds between two looks at the database. A longer pause notices late that it is
        /// away, a shorter one asks it more often. Chosen, not measured.
        look_millis: u64 = 2_000 in 100..=60_000,
        /// The same while it is away: calls are refused until it is found to be back. And the least
        /// time between two looks, where somebody finds a connection to be of no use. Shorter
        /// burdens one that comes back, longer refuses calls that it could answer. Chosen, not
        /// measured.
        look_again_millis: u64 = 300 in 10..=60_000,
        /// Milliseconds by which a clock may be off; it is right again once it is half as near, so
        /// that one at the limit does not come and go. Fewer take a replica out for a hiccup of its
        /// time service, more let replicas tell different times. Chosen, not measured.
        clock_off_millis: u32 = 2_000 in 100..=60_000,
        /// Seconds after which a clock that was set, and stays so, was set right: by NTP, on a
        /// machine that keeps no time while it is off.
        clock_settles_seconds: u32 = 600 in 10..=86_400,
        /// Seconds that a copy of another service's feed counts as ready while nothing is heard of
        /// that, so that one service's restart does not take its followers with it. Longer calls a
        /// copy ready that is long out of date. Chosen, not measured.
        feed_away_seconds: u64 = 60 in 1..=3_600,
    }
}

impl ServerPolicy {
    /// The bounds of a server.
    pub fn limits(&self) -> Limits {
        let seconds = Duration::from_secs;
        Limits {
            calls: self.calls,
            calls_per_caller: self.calls_per_caller,
            waits: self.waits,
            waits_per_caller: self.waits_per_caller,
            reserve: self.reserve,
            call_time: seconds(self.call_seconds),
            reads_per_minute: self.reads_per_minute,
            writes_per_minute: self.writes_per_minute,
            streams_per_minute: self.streams_per_minute,
            streams: self.streams,
            streams_per_caller: self.streams_per_caller,
            initial_states: self.initial_states,
            initial_states_reserved: self.initial_states_reserved,
            initial_states_per_caller: self.initial_states_per_caller,
            unpacked_bytes: self.unpacked_bytes,
            small_pieces: self.small_pieces,
            stream_time: seconds(self.stream_seconds),
            streams_per_connection: self.streams_per_connection,
            connections: self.connections,
            connections_per_address: self.connections_per_address,
            handshake: seconds(self.handshake_seconds),
            first_call: seconds(self.first_call_seconds),
            connection_age: seconds(self.connection_seconds),
            last_calls: seconds(self.last_calls_seconds),
            header_bytes: self.header_bytes,
            unread: seconds(self.unread_seconds),
            keepalive: seconds(self.keepalive_seconds),
        }
    }

    /// How far the clocks of issuer and server may differ.
    pub fn token_leeway(&self) -> Duration {
        Duration::from_secs(self.token_leeway_seconds.into())
    }
}

impl Default for Limits {
    fn default() -> Self {
        ServerPolicy::default().limits()
    }
}

impl HealthPolicy {
    /// How long a fault must last before it counts.
    pub fn fault_counts(&self) -> Duration {
        Duration::from_millis(self.fault_counts_millis)
    }

    /// How long to wait before the next look at a database that is well, or is not.
    pub fn next_look(&self, well: bool) -> Duration {
        Duration::from_millis(if well { self.look_millis } else { self.look_again_millis })
    }

    /// The most that a clock may be off.
    pub fn clock_off(&self) -> Micros {
        Micros::from(self.clock_off_millis) * 1_000
    }

    /// When a clock that was set counts as right.
    pub fn clock_settles(&self) -> Micros {
        Micros::from(self.clock_settles_seconds) * 1_000_000
    }

    /// How long a copy is ready while its feed is away.
    pub fn feed_away(&self) -> Duration {
        Duration::from_secs(self.feed_away_seconds)
    }
}
