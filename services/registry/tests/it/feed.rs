//! The registry's records in the feed.

use std::sync::Arc;

use mpp_api::{
    Document,
    feed::{WatchRequest, feed_service_client::FeedServiceClient},
    registry::{
        GetMallRequest, GetOfferingRequest, Mall, Offering, Service, UpdateServiceRequest,
        mall::Stage,
    },
    sync::Source,
};
use mpp_client::error_of;
use mpp_core::Role;
use mpp_store::{Change, Filter, Label, Labels, Op, Start, Subscription};
use mpp_testkit::on_both;
use tonic::Code;

use crate::{
    publisher::{Session, record},
    world::{KEMENDAGRI, KTP, MALL, OFFERING, SOURCE, World, fixed},
};

/// The changes of the next message that has any.
async fn next(follower: &mut Subscription) -> Vec<Arc<Change>> {
    loop {
        let batch = follower.next().await.expect("a batch").expect("not the end");
        if !batch.changes.is_empty() {
            return batch.changes;
        }
    }
}

/// The names of the initial state.
async fn whole(follower: &mut Subscription) -> Vec<String> {
    let mut names = Vec::new();
    loop {
        let batch = follower.next().await.expect("a batch").expect("not the end");
        names.extend(batch.changes.iter().map(|change| change.name.clone()));
        if batch.initial_state_complete {
            return names;
        }
    }
}

/// A ministry's fee is in the answer for each offering of it. It is no change of the offering: who
/// keeps a regency's fees follows what they rest on, as the contract says, in one watch.
#[tokio::test]
async fn who_follows_a_regency_widely_hears_of_a_ministrys_fee() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let labels = Labels::from([(Label::Region, "35.10".to_owned())]);
        let kinds = Filter::kinds([Offering::KIND, Service::KIND]);
        let filter = Filter { labels: labels.clone(), wider: true, ..kinds };
        let narrow = Filter { labels, ..Filter::default() };
        let feed = &world.running.feed;
        let mut follower = feed.subscribe(Start::State, filter).await.expect("a follower");
        let mut neighbour = feed.subscribe(Start::Now, narrow).await.expect("a follower");
        let state: Vec<_> = whole(&mut follower).await;
        assert_eq!(state, [OFFERING, KTP], "the offering, and the service that it names");

        let mut admin = world.admin();
        let dearer = Service { name: KTP.into(), fees: vec![fixed(75_000)], ..Service::default() };
        let request = UpdateServiceRequest { service: Some(dearer), ..Default::default() };
        admin.catalog.update_service(request).await.expect("a new fee");
        let heard = next(&mut follower).await;
        let fees = heard[0].decode::<Service>().expect("the service").fees;
        assert_eq!((heard[0].name.as_str(), fees), (KTP, vec![fixed(75_000)]));
        let request = GetOfferingRequest { name: OFFERING.into(), min_revision: heard[0].revision };
        let answer = admin.catalog.get_offering(request).await.expect("the offering").into_inner();
        let shown = answer.offering.expect("an offering");
        assert_eq!(shown.effective_fees, vec![fixed(75_000)]);
        assert!(shown.etag.starts_with("2."), "the offering itself is as it was: {}", shown.etag);

        let mut mall = world.admin();
        mall.propose("kk", Offering { service: KTP.into(), ..Offering::default() })
            .await
            .expect("another offering");
        let heard = next(&mut neighbour).await;
        assert!(heard[0].name.ends_with("/kk"), "a service bears no region: {heard:?}");
    })
    .await;
}

#[tokio::test]
async fn an_answer_is_the_fed_record_and_what_answers_add() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let feed = &world.running.feed;
        let mut follower =
            feed.subscribe(Start::State, Filter::kinds([Mall::KIND])).await.expect("a follower");
        let fed: Mall = next(&mut follower).await[0].decode().expect("the mall");
        let request = GetMallRequest { name: MALL.into(), min_revision: 0 };
        let answer = world.admin().directory.get_mall(request).await.expect("the mall");
        let mut answer = answer.into_inner().mall.expect("a mall");
        assert_eq!(
            (answer.stage(), answer.time_zone.as_str()),
            (Stage::Inaugurated, "Asia/Jakarta")
        );
        assert_ne!(answer, fed);
        answer.strip();
        assert_eq!(answer, fed);
    })
    .await;
}

