//! A mall that is suspended or does not serve yet, and a counter whose agreement has ended: nothing
//! is sold and no ticket printed, what was sold stays and is listed, and all goes on when they do.

use mpp_api::{
    registry::{
        Counter, Mall,
        counter::{Agreement, Regime},
        mall::{Stage, StageEntry},
    },
    scheduling::{
        DayHours, GetHoursRequest, IssueTicketRequest, ListDeviationsRequest, day_hours::Status,
        reason,
    },
};
use mpp_calendar::Zone;
use mpp_testkit::on_both;
use tonic::Code;

use crate::{
    booking::{book, booked, cancel, figures, request},
    world::{
        BANK, DUKCAPIL, KTP, TUESDAY, WEDNESDAY, World, eventually, ktp_slot, refused, request_id,
    },
};

/// Banyuwangi, with the stages that it has reached.
async fn reached(world: &World, stages: &[(Stage, &str)]) {
    let entry = |(stage, date): &(Stage, &str)| StageEntry {
        stage: (*stage).into(),
        date: (*date).into(),
        evidence: "SK Bupati 12/2026".into(),
    };
    let mall = Mall {
        name: "malls/banyuwangi".into(),
        region: "regions/35.10".into(),
        organiser: "units/dpmptsp-banyuwangi".into(),
        stages: stages.iter().map(entry).collect(),
        ..Default::default()
    };
    world.upstream.put("malls/banyuwangi", mall).await;
}

/// The counter of the population office, with an agreement that ends on a day.
async fn agreed_until(world: &World, expire_date: &str) {
    let expire_date = expire_date.to_owned();
    let agreement = Agreement { number: "PKS 7/2023".into(), expire_date, ..Default::default() };
    let mut counter =
        Counter { name: DUKCAPIL.into(), agreement: Some(agreement), ..Default::default() };
    counter.set_regime(Regime::CivilService);
    world.upstream.put(DUKCAPIL, counter).await;
}

async fn day(world: &World, target: &str, date: &str) -> DayHours {
    let (target, date) = (target.to_owned(), date.to_owned());
    let request = GetHoursRequest { target, date, ..Default::default() };
    let answer = world.scheduling.hours().get_hours(request).await.expect("hours");
    answer.into_inner().days.remove(0)
}

/// Waits until a Wednesday at the counter is open, or closed for this reason.
async fn until(world: &World, why: Option<reason::Code>) -> DayHours {
    eventually("the registry's word", async || {
        let day = day(world, KTP, "2026-11-25").await;
        let first = day.why.first().map(mpp_api::scheduling::Reason::code);
        let is_so = match why {
            Some(_) => day.status() == Status::Closed && first == why,
            None => day.status() == Status::Open,
        };
        is_so.then_some(day)
    })
    .await
}

async fn ticket(world: &World) -> Result<String, tonic::Status> {
    let request = IssueTicketRequest {
        counter: DUKCAPIL.into(),
        request_id: request_id(),
        ..Default::default()
    };
    let issued = world.scheduling.queue().issue_ticket(request).await?;
    Ok(issued.into_inner().ticket.expect("a ticket").name)
}

#[tokio::test]
async fn a_suspended_mall_sells_nothing_and_what_was_sold_stays() {
    on_both(async |database| {
        let world = World::on(database).await;
        let (today, wednesday) = (ktp_slot(TUESDAY, "1430"), ktp_slot(WEDNESDAY, "0900"));
        let sold = booked(&world, &wednesday, 1).await;
        let open = (Stage::Operating, "2017-10-06");
        reached(&world, &[open, (Stage::Suspended, "2026-11-25")]).await;
        let closed = until(&world, Some(reason::Code::MallSuspended)).await;
        assert_eq!(closed.why[0].basis, "SK Bupati 12/2026");
        assert_eq!(day(&world, BANK, "2026-11-26").await.status(), Status::Closed);

        let refusal = refused(book(&world, request(&wednesday, 2)).await, Code::FailedPrecondition);
        assert_eq!(refusal.0, "COUNTER_CLOSED");
        assert!(refusal.1.contains("suspended since 2026-11-25"), "{}", refusal.1);
        assert_eq!(figures(&world, &wednesday).await, (10, 0, 1, 0), "sold, and listed");
        booked(&world, &today, 3).await;

        let back = (Stage::Operating, "2026-11-25");
        reached(&world, &[open, (Stage::Suspended, "2026-11-25"), back]).await;
        until(&world, None).await;
        booked(&world, &wednesday, 2).await;
        cancel(&world, &sold.name).await.expect("a place given back");
        assert_eq!(figures(&world, &wednesday).await, (10, 10, 1, 9));
    })
    .await;
}

#[tokio::test]
async fn a_counter_serves_to_the_last_day_of_its_agreement_and_again_once_it_is_renewed() {
    on_both(async |database| {
        let world = World::on(database).await;
        agreed_until(&world, "2026-11-24").await;
        let closed = until(&world, Some(reason::Code::AgreementEnded)).await;
        assert_eq!(closed.why[0].basis, "PKS 7/2023");
        assert_eq!(day(&world, DUKCAPIL, "2026-11-24").await.status(), Status::Open);
        assert_eq!(day(&world, BANK, "2026-11-25").await.status(), Status::Open, "has its own");
        ticket(&world).await.expect("it holds today");

        world.set_time(WEDNESDAY, 9 * 60, Zone::Wib);
        let refusal = refused(ticket(&world).await, Code::FailedPrecondition);
        assert_eq!(refusal.0, "COUNTER_CLOSED");
        assert!(refusal.1.contains("ended on 2026-11-24"), "{}", refusal.1);
        let slot = ktp_slot(WEDNESDAY, "1030");
        refused(book(&world, request(&slot, 1)).await, Code::FailedPrecondition);

        agreed_until(&world, "2029-11-24").await;
        until(&world, None).await;
        ticket(&world).await.expect("it is renewed");
        booked(&world, &slot, 1).await;
    })
    .await;
}

#[tokio::test]
async fn a_mall_in_preparation_is_closed_and_its_rules_are_compared_all_the_same() {
    on_both(async |database| {
        let world = World::on(database).await;
        reached(&world, &[(Stage::Preparing, "2026-11-01"), (Stage::Operating, "2026-12-01")])
            .await;
        until(&world, Some(reason::Code::MallNotOpenYet)).await;
        assert_eq!(day(&world, KTP, "2026-12-01").await.status(), Status::Open);
        booked(&world, &ktp_slot(TUESDAY.saturating_add(jiff::Span::new().weeks(1)), "0900"), 1)
            .await;
        let scope = ListDeviationsRequest { scope: DUKCAPIL.into(), ..Default::default() };
        let listed = eventually("its week", async || {
            let listed = world.scheduling.hours().list_deviations(scope.clone()).await;
            listed.ok().map(tonic::Response::into_inner).filter(|list| !list.deviations.is_empty())
        })
        .await;
        assert!(listed.deviations[0].open_minutes > 0, "{:?}", listed.deviations);
    })
    .await;
}
