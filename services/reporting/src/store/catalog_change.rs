//! Catalog changes as records of reporting's own feed.

use std::collections::BTreeSet;

use mpp_api::{
    Document as _,
    reporting::CatalogChange,
    types::{Tombstone, tombstone::Reason},
};
use mpp_core::Result;
use mpp_store::{Expect, Tx, db_error};

use super::get;
use crate::model::ChangeRecord;

/// Writes records; those that are there already in this form make no change.
///
/// # Errors
/// `UNAVAILABLE` if the database is away; `NEWER_FORM`.
pub async fn put_changes(tx: &mut Tx, changes: Vec<ChangeRecord>) -> Result<()> {
    tx.put_many::<CatalogChange>(changes).await.map(drop)
}

/// Writes records so that exactly these names are left: others are deleted. Index: record's primary
/// key.
///
/// # Errors
/// The same as [`put_changes`].
pub async fn replace_changes(
    tx: &mut Tx,
    names: BTreeSet<String>,
    changes: Vec<ChangeRecord>,
) -> Result<()> {
    let text = "select cast(name as text) as name from record where kind = $1 and deleted = 0";
    let query = sqlx::query(text).bind(CatalogChange::KIND);
    let rows = query.fetch_all(tx.conn()).await.map_err(db_error)?;
    let withdrawn = Tombstone { reason: Reason::Withdrawn.into(), successor: String::new() };
    for row in &rows {
        let name: String = get(row, "name")?;
        if !names.contains(&name) {
            tx.delete::<CatalogChange>(&name, &withdrawn, Expect::Any).await?;
        }
    }
    put_changes(tx, changes).await
}
