//! Copies of a feed: from the state on, after a restart, and through failures, on both databases.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Instant,
};

use mpp_client::{Endpoint, connect};
use mpp_core::Digest;
use mpp_rpc::{
    Readiness,
    follow::{Event, Follower},
};
use mpp_store::{Filter, Op, Position};
use mpp_testkit::{TestDatabase, on_both};

use crate::{
    drain::balancer,
    feed::{Registry, registry},
    setup::{Issuer, Server, eventually},
};

/// A copy as services keep one, in memory.
#[derive(Default)]
struct Copy {
    malls: BTreeMap<String, i64>,
    /// The records of the state under way.
    came: Option<BTreeMap<String, i64>>,
    position: Option<Position>,
    states: usize,
}

impl Copy {
    fn apply(&mut self, event: Event) {
        match event {
            Event::StateBegins => self.came = Some(BTreeMap::new()),
            Event::State(changes) => {
                let came = self.came.as_mut().expect("begun");
                came.extend(changes.into_iter().map(|change| (change.name, change.version)));
            }
            Event::StateEnds(position) => {
                self.malls = self.came.take().expect("begun");
                self.position = Some(position);
                self.states += 1;
            }
            Event::Changes(changes, position) => {
                for change in changes {
                    match change.op {
                        Op::Put => self.malls.insert(change.name, change.version),
                        Op::Deleted | Op::Removed => self.malls.remove(&change.name),
                    };
                }
                self.position = Some(position);
            }
            Event::Digest(wanted) => {
                let mut held = Digest::default();
                self.malls.iter().for_each(|(name, version)| held.add("mall", name, *version));
                assert_eq!(held, wanted, "the copy and what the feed says that it should hold");
            }
        }
    }

    async fn until(&mut self, follower: &mut Follower, revision: i64) {
        while self.position.as_ref().is_none_or(|at| at.revision < revision) {
            self.apply(follower.next().await);
        }
    }

    fn names(&self) -> Vec<&str> {
        self.malls.keys().map(|name| name.trim_start_matches("malls/")).collect()
    }
}

#[tokio::test]
async fn a_copy_starts_with_the_state_and_goes_on_with_changes() {
    on_both(async |database| {
        let registry = registry(&database, Issuer::new()).await;
        registry.put(&["banyuwangi", "sidoarjo"]).await;
        let readiness = Readiness::default();
        let mut follower = registry.follower(None).reporting_to(readiness.component("registry"));
        let mut copy = Copy::default();
        let revision = registry.put(&["badung"]).await;
        assert!(!readiness.is_ready(), "nothing is known yet");
        copy.until(&mut follower, revision).await;
        assert_eq!(copy.names(), ["badung", "banyuwangi", "sidoarjo"]);
        assert!(readiness.is_ready());

        let revision = registry.delete("sidoarjo").await;
        copy.until(&mut follower, revision).await;
        assert_eq!(copy.names(), ["badung", "banyuwangi"]);
        assert_eq!(copy.states, 1);
    })
    .await;
}

#[tokio::test]
async fn a_copy_goes_on_where_it_was_after_a_restart() {
    on_both(async |database| {
        let registry = registry(&database, Issuer::new()).await;
        let revision = registry.put(&["banyuwangi"]).await;
        let mut copy = Copy::default();
        copy.until(&mut registry.follower(None), revision).await;

        registry.put(&["badung"]).await;
        let revision = registry.delete("banyuwangi").await;
        let mut again = registry.follower(copy.position.clone());
        copy.until(&mut again, revision).await;
        assert_eq!(copy.names(), ["badung"]);
        assert_eq!(copy.states, 1, "no second state");
    })
    .await;
}

#[tokio::test]
async fn a_copy_that_is_too_far_back_starts_again_and_loses_what_has_vanished() {
    on_both(async |database| {
        let registry = registry(&database, Issuer::new()).await;
        let revision = registry.put(&["banyuwangi", "sidoarjo"]).await;
        let mut copy = Copy::default();
        copy.until(&mut registry.follower(None), revision).await;

        registry.delete("banyuwangi").await;
        let revision = registry.put(&["badung"]).await;
        registry.feed.compact(revision).await.expect("compacted");
        // The ring of another replica does not reach back so far.
        let fresh = self::registry_again(&database, registry).await;
        let mut again = fresh.follower(copy.position.clone());
        copy.until(&mut again, revision).await;
        assert_eq!(copy.names(), ["badung", "sidoarjo"]);
        assert_eq!(copy.states, 2);
    })
    .await;
}

