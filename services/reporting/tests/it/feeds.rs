//! The inbox against feeds that break, repeat, and lose their past.

use std::time::Duration;

use mpp_api::{
    registry::{Counter, mall::Stage},
    reporting::freshness::Feed,
    scheduling::{deviation::finding::Code, ticket},
};
use mpp_testkit::{Backend, on_both};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};

use crate::{
    records::{counter, deviation, mall, regions, service, source, ticket},
    world::{MORNING, PATIENCE, SECOND, Upstream, World},
};

const OPEN: &[(Stage, &str)] = &[(Stage::Operating, "2026-01-05")];

/// One random write on one of the two upstreams.
async fn write(world: &World, random: &mut StdRng) {
    world.clock.advance(random.random_range(0..3) * SECOND);
    let id = random.random_range(0..5);
    let counter_name = format!("malls/m{}/counters/c{id}", id % 2);
    let registry = &world.registry;
    match random.random_range(0..7) {
        0 => {
            let name = format!("malls/m{id}");
            let day = format!("2026-{:02}-01", random.random_range(1..13));
            let stage = [Stage::Agreed, Stage::Operating, Stage::Closed][random.random_range(0..3)];
            registry.put(&name, &mall("m", "regions/35.10", &[(stage, &day)])).await
        }
        1 => {
            let fee = random.random_range(1..9) * 10_000;
            registry.put(&format!("units/u/services/s{id}"), &service("S", fee)).await
        }
        2 => {
            registry.put(&counter_name, &counter(&format!("C{}", random.random_range(0..9)))).await
        }
        3 => {
            let last = MORNING + random.random_range(0..99) * SECOND;
            registry.put(&format!("sources/s{id}"), &source("S", 3_600, last)).await
        }
        4 => {
            let codes: &[Code] =
                [&[][..], &[Code::ClosesEarly], &[Code::MissingDay]][random.random_range(0..3)];
            world.scheduling.put(&format!("{counter_name}/deviation"), &deviation(codes)).await
        }
        _ => {
            let state = [ticket::State::Waiting, ticket::State::Called, ticket::State::Completed]
                [random.random_range(0..3)];
            let number = random.random_range(0..30);
            let name = format!("malls/m{id}/tickets/2026-11-24-A-{number:03}");
            world.scheduling.put(&name, &ticket("2026-11-24", state)).await
        }
    };
}

/// Whatever breaks, and however the feeds interleave: every change is in the inbox once, and the
/// projections are those of the inbox.
#[tokio::test]
async fn rebuilt_is_live_through_restarts_and_broken_connections() {
    for seed in [7, 2_026] {
        on_both(async |database| {
            let mut random = StdRng::seed_from_u64(seed);
            let mut world = World::start(database).await;
            regions(&world).await;
            world.until("the first state", |report| report.complete).await;
            for _ in 0..8 {
                for _ in 0..random.random_range(3..20) {
                    write(&world, &mut random).await;
                }
                match random.random_range(0..4) {
                    0 => world = world.restart().await,
                    1 => world = world.crash().await,
                    2 => world.registry = world.registry.reconnect().await,
                    _ => world.scheduling = world.scheduling.reconnect().await,
                }
            }
            let registry =
                world.registry.put("malls/last", &mall("last", "regions/35.78", OPEN)).await;
            let done = ticket("2026-11-24", ticket::State::Completed);
            let scheduling =
                world.scheduling.put("malls/last/tickets/2026-11-24-Z-001", &done).await;
            let report = world.after_both(registry, scheduling).await;
            assert_eq!(report.freshness[0].revision, registry);

            let inbox = world.verify().await;
            // Each upstream transaction here changed at most one record; equal bytes changed none.
            assert_eq!(inbox, registry + scheduling);
        })
        .await;
    }
}

#[tokio::test]
async fn what_vanished_upstream_vanishes_here() {
    on_both(async |database| {
        let mut world = World::start(database).await;
        regions(&world).await;
        world.registry.put("malls/satu", &mall("satu", "regions/35.10", OPEN)).await;
        world.registry.put("malls/satu/counters/a", &counter("A")).await;
        let revision = world.registry.put("malls/dua", &mall("dua", "regions/35.78", OPEN)).await;
        assert_eq!(world.after(revision).await.malls.len(), 2);
        world.until("both feeds are read", |report| report.complete).await;

        // The registry is restored from an older dump: another lineage, at the same address.
        let restored = Upstream::start("registry", &world.clock).await;
        let old = std::mem::replace(&mut world.registry, restored);
        regions(&world).await;
        world.registry.put("malls/satu", &mall("satu", "regions/35.10", OPEN)).await;

        world.registry = world.registry.move_to(old.end().await).await;

        let gone = |report: &mpp_api::reporting::Report| report.malls.len() == 1 && report.complete;
        let report = world.until("the second mall is gone", gone).await;
        assert_eq!(report.malls[0].mall, "malls/satu");
        assert_eq!(report.malls[0].counters, 0);
        assert_eq!(report.coverage_all.expect("a share").numerator, 1);
        world.verify().await;
    })
    .await;
}

