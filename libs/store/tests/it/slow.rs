//! Large transactions, and followers that are too slow for them.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use bytes::Bytes;
use mpp_core::{Clock, Reason};
use mpp_store::{Feed, FeedOptions, Filter, Start};
use mpp_testkit::on_both;

use crate::kit::{Served, changes_to, in_region, mall, officer, write};

const A: &str = "malls/banyuwangi";

#[tokio::test]
async fn only_the_last_message_of_a_large_transaction_carries_a_token() {
    on_both(async |database| {
        let small = FeedOptions { message_bytes: 8 * 1024, ..FeedOptions::default() };
        let served = Served::start(&database.options(Clock::system()), small).await;
        let mut live = served.feed.subscribe(Start::Now, Filter::default()).await.unwrap();
        let (_, before) = changes_to(&mut live, 0).await;
        let mut tx = served.db.begin(&officer()).await.unwrap();
        let many = (0..700).map(|number| {
            let name = format!("malls/m{number:04}");
            let doc = mall(&name, &"x".repeat(300));
            (name, doc, in_region("35.10"))
        });
        tx.put_many(many.collect()).await.unwrap();
        let revision = tx.commit().await.unwrap();
        served.feed.wait_for(revision).await.unwrap();
        served.stop().await;

        // Once from the ring, once from the database.
        let served = Served::start(
            &database.options(Clock::system()),
            FeedOptions { message_bytes: 8 * 1024, ..FeedOptions::default() },
        )
        .await;
        let resumed = Start::Token(before);
        let mut follower = served.feed.subscribe(resumed, Filter::default()).await.unwrap();
        let (mut messages, mut seen) = (0, 0);
        loop {
            let batch = follower.next().await.unwrap().unwrap();
            let size: usize = batch.changes.iter().map(|change| change.doc.len()).sum();
            assert!(size <= 8 * 1024);
            (messages, seen) = (messages + 1, seen + batch.changes.len());
            if batch.token.is_some() {
                break;
            }
            assert_eq!(batch.revision, revision);
        }
        assert_eq!(seen, 700);
        assert!(messages > 20, "{messages}");
    })
    .await;
}

#[tokio::test]
async fn stalled_followers_hold_no_memory_and_are_cut_but_can_resume() {
    on_both(async |database| {
        let small = FeedOptions { ring_bytes: 64 * 1024, ..FeedOptions::default() };
        let served = Served::start(&database.options(Clock::system()), small).await;
        let mut stalled = Vec::new();
        for _ in 0..50 {
            let mut follower = served.feed.subscribe(Start::Now, Filter::default()).await.unwrap();
            let first = changes_to(&mut follower, 0).await;
            stalled.push((follower, first.1));
        }
        let mut reads_on = served.feed.subscribe(Start::Now, Filter::default()).await.unwrap();
        // All join the ring before it moves on.
        let first = write(&served.db, A, &"x".repeat(4000), "35.10").await;
        let (changes, _) = changes_to(&mut reads_on, first).await;
        for (follower, token) in &mut stalled {
            *token = changes_to(follower, first).await.1;
        }
        let mut last = first;
        for round in 0..60 {
            last = write(&served.db, A, &format!("{round}{}", "x".repeat(4000)), "35.10").await;
            served.feed.wait_for(last).await.unwrap();
        }
        assert_eq!(Arc::strong_count(&changes[0]), 1, "only this test still holds the change");

        for (mut follower, token) in stalled {
            let cut = follower.next().await.unwrap_err();
            assert_eq!(cut.reason(), Reason::WatchTooSlow);
            let resumed = Start::Token(token);
            let mut follower = served.feed.subscribe(resumed, Filter::default()).await.unwrap();
            let (changes, _) = changes_to(&mut follower, last).await;
            assert_eq!(changes.len(), 60);
        }
    })
    .await;
}

