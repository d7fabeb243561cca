//! Erasing past days: above all the digests that stand for applicants.

use jiff::civil::Date;
use mpp_core::Result;
use mpp_store::Db;

use crate::{
    model::date::{shift, today_in_the_west},
    policy::Policy,
    store::{
        erase::{APPLICANTS, Dated, LEFTOVERS, erase_some},
        own_name,
    },
};

/// Erases the applicants' digests of days that are over in every zone, and the
/// slots and queues of days that lie further back. Answers how many rows are gone.
///
/// # Errors
/// `UNAVAILABLE` or `WRITE_CONFLICT`, as the database answers.
pub async fn erase_past(db: &Db, policy: &Policy) -> Result<u64> {
    let today = today_in_the_west(db.now().await?)?;
    let old = shift(today, -policy.kept_days);
    let mut erased = erase(db, policy, APPLICANTS, today).await?;
    for table in LEFTOVERS {
        erased += erase(db, policy, table, old).await?;
    }
    Ok(erased)
}

/// Erases a table's rows of days before `day`, one bounded transaction after the other.
async fn erase(db: &Db, policy: &Policy, table: Dated, day: Date) -> Result<u64> {
    let (day, mut erased) = (day.to_string(), 0);
    loop {
        let mut tx = db.begin(&own_name()).await?;
        let some = erase_some(&mut tx, table, &day, policy.erased_at_once).await?;
        tx.commit().await?;
        erased += some;
        if some < policy.erased_at_once {
            return Ok(erased);
        }
    }
}
