//! Derived records: their writer is a job of this service and nobody else.

use mpp_api::Document;
use mpp_core::{Error, Result};
use mpp_store::{Labels, Tx, db_error};

/// Writes a deleted record anew, with the next version. A tombstone keeps late writes of a source
/// from bringing a record back; a derived record has no such writes, and is there whenever what it
/// is derived from is there. Index: record's primary key.
///
/// # Errors
/// As any write.
pub async fn revive<D: Document>(tx: &mut Tx, name: &str, labels: &Labels, doc: &D) -> Result<()> {
    let now = tx.now();
    sqlx::query(
        "update record set version = version + 1, deleted = 0, tombstone = null,
         labels = $3, doc = $4, update_time = $5
         where kind = $1 and name = $2 and deleted = 1",
    )
    .bind(D::KIND)
    .bind(name)
    .bind(serde_json::to_string(labels).map_err(Error::internal)?)
    .bind(doc.encode_to_vec())
    .bind(now)
    .execute(tx.conn())
    .await
    .map_err(db_error)?;
    Ok(())
}
