//! The end of history: versions are dropped once another has stood in their place for long enough.
//!
//! Versions to drop are looked up by what replaced them: each change that grows older than the
//! retention takes along the versions before its own. So a pass reads only what has grown old since
//! the last one, and the latest version of a record stays for good. Whatever versions are left
//! follow one another without a gap, except for those of [standing](drop_standing).

use std::collections::BTreeSet;

use mpp_core::Result;
use sqlx::{AssertSqlSafe, Row as _};

use super::chunk::{chunk_end, history_kinds, standing_kinds};
use crate::{Actor, Db, Tx, db_error, placeholders};

/// Revisions of one statement: the databases limit its parameters.
const TOGETHER: usize = 400;

/// Drops the versions that others had replaced by this revision, as far as no follower needs them.
pub(super) async fn drop_replaced(db: &Db, by: i64) -> Result<()> {
    while drop_chunk(db, by).await? {}
    Ok(())
}

/// Drops one chunk; false once that revision has been reached.
async fn drop_chunk(db: &Db, by: i64) -> Result<bool> {
    let mut conn = db.0.writers.take().await?;
    let row = sqlx::query("select history_floor, floor from feed").fetch_one(&mut conn).await;
    let row = row.map_err(db_error)?;
    let from: i64 = row.try_get("history_floor").map_err(db_error)?;
    let by = by.min(row.try_get("floor").map_err(db_error)?);
    if from >= by {
        return Ok(false);
    }
    let to = chunk_end(&mut conn, from, by).await?;
    drop(conn);
    let mut tx = db.begin(&Actor::default()).await?;
    let emptied = drop_below(&mut tx, db, (from, to)).await?;
    drop_empty(&mut tx, &emptied).await?;
    sqlx::query("update feed set history_floor = $1")
        .bind(to)
        .execute(tx.conn())
        .await
        .map_err(db_error)?;
    tx.commit().await.map(|_| true)
}

/// Drops what the changes of these revisions replaced; answers the transactions that made it.
/// Indexes: revision's primary key, (tx, seq) of change, change_history.
///
/// The kind is compared as an expression and not as a column: otherwise SQLite would use
/// change_history and read all changes of the kind instead of those of these revisions.
async fn drop_below(tx: &mut Tx, db: &Db, (from, to): (i64, i64)) -> Result<Vec<i64>> {
    let (row, kinds) = (db.0.dialect.row_id, history_kinds(db));
    let text = format!(
        "delete from change where {row} in
         (select o.{row} from revision r join change c on c.tx = r.tx
          join change o on o.kind = c.kind and o.name = c.name and o.version < c.version
          where r.rev > $1 and r.rev <= $2 and c.kind || '' in ({kinds})) returning tx"
    );
    dropped(tx, text, (from, to)).await
}

/// Drops the versions that ended sessions left and that versions of these revisions have replaced:
/// a source that is read every five minutes would leave a hundred thousand a year. A session that
/// changed anything else keeps its version, by which it is found again. So does one whose record
/// somebody then changed by hand: that change is told from it. Indexes: as above, then revision_tx
/// and revision_session.
pub(super) async fn drop_standing(tx: &mut Tx, db: &Db, (from, to): (i64, i64)) -> Result<()> {
    let (row, kinds) = (db.0.dialect.row_id, standing_kinds(db));
    let text = format!(
        "delete from change where {row} in
         (select o.{row} from revision r join change c on c.tx = r.tx
          join change o on o.kind = c.kind and o.name = c.name and o.version = c.version - 1
          join revision b on b.tx = o.tx
          where r.rev > $1 and r.rev <= $2 and r.session <> '' and b.session <> ''
          and c.kind || '' in ({kinds}) and not exists
          (select 1 from revision s join change k on k.tx = s.tx
           where s.session = b.session and s.session <> '' and k.kind || '' not in ({kinds})))
         returning tx"
    );
    let emptied = dropped(tx, text, (from, to)).await?;
    drop_empty(tx, &emptied).await
}

/// Drops changes; answers the transactions that made them.
async fn dropped(tx: &mut Tx, text: String, (from, to): (i64, i64)) -> Result<Vec<i64>> {
    let query = sqlx::query(AssertSqlSafe(text)).persistent(false).bind(from).bind(to);
    let rows = query.fetch_all(tx.conn()).await.map_err(db_error)?;
    let made = rows.iter().map(|row| row.try_get(0).map_err(db_error));
    let made: BTreeSet<i64> = made.collect::<Result<_>>()?;
    Ok(made.into_iter().collect())
}

/// Drops those revisions that have no change left, except the floor, where a follower may stand.
/// Indexes: revision_tx, (tx, seq) of change.
async fn drop_empty(tx: &mut Tx, made: &[i64]) -> Result<()> {
    for some in made.chunks(TOGETHER) {
        let text = format!(
            "delete from revision where tx in {} and rev < (select floor from feed)
             and not exists (select 1 from change c where c.tx = revision.tx)",
            placeholders(1, 1, some.len())
        );
        let query = sqlx::query(AssertSqlSafe(text)).persistent(false);
        let query = some.iter().fold(query, |query, one| query.bind(one));
        query.execute(tx.conn()).await.map_err(db_error)?;
    }
    Ok(())
}
