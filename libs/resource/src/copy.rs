//! The copy of another service's feed in a service's own database.
//!
//! Every transaction of the feed is written in one transaction with the feed's position, which is
//! compared and moved there. So the copy and the position never disagree, no lease is needed,
//! and a replica that dies leaves nothing to take over: the first of several followers to arrive
//! writes, and one that finds the table ahead leaves it alone. A replica that finds the table at
//! another position altogether starts again from the table, and the feed's own service judges that
//! position: another replica has gone on, or the own database was restored beneath this one. A
//! table that is ahead may be of another history, too. So a replica that leaves it alone keeps a
//! doubt until it has itself heard of that position.

mod proof;
mod shelf;
#[cfg(test)]
mod tests;

use std::time::Duration;

use mpp_client::FreshStarts;
use mpp_core::{Backoff, Digest, Error, Reason, Result};
use mpp_rpc::follow::{Event, Follower};
use mpp_store::{Actor, Change, Db, LastProof, Position, ProofPace, Tx};
use tokio::{sync::watch, time::Instant};
use tokio_util::sync::CancellationToken;

pub use self::shelf::{Names, Shelf};
use crate::differs::Differs;

/// How long a replica waits to hear of a position that it has found in the table.
const LONGEST_DOUBT: Duration = Duration::from_secs(60);

/// How a copy is set up.
#[derive(Clone, Debug)]
pub struct Options {
    /// The feed's name in the table of positions, such as `registry`.
    pub feed: &'static str,
    /// The author of the writes, for the own feed.
    pub by: Actor,
    /// How often the position is saved while nothing changes.
    pub bookmark_every: Duration,
    /// How often the tables are read again.
    pub pace: ProofPace,
    /// Notes when the copy was last compared.
    pub proof: LastProof,
}

/// The copy of one feed on one replica.
pub struct Copy<S> {
    db: Db,
    options: Options,
    shelf: S,
    /// The table's position when this replica last read or wrote it.
    at: Option<Position>,
    saved: Instant,
    /// The last revision of which this replica has heard.
    heard: i64,
    /// The revision up to which the memory shows the feed.
    reached: watch::Sender<i64>,
    /// A position in the database that is ahead of the one heard from the feed, and when it was
    /// found.
    doubt: Option<(Position, Instant)>,
    /// The digest of the records that the state under way has brought so far.
    coming: Digest,
    differs: Differs,
    /// The pauses after the own database failed, or the copy was overtaken.
    backoff: Backoff,
    starts: FreshStarts,
    /// True if it was found to differ, and may start again.
    must_start_again: bool,
    /// When the tables are read again as a whole, for the digest of their records.
    next_reading: Instant,
}

impl<S: Shelf> Copy<S> {
    /// Goes on where the tables stand.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the database is away.
    pub async fn open(db: Db, options: Options, shelf: S) -> Result<Self> {
        let now = Instant::now();
        let mut copy = Self {
            differs: Differs::new(options.feed, &db, "database", &options.proof),
            backoff: db.backoff(),
            db,
            options,
            shelf,
            at: None,
            saved: now,
            heard: 0,
            reached: watch::Sender::default(),
            doubt: None,
            coming: Digest::default(),
            starts: FreshStarts::new(now),
            must_start_again: false,
            next_reading: now,
        };
        copy.reload().await?;
        Ok(copy)
    }

    /// The position from which to follow; `None` before a state was read whole.
    pub fn position(&self) -> Option<&Position> {
        self.at.as_ref()
    }

    /// Tells up to which revision reads show the feed; 0 before a state was read whole.
    pub fn reached(&self) -> watch::Receiver<i64> {
        self.reached.subscribe()
    }

    /// The tables and the memory.
    pub fn shelf(&mut self) -> &mut S {
        &mut self.shelf
    }

    /// Reads the tables again, and where they stand.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the database is away.
    pub async fn reload(&mut self) -> Result<()> {
        let mut read = self.db.read().await?;
        let at = read.position(self.options.feed).await?;
        let held = self.shelf.load(&mut read, at.as_ref()).await?;
        if let (Some(held), Some(_)) = (held, &at) {
            let told = read.digest(self.options.feed).await?;
            self.compare(&held, &told);
        }
        self.has_heard(at.as_ref().map_or(0, |at| at.revision));
        self.stand(at);
        read.end().await
    }

    /// Follows until the shutdown.
    pub async fn follow(mut self, mut follower: Follower, shutdown: CancellationToken) {
        loop {
            let event = tokio::select! {
                event = follower.next() => event,
                () = shutdown.cancelled() => return,
            };
            if let Err(error) = self.apply(event).await {
                let feed = self.options.feed;
                tracing::warn!(feed, %error, "the copy of a feed starts again from its table");
                self.recover(&mut follower).await;
            }
            self.start_again_where_it_differs(&mut follower);
        }
    }

    /// Starts again from the tables after an event could not be applied. The feed's service judges
    /// whether it can go on from there.
    pub async fn recover(&mut self, follower: &mut Follower) {
        loop {
            tokio::time::sleep(self.backoff.pause()).await;
            match self.start_again().await {
                Ok(()) => return follower.rewind(self.at.clone()),
                Err(error) => tracing::warn!(feed = self.options.feed, %error, "cannot be read"),
            }
        }
    }

