//! Lets go of the answers to old batches, which nobody asks for again.

use mpp_core::{Micros, Result};
use mpp_store::{Actor, Db};

use crate::{policy::Policy, store::batches};

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