#[tokio::test]
async fn who_does_not_take_the_state_in_time_loses_the_snapshot() {
    on_both(async |database| {
        let hasty = FeedOptions {
            message_bytes: 1024,
            stall: Duration::from_millis(50),
            concurrent_reads: 1,
            ..FeedOptions::default()
        };
        let served = Served::start(&database.options(Clock::system()), hasty).await;
        for number in 0..20 {
            let name = format!("malls/m{number}");
            write(&served.db, &name, &"x".repeat(500), "35.10").await;
        }
        let mut stalled = served.feed.subscribe(Start::State, Filter::default()).await.unwrap();
        stalled.next().await.unwrap().unwrap();
        // The only reader of states is free again, since another one is served.
        let mut other = served.feed.subscribe(Start::State, Filter::default()).await.unwrap();
        let (changes, _) = changes_to(&mut other, 0).await;
        assert_eq!(changes.len(), 20);
        let cut = loop {
            match stalled.next().await {
                Ok(batch) => assert!(batch.unwrap().token.is_none()),
                Err(error) => break error,
            }
        };
        assert_eq!(cut.reason(), Reason::WatchTooSlow);
    })
    .await;
}

#[tokio::test]
async fn a_state_that_is_taken_bit_by_bit_ends_and_its_place_is_anothers() {
    on_both(async |database| {
        let hour = Duration::from_secs(3600);
        let patient = FeedOptions {
            message_bytes: 1024,
            stall: hour,
            state_limit: Duration::from_millis(200),
            concurrent_reads: 1,
            ..FeedOptions::default()
        };
        let served = Served::start(&database.options(Clock::system()), patient).await;
        for number in 0..20 {
            let name = format!("malls/m{number}");
            write(&served.db, &name, &"x".repeat(500), "35.10").await;
        }
        let (place, gone) = tokio::sync::oneshot::channel::<()>();
        let all = Filter::default();
        let mut trickles = served.feed.subscribe_at(&all, "users/slow", place).unwrap();
        trickles.next().await.unwrap().unwrap();
        gone.await.expect_err("the place is given back");
        let mut other = served.feed.subscribe(Start::State, all).await.unwrap();
        assert_eq!(changes_to(&mut other, 0).await.0.len(), 20, "the only reader is free again");
        let cut = loop {
            match trickles.next().await {
                Ok(batch) => assert!(batch.unwrap().token.is_none()),
                Err(error) => break error,
            }
        };
        assert_eq!(cut.reason(), Reason::WatchTooSlow);
        assert!(cut.message().contains("start again with initial_state"), "{cut}");
    })
    .await;
}

#[tokio::test]
async fn a_caller_with_many_followers_that_are_behind_holds_up_another_by_a_page() {
    on_both(async |database| {
        let narrow =
            FeedOptions { ring_bytes: 64 * 1024, concurrent_reads: 1, ..FeedOptions::default() };
        let served = Served::start(&database.options(Clock::system()), narrow).await;
        let mut live = served.feed.subscribe(Start::Now, Filter::default()).await.unwrap();
        let (_, before) = changes_to(&mut live, 0).await;
        for round in 0..60 {
            let last = write(&served.db, A, &format!("{round}{}", "x".repeat(4000)), "35.10").await;
            served.feed.wait_for(last).await.unwrap();
        }
        let pages = Arc::new(AtomicUsize::new(0));
        let greedy: Vec<_> = (0..50)
            .map(|_| {
                let (feed, token, pages) = (served.feed.clone(), before.clone(), pages.clone());
                tokio::spawn(async move {
                    loop {
                        a_page(&feed, &token, "users/greedy").await;
                        pages.fetch_add(1, Relaxed);
                    }
                })
            })
            .collect();
        while pages.load(Relaxed) < 100 {
            tokio::task::yield_now().await;
        }
        for _ in 0..5 {
            let before_it = pages.load(Relaxed);
            a_page(&served.feed, &before, "users/modest").await;
            let meanwhile = pages.load(Relaxed) - before_it;
            assert!(meanwhile < 25, "{meanwhile} pages of another caller came before its one");
        }
        greedy.iter().for_each(tokio::task::JoinHandle::abort);
    })
    .await;
}

/// The first page of a follower that is further back than the ring reaches.
async fn a_page(feed: &Feed, token: &Bytes, caller: &str) {
    let start = Start::Token(token.clone());
    let follower = feed.subscribe(start, Filter::default()).await.unwrap();
    follower.for_caller(caller).next().await.unwrap().unwrap();
}
