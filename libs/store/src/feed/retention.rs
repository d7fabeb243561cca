//! Retention: how much of the feed is kept, and the job that deletes the rest. The numbers are
//! settings in each service's `policy.rs`: `feed_days`, `history_days`, `tombstone_days`,
//! `request_days`.

use std::time::Duration;

use futures::future::BoxFuture;
use mpp_core::{Error, FieldCode, Micros, Result};
use sqlx::{AssertSqlSafe, Row as _};

use super::{
    chunk::{chunk_end, history_kinds},
    handle::Feed,
    history, page,
};
use crate::{Db, db_error};

/// The job's name in the database.
const JOB: &str = "feed-retention";
/// How long one holder compacts before another may. Two at once do no harm, they only do the work
/// twice, so it is no setting. It is longer than the pause between two rounds of any service.
const LEASE: Duration = Duration::from_secs(300);

/// How long each part is kept. All ages count by the database's clock.
#[derive(Clone, Copy, Debug)]
pub struct Retention {
    /// How far back a follower can resume.
    pub window: Duration,
    /// How long a version of a kind with history is kept once another has taken its place.
    pub history: Duration,
    /// How long a deleted name is refused; longer than the oldest checkpoint of a source.
    pub tombstones: Duration,
    /// How long a repeated request gets its first answer.
    pub requests: Duration,
}

impl Feed {
    /// Applies the retention if `holder` gets the job's lease; false if another has it.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the database is away; the next run goes on from there.
    pub fn maintain<'a>(
        &'a self,
        retention: &'a Retention,
        holder: &'a str,
    ) -> BoxFuture<'a, Result<bool>> {
        Box::pin(async {
            let run = self.maintain_now(retention, holder).await;
            self.db().ran(JOB, &run);
            run
        })
    }

    async fn maintain_now(&self, retention: &Retention, holder: &str) -> Result<bool> {
        let db = self.db();
        if !db.lease(JOB, holder, LEASE).await? {
            return Ok(false);
        }
        let now = db.now().await?;
        let before = |age: Duration| {
            now.saturating_sub(Micros::try_from(age.as_micros()).unwrap_or(Micros::MAX))
        };
        let keep_after = revision_before(db, before(retention.window)).await?;
        self.compact(keep_after).await?;
        history::drop_replaced(db, revision_before(db, before(retention.history)).await?).await?;
        drop_tombstones(db, before(retention.tombstones)).await?;
        db.expire_requests(before(retention.requests)).await?;
        Ok(true)
    }

    /// Raises the floor to the last revision up to `keep_after` (at most the head): positions below
    /// it are refused. The changes up to it are deleted in chunks, except the versions of history
    /// kinds that are [more than standing](history::drop_standing); its own row stays, since a
    /// follower may stand there and its mark has to tell.
    ///
    /// # Errors
    /// `INVALID_FIELD` above the head; `UNAVAILABLE` if the database is away.
    pub async fn compact(&self, keep_after: i64) -> Result<()> {
        let db = self.db();
        let head = page::bounds(db).await?.head.revision;
        if keep_after > head {
            return Err(Error::field(
                "keep_after",
                FieldCode::OutOfRange,
                format!("{keep_after} lies above the head {head}"),
            ));
        }
        // Committed before anything is deleted: a snapshot that still has the old floor still has
        // the rows. Indexes: feed's only row, revision's primary key.
        let mut conn = db.0.writers.take().await?;
        sqlx::query(
            "update feed set floor = (select max(rev) from revision where rev <= $1)
             where floor < (select max(rev) from revision where rev <= $1)",
        )
        .bind(keep_after)
        .execute(&mut conn)
        .await
        .map_err(db_error)?;
        drop(conn);
        while compact_chunk(db).await? {}
        Ok(())
    }
}

/// Deletes one chunk below the floor; false once it has been reached.
async fn compact_chunk(db: &Db) -> Result<bool> {
    let mut conn = db.0.writers.take().await?;
    let row = sqlx::query("select floor, compacted from feed")
        .fetch_one(&mut conn)
        .await
        .map_err(db_error)?;
    let floor: i64 = row.try_get("floor").map_err(db_error)?;
    let from: i64 = row.try_get("compacted").map_err(db_error)?;
    if from >= floor {
        return Ok(false);
    }
    let to = chunk_end(&mut conn, from, floor).await?;
    drop(conn);
    delete_range(db, from, to).await?;
    Ok(true)
}

/// Indexes: revision's primary key for the range, (tx, seq) of change.
async fn delete_range(db: &Db, from: i64, to: i64) -> Result<()> {
    let kept = history_kinds(db);
    let mut tx = db.begin(&crate::Actor::default()).await?;
    let changes = format!(
        "delete from change where kind not in ({kept})
         and tx in (select tx from revision where rev > $1 and rev <= $2)"
    );
    // The row at which one chunk ends goes with the next one; that of the floor stays.
    let revisions = "delete from revision where rev >= $1 and rev < $2
                     and not exists (select 1 from change c where c.tx = revision.tx)";
    for text in [changes.as_str(), revisions] {
        // Planned anew each time: they run seldom, over tables that have grown.
        sqlx::query(AssertSqlSafe(text.to_owned()))
            .persistent(false)
            .bind(from)
            .bind(to)
            .execute(tx.conn())
            .await
            .map_err(db_error)?;
    }
    history::drop_standing(&mut tx, db, (from, to)).await?;
    sqlx::query("update feed set compacted = $1")
        .bind(to)
        .execute(tx.conn())
        .await
        .map_err(db_error)?;
    tx.commit().await.map(drop)
}

/// The last revision that was committed before a time; 0 if none was. Index: revision_at.
async fn revision_before(db: &Db, time: Micros) -> Result<i64> {
    let mut conn = db.0.readers.take().await?;
    let row = sqlx::query("select coalesce(max(rev), 0) from revision where at < $1")
        .bind(time)
        .fetch_one(&mut conn)
        .await
        .map_err(db_error)?;
    row.try_get(0).map_err(db_error)
}

/// Forgets names that were deleted before a time. A kind with history keeps its names: versions
/// would start again. Index: record_tombstones.
async fn drop_tombstones(db: &Db, before: Micros) -> Result<()> {
    let kept = history_kinds(db);
    let which = format!("deleted = 1 and update_time < $1 and kind not in ({kept})");
    db.delete_in_chunks("record", &which, before).await.map(drop)
}
