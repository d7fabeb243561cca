//! Metrics of the shell.

use mpp_core::{Reason, Role};

mpp_telemetry::metrics! {
    /// How long calls took, streams included.
    CALLS: Seconds = "rpc.server.call.duration" in "s"
        by ["rpc.system.name", "rpc.method", "rpc.response.status_code", "error.type"];
    /// Calls that a limit refused, by what they were (`reads`, `writes`, `streams`) and by the
    /// highest role of their caller; `address` has no identity. Never by name: the log has that.
    REFUSED: Counter = "mpp.rpc.refused" in "{call}" by ["reason", "class", "caller"];
    /// Writes that were refused at once since none are taken now: the database is away, full or
    /// read-only, or the clock is off (`/readyz/write` says which).
    WRITES_NOT_TAKEN: Counter = "mpp.rpc.writes_not_taken" in "{call}" by [];
    /// Connections that were closed at once, since their address held all that one may.
    TURNED_AWAY: Counter = "mpp.rpc.connections_turned_away" in "{connection}" by [];
    /// What was cut since its peer took nothing of it for `unread_seconds`: a `connection`, or a
    /// `stream` of one over HTTP/2.
    UNREAD: Counter = "mpp.rpc.unread" in "{cut}" by ["what"];
    /// How far this machine's clock is ahead of the database's; on SQLite, ahead of its own earlier
    /// readings and of the newest commit.
    CLOCK_OFFSET: Gauge = "mpp.clock.offset" in "s" by ["service"];
    /// 1 while a feed is followed, 0 while it is not.
    FOLLOWER_CONNECTED: Gauge = "mpp.follower.connected" in "" by ["feed", "follower"];
    /// The last revision of a feed that its follower has taken in. It lacks the revisions between
    /// this one and `mpp_feed_head` of the same feed.
    FOLLOWER_REVISION: Gauge = "mpp.follower.revision" in "{revision}" by ["feed", "follower"];
    /// The age of a follower's copy of a feed: since the commit of the last change that it has
    /// taken in, or since it last heard that there was none.
    FOLLOWER_LAG: Gauge = "mpp.follower.lag" in "s" by ["feed", "follower"];
    /// How often a follower had a position and had to start again with the whole state.
    FOLLOWER_RESETS: Counter = "mpp.follower.resets" in "{reset}" by ["feed", "follower"];
    /// Positions of followers that a feed refused, or followers that it cut off, by the reason.
    POSITIONS_REFUSED: Counter = "mpp.feed.positions_refused" in "{position}" by ["feed", "reason"];
}

/// The reasons with which limits refuse.
pub(crate) const LIMITS: [Reason; 4] =
    [Reason::RateLimited, Reason::LimitReached, Reason::Overloaded, Reason::TooLarge];
/// The role that a call without an identity is counted under.
pub(crate) const ADDRESS: &str = "address";
/// The reasons with which a feed lets a follower down.
const LET_DOWN: [Reason; 4] = [
    Reason::LineageChanged,
    Reason::RevisionCompacted,
    Reason::InvalidResumeToken,
    Reason::WatchTooSlow,
];

/// Begins every server's counters at zero.
pub(crate) fn begin() {
    TURNED_AWAY.begin([[""; 0]]);
    WRITES_NOT_TAKEN.begin([[""; 0]]);
    UNREAD.begin([["connection"], ["stream"]]);
    let usual = [Role::Reader.as_str(), Role::Publisher.as_str(), Role::Service.as_str(), ADDRESS];
    for (reason, caller) in LIMITS.iter().flat_map(|limit| usual.map(|caller| (limit, caller))) {
        REFUSED.begin(["reads", "writes", "streams"].map(|class| [reason.as_str(), class, caller]));
    }
}

/// Begins a feed's counters at zero.
pub(crate) fn begin_feed(feed: &'static str) {
    POSITIONS_REFUSED.begin(LET_DOWN.map(|reason| [feed, reason.as_str()]));
}

/// Counts a follower that was let down.
pub(crate) fn let_down(feed: &'static str, reason: Reason) {
    if LET_DOWN.contains(&reason) {
        POSITIONS_REFUSED.add(1, [feed, reason.as_str()]);
    }
}
