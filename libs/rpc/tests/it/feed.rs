//! A store's feed served to followers, on both databases.

use std::{net::SocketAddr, time::Duration};

use bytes::Bytes;
use mpp_api::{
    Document as _,
    feed::{GetFeedRequest, GetFeedResponse, WatchRequest, WatchResponse},
    registry::Mall,
    types::{LocalizedText, Tombstone},
};
use mpp_client::{Endpoint, TokenSource, connect, error_of};
use mpp_core::{Reason, Role};
use mpp_rpc::{feed::FeedServer, follow::Follower, history::HistoryServer};
use mpp_store::{Actor, Db, Expect, Feed, FeedOptions, Filter, Label, Labels, Position, Schema};
use mpp_testkit::{TestDatabase, on_both};
use tokio_util::sync::CancellationToken;
use tonic::{Streaming, service::Routes};

use crate::door;
use crate::setup::{Desk, Issuer, Server, serve};

const SCHEMA: Schema =
    Schema { service: "registry", steps: &[], history_kinds: &["mall"], standing_kinds: &[] };

/// A service with malls, whose feed is served.
pub struct Registry {
    pub db: Db,
    pub feed: Feed,
    pub server: Server,
}

pub async fn registry(database: &TestDatabase, issuer: Issuer) -> Registry {
    let db = database.open(&SCHEMA).await.expect("a database");
    let shutdown = CancellationToken::new();
    let feed = Feed::start(db.clone(), FeedOptions::default(), shutdown).await.expect("a feed");
    let routes = Routes::new(FeedServer::new(feed.clone(), mpp_api::document::KINDS).into_route())
        .add_service(HistoryServer::new(db.clone()).into_route());
    let server = serve(issuer, Desk::default(), routes, |_| {}).await;
    Registry { db, feed, server }
}

impl Registry {
    /// Writes malls in one transaction.
    pub async fn put(&self, malls: &[&str]) -> i64 {
        let by = Actor::new("api", "users/siti");
        let mut tx = self.db.begin(&by).await.expect("a transaction");
        for id in malls {
            let name = format!("malls/{id}");
            let mall = Mall { name: name.clone(), ..Mall::default() };
            let labels = Labels::from([(Label::Mall, name.clone())]);
            tx.put(&name, &mall, labels, Expect::Any).await.expect("written");
        }
        self.commit(tx).await
    }

    /// Gives a mall another name.
    pub async fn rename(&self, id: &str, text: &str) -> i64 {
        let by = Actor::new("api", "users/siti");
        let mut tx = self.db.begin(&by).await.expect("a transaction");
        let name = format!("malls/{id}");
        let labels = Labels::from([(Label::Mall, name.clone())]);
        let display_name = Some(LocalizedText { id: text.into(), en: String::new() });
        let mall = Mall { name: name.clone(), display_name, ..Mall::default() };
        tx.put(&name, &mall, labels, Expect::Any).await.expect("written");
        self.commit(tx).await
    }

    /// Writes malls of 20 KB each.
    async fn put_large(&self, ids: std::ops::Range<u32>) {
        let by = Actor::new("api", "users/siti");
        let mut tx = self.db.begin(&by).await.expect("a transaction");
        for id in ids {
            let name = format!("malls/large-{id}");
            let address = "x".repeat(20_000);
            let site = mpp_api::registry::mall::Site { address, ..Default::default() };
            let mall = Mall { name: name.clone(), sites: vec![site], ..Mall::default() };
            tx.put(&name, &mall, Labels::new(), Expect::Any).await.expect("written");
        }
        self.commit(tx).await;
    }

    pub async fn delete(&self, id: &str) -> i64 {
        let by = Actor::new("api", "users/siti");
        let mut tx = self.db.begin(&by).await.expect("a transaction");
        let name = format!("malls/{id}");
        tx.delete::<Mall>(&name, &Tombstone::default(), Expect::Any).await.expect("deleted");
        self.commit(tx).await
    }

    async fn commit(&self, tx: mpp_store::Tx) -> i64 {
        let revision = tx.commit().await.expect("committed");
        self.feed.wait_for(revision).await.expect("in the feed");
        revision
    }

    async fn watch(
        &self,
        request: WatchRequest,
    ) -> Result<Streaming<WatchResponse>, tonic::Status> {
        Ok(self.server.feed(Role::Reader).watch(request).await?.into_inner())
    }

    pub fn follower(&self, position: Option<Position>) -> Follower {
        self.follower_through(self.server.address, position)
    }

    pub fn follower_through(&self, address: SocketAddr, position: Option<Position>) -> Follower {
        let token = self.server.issuer.token(Role::Service, &[]);
        let endpoint = Endpoint {
            address: format!("http://{address}"),
            token: Some(TokenSource::Text(token)),
            tls: None,
        };
        let channel = connect(&endpoint).expect("an endpoint");
        Follower::new("registry", channel, Filter::kinds([Mall::KIND]), position)
    }
}

