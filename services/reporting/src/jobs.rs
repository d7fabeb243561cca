//! Background work that one replica does for all of them under a lease: projecting.
//!
//! The lease keeps the others from doing the same work. Each feed's position ensures that nothing
//! counts twice: it is compared and moved in the transaction that appends.

use std::time::Duration;

use mpp_store::{Db, Feed, Lease};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{follow::Follow, model::Upstream, policy::Policy};

/// The leased job.
const JOB: &str = "project";

/// Projects whenever this replica holds the lease, until `shutdown`; then the next may go on at
/// once.
pub async fn project(db: Db, follow: Follow, lease: Duration, shutdown: CancellationToken) {
    let mut lease = Lease::new(db, JOB, &Uuid::now_v7().to_string(), lease);
    let _ = shutdown.run_until_cancelled(compete(&mut lease, &follow)).await;
    lease.give_up().await;
}

/// Compacts the own feed now and then, until `shutdown`; ends with the feed.
pub async fn tidy_feed(feed: Feed, policy: Policy, shutdown: CancellationToken) {
    let holder = Uuid::now_v7().to_string();
    let tidied = async {
        loop {
            sleep(policy.feed_tidied()).await;
            if let Err(error) = feed.maintain(&policy.retention(), &holder).await {
                tracing::warn!(%error, "compaction goes on at the next run");
            }
        }
    };
    let _: Option<()> = shutdown.run_until_cancelled(tidied).await;
    feed.ended().await;
}

/// Follows both feeds whenever the lease is held.
async fn compete(lease: &mut Lease, follow: &Follow) {
    let mut backoff = follow.db.backoff();
    loop {
        match lease.take_or_renew().await {
            Ok(true) => {
                let alone = lease.is_left_alone();
                let left = tokio::select! {
                    () = follow.run(Upstream::Registry, alone) => true,
                    () = follow.run(Upstream::Scheduling, alone) => true,
                    () = lease.until_lost() => false,
                };
                tracing::warn!(to_a_newer_one = left, "another replica projects now");
                if left {
                    lease.give_way().await;
                }
            }
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(%error, "the lease of projecting cannot be taken; trying again");
                sleep(backoff.pause()).await;
                continue;
            }
        }
        backoff.reset();
        sleep(lease.renewal()).await;
    }
}
