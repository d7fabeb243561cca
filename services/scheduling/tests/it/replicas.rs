//! Two replicas on one PostgreSQL.

use std::sync::Arc;

use mpp_api::scheduling::{BookAppointmentRequest, Deviation, GetHoursRequest, HoursRule};
use mpp_store::Change;
use mpp_testkit::{Backend, database};
use tokio::task::JoinSet;

use crate::{
    races::book,
    world::{
        BANK, Replica, WEDNESDAY, World, eventually, follow, ktp_slot, mornings, nik, request_id,
        rule_for, week,
    },
};

async fn two() -> (World, Replica) {
    let world = World::on(database(Backend::Postgres).await).await;
    let second = Replica::start(world.options()).await;
    second.ready().await;
    (world, second)
}

async fn bank_closes(replica: &Replica) -> Option<String> {
    let request = GetHoursRequest { target: BANK.into(), ..Default::default() };
    let answer = replica.hours().get_hours(request).await.ok()?.into_inner();
    Some(answer.days.first()?.intervals.last()?.close.clone())
}

#[tokio::test]
async fn what_one_replica_writes_the_other_serves() {
    let (world, second) = two().await;
    assert_eq!(bank_closes(&second).await.as_deref(), Some("15:00"));
    world.rule("pulang-awal", BANK, week("08:00", "14:00")).await;
    assert_eq!(bank_closes(&world.scheduling).await.as_deref(), Some("14:00"));
    eventually("the rule", async || (bank_closes(&second).await? == "14:00").then_some(())).await;
    world.upstream.mall("jember", "35.09", mpp_calendar::Zone::Wib).await;
    for replica in [&world.scheduling, &second] {
        eventually("the new mall", async || {
            let request = GetHoursRequest { target: "malls/jember".into(), ..Default::default() };
            replica.hours().get_hours(request).await.ok().map(drop)
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_four_citizens_ten_places_and_two_replicas() {
    let (world, second) = two().await;
    let slot = ktp_slot(WEDNESDAY, "0900");
    let mut racers = JoinSet::new();
    for citizen in 0..64 {
        let replica = if citizen % 2 == 0 { &world.scheduling } else { &second };
        let request = BookAppointmentRequest {
            slot: slot.clone(),
            applicant_nik: nik(citizen),
            request_id: request_id(),
        };
        racers.spawn(book(replica.booking(), request));
    }
    let answers = racers.join_all().await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 10);
}

#[tokio::test]
async fn when_the_one_that_measures_dies_the_other_goes_on() {
    let (world, second) = two().await;
    world.scheduling.stop.cancel();
    let mut feed = follow(&second, "deviation").await;
    // The lease ends by the database's time, which this story's clock stands for.
    world.clock.advance(60_000_000);
    second.create("pagi", HoursRule { weekly: Some(mornings()), ..rule_for(BANK) }).await;
    let is_shorter = |change: &Arc<Change>| {
        let deviation = change.decode::<Deviation>().expect("a deviation");
        deviation.counter == BANK && deviation.open_minutes == 20 * 60
    };
    while !feed.next().await.expect("a feed").expect("not the end").changes.iter().any(is_shorter) {
    }
}
