//! The two upstream feeds as they come in, each into the inbox and from there into the projections.

mod append;
mod head;
mod inbox;
#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use mpp_client::Channel;
use mpp_core::{Backoff, Reason, Result};
use mpp_resource::copy::{self, Copy};
use mpp_rpc::follow::Follower;
use mpp_store::{Actor, Db, Filter, LastProof, ProofPace};
use tokio::{
    sync::Notify,
    time::{sleep, timeout},
};

use crate::{model::Upstream, store};
pub use append::rebuild;
pub use head::listen;
use inbox::Inbox;

/// Follows the upstream feeds.
pub struct Follow {
    /// Reporting's own database.
    pub db: Db,
    /// The two upstreams, in the order of [`Upstream::ALL`].
    pub channels: [Channel; 2],
    /// Wakes the own replica's memory.
    pub wake: Arc<Notify>,
    /// After this silence a feed is noted as not connected.
    pub silence: Duration,
    /// When the copies were last compared, in the order of [`Upstream::ALL`].
    pub proofs: [LastProof; 2],
    /// How often they are read again.
    pub pace: ProofPace,
}

impl Follow {
    /// Follows one feed, anew after each failure, until a newer replica projects; where it is
    /// `alone`, without one, it goes on with what the newer one has projected.
    pub async fn run(&self, feed: Upstream, alone: bool) {
        let mut backoff = self.db.backoff();
        loop {
            if let Err(error) = self.until_failure(feed, alone, &mut backoff).await {
                if error.reason() == Reason::NewerForm {
                    return;
                }
                let context = error.context().map(ToString::to_string);
                tracing::warn!(feed = feed.as_str(), %error, context, "projecting starts again");
            }
            sleep(backoff.pause()).await;
        }
    }

    async fn until_failure(
        &self,
        feed: Upstream,
        alone: bool,
        backoff: &mut Backoff,
    ) -> Result<()> {
        let mut copy =
            open(&self.db, feed, alone, (self.pace, &self.proofs[feed as usize])).await?;
        let channel = self.channels[feed as usize].clone();
        let position = copy.position().cloned();
        let mut follower = Follower::new(feed.as_str(), channel, filter(feed), position)
            .measured_for(self.db.name(), self.db.clock());
        loop {
            match timeout(self.silence, follower.next()).await {
                Ok(event) => {
                    copy.apply(event).await?;
                    backoff.reset();
                    copy.start_again_where_it_differs(&mut follower);
                    if !copy.shelf().take_noted() {
                        store::note_feed(&self.db, feed, true).await?;
                    }
                }
                Err(_) => store::note_feed(&self.db, feed, false).await?,
            }
            self.wake.notify_one();
        }
    }
}

/// The copy goes on where the inbox stands. Every bookmark is written, so that reports show a feed
/// as fresh as it is.
async fn open(
    db: &Db,
    feed: Upstream,
    alone: bool,
    (pace, proof): (ProofPace, &LastProof),
) -> Result<Copy<Inbox>> {
    let options = copy::Options {
        feed: feed.as_str(),
        by: writer(),
        bookmark_every: Duration::ZERO,
        pace,
        proof: proof.clone(),
    };
    Copy::open(db.clone(), options, Inbox::new(feed, alone)).await
}

fn filter(feed: Upstream) -> Filter {
    let kinds = feed.kinds().iter().map(|kind| (*kind).to_owned()).collect();
    Filter { kinds, ..Filter::default() }
}

/// The writer that the database notes.
pub fn writer() -> Actor {
    Actor { origin: "feed".into(), subject: store::SUBJECT.into() }
}
