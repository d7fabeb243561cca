//! The records that this configuration has sent. What else the registry holds of the source was
//! sent by another configuration, or by this one before its state was lost: nobody can tell.

use std::collections::HashSet;

use mpp_core::Result;
use sqlx::Row;

use super::{Store, failed};

impl Store {
    /// Ids of the records that this configuration has sent, or has found at the registry as they
    /// are in its source.
    pub async fn own(&self) -> Result<HashSet<String>> {
        let rows =
            sqlx::query("SELECT source_id FROM own").fetch_all(&self.pool).await.map_err(failed)?;
        Ok(rows.into_iter().map(|row| row.get(0)).collect())
    }

    /// Notes that all that the registry holds of the source is this one's: a workbook is uploaded
    /// without what earlier uploads knew, and by somebody who names what is to go.
    pub async fn own_all(&self) -> Result<()> {
        sqlx::query("INSERT OR IGNORE INTO own SELECT source_id FROM held")
            .execute(&self.pool)
            .await
            .map(drop)
            .map_err(failed)
    }
}
