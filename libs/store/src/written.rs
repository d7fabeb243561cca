//! What a transaction has written itself, which the feed tells only after its commit.

use std::collections::BTreeMap;

use mpp_core::Result;
use sqlx::AssertSqlSafe;

use crate::{Change, Tx, db_error};

/// Stands in for the revision that the changes do not have yet.
const NO_REVISION: &str = "(select cast(0 as bigint) as rev, '' as origin, '' as actor,
    '' as session, cast(0 as bigint) as at)";

impl Tx {
    /// The last change of each record that the transaction has written so far, by kind and name;
    /// they have no revision. Index: change_tx.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the database is away.
    pub async fn written(&mut self) -> Result<BTreeMap<(String, String), Change>> {
        let dialect = self.db.0.dialect;
        let text = format!(
            "select {} from change c cross join {NO_REVISION} r where c.tx = {} order by c.seq",
            dialect.change_columns, dialect.own_tx
        );
        let rows = sqlx::query(AssertSqlSafe(text)).fetch_all(self.conn()).await;
        let mut written = BTreeMap::new();
        for row in &rows.map_err(db_error)? {
            let change = Change::from_row(row)?;
            written.insert((change.kind.clone(), change.name.clone()), change);
        }
        Ok(written)
    }
}
