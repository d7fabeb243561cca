//! Catalog changes among the records of reporting's own feed.

use std::collections::BTreeSet;

use mpp_api::{Document as _, reporting::CatalogChange};
use mpp_core::Result;
use mpp_store::{Tx, db_error};

use super::get;

/// The names of the catalog changes that live. Index: record's primary key.
///
/// # Errors
/// `UNAVAILABLE` if the database is away.
pub async fn change_names(tx: &mut Tx) -> Result<BTreeSet<String>> {
    let text = "select cast(name as text) as name from record where kind = $1 and deleted = 0";
    let query = sqlx::query(text).bind(CatalogChange::KIND);
    let rows = query.fetch_all(tx.conn()).await.map_err(db_error)?;
    rows.iter().map(|row| get(row, "name")).collect()
}
