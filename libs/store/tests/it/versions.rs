//! Records as they were: what the feed's changes tell of earlier versions, and how long.

use std::time::Duration;

use mpp_api::{
    registry::{Counter, Mall},
    types::Tombstone,
};
use mpp_core::Clock;
use mpp_store::{Actor, Change, Db, Expect, FeedOptions, Labels, Op, Read, Retention};
use mpp_testkit::on_both;
use proptest::prelude::*;

use crate::kit::{Served, in_region, mall, officer, write};

const MALL: (&str, &str) = ("mall", "malls/banyuwangi");
const DAY: Duration = Duration::from_secs(24 * 3600);

fn title(change: &Change) -> String {
    change.decode::<Mall>().unwrap().display_name.unwrap_or_default().id
}

async fn versions(read: &mut Read) -> Vec<i64> {
    let found = read.versions_below(MALL, None, 100).await.unwrap();
    found.iter().map(|change| change.version).collect()
}

async fn rename(db: &Db, by: &Actor, to: &str) -> i64 {
    let mut tx = db.begin(by).await.unwrap();
    tx.put(MALL.1, &mall(MALL.1, to), in_region("35.10"), Expect::Any).await.unwrap();
    tx.commit().await.unwrap()
}

#[tokio::test]
async fn a_record_is_told_as_any_revision_and_any_time_show_it() {
    on_both(async |database| {
        let clock = Clock::stopped_at(1_000_000_000_000);
        let db = Served::start(&database.options(clock.clone()), FeedOptions::default()).await.db;
        let start = clock.now();
        let first = rename(&db, &officer(), "one").await;
        let other = write(&db, "malls/sidoarjo", "another", "35.15").await;
        clock.advance(DAY.as_micros() as i64);
        let second = rename(&db, &officer(), "two").await;
        let mut tx = db.begin(&officer()).await.unwrap();
        tx.delete::<Mall>(MALL.1, &Tombstone::default(), Expect::Any).await.unwrap();
        let gone = tx.commit().await.unwrap();
        let mut read = db.read().await.unwrap();
        for (revision, told) in [(first, "one"), (other, "one"), (second, "two")] {
            let found = read.version_at(MALL, revision).await.unwrap().expect("it was there");
            assert_eq!((found.op, title(&found).as_str()), (Op::Put, told), "{revision}");
        }
        assert_eq!(read.version_at(MALL, gone).await.unwrap().unwrap().op, Op::Deleted);
        assert!(read.version_at(MALL, first - 1).await.unwrap().is_none());
        assert_eq!(read.revision_at(start).await.unwrap(), other);
        assert_eq!(read.revision_at(start - 1).await.unwrap(), 0);
        assert_eq!(versions(&mut read).await, [3, 2, 1]);
        let below = read.versions_below(MALL, Some(3), 1).await.unwrap();
        assert_eq!((below.len(), below[0].version), (1, 2));
    })
    .await;
}

#[tokio::test]
async fn a_version_names_the_session_that_brought_it() {
    on_both(async |database| {
        let served =
            Served::start(&database.options(Clock::system()), FeedOptions::default()).await;
        let source = Actor::new("sources/bkpm", "units/bkpm").within("session-1");
        rename(&served.db, &source, "one").await;
        rename(&served.db, &officer(), "two").await;
        let mut read = served.db.read().await.unwrap();
        let found = read.versions_below(MALL, None, 10).await.unwrap();
        let told = found.iter().map(|change| (change.origin.as_str(), change.session.as_str()));
        assert_eq!(told.collect::<Vec<_>>(), [("api", ""), ("sources/bkpm", "session-1")]);
    })
    .await;
}

#[tokio::test]
async fn a_version_goes_once_another_has_stood_in_its_place_for_long_enough() {
    on_both(async |database| {
        let clock = Clock::stopped_at(1_000_000_000_000);
        let options = database.options(clock.clone());
        let served = Served::start(&options, FeedOptions::default()).await;
        let day = DAY.as_micros() as i64;
        let mut revisions = Vec::new();
        for name in ["one", "two", "three", "four"] {
            revisions.push(rename(&served.db, &officer(), name).await);
            clock.advance(10 * day);
        }
        let retention =
            Retention { window: DAY, history: 25 * DAY, tombstones: 50 * DAY, requests: DAY };
        assert!(served.feed.maintain(&retention, "replica-1").await.unwrap());
        let mut read = served.db.read().await.unwrap();
        // Forty days have passed: the second took its place thirty days ago, the third twenty.
        assert_eq!(versions(&mut read).await, [4, 3, 2]);
        let found = read.version_at(MALL, revisions[1]).await.unwrap().unwrap();
        assert_eq!(title(&found), "two", "what is told of then is still right");
        assert!(read.version_at(MALL, revisions[0]).await.unwrap().is_none());
        assert_eq!(read.version_above(MALL, 0).await.unwrap().unwrap().version, 2);
        read.end().await.unwrap();
        clock.advance(1_000 * day);
        assert!(served.feed.maintain(&retention, "replica-1").await.unwrap());
        let mut read = served.db.read().await.unwrap();
        assert_eq!(versions(&mut read).await, [4], "the last one stays");
        let wrong = served.db.disagreements(read.conn(), clock.now()).await.unwrap();
        assert_eq!(wrong, [], "and nothing is missed");
    })
    .await;
}

