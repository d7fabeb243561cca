//! The numbers of a feed that an operator may question. How long it is kept is each service's own
//! (`feed_days`, see `retention.rs`).

use std::time::Duration;

use super::{FeedOptions, ProofPace};

mpp_core::policy! {
    /// How a service's change feed is kept and told.
    pub struct FeedPolicy {
        /// Bytes of the latest changes that each replica keeps in memory; a follower that is
        /// further behind reads the database until it meets them. Fewer send more followers to the
        /// database, more take memory. Chosen, not measured.
        ring_bytes: usize = 33_554_432 in 65_536..=4_294_967_296,
        /// Bytes of one message to a follower; a single larger record still goes out alone. Clients
        /// take 4 MiB by default. Fewer cost more messages, more hold more for each slow follower.
        /// Chosen, not measured.
        message_bytes: usize = 262_144 in 4_096..=3_145_728,
        /// Milliseconds between two looks of a replica that nobody has woken: how late it may be
        /// where a notification is lost. Each look is a question to the database. Chosen, not
        /// measured.
        poll_millis: u64 = 500 in 10..=60_000,
        /// Seconds that a follower stays without a sign of life: a bookmark tells it that nothing
        /// has changed. Longer tells a follower later that its feed is silent, and must fit what
        /// followers tolerate (`feed_silence_seconds`); shorter sends messages for nothing. Chosen,
        /// not measured.
        bookmark_seconds: u64 = 3 in 1..=60,
        /// Milliseconds after which a follower that asks for it (`prompt`) is told of transactions
        /// that hold nothing for it: the suite's services do, whose calls wait for their copies.
        /// Longer makes those calls wait, shorter sends more messages. Chosen, not measured.
        prompt_bookmark_millis: u64 = 250 in 10..=60_000,
        /// Seconds that a follower may take for one message of the initial state before it is cut,
        /// since the state's snapshot waits for it. Shorter cuts followers on slow networks, longer
        /// keeps old rows from being tidied away. Chosen, not measured.
        stall_seconds: u64 = 30 in 1..=600,
        /// Seconds that the whole initial state may take. A follower that takes a message before
        /// each `stall_seconds` are over could otherwise hold its place, and its snapshot, for
        /// hours. Shorter cuts followers of the nation on slow networks (some 200 MB: 3 Mbit/s),
        /// longer makes those who wait for a place wait longer.
        state_seconds: u64 = 600 in 10..=86_400,
        /// The fewest seconds between two readings of the records, by which their digest in
        /// bookmarks is proven, and between two readings of a copy of another service's feed. A
        /// longer pause finds a spoilt record later. Chosen, not measured.
        proof_seconds: u64 = 10 in 1..=86_400,
        /// Such readings may take one part in so many of the time: with many records they come less
        /// often, and take little from other work.
        proof_part: u32 = 50 in 1..=100_000,
        /// Seconds that a service may take to read everything that it keeps anew, where somebody
        /// wants to compare copies (`mpp doctor`). It says what it has not read by then. Less than
        /// `call_seconds` of `[server]`, which would end the call without an answer.
        compare_seconds: u64 = 25 in 1..=3_600,
        /// Initial states, and pages of followers that are behind, that a replica reads at a time:
        /// each takes a connection to the database. Fewer make followers wait for each other, more
        /// take connections from reads. Chosen, not measured.
        concurrent_reads: usize = 4 in 1..=64,
    }
}

impl FeedPolicy {
    /// The bounds of a feed.
    pub fn options(&self) -> FeedOptions {
        FeedOptions {
            ring_bytes: self.ring_bytes,
            message_bytes: self.message_bytes,
            poll_interval: Duration::from_millis(self.poll_millis),
            bookmark_interval: Duration::from_secs(self.bookmark_seconds),
            prompt_interval: Duration::from_millis(self.prompt_bookmark_millis),
            stall: Duration::from_secs(self.stall_seconds),
            state_limit: Duration::from_secs(self.state_seconds),
            proof: self.proof_pace(),
            compare_limit: Duration::from_secs(self.compare_seconds),
            concurrent_reads: self.concurrent_reads,
        }
    }

    /// How often records are read again.
    pub fn proof_pace(&self) -> ProofPace {
        ProofPace { least: Duration::from_secs(self.proof_seconds), part: self.proof_part }
    }
}

impl Default for FeedOptions {
    fn default() -> Self {
        FeedPolicy::default().options()
    }
}

impl Default for ProofPace {
    fn default() -> Self {
        FeedPolicy::default().proof_pace()
    }
}
