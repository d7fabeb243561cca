//! The one reader of a process: it brings what was committed, here or elsewhere, into the ring.

use std::{sync::Arc, time::Duration};

use mpp_core::{Backoff, Error, Reason, Result};
use sqlx::{AssertSqlSafe, postgres::PgListener};
use tokio::{
    sync::{Notify, watch},
    time::{Instant, sleep},
};

use super::{
    page::{self, FeedPlace},
    shared::FeedState,
};
use crate::{db_error, mark::Marked};

/// The channel on which PostgreSQL wakes the other replicas.
const CHANNEL: &str = "mpp_feed";
/// Least time between two notifications of a process.
const COALESCE: Duration = Duration::from_millis(3);

/// Starts the reader at the head, and what wakes it.
pub(super) fn start(feed: &Arc<FeedState>, head: Marked) {
    let woken = Arc::new(Notify::new());
    let (place, backoff) = (FeedPlace::after(head), feed.db.backoff());
    let reader = Reader { feed: feed.clone(), place, backoff };
    tokio::spawn(reader.run(woken.clone()));
    if !feed.db.is_sqlite() {
        let committed = feed.db.0.committed.subscribe();
        tokio::spawn(notify_others(feed.clone(), committed));
        tokio::spawn(listen(feed.clone(), woken));
    }
}

/// The reader and how far it has come.
struct Reader {
    feed: Arc<FeedState>,
    place: FeedPlace,
    backoff: Backoff,
}

impl Reader {
    /// Reads until the feed is shut down.
    async fn run(mut self, woken: Arc<Notify>) {
        let mut committed = self.feed.db.0.committed.subscribe();
        while !self.feed.shutdown.is_cancelled() {
            committed.borrow_and_update();
            match self.advance().await {
                Ok(true) => continue,
                Ok(false) => self.backoff.reset(),
                Err(error) => self.recover(&error).await,
            }
            tokio::select! {
                _ = committed.changed() => {}
                () = woken.notified() => {}
                () = sleep(self.feed.options.poll_interval) => {}
                () = self.feed.shutdown.cancelled() => {}
            }
        }
        self.feed.ended.cancel();
    }

    /// Reads one page into the ring; true if there may be more. Each page, also an empty one, makes
    /// sure that the database still holds all that was read: one that was restored beneath this
    /// process gives no error that would tell.
    async fn advance(&mut self) -> Result<bool> {
        let feed = &self.feed;
        let page = page::read(&feed.db, self.place, feed.options.message_bytes).await?;
        let Some(end) = page.pieces.last().map(|piece| piece.end) else {
            return Ok(false);
        };
        self.place = end;
        let tail = {
            let mut ring = feed.ring_mut();
            page.pieces.into_iter().for_each(|piece| ring.push(piece));
            ring.tail()
        };
        feed.tail.send_replace(tail);
        Ok(page.more)
    }

    /// Goes on at the head of a database that no longer continues the old history; waits for one
    /// that is away.
    async fn recover(&mut self, error: &Error) {
        let other_history = error.reason() == Reason::LineageChanged;
        let starts_over = other_history || error.reason() == Reason::RevisionCompacted;
        match page::bounds(&self.feed.db).await {
            Ok(bounds) if starts_over => {
                let (was, head) = (self.place.at.revision, bounds.head.revision);
                tracing::warn!(%error, was, head, "the feed starts over");
                self.place = FeedPlace::after(bounds.head);
                self.feed.restart(bounds.head, other_history);
            }
            _ => {
                let context = error.context();
                tracing::warn!(%error, ?context, "the feed cannot be read; trying again");
                sleep(self.backoff.pause()).await;
            }
        }
    }
}

/// Tells the other replicas of this process's commits, outside their transactions: within them it
/// costs nearly half of the throughput.
async fn notify_others(feed: Arc<FeedState>, mut committed: watch::Receiver<i64>) {
    while !feed.shutdown.is_cancelled() {
        tokio::select! {
            changed = committed.changed() => if changed.is_err() { return },
            () = feed.shutdown.cancelled() => return,
        }
        committed.borrow_and_update();
        // Best effort: a replica that misses it polls anyway.
        if let Err(error) = notify(&feed).await {
            tracing::debug!(%error, "cannot notify the other replicas");
        }
        sleep(COALESCE).await;
    }
}

async fn notify(feed: &FeedState) -> Result<()> {
    let text = format!("notify {CHANNEL}, '{}'", feed.id);
    let mut conn = feed.db.0.readers.take().await?;
    sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut conn).await.map(drop).map_err(db_error)
}

/// Listens for the other replicas' commits. Poolers drop LISTEN, so the reader also polls.
async fn listen(feed: Arc<FeedState>, woken: Arc<Notify>) {
    let mut backoff = feed.db.backoff();
    while !feed.shutdown.is_cancelled() {
        let heard = tokio::select! {
            heard = listen_once(&feed, &woken, &mut backoff) => heard,
            // Its connection may be silent for ever.
            () = feed.db.0.reach.until_cut(Instant::now()) => Ok(()),
            () = feed.shutdown.cancelled() => return,
        };
        if let Err(error) = heard {
            tracing::debug!(%error, "cannot listen; polling");
        }
        sleep(backoff.pause()).await;
    }
}

async fn listen_once(feed: &FeedState, woken: &Notify, backoff: &mut Backoff) -> Result<()> {
    let mut listener = PgListener::connect(&feed.db.0.url).await.map_err(db_error)?;
    listener.listen(CHANNEL).await.map_err(db_error)?;
    backoff.reset();
    loop {
        // `None`: the connection was lost and is back; something may have been missed.
        let heard = listener.try_recv().await.map_err(db_error)?;
        if heard.is_none_or(|heard| heard.payload() != feed.id) {
            woken.notify_one();
        }
    }
}
