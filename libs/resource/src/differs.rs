//! Tells where a copy holds something other than it should.

use mpp_core::{Clock, Difference, Digest};
use mpp_store::{Db, LastProof};

use crate::metrics;

/// One copy, as log and metrics name it.
#[derive(Debug)]
pub(crate) struct Differs {
    proof: LastProof,
    clock: Clock,
    feed: &'static str,
    follower: &'static str,
    copy: &'static str,
}

impl Differs {
    /// The copy of `feed` that the service `follower` keeps in its `memory` or `database`.
    pub fn new(feed: &'static str, db: &Db, copy: &'static str, proof: &LastProof) -> Self {
        let follower = db.name();
        metrics::COPY_DIFFERENCES.begin([[feed, follower, copy]]);
        Self { proof: proof.clone(), clock: db.clock().clone(), feed, follower, copy }
    }

    /// True if the digests differ; each difference is logged and counted.
    pub fn tell(&self, held: &Digest, wanted: &Digest) -> bool {
        let found = held.differences(wanted);
        let Self { feed, follower, copy, .. } = *self;
        self.proof.note(self.clock.now(), found.is_empty());
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
