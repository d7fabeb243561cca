//! The copy of another service's feed in a service's own database.
//!
//! Every transaction of the feed is written in one transaction with the feed's position, which is
//! compared and moved there. So the copy and the position never disagree, no lease is needed,
//! and a replica that dies leaves nothing to take over: of several that follow, the first to arrive
//! writes, and whoever finds the table ahead leaves it alone. A replica that finds it elsewhere
//! altogether starts again from the table.

use std::{future::Future, time::Duration};

use mpp_core::{Error, Reason, Result};
use mpp_rpc::follow::{Event, Follower};
use mpp_store::{Actor, Change, Db, Position, Read, Tx};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How long to wait after the own database failed, or the copy was overtaken.
const PAUSE: Duration = Duration::from_secs(1);

/// Where a service keeps its copy of a feed: its tables, and a memory that is filled from them, if
/// it has one.
pub trait Shelf: Send {
    /// Reads the tables as they are at `position`; `None` where no state was ever read whole.
    fn load(
        &mut self,
        read: &mut Read,
        position: Option<&Position>,
    ) -> impl Future<Output = Result<()>> + Send;

    /// The whole state follows, from its start.
    fn begin_state(&mut self, read: &mut Read) -> impl Future<Output = Result<()>> + Send;

    /// Records of the state, each as a `Put`. The position has not moved.
    fn add_state(
        &mut self,
        tx: &mut Tx,
        records: Vec<Change>,
    ) -> impl Future<Output = Result<()>> + Send;

    /// The state is complete: a record that was not in it has vanished.
    fn end_state(
        &mut self,
        tx: &mut Tx,
        position: &Position,
    ) -> impl Future<Output = Result<()>> + Send;

    /// All changes of one transaction of the feed, in order; none, where only the position moves.
    fn write(
        &mut self,
        tx: &mut Tx,
        changes: &[Change],
        position: &Position,
    ) -> impl Future<Output = Result<()>> + Send;

    /// The tables have the whole state, at this revision.
    fn has_state(&mut self) {}

    /// The tables have these changes, whichever replica wrote them.
    fn has(&mut self, _changes: &[Change]) {}
}

/// How a copy is set up.
#[derive(Clone, Debug)]
pub struct Options {
    /// The feed's name in the table of positions, such as `registry`.
    pub feed: &'static str,
    /// The author of the writes, for the own feed.
    pub by: Actor,
    /// How often the position is saved while nothing changes.
    pub bookmark_every: Duration,
}

/// The copy of one feed on one replica.
pub struct Copy<S> {
    db: Db,
    options: Options,
    shelf: S,
    /// Where the table stood when this replica last read or wrote it.
    at: Option<Position>,
    saved: Instant,
}

impl<S: Shelf> Copy<S> {
    /// Goes on where the tables stand.
    ///
    /// # Errors
    /// `UNAVAILABLE` where the database is away.
    pub async fn open(db: Db, options: Options, shelf: S) -> Result<Self> {
        let mut copy = Self { db, options, shelf, at: None, saved: Instant::now() };
        copy.reload().await?;
        Ok(copy)
    }

    /// Where the follower starts; `None` before a state was read whole.
    pub fn position(&self) -> Option<&Position> {
        self.at.as_ref()
    }

    /// The tables and the memory.
    pub fn shelf(&mut self) -> &mut S {
        &mut self.shelf
    }

    /// Reads the tables again, and where they stand.
    ///
    /// # Errors
    /// `UNAVAILABLE` where the database is away.
    pub async fn reload(&mut self) -> Result<()> {
        let mut read = self.db.read().await?;
        self.at = read.position(self.options.feed).await?;
        self.shelf.load(&mut read, self.at.as_ref()).await?;
        self.saved = Instant::now();
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
        }
    }

    /// Starts again from the tables after an event could not be applied.
    pub async fn recover(&mut self, follower: &mut Follower) {
        loop {
            tokio::time::sleep(PAUSE).await;
            match self.reload().await {
                Ok(()) => return follower.rewind(self.at.clone()),
                Err(error) => tracing::warn!(feed = self.options.feed, %error, "cannot be read"),
            }
        }
    }

    /// Applies an event of the follower.
    ///
    /// # Errors
    /// `WRITE_CONFLICT` where another replica has moved the table elsewhere, `UNAVAILABLE` where
    /// the database is away: [`Copy::recover`].
    pub async fn apply(&mut self, event: Event) -> Result<()> {
        match event {
            Event::StateBegins => {
                let mut read = self.db.read().await?;
                self.shelf.begin_state(&mut read).await?;
                read.end().await
            }
            Event::State(records) => {
                let mut tx = self.begin().await?;
                self.require(&mut tx).await?;
                self.shelf.add_state(&mut tx, records).await?;
                tx.commit().await.map(drop)
            }
            Event::StateEnds(position) => self.end_state(position).await,
            Event::Changes(changes, position) => self.change(&changes, position).await,
        }
    }

    /// Of a feed whose service was restored the revision may be lower than the table's, so it is
    /// not compared.
    async fn end_state(&mut self, position: Position) -> Result<()> {
        let mut tx = self.begin().await?;
        self.shift(&mut tx, &position).await?;
        self.shelf.end_state(&mut tx, &position).await?;
        tx.commit().await?;
        self.note(position);
        self.shelf.has_state();
        Ok(())
    }

    async fn change(&mut self, changes: &[Change], position: Position) -> Result<()> {
        if changes.is_empty() && self.saved.elapsed() < self.options.bookmark_every {
            return Ok(());
        }
        let mut tx = self.begin().await?;
        let stored = tx.position(self.options.feed).await?;
        if let Some(ahead) = stored.filter(|stored| stored.revision >= position.revision) {
            tx.rollback().await?;
            self.note(ahead);
        } else {
            self.shift(&mut tx, &position).await?;
            self.shelf.write(&mut tx, changes, &position).await?;
            tx.commit().await?;
            self.note(position);
        }
        self.shelf.has(changes);
        Ok(())
    }

    async fn begin(&self) -> Result<Tx> {
        self.db.begin(&self.options.by).await
    }

    async fn require(&self, tx: &mut Tx) -> Result<()> {
        if tx.position(self.options.feed).await? == self.at {
            return Ok(());
        }
        Err(self.overtaken())
    }

    /// Moves the position, before anything is written: of two replicas that write the same the
    /// second then finds it moved.
    async fn shift(&self, tx: &mut Tx, to: &Position) -> Result<()> {
        if tx.move_position(self.options.feed, self.at.as_ref(), to).await? {
            return Ok(());
        }
        Err(self.overtaken())
    }

    fn overtaken(&self) -> Error {
        let message = format!("another replica has moved the copy of {}", self.options.feed);
        Error::new(Reason::WriteConflict, message)
    }

    fn note(&mut self, position: Position) {
        self.at = Some(position);
        self.saved = Instant::now();
    }
}

#[cfg(test)]
mod tests;
