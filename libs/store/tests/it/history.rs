//! Random writers, restarts, compaction, and followers that are slow, leave and resume, against the
//! recorded history: what each follower got is ordered, unique, atomic, reliable, resumable and
//! bookmarkable. Units, since compaction deletes their changes. `MPP_TEST_SEED` repeats a run.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use mpp_api::{registry::Unit, types::Tombstone};
use mpp_core::{Clock, Label, Reason};
use mpp_store::{Db, Expect, Feed, FeedOptions, ProofPace};
use mpp_testkit::{Backend, on_both};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use tokio::{sync::watch, task::JoinSet};

use crate::{
    follower::{Follower, check},
    kit::{Served, in_region, officer, scale, unit},
};

const REGIONS: [&str; 3] = ["35.09", "35.10", "51.03"];
const ROUNDS: usize = 3;
const WRITERS: u64 = 5;
const FOLLOWERS: usize = 8;

/// One write to a record.
#[derive(Clone, Debug)]
pub struct Written {
    pub name: String,
    pub version: i64,
    pub deleted: bool,
    pub region: &'static str,
}

/// Every transaction that was committed, by its revision.
pub type History = BTreeMap<i64, Vec<Written>>;

fn small() -> FeedOptions {
    FeedOptions {
        ring_bytes: 24 * 1024,
        message_bytes: 4 * 1024,
        poll_interval: Duration::from_millis(50),
        bookmark_interval: Duration::from_millis(10),
        prompt_interval: Duration::from_millis(10),
        proof: ProofPace { least: Duration::from_millis(20), part: 50 },
        stall: Duration::from_secs(5),
        compare_limit: Duration::from_secs(5),
        state_limit: Duration::from_secs(60),
        concurrent_reads: 3,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_follower_gets_the_recorded_history() {
    let seed = std::env::var("MPP_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed: u64 = seed.unwrap_or_else(rand::random);
    println!("MPP_TEST_SEED={seed}");
    on_both(async |database| {
        let options = database.options(Clock::system());
        let history = Arc::new(Mutex::new(History::new()));
        let mut followers = (0..FOLLOWERS).map(|number| Follower::new(seed, number)).collect();
        for round in 0..ROUNDS as u64 {
            let served = Served::start(&options, small()).await;
            let replica = match database.backend() {
                Backend::Sqlite => Served::over(served.db.clone(), small()).await,
                Backend::Postgres => Served::start(&options, small()).await,
            };
            let seed = seed.wrapping_add(1_000 * (round + 1));
            followers = play(&served, &replica, &history, followers, seed).await;
            replica.stop().await;
            served.stop().await;
        }
        let history = history.lock().unwrap();
        let resumes: usize = followers.iter().map(|follower| follower.stretches.len()).sum();
        let proven: usize = followers.iter().map(|follower| follower.proven).sum();
        println!("{} transactions, {resumes} stretches, {proven} digests", history.len());
        assert!(proven > 0, "a follower of whole kinds is told what it should hold");
        for follower in &followers {
            follower.stretches.iter().for_each(|stretch| {
                check(&history, &follower.filter, stretch);
            });
            let reached = follower.stretches.last().unwrap().end;
            assert!(reached >= *history.last_key_value().unwrap().0);
        }
    })
    .await;
}

/// One life of the servers: they end once all that was written has been followed.
async fn play(
    served: &Served,
    replica: &Served,
    history: &Arc<Mutex<History>>,
    followers: Vec<Follower>,
    seed: u64,
) -> Vec<Follower> {
    let (ends, end) = watch::channel(None);
    let mut following = JoinSet::new();
    for follower in followers {
        let feeds = [served.feed.clone(), replica.feed.clone()];
        following.spawn(follower.follow(feeds, end.clone()));
    }
    let compacting = tokio::spawn(compact(served.feed.clone(), seed, end.clone()));
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        writers.spawn(write(served.db.clone(), history.clone(), seed + writer));
    }
    while writers.join_next().await.transpose().unwrap().is_some() {}
    let last = history.lock().unwrap().last_key_value().map(|(revision, _)| *revision);
    ends.send_replace(last);
    compacting.await.unwrap();
    following.join_all().await
}

async fn write(db: Db, history: Arc<Mutex<History>>, seed: u64) {
    let mut random = StdRng::seed_from_u64(seed);
    for number in 0..25 * scale() {
        match transaction(&db, &mut random, seed, number).await {
            Ok((revision, written)) if !written.is_empty() => {
                let before = history.lock().unwrap().insert(revision, written);
                assert!(before.is_none(), "revision {revision} was given out twice");
            }
            Ok(_) => {}
            Err(error) => assert_eq!(error.reason(), Reason::WriteConflict, "{error}"),
        }
    }
}

/// A few writes, or many at once; some of them roll back.
async fn transaction(
    db: &Db,
    random: &mut StdRng,
    seed: u64,
    number: usize,
) -> mpp_core::Result<(i64, Vec<Written>)> {
    let mut tx = db.begin(&officer()).await?;
    let mut written = Vec::new();
    let draft = |random: &mut StdRng, name: String| {
        let region = REGIONS[random.random_range(0..REGIONS.len())];
        let padding = "x".repeat(random.random_range(0..400));
        // A record that is put twice in one transaction differs, too.
        let different: u64 = random.random();
        let doc = unit(&name, &format!("{seed} {number} {different} {padding}"));
        (region, (name, doc, in_region(region)))
    };
    if random.random_bool(0.06) {
        let many: Vec<_> =
            (0..80).map(|place| draft(random, format!("units/many{place:02}"))).collect();
        let (regions, items): (Vec<_>, Vec<_>) = many.into_iter().unzip();
        let names: Vec<_> = items.iter().map(|(name, ..)| name.clone()).collect();
        let puts = tx.put_many(items).await?;
        for ((name, region), put) in names.into_iter().zip(regions).zip(puts) {
            written.push(Written { name, version: put.version, deleted: false, region });
        }
    }
    for _ in 0..random.random_range(1..5) {
        let name = format!("units/m{:02}", random.random_range(0..40));
        if random.random_bool(0.04) {
            let before = tx.get::<Unit>(&name).await?;
            let Some(before) = before else { continue };
            let version = tx.delete::<Unit>(&name, &Tombstone::default(), Expect::Any).await?;
            let region = REGIONS.into_iter().find(|code| before.labels[&Label::Region] == *code);
            written.push(Written { name, version, deleted: true, region: region.unwrap() });
            continue;
        }
        let (region, (name, doc, labels)) = draft(random, name);
        match tx.put(&name, &doc, labels, Expect::Any).await {
            Ok(put) => {
                assert!(put.changed);
                written.push(Written { name, version: put.version, deleted: false, region });
            }
            Err(error) if error.reason() == Reason::Tombstoned => {}
            Err(error) => return Err(error),
        }
    }
    if random.random_bool(0.15) {
        tx.rollback().await?;
        return Ok((0, Vec::new()));
    }
    Ok((tx.commit().await?, written))
}

/// Compacts close behind the head until the round ends.
async fn compact(feed: Feed, seed: u64, mut end: watch::Receiver<Option<i64>>) {
    let mut random = StdRng::seed_from_u64(seed ^ 0xC0);
    while end.borrow_and_update().is_none() {
        tokio::time::sleep(Duration::from_millis(random.random_range(5..40))).await;
        let keep_after = feed.head() - random.random_range(0..40);
        feed.compact(keep_after.max(0)).await.unwrap();
    }
}
