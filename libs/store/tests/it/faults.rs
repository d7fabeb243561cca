//! Transactions that are dropped or cut off leave nothing, and nothing of them stays in the pool.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

use mpp_api::registry::Mall;
use mpp_core::{Clock, Reason};
use mpp_store::{Db, Expect, FeedOptions, Filter, Start, for_caller};
use mpp_testkit::{Backend, database, on_both};
use sqlx::{Connection as _, PgConnection, Row as _};

use crate::kit::{SCHEMA, Served, changes_to, in_region, mall, officer, told, write};

const NAME: &str = "malls/banyuwangi";

#[tokio::test]
async fn a_transaction_that_is_dropped_midway_leaves_nothing() {
    on_both(async |database| {
        let mut options = database.options(Clock::system());
        options.max_connections = 6;
        let served = Served::start(&options, FeedOptions::default()).await;
        let mut follower = served.feed.subscribe(Start::Now, Filter::default()).await.unwrap();
        // Many more than there are connections: none may come back open.
        for number in 0..40 {
            let mut tx = served.db.begin(&officer()).await.unwrap();
            let doc = mall(NAME, &format!("{number}"));
            let writing = tx.put(NAME, &doc, in_region("35.10"), Expect::New);
            if number % 2 == 0 {
                writing.await.unwrap();
            } else {
                // Dropped while the statement is under way.
                let _ = futures::poll!(std::pin::pin!(writing));
            }
            drop(tx);
        }
        let revision = write(&served.db, NAME, "whole", "35.10").await;
        let (changes, _) = changes_to(&mut follower, revision).await;
        assert_eq!(told(&changes).iter().map(|told| told.2).collect::<Vec<_>>(), [1]);
        let mut read = served.db.read().await.unwrap();
        let found = read.get::<Mall>(NAME).await.unwrap().unwrap();
        assert_eq!(found.doc.display_name.unwrap().id, "whole");
    })
    .await;
}

#[tokio::test]
async fn a_connection_that_is_killed_loses_its_transaction_and_the_next_one_works() {
    let database = database(Backend::Postgres).await;
    let served = Served::start(&database.options(Clock::system()), FeedOptions::default()).await;
    let mut follower = served.feed.subscribe(Start::Now, Filter::default()).await.unwrap();
    let mut tx = served.db.begin(&officer()).await.unwrap();
    tx.put(NAME, &mall(NAME, "lost"), in_region("35.10"), Expect::New).await.unwrap();
    let text = "select pg_terminate_backend(pid)::text from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid()";
    let mut admin = PgConnection::connect(database.url()).await.unwrap();
    let killed = sqlx::query(text).fetch_all(&mut admin).await.unwrap();
    assert!(killed.iter().all(|row| row.get::<String, _>(0) == "true"));
    let lost = tx.commit().await.unwrap_err();
    assert_eq!(lost.reason(), Reason::Unavailable, "{lost} {:?}", lost.context());

    // Idle connections died too: a begin tries another one.
    let revision = loop {
        let written = async {
            let mut tx = served.db.begin(&officer()).await?;
            tx.put(NAME, &mall(NAME, "kept"), in_region("35.10"), Expect::New).await?;
            tx.commit().await
        };
        match written.await {
            Ok(revision) => break revision,
            Err(error) => assert_eq!(error.reason(), Reason::Unavailable),
        }
    };
    let (changes, _) = changes_to(&mut follower, revision).await;
    assert_eq!(changes[0].decode::<Mall>().unwrap().display_name.unwrap().id, "kept");
}

#[tokio::test]
async fn a_database_in_use_names_its_owner() {
    let database = database(Backend::Sqlite).await;
    let db = database.open(&SCHEMA).await.unwrap();
    let second = Db::open(&database.options(Clock::system()), &SCHEMA).await;
    let error = second.map(drop).unwrap_err();
    assert_eq!(error.reason(), Reason::Unavailable);
    assert!(error.message().contains(&format!("process {}", std::process::id())), "{error}");
    db.close().await;
    database.open(&SCHEMA).await.expect("free again");
}

#[tokio::test]
async fn a_write_by_hand_cannot_miss_the_feed() {
    on_both(async |database| {
        let served =
            Served::start(&database.options(Clock::system()), FeedOptions::default()).await;
        let mut follower = served.feed.subscribe(Start::Now, Filter::default()).await.unwrap();
        write(&served.db, NAME, "one", "35.10").await;
        let mut tx = served.db.begin(&officer()).await.unwrap();
        let text = "update record set labels = '{\"region\":\"51.03\"}', version = version + 1";
        sqlx::query(text).execute(tx.conn()).await.unwrap();
        let revision = tx.commit().await.unwrap();
        let (changes, _) = changes_to(&mut follower, revision).await;
        assert_eq!(changes.last().unwrap().labels, in_region("51.03"));

        if !served.db.is_sqlite() {
            let mut conn = PgConnection::connect(database.url()).await.unwrap();
            let outside = sqlx::query("update record set version = version + 1");
            outside.execute(&mut conn).await.expect_err("without feed_begin it fails");
        }
    })
    .await;
}

#[tokio::test]
async fn a_caller_with_many_transactions_leaves_another_a_connection() {
    let database = database(Backend::Postgres).await;
    let mut options = database.options(Clock::system());
    options.max_connections = 14;
    let db = Db::open_migrated(&options, &SCHEMA).await.unwrap();
    let done = Arc::new(AtomicUsize::new(0));
    // Eight connections write; 200 transactions at once would hold all of them for long.
    let greedy: Vec<_> = (0..200)
        .map(|_| {
            let (db, done) = (db.clone(), done.clone());
            tokio::spawn(for_caller("users/greedy", async move {
                let mut tx = db.begin(&officer()).await.unwrap();
                sqlx::query("select pg_sleep(0.05)").execute(tx.conn()).await.unwrap();
                tx.rollback().await.unwrap();
                done.fetch_add(1, Relaxed);
            }))
        })
        .collect();
    while done.load(Relaxed) == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    let before = done.load(Relaxed);
    let modest = for_caller("users/modest", async { db.begin(&officer()).await.unwrap() });
    modest.await.rollback().await.unwrap();
    let meanwhile = done.load(Relaxed) - before;
    assert!(meanwhile < 100, "{meanwhile} transactions of another came before its first");
    futures::future::join_all(greedy).await;
    assert_eq!(done.load(Relaxed), 200, "and the others come, too");
}
