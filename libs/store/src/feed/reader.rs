//! The one reader of a process: it brings what was committed, here or elsewhere, into the ring.

use std::{sync::Arc, time::Duration};

use mpp_core::Result;
use sqlx::{AssertSqlSafe, postgres::PgListener};
use tokio::{
    sync::{Notify, watch},
    time::{Instant, sleep},
};

use super::{
    Inner,
    page::{self, Bounds, Place},
};
use crate::{db_error, lineage};

/// The channel on which PostgreSQL wakes the other replicas.
const CHANNEL: &str = "mpp_feed";
/// Least time between two notifications of a process.
const COALESCE: Duration = Duration::from_millis(3);
/// How long to wait after an error.
const BACK_OFF: Duration = Duration::from_millis(500);
/// How often the served revision is noted beside a SQLite database.
const NOTE: Duration = Duration::from_secs(1);

/// Reads until the feed is shut down.
pub(super) async fn run(feed: Arc<Inner>, woken: Arc<Notify>) {
    let mut committed = feed.db.0.committed.subscribe();
    let mut noted = (Instant::now(), 0);
    while !feed.shutdown.is_cancelled() {
        committed.borrow_and_update();
        match advance(&feed).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(%error, context = ?error.context(), "the feed cannot be read; trying again");
                recover(&feed).await;
            }
        }
        note(&feed, &mut noted);
        tokio::select! {
            _ = committed.changed() => {}
            () = woken.notified() => {}
            () = sleep(feed.options.poll_interval) => {}
            () = feed.shutdown.cancelled() => {}
        }
    }
    note_now(&feed, &mut noted);
    feed.ended.cancel();
}

/// Reads one page into the ring; true where there may be more.
async fn advance(feed: &Inner) -> Result<bool> {
    let place = *feed
        .place
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner());
    let page = page::read(&feed.db.0.readers, place, feed.options.message_bytes).await?;
    let Some(end) = page.pieces.last().map(|piece| piece.end) else {
        return check_same(feed, place, page.bounds).map(|()| false);
    };
    *feed
        .place
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner()) = end;
    let tail = {
        let mut ring = feed.ring_mut();
        page.pieces.into_iter().for_each(|piece| ring.push(piece));
        ring.tail()
    };
    feed.tail.send_replace(tail);
    Ok(page.more)
}

/// Nothing follows: either the reader is at the head, or the database is not the one it was.
fn check_same(feed: &Inner, place: Place, bounds: Option<Bounds>) -> Result<()> {
    let same = bounds.is_none_or(|bounds| {
        bounds.head >= place.revision && bounds.lineage == feed.served_lineage()
    });
    if same {
        Ok(())
    } else {
        Err(super::lineage_changed())
    }
}

/// After an error: the database may have been restored or promoted, or compacted past the reader.
async fn recover(feed: &Inner) {
    sleep(BACK_OFF).await;
    if let Err(error) = try_recover(feed).await {
        tracing::debug!(%error, "the feed's database is still away");
    }
}

async fn try_recover(feed: &Inner) -> Result<()> {
    let mut conn = feed.db.0.writers.acquire().await.map_err(db_error)?;
    let owned = feed.db.0.owned.as_ref();
    if owned.is_none() {
        let lineage = lineage::settle(&mut conn, feed.db.0.dialect, owned).await?;
        *feed
            .db
            .0
            .lineage
            .write()
            .unwrap_or_else(|poisoned| poisoned.into_inner()) = lineage;
    }
    drop(conn);
    let bounds = page::bounds(&feed.db.0.readers).await?;
    let place = *feed
        .place
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner());
    let follows_on = page::check_floor(place, bounds.floor).is_ok()
        && bounds.lineage == feed.served_lineage()
        && place.revision <= bounds.head;
    if !follows_on {
        feed.restart(&bounds);
    }
    Ok(())
}

fn note(feed: &Inner, noted: &mut (Instant, i64)) {
    if noted.0.elapsed() >= NOTE {
        note_now(feed, noted);
    }
}

fn note_now(feed: &Inner, noted: &mut (Instant, i64)) {
    let head = feed.tail.borrow().head;
    if let Some(owned) = &feed.db.0.owned
        && head != noted.1
    {
        owned.note(&feed.served_lineage(), head);
        *noted = (Instant::now(), head);
    }
}

/// Tells the other replicas of this process's commits, outside their transactions: within them it
/// costs nearly half of the throughput.
pub(super) async fn notify_others(feed: Arc<Inner>, mut committed: watch::Receiver<i64>) {
    while !feed.shutdown.is_cancelled() {
        tokio::select! {
            changed = committed.changed() => if changed.is_err() { return },
            () = feed.shutdown.cancelled() => return,
        }
        committed.borrow_and_update();
        // Best effort: who does not hear it polls.
        let text = format!("notify {CHANNEL}, '{}'", feed.id);
        if let Err(error) = sqlx::raw_sql(AssertSqlSafe(text))
            .execute(&feed.db.0.readers)
            .await
        {
            tracing::debug!(%error, "cannot notify the other replicas");
        }
        sleep(COALESCE).await;
    }
}

/// Hears of the other replicas' commits. Poolers drop LISTEN, therefore the reader also polls.
pub(super) async fn listen(feed: Arc<Inner>, woken: Arc<Notify>) {
    while !feed.shutdown.is_cancelled() {
        let heard = tokio::select! {
            heard = listen_once(&feed, &woken) => heard,
            () = feed.shutdown.cancelled() => return,
        };
        if let Err(error) = heard {
            tracing::debug!(%error, "cannot listen; polling");
        }
        sleep(BACK_OFF).await;
    }
}

async fn listen_once(feed: &Inner, woken: &Notify) -> Result<()> {
    let mut listener = PgListener::connect(&feed.db.0.url)
        .await
        .map_err(db_error)?;
    listener.listen(CHANNEL).await.map_err(db_error)?;
    loop {
        // None: the connection was lost and is back; something may have been missed.
        let heard = listener.try_recv().await.map_err(db_error)?;
        if heard.is_none_or(|heard| heard.payload() != feed.id) {
            woken.notify_one();
        }
    }
}
