//! Rows of past days are erased: above all the digests that stand for applicants.

use mpp_core::Result;
use mpp_store::{Tx, db_error};
use sqlx::AssertSqlSafe;

/// A table whose rows belong to a local date, and are erased once that is past.
#[derive(Clone, Copy, Debug)]
pub struct Dated {
    name: &'static str,
    key: &'static str,
}

/// The applicants' digests. Index: applicant_by_date.
pub const APPLICANTS: Dated = Dated { name: "applicant", key: "digest" };

/// Rows of slots and queues. Indexes: appointment_code_by_date, ticket_by_date; the others are
/// scanned, once in a while.
pub const LEFTOVERS: [Dated; 5] = [
    Dated { name: "appointment_code", key: "appointment" },
    Dated { name: "ticket_queue", key: "name" },
    Dated { name: "queue_counter", key: "mall, prefix, date" },
    Dated { name: "offering_day", key: "offering, date" },
    Dated { name: "slot", key: "name" },
];

/// Erases up to `limit` rows of days before `day`, a date as text, which compares as dates do;
/// answers how many.
///
/// # Errors
/// `UNAVAILABLE` or `WRITE_CONFLICT`, as the database answers.
pub async fn erase_some(tx: &mut Tx, table: Dated, day: &str, limit: u64) -> Result<u64> {
    let Dated { name, key } = table;
    let text = format!(
        "delete from {name} where ({key}) in
         (select {key} from {name} where date < $1 limit {limit})"
    );
    let query = sqlx::query(AssertSqlSafe(text)).bind(day);
    let done = query.execute(tx.conn()).await.map_err(db_error)?;
    Ok(done.rows_affected())
}

#[cfg(test)]
mod tests {
    use mpp_store::Actor;
    use mpp_testkit::on_both;

    use super::*;

    #[tokio::test]
    async fn one_transaction_erases_only_so_many() {
        on_both(async |database| {
            let db = database.open(&crate::SCHEMA).await.unwrap();
            let by = Actor::new("feed", "services/scheduling");
            let mut tx = db.begin(&by).await.unwrap();
            sqlx::query(
                "with recursive n (n) as (select 1 union all select n + 1 from n where n < 1500)
                 insert into queue_counter (mall, prefix, date, last)
                 select 'malls/' || n, 'A', '2026-11-24', 1 from n",
            )
            .execute(tx.conn())
            .await
            .unwrap();
            let queues = LEFTOVERS[2];
            let mut erased = Vec::new();
            for day in ["2026-11-24", "2026-11-25", "2026-11-25", "2026-11-25"] {
                erased.push(erase_some(&mut tx, queues, day, 1000).await.unwrap());
            }
            assert_eq!(erased, [0, 1000, 500, 0]);
            for table in LEFTOVERS.into_iter().chain([APPLICANTS]) {
                assert_eq!(erase_some(&mut tx, table, "2026-11-25", 1000).await.unwrap(), 0);
            }
            tx.commit().await.unwrap();
        })
        .await;
    }
}
