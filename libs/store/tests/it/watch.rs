//! Following the feed: state, tokens, filters, bookmarks, compaction, who is too slow.

use std::time::Duration;

use mpp_api::{
    registry::Mall,
    types::{Tombstone, tombstone},
};
use mpp_core::{Clock, Reason};
use mpp_store::{Expect, FeedOptions, Filter, Op, Retention, Start};
use mpp_testkit::{TestDatabase, on_both};

use crate::kit::{Served, changes_to, in_region, mall, officer, told, unit, write};

const A: &str = "malls/banyuwangi";
const B: &str = "malls/badung";
const DAY: i64 = 86_400_000_000;

async fn serve(database: &TestDatabase) -> Served {
    Served::start(&database.options(Clock::system()), FeedOptions::default()).await
}

fn east_java() -> Filter {
    Filter { labels: in_region("35"), ..Filter::kinds(["mall"]) }
}

#[tokio::test]
async fn a_follower_gets_the_state_then_a_bookmark_then_the_changes() {
    on_both(async |database| {
        let served = serve(&database).await;
        write(&served.db, A, "one", "35.10").await;
        write(&served.db, B, "two", "51.03").await;
        let mut follower = served.feed.subscribe(Start::State, Filter::default()).await.unwrap();
        let state = follower.next().await.unwrap().unwrap();
        assert_eq!(told(&state.changes), [(Op::Put, B, 1), (Op::Put, A, 1)]);
        assert!(state.token.is_none() && !state.initial_state_complete);
        let bookmark = follower.next().await.unwrap().unwrap();
        assert!(bookmark.initial_state_complete && bookmark.token.is_some());
        assert_eq!(bookmark.revision, 2);

        let revision = write(&served.db, A, "three", "35.10").await;
        let (changes, _) = changes_to(&mut follower, revision).await;
        assert_eq!(told(&changes), [(Op::Put, A, 2)]);
        let change = &changes[0];
        assert_eq!(change.decode::<Mall>().unwrap().display_name.unwrap().id, "three");
        assert_eq!((change.origin.as_str(), change.actor.as_str()), ("api", "units/dpmptsp"));
        assert!(change.create_time < change.update_time && change.update_time <= change.at);
    })
    .await;
}

#[tokio::test]
async fn a_record_that_leaves_a_filter_is_removed_also_after_a_resume() {
    on_both(async |database| {
        let served = serve(&database).await;
        let mut follower = served.feed.subscribe(Start::Now, east_java()).await.unwrap();
        let revision = write(&served.db, A, "one", "35.10").await;
        let (changes, token) = changes_to(&mut follower, revision).await;
        assert_eq!(told(&changes), [(Op::Put, A, 1)]);
        drop(follower);

        write(&served.db, A, "moved", "51.03").await;
        let mut tx = served.db.begin(&officer()).await.unwrap();
        let why = Tombstone { reason: tombstone::Reason::Moved.into(), successor: B.into() };
        tx.delete::<Mall>(A, &why, Expect::Any).await.unwrap();
        let revision = tx.commit().await.unwrap();

        let resumed = Start::Token(token.clone());
        let mut follower = served.feed.subscribe(resumed, east_java()).await.unwrap();
        let revision = revision.max(write(&served.db, B, "in", "35.09").await);
        let (changes, _) = changes_to(&mut follower, revision).await;
        // Its delete in the other region does not concern this follower.
        assert_eq!(told(&changes), [(Op::Removed, A, 2), (Op::Put, B, 1)]);
        assert!(changes[0].doc.is_empty());

        let mut all = served.feed.subscribe(Start::Now, Filter::default()).await.unwrap();
        let mut tx = served.db.begin(&officer()).await.unwrap();
        tx.delete::<Mall>(B, &why, Expect::Any).await.unwrap();
        let (changes, _) = changes_to(&mut all, tx.commit().await.unwrap()).await;
        assert_eq!(told(&changes), [(Op::Deleted, B, 2)]);
        assert_eq!(changes[0].tombstone, Some(why));
    })
    .await;
}

