//! Deviations, as others follow them and as they are listed.

use std::collections::BTreeSet;

use mpp_api::scheduling::{
    DeleteHoursRuleRequest, Deviation, ListDeviationsRequest, ListDeviationsResponse,
    deviation::finding,
};
use mpp_calendar::Zone;
use mpp_store::{Op, Subscription};
use mpp_testkit::on_both;
use tonic::Code;

use crate::world::{
    BANK, DUKCAPIL, KTP, TUESDAY, World, eventually, follow, mornings, refused, week,
};

const COUNTERS: usize = 5;

async fn list(world: &World, request: ListDeviationsRequest) -> ListDeviationsResponse {
    world.scheduling.hours().list_deviations(request).await.expect("a list").into_inner()
}

async fn of_scope(world: &World, scope: &str) -> Vec<Deviation> {
    let request = ListDeviationsRequest { scope: scope.into(), ..Default::default() };
    list(world, request).await.deviations
}

/// Waits until every counter has its record.
async fn measured(world: &World) {
    eventually("the deviations", async || {
        let all = of_scope(world, "").await;
        let is_whole = all.len() == COUNTERS && all.iter().all(|one| one.open_minutes > 0);
        is_whole.then_some(())
    })
    .await;
}

/// The next changes of the feed.
async fn next(feed: &mut Subscription) -> Vec<Deviation> {
    loop {
        let batch = feed.next().await.expect("a feed").expect("not the end");
        let puts = batch.changes.iter().filter(|change| change.op == Op::Put);
        let puts: Vec<Deviation> = puts.map(|change| change.decode().expect("one")).collect();
        if !puts.is_empty() {
            return puts;
        }
    }
}

/// A subscription that has passed the state.
async fn from_now(world: &World) -> Subscription {
    let mut feed = follow(&world.scheduling, "deviation").await;
    while !feed.next().await.expect("a feed").expect("not the end").initial_state_complete {}
    feed
}

fn finds(deviation: &Deviation, code: finding::Code) -> usize {
    deviation.findings.iter().filter(|finding| finding.code() == code).count()
}

#[tokio::test]
async fn a_counter_that_closes_early_shows_in_the_feed() {
    on_both(async |database| {
        let world = World::on(database).await;
        measured(&world).await;
        let mut feed = from_now(&world).await;
        world.rule("pulang-awal", BANK, week("08:00", "14:00")).await;
        let changed = next(&mut feed).await;
        assert_eq!(changed.len(), 1, "only the bank's");
        let bank = &changed[0];
        assert_eq!((bank.counter.as_str(), bank.uniform), (BANK, false));
        assert_eq!((bank.open_minutes, bank.mall_minutes), (25 * 60, 30 * 60));
        assert_eq!(
            finds(bank, finding::Code::ClosesEarly),
            10,
            "five days, against mall and nation"
        );
        let delete =
            DeleteHoursRuleRequest { name: "hoursRules/pulang-awal".into(), ..Default::default() };
        world.scheduling.hours().delete_hours_rule(delete).await.expect("a delete");
        assert!(next(&mut feed).await[0].uniform);
    })
    .await;
}

#[tokio::test]
async fn what_changes_no_week_changes_no_record() {
    on_both(async |database| {
        let world = World::on(database).await;
        measured(&world).await;
        let mut feed = from_now(&world).await;
        world.rule("loket", KTP, mornings()).await;
        world.rule("sama", BANK, week("08:00", "15:00")).await;
        world.rule("polri", "malls/banyuwangi/counters/polri", week("08:00", "14:00")).await;
        let counters: Vec<_> = next(&mut feed).await.into_iter().map(|one| one.counter).collect();
        assert_eq!(counters, ["malls/banyuwangi/counters/polri"]);
    })
    .await;
}

