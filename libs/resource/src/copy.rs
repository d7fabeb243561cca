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
mod tests {
    use mpp_api::{Document as _, registry::Region};
    use mpp_store::{Labels, Op, Schema};
    use mpp_testkit::on_both;

    use super::*;

    const SCHEMA: Schema = Schema { service: "copy", steps: &[], history_kinds: &[] };
    const FEED: &str = "registry";

    /// Notes the revisions that it is asked to write, and those that it is told of.
    #[derive(Default)]
    struct Notes {
        loaded: usize,
        written: Vec<i64>,
        known: Vec<i64>,
        state: Vec<String>,
    }

    impl Shelf for Notes {
        async fn load(&mut self, _read: &mut Read, _at: Option<&Position>) -> Result<()> {
            self.loaded += 1;
            Ok(())
        }

        async fn begin_state(&mut self, _read: &mut Read) -> Result<()> {
            self.state.clear();
            Ok(())
        }

        async fn add_state(&mut self, _tx: &mut Tx, records: Vec<Change>) -> Result<()> {
            self.state.extend(records.into_iter().map(|record| record.name));
            Ok(())
        }

        async fn end_state(&mut self, _tx: &mut Tx, _position: &Position) -> Result<()> {
            Ok(())
        }

        async fn write(
            &mut self,
            _tx: &mut Tx,
            _changes: &[Change],
            position: &Position,
        ) -> Result<()> {
            self.written.push(position.revision);
            Ok(())
        }

        fn has(&mut self, changes: &[Change]) {
            self.known.extend(changes.iter().map(|change| change.revision));
        }
    }

    async fn replica(db: &Db) -> Copy<Notes> {
        let by = Actor { origin: "feed".into(), subject: "services/scheduling".into() };
        let options = Options { feed: FEED, by, bookmark_every: Duration::from_secs(60) };
        Copy::open(db.clone(), options, Notes::default()).await.expect("a copy")
    }

    async fn with_state(db: &Db) -> Copy<Notes> {
        let mut copy = replica(db).await;
        copy.apply(Event::StateBegins).await.expect("begins");
        copy.apply(Event::State(vec![change(1)])).await.expect("a part");
        copy.apply(Event::StateEnds(position(1))).await.expect("ends");
        copy
    }

    fn change(revision: i64) -> Change {
        Change {
            kind: Region::KIND.into(),
            name: format!("regions/{revision}"),
            version: 1,
            op: Op::Put,
            doc: bytes::Bytes::new(),
            tombstone: None,
            labels: Labels::new(),
            labels_before: None,
            origin: "api".into(),
            actor: "users/siti".into(),
            at: 0,
            create_time: 0,
            update_time: 0,
            revision,
        }
    }

    fn transaction(revision: i64) -> Event {
        Event::Changes(vec![change(revision)], position(revision))
    }

    fn position(revision: i64) -> Position {
        Position { token: revision.to_string().into(), revision, lineage: String::new() }
    }

    async fn stands(db: &Db) -> Option<i64> {
        let mut read = db.read().await.expect("a snapshot");
        let position = read.position(FEED).await.expect("a position");
        read.end().await.expect("ends");
        position.map(|position| position.revision)
    }

    #[tokio::test]
    async fn a_replica_that_lags_does_not_take_the_table_back() {
        on_both(async |database| {
            let db = database.open(&SCHEMA).await.expect("open");
            let mut ahead = with_state(&db).await;
            let mut behind = replica(&db).await;
            for revision in 2..=5 {
                ahead.apply(transaction(revision)).await.expect("written");
            }
            for revision in 2..=5 {
                behind.apply(transaction(revision)).await.expect("heard");
                assert_eq!(stands(&db).await, Some(5), "after {revision}");
            }
            assert_eq!(behind.shelf().known, [2, 3, 4, 5], "its memory goes on");
            assert_eq!(behind.shelf().written, [0; 0]);
            behind.apply(transaction(6)).await.expect("it has caught up");
            assert_eq!((behind.shelf().written.as_slice(), stands(&db).await), (&[6][..], Some(6)));
        })
        .await;
    }

    #[tokio::test]
    async fn a_transaction_that_is_told_twice_is_written_once() {
        on_both(async |database| {
            let db = database.open(&SCHEMA).await.expect("open");
            let mut copy = with_state(&db).await;
            for _ in 0..2 {
                copy.apply(transaction(2)).await.expect("applied");
            }
            assert_eq!(copy.shelf().written, [2]);
        })
        .await;
    }

    #[tokio::test]
    async fn of_two_that_start_anew_one_writes_and_the_other_starts_from_its_table() {
        on_both(async |database| {
            let db = database.open(&SCHEMA).await.expect("open");
            let mut second = replica(&db).await;
            second.apply(Event::StateBegins).await.expect("begins");
            second.apply(Event::State(vec![change(1)])).await.expect("a part");
            let first = with_state(&db).await;
            let late = second.apply(Event::StateEnds(position(3))).await.expect_err("overtaken");
            assert_eq!(late.reason(), Reason::WriteConflict);
            second.reload().await.expect("read again");
            assert_eq!(second.position(), first.position());
            assert_eq!(second.shelf().loaded, 2);
            assert_eq!(stands(&db).await, Some(1));
        })
        .await;
    }

    #[tokio::test]
    async fn a_copy_that_is_elsewhere_altogether_writes_nothing() {
        on_both(async |database| {
            let db = database.open(&SCHEMA).await.expect("open");
            let mut elsewhere = with_state(&db).await;
            let mut other = replica(&db).await;
            other.apply(transaction(4)).await.expect("written");
            let late = elsewhere.apply(transaction(6)).await.expect_err("4 was not heard");
            assert_eq!(late.reason(), Reason::WriteConflict);
            assert_eq!(elsewhere.shelf().written, [0; 0]);
            assert_eq!(stands(&db).await, Some(4));
        })
        .await;
    }

    #[tokio::test]
    async fn a_restored_feed_may_stand_lower_than_the_table() {
        on_both(async |database| {
            let db = database.open(&SCHEMA).await.expect("open");
            let mut copy = with_state(&db).await;
            copy.apply(transaction(9)).await.expect("written");
            copy.apply(Event::StateBegins).await.expect("begins anew");
            copy.apply(Event::StateEnds(position(3))).await.expect("taken over");
            assert_eq!(stands(&db).await, Some(3));
        })
        .await;
    }
}
