//! Background work: one replica does it at a time, under a lease.

use std::sync::Arc;

use mpp_core::Result;
use mpp_store::{Db, Feed, Lease};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{app::forget_answers, policy::Policy};

/// The job that deletes old answers.
const ANSWERS: &str = "sync-answers";

/// Runs until shutdown.
pub async fn run(db: Db, feed: Feed, policy: Arc<Policy>, shutdown: CancellationToken) {
    let holder = Uuid::now_v7().to_string();
    let retention = policy.retention();
    db.has_jobs(&[ANSWERS]);
    let mut lease = Lease::new(db.clone(), ANSWERS, &holder, policy.job_lease());
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(policy.job_every()) => {}
        }
        if let Err(error) = feed.maintain(&retention, &holder).await {
            tracing::warn!(%error, "compaction goes on at the next run");
        }
        let gone = let_answers_go(&db, &mut lease, &policy).await;
        db.ran(ANSWERS, &gone);
        if let Err(error) = gone {
            tracing::warn!(%error, "old answers are let go at the next run");
        }
    }
}

/// Answers whether this replica was the one to do it.
async fn let_answers_go(db: &Db, lease: &mut Lease, policy: &Policy) -> Result<bool> {
    if !lease.take().await? {
        return Ok(false);
    }
    forget_answers(db, policy).await.map(|()| true)
}
