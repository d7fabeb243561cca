//! Streams: of reports over gRPC, and of the page's sections.

use mpp_api::{
    registry::mall::Stage,
    report::WatchReportResponse,
    reporting::{Report, WatchReportRequest},
    scheduling::deviation::finding,
};
use mpp_testkit::{Backend, on_both};
use tokio::time::timeout;
use tonic::{Code, Streaming};

use crate::{
    browser::Events,
    records::{counter, deviation, mall, regions, service},
    world::{PATIENCE, World},
};

const OPEN: &[(Stage, &str)] = &[(Stage::Operating, "2026-01-05")];

/// Applies the next message.
async fn next(stream: &mut Streaming<WatchReportResponse>, held: &mut Report) {
    let message = timeout(PATIENCE, stream.message()).await.expect("a message in time");
    let message = message.expect("a message").expect("not the end");
    message.apply_to(held).expect("a message of the contract");
}

#[tokio::test]
async fn a_watched_report_comes_at_once_and_after_each_change() {
    on_both(async |database| {
        let world = World::start(database).await;
        let revision = regions(&world).await;
        world.after(revision).await;
        let watch = world.client().watch_report(WatchReportRequest {}).await;
        let mut stream = watch.expect("a stream").into_inner();
        let mut held = Report::default();
        next(&mut stream, &mut held).await;
        assert!(held.malls.is_empty() && !held.regions.is_empty());

        let put = world.registry.put("malls/satu", &mall("satu", "regions/35.10", OPEN)).await;
        while held.malls.is_empty() {
            next(&mut stream, &mut held).await;
        }
        let asked = world.after(put).await;
        assert_eq!(
            held,
            Report { known_on: held.known_on, freshness: held.freshness.clone(), ..asked }
        );

        world.drain();
        let end = loop {
            match timeout(PATIENCE, stream.message()).await.expect("an end in time") {
                Ok(_) => {}
                Err(status) => break status,
            }
        };
        assert_eq!(end.code(), Code::Unavailable, "told to move");
    })
    .await;
}

#[tokio::test]
async fn a_fee_and_a_deviation_reach_the_open_page() {
    on_both(async |database| {
        let world = World::start(database).await;
        regions(&world).await;
        world.registry.put("malls/satu", &mall("satu", "regions/35.10", OPEN)).await;
        world.registry.put("malls/satu/counters/polri", &counter("Polri")).await;
        let name = "units/polri/services/skck";
        let revision = world.registry.put(name, &service("SKCK", 30_000)).await;
        world.after(revision).await;

        let mut indonesian = Events::listen(&world.reporting.page, "/events?lang=id").await;
        let mut mall =
            Events::listen(&world.reporting.page, "/events?lang=en&page=malls/satu").await;
        indonesian.hear("Diterbitkan").await;
        mall.hear("No deviation is known").await;

        world.registry.put(name, &service("SKCK", 50_000)).await;
        indonesian.hear("Rp50.000").await;
        let early = deviation(&[finding::Code::ClosesEarly]);
        world.scheduling.put("malls/satu/counters/polri/deviation", &early).await;
        indonesian.hear("CLOSES_EARLY").await;
        mall.hear("CLOSES_EARLY").await;

        world.drain();
        indonesian.end().await;
        mall.end().await;
    })
    .await;
}

#[tokio::test]
async fn one_peer_leaves_room_for_others() {
    let world = World::start(mpp_testkit::database(Backend::Sqlite).await).await;
    let page = &world.reporting.page;
    let first = Events::listen_from(page, "/events", "192.0.2.1:1000").await;
    assert_eq!(first.status, 200);
    let again = Events::listen_from(page, "/events", "192.0.2.1:1001").await;
    assert_eq!(again.status, 503);
    let other = Events::listen_from(page, "/events", "192.0.2.2:1000").await;
    assert_eq!(other.status, 200);
    drop(first);
    let back = Events::listen_from(page, "/events", "192.0.2.1:1002").await;
    assert_eq!(back.status, 200);
}

#[tokio::test]
async fn listeners_are_bounded_and_who_leaves_makes_room() {
    on_both(async |database| {
        let world = World::start(database).await;
        let page = &world.reporting.page;
        let first = Events::listen(page, "/events").await;
        let second = Events::listen(page, "/events").await;
        assert_eq!(Events::listen(page, "/events").await.status, 503);
        drop(first);
        assert_eq!(Events::listen(page, "/events").await.status, 200);
        drop(second);
    })
    .await;
}
