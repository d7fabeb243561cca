//! The registry's copy: what arrives, what vanishes, and what stays while the registry is away.

use mpp_api::{
    registry::{Counter, counter::Regime},
    scheduling::{
        DeleteHoursRuleRequest, GetHoursRequest, GetHoursResponse, HoursRule,
        ListDeviationsRequest, hours_service_client::HoursServiceClient,
    },
};
use mpp_calendar::Zone;
use mpp_core::{Clock, Role};
use mpp_scheduling::SCHEMA;
use mpp_store::{Actor, Expect, Labels};
use mpp_testkit::{Backend, database, on_both};
use tonic::{Code, Status};

use crate::world::{
    BANK, DUKCAPIL, Replica, TUESDAY, Upstream, World, at, caller, eventually, office_week,
    options, refused, request_id, rule_for, socket,
};

async fn hours(world: &World, target: &str) -> Result<GetHoursResponse, Status> {
    let request = GetHoursRequest { target: target.into(), ..Default::default() };
    world.scheduling.hours().get_hours(request).await.map(tonic::Response::into_inner)
}

async fn deviating_counters(world: &World) -> usize {
    let request = ListDeviationsRequest::default();
    let listed = world.scheduling.hours().list_deviations(request).await.expect("a list");
    listed.into_inner().deviations.len()
}

async fn vanished(world: &World, target: &str) {
    eventually("the end", async || {
        let gone = hours(world, target).await.is_err_and(|status| status.code() == Code::NotFound);
        gone.then_some(())
    })
    .await;
}

#[tokio::test]
async fn what_the_registry_adds_and_withdraws_comes_and_goes() {
    on_both(async |database| {
        let world = World::on(database).await;
        refused(hours(&world, "malls/jayapura").await, Code::NotFound);
        world.upstream.mall("jayapura", "91.71", Zone::Wit).await;
        world.upstream.counter("malls/jayapura/counters/bpn", Regime::CivilService, 1).await;
        let counter = "malls/jayapura/counters/bpn";
        let found = eventually("the counter", async || hours(&world, counter).await.ok()).await;
        assert_eq!(found.days[0].time_zone, "Asia/Jayapura");
        eventually("its deviation", async || (deviating_counters(&world).await == 6).then_some(()))
            .await;
        world.upstream.withdraw::<Counter>(counter).await;
        vanished(&world, counter).await;
        eventually("no deviation", async || (deviating_counters(&world).await == 5).then_some(()))
            .await;
    })
    .await;
}

#[tokio::test]
async fn a_replica_without_malls_yet_turns_callers_away_and_refuses_nobody() {
    on_both(async |database| {
        mpp_store::migrate(&database.options(Clock::system()), &SCHEMA).await.expect("a schema");
        let clock = Clock::stopped_at(at(TUESDAY, 9 * 60, Zone::Wib));
        let replica = Replica::start(options(&database, &clock, "http://127.0.0.1:9")).await;
        let name = "hoursRules/bank";
        let rule = HoursRule { name: name.into(), weekly: Some(office_week()), ..rule_for(BANK) };
        let mut tx = replica.running.db.begin(&Actor::default()).await.expect("a transaction");
        tx.put(name, &rule, Labels::new(), Expect::New).await.expect("a rule");
        tx.commit().await.expect("a commit");
        let organiser = caller("users/siti", Role::Organiser, &["units/dpmptsp-banyuwangi"]);
        let mut hours = HoursServiceClient::new(replica.channel(organiser));
        let delete = DeleteHoursRuleRequest {
            name: name.into(),
            request_id: request_id(),
            ..Default::default()
        };
        refused(hours.delete_hours_rule(delete).await, Code::Unavailable);
        for date in ["", "2026-11-16"] {
            let request = ListDeviationsRequest { date: date.into(), ..Default::default() };
            refused(hours.list_deviations(request).await, Code::Unavailable);
        }
        replica.stop.cancel();
    })
    .await;
}

#[tokio::test]
async fn a_region_that_changes_zone_moves_the_clock() {
    on_both(async |database| {
        let world = World::on(database).await;
        world.upstream.mall("banyuwangi", "35.10", Zone::Wita).await;
        eventually("the new zone", async || {
            let day = hours(&world, DUKCAPIL).await.ok()?.days.remove(0);
            (day.time_zone == "Asia/Makassar").then_some(())
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_restart_serves_from_the_copy_while_the_registry_is_away() {
    on_both(async |database| {
        let world = World::on(database).await;
        world.upstream.stop.cancel();
        let world = world
            .restarted(|options| {
                options.upstream.address = "http://127.0.0.1:9".into();
            })
            .await;
        let day = eventually("hours", async || hours(&world, BANK).await.ok()).await.days.remove(0);
        assert_eq!(day.intervals.len(), 2);
        eventually("the reason", async || {
            let missing = world.scheduling.running.readiness.missing();
            missing.get("registry feed")?.contains("cannot be followed").then_some(())
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_restored_registry_is_followed_anew_and_what_it_lost_is_removed() {
    on_both(async |database_| {
        let world = World::on(database_).await;
        let address = socket(&world.upstream.address);
        world.upstream.stop.cancel();
        let restored = eventually("the port", async || {
            let free = tokio::net::TcpListener::bind(address).await.is_ok();
            match free {
                true => Some(
                    Upstream::over(database(Backend::Sqlite).await, &address.to_string()).await,
                ),
                false => None,
            }
        })
        .await;
        for gone in [BANK, DUKCAPIL, "malls/denpasar"] {
            vanished(&world, gone).await;
        }
        eventually("no deviation", async || (deviating_counters(&world).await == 0).then_some(()))
            .await;
        restored.mall("banyuwangi", "35.10", Zone::Wib).await;
        restored.counter(DUKCAPIL, Regime::CivilService, 1).await;
        eventually("the rest", async || hours(&world, DUKCAPIL).await.ok()).await;
        eventually("its deviation", async || (deviating_counters(&world).await == 1).then_some(()))
            .await;
        let World { upstream, database, clock, scheduling } = world;
        let world = World { upstream: restored, database, clock, scheduling };
        let world = world.restarted(|_| {}).await;
        drop(upstream);
        world.scheduling.ready().await;
        refused(hours(&world, BANK).await, Code::NotFound);
        hours(&world, DUKCAPIL).await.expect("what the copy holds");
    })
    .await;
}
