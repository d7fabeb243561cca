//! The numbers of a client.

use std::time::Duration;

use mpp_core::Backoff;

/// The longest pause of a follower whose server answers, and will take calls again in a while: it
/// is there, so that it is asked more often than one that cannot be reached.
pub(crate) const LONGEST_ASKED: Duration = Duration::from_secs(1);
/// Most changes of one transaction that a follower gathers; the suite's own are far smaller. It
/// bounds the memory that a server without end could take.
pub(crate) const MOST_PENDING: usize = 250_000;

/// How patient a client is, and how insistent. The defaults suit a service or an app; give others
/// to [`connect_with`](crate::connect_with).
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Deadline of a call that sets none (`Request::set_timeout`); all tries share it. A stream has
    /// none.
    pub deadline: Duration,
    /// How long a connection may take to come about.
    pub connect: Duration,
    /// How long an idle connection is trusted before it is pinged; servers allow 20 s.
    pub keepalive: Duration,
    /// How often a call is sent at most.
    pub tries: u32,
    /// The pause before the second try; each further one doubles it. Between half and all of it is
    /// waited, so that the callers of a server that comes back do not come at once.
    pub first_pause: Duration,
    /// The longest pause, unless the server's `RetryInfo` asks for a longer one.
    pub longest_pause: Duration,
    /// The retry budget: repeats that may come at once. Each takes one out, and ten calls that went
    /// well put one back. So where everything fails, a server that is down gets a tenth more calls,
    /// and not several times as many.
    pub spare_repeats: u32,
    /// True to make a request id for a write that has none, so that it may be repeated.
    pub request_ids: bool,
    /// For how long after a write reads ask for its revision (`min_revision`). Replicas are some
    /// milliseconds apart. A service that was restored to before the write refuses such a read,
    /// which is then sent without it. Zero asks for nothing.
    pub own_writes: Duration,
    /// How often a host's name is resolved again.
    pub resolve: Duration,
    /// How long a replica that cannot be reached is passed over.
    pub rest: Duration,
    /// How long before its end a token that a [`TokenSource::Ask`](crate::TokenSource::Ask) gave is
    /// renewed.
    pub renew: Duration,
    /// How long a feed may be silent before a [`Follower`](crate::Follower) connects again; feeds
    /// bookmark every few seconds.
    pub feed_silence: Duration,
    /// How far apart a [`Follower`](crate::Follower) that gathers changes hands them over, while
    /// they come without a pause.
    pub feed_pace: Duration,
}

impl Settings {
    /// The pauses between tries.
    pub fn backoff(&self) -> Backoff {
        Backoff::new(self.first_pause, self.longest_pause)
    }
}
