//! Slots: planned, closed, planned again.

use mpp_api::{
    scheduling::{HoursRule, ListSlotsRequest, hours_rule::Closure},
    types::LocalizedText,
};
use mpp_testkit::on_both;
use tonic::Code;

use crate::{
    booking::{book, booked, cancel, figures, request},
    world::{DUKCAPIL, KTP, WEDNESDAY, World, eventually, ktp_slot, refused, rule_for, week},
};

#[tokio::test]
async fn a_closed_day_has_no_slots_and_says_why() {
    on_both(async |database| {
        let world = World::on(database).await;
        let request = ListSlotsRequest {
            offering: KTP.into(),
            date: "2026-11-27".into(),
            days: 3,
            ..Default::default()
        };
        let listed = world.scheduling.booking().list_slots(request).await.expect("slots");
        let listed = listed.into_inner();
        assert_eq!(listed.slots.len(), 12);
        let closed: Vec<_> = listed.closed_days.iter().map(|day| day.date.as_str()).collect();
        assert_eq!(closed, ["2026-11-28", "2026-11-29"]);
        let today =
            ListSlotsRequest { offering: KTP.into(), only_available: true, ..Default::default() };
        let today = world.scheduling.booking().list_slots(today).await.expect("slots").into_inner();
        assert_eq!(today.slots[0].open, "09:30", "what has begun is left out");
    })
    .await;
}

#[tokio::test]
async fn an_offering_that_takes_no_appointments_says_so_and_is_not_called_full() {
    on_both(async |database| {
        let world = World::on(database).await;
        let listed = async || {
            let request = ListSlotsRequest { offering: KTP.into(), ..Default::default() };
            world.scheduling.booking().list_slots(request).await.expect("slots").into_inner()
        };
        assert_eq!(listed().await.not_sold, "");
        world.upstream.offering(KTP, 0, 0).await;
        let told = eventually("the offering without places", async || {
            Some(listed().await.not_sold).filter(|why| !why.is_empty())
        })
        .await;
        assert!(told.contains("takes no appointments; take a ticket"), "{told}");
    })
    .await;
}

#[tokio::test]
async fn beyond_the_days_that_are_sold_no_place_is_to_be_had() {
    on_both(async |database| {
        let world = World::on(database).await;
        let world = world.restarted(|options| options.policy.days_ahead = 2).await;
        world.scheduling.ready().await;
        let tomorrow = ktp_slot(WEDNESDAY, "1430");
        let thursday = ktp_slot(WEDNESDAY.tomorrow().expect("a day"), "1430");
        assert_eq!(figures(&world, &tomorrow).await, (10, 10, 0, 10));
        assert_eq!(figures(&world, &thursday).await, (10, 10, 0, 0));
        let too_far = book(&world, request(&thursday, 1)).await;
        assert_eq!(refused(too_far, Code::FailedPrecondition).0, "WRONG_STATE");
        booked(&world, &tomorrow, 1).await;
    })
    .await;
}

#[tokio::test]
async fn planning_below_what_is_sold_keeps_the_sold() {
    on_both(async |database| {
        let world = World::on(database).await;
        let slot = ktp_slot(WEDNESDAY, "1430");
        let mut sold = Vec::new();
        for citizen in 0..6 {
            sold.push(booked(&world, &slot, citizen).await);
        }
        world.upstream.offering(KTP, 4, 0).await;
        eventually("the smaller slot", async || {
            (figures(&world, &slot).await.1 == 4).then_some(())
        })
        .await;
        assert_eq!(figures(&world, &slot).await, (10, 4, 6, 0));
        let full = book(&world, request(&slot, 7)).await;
        assert_eq!(refused(full, Code::ResourceExhausted).0, "SLOT_FULL");
        world.rule("pulang-awal", DUKCAPIL, week("08:00", "14:00")).await;
        assert_eq!(figures(&world, &slot).await, (10, 0, 6, 0), "no longer planned, still sold");
        for appointment in &sold[..3] {
            cancel(&world, &appointment.name).await.expect("a place given back");
        }
        assert_eq!(figures(&world, &slot).await, (10, 0, 3, 0));
        let gone = book(&world, request(&slot, 8)).await;
        refused(gone, Code::NotFound);
    })
    .await;
}

#[tokio::test]
async fn a_larger_slot_sells_more_at_once() {
    on_both(async |database| {
        let world = World::on(database).await;
        let slot = ktp_slot(WEDNESDAY, "0900");
        world.upstream.offering(KTP, 1, 0).await;
        eventually("one place", async || (figures(&world, &slot).await.1 == 1).then_some(())).await;
        booked(&world, &slot, 1).await;
        refused(book(&world, request(&slot, 2)).await, Code::ResourceExhausted);
        world.upstream.offering(KTP, 3, 0).await;
        eventually("three", async || (figures(&world, &slot).await.1 == 3).then_some(())).await;
        booked(&world, &slot, 2).await;
        assert_eq!(figures(&world, &slot).await, (3, 3, 2, 1));
    })
    .await;
}

#[tokio::test]
async fn the_days_quota_holds_across_slots() {
    on_both(async |database| {
        let world = World::on(database).await;
        world.upstream.offering(KTP, 10, 2).await;
        let first = ktp_slot(WEDNESDAY, "0900");
        eventually("the quota", async || (figures(&world, &first).await.3 == 2).then_some(()))
            .await;
        let one = booked(&world, &first, 1).await;
        booked(&world, &ktp_slot(WEDNESDAY, "1000"), 2).await;
        let third = book(&world, request(&ktp_slot(WEDNESDAY, "1100"), 3)).await;
        assert_eq!(refused(third, Code::ResourceExhausted).0, "QUOTA_USED_UP");
        cancel(&world, &one.name).await.expect("a place given back");
        booked(&world, &ktp_slot(WEDNESDAY, "1100"), 3).await;
    })
    .await;
}

#[tokio::test]
async fn a_holiday_that_comes_by_rule_closes_its_slots() {
    on_both(async |database| {
        let world = World::on(database).await;
        let closed = Closure {
            mandatory: false,
            reason: Some(LocalizedText { id: "Pindah".into(), en: String::new() }),
            referral: String::new(),
        };
        let rule = HoursRule {
            closure: Some(closed),
            valid_from: "2026-11-25".into(),
            valid_through: "2026-11-25".into(),
            ..rule_for(DUKCAPIL)
        };
        world.create("pindah", rule).await;
        let refusal = book(&world, request(&ktp_slot(WEDNESDAY, "0900"), 1)).await;
        let (reason, message) = refused(refusal, Code::FailedPrecondition);
        assert!(reason == "COUNTER_CLOSED" && message.contains("Pindah"), "{message}");
    })
    .await;
}

#[tokio::test]
async fn the_end_of_time_is_not_planned() {
    on_both(async |database| {
        let world = World::on(database).await;
        let month = ListSlotsRequest {
            offering: KTP.into(),
            date: "9999-12-31".into(),
            days: 31,
            ..Default::default()
        };
        let listed = world.scheduling.booking().list_slots(month).await;
        let (_, message) = refused(listed, Code::InvalidArgument);
        assert!(message.contains("2100-12-31"), "{message}");
        let slot = format!("{KTP}/slots/9999-12-31T0900");
        refused(book(&world, request(&slot, 1)).await, Code::InvalidArgument);
    })
    .await;
}
