use std::collections::BTreeMap;

use mpp_api::{Document as _, registry::Region};
use mpp_store::{Labels, LastProof, Op, Read, Schema};
use mpp_testkit::on_both;

use super::*;

const SCHEMA: Schema =
    Schema { service: "copy", steps: &[], history_kinds: &[], standing_kinds: &[] };
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
    async fn load(&mut self, _read: &mut Read, _at: Option<&Position>) -> Result<Option<Digest>> {
        self.loaded += 1;
        Ok(None)
    }

    async fn versions(
        &mut self,
        _tx: &mut Tx,
        _records: &Names,
    ) -> Result<BTreeMap<(String, String), i64>> {
        Ok(BTreeMap::new())
    }

    async fn held(&mut self, read: &mut Read) -> Result<Digest> {
        read.digest(FEED).await
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

    fn has(&mut self, changes: &[Change], _revision: i64) {
        self.known.extend(changes.iter().map(|change| change.revision));
    }
}

async fn replica(db: &Db) -> Copy<Notes> {
    let by = Actor::new("feed", "services/scheduling");
    let options = Options {
        feed: FEED,
        by,
        bookmark_every: Duration::from_secs(60),
        pace: mpp_store::ProofPace::default(),
        proof: LastProof::default(),
    };
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
        session: String::new(),
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
    Position { token: revision.to_string().into(), revision }
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

fn bookmark(revision: i64) -> Event {
    Event::Changes(Vec::new(), position(revision))
}

/// Leaves the table as a restore of the own database, or another replica, does.
async fn set_table(db: &Db, token: &str, revision: i64) {
    let mut tx = db.begin(&Actor::default()).await.expect("begins");
    let stored = tx.position(FEED).await.expect("a position");
    let to = Position { token: token.to_owned().into(), revision };
    assert!(tx.move_position(FEED, stored.as_ref(), &to).await.expect("moved"));
    tx.commit().await.expect("committed");
}

#[tokio::test]
async fn a_copy_whose_own_database_was_restored_beneath_it_finds_that_also_while_nothing_comes() {
    on_both(async |database| {
        let db = database.open(&SCHEMA).await.expect("open");
        let mut copy = with_state(&db).await;
        copy.apply(transaction(2)).await.expect("written");
        for next in [bookmark(3), transaction(3)] {
            set_table(&db, "1", 1).await;
            let found = copy.apply(next).await.expect_err("the table was set back");
            assert_eq!(found.reason(), Reason::WriteConflict);
            copy.start_again().await.expect("read again");
            assert_eq!(copy.position(), Some(&position(1)), "the feed is asked to go on from here");
            copy.apply(transaction(2)).await.expect("written again");
        }
        assert_eq!((copy.shelf().loaded, copy.shelf().written.as_slice()), (3, &[2, 2, 2][..]));
    })
    .await;
}

#[tokio::test]
async fn a_table_of_another_history_that_is_ahead_is_not_left_alone() {
    on_both(async |database| {
        let db = database.open(&SCHEMA).await.expect("open");
        let mut copy = with_state(&db).await;
        set_table(&db, "another 3", 3).await;
        copy.apply(transaction(2)).await.expect("another replica may be ahead");
        let found = copy.apply(transaction(3)).await.expect_err("it is not the 3 that was heard");
        assert_eq!(found.reason(), Reason::WriteConflict);
        copy.reload().await.expect("read again");

        set_table(&db, "another 7", 7).await;
        copy.apply(transaction(6)).await.expect("another replica may be ahead");
        let found = copy.apply(transaction(8)).await.expect_err("of 7 nothing was heard");
        assert_eq!(found.reason(), Reason::WriteConflict);
        assert_eq!(copy.shelf().written, [0; 0]);
        assert_eq!(stands(&db).await, Some(7));
    })
    .await;
}

#[tokio::test]
async fn a_bookmark_that_another_replica_has_saved_costs_no_reading_of_the_table() {
    on_both(async |database| {
        let db = database.open(&SCHEMA).await.expect("open");
        let mut copy = with_state(&db).await;
        copy.apply(bookmark(4)).await.expect("nothing is saved so soon");
        set_table(&db, "3", 3).await;
        copy.apply(bookmark(5)).await.expect_err("somebody has moved the table");
        copy.start_again().await.expect("from there");
        assert_eq!(copy.position(), Some(&position(3)));
        assert_eq!(copy.shelf().loaded, 1);
        copy.apply(transaction(6)).await.expect("goes on");
        assert_eq!(stands(&db).await, Some(6));
    })
    .await;
}

/// Two regions more than there are.
fn wanted() -> Digest {
    let mut digest = Digest::default();
    for name in ["regions/7", "regions/8"] {
        digest.add("region", name, 1);
    }
    digest
}

#[tokio::test]
async fn a_table_that_another_replica_has_taken_further_is_compared_by_that_one() {
    on_both(async |database| {
        let db = database.open(&SCHEMA).await.expect("open");
        let mut ahead = with_state(&db).await;
        let mut behind = replica(&db).await;
        for revision in 2..=3 {
            ahead.apply(transaction(revision)).await.expect("written");
        }
        behind.apply(transaction(2)).await.expect("heard");
        behind.apply(Event::Digest(wanted())).await.expect("heard");
        assert!(!behind.must_start_again(), "the table is at 3, and this is of 2");
        ahead.apply(Event::Digest(wanted())).await.expect("compared");
        assert!(ahead.must_start_again());
    })
    .await;
}