/// A session of a source that gives the mall a name, and perhaps changes something else.
async fn session(db: &Db, id: &str, other: bool) -> i64 {
    let by = Actor::new("sources/bkpm", "units/bkpm").within(id);
    if other {
        let mut tx = db.begin(&by).await.unwrap();
        let name = format!("{}/counters/ktp", MALL.1);
        let counter = Counter { name: name.clone(), zone: id.into(), ..Counter::default() };
        tx.put(&name, &counter, Labels::new(), Expect::Any).await.unwrap();
        tx.commit().await.unwrap();
    }
    rename(db, &by, id).await
}

#[tokio::test]
async fn a_version_that_a_session_only_left_by_ending_goes_with_the_feeds_window() {
    on_both(async |database| {
        let options = database.options(Clock::system());
        let served = Served::start(&options, FeedOptions::default()).await;
        let db = &served.db;
        rename(db, &officer(), "made").await;
        session(db, "s2", false).await;
        let asked = session(db, "s3", false).await;
        session(db, "s4 changes a counter", true).await;
        session(db, "s5", false).await;
        session(db, "s6, before a person", false).await;
        rename(db, &officer(), "by a person").await;
        session(db, "s8", false).await;
        let last = session(db, "s9, the last", false).await;
        served.feed.compact(last).await.unwrap();
        let mut read = db.read().await.unwrap();
        assert_eq!(versions(&mut read).await, [9, 7, 6, 4, 1]);
        for (revision, told) in [(asked, 1), (last, 9), (last - 1, 7)] {
            let found = read.version_at(MALL, revision).await.unwrap().expect("it was there");
            assert_eq!(found.version, told, "the last one that is kept, at {revision}");
        }
        assert_eq!(read.version_above(MALL, 1).await.unwrap().unwrap().version, 4);
        let now = Clock::system().now();
        let wrong = db.disagreements(read.conn(), now).await.unwrap();
        assert_eq!(wrong, [], "and nothing is missed");
        read.end().await.unwrap();
        served.feed.compact(last).await.unwrap();
        let mut read = db.read().await.unwrap();
        assert_eq!(versions(&mut read).await, [9, 7, 6, 4, 1], "nor again");
    })
    .await;
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// Whatever was dropped, every answer that is left is the one that was right before.
    #[test]
    fn what_is_left_after_any_retention_is_told_as_before(
        writes in prop::collection::vec((0_usize..3, 0_i64..20), 1..20), keep in 0_u64..200,
    ) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(on_both(async |database| {
            let clock = Clock::stopped_at(1_000_000_000_000);
            let served =
                Served::start(&database.options(clock.clone()), FeedOptions::default()).await;
            for (at, (which, days)) in writes.iter().enumerate() {
                let name = format!("malls/{which}");
                write(&served.db, &name, &at.to_string(), "35.10").await;
                clock.advance(days * DAY.as_micros() as i64);
            }
            let before = states(&served.db).await;
            let retention =
                Retention { window: DAY, history: (keep as u32) * DAY, tombstones: DAY, requests: DAY };
            assert!(served.feed.maintain(&retention, "replica-1").await.unwrap());
            let after = states(&served.db).await;
            for (asked, told) in &after {
                assert!(told.is_none() || before[asked] == *told, "{asked:?}");
            }
            let head = served.db.head().await.unwrap();
            for which in 0..3 {
                let last = (which, head);
                assert_eq!(before[&last], after[&last], "the last version stays");
            }
        }));
    }
}

/// What each mall was at each revision.
async fn states(db: &Db) -> std::collections::BTreeMap<(usize, i64), Option<(i64, String)>> {
    let mut read = db.read().await.unwrap();
    let mut told = std::collections::BTreeMap::new();
    for which in 0..3 {
        for revision in 1..=read.revision() {
            let name = format!("malls/{which}");
            let found = read.version_at(("mall", &name), revision).await.unwrap();
            told.insert((which, revision), found.map(|one| (one.version, title(&one))));
        }
    }
    told
}
