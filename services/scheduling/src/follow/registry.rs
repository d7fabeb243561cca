//! The registry's feed into the copy: table and position in one transaction, then the memory.
//!
//! Every replica follows, for its own memory. The table takes a transaction of the feed only from
//! a replica that stands where the table stands; of two, the first to arrive writes. A
//! replica that finds the table ahead leaves it alone, so that one that lags never takes it back;
//! one that finds it elsewhere goes on from there. So no lease is needed, a replica that dies
//! leaves nothing to take over, and rows and position never disagree.

use std::{collections::BTreeMap, time::Duration};

use mpp_core::{Error, Result};
use mpp_rpc::{
    Component,
    follow::{Event, Follower},
};
use mpp_store::{Change, Db, Op, Position, Tx};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::{
    memory::{Memory, directory::Directory, dirty::Touched},
    store::{
        own_name,
        upstream::{Copied, forget, page, put, remove},
    },
};

/// The feed's name in the table.
const FEED: &str = "registry";
/// Rows that are read at a time at the start.
const PAGE: i64 = 2000;
/// How often the position is saved while nothing changes.
const BOOKMARK: Duration = Duration::from_secs(60);
/// How long to wait after the own database failed.
const PAUSE: Duration = Duration::from_secs(1);

/// The copy of one replica.
pub struct Copy {
    db: Db,
    memory: Memory,
    /// Where the table stood when this replica last wrote or read it.
    saved: Option<Position>,
    saved_at: Instant,
    /// Records of a state that has not ended.
    state: Vec<Copied>,
    /// Up once there is a copy.
    component: Component,
}

/// What the follower has to do next.
enum Next {
    GoOn,
    /// Go on from where the table stands.
    Rewind,
}

impl Copy {
    /// Loads what the table holds into the memory.
    ///
    /// # Errors
    /// `UNAVAILABLE` where the database is away.
    pub async fn load(db: Db, memory: Memory, component: Component) -> Result<Self> {
        let mut read = db.read().await?;
        let saved = read.position(FEED).await?;
        let mut directory = Directory::default();
        let mut after = (String::new(), String::new());
        loop {
            let rows = page(&mut read, FEED, (&after.0, &after.1), PAGE).await?;
            rows.iter().for_each(|row| drop(take(&mut directory, row)));
            match rows.last() {
                Some(last) => after = (last.kind.clone(), last.name.clone()),
                None => break,
            }
        }
        read.end().await?;
        if saved.is_some() {
            memory.replace_directory(directory);
            component.up();
        }
        Ok(Self { db, memory, saved, saved_at: Instant::now(), state: Vec::new(), component })
    }

    /// Where the follower starts.
    pub fn position(&self) -> Option<Position> {
        self.saved.clone()
    }

    /// Follows until the shutdown.
    pub async fn follow(mut self, mut follower: Follower, shutdown: CancellationToken) {
        loop {
            let event = tokio::select! {
                event = follower.next() => event,
                () = shutdown.cancelled() => return,
            };
            match self.apply(event).await {
                Ok(Next::GoOn) => {}
                Ok(Next::Rewind) => follower.rewind(self.saved.clone()),
                Err(error) => {
                    tracing::warn!(error = %error, "the registry's changes cannot be taken over");
                    tokio::time::sleep(PAUSE).await;
                    follower.rewind(self.saved.clone());
                }
            }
        }
    }

    async fn apply(&mut self, event: Event) -> Result<Next> {
        match event {
            Event::StateBegins => self.state.clear(),
            Event::State(records) => self.state.extend(records.iter().map(copied)),
            Event::StateEnds(position) => self.replace(position).await?,
            Event::Changes(changes, position) => return self.change(&changes, position).await,
        }
        Ok(Next::GoOn)
    }

    /// Puts the state in the place of the copy: what is not in it has vanished. Of a restored
    /// registry the revision may be lower than the table's, so it is not compared.
    async fn replace(&mut self, position: Position) -> Result<()> {
        let rows = std::mem::take(&mut self.state);
        let mut tx = self.db.begin(&own_name()).await?;
        let stored = tx.position(FEED).await?;
        if stored.is_none_or(|stored| stored.token != position.token) {
            // The position comes first: its row keeps two replicas that both start anew apart.
            tx.save_position(FEED, &position).await?;
            forget(&mut tx, FEED).await?;
            put(&mut tx, FEED, &rows).await?;
        }
        tx.commit().await?;
        let mut directory = Directory::default();
        rows.iter().for_each(|row| drop(take(&mut directory, row)));
        self.memory.replace_directory(directory);
        self.component.up();
        self.note(position);
        Ok(())
    }