#[tokio::test]
async fn a_token_resumes_its_own_filter_only_and_is_refused_at_once() {
    on_both(async |database| {
        let served = serve(&database).await;
        let revision = write(&served.db, A, "one", "35.10").await;
        let mut follower = served.feed.subscribe(Start::State, east_java()).await.unwrap();
        let (_, token) = changes_to(&mut follower, revision).await;
        let refused = async |token: bytes::Bytes, filter| {
            let subscribed = served.feed.subscribe(Start::Token(token), filter).await;
            subscribed.map(drop).unwrap_err().reason()
        };
        let other = Filter::kinds(["unit"]);
        assert_eq!(refused(token.clone(), other).await, Reason::InvalidResumeToken);
        let damaged = bytes::Bytes::from_static(b"not a token");
        assert_eq!(refused(damaged, east_java()).await, Reason::InvalidResumeToken);

        write(&served.db, A, "two", "35.10").await;
        let head = write(&served.db, A, "three", "35.10").await;
        served.feed.wait_for(head).await.unwrap();
        served.feed.compact(head).await.unwrap();
        served.stop().await;
        let served = serve(&database).await;
        let subscribed = served.feed.subscribe(Start::Token(token), east_java()).await;
        assert_eq!(subscribed.map(drop).unwrap_err().reason(), Reason::RevisionCompacted);
        let status = served.feed.status(&[]).await.unwrap();
        assert_eq!((status.floor_revision, status.head_revision), (head, head));
        assert_eq!(status.own.contents.versions.count(), 1);

        // A number is never given out twice, though no change of it is left.
        assert!(write(&served.db, A, "four", "35.10").await > head);
    })
    .await;
}

#[tokio::test]
async fn compaction_keeps_every_version_of_a_mall_and_the_latest_of_a_unit() {
    on_both(async |database| {
        let served = serve(&database).await;
        for title in ["one", "two", "three"] {
            let mut tx = served.db.begin(&officer()).await.unwrap();
            tx.put(A, &mall(A, title), in_region("35.10"), Expect::Any).await.unwrap();
            let bkpm = unit("units/bkpm", title);
            tx.put("units/bkpm", &bkpm, Default::default(), Expect::Any).await.unwrap();
            tx.commit().await.unwrap();
        }
        served.feed.compact(3).await.unwrap();
        let mut read = served.db.read().await.unwrap();
        let malls = read.versions_below(("mall", A), None, 10).await.unwrap();
        let versions: Vec<_> = malls.iter().map(|change| change.version).collect();
        assert_eq!(versions, [3, 2, 1]);
        assert!(read.versions_below(("unit", "units/bkpm"), None, 10).await.unwrap().is_empty());
        let above = served.feed.compact(99).await.unwrap_err();
        assert_eq!(above.violations()[0].field, "keep_after");
    })
    .await;
}

#[tokio::test]
async fn the_retention_runs_under_one_lease_and_forgets_what_is_old() {
    on_both(async |database| {
        let clock = Clock::stopped_at(1_000_000_000_000);
        let options = database.options(clock.clone());
        let served = Served::start(&options, FeedOptions::default()).await;
        write(&served.db, A, "one", "35.10").await;
        clock.advance(Duration::from_secs(30 * 24 * 3600).as_micros() as i64);
        let head = write(&served.db, A, "two", "35.10").await;
        let week = Duration::from_secs(7 * 24 * 3600);
        let (history, requests) = (500 * week, week);
        let retention = Retention { window: week, history, tombstones: 50 * week, requests };
        assert!(served.feed.maintain(&retention, "replica-1").await.unwrap());
        assert!(!served.feed.maintain(&retention, "replica-2").await.unwrap());
        let status = served.feed.status(&[]).await.unwrap();
        assert_eq!((status.floor_revision, status.head_revision), (head - 1, head));
    })
    .await;
}

#[tokio::test]
async fn bookmarks_move_the_token_of_a_follower_that_nothing_concerns() {
    on_both(async |database| {
        let often =
            FeedOptions { bookmark_interval: Duration::from_millis(20), ..FeedOptions::default() };
        let served = Served::start(&database.options(Clock::system()), often).await;
        let filter = Filter::kinds(["unit"]);
        let mut follower = served.feed.subscribe(Start::Now, filter.clone()).await.unwrap();
        let revision = write(&served.db, A, "one", "35.10").await;
        let (changes, token) = changes_to(&mut follower, revision).await;
        assert!(changes.is_empty());
        served.feed.compact(revision).await.unwrap();
        served.feed.subscribe(Start::Token(token), filter).await.expect("above the floor");
    })
    .await;
}

