//! The projecting replica: it holds the lease, follows both feeds and appends what they say.
//!
//! The lease keeps the others from doing the same work; that nothing counts twice does not rest on
//! it, but on the position, which is compared and moved in the transaction that appends.

use std::{sync::Arc, time::Duration};

use mpp_core::Result;
use mpp_rpc::{Channel, follow::Follower};
use mpp_store::{Db, Filter};
use tokio::{
    sync::Notify,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{copy::Copy, model::Upstream, store};

/// The leased job.
const JOB: &str = "project";
/// How long a replica that is gone keeps the others waiting.
const LEASE: Duration = Duration::from_secs(9);
/// How often the lease is renewed, or tried for.
const RENEW: Duration = Duration::from_secs(3);
/// Pause after a failed append.
const PAUSE: Duration = Duration::from_millis(500);

/// What projecting needs.
#[derive(Clone)]
pub struct Projector {
    /// Reporting's own database.
    pub db: Db,
    /// The two upstreams, in the order of [`Upstream::ALL`].
    pub channels: [Channel; 2],
    /// Wakes the own replica's memory.
    pub wake: Arc<Notify>,
    /// A feed that is silent so long is told to be disconnected.
    pub silence: Duration,
}

impl Projector {
    /// Runs until `shutdown`; then the next replica may go on at once.
    pub async fn run(self, shutdown: CancellationToken) {
        let holder = Uuid::now_v7().to_string();
        let _ = shutdown.run_until_cancelled(self.compete(&holder)).await;
        // Where it fails, the lease ends by itself.
        let _ = self.db.lease(JOB, &holder, Duration::ZERO).await;
    }

    /// Follows whenever it holds the lease.
    async fn compete(&self, holder: &str) {
        loop {
            match self.db.lease(JOB, holder, LEASE).await {
                Ok(true) => tokio::select! {
                    () = self.follow(Upstream::Registry) => {}
                    () = self.follow(Upstream::Scheduling) => {}
                    () = self.hold(holder) => tracing::warn!("another replica projects now"),
                },
                Ok(false) => {}
                Err(error) => tracing::warn!(%error, "the lease of projecting cannot be taken"),
            }
            sleep(RENEW).await;
        }
    }

    /// Renews the lease until it is lost.
    async fn hold(&self, holder: &str) {
        loop {
            sleep(RENEW).await;
            if let Ok(false) = self.db.lease(JOB, holder, LEASE).await {
                return;
            }
        }
    }

    /// Follows one feed, anew after each failure.
    async fn follow(&self, feed: Upstream) {
        loop {
            if let Err(error) = self.follow_until_failure(feed).await {
                let context = error.context().map(ToString::to_string);
                tracing::warn!(feed = feed.as_str(), %error, context, "projecting starts again");
            }
            sleep(PAUSE).await;
        }
    }

    async fn follow_until_failure(&self, feed: Upstream) -> Result<()> {
        let mut copy = Copy::open(self.db.clone(), feed).await?;
        let filter = Filter {
            kinds: feed.kinds().iter().map(|kind| (*kind).to_owned()).collect(),
            ..Filter::default()
        };
        let channel = self.channels[feed as usize].clone();
        let position = copy.position().cloned();
        let mut follower = Follower::new(feed.as_str(), channel, filter, position);
        loop {
            match timeout(self.silence, follower.next()).await {
                Ok(event) => copy.take(event).await?,
                Err(_) => store::note_feed(&self.db, feed, false).await?,
            }
            self.wake.notify_one();
        }
    }
}
