//! One upstream feed as it comes in: a follower's events to appends.
//!
//! The initial state is appended part by part, since it may be large: the position moves only at
//! its end, when what the state did not name is known to have vanished.

use std::collections::BTreeMap;

use mpp_core::{Error, Result};
use mpp_rpc::follow;
use mpp_store::{Change, Db, Op, Position};

use crate::{
    model::{Event, Upstream},
    store::{self, Advance},
};

/// The copy of one feed.
pub struct Copy {
    db: Db,
    feed: Upstream,
    /// Where the inbox stands.
    at: Option<Position>,
    /// Of the state that comes in: what is held as living and was not named yet, with versions.
    unnamed: BTreeMap<(String, String), i64>,
    /// The last event's revision and its place in it.
    last: (i64, i64),
}

impl Copy {
    /// Goes on where the inbox stands.
    ///
    /// # Errors
    /// `UNAVAILABLE` where the database is away.
    pub async fn open(db: Db, feed: Upstream) -> Result<Self> {
        let at = store::position(&db, feed).await?;
        Ok(Self { db, feed, at, unnamed: BTreeMap::new(), last: (0, 0) })
    }

    /// Where the inbox stands; `None` before the first state was read whole.
    pub fn position(&self) -> Option<&Position> {
        self.at.as_ref()
    }

    /// Applies what a follower gave.
    ///
    /// # Errors
    /// `WRITE_CONFLICT` where another replica has projected meanwhile, `UNAVAILABLE` where the
    /// database is away: open the copy anew.
    pub async fn take(&mut self, event: follow::Event) -> Result<()> {
        match event {
            follow::Event::StateBegins => {
                self.unnamed = store::living(&self.db, self.feed).await?;
                self.last = (0, 0);
                Ok(())
            }
            follow::Event::State(changes) => {
                let events = self.events(changes)?;
                for event in &events {
                    self.unnamed.remove(&(event.kind.clone(), event.name.clone()));
                }
                self.append(events, Advance::State).await
            }
            follow::Event::StateEnds(position) => {
                let vanished = self.vanished(position.revision).await?;
                self.append(vanished, Advance::To(position)).await
            }
            follow::Event::Changes(changes, position) => {
                let held = self.at.as_ref().map(|at| at.revision);
                if held > Some(position.revision) {
                    // The position never goes back, or what follows it would count again.
                    return store::note_feed(&self.db, self.feed, true).await;
                }
                let events = if held == Some(position.revision) {
                    Vec::new()
                } else {
                    self.events(changes)?
                };
                self.append(events, Advance::To(position)).await
            }
        }
    }

    /// What the state did not name has vanished. When it did is not known; it becomes known now.
    async fn vanished(&mut self, revision: i64) -> Result<Vec<Event>> {
        let unnamed = std::mem::take(&mut self.unnamed);
        let at = self.db.now().await?;
        let gone = unnamed.into_iter().map(|((kind, name), version)| Event {
            feed: self.feed,
            revision,
            sub: self.place(revision),
            kind,
            name,
            version: version + 1,
            doc: None,
            labels: "{}".to_owned(),
            actor: "services/reporting".to_owned(),
            at,
        });
        Ok(gone.collect())
    }

    /// Counts the events of a revision from 1.
    fn place(&mut self, revision: i64) -> i64 {
        let (last, place) = self.last;
        self.last = (revision, if last == revision { place + 1 } else { 1 });
        self.last.1
    }

    fn events(&mut self, changes: Vec<Change>) -> Result<Vec<Event>> {
        changes.into_iter().map(|change| self.event(change)).collect()
    }

    fn event(&mut self, change: Change) -> Result<Event> {
        Ok(Event {
            feed: self.feed,
            revision: change.revision,
            sub: self.place(change.revision),
            kind: change.kind,
            name: change.name,
            version: change.version,
            doc: (change.op == Op::Put).then_some(change.doc),
            labels: serde_json::to_string(&change.labels).map_err(Error::internal)?,
            actor: change.actor,
            at: change.at,
        })
    }