#[tokio::test]
async fn a_kind_that_no_record_has_is_refused_with_those_that_there_are() {
    on_both(async |database| {
        let registry = registry(&database, Issuer::new()).await;
        let request = |kind: &str| {
            let mut request = WatchRequest::default();
            let kinds = &mut request.filter.get_or_insert_default().kinds;
            kinds.extend(["mall".to_owned(), kind.to_owned()]);
            request
        };
        let refused = registry.watch(request("malls")).await;
        let error = error_of(&refused.expect_err("no such kind"));
        assert_eq!(error.code, tonic::Code::InvalidArgument, "{error:?}");
        let told = format!("{:?} {}", error.fields[0], error.message);
        for word in ["filter.kinds", "'malls'", "mall, counter", "ticket"] {
            assert!(told.contains(word), "{word}: {told}");
        }
        registry.watch(request("ticket")).await.expect("both exist");
    })
    .await;
}

#[tokio::test]
async fn a_filter_that_no_record_can_pass_is_refused_with_what_could() {
    on_both(async |database| {
        let registry = registry(&database, Issuer::new()).await;
        let request = |kinds: &[&str], prefix: &str, labels: &[(&str, &str)]| {
            let mut request = WatchRequest::default();
            let filter = request.filter.get_or_insert_default();
            filter.kinds = kinds.iter().map(|kind| (*kind).to_owned()).collect();
            filter.name_prefix = prefix.into();
            filter.labels =
                labels.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect();
            request
        };
        for (kinds, prefix, labels, field, told) in [
            (&[][..], "", &[("regoin", "35")][..], "filter.labels", "region"),
            (&[], "", &[("region", "Jawa Timur")], "filter.labels.region", "35.10"),
            (&[], "", &[("mall", "banyuwangi")], "filter.labels.mall", "malls/{id}"),
            (&[], "", &[("state", "open")], "filter.labels.state", "accepted or proposed"),
            (&["mall"], "", &[("state", "accepted")], "filter.labels.state", "organiser"),
            (&["service"], "", &[("region", "35")], "filter.labels.region", "agency"),
            (&["offering", "service"], "", &[("region", "35")], "filter.labels.region", "wider"),
            (
                &["mall", "service"],
                "",
                &[("category", "licensing")],
                "filter.labels.category",
                "mall",
            ),
            (&["service"], "malls/", &[], "filter.name_prefix", "units/{id}/services/{id}"),
            (&[], "mall/banyuwangi", &[], "filter.name_prefix", "malls/{id}"),
        ] {
            let refused = registry.watch(request(kinds, prefix, labels)).await;
            let error = error_of(&refused.expect_err(told));
            assert_eq!(
                (error.code, error.fields[0].0.as_str()),
                (tonic::Code::InvalidArgument, field)
            );
            assert!(error.message.contains(told), "{told}: {}", error.message);
        }
        for (kinds, prefix, labels) in [
            (&["mall"][..], "malls/banyu", &[("region", "regions/35")][..]),
            (&["hours_rule", "ticket"], "", &[("region", "35.10")]),
            (&["service"], "", &[("category", "population")]),
            (&[], "", &[("category", "population")]),
            (&[], "units/", &[("source", "")]),
        ] {
            registry.watch(request(kinds, prefix, labels)).await.expect("could pass");
        }
        let wider = |kinds: &[&str], labels: &[(&str, &str)]| {
            let mut request = request(kinds, "", labels);
            request.filter.get_or_insert_default().wider = true;
            registry.watch(request)
        };
        wider(&["offering", "service"], &[("region", "35.10")]).await.expect("both could pass");
        wider(&["service"], &[("region", "35.10")]).await.expect("it bears no region, and passes");
        let error = error_of(&wider(&[], &[]).await.expect_err("wider than what"));
        assert_eq!(error.fields[0].0, "filter.wider");
    })
    .await;
}

#[tokio::test]
async fn watching_is_refused_with_reasons() {
    on_both(async |database| {
        let registry = registry(&database, Issuer::new()).await;
        let both = WatchRequest {
            initial_state: true,
            resume_token: Bytes::from_static(b"x"),
            ..Default::default()
        };
        let error = error_of(&registry.watch(both).await.expect_err("both"));
        assert_eq!(error.fields[0].0, "initial_state");
        let foreign =
            WatchRequest { resume_token: Bytes::from_static(b"not ours"), ..Default::default() };
        let error = error_of(&registry.watch(foreign).await.expect_err("no token"));
        assert!(error.is(Reason::InvalidResumeToken), "{error:?}");
    })
    .await;
}

