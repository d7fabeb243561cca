//! The two upstream feeds as they come in, each into the inbox and from there into the projections.

mod append;
mod head;
mod inbox;
mod rebuild;
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
    time::{Instant, sleep, timeout},
};

use crate::{
    model::{FORM, Upstream},
    store,
};
pub use head::listen;
use inbox::Inbox;
pub use rebuild::{Rebuilds, rebuild, rebuild_where_sound};

/// How long to wait before the projections are made anew once more, while nothing can be appended.
/// No setting: it is a fault that somebody has to mend, and this only keeps its tries apart.
const MADE_ANEW: Duration = Duration::from_secs(60);
/// About the most changes that one transaction appends: each costs a fraction of what a transaction
/// does, so a burst is taken in at once.
const GATHERED: usize = 500;

/// Follows the upstream feeds.
pub struct Follow {
    /// Reporting's own database.
    pub db: Db,
    /// The two upstreams, in the order of [`Upstream::ALL`].
    pub channels: [Channel; 2],
    /// Wakes this replica's own memory.
    pub wake: Arc<Notify>,
    /// After this silence a feed is noted as not connected.
    pub silence: Duration,
    /// When the copies were last compared, in the order of [`Upstream::ALL`].
    pub proofs: [LastProof; 2],
    /// How often they are read again.
    pub pace: ProofPace,
}

impl Follow {
    /// Follows one feed, anew after each failure, until a newer replica projects; if it is `alone`,
    /// without a newer one, it goes on with what that one has projected.
    pub async fn run(&self, feed: Upstream, alone: bool) {
        let mut backoff = self.db.backoff();
        let mut made_anew = None::<Instant>;
        loop {
            if let Err(error) = self.until_failure(feed, alone, &mut backoff).await {
                if error.reason() == Reason::NewerForm {
                    return;
                }
                let context = error.context().map(ToString::to_string);
                tracing::warn!(feed = feed.as_str(), %error, context, "projecting starts again");
                let long_ago = made_anew.is_none_or(|at| at.elapsed() > MADE_ANEW);
                if error.reason() == Reason::Internal && long_ago {
                    made_anew = Some(Instant::now());
                    self.make_anew(alone).await;
                }
            }
            sleep(backoff.pause()).await;
        }
    }

    /// A row that cannot be read was altered, and nothing could be added to it any more.
    async fn make_anew(&self, alone: bool) {
        if let Err(error) = rebuild_where_sound(&self.db, alone).await {
            tracing::error!(%error, "the projections are not made anew");
        }
    }

    async fn note_heard(&self, feed: Upstream, connected: bool) -> Result<()> {
        let mut tx = self.db.begin(&writer()).await?;
        store::note_feed(&mut tx, feed, connected).await?;
        tx.commit().await.map(drop)
    }

    async fn until_failure(
        &self,
        feed: Upstream,
        alone: bool,
        backoff: &mut Backoff,
    ) -> Result<()> {
        make_anew_where_older(&self.db, alone).await?;
        let mut copy =
            open(&self.db, feed, alone, (self.pace, &self.proofs[feed as usize])).await?;
        let channel = self.channels[feed as usize].clone();
        let position = copy.position().cloned();
        let mut follower = Follower::new(feed.as_str(), channel, filter(feed), position)
            .gathering(GATHERED)
            .measured_for(self.db.name(), self.db.clock());
        loop {
            match timeout(self.silence, follower.next()).await {
                Ok(event) => {
                    copy.apply(event).await?;
                    backoff.reset();
                    copy.start_again_where_it_differs(&mut follower);
                    if !copy.shelf().take_noted() {
                        self.note_heard(feed, true).await?;
                    }
                }
                Err(_) => self.note_heard(feed, false).await?,
            }
            self.wake.notify_one();
        }
    }
}

/// Rows of another program are made anew before anything is appended to them, so that the head is
/// not locked for as long as that takes.
async fn make_anew_where_older(db: &Db, alone: bool) -> Result<()> {
    let form = store::form(db).await?;
    if form < FORM || (alone && form > FORM) {
        rebuild(db, &[], alone).await?;
    }
    Ok(())
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
    Actor::new("feed", store::SUBJECT)
}