#[tokio::test]
async fn a_follower_that_asks_for_it_is_told_soon_of_what_passes_it_by() {
    on_both(async |database| {
        let hour = Duration::from_secs(3600);
        let seldom = FeedOptions { bookmark_interval: hour, ..FeedOptions::default() };
        let served = Served::start(&database.options(Clock::system()), seldom).await;
        let filter = Filter::kinds(["unit"]);
        let follower = served.feed.subscribe(Start::Now, filter.clone()).await.unwrap();
        let mut follower = follower.telling_soon(true);
        for text in ["one", "two"] {
            let revision = write(&served.db, A, text, "35.10").await;
            let (changes, token) = changes_to(&mut follower, revision).await;
            assert!(changes.is_empty());
            // A follower that comes back is told as well.
            let back = served.feed.subscribe(Start::Token(token), filter.clone()).await.unwrap();
            let missed = write(&served.db, A, &format!("{text}, again"), "35.10").await;
            changes_to(&mut back.telling_soon(true), missed).await;
            changes_to(&mut follower, missed).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_follower_that_comes_back_is_told_at_once_that_it_has_all_there_is() {
    on_both(async |database| {
        let hour = Duration::from_secs(3600);
        let seldom = FeedOptions { bookmark_interval: hour, ..FeedOptions::default() };
        let served = Served::start(&database.options(Clock::system()), seldom).await;
        let mut follower = served.feed.subscribe(Start::Now, east_java()).await.unwrap();
        let revision = write(&served.db, A, "one", "35.10").await;
        let (_, token) = changes_to(&mut follower, revision).await;
        drop(follower);
        for (passes_by, missed) in [(None, revision), (Some(B), revision + 1)] {
            if let Some(elsewhere) = passes_by {
                write(&served.db, elsewhere, "two", "51.03").await;
                served.feed.wait_for(missed).await.unwrap();
            }
            let back = Start::Token(token.clone());
            let mut back = served.feed.subscribe(back, east_java()).await.unwrap();
            let bookmark = back.next().await.unwrap().unwrap();
            assert!(bookmark.changes.is_empty() && bookmark.token.is_some());
            assert_eq!(bookmark.revision, missed);
        }
    })
    .await;
}

#[tokio::test]
async fn a_draining_server_ends_its_followers() {
    on_both(async |database| {
        let served = serve(&database).await;
        let mut follower = served.feed.subscribe(Start::Now, Filter::default()).await.unwrap();
        follower.next().await.unwrap().unwrap();
        let feed = served.feed.clone();
        served.stop().await;
        assert!(follower.next().await.unwrap().is_none());
        assert_eq!(feed.wait_for(99).await.unwrap_err().reason(), Reason::Unavailable);
    })
    .await;
}

#[tokio::test]
async fn a_filter_beyond_its_bounds_is_refused() {
    on_both(async |database| {
        let served = serve(&database).await;
        let kinds = (0..100).map(|number| format!("kind{number}")).collect();
        let filter = Filter { kinds, ..Filter::default() };
        let refused = served.feed.subscribe(Start::Now, filter).await.map(drop).unwrap_err();
        assert_eq!(refused.violations()[0].field, "filter");
    })
    .await;
}

#[tokio::test]
async fn a_commit_bears_the_time_of_a_clock_that_runs_ahead() {
    on_both(async |database| {
        let clock = Clock::starting_at(Clock::system().now() + 40 * DAY);
        let options = database.options(clock.clone());
        let served = Served::start(&options, FeedOptions::default()).await;
        let mut follower = served.feed.subscribe(Start::Now, Filter::default()).await.unwrap();
        let before = clock.now();
        let revision = write(&served.db, A, "one", "35.10").await;
        let (changes, _) = changes_to(&mut follower, revision).await;
        assert!((changes[0].at - before).abs() < DAY, "{} after {before}", changes[0].at);
    })
    .await;
}
