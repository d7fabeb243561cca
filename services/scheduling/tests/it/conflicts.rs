//! Appointments that cannot be kept, once hours have changed.

use mpp_api::{
    scheduling::{
        Appointment, HoursRule, ListAppointmentsRequest, ListAppointmentsResponse,
        appointment::State,
        booking_service_client::BookingServiceClient,
        hours_rule::{Closure, Week},
        listed_appointment::Conflict,
    },
    types::LocalizedText,
};
use mpp_core::{Caller, Role};
use mpp_testkit::on_both;
use tonic::{Code, Status};

use crate::{
    booking::{booked, cancel},
    world::{
        BANK, DUKCAPIL, WEDNESDAY, World, administrator, caller, interval, ktp_slot, refused,
        rule_for,
    },
};

const MALL: &str = "malls/banyuwangi";

fn of(parent: &str) -> ListAppointmentsRequest {
    ListAppointmentsRequest { parent: parent.into(), ..ListAppointmentsRequest::default() }
}

async fn ask(
    world: &World,
    caller: Caller,
    request: ListAppointmentsRequest,
) -> Result<ListAppointmentsResponse, Status> {
    let mut booking = BookingServiceClient::new(world.scheduling.channel(caller));
    booking.list_appointments(request).await.map(tonic::Response::into_inner)
}

async fn list(world: &World, request: ListAppointmentsRequest) -> ListAppointmentsResponse {
    ask(world, administrator(), request).await.expect("a list")
}

/// Time and conflict of those that cannot be kept.
async fn broken(world: &World, parent: &str) -> Vec<(String, Conflict)> {
    let found = list(world, ListAppointmentsRequest { only_conflicts: true, ..of(parent) }).await;
    let told = found.appointments.iter().map(|one| {
        let doc = one.appointment.clone().unwrap_or_default();
        (doc.open, one.conflict())
    });
    let mut told: Vec<_> = told.collect();
    told.sort_by(|(one, _), (other, _)| one.cmp(other));
    told
}

async fn three_of_wednesday(world: &World) -> [Appointment; 3] {
    [
        booked(world, &ktp_slot(WEDNESDAY, "0900"), 1).await,
        booked(world, &ktp_slot(WEDNESDAY, "1000"), 2).await,
        booked(world, &ktp_slot(WEDNESDAY, "1400"), 3).await,
    ]
}

/// A rule for Wednesday alone.
fn on_wednesday(target: &str) -> HoursRule {
    let day = WEDNESDAY.to_string();
    HoursRule { valid_from: day.clone(), valid_through: day, ..rule_for(target) }
}

#[tokio::test]
async fn what_a_change_of_hours_leaves_without_a_counter_is_listed_with_why() {
    on_both(async |database| {
        let world = World::on(database).await;
        let [first, ..] = three_of_wednesday(&world).await;
        assert_eq!(broken(&world, MALL).await, []);
        let mornings = Week { wed: vec![interval("08:00", "12:00")], ..Week::default() };
        let rule = HoursRule { weekly: Some(mornings), ..on_wednesday(DUKCAPIL) };
        world.create("pagi", rule).await;
        let afternoon = ("14:00".to_owned(), Conflict::OtherHours);
        assert_eq!(broken(&world, DUKCAPIL).await, [afternoon]);

        let reason = LocalizedText { id: "Listrik padam".into(), en: "No power".into() };
        let closure = Closure { mandatory: true, reason: Some(reason), ..Closure::default() };
        world.create("tutup", HoursRule { closure: Some(closure), ..on_wednesday(MALL) }).await;
        cancel(&world, &first.name).await.expect("its holder was told");
        let closed = |at: &str| (at.to_owned(), Conflict::Closed);
        assert_eq!(broken(&world, MALL).await, [closed("10:00"), closed("14:00")]);
        assert_eq!(broken(&world, BANK).await, [], "nothing is booked there");
        let told = list(&world, ListAppointmentsRequest { only_conflicts: true, ..of(MALL) }).await;
        let mut why = told.appointments.iter().map(|one| one.because.as_str());
        assert!(why.all(|why| why.contains("Listrik padam")), "{told:?}");
    })
    .await;
}

#[tokio::test]
async fn a_list_goes_on_where_its_page_ended_and_keeps_the_codes_to_their_holders() {
    on_both(async |database| {
        let world = World::on(database).await;
        let made = three_of_wednesday(&world).await;
        cancel(&world, &made[1].name).await.expect("cancelled");
        let mut request = ListAppointmentsRequest { page_size: 1, ..of(MALL) };
        let mut found = Vec::new();
        loop {
            let page = list(&world, request.clone()).await;
            found.extend(page.appointments.into_iter().filter_map(|one| one.appointment));
            if page.next_page_token.is_empty() {
                break;
            }
            request.page_token = page.next_page_token;
        }
        let names = |all: &[Appointment]| {
            let mut names: Vec<_> = all.iter().map(|one| one.name.clone()).collect();
            names.sort();
            names
        };
        assert_eq!(names(&found), names(&made), "each once");
        assert!(found.iter().all(|one| one.code.is_empty()));
        let cancelled = ListAppointmentsRequest { state: State::Cancelled.into(), ..of(MALL) };
        assert_eq!(list(&world, cancelled).await.appointments.len(), 1);
        let later = ListAppointmentsRequest { date: "2026-11-26".into(), ..of(MALL) };
        assert!(list(&world, later).await.appointments.is_empty());
        let other = ListAppointmentsRequest { days: 3, ..request };
        let refusal = ask(&world, administrator(), other).await;
        assert_eq!(refused(refusal, Code::InvalidArgument).0, "INVALID_PAGE_TOKEN");
    })
    .await;
}

#[tokio::test]
async fn only_who_keeps_a_place_sees_what_is_booked_there() {
    on_both(async |database| {
        let world = World::on(database).await;
        three_of_wednesday(&world).await;
        for (role, namespace, may) in [
            (Role::Organiser, MALL, true),
            (Role::Organiser, "malls/sorong", false),
            (Role::CounterOfficer, DUKCAPIL, false),
            (Role::Reader, MALL, false),
        ] {
            let answer = ask(&world, caller("users/siti", role, &[namespace]), of(MALL)).await;
            assert_eq!(answer.is_ok(), may, "{role:?} of {namespace}: {answer:?}");
        }
        let officer = caller("users/siti", Role::CounterOfficer, &[DUKCAPIL]);
        assert_eq!(
            ask(&world, officer, of(DUKCAPIL)).await.expect("its own").appointments.len(),
            3
        );
        for parent in ["national", "malls/", "malls/banyuwangi/appointments"] {
            let refusal = ask(&world, administrator(), of(parent)).await;
            assert_eq!(refused(refusal, Code::InvalidArgument).0, "INVALID_FIELD", "{parent}");
        }
    })
    .await;
}
