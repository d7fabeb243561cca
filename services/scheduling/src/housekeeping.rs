//! What runs once in a while, on one replica: erasure, and the feed's retention.

use std::time::Duration;

use jiff::civil::Date;
use mpp_calendar::Zone;
use mpp_core::Result;
use mpp_store::{Actor, Db, Feed, Retention};
use tokio_util::sync::CancellationToken;

use crate::{
    model::date::{local, shift},
    store::erase::{APPLICANTS, CHUNK, Dated, LEFTOVERS, erase_some},
};

const JOB: &str = "erasure";
const EVERY: Duration = Duration::from_secs(600);
const LEASE: Duration = Duration::from_secs(300);
/// How long slots and queues stay after their day, in days.
const KEPT_DAYS: i64 = 8;

/// Runs until the shutdown.
pub async fn run(db: Db, feed: Feed, holder: String, shutdown: CancellationToken) {
    let mut timer = tokio::time::interval(EVERY);
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            _ = timer.tick() => {}
        }
        if let Err(error) = tidy(&db, &feed, &holder).await {
            tracing::warn!(error = %error, "housekeeping is put off");
        }
    }
}

async fn tidy(db: &Db, feed: &Feed, holder: &str) -> Result<()> {
    feed.maintain(&Retention::default(), holder).await?;
    if !db.lease(JOB, holder, LEASE).await? {
        return Ok(());
    }
    let erased = erase_past(db).await?;
    tracing::debug!(erased, "past days are erased");
    Ok(())
}

/// Erases what stands for applicants of days that are over in every zone; the west is last.
/// Answers how many rows are gone.
///
/// # Errors
/// As any write.
pub async fn erase_past(db: &Db) -> Result<u64> {
    let by = Actor { origin: "feed".into(), subject: "services/scheduling".into() };
    let (today, _) = local(db.now().await?, Zone::Wib)?;
    let old = shift(today, -KEPT_DAYS);
    let mut erased = erase(db, &by, APPLICANTS, today).await?;
    for table in LEFTOVERS {
        erased += erase(db, &by, table, old).await?;
    }
    Ok(erased)
}

/// Erases a table's rows of days before `day`, one bounded transaction after the other.
async fn erase(db: &Db, by: &Actor, table: Dated, day: Date) -> Result<u64> {
    let (day, mut erased) = (day.to_string(), 0);
    loop {
        let mut tx = db.begin(by).await?;
        let some = erase_some(&mut tx, table, &day).await?;
        tx.commit().await?;
        erased += some;
        if some < CHUNK {
            return Ok(erased);
        }
    }
}
