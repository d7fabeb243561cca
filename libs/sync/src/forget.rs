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

/// Forgets what is kept of the sources that the service does not know: of one that follows the
/// registry, and hears of a source that was deleted there.
///
/// # Errors
/// The same as [`forget_answers`].
pub async fn forget_sources(db: &Db, by: &Actor, knows: impl Fn(&str) -> bool) -> Result<()> {
    let mut read = db.read().await?;
    let kept = rejected::sources(read.conn()).await?;
    read.end().await?;
    for source in kept.iter().filter(|source| !knows(source)) {
        let mut tx = db.begin(by).await?;
        rejected::forget_source(&mut tx, source).await?;
        tx.commit().await?;
        tracing::info!(source, "it was given up; what was kept of it is forgotten");
    }
    Ok(())
}
