//! Background work that one replica does for all of them under a lease: projecting.
//!
//! The lease keeps the others from doing the same work. That nothing counts twice is
//! ensured by each feed's position, which is compared and moved in the transaction that appends.

use std::time::Duration;

use mpp_store::Db;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{follow::Follow, model::Upstream};

/// The leased job.
const JOB: &str = "project";

/// Projects whenever this replica holds the lease, until `shutdown`; then the next may go on at
/// once.
pub async fn project(db: Db, follow: Follow, lease: Duration, shutdown: CancellationToken) {
    let lease = Lease { holder: Uuid::now_v7().to_string(), db, lasts: lease };
    let _ = shutdown.run_until_cancelled(compete(&lease, &follow)).await;
    lease.give_up().await;
}

/// Follows both feeds whenever the lease is held.
async fn compete(lease: &Lease, follow: &Follow) {
    loop {
        match lease.take().await {
            Ok(true) => tokio::select! {
                () = follow.run(Upstream::Registry) => {}
                () = follow.run(Upstream::Scheduling) => {}
                () = lease.keep() => tracing::warn!("another replica projects now"),
            },
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "the lease of projecting cannot be taken"),
        }
        sleep(lease.renewal()).await;
    }
}

struct Lease {
    db: Db,
    holder: String,
    lasts: Duration,
}

impl Lease {
    async fn take(&self) -> mpp_core::Result<bool> {
        self.db.lease(JOB, &self.holder, self.lasts).await
    }

    /// Twice it may fail before the lease ends.
    fn renewal(&self) -> Duration {
        self.lasts / 3
    }

    /// Renews it until it is lost.
    async fn keep(&self) {
        loop {
            sleep(self.renewal()).await;
            if let Ok(false) = self.take().await {
                return;
            }
        }
    }

    /// Where this fails, the lease ends by itself.
    async fn give_up(&self) {
        let _ = self.db.lease(JOB, &self.holder, Duration::ZERO).await;
    }
}
