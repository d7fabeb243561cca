//! Tells where a copy holds something else than it should.

use mpp_core::{Difference, Digest};

use crate::metrics;

/// One copy, as log and metrics name it.
#[derive(Debug)]
pub(crate) struct Differs {
    feed: &'static str,
    follower: &'static str,
    copy: &'static str,
}

impl Differs {
    /// The copy of `feed` that the service `follower` keeps in its `memory` or `database`.
    pub fn new(feed: &'static str, follower: &'static str, copy: &'static str) -> Self {
        metrics::COPY_DIFFERENCES.begin([[feed, follower, copy]]);
        Self { feed, follower, copy }
    }

    /// True where what is held differs from what should be, which is then logged and counted.
    pub fn tell(&self, held: &Digest, wanted: &Digest) -> bool {
        let found = held.differences(wanted);
        let Self { feed, follower, copy } = *self;
        for Difference { kind, held, wanted } in &found {
            metrics::COPY_DIFFERENCES.add(1, [feed, follower, copy]);
            tracing::warn!(
                feed,
                follower,
                copy,
                kind,
                held,
                wanted,
                "a copy differs from its feed"
            );
        }
        !found.is_empty()
    }
}
