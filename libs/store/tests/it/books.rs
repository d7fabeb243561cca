//! The small tables beside the records: whatever one of them is set to, it is named and mended, and
//! writes and followers go on.

use mpp_core::{Clock, Reason, Result};
use mpp_store::{Actor, Db, Disagreement, FeedOptions, Filter, Progress, Start};
use mpp_testkit::{Backend, TestDatabase, alter_records, execute, on_both};

use crate::kit::{Served, officer, told_to, write};

const MALL: &str = "malls/banyuwangi";

/// Each table, and the statement that damages it.
const BOTH: [(&str, &str); 10] = [
    ("feed", "update feed set floor = 99"),
    ("feed", "update feed set floor = -1"),
    ("feed", "update feed set floor = 1, compacted = 2"),
    ("feed", "update feed set compacted = 99"),
    ("feed", "update feed set compacted = -1"),
    ("revision", "delete from revision where rev = 2"),
    ("change", "delete from change where tx = (select tx from revision where rev = 2)"),
    ("job", "insert into job (name, holder, until) values ('project', 'x', 9000000000000000000)"),
    ("migration", "delete from migration where track = 'store' and version = 4"),
    ("migration", "update migration set name = 'scheduling' where track = 'owner'"),
];

const SQLITE: [(&str, &str); 3] = [
    ("feed", "update feed set head = 1"),
    ("feed", "update feed set head = 5000"),
    ("sqlite_sequence", "update sqlite_sequence set seq = 9223372036854775807"),
];

const POSTGRES: [(&str, &str); 4] = [
    ("revision_number", "select setval('revision_number', 1)"),
    ("revision_number", "select setval('revision_number', 9223372036854775000)"),
    ("tx_number", "select setval('tx_number', 1)"),
    ("feed", "update feed set floor = 2, compacted = 3"),
];

async fn wrong(db: &Db) -> Vec<Disagreement> {
    let mut read = db.read().await.expect("a snapshot");
    db.disagreements(read.conn(), db.clock().now()).await.expect("compared")
}

async fn mend(db: &Db) -> i64 {
    let by: Actor = officer();
    let mut tx = db.begin(&by).await.expect("begins");
    let found = db.disagreements(tx.conn(), db.clock().now()).await.expect("compared");
    let mended = tx.mend(&found, false).await.expect("mended");
    tx.commit().await.expect("committed");
    mended
}

async fn tell(database: TestDatabase, (table, fault): (&str, &str)) {
    let options = database.options(Clock::system());
    let served = Served::start(&options, FeedOptions::default()).await;
    for title in ["one", "two", "three"] {
        write(&served.db, MALL, title, "35.10").await;
    }
    assert_eq!(wrong(&served.db).await, [], "nothing is wrong yet");
    execute(database.url(), fault).await;
    let found = wrong(&served.db).await;
    assert!(found.iter().any(|found| found.table == table), "{fault}: {found:?}");
    // On SQLite the next write sets an altered head right.
    mend(&served.db).await;
    assert_eq!(wrong(&served.db).await, [], "mended of {fault}");

    let last = write(&served.db, MALL, "four", "35.10").await;
    assert_eq!(followed(&served, last).await, 1, "after {fault}");
    assert_eq!(wrong(&served.db).await, [], "and stays well after {fault}");
}

/// How many records a follower gets. The feed may have met the altered table before it was mended,
/// taken its database for a restored one and started over: a follower that is told so begins anew.
async fn followed(served: &Served, last: i64) -> usize {
    match state(served, last).await {
        Err(error) if error.reason() == Reason::LineageChanged => state(served, last).await,
        records => records,
    }
    .expect("a state")
}

async fn state(served: &Served, last: i64) -> Result<usize> {
    served.feed.wait_for(last).await?;
    let mut state = served.feed.subscribe(Start::State, Filter::default()).await?;
    Ok(told_to(&mut state, last).await?.0.len())
}

#[tokio::test]
async fn a_small_table_that_was_altered_is_named_and_mended_and_writes_go_on() {
    for fault in BOTH {
        on_both(async |database| tell(database, fault).await).await;
    }
    for fault in SQLITE {
        tell(mpp_testkit::database(Backend::Sqlite).await, fault).await;
    }
    for fault in POSTGRES {
        tell(mpp_testkit::database(Backend::Postgres).await, fault).await;
    }
}

