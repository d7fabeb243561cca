//! Reporting's own feed: catalog changes as they come, for its followers.

use mpp_api::{
    Document as _,
    feed::{GetFeedRequest, WatchRequest, feed_service_client::FeedServiceClient},
    registry::Window,
    reporting::{CatalogChange, catalog_change::Field},
};
use mpp_client::error_of;
use mpp_testkit::on_both;
use prost::Message as _;
use tonic::{Code, Streaming, service::Routes};

use crate::{
    records::{mall, regions, service, unit},
    world::World,
};

const KTP: &str = "units/kemendagri/services/ktp";

fn client(world: &World) -> FeedServiceClient<Routes> {
    FeedServiceClient::new(world.reporting.routes.clone())
}

async fn watch(world: &World, request: WatchRequest) -> Streaming<mpp_api::feed::WatchResponse> {
    client(world).watch(request).await.expect("a stream").into_inner()
}

/// The next changes, and the token after them.
async fn next(
    stream: &mut Streaming<mpp_api::feed::WatchResponse>,
) -> (Vec<CatalogChange>, bytes::Bytes) {
    loop {
        let message = stream.message().await.expect("no refusal").expect("not the end");
        let documents = message.changes.iter().filter_map(|change| change.document.as_ref());
        let changes: Vec<_> = documents
            .map(|document| CatalogChange::decode(document.value.clone()).expect("a change"))
            .collect();
        if !changes.is_empty() {
            return (changes, message.resume_token);
        }
    }
}

async fn head(world: &World) -> i64 {
    let feed = client(world).get_feed(GetFeedRequest::default()).await.expect("it stands");
    feed.into_inner().head_revision
}

#[tokio::test]
async fn a_fee_that_changes_is_told_as_it_is_reported() {
    on_both(async |database| {
        let world = World::start(database).await;
        regions(&world).await;
        world.registry.put("units/kemendagri", &unit("Kementerian Dalam Negeri")).await;
        let mut stream = watch(&world, WatchRequest::default()).await;
        world.registry.put(KTP, &service("KTP", 50_000)).await;
        let (published, token) = next(&mut stream).await;
        assert_eq!(published[0].field(), Field::Published);
        let revision = world.registry.put(KTP, &service("KTP", 75_000)).await;
        let (fees, _) = next(&mut stream).await;
        assert_eq!((fees[0].field(), fees[0].revision), (Field::Fees, revision));
        assert!(fees[0].after.contains("75.000"), "{fees:?}");

        let mut shown = world.after(revision).await.changes;
        assert!(shown[0].unit_name.is_some(), "worked out of the unit");
        shown.iter_mut().for_each(CatalogChange::strip);
        assert_eq!(shown, [fees[0].clone(), published[0].clone()]);

        drop(stream);
        let before = head(&world).await;
        let world = world.restart().await;
        world.until("both feeds are read", |report| report.complete).await;
        assert_eq!(head(&world).await, before, "what was told is told once");
        let mut on =
            watch(&world, WatchRequest { resume_token: token, ..Default::default() }).await;
        assert_eq!(next(&mut on).await.0, fees, "from the token on");
        let whole = WatchRequest { initial_state: true, ..Default::default() };
        assert_eq!(next(&mut watch(&world, whole).await).await.0.len(), 2);
        world.verify().await;
    })
    .await;
}

#[tokio::test]
async fn a_watch_that_nothing_can_pass_is_refused() {
    on_both(async |database| {
        let world = World::start(database).await;
        world.registry.put("units/kemendagri", &unit("Kementerian Dalam Negeri")).await;
        let revision = world.registry.put(KTP, &service("KTP", 50_000)).await;
        world.after(revision).await;
        for (kind, label, value, told) in [
            ("mall", "", "", "kept by registry (`mpp watch registry`); the kinds of this service"),
            ("", "region", "35.10", "service, unit"),
            ("", "unit", "kemendagri", "units/{id}"),
            ("", "unit", "units/none", "mpp list units"),
            ("", "service", "units/none/services/ktp", "mpp list units"),
        ] {
            let mut request = WatchRequest::default();
            let filter = request.filter.get_or_insert_default();
            filter.kinds = [kind].iter().filter(|k| !k.is_empty()).map(|k| (*k).into()).collect();
            filter.labels = [(label, value)]
                .iter()
                .filter(|(label, _)| !label.is_empty())
                .map(|(label, value)| ((*label).to_owned(), (*value).to_owned()))
                .collect();
            let error = error_of(&client(&world).watch(request).await.expect_err(told));
            assert_eq!(error.code, Code::InvalidArgument, "{error:?}");
            assert!(error.message.contains(told), "{told}: {}", error.message);
        }
        for (label, value) in [("unit", "units/kemendagri"), ("service", KTP)] {
            let mut request = WatchRequest { initial_state: true, ..Default::default() };
            let filter = request.filter.get_or_insert_default();
            filter.labels.insert(label.into(), value.into());
            assert_eq!(next(&mut watch(&world, request).await).await.0[0].service, KTP);
        }
    })
    .await;
}

#[tokio::test]
async fn a_unit_that_was_made_a_moment_ago_can_be_followed_and_its_mall_shown() {
    on_both(async |database| {
        let world = World::start(database).await;
        regions(&world).await;
        let follow = async |unit: &str| {
            let mut request = WatchRequest::default();
            let labels = &mut request.filter.get_or_insert_default().labels;
            labels.insert("unit".into(), unit.into());
            client(&world).watch(request).await.map(drop)
        };
        for round in 0..5 {
            let name = format!("units/dinas-{round}");
            world.registry.put(&name, &unit("Dinas")).await;
            follow(&name).await.expect("a new unit");
            // Records of this kind are not followed, so the answer does not wait for them.
            world
                .registry
                .put(&format!("malls/a/counters/b/windows/{round}"), &Window::default())
                .await;
            let refused = follow("units/none").await.expect_err("there is no such unit");
            assert_eq!(refused.code(), Code::InvalidArgument, "{refused:?}");
        }
        world.registry.put("malls/sorong", &mall("Sorong", "regions/35.10", &[])).await;
        world.mall("malls/sorong").await.expect("a new mall");
        let address = world.registry.end().await;
        let labels = [("unit".to_owned(), "units/none".to_owned())].into();
        let filter = Some(mpp_api::feed::Filter { labels, ..Default::default() });
        let request = WatchRequest { filter, ..WatchRequest::default() };
        let routes = world.reporting.routes.clone();
        let away =
            FeedServiceClient::new(routes).watch(request).await.expect_err("nobody can tell");
        let error = error_of(&away);
        assert_eq!(error.code, Code::Unavailable, "{error:?} of {address}");
        assert!(error.retry_after.is_some(), "{error:?}");
    })
    .await;
}