#[tokio::test]
async fn a_state_that_is_read_again_counts_nothing_twice() {
    on_both(async |database| {
        let mut world = World::start(database).await;
        regions(&world).await;
        for number in 0..40 {
            let name = format!("malls/satu/tickets/2026-11-24-A-{number:03}");
            world.scheduling.put(&name, &ticket("2026-11-24", ticket::State::Completed)).await;
        }
        let registry = world.registry.put("malls/satu", &mall("satu", "regions/35.10", OPEN)).await;
        world.after(registry).await;
        world.until("the tickets", |report| report.tickets_completed_today == 40).await;
        let before = world.verify().await;

        let restored = Upstream::start("scheduling", &world.clock).await;
        let old = std::mem::replace(&mut world.scheduling, restored);
        for number in 0..41 {
            let name = format!("malls/satu/tickets/2026-11-24-A-{number:03}");
            world.scheduling.put(&name, &ticket("2026-11-24", ticket::State::Completed)).await;
        }
        world.scheduling = world.scheduling.move_to(old.end().await).await;
        world.until("the new ticket", |report| report.tickets_completed_today == 41).await;
        world.until("both feeds are read", |report| report.complete).await;
        assert_eq!(
            world.verify().await,
            before + 1,
            "what was held in the same version is left out"
        );
    })
    .await;
}

#[tokio::test]
async fn a_deleted_counter_is_counted_no_more() {
    on_both(async |database| {
        let world = World::start(database).await;
        regions(&world).await;
        world.registry.put("malls/satu", &mall("satu", "regions/35.10", OPEN)).await;
        world.registry.put("malls/satu/counters/a", &counter("A")).await;
        let scheduling = world
            .scheduling
            .put("malls/satu/counters/a/deviation", &deviation(&[Code::ShortHours]))
            .await;
        let registry = world.registry.delete::<Counter>("malls/satu/counters/a").await;
        let report = world.after_both(registry, scheduling).await;
        assert_eq!((report.malls[0].counters, report.malls[0].deviating_counters), (0, 0));
        assert!(report.deviations.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_report_without_a_feed_says_so() {
    on_both(async |database| {
        let mut world = World::start(database).await;
        let revision = regions(&world).await;
        let report = world.after(revision).await;
        assert_eq!(report.freshness.len(), 2);
        world.until("both feeds are read", |report| report.complete).await;

        let elsewhere = Upstream::start("scheduling", &world.clock).await;
        let address = std::mem::replace(&mut world.scheduling, elsewhere).end().await;
        let only_the_registry = |report: &mpp_api::reporting::Report| {
            report.freshness.iter().all(|feed| feed.connected == (feed.feed() == Feed::Registry))
        };
        let report = world.until("scheduling is away", only_the_registry).await;
        assert!(!report.complete);
        let reason = report.incomplete_reason.expect("a reason");
        assert!(reason.id.contains("penjadwalan"), "{}", reason.id);
        assert!(reason.en.contains("scheduling"), "{}", reason.en);

        world.scheduling = world.scheduling.move_to(address).await;
        world.until("scheduling is back", |report| report.complete).await;
    })
    .await;
}

#[tokio::test]
async fn a_minimum_revision_waits_for_its_event() {
    on_both(async |database| {
        let world = World::start(database).await;
        let revision = regions(&world).await;
        world.after(revision).await;
        let asked = world.after(revision + 1);
        let written = async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            world.registry.put("malls/satu", &mall("satu", "regions/35.10", OPEN)).await
        };
        let (report, written) = tokio::join!(asked, written);
        assert_eq!(written, revision + 1);
        assert_eq!(report.malls.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_replica_is_ready_once_it_has_its_database_and_both_copies() {
    let world = World::start(mpp_testkit::database(Backend::Postgres).await).await;
    let second = world.replica().await;
    let missing: Vec<_> = second.readiness.missing().into_keys().collect();
    assert_eq!(missing, ["clock", "copies", "database"]);
    let ready = async {
        while !second.readiness.is_ready() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, ready).await.expect("ready in time");
}

#[tokio::test]
async fn one_replica_projects_and_all_serve() {
    let world = World::start(mpp_testkit::database(Backend::Postgres).await).await;
    let second = world.replica().await;
    regions(&world).await;
    let registry = world.registry.put("malls/satu", &mall("satu", "regions/35.10", OPEN)).await;
    let mut client =
        mpp_api::reporting::report_service_client::ReportServiceClient::new(second.routes);
    for _ in 0..2 {
        let request = mpp_api::reporting::GetReportRequest {
            min_registry_revision: registry,
            ..Default::default()
        };
        let report = client.get_report(request).await.expect("a report").into_inner().report;
        assert_eq!(report.expect("a report").malls.len(), 1);
    }
    assert_eq!(world.verify().await, registry, "each change once, though two follow");
}
