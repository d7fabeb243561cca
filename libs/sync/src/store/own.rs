//! What a client answers for: all of its source that no other client, which may still send, does.

use std::collections::HashSet;

use mpp_core::Result;
use mpp_store::{Tx, db_error};
use sqlx::{AssertSqlSafe, Row as _};

use super::{
    clients::{ANYONES, Client},
    lease::Lease,
    rejected::Count,
};

impl Lease {
    /// The source, and the client that answers for a part of it.
    pub fn own(&self) -> (&str, &Client) {
        (&self.source, &self.client)
    }
}

/// How many of its records stand rejected, and how many wait. A replica of an older version keeps
/// nothing of what waits except its mark. Indexes: primary keys of sync_rejected and sync_waiting.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn count(tx: &mut Tx, (source, client): (&str, &Client)) -> Result<Count> {
    let own = client.may_forget();
    let text = format!(
        "select count(case when waits = 0 then 1 end) as rejected,
         count(case when waits = 1 then 1 end) as waiting from (
         select waiting as waits from sync_rejected where source = $1 and {own}
         union all select 1 as waits from sync_waiting where source = $1 and refused = 0 and {own})
         as own"
    );
    let query = sqlx::query(AssertSqlSafe(text)).bind(source);
    let row = query.fetch_one(tx.conn()).await.map_err(db_error)?;
    let of = |column: &str| row.try_get::<i64, _>(column).map_err(db_error);
    Ok(Count { rejected: of("rejected")?, waiting: of("waiting")? })
}

/// The keys of records that other clients have sent last. Index: sync_sent's primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn of_others(tx: &mut Tx, (source, client): (&str, &Client)) -> Result<HashSet<u64>> {
    let own = client.may_forget();
    if own == ANYONES {
        return Ok(HashSet::new());
    }
    let text = format!("select key from sync_sent where source = $1 and not ({own})");
    let query = sqlx::query_scalar::<_, i64>(AssertSqlSafe(text)).bind(source);
    let keys = query.fetch_all(tx.conn()).await.map_err(db_error)?;
    Ok(keys.into_iter().map(i64::cast_unsigned).collect())
}
