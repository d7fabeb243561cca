//! The one reader of a process: it brings what was committed, here or elsewhere, into the ring.

use std::{sync::Arc, time::Duration};

use mpp_core::{Reason, Result};
use sqlx::{AssertSqlSafe, postgres::PgListener};
use tokio::{
    sync::{Notify, watch},
    time::{Instant, sleep},
};

use super::{
    page::{self, FeedPlace},
    shared::{Shared, lineage_changed},
};
use crate::{bounds::Bounds, db_error, lineage};

/// The channel on which PostgreSQL wakes the other replicas.
const CHANNEL: &str = "mpp_feed";
/// Least time between two notifications of a process.
const COALESCE: Duration = Duration::from_millis(3);
/// How long to wait after an error.
const BACK_OFF: Duration = Duration::from_millis(500);
/// How often the served revision is noted beside a SQLite database.
const NOTE: Duration = Duration::from_secs(1);
/// How often to make sure that PostgreSQL is still the same cluster and timeline.
const VERIFY: Duration = Duration::from_secs(2);

/// Starts the reader at the head, and what wakes it.
pub(super) fn start(feed: &Arc<Shared>, head: i64) {
    let woken = Arc::new(Notify::new());
    tokio::spawn(Reader::new(feed.clone(), head).run(woken.clone()));
    if !feed.db.is_sqlite() {
        let committed = feed.db.0.committed.subscribe();
        tokio::spawn(notify_others(feed.clone(), committed));
        tokio::spawn(listen(feed.clone(), woken));
    }
}

/// The reader and how far it has come.
struct Reader {
    feed: Arc<Shared>,
    place: FeedPlace,
    /// When it last made sure that the database is still the same one.
    verified: Instant,
    /// The last note beside a SQLite database: when, and which revision.
    noted: (Instant, i64),
}

impl Reader {
    fn new(feed: Arc<Shared>, head: i64) -> Self {
        let (verified, noted) = (Instant::now(), (Instant::now(), head));
        Self { feed, place: FeedPlace::after(head), verified, noted }
    }

    /// Reads until the feed is shut down.
    async fn run(mut self, woken: Arc<Notify>) {
        let mut committed = self.feed.db.0.committed.subscribe();
        while !self.feed.shutdown.is_cancelled() {
            committed.borrow_and_update();
            match self.advance().await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => {
                    let context = error.context();
                    tracing::warn!(%error, ?context, "the feed cannot be read; trying again");
                    self.recover().await;
                }
            }
            self.note(NOTE);
            tokio::select! {
                _ = committed.changed() => {}
                () = woken.notified() => {}
                () = sleep(self.feed.options.poll_interval) => {}
                () = self.feed.shutdown.cancelled() => {}
            }
        }
        self.note(Duration::ZERO);
        self.feed.ended.cancel();
    }

    /// Reads one page into the ring; true if there may be more.
    async fn advance(&mut self) -> Result<bool> {
        if self.verified.elapsed() > VERIFY {
            self.verify().await?;
        }
        let feed = &self.feed;
        let page = page::read(&feed.db, self.place, feed.options.message_bytes).await?;
        let Some(end) = page.pieces.last().map(|piece| piece.end) else {
            return self.check_same(page.bounds).map(|()| false);
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

    /// A promoted or restored PostgreSQL may have taken the place of the one that was read, without
    /// an error that the reader saw; a SQLite file has this process as its owner.
    async fn verify(&mut self) -> Result<()> {
        let db = &self.feed.db.0;
        if db.owned.is_some() {
            return Ok(());
        }
        let mut conn = db.readers.take().await?;
        let lineage = lineage::confirm(&mut conn, db.dialect, None).await?;
        if lineage != self.feed.served_lineage() {
            return Err(lineage_changed());
        }
        self.verified = Instant::now();
        Ok(())
    }

    /// Nothing follows: either the reader is at the head, or the database is not the one it was.
    fn check_same(&self, bounds: Option<Bounds>) -> Result<()> {
        match bounds {
            Some(bounds) if !self.follows_on(&bounds) => Err(lineage_changed()),
            _ => Ok(()),
        }
    }

    /// True if the database holds everything that the reader has read, and goes on from there.
    fn follows_on(&self, bounds: &Bounds) -> bool {
        bounds.head >= self.place.revision
            && bounds.lineage == self.feed.served_lineage()
            && page::check_floor(self.place, bounds.floor).is_ok()
    }

    /// After an error: the database may have been restored or promoted, or compacted past the
    /// reader.
    async fn recover(&mut self) {
        sleep(BACK_OFF).await;
        if let Err(error) = self.try_recover().await {
            tracing::debug!(%error, "the feed's database is still away");
        }
    }

    async fn try_recover(&mut self) -> Result<()> {
        match self.verify().await {
            Err(error) if error.reason() != Reason::LineageChanged => return Err(error),
            _ => {}
        }
        let bounds = page::bounds(&self.feed.db).await?;
        if !self.follows_on(&bounds) {
            self.place = FeedPlace::after(bounds.head);
            self.feed.restart(&bounds);
        }
        Ok(())
    }

    /// Notes how far the feed was served, if the last note is older than an age.
    fn note(&mut self, age: Duration) {
        let head = self.feed.tail.borrow().head;
        if let Some(owned) = &self.feed.db.0.owned
            && head != self.noted.1
            && self.noted.0.elapsed() >= age
        {
            owned.note(&self.feed.served_lineage(), head);
            self.noted = (Instant::now(), head);
        }
    }
}

/// Tells the other replicas of this process's commits, outside their transactions: within them it
/// costs nearly half of the throughput.
async fn notify_others(feed: Arc<Shared>, mut committed: watch::Receiver<i64>) {
    while !feed.shutdown.is_cancelled() {
        tokio::select! {
            changed = committed.changed() => if changed.is_err() { return },
            () = feed.shutdown.cancelled() => return,
        }
        committed.borrow_and_update();
        // Best effort: a replica that does not hear it polls.
        if let Err(error) = notify(&feed).await {
            tracing::debug!(%error, "cannot notify the other replicas");
        }
        sleep(COALESCE).await;
    }
}

async fn notify(feed: &Shared) -> Result<()> {
    let text = format!("notify {CHANNEL}, '{}'", feed.id);
    let mut conn = feed.db.0.readers.take().await?;
    sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut *conn).await.map(drop).map_err(db_error)
}

/// Hears of the other replicas' commits. Poolers drop LISTEN, therefore the reader also polls.
async fn listen(feed: Arc<Shared>, woken: Arc<Notify>) {
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

async fn listen_once(feed: &Shared, woken: &Notify) -> Result<()> {
    let mut listener = PgListener::connect(&feed.db.0.url).await.map_err(db_error)?;
    listener.listen(CHANNEL).await.map_err(db_error)?;
    loop {
        // None: the connection was lost and is back; something may have been missed.
        let heard = listener.try_recv().await.map_err(db_error)?;
        if heard.is_none_or(|heard| heard.payload() != feed.id) {
            woken.notify_one();
        }
    }
}