/// Raising the floor gives up the changes below it, which an altered record may still need.
#[tokio::test]
async fn the_feed_is_cut_off_only_once_the_records_have_taken_from_it_what_they_need() {
    for fault in [
        "delete from change where tx = (select tx from revision where rev = 2)",
        "delete from revision where rev = 2",
    ] {
        on_both(async |database| {
            let options = database.options(Clock::system());
            let served = Served::start(&options, FeedOptions::default()).await;
            for title in ["one", "two", "three"] {
                write(&served.db, MALL, title, "35.10").await;
            }
            execute(database.url(), fault).await;
            let alter = "update record set update_time = update_time + 1";
            alter_records(database.url(), alter).await;
            let found = wrong(&served.db).await;
            assert!(found[0].what.contains("records` first"), "{fault}: {found:?}");
            assert_eq!(mend(&served.db).await, 0, "nothing is let go of after {fault}");
            let mended = served
                .feed
                .mend(&officer(), false, &Progress::default())
                .await
                .expect("the records");
            assert_eq!((mended.restored, mended.left.count), (1, 0), "{fault}");
            assert_eq!(mend(&served.db).await, 1, "{fault}");
            assert_eq!(wrong(&served.db).await, [], "{fault}");
        })
        .await;
    }
}

/// Even without a repair.
#[tokio::test]
async fn revisions_go_on_upwards_wherever_their_number_was_set() {
    for (backend, fault) in [
        (Backend::Sqlite, "update feed set head = 1"),
        (Backend::Postgres, "select setval('revision_number', 1)"),
    ] {
        let database = mpp_testkit::database(backend).await;
        let options = database.options(Clock::system());
        let served = Served::start(&options, FeedOptions::default()).await;
        let mut last = 0;
        for title in ["one", "two", "three"] {
            last = write(&served.db, MALL, title, "35.10").await;
        }
        execute(database.url(), fault).await;
        let next = write(&served.db, MALL, "four", "35.10").await;
        assert!(next > last, "{next} after {last}");
        served.feed.wait_for(next).await.expect("followers hear of it");
    }
}

#[tokio::test]
async fn a_position_is_where_its_token_says_whatever_stands_beside_it() {
    on_both(async |database| {
        let options = database.options(Clock::system());
        let served = Served::start(&options, FeedOptions::default()).await;
        let last = write(&served.db, MALL, "one", "35.10").await;
        served.feed.wait_for(last).await.expect("it comes");
        let mut now = served.feed.subscribe(Start::Now, Filter::default()).await.expect("follows");
        let first = now.next().await.expect("a bookmark").expect("it goes on");
        let token = first.token.expect("a token");
        let at = mpp_store::Position { token, revision: last };
        let mut tx = served.db.begin(&officer()).await.expect("begins");
        assert!(tx.move_position("registry", None, &at).await.expect("saved"));
        tx.commit().await.expect("committed");
        for wrong_revision in [0, 4711] {
            let set = format!("update upstream set revision = {wrong_revision}");
            execute(database.url(), &set).await;
            let mut tx = served.db.begin(&officer()).await.expect("begins");
            let stored = tx.position("registry").await.expect("read");
            assert_eq!(stored.as_ref(), Some(&at), "the copy goes on where it stood");
            tx.rollback().await.expect("ends");
            let found = wrong(&served.db).await;
            assert_eq!(found.len(), 1, "{found:?}");
            assert_eq!(mend(&served.db).await, 1);
            assert_eq!(wrong(&served.db).await, []);
        }
    })
    .await;
}

#[tokio::test]
async fn a_lease_that_ends_in_years_is_taken_all_the_same() {
    on_both(async |database| {
        let db = database.open(&crate::kit::SCHEMA).await.expect("open");
        let forever = "insert into job (name, holder, until)
                       values ('project', 'somebody', 9000000000000000000)";
        execute(database.url(), forever).await;
        let ttl = std::time::Duration::from_secs(10);
        assert!(db.lease("project", "me", ttl).await.expect("asked"));
        assert!(!db.lease("project", "another", ttl).await.expect("asked"), "it is mine now");
    })
    .await;
}

/// A release with shorter leases leaves a lease to a replica that has taken it for longer.
#[tokio::test]
async fn a_lease_that_others_take_for_longer_is_not_taken_from_its_holder() {
    on_both(async |database| {
        let db = database.open(&crate::kit::SCHEMA).await.expect("open");
        let hours = std::time::Duration::from_secs(12 * 3_600);
        assert!(db.lease("erase", "old", hours).await.expect("asked"));
        let ttl = std::time::Duration::from_secs(5);
        assert!(!db.lease("erase", "new", ttl).await.expect("asked"), "it is the old one's");
        assert!(db.lease("erase", "old", ttl).await.expect("asked"), "who ends it");
    })
    .await;
}
