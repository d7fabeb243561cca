//! The registry's records in the feed.

use mpp_api::{Document, registry::Service, sync::Source};
use mpp_store::{Filter, Label, Op, Start};
use mpp_testkit::on_both;

use crate::{
    publisher::{Session, record},
    world::{KTP, SOURCE, World},
};

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
