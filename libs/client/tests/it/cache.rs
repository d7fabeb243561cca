//! A local copy of a real feed, on both databases.

use std::{sync::Arc, time::Duration};

use mpp_api::{
    Document as _,
    feed::Filter,
    registry::Mall,
    types::{LocalizedText, Tombstone},
};
use mpp_client::Cache;
use mpp_rpc::feed::FeedServer;
use mpp_store::{Actor, Db, Expect, Feed, FeedOptions, Labels, ProofPace, Schema};
use mpp_testkit::{TestDatabase, free_port, on_both};
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;

use crate::setup::{Issuer, Server, brisk, channel, eventually, serve};

const SCHEMA: Schema =
    Schema { service: "test", steps: &[], history_kinds: &[], standing_kinds: &[] };

/// A registry that comes back at the same address.
struct Registry {
    issuer: Arc<Issuer>,
    address: String,
    db: Db,
    feed: Feed,
    server: Server,
}

async fn registry(database: &TestDatabase) -> Registry {
    let address = format!("127.0.0.1:{}", free_port());
    start(database, Arc::new(Issuer::new()), address).await
}

async fn start(database: &TestDatabase, issuer: Arc<Issuer>, address: String) -> Registry {
    let db = database.open(&SCHEMA).await.expect("a database");
    let stop = CancellationToken::new();
    let soon = Duration::from_millis(50);
    let often = FeedOptions {
        bookmark_interval: soon,
        proof: ProofPace { least: soon, part: 50 },
        ..FeedOptions::default()
    };
    let feed = Feed::start(db.clone(), often, stop).await.expect("a feed");
    let routes = Routes::new(FeedServer::new(feed.clone(), mpp_api::document::KINDS).into_route());
    let server = serve(&issuer, &address, routes).await;
    Registry { issuer, address, db, feed, server }
}

impl Registry {
    async fn end(self) -> (Arc<Issuer>, String) {
        self.server.end().await;
        self.db.close().await;
        (self.issuer, self.address)
    }

    fn cache(&self) -> Cache {
        let filter = Filter { kinds: vec![Mall::KIND.into()], ..Filter::default() };
        let channel = channel(&self.issuer, &format!("http://{}", self.address), brisk());
        Cache::follow("registry", channel, filter)
    }

    /// Writes malls in one transaction.
    async fn put(&self, malls: &[(&str, &str)]) -> i64 {
        let mut tx = self.db.begin(&siti()).await.expect("a transaction");
        for (id, title) in malls {
            let name = format!("malls/{id}");
            let title = LocalizedText { id: (*title).into(), en: String::new() };
            let mall = Mall { name: name.clone(), display_name: Some(title), ..Mall::default() };
            tx.put(&name, &mall, Labels::new(), Expect::Any).await.expect("written");
        }
        self.commit(tx).await
    }

    async fn delete(&self, id: &str) -> i64 {
        let mut tx = self.db.begin(&siti()).await.expect("a transaction");
        let (name, why) = (format!("malls/{id}"), Tombstone::default());
        tx.delete::<Mall>(&name, &why, Expect::Any).await.expect("deleted");
        self.commit(tx).await
    }

    async fn etag(&self, name: &str) -> String {
        let mut read = self.db.read().await.expect("a snapshot");
        read.get::<Mall>(name).await.expect("read").expect("there").etag()
    }

    async fn commit(&self, tx: mpp_store::Tx) -> i64 {
        let revision = tx.commit().await.expect("committed");
        self.feed.wait_for(revision).await.expect("in the feed");
        revision
    }
}

fn siti() -> Actor {
    Actor::new("api", "users/siti")
}

fn titles(cache: &Cache) -> Vec<(String, String)> {
    let malls = cache.list::<Mall>().expect("malls");
    let title = |mall: Mall| (mall.name, mall.display_name.unwrap_or_default().id);
    malls.into_iter().map(|kept| title(kept.document)).collect()
}

fn names(cache: &Cache) -> Vec<String> {
    titles(cache).into_iter().map(|(name, _)| name.replace("malls/", "")).collect()
}

#[tokio::test]
async fn a_copy_has_the_state_then_each_change_and_says_how_fresh_it_is() {
    on_both(async |database| {
        let registry = registry(&database).await;
        registry.put(&[("banyuwangi", "Banyuwangi"), ("sidoarjo", "Sidoarjo")]).await;
        let cache = registry.cache();
        assert_eq!((names(&cache).len(), cache.freshness().revision), (0, 0), "nothing yet");
        cache.whole().await;
        assert_eq!(names(&cache), ["banyuwangi", "sidoarjo"]);

        let revision =
            registry.put(&[("banyuwangi", "Banyuwangi Baru"), ("badung", "Badung")]).await;
        let fresh = cache.reached(revision).await;
        assert_eq!(fresh.revision, revision);
        let committed = fresh.commit_time.expect("the time of the last change");
        assert!(committed.elapsed().is_ok_and(|age| age.as_secs() < 3600), "{committed:?}");
        assert!(fresh.link.connected_since.is_some() && fresh.link.trouble.is_empty());
        let kept = cache.get::<Mall>("malls/banyuwangi").expect("a mall").expect("there");
        assert_eq!(kept.document.display_name.expect("a name").id, "Banyuwangi Baru");
        assert_eq!(kept.actor, "users/siti");
        assert_eq!(kept.etag, registry.etag("malls/banyuwangi").await, "as the registry has it");
        assert_eq!(cache.count::<Mall>(), 3);

        cache.reached(registry.delete("sidoarjo").await).await;
        assert_eq!(names(&cache), ["badung", "banyuwangi"]);
        assert_eq!(cache.get::<Mall>("malls/sidoarjo").expect("no fault"), None);
    })
    .await;
}