    async fn append(&mut self, events: Vec<Event>, advance: Advance) -> Result<()> {
        let from = self.at.as_ref();
        store::append(&self.db, self.feed, from, events, &advance).await?;
        if let Advance::To(position) = advance {
            self.at = Some(position);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use mpp_api::scheduling::{Ticket, ticket};
    use mpp_core::Reason;
    use mpp_testkit::on_both;
    use prost::Message as _;

    use super::*;
    use crate::{SCHEMA, model::State};

    fn told(number: i64, revision: i64) -> follow::Event {
        let mut done = Ticket { date: "2026-11-24".into(), ..Ticket::default() };
        done.set_state(ticket::State::Completed);
        let change = Change {
            kind: "ticket".into(),
            name: format!("malls/satu/tickets/{number}"),
            version: 1,
            op: Op::Put,
            doc: done.encode_to_vec().into(),
            tombstone: None,
            labels: mpp_store::Labels::new(),
            labels_before: None,
            origin: "api".into(),
            actor: "services/scheduling".into(),
            at: 1_000,
            create_time: 1_000,
            update_time: 1_000,
            revision,
        };
        follow::Event::Changes(vec![change], at(revision))
    }

    fn at(revision: i64) -> Position {
        let token = revision.to_be_bytes().to_vec().into();
        Position { token, revision, lineage: String::new() }
    }

    async fn completed(db: &Db) -> i32 {
        let mut state = State::default();
        store::news(db, -1).await.expect("read").apply(&mut state).expect("applied");
        state.days.values().map(|day| day.completed).sum()
    }

    #[tokio::test]
    async fn a_transaction_that_is_told_twice_counts_once() {
        on_both(async |database| {
            let db = database.open(&SCHEMA).await.expect("open");
            let mut copy = Copy::open(db.clone(), Upstream::Scheduling).await.expect("a copy");
            copy.take(follow::Event::StateBegins).await.expect("begins");
            copy.take(follow::Event::StateEnds(at(1))).await.expect("ends");
            for _ in 0..2 {
                copy.take(told(1, 2)).await.expect("applied");
            }
            assert_eq!(completed(&db).await, 1);
            assert_eq!(store::verify(&db).await.expect("verified").inbox_count, 1);
        })
        .await;
    }

    #[tokio::test]
    async fn what_lies_behind_is_told_in_vain() {
        on_both(async |database| {
            let db = database.open(&SCHEMA).await.expect("open");
            let mut copy = Copy::open(db.clone(), Upstream::Scheduling).await.expect("a copy");
            copy.take(follow::Event::StateBegins).await.expect("begins");
            copy.take(follow::Event::StateEnds(at(1))).await.expect("ends");
            for revision in [2, 3, 4] {
                copy.take(told(revision, revision)).await.expect("applied");
            }
            for revision in [2, 3] {
                copy.take(told(revision, revision)).await.expect("heard");
                assert_eq!(copy.position(), Some(&at(4)));
            }
            let held = store::position(&db, Upstream::Scheduling).await;
            assert_eq!(held.expect("read"), Some(at(4)));
            let news = store::news(&db, -1).await.expect("read");
            assert_eq!(news.feeds[Upstream::Scheduling as usize].revision, 4);
            assert_eq!(completed(&db).await, 3);
            assert_eq!(store::verify(&db).await.expect("verified").inbox_count, 3);
        })
        .await;
    }

    #[tokio::test]
    async fn a_replica_that_was_overtaken_appends_nothing() {
        on_both(async |database| {
            let db = database.open(&SCHEMA).await.expect("open");
            let mut first = Copy::open(db.clone(), Upstream::Scheduling).await.expect("a copy");
            let mut second = Copy::open(db.clone(), Upstream::Scheduling).await.expect("a copy");
            first.take(told(1, 2)).await.expect("applied");
            let refused = second.take(told(1, 2)).await.expect_err("overtaken");
            assert_eq!(refused.reason(), Reason::WriteConflict);
            assert_eq!(completed(&db).await, 1);
            assert_eq!(store::verify(&db).await.expect("verified").inbox_count, 1);
        })
        .await;
    }
}
