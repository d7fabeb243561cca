//! The common ground of the stories: a service with malls and units, and how to write them.

use std::sync::Arc;

use bytes::Bytes;
use mpp_api::registry::{Mall, Unit};
use mpp_api::types::LocalizedText;
use mpp_core::Result;
use mpp_store::{
    Actor, Change, Db, Feed, FeedOptions, Label, Labels, Migration, Op, Options, Schema,
    Statements, Subscription,
};
use tokio_util::sync::CancellationToken;

/// A service whose malls keep their history.
pub const SCHEMA: Schema = Schema {
    service: "test",
    steps: &[Migration {
        version: 1,
        name: "counter",
        statements: Statements::Both(
            "create table place (id bigint primary key, taken bigint not null check (taken <= 1))",
        ),
    }],
    history_kinds: &["mall", "counter"],
    standing_kinds: &["mall"],
};

pub fn officer() -> Actor {
    Actor::new("api", "units/dpmptsp")
}

pub fn mall(name: &str, title: &str) -> Mall {
    let display_name = Some(LocalizedText { id: title.into(), en: String::new() });
    Mall { name: name.into(), display_name, ..Mall::default() }
}

pub fn unit(name: &str, title: &str) -> Unit {
    let display_name = Some(LocalizedText { id: title.into(), en: String::new() });
    Unit { name: name.into(), display_name, ..Unit::default() }
}

pub fn in_region(code: &str) -> Labels {
    Labels::from([(Label::Region, code.to_owned())])
}

/// How large the stories are; 1 in CI.
pub fn scale() -> usize {
    std::env::var("MPP_TEST_SCALE").ok().and_then(|text| text.parse().ok()).unwrap_or(1)
}

/// Writes one mall in a transaction of its own.
pub async fn write(db: &Db, name: &str, title: &str, region: &str) -> i64 {
    let mut tx = db.begin(&officer()).await.unwrap();
    tx.put(name, &mall(name, title), in_region(region), mpp_store::Expect::Any).await.unwrap();
    tx.commit().await.unwrap()
}

/// A feed that can be stopped, as a server's is when it restarts.
pub struct Served {
    pub db: Db,
    pub feed: Feed,
    stop: CancellationToken,
}

impl Served {
    pub async fn start(options: &Options, feed: FeedOptions) -> Self {
        let db = Db::open_migrated(options, &SCHEMA).await.unwrap();
        Self::over(db, feed).await
    }

    pub async fn over(db: Db, feed: FeedOptions) -> Self {
        let stop = CancellationToken::new();
        let feed = Feed::start(db.clone(), feed, stop.clone()).await.unwrap();
        Self { db, feed, stop }
    }

    pub async fn stop(self) {
        self.stop.cancel();
        self.feed.ended().await;
        self.db.close().await;
    }
}

/// The changes of a follower up to its first token at or after a revision, and that token.
pub async fn changes_to(follower: &mut Subscription, revision: i64) -> (Vec<Arc<Change>>, Bytes) {
    told_to(follower, revision).await.expect("the feed serves")
}

/// The same for a follower that may be told to begin anew.
pub async fn told_to(
    follower: &mut Subscription,
    revision: i64,
) -> Result<(Vec<Arc<Change>>, Bytes)> {
    let mut seen = Vec::new();
    loop {
        let batch = follower.next().await?.expect("the feed serves");
        seen.extend(batch.changes);
        if let Some(token) = batch.token
            && batch.revision >= revision
        {
            return Ok((seen, token));
        }
    }
}

/// Changes as a follower saw them, short: operation, name, version.
pub fn told(changes: &[Arc<Change>]) -> Vec<(Op, &str, i64)> {
    changes.iter().map(|change| (change.op, change.name.as_str(), change.version)).collect()
}