#[tokio::test]
async fn a_follower_moves_to_the_next_server_and_goes_on() {
    on_both(async |database| {
        let first = registry(&database, Issuer::new()).await;
        let ready = |server: &Server| (server.address, server.readiness.clone());
        let servers = Arc::new(Mutex::new(vec![ready(&first.server)]));
        let address = balancer(servers.clone()).await;
        let mut follower = first.follower_through(address, None);
        let mut copy = Copy::default();
        let revision = first.put(&["banyuwangi"]).await;
        copy.until(&mut follower, revision).await;

        let second = registry_again(&database, first).await;
        servers.lock().expect("unpoisoned").push(ready(&second.server));
        let revision = second.put(&["badung"]).await;
        copy.until(&mut follower, revision).await;
        assert_eq!(copy.names(), ["badung", "banyuwangi"]);
        assert_eq!(copy.states, 1, "no second state");
    })
    .await;
}

/// The same registry after a restart.
async fn registry_again(database: &TestDatabase, old: Registry) -> Registry {
    old.server.shutdown.cancel();
    old.server.running.await.expect("no panic").expect("drained");
    old.db.close().await;
    drop((old.feed, old.db));
    registry(database, old.server.issuer).await
}

#[tokio::test]
async fn a_copy_that_failed_to_write_is_sent_the_same_again() {
    on_both(async |database| {
        let registry = registry(&database, Issuer::new()).await;
        let first = registry.put(&["banyuwangi"]).await;
        let mut follower = registry.follower(None);
        let mut copy = Copy::default();
        copy.until(&mut follower, first).await;
        let kept = copy.position.clone();

        let second = registry.put(&["badung", "sidoarjo"]).await;
        let mut lost = Copy::default();
        lost.until(&mut follower, second).await;
        follower.rewind(kept);
        copy.until(&mut follower, second).await;
        assert_eq!(copy.names(), ["badung", "banyuwangi", "sidoarjo"]);
    })
    .await;
}

#[tokio::test]
async fn a_follower_waits_for_a_server_that_is_not_there_yet() {
    on_both(async |database| {
        let port = mpp_testkit::free_port();
        let endpoint =
            Endpoint { address: format!("http://127.0.0.1:{port}"), ..Default::default() };
        let channel = connect(&endpoint).expect("an endpoint");
        let readiness = Readiness::default();
        let mut follower = Follower::new("registry", channel, Filter::default(), None)
            .reporting_to(readiness.component("registry"));
        let waiting = tokio::spawn(async move { follower.next().await });
        eventually("a reason", async || {
            readiness.missing()["registry"].contains("cannot be followed")
        })
        .await;
        waiting.abort();
        drop(database);
    })
    .await;
}

#[tokio::test]
async fn changes_that_have_come_meanwhile_are_handed_over_together_and_in_order() {
    on_both(async |database| {
        let registry = registry(&database, Issuer::new()).await;
        let mut follower = registry.follower(None).gathering(1000);
        while !matches!(follower.next().await, Event::StateEnds(_)) {}
        let mut written = Vec::new();
        for id in 0..40 {
            written.push(registry.put(&[format!("m{id}").as_str()]).await);
        }
        let (mut heard, mut events) = (Vec::new(), 0);
        while heard.len() < written.len() {
            let Event::Changes(changes, position) = follower.next().await else { continue };
            events += usize::from(!changes.is_empty());
            heard.extend(changes.iter().map(|change| change.revision));
            assert!(changes.iter().all(|change| change.revision <= position.revision));
        }
        assert_eq!(heard, written);
        assert!(events < written.len(), "in {events} steps");
    })
    .await;
}

#[tokio::test]
async fn a_copy_that_gathers_takes_in_what_comes_without_a_pause_a_few_times_a_second() {
    on_both(async |database| {
        let registry = registry(&database, Issuer::new()).await;
        let mut follower = registry.follower(None).gathering(1000);
        while !matches!(follower.next().await, Event::StateEnds(_)) {}
        let pace = mpp_client::Settings::default().feed_pace;
        let begun = Instant::now();
        let hears = tokio::spawn(async move {
            let (mut heard, mut steps) = (0, 0);
            while heard < 60 {
                let Event::Changes(changes, _) = follower.next().await else { continue };
                heard += changes.len();
                steps += u32::from(!changes.is_empty());
            }
            (steps, begun.elapsed())
        });
        for id in 0..60 {
            registry.put(&[format!("m{id}").as_str()]).await;
        }
        let (steps, took) = hears.await.expect("no panic");
        let most = took.div_duration_f64(pace).ceil() + 1.0;
        assert!(f64::from(steps) <= most, "{steps} steps in {took:?}");
    })
    .await;
}
