//! Lets go of what nobody asks for again: the answers to old batches, and what is kept of sources
//! that were given up.

use mpp_core::{Micros, Result};
use mpp_store::{Actor, Db};

use crate::{
    policy::Policy,
    store::{batches, rejected},
};

/// Forgets the answers that are older than `answers_days`, as a service that writes by this name.
///
/// # Errors
/// `UNAVAILABLE` or `WRITE_CONFLICT`, as the database answers.
pub async fn forget_answers(db: &Db, policy: &Policy, by: &Actor) -> Result<()> {
    let mut tx = db.begin(by).await?;
    let kept = Micros::try_from(policy.answers().as_micros()).unwrap_or(Micros::MAX);
    let before = tx.now() - kept;
    batches::tidy(&mut tx, before).await?;
    tx.commit().await.map(drop)
}

/// The sources of which anything is kept.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn kept_sources(db: &Db) -> Result<Vec<String>> {
    let mut read = db.read().await?;
    let kept = rejected::sources(read.conn()).await?;
    read.end().await?;
    Ok(kept)
}

/// Forgets what is kept of a source that is surely deleted where sources are kept: whoever calls
/// this has asked there.
///
/// # Errors
/// The same as [`forget_answers`].
pub async fn forget_source(db: &Db, by: &Actor, source: &str) -> Result<()> {
    let mut tx = db.begin(by).await?;
    rejected::forget_source(&mut tx, source).await?;
    tx.commit().await?;
    tracing::info!(source, "it was given up; what was kept of it is forgotten");
    Ok(())
}
