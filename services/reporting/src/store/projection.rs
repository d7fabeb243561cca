//! The projections' rows. Index: projection's primary key.

use std::collections::BTreeSet;

use mpp_core::Result;
use mpp_store::{Read, Tx, db_error, placeholders};
use sqlx::AssertSqlSafe;

use super::{PAGE, get};
use crate::model::{Key, Rows, Written};

/// Loads the missing rows; a row that does not exist is loaded as `None`.
///
/// # Errors
/// `UNAVAILABLE` if the database is away.
pub async fn load_rows(tx: &mut Tx, rows: &mut Rows, missing: BTreeSet<Key>) -> Result<()> {
    let keys: Vec<Key> = missing.into_iter().collect();
    for chunk in keys.chunks(tx.rows_at_once(2)) {
        let text = format!(
            "select name, key, value from projection where (name, key) in (values {})",
            placeholders(1, chunk.len(), 2)
        );
        let mut query = sqlx::query(AssertSqlSafe(text));
        for (name, key) in chunk {
            query = query.bind(name.clone()).bind(key.clone());
        }
        let found = query.fetch_all(tx.conn()).await.map_err(db_error)?;
        for key in chunk {
            rows.load(key.clone(), None);
        }
        for row in &found {
            rows.load((get(row, "name")?, get(row, "key")?), get(row, "value")?);
        }
    }
    Ok(())
}

/// Writes rows at a number of the inbox.
///
/// # Errors
/// The same as [`load_rows`].
pub async fn save_rows(tx: &mut Tx, written: Written, seq: i64) -> Result<()> {
    let rows: Vec<_> = written.into_iter().collect();
    for chunk in rows.chunks(tx.rows_at_once(4)) {
        let text = format!(
            "insert into projection (name, key, value, seq) values {}
             on conflict (name, key) do update set value = excluded.value, seq = excluded.seq",
            placeholders(1, chunk.len(), 4)
        );
        let mut query = sqlx::query(AssertSqlSafe(text));
        for ((name, key), value) in chunk {
            query = query.bind(name.clone()).bind(key.clone()).bind(value.clone()).bind(seq);
        }
        query.execute(tx.conn()).await.map_err(db_error)?;
    }
    Ok(())
}

/// Writes all rows at the inbox's last number, and deletes those that are not among them. The
/// number gets another mark, by which memories notice that what they have read is out of date.
/// Index: inbox's primary key.
///
/// # Errors
/// The same as [`load_rows`].
pub async fn replace_rows(tx: &mut Tx, all: Written, seq: i64) -> Result<()> {
    sqlx::query("update projection set value = null, seq = $1 where value is not null")
        .bind(seq)
        .execute(tx.conn())
        .await
        .map_err(db_error)?;
    remark(tx, seq).await?;
    save_rows(tx, all, seq).await
}

/// Gives a number of the inbox another mark, by which memories find that the rows they have read
/// were replaced. Index: inbox's primary key.
///
/// # Errors
/// The same as [`load_rows`].
pub async fn remark(tx: &mut Tx, seq: i64) -> Result<()> {
    let text = "update inbox set mark = case when mark > 0 then mark - 1 else mark + 1 end
                where seq = $1";
    let query = sqlx::query(text).bind(seq);
    query.execute(tx.conn()).await.map(drop).map_err(db_error)
}

/// The rows of these keys as they are; `None` for one that is not there.
///
/// # Errors
/// The same as [`load_rows`].
pub async fn there(tx: &mut Tx, keys: BTreeSet<Key>) -> Result<Written> {
    let mut rows = Rows::default();
    let mut there: Written = keys.iter().map(|key| (key.clone(), None)).collect();
    load_rows(tx, &mut rows, keys).await?;
    there.extend(rows.into_parts().0);
    Ok(there)
}

/// The next rows after a key, in order; none at the end.
///
/// # Errors
/// The same as [`load_rows`].
pub async fn rows_after(read: &mut Read, last: Option<&Key>) -> Result<Written> {
    let (name, key) = last.cloned().unwrap_or_default();
    let rows = sqlx::query(
        "select name, key, value from projection where (name, key) > ($1, $2)
         order by name, key limit $3",
    )
    .bind(name)
    .bind(key)
    .bind(PAGE)
    .fetch_all(read.conn())
    .await
    .map_err(db_error)?;
    rows.iter().map(|row| Ok(((get(row, "name")?, get(row, "key")?), get(row, "value")?))).collect()
}
