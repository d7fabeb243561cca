//! The digest of a service's records that bookmarks carry: updated with each change, and proven by
//! reading the records again.
//!
//! A record that was written past the feed, by hand or by a fault of a disk, is found by the next
//! reading. Bookmarks then tell what is really there, so that followers and memories, which hold
//! something else, start again by themselves.

use std::{sync::Arc, time::Duration};

use mpp_core::{Digest, Result};
use sqlx::Row as _;
use tokio::time::{Instant, sleep_until};

use super::shared::FeedState;
use crate::{Read, db_error, metrics, read::LAST};

/// Records in one page.
const PAGE: i64 = 5_000;
/// How long to wait until the ring has the revision of a snapshot. No setting: it is there within
/// milliseconds, and a proof that gives up comes again.
const LAG: Duration = Duration::from_secs(10);

/// Proves the digest as soon as somebody asks for it, and from then on again and again.
pub(super) async fn keep(feed: Arc<FeedState>) {
    let mut next = None;
    loop {
        tokio::select! {
            () = feed.unproven.notified() => {}
            () = due(next) => {}
            () = feed.shutdown.cancelled() => return,
        }
        let began = Instant::now();
        if let Err(error) = prove(&feed).await {
            tracing::warn!(%error, "the records cannot be read for their digest");
        }
        next = Some(feed.options.proof.after(began));
    }
}

async fn due(next: Option<Instant>) {
    match next {
        Some(next) => sleep_until(next).await,
        None => std::future::pending().await,
    }
}

async fn prove(feed: &FeedState) -> Result<()> {
    let mut snapshot = feed.db.read().await?;
    let at = snapshot.head();
    let mut tail = feed.tail.subscribe();
    let reached = tail.wait_for(|tail| tail.head.revision >= at.revision);
    // If the ring lags, or is of another history, the next reading will do.
    let reached = tokio::time::timeout(LAG, reached).await.is_ok_and(|reached| reached.is_ok());
    let anchor = feed.ring().anchor(at).filter(|_| reached);
    let Some(anchor) = anchor else { return snapshot.end().await };
    let held = held(&mut snapshot).await?;
    snapshot.end().await?;
    let told = feed.ring_mut().prove(&anchor, &held);
    if let Some(told) = told {
        let is_equal = compare(feed.db.name(), &held, &told);
        feed.last_proof.note(feed.db.clock().now(), is_equal);
    }
    Ok(())
}

/// True if the records are as the feed had told.
fn compare(feed: &'static str, held: &Digest, told: &Digest) -> bool {
    let differences = held.differences(told);
    for found in &differences {
        metrics::FEED_DIFFERENCES.add(1, [feed]);
        tracing::warn!(
            feed,
            kind = found.kind,
            held = found.held,
            told = found.wanted,
            "records were written past the feed; its followers will start again"
        );
    }
    differences.is_empty()
}

/// The digest of the records as they are. Index: record's primary key.
async fn held(snapshot: &mut Read) -> Result<Digest> {
    let (mut digest, mut kind, mut name) = (Digest::default(), String::new(), String::new());
    loop {
        let rows = sqlx::query(
            "select kind, name, cast(version as bigint) as version,
             cast(deleted as bigint) as deleted from record
             where (kind, name) > ($1, $2) and kind < $4 and name < $4
             order by kind, name limit $3",
        )
        .bind(&kind)
        .bind(&name)
        .bind(PAGE)
        .bind(LAST.to_string())
        .fetch_all(snapshot.conn())
        .await
        .map_err(db_error)?;
        for row in &rows {
            kind = row.try_get("kind").map_err(db_error)?;
            name = row.try_get("name").map_err(db_error)?;
            if row.try_get::<i64, _>("deleted").map_err(db_error)? == 0 {
                digest.add(&kind, &name, row.try_get("version").map_err(db_error)?);
            }
        }
        if rows.is_empty() {
            return Ok(digest);
        }
    }
}
