//! Streams of the present report.

use std::time::Duration;

use mpp_api::{
    registry::mall::Stage,
    report::{Kind, WatchReportResponse},
    reporting::{Report, WatchReportRequest},
    scheduling::{deviation::finding, ticket},
};
use mpp_testkit::{Backend, on_both};
use tokio::time::{Instant, sleep, timeout};
use tonic::{Code, Status, Streaming};

use crate::{
    records::{counter, deviation, mall, regions, service, ticket},
    world::{PATIENCE, World},
};

const OPEN: &[(Stage, &str)] = &[(Stage::Operating, "2026-01-05")];

/// A watcher, with the report that its messages add up to.
struct Watch {
    stream: Streaming<WatchReportResponse>,
    held: Report,
    messages: usize,
    /// How many of them were whole reports.
    whole: usize,
}

impl Watch {
    async fn start(world: &World) -> Self {
        let stream = world.client().watch_report(WatchReportRequest {}).await;
        let stream = stream.expect("a stream").into_inner();
        let mut watch = Self { stream, held: Report::default(), messages: 0, whole: 0 };
        watch.next().await.expect("the report at once");
        watch
    }

    async fn next(&mut self) -> Result<(), Status> {
        let message = timeout(PATIENCE, self.stream.message()).await.expect("in time")?;
        let message = message.expect("not the end");
        self.messages += 1;
        self.whole += usize::from(matches!(message.kind, Some(Kind::Report(_))));
        message.apply_to(&mut self.held).expect("a message of the contract");
        Ok(())
    }

    async fn until(&mut self, what: &str, holds: impl Fn(&Report) -> bool) {
        while !holds(&self.held) {
            self.next().await.unwrap_or_else(|status| panic!("{what}: {status}"));
        }
    }
}

#[tokio::test]
async fn a_watched_report_comes_at_once_and_after_each_change() {
    on_both(async |database| {
        let world = World::start(database).await;
        let revision = regions(&world).await;
        world.after(revision).await;
        let mut watch = Watch::start(&world).await;
        assert!(watch.held.malls.is_empty() && !watch.held.regions.is_empty());

        let put = world.registry.put("malls/satu", &mall("satu", "regions/35.10", OPEN)).await;
        watch.until("the mall", |report| report.malls.len() == 1).await;
        let asked = world.after(put).await;
        let Report { known_on, freshness, .. } = watch.held.clone();
        assert_eq!(watch.held, Report { known_on, freshness, ..asked });

        world.drain();
        let end = loop {
            if let Err(status) = watch.next().await {
                break status;
            }
        };
        assert_eq!(end.code(), Code::Unavailable, "told to move");
    })
    .await;
}

#[tokio::test]
async fn a_fee_and_a_deviation_reach_who_watches_as_what_changed() {
    on_both(async |database| {
        let world = World::start(database).await;
        regions(&world).await;
        world.registry.put("malls/satu", &mall("satu", "regions/35.10", OPEN)).await;
        world.registry.put("malls/satu/counters/polri", &counter("Polri")).await;
        let name = "units/polri/services/skck";
        let revision = world.registry.put(name, &service("SKCK", 30_000)).await;
        world.after(revision).await;

        let mut watch = Watch::start(&world).await;
        watch.until("the service", |report| report.changes.len() == 1).await;
        world.registry.put(name, &service("SKCK", 50_000)).await;
        let dearer = |report: &Report| report.changes[0].after == "Rp50.000";
        watch.until("the fee", dearer).await;
        let early = deviation(&[finding::Code::ClosesEarly]);
        world.scheduling.put("malls/satu/counters/polri/deviation", &early).await;
        let found = |report: &Report| {
            report.deviations.iter().any(|one| one.code() == finding::Code::ClosesEarly)
        };
        watch.until("the deviation", found).await;
        assert_eq!(watch.whole, 1, "the first alone was whole");
        assert_eq!(watch.held.changes.len(), 2, "what did not change is still held");
    })
    .await;
}

#[tokio::test]
async fn a_burst_is_told_at_the_pace() {
    let world = World::start_with(mpp_testkit::database(Backend::Sqlite).await, 400).await;
    regions(&world).await;
    world.registry.put("malls/satu", &mall("satu", "regions/35.10", OPEN)).await;
    let mut watch = Watch::start(&world).await;
    watch.until("the mall", |report| report.malls.len() == 1).await;
    let (begin, before) = (Instant::now(), watch.messages);
    for number in 0..50 {
        let name = format!("malls/satu/tickets/2026-11-24-A-{number:03}");
        world.scheduling.put(&name, &ticket("2026-11-24", ticket::State::Completed)).await;
        sleep(Duration::from_millis(20)).await;
    }
    watch.until("every ticket", |report| report.tickets_completed_today == 50).await;
    let told = watch.messages - before;
    let most = begin.elapsed().as_millis() / 400 + 1;
    assert!(told as u128 <= most, "{told} messages in {:?}", begin.elapsed());
}