#[tokio::test]
async fn a_copy_outlives_a_restart_and_shows_meanwhile_what_it_has() {
    on_both(async |database| {
        let registry = registry(&database).await;
        let revision = registry.put(&[("banyuwangi", "Banyuwangi")]).await;
        let cache = registry.cache();
        cache.reached(revision).await;

        let (issuer, address) = registry.end().await;
        eventually("the copy knows", async || cache.freshness().link.connected_since.is_none())
            .await;
        assert!(!cache.freshness().link.trouble.is_empty());
        assert_eq!(names(&cache), ["banyuwangi"], "as it was");

        let registry = start(&database, issuer, address).await;
        let revision = registry.put(&[("badung", "Badung")]).await;
        let fresh = cache.reached(revision).await;
        assert_eq!(names(&cache), ["badung", "banyuwangi"]);
        assert!(fresh.link.connected_since.is_some());
    })
    .await;
}

#[tokio::test]
async fn a_copy_whose_place_was_compacted_starts_again_and_loses_what_has_vanished() {
    on_both(async |database| {
        let registry = registry(&database).await;
        let malls = [("banyuwangi", "Banyuwangi"), ("sidoarjo", "Sidoarjo")];
        let revision = registry.put(&malls).await;
        let cache = registry.cache();
        cache.reached(revision).await;

        let (issuer, address) = registry.end().await;
        // At another address, so that the copy hears nothing while the feed goes on and forgets.
        let away = start(&database, issuer.clone(), "127.0.0.1:0".into()).await;
        away.delete("banyuwangi").await;
        let revision = away.put(&[("badung", "Badung")]).await;
        away.feed.compact(revision).await.expect("compacted");
        away.end().await;

        let registry = start(&database, issuer, address).await;
        cache.reached(revision).await;
        assert_eq!(names(&cache), ["badung", "sidoarjo"]);
        cache.reached(registry.put(&[("gresik", "Gresik")]).await).await;
        assert_eq!(names(&cache), ["badung", "gresik", "sidoarjo"]);
    })
    .await;
}

#[tokio::test]
async fn a_copy_of_a_database_that_was_replaced_becomes_a_copy_of_the_new_one() {
    on_both(async |database| {
        let registry = registry(&database).await;
        let malls = [("banyuwangi", "Banyuwangi"), ("sidoarjo", "Sidoarjo")];
        registry.put(&malls).await;
        let revision = registry.put(&[("badung", "Badung")]).await;
        let cache = registry.cache();
        cache.reached(revision).await;

        let (issuer, address) = registry.end().await;
        let other = mpp_testkit::database(database.backend()).await;
        let registry = start(&other, issuer, address).await;
        registry.put(&[("gresik", "Gresik")]).await;
        eventually("the copy is of the other one", async || names(&cache) == ["gresik"]).await;
    })
    .await;
}

/// Writes past the feed, as a hand or a damaged disk does: no trigger tells of it.
async fn past_the_feed(db: &Db, text: &str) {
    let on_sqlite = ["drop trigger record_updated"].as_slice();
    let on_postgres = ["drop trigger record_changed on record"].as_slice();
    let mut tx = db.begin(&siti()).await.expect("a transaction");
    for drop in if db.is_sqlite() { on_sqlite } else { on_postgres } {
        sqlx::query(*drop).execute(tx.conn()).await.expect("no trigger");
    }
    sqlx::query(sqlx::AssertSqlSafe(text.to_owned())).execute(tx.conn()).await.expect("written");
    tx.commit().await.expect("committed");
}

#[tokio::test]
async fn a_copy_that_is_not_what_the_service_holds_is_found_and_heals_by_itself() {
    for (text, healed) in [
        ("delete from record where name = 'malls/sidoarjo'", &["banyuwangi"][..]),
        ("update record set deleted = 1 where name = 'malls/banyuwangi'", &["sidoarjo"]),
        (
            "update record set version = 7 where name = 'malls/sidoarjo'",
            &["banyuwangi", "sidoarjo"],
        ),
    ] {
        on_both(async |database| {
            let registry = registry(&database).await;
            let malls = [("banyuwangi", "Banyuwangi"), ("sidoarjo", "Sidoarjo")];
            let revision = registry.put(&malls).await;
            let cache = registry.cache();
            cache.reached(revision).await;
            assert_eq!(cache.freshness().differences, 0, "as it should be");
            past_the_feed(&registry.db, text).await;
            eventually("the copy has heard of it", async || cache.freshness().differences > 0)
                .await;
            eventually("the copy is as the service", async || names(&cache) == healed).await;
        })
        .await;
    }
}
