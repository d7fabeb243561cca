//! Background work: one replica does it at a time, under a lease.

use std::time::Duration;

use mpp_core::{Micros, Result};
use mpp_store::{Actor, Db, Feed, Retention};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::store::batches;

/// How often to look whether something is due.
const EVERY: Duration = Duration::from_secs(60);
/// How long one replica tidies before another may.
const LEASE: Duration = Duration::from_secs(120);
/// How long the answers of a batch are kept; no session lives so long.
const ANSWERS: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Runs until shutdown.
pub async fn run(db: Db, feed: Feed, retention: Retention, shutdown: CancellationToken) {
    let holder = Uuid::now_v7().to_string();
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        if let Err(error) = feed.maintain(&retention, &holder).await {
            tracing::warn!(%error, "compaction goes on at the next run");
        }
        if let Err(error) = tidy(&db, &holder).await {
            tracing::warn!(%error, "old answers are let go at the next run");
        }
    }
}

async fn tidy(db: &Db, holder: &str) -> Result<()> {
    if !db.lease("sync-answers", holder, LEASE).await? {
        return Ok(());
    }
    let by = Actor { origin: "registry".into(), subject: "registry".into() };
    let mut tx = db.begin(&by).await?;
    let before = tx.now() - Micros::try_from(ANSWERS.as_micros()).unwrap_or(Micros::MAX);
    batches::tidy(&mut tx, before).await?;
    tx.commit().await.map(drop)
}