#[tokio::test]
async fn a_change_carries_its_document_and_who_made_it() {
    on_both(async |database| {
        let registry = registry(&database, Issuer::new()).await;
        let mut watch = registry.watch(WatchRequest::default()).await.expect("open");
        let revision = registry.put(&["banyuwangi"]).await;
        let message = loop {
            let message = watch.message().await.expect("alive").expect("a message");
            if !message.changes.is_empty() {
                break message;
            }
        };
        assert_eq!(message.revision, revision);
        assert!(!message.resume_token.is_empty());
        let change = &message.changes[0];
        assert_eq!((change.name.as_str(), change.version), ("malls/banyuwangi", 1));
        assert_eq!((change.origin.as_str(), change.actor.as_str()), ("api", "users/-"));
        assert_eq!(change.labels["mall"], "malls/banyuwangi");
        let document = change.document.as_ref().expect("a document");
        assert_eq!(document.type_url, "type.googleapis.com/mpp.registry.v1.Mall");
        let stands = registry.server.feed(Role::Auditor).get_feed(GetFeedRequest::default()).await;
        let stands = stands.expect("allowed").into_inner();
        assert_eq!((stands.head_revision, stands.record_count), (revision, 1));
        let only = GetFeedRequest { position_only: true, ..GetFeedRequest::default() };
        let only = registry.server.feed(Role::Auditor).get_feed(only).await.expect("allowed");
        let GetFeedResponse { head_revision, head_mark, floor_revision, .. } = stands;
        let stands =
            GetFeedResponse { head_revision, head_mark, floor_revision, ..Default::default() };
        assert_eq!(only.into_inner(), stands);
        let earlier = GetFeedRequest { revisions: vec![1, -1], ..GetFeedRequest::default() };
        let refused = registry.server.feed(Role::Auditor).get_feed(earlier).await;
        let error = error_of(&refused.expect_err("no such revision"));
        assert_eq!(error.fields[0].0, "revisions[1]", "{error:?}");
    })
    .await;
}

#[tokio::test]
async fn slow_readers_of_whole_states_do_not_hold_up_another_caller() {
    on_both(async |database| {
        let registry = with_a_large_state(&database).await;
        let mut slow = Vec::new();
        for _ in 0..10 {
            slow.push(registry.whole_state(&[Role::Reader]).await);
        }
        registry.is_not_held_up(&[Role::Auditor]).await;
        let mut last = slow.pop().expect("ten of them");
        let sign = tokio::time::timeout(Duration::from_secs(20), last.message()).await;
        let sign = sign.expect("a sign of life").expect("no refusal").expect("a message");
        assert_eq!(sign, WatchResponse::default(), "whoever waits for a place hears that it does");
        let mut first = slow.swap_remove(0);
        drop(slow);
        assert_eq!(whole(&mut first).await, LARGE, "whoever takes it at last has it");
    })
    .await;
}

#[tokio::test]
async fn slow_readers_of_whole_states_do_not_hold_up_the_suite_itself() {
    on_both(async |database| {
        let registry = with_a_large_state(&database).await;
        let mut slow = Vec::new();
        // As many as there are places.
        for role in [Role::Administrator, Role::UnitOfficer, Role::Auditor] {
            slow.push(registry.whole_state(&[role, Role::Reader]).await);
        }
        registry.is_not_held_up(&[Role::Service]).await;
    })
    .await;
}

#[tokio::test]
async fn whoever_waits_for_a_whole_state_over_plain_http_hears_that_it_does() {
    on_both(async |database| {
        let registry = with_a_large_state(&database).await;
        let slow = [Role::Verifier, Role::UnitOfficer].map(|role| [role, Role::Reader]);
        let slow = (registry.whole_state(&slow[0]).await, registry.whole_state(&slow[1]).await);
        let asked = "/v1/feed:watch?initialState=true";
        let mut events = door::events(&registry.server, Role::Auditor, asked).await;
        let mut heard = door::next(&mut events).await;
        assert!(heard.starts_with("retry: "), "{heard}");
        let sign = tokio::time::timeout(Duration::from_secs(20), door::next(&mut events)).await;
        assert_eq!(sign.expect("a sign of life"), "data: {}\n\n");
        drop(slow);
        while !heard.contains("initialStateComplete") {
            heard = door::next(&mut events).await;
        }
    })
    .await;
}

/// Malls of a large state: more than the windows of a stream and its connection take.
const LARGE: usize = 400;

async fn with_a_large_state(database: &TestDatabase) -> Registry {
    let registry = registry(database, Issuer::new()).await;
    for part in 0..10 {
        registry.put_large(part * 40..(part + 1) * 40).await;
    }
    registry
}

impl Registry {
    /// Asks for the whole state, as a caller with these roles, and reads nothing of it yet.
    async fn whole_state(&self, roles: &[Role]) -> Streaming<WatchResponse> {
        let request = WatchRequest { initial_state: true, ..Default::default() };
        let answer = self.server.feed_of(roles, &[]).watch(request).await;
        answer.expect("a stream").into_inner()
    }

    /// A caller with these roles has the whole large state soon.
    async fn is_not_held_up(&self, roles: &[Role]) {
        let mut state = self.whole_state(roles).await;
        let read = tokio::time::timeout(Duration::from_secs(20), whole(&mut state)).await;
        assert_eq!(read.expect("not held up"), LARGE, "{roles:?}");
    }
}

/// How many records of the whole state come.
async fn whole(watch: &mut Streaming<WatchResponse>) -> usize {
    let mut count = 0;
    loop {
        let message = watch.message().await.expect("no refusal").expect("a message");
        count += message.changes.len();
        if message.initial_state_complete {
            return count;
        }
    }
}
