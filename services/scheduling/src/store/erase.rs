//! What is no longer needed goes: above all what stands for applicants.

use mpp_core::Result;
use mpp_store::{Tx, db_error};

/// Erases applicants of days before `day`, and slots and queues of days before `old`. Days are
/// local dates as text, which compare as dates do.
/// Indexes: applicant_by_date, ticket_by_date; the others are scanned, once in a while.
///
/// # Errors
/// As any write.
pub async fn erase(tx: &mut Tx, day: &str, old: &str) -> Result<u64> {
    let mut erased = 0;
    for (text, before) in [
        ("delete from applicant where date < $1", day),
        ("delete from ticket_queue where date < $1", old),
        ("delete from queue_counter where date < $1", old),
        ("delete from offering_day where date < $1", old),
        ("delete from slot where date < $1", old),
    ] {
        let done = sqlx::query(text)
            .bind(before)
            .execute(tx.conn())
            .await
            .map_err(db_error)?;
        erased += done.rows_affected();
    }
    Ok(erased)
}
