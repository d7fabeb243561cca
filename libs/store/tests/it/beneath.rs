//! A server whose database is restored, exchanged or taken over beneath it finds out by itself
//! even while idle.

use mpp_core::{Clock, Reason};
use mpp_store::{Db, FeedOptions, Filter, Options, Start, Subscription};
use mpp_testkit::{Backend, database};

use crate::{
    backup::Backup,
    cluster::Cluster,
    kit::{SCHEMA, Served, changes_to, told, write},
    restore::{NAME, position_after, resume, serve, tells_them_apart, write_on},
};

#[tokio::test]
async fn a_running_server_finds_that_its_database_was_restored_beneath_it_also_while_idle() {
    let database = database(Backend::Postgres).await;
    let served = serve(&database).await;
    write_on(&served.db, "in the dump", 1).await;
    let backup = Backup::of(&database);
    let lost = position_after(&served, "after the dump", 3).await;
    let mut follower = resume(&served, &lost).await.unwrap();
    let mut from_the_state = served.feed.subscribe(Start::State, Filter::default()).await.unwrap();
    changes_to(&mut from_the_state, 4).await;

    backup.restore_at(database.url());
    // Another replica writes on, past what this one has read.
    let other = Db::open(&database.options(Clock::system()), &SCHEMA).await.unwrap();
    let head = write_on(&other, "goes on", 6).await;
    for follower in [&mut follower, &mut from_the_state] {
        assert_eq!(cut(follower).await, Reason::LineageChanged);
    }
    assert_eq!(served.feed.restores(), 1);
    // It may have looked while the other was still writing.
    while served.feed.head() != head {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let mut again = served.feed.subscribe(Start::State, Filter::default()).await.unwrap();
    let (state, _) = changes_to(&mut again, head).await;
    assert_eq!((state.len(), state[0].version), (1, 7));
    let revision = write(&served.db, NAME, "as ever", "35.10").await;
    let (changes, _) = changes_to(&mut again, revision).await;
    assert_eq!(changes[0].version, 8);
    other.close().await;
    served.stop().await;
}

#[tokio::test]
async fn a_running_server_finds_that_its_folder_was_exchanged_beneath_it() {
    let database = database(Backend::Sqlite).await;
    let served = serve(&database).await;
    write_on(&served.db, "in the copy", 1).await;
    // A copy that was written on elsewhere, past what this server's followers have.
    let fork = Backup::of(&database).fork().await;
    let elsewhere = serve(&fork).await;
    write_on(&elsewhere.db, "elsewhere", 6).await;
    elsewhere.stop().await;
    let lost = position_after(&served, "lost", 3).await;
    let mut follower = resume(&served, &lost).await.unwrap();

    Backup::of(&fork).restore_to(&database);
    assert_eq!(cut(&mut follower).await, Reason::LineageChanged);
    assert_eq!((served.feed.head(), served.feed.restores()), (7, 1));
    let mut again = served.feed.subscribe(Start::State, Filter::default()).await.unwrap();
    let (state, _) = changes_to(&mut again, 7).await;
    assert_eq!((state.len(), state[0].version), (1, 7));
    let revision = write(&served.db, NAME, "as ever", "35.10").await;
    changes_to(&mut again, revision).await;
    served.stop().await;
    // Writes since then are in the file that is there now.
    let served = serve(&database).await;
    assert_eq!(served.feed.head(), 8);
    served.stop().await;
}

#[tokio::test]
async fn a_server_whose_folder_is_gone_says_so_and_writes_nothing() {
    let database = database(Backend::Sqlite).await;
    let served = serve(&database).await;
    write_on(&served.db, "before", 1).await;
    for entry in std::fs::read_dir(database.folder().unwrap()).unwrap() {
        std::fs::remove_file(entry.unwrap().path()).unwrap();
    }
    let refused = served.db.begin(&crate::kit::officer()).await.map(drop).unwrap_err();
    assert_eq!(refused.reason(), Reason::Unavailable);
    assert!(refused.message().contains("test.db is gone or being exchanged"), "{refused}");
    served.stop().await;
}

/// Why a follower is cut.
async fn cut(follower: &mut Subscription) -> Reason {
    loop {
        if let Err(error) = follower.next().await {
            return error.reason();
        }
    }
}

fn at(cluster: &Cluster) -> Options {
    Options::new(cluster.url(), 8, Clock::system())
}

#[tokio::test]
async fn a_switchover_that_loses_nothing_cuts_nobody() {
    let mut primary = Cluster::start();
    let served = Served::start(&at(&primary), FeedOptions::default()).await;
    let mut standby = primary.copy(true);
    standby.begin_elsewhere();
    let revision = write_on(&served.db, "before", 3).await;
    let mut follower = served.feed.subscribe(Start::State, Filter::default()).await.unwrap();
    let (_, token) = changes_to(&mut follower, revision).await;

    // An orderly stop waits until the standby has everything.
    primary.stop("fast");
    standby.begin_in_place_of(&primary);
    standby.promote();
    let revision = written_once_it_can(&served.db).await;
    assert!(revision > 3);
    let (changes, _) = changes_to(&mut follower, revision).await;
    assert_eq!(told(&changes).last().map(|told| told.2), Some(4), "the follower was not cut");
    assert_eq!(served.feed.restores(), 0);
    resume(&served, &token).await.expect("the marks are the same");
    served.stop().await;
}

#[tokio::test]
async fn a_cluster_restored_to_a_point_in_time_refuses_what_it_lost() {
    let mut primary = Cluster::start();
    let served = Served::start(&at(&primary), FeedOptions::default()).await;
    let kept = position_after(&served, "before", 1).await;
    let mut earlier = primary.copy(false);
    let lost = position_after(&served, "lost", 3).await;
    let mut follower = resume(&served, &lost).await.unwrap();

    primary.stop("immediate");
    earlier.begin_in_place_of(&primary);
    // Another process writes: this one is idle, and must notice all the same.
    let other = Db::open(&at(&earlier), &SCHEMA).await.unwrap();
    write_on(&other, "goes on", 5).await;
    assert_eq!(cut(&mut follower).await, Reason::LineageChanged);
    tells_them_apart(&served, &kept, &lost).await;
    other.close().await;
    served.stop().await;
}

/// Writes as soon as the database takes it.
async fn written_once_it_can(db: &Db) -> i64 {
    loop {
        let written = async {
            let mut tx = db.begin(&crate::kit::officer()).await?;
            let doc = crate::kit::mall(NAME, "after");
            let labels = crate::kit::in_region("35.10");
            tx.put(NAME, &doc, labels, mpp_store::Expect::Any).await?;
            tx.commit().await
        };
        if let Ok(revision) = written.await {
            return revision;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_standby_is_not_read_from_and_the_primary_that_it_becomes_is() {
    let primary = Cluster::start();
    let served = Served::start(&at(&primary), FeedOptions::default()).await;
    let mut standby = primary.copy(true);
    standby.begin_elsewhere();
    let refused = Db::open(&at(&standby), &SCHEMA).await.expect_err("it only follows");
    assert!(refused.message().contains("is a standby"), "{refused}");
    standby.promote();
    Db::open(&at(&standby), &SCHEMA).await.expect("the primary").close().await;
    served.stop().await;
}