    /// If only the position has moved on, to one before the last that was heard of, then another
    /// replica has saved a bookmark, and the memory has everything up to there.
    async fn start_again(&mut self) -> Result<()> {
        let stored = self.stored().await?;
        let lies_between = |stored: &Position, at: &Position| {
            stored.revision > at.revision && stored.revision <= self.heard
        };
        match (&stored, &self.at) {
            (Some(there), Some(at)) if lies_between(there, at) => self.stand(stored),
            _ => self.reload().await?,
        }
        Ok(())
    }

    async fn stored(&self) -> Result<Option<Position>> {
        let mut read = self.db.read().await?;
        let stored = read.position(self.options.feed).await?;
        read.end().await?;
        Ok(stored)
    }

    /// Applies an event of the follower.
    ///
    /// # Errors
    /// `WRITE_CONFLICT` if another replica has moved the table elsewhere, `UNAVAILABLE` if
    /// the database is away: [`Copy::recover`].
    pub async fn apply(&mut self, event: Event) -> Result<()> {
        let is_step = matches!(event, Event::StateEnds(_) | Event::Changes(..));
        self.take_in(event).await?;
        if is_step {
            self.backoff.reset();
        }
        Ok(())
    }

    async fn take_in(&mut self, event: Event) -> Result<()> {
        match event {
            Event::StateBegins => {
                let mut read = self.db.read().await?;
                self.shelf.begin_state(&mut read).await?;
                self.coming = Digest::default();
                self.must_start_again = false;
                read.end().await
            }
            Event::State(records) => self.add_state(records).await,
            Event::StateEnds(position) => self.end_state(position).await,
            Event::Changes(changes, position) => self.change(&changes, position).await,
            Event::Digest(wanted) => self.prove(&wanted).await,
        }
    }

    async fn add_state(&mut self, records: Vec<Change>) -> Result<()> {
        let mut tx = self.begin().await?;
        self.require(&mut tx).await?;
        for record in &records {
            self.coming.add(&record.kind, &record.name, record.version);
        }
        self.shelf.add_state(&mut tx, records).await?;
        tx.commit().await.map(drop)
    }

    /// The revision may be lower than the table's, if the feed's service was restored, so it is not
    /// compared.
    async fn end_state(&mut self, position: Position) -> Result<()> {
        let mut tx = self.begin().await?;
        self.shift(&mut tx, &position).await?;
        self.shelf.end_state(&mut tx, &position).await?;
        tx.save_digest(self.options.feed, &self.coming).await?;
        tx.commit().await?;
        let revision = position.revision;
        self.stand(Some(position));
        self.shelf.has_state(revision);
        self.has_heard(revision);
        Ok(())
    }

    async fn change(&mut self, changes: &[Change], position: Position) -> Result<()> {
        if changes.is_empty() && self.saved.elapsed() < self.options.bookmark_every {
            // Nothing to write, but the own database may have been restored meanwhile.
            let stored = self.stored().await?;
            self.is_ahead(stored, &position)?;
            self.shelf.has(changes, position.revision);
            self.has_heard(position.revision);
            return Ok(());
        }
        let mut tx = self.begin().await?;
        let stored = tx.position(self.options.feed).await?;
        if self.is_ahead(stored, &position)? {
            tx.rollback().await?;
        } else {
            self.shift(&mut tx, &position).await?;
            self.write(&mut tx, changes, &position).await?;
            tx.commit().await?;
            self.stand(Some(position.clone()));
        }
        self.shelf.has(changes, position.revision);
        self.has_heard(position.revision);
        Ok(())
    }

    /// Notes up to where reads show the feed.
    fn has_heard(&mut self, revision: i64) {
        self.heard = revision;
        self.reached.send_replace(revision);
    }

    /// True if another replica has written the changes up to `heard` already; false if the
    /// tables stand as this one left them.
    fn is_ahead(&mut self, stored: Option<Position>, heard: &Position) -> Result<bool> {
        if let Some((position, since)) = &self.doubt {
            if position == heard {
                self.doubt = None;
            } else if heard.revision >= position.revision || since.elapsed() > LONGEST_DOUBT {
                return Err(self.elsewhere());
            }
        }
        match stored {
            Some(there) if there.revision > heard.revision => {
                self.doubt.get_or_insert((there.clone(), Instant::now()));
                self.note(Some(there));
                Ok(true)
            }
            Some(there) if there == *heard => {
                self.note(Some(there));
                Ok(true)
            }
            stored if stored == self.at => Ok(false),
            _ => Err(self.elsewhere()),
        }
    }

    async fn begin(&self) -> Result<Tx> {
        self.db.begin(&self.options.by).await
    }

    async fn require(&self, tx: &mut Tx) -> Result<()> {
        if tx.position(self.options.feed).await? == self.at {
            return Ok(());
        }
        Err(self.elsewhere())
    }

    /// Moves the position, before anything is written: of two replicas that write the same the
    /// second then finds it moved.
    async fn shift(&self, tx: &mut Tx, to: &Position) -> Result<()> {
        if tx.move_position(self.options.feed, self.at.as_ref(), to).await? {
            return Ok(());
        }
        Err(self.elsewhere())
    }

    fn elsewhere(&self) -> Error {
        let message = format!("the copy of {} was moved elsewhere", self.options.feed);
        Error::new(Reason::WriteConflict, message)
    }

    /// Notes where the table stands, which this replica has read there, or has written itself.
    fn stand(&mut self, at: Option<Position>) {
        self.doubt = None;
        self.note(at);
    }

    fn note(&mut self, at: Option<Position>) {
        self.at = at;
        self.saved = Instant::now();
    }
}