#[tokio::test]
async fn a_label_that_names_nothing_is_refused_with_the_way_to_what_there_is() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let channel = world.channel(Role::Reader, &[]);
        let watch = async |label: &str, value: &str| {
            let mut request = WatchRequest::default();
            let filter = request.filter.get_or_insert_default();
            filter.labels.insert(label.into(), value.into());
            FeedServiceClient::new(channel.clone()).watch(request).await
        };
        for (label, value, told) in [
            ("regoin", "35.10", "organiser, overridden, region"),
            ("region", "35.99", "mpp list regions"),
            ("region", "Banyuwangi", "35.10"),
            ("mall", "malls/atlantis", "mpp list malls"),
            ("counter", "malls/banyuwangi/counters/none", "mpp list counters"),
            ("unit", "units/none", "mpp list units"),
            ("agency", "kemendagri", "units/{id}"),
            ("service", "units/kemendagri/services/none", "mpp list services"),
            ("source", "sources/none", "mpp list sources"),
            ("state", "open", "accepted or proposed"),
            ("target", "national", "agency, category"),
        ] {
            let error = error_of(&watch(label, value).await.expect_err(value));
            assert_eq!(error.code, Code::InvalidArgument, "{label}={value}: {error:?}");
            assert!(error.message.contains(told), "{label}={value}: {}", error.message);
        }
        for (label, value) in
            [("region", "regions/35"), ("mall", MALL), ("unit", KEMENDAGRI), ("source", SOURCE)]
        {
            watch(label, value).await.expect("there is such a record");
        }
    })
    .await;
}

#[tokio::test]
async fn a_follower_learns_of_a_synced_record_with_its_origin_and_labels() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let feed = &world.running.feed;
        let mut follower =
            feed.subscribe(Start::Now, Filter::kinds([Service::KIND])).await.expect("a follower");
        follower.next().await.expect("a bookmark");
        let mut session = Session::begin(&world).await;
        session.send(vec![record("kk", "Kartu Keluarga")]).await;
        let change = loop {
            let batch = follower.next().await.expect("a batch").expect("not the end");
            if let Some(change) = batch.changes.first() {
                break change.clone();
            }
        };
        assert_eq!((change.op, change.origin.as_str()), (Op::Put, SOURCE));
        assert_eq!(change.name, "units/kemendagri/services/kk");
        let label = |key| change.labels[&key].as_str();
        assert_eq!(label(Label::Agency), "units/kemendagri");
        assert_eq!(label(Label::Source), SOURCE);
        let service: Service = change.decode().expect("a service");
        assert!(service.etag.is_empty() && service.create_time.is_none());
    })
    .await;
}

#[tokio::test]
async fn what_is_sent_again_unchanged_changes_nothing_in_the_feed() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let records: Vec<_> =
            (0..50).map(|number| record(&format!("s{number}"), "Layanan")).collect();
        let mut session = Session::begin(&world).await;
        session.send(records.clone()).await;
        session.end().await;
        let mut again = Session::begin(&world).await;
        let head = async || world.running.registry.db.read().await.expect("a snapshot").revision();
        let before = head().await;
        let result = again.send(records).await;
        assert!(
            result
                .results
                .iter()
                .all(|answer| answer.outcome() == mpp_api::sync::Outcome::Unchanged)
        );
        assert_eq!(head().await, before);
        let summary = again.end().await;
        assert_eq!(
            summary.revision,
            before + 1,
            "only the source's own record tells that it was here"
        );
        let kept: Option<mpp_store::Record<Source>> = world
            .running
            .registry
            .db
            .read()
            .await
            .expect("a snapshot")
            .get(SOURCE)
            .await
            .expect("read");
        let source = kept.expect("the source").doc;
        assert!(source.last_success_time.is_some());
        assert_eq!(source.accounting, summary.source);
        assert!(world.admin().service(KTP).await.is_ok());
    })
    .await;
}