    async fn change(&mut self, changes: &[Change], position: Position) -> Result<Next> {
        if changes.is_empty() && self.saved_at.elapsed() < BOOKMARK {
            return Ok(Next::GoOn);
        }
        let mut tx = self.db.begin(&own_name()).await?;
        let stored = tx.position(FEED).await?;
        let reached = stored.as_ref().is_some_and(|at| at.revision >= position.revision);
        if reached {
            tx.rollback().await?;
            self.saved = stored;
            self.saved_at = Instant::now();
        } else if stored == self.saved {
            write(&mut tx, changes).await?;
            tx.save_position(FEED, &position).await?;
            tx.commit().await?;
            self.note(position);
        } else {
            tx.rollback().await?;
            self.saved = stored;
            return Ok(Next::Rewind);
        }
        self.memory.change_directory(|directory| {
            changes.iter().map(|change| take_change(directory, change)).collect()
        });
        Ok(Next::GoOn)
    }

    fn note(&mut self, position: Position) {
        self.saved = Some(position);
        self.saved_at = Instant::now();
    }
}

/// Writes what the changes leave of each record: the last one counts.
async fn write(tx: &mut Tx, changes: &[Change]) -> Result<()> {
    let last: BTreeMap<_, _> =
        changes.iter().map(|change| ((&change.kind, &change.name), change)).collect();
    let (puts, gone): (Vec<_>, Vec<_>) = last.into_values().partition(|c| c.op == Op::Put);
    let rows: Vec<_> = puts.into_iter().map(copied).collect();
    put(tx, FEED, &rows).await?;
    for change in gone {
        remove(tx, FEED, &change.kind, &change.name).await?;
    }
    Ok(())
}

fn copied(change: &Change) -> Copied {
    Copied {
        kind: change.kind.clone(),
        name: change.name.clone(),
        version: change.version,
        doc: change.doc.to_vec(),
    }
}

fn take(directory: &mut Directory, row: &Copied) -> Touched {
    let touched = directory.put(&row.kind, &row.name, &row.doc);
    touched.unwrap_or_else(|error| unusable(&row.name, &error))
}

fn take_change(directory: &mut Directory, change: &Change) -> Touched {
    match change.op {
        Op::Put => take(directory, &copied(change)),
        Op::Deleted | Op::Removed => directory.remove(&change.kind, &change.name),
    }
}

/// A record that cannot be used must not stop the feed: it is told, and the one before stays.
fn unusable(name: &str, error: &Error) -> Touched {
    tracing::error!(name, error = %error, "a record of the registry cannot be used");
    Touched::Nothing
}

#[cfg(test)]
mod tests {
    use mpp_api::{Document as _, registry::Region};
    use mpp_calendar::Decrees;
    use mpp_rpc::Readiness;
    use mpp_testkit::on_both;
    use prost::Message as _;

    use super::*;

    async fn replica(db: &Db) -> Copy {
        let component = Readiness::new().component("registry copy");
        let memory = Memory::new(Decrees::national());
        let loaded = Copy::load(db.clone(), memory, component).await;
        loaded.unwrap_or_else(|error| panic!("{error}"))
    }

    /// A transaction of the registry that adds a region.
    fn transaction(revision: i64) -> Event {
        let name = format!("regions/{revision}");
        let doc = Region { name: name.clone(), ..Region::default() };
        let change = Change {
            kind: Region::KIND.into(),
            name,
            version: 1,
            op: Op::Put,
            doc: doc.encode_to_vec().into(),
            tombstone: None,
            labels: mpp_store::Labels::new(),
            labels_before: None,
            origin: "api".into(),
            actor: "users/siti".into(),
            at: 0,
            create_time: 0,
            update_time: 0,
            revision,
        };
        Event::Changes(vec![change], position(revision))
    }

    fn position(revision: i64) -> Position {
        Position { token: revision.to_string().into(), revision, lineage: String::new() }
    }

    #[tokio::test]
    async fn a_replica_that_lags_does_not_take_the_table_back() {
        on_both(async |database| {
            let db = database.open(&crate::SCHEMA).await.unwrap();
            let mut ahead = replica(&db).await;
            ahead.apply(Event::StateBegins).await.unwrap();
            ahead.apply(Event::StateEnds(position(1))).await.unwrap();
            let mut behind = replica(&db).await;
            for revision in 2..=5 {
                ahead.apply(transaction(revision)).await.unwrap();
            }
            for revision in 2..=5 {
                let next = behind.apply(transaction(revision)).await.unwrap();
                assert!(matches!(next, Next::GoOn), "its memory goes on");
                let mut read = db.read().await.unwrap();
                let stands = read.position(FEED).await.unwrap().unwrap();
                assert_eq!(stands.revision, 5, "after {revision}");
                read.end().await.unwrap();
            }
            let next = behind.apply(transaction(6)).await.unwrap();
            assert!(matches!(next, Next::GoOn));
            assert_eq!(behind.position(), Some(position(6)), "it has caught up");
        })
        .await;
    }
}
