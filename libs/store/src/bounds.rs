//! How far a database's feed reaches.

use mpp_core::Result;
use sqlx::{AnyConnection, Row as _};

use crate::db_error;

/// The feed's bounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bounds {
    pub lineage: String,
    pub floor: i64,
    pub head: i64,
}

impl Bounds {
    /// As this connection sees them. Indexes: feed's only row, revision's primary key.
    pub async fn select(conn: &mut AnyConnection) -> Result<Self> {
        let row = sqlx::query(
            "select floor, coalesce((select max(rev) from revision), 0) as head, lineage from feed",
        )
        .fetch_one(conn)
        .await
        .map_err(db_error)?;
        let floor = row.try_get("floor").map_err(db_error)?;
        let head: i64 = row.try_get("head").map_err(db_error)?;
        let lineage = row.try_get("lineage").map_err(db_error)?;
        Ok(Self { lineage, floor, head: head.max(floor) })
    }
}
