//! Background work: one replica does it at a time, under a lease. Each replica works out itself
//! what it tells of its own memory.

use mpp_core::Result;
use mpp_store::{Feed, Lease};
use mpp_sync::forget_answers;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{app::Registry, store::own_name};

/// The job that deletes old answers.
const ANSWERS: &str = "sync-answers";

/// The look of each replica for its metrics: how services stand to their standards, and which
/// requirements and goals lead nowhere.
const LOOK: &str = "catalog-look";

/// Runs until shutdown.
pub async fn run(registry: Registry, feed: Feed, shutdown: CancellationToken) {
    let Registry { db, policy, .. } = &registry;
    let holder = Uuid::now_v7().to_string();
    let retention = policy.retention();
    db.has_jobs(&[ANSWERS, LOOK]);
    let mut lease = Lease::new(db.clone(), ANSWERS, &holder, policy.job_lease());
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(policy.job_every()) => {}
        }
        if let Err(error) = feed.maintain(&retention, &holder).await {
            tracing::warn!(%error, "compaction goes on at the next run");
        }
        let looked = look(&registry).await;
        db.ran(LOOK, &looked);
        if let Err(error) = looked {
            tracing::warn!(%error, "standards and requirements will be looked at again in the next run");
        }
        let gone = let_answers_go(&registry, &mut lease).await;
        db.ran(ANSWERS, &gone);
        if let Err(error) = gone {
            tracing::warn!(%error, "old answers are let go at the next run");
        }
    }
}

/// Answers whether this replica could look.
async fn look(registry: &Registry) -> Result<bool> {
    if !registry.memory.is_whole() {
        return Ok(false);
    }
    registry.measure_adoption().await?;
    registry.measure_goals().await;
    registry.measure_requirements().await.map(|()| true)
}

/// Answers whether this replica was the one to do it.
async fn let_answers_go(registry: &Registry, lease: &mut Lease) -> Result<bool> {
    if !lease.take_or_renew().await? {
        return Ok(false);
    }
    forget_answers(&registry.db, &registry.sync.policy, &own_name()).await.map(|()| true)
}
