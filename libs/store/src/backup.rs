//! Copies of a SQLite database, taken while its owner goes on.
//!
//! The owner's lock keeps others from writing; SQLite lets them read. So a copy needs neither the
//! owner's help nor that the owner ends: one statement writes, from one snapshot, a database of its
//! own, without a log beside it. The copy is looked through before anybody relies on it.

use std::{fs::File, path::Path};

use futures::future::BoxFuture;
use mpp_core::{Error, FieldCode, Reason, Result};
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Row as _};

use crate::{connect::read_only, db_error};

/// The contents of a copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// The service that the database belongs to.
    pub service: String,
    /// The feed's revision that it shows.
    pub revision: i64,
    /// Length of its file, in bytes.
    pub bytes: u64,
}

/// Copies the database at `from` into the new file `to`, as one moment shows it.
///
/// # Errors
/// `UNAVAILABLE` if there is no such database, or the copy cannot be written; `INVALID_FIELD`
/// where it is damaged.
pub fn copy<'a>(from: &'a Path, to: &'a Path) -> BoxFuture<'a, Result<Copied>> {
    Box::pin(async move {
        let target = to.to_str().ok_or_else(|| cannot(to, &"its name is not UTF-8"))?;
        let mut conn = read_only(from).await?;
        let text = format!("vacuum into '{}'", target.replace('\'', "''"));
        let done = sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut conn).await;
        let closed = conn.close().await;
        done.map_err(|error| cannot(to, &error))?;
        closed.map_err(db_error)?;
        File::open(to).and_then(|file| file.sync_all()).map_err(|error| cannot(to, &error))?;
        check_copy(to).await
    })
}

/// Checks that a copy is whole; answers its service and revision.
///
/// # Errors
/// `INVALID_FIELD` naming `backup` if it is damaged or no service's database; `UNAVAILABLE`
/// where it cannot be read.
pub fn check_copy(path: &Path) -> BoxFuture<'_, Result<Copied>> {
    Box::pin(async move {
        let mut conn = read_only(path).await?;
        let looked = look_through(&mut conn).await;
        let closed = conn.close().await.map_err(db_error);
        let (service, revision) = looked.map_err(|why| damaged(path, &why))?;
        closed?;
        let bytes = path.metadata().map_err(|error| cannot(path, &error))?.len();
        Ok(Copied { service, revision, bytes })
    })
}

/// Its owner and its revision; the error says what is damaged.
async fn look_through(conn: &mut AnyConnection) -> Result<(String, i64), String> {
    let all_is_well = one::<String>(conn, "pragma integrity_check").await?;
    if all_is_well != "ok" {
        return Err(all_is_well);
    }
    let owner = "select name from migration where track = 'owner'";
    let service = one::<String>(conn, owner).await?;
    Ok((service, one::<i64>(conn, "select head from feed").await?))
}

async fn one<T>(conn: &mut AnyConnection, text: &'static str) -> Result<T, String>
where
    T: for<'r> sqlx::Decode<'r, sqlx::Any> + sqlx::Type<sqlx::Any>,
{
    let row = sqlx::query(text).fetch_one(conn).await.and_then(|row| row.try_get(0));
    row.map_err(|error| error.to_string())
}

fn damaged(path: &Path, why: &str) -> Error {
    let text = format!("{} is damaged, or no database of a service: {why}", path.display());
    Error::field("backup", FieldCode::Unreadable, text)
}

fn cannot(path: &Path, why: &dyn std::fmt::Display) -> Error {
    Error::new(Reason::Unavailable, format!("{} cannot be copied: {why}", path.display()))
}