#[tokio::test]
async fn the_national_template_moves_every_counter() {
    on_both(async |database| {
        let world = World::on(database).await;
        measured(&world).await;
        let mut feed = from_now(&world).await;
        let rule = mpp_api::scheduling::UpdateHoursRuleRequest {
            hours_rule: Some(mpp_api::scheduling::HoursRule {
                name: "hoursRules/templat".into(),
                weekly: Some(week("08:00", "16:00")),
                ..Default::default()
            }),
            ..Default::default()
        };
        world.scheduling.hours().update_hours_rule(rule).await.expect("an update");
        let mut moved = BTreeSet::new();
        while moved.len() < COUNTERS {
            for deviation in next(&mut feed).await {
                assert_eq!(deviation.national_minutes, 35 * 60);
                moved.insert(deviation.counter);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_new_week_begins_at_the_malls_own_midnight() {
    on_both(async |database| {
        let world = World::on(database).await;
        measured(&world).await;
        let weeks = async || -> Vec<(String, String)> {
            let all = of_scope(&world, "").await;
            let of =
                |mall: &str| all.iter().find(|one| one.mall == mall).expect("one").week.clone();
            ["malls/merauke", "malls/denpasar", "malls/banyuwangi"]
                .map(|mall| (mall.to_owned(), of(mall)))
                .to_vec()
        };
        let monday = jiff::civil::date(2026, 11, 30);
        for (zone, begun) in [(Zone::Wit, 1), (Zone::Wita, 2), (Zone::Wib, 3)] {
            world.set_time(monday, 0, zone);
            eventually("the new week", async || {
                let new = weeks().await.iter().filter(|(_, week)| week == "2026-11-30").count();
                (new == begun).then_some(())
            })
            .await;
        }
    })
    .await;
}

#[tokio::test]
async fn deviations_are_listed_by_place() {
    on_both(async |database| {
        let world = World::on(database).await;
        measured(&world).await;
        let counts = [
            ("", 5),
            ("regions/35", 3),
            ("regions/35.10", 3),
            ("regions/51", 1),
            ("malls/banyuwangi", 3),
            (BANK, 1),
        ];
        for (scope, count) in counts {
            assert_eq!(of_scope(&world, scope).await.len(), count, "{scope}");
        }
        let wrong = ListDeviationsRequest { scope: "units/bkpm".into(), ..Default::default() };
        let answer = world.scheduling.hours().list_deviations(wrong).await;
        assert_eq!(refused(answer, Code::InvalidArgument).0, "INVALID_FIELD");
        for (nowhere, reason) in [("regions/99", "INVALID_FIELD"), ("malls/nowhere", "NOT_FOUND")] {
            let request = ListDeviationsRequest { scope: nowhere.into(), ..Default::default() };
            let status =
                world.scheduling.hours().list_deviations(request).await.expect_err(nowhere);
            assert_eq!(mpp_client::error_of(&status).reason, reason);
        }
        let mut request = ListDeviationsRequest { page_size: 2, ..Default::default() };
        let mut counters = Vec::new();
        loop {
            let page = list(&world, request.clone()).await;
            assert_eq!(page.total_size, 5);
            counters.extend(page.deviations.into_iter().map(|one| one.counter));
            request.page_token = page.next_page_token;
            if request.page_token.is_empty() {
                break;
            }
        }
        assert!(counters.len() == 5 && counters.is_sorted());
    })
    .await;
}

#[tokio::test]
async fn another_week_is_worked_out_when_asked_for() {
    on_both(async |database| {
        let world = World::on(database).await;
        world.rule("pulang-awal", BANK, week("08:00", "14:00")).await;
        let asked = |date: &str, only_deviating| ListDeviationsRequest {
            scope: "malls/banyuwangi".into(),
            date: date.into(),
            only_deviating,
            ..Default::default()
        };
        let christmas = list(&world, asked("2026-12-25", false)).await.deviations;
        assert_eq!(christmas.len(), 3);
        let dukcapil = christmas.iter().find(|one| one.counter == DUKCAPIL).expect("it");
        assert_eq!((dukcapil.week.as_str(), dukcapil.open_minutes), ("2026-12-21", 18 * 60));
        let deviating = list(&world, asked("2026-12-25", true)).await.deviations;
        assert!(deviating.iter().any(|one| one.counter == BANK));
        let undecreed = list(&world, asked("2031-03-05", false)).await.deviations;
        assert!(undecreed.iter().all(|one| one.unknown_days == 7 && one.findings.is_empty()));
        let today = list(&world, asked(&TUESDAY.to_string(), true)).await.deviations;
        assert!(today.iter().any(|one| one.counter == BANK && !one.uniform));
    })
    .await;
}
