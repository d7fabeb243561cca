//! The service that owns a database: the database itself says so, in the migrations' ledger, and it
//! serves no other service.
//!
//! Two services in one database would share the tables of records and of the feed, and each would
//! answer the other's records. So the first migrator writes its service's name before anything
//! else, and every program looks for it, before it migrates and before it serves.

use mpp_core::{Error, Result};
use sqlx::{AnyConnection, Row as _};

use crate::{
    db_error,
    dialect::Dialect,
    error::{has_no_table, mismatch},
};

/// The line of the ledger that names the owner.
pub(crate) const TRACK: &str = "owner";
/// Tables that an error names.
const NAMED: usize = 3;

/// Passes if the database is `service`'s, or has no owner yet.
///
/// # Errors
/// `SCHEMA_MISMATCH` if it is another service's.
pub(crate) async fn check(conn: &mut AnyConnection, service: &str) -> Result<()> {
    match owners(conn).await {
        Ok(owners) => check_owners(&owners, service),
        // The first missing step says that nothing has run.
        Err(error) if has_no_table(&error) => Ok(()),
        Err(error) if has_no_column(&error) => Err(foreign(&["migration".to_owned()], service)),
        Err(error) => Err(db_error(error)),
    }
}

/// The same as [`check`], before the first step: a database in which nothing of ours has run must
/// be empty. Not within a transaction, which a table of ours that is another program's would end.
///
/// # Errors
/// `SCHEMA_MISMATCH` also where it holds tables that are not ours.
pub(crate) async fn check_free(
    conn: &mut AnyConnection,
    dialect: &Dialect,
    service: &str,
) -> Result<()> {
    // Before the ledger: a migrator that comes first makes both at once.
    let rows = sqlx::query(dialect.tables).fetch_all(&mut *conn).await.map_err(db_error)?;
    let tables: sqlx::Result<Vec<String>> = rows.iter().map(|row| row.try_get(0)).collect();
    let tables = tables.map_err(db_error)?;
    match owners(conn).await {
        Ok(owners) if !owners.is_empty() => return check_owners(&owners, service),
        Ok(_) => {}
        // No step has run, or another program's table has that name.
        Err(error) if has_no_table(&error) || has_no_column(&error) => {}
        Err(error) => return Err(db_error(error)),
    }
    if tables.is_empty() { Ok(()) } else { Err(foreign(&tables, service)) }
}

fn foreign(tables: &[String], service: &str) -> Error {
    let more = match tables.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let named = tables.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    mismatch(format!(
        "the database holds tables that are not {service}'s ({named}{more}), and nothing was \
         written; give {service} a database of its own: create an empty one and name it with \
         --database (MPP_DATABASE_URL)"
    ))
}

/// The service that the ledger names; for an older database without a name, the services whose
/// steps have run. Index: migration's primary key.
async fn owners(conn: &mut AnyConnection) -> sqlx::Result<Vec<String>> {
    let rows = sqlx::query(
        "select name from migration where track = 'owner'
         union
         select track from migration where track not in ('owner', 'store')
         and not exists (select 1 from migration where track = 'owner')",
    )
    .fetch_all(conn)
    .await?;
    rows.iter().map(|row| row.try_get(0)).collect()
}

fn check_owners(owners: &[String], service: &str) -> Result<()> {
    if owners.iter().all(|owner| owner == service) {
        return Ok(());
    }
    let owner = owners.join("'s and ");
    Err(mismatch(format!(
        "the database is {owner}'s, not {service}'s, and nothing was written; give {service} the \
         address of its own database with --database (MPP_DATABASE_URL)"
    )))
}

fn has_no_column(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| {
        error.code().as_deref() == Some("42703") || error.message().contains("no such column")
    })
}
