//! The registry's copy: what arrives, what vanishes, and what stays while the registry is away.

use mpp_api::{
    feed::{WatchRequest, feed_service_client::FeedServiceClient},
    registry::{Counter, Unit, counter::Regime},
    scheduling::{
        CreateHoursRuleRequest, DeleteHoursRuleRequest, GetHoursRequest, GetHoursResponse,
        HoursRule, ListDeviationsRequest, ListHoursRulesRequest,
        hours_service_client::HoursServiceClient,
    },
};
use mpp_calendar::Zone;
use mpp_core::{Clock, Label, Role};
use mpp_scheduling::SCHEMA;
use mpp_store::{Actor, Expect, Labels};
use mpp_testkit::{Backend, database, on_both};
use tonic::{Code, Status};

use crate::world::{
    BANK, DUKCAPIL, Replica, TUESDAY, Upstream, World, administrator, at, caller, eventually,
    office_week, options, refused, request_id, rule_for, socket,
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

/// Asks for the first of scheduling's feed under a label.
async fn watched(world: &World, label: Label, value: &str) -> Result<(), Status> {
    let labels = [(label.to_string(), value.to_owned())].into();
    let filter = Some(mpp_api::feed::Filter { labels, ..Default::default() });
    let request = WatchRequest { filter, ..Default::default() };
    let channel = world.scheduling.channel(administrator());
    FeedServiceClient::new(channel).watch(request).await.map(drop)
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
async fn what_was_made_at_the_registry_a_moment_ago_is_not_refused() {
    on_both(async |database| {
        let world = World::on(database).await;
        for round in 0..8 {
            let mall = format!("jayapura-{round}");
            let counter = format!("malls/{mall}/counters/bpn");
            world.upstream.mall(&mall, "91.71", Zone::Wit).await;
            watched(&world, Label::Mall, &format!("malls/{mall}")).await.expect("a new mall");
            world.upstream.counter(&counter, Regime::CivilService, 1).await;
            world.rule(&format!("bpn-{round}"), &counter, office_week()).await;
            let offering = format!("{counter}/offerings/tanah");
            world.upstream.offering(&offering, 10, 0).await;
            hours(&world, &offering).await.expect("hours of a new offering");
            let next = format!("malls/{mall}/counters/samsat");
            world.upstream.counter(&next, Regime::CivilService, 1).await;
            let list = ListHoursRulesRequest { target: next.clone(), ..Default::default() };
            world.scheduling.hours().list_hours_rules(list).await.expect("none of a new counter");
            let scope = ListDeviationsRequest { scope: next, ..Default::default() };
            world.scheduling.hours().list_deviations(scope).await.expect("a new scope");
        }
    })
    .await;
}

#[tokio::test]
async fn the_organiser_of_a_mall_that_was_just_made_sets_its_hours_and_so_do_the_units_above() {
    on_both(async |database| {
        let world = World::on(database).await;
        for (round, namespace) in
            ["units/dpmptsp-sorong0", "units/pemkot-sorong"].iter().enumerate()
        {
            let id = format!("sorong{round}");
            let organiser = format!("units/dpmptsp-{id}");
            let unit = Unit { parent: "units/pemkot-sorong".into(), ..Unit::default() };
            world.upstream.put(&organiser, unit).await;
            world.upstream.mall(&id, "92.71", Zone::Wit).await;
            let officer = caller("users/ani", Role::Organiser, &[namespace]);
            let mut hours = HoursServiceClient::new(world.scheduling.channel(officer));
            let rule =
                HoursRule { weekly: Some(office_week()), ..rule_for(&format!("malls/{id}")) };
            let request = CreateHoursRuleRequest {
                hours_rule_id: id,
                hours_rule: Some(rule),
                ..Default::default()
            };
            hours.create_hours_rule(request).await.expect(namespace);
        }
    })
    .await;
}

#[tokio::test]
async fn what_there_is_not_is_refused_for_good_and_while_the_registry_is_away_for_now() {
    on_both(async |database| {
        let world = World::on(database).await;
        let create = async || {
            let request = CreateHoursRuleRequest {
                hours_rule_id: "x".into(),
                hours_rule: Some(HoursRule {
                    weekly: Some(office_week()),
                    ..rule_for("malls/none")
                }),
                ..Default::default()
            };
            world.scheduling.hours().create_hours_rule(request).await
        };
        refused(hours(&world, "malls/none").await, Code::NotFound);
        refused(watched(&world, Label::Mall, "malls/none").await, Code::InvalidArgument);
        assert_eq!(refused(create().await, Code::FailedPrecondition).0, "REFERENCE_INVALID");
        world.upstream.stop.cancel();
        eventually("the registry's end", async || {
            let refused = hours(&world, "malls/none").await.expect_err("there is none");
            (refused.code() == Code::Unavailable).then_some(())
        })
        .await;
        for status in [
            hours(&world, "malls/none").await.expect_err("nobody can tell"),
            watched(&world, Label::Mall, "malls/none").await.expect_err("nobody can tell"),
            create().await.map(drop).expect_err("nobody can tell"),
        ] {
            let error = mpp_client::error_of(&status);
            assert_eq!(error.code, Code::Unavailable, "{error:?}");
            assert!(
                error.retry_after.is_some() && error.message.contains("malls/none"),
                "{error:?}"
            );
        }
        hours(&world, BANK).await.expect("what is known is told");
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
