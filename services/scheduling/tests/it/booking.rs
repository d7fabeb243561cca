//! Slots and appointments.

use mpp_api::{
    Document as _,
    registry::{Mall, Offering},
    scheduling::{
        Appointment, BookAppointmentRequest, BookAppointmentResponse, CancelAppointmentRequest,
        GetAppointmentRequest, ListSlotsRequest, ListSlotsResponse, appointment::State,
        booking_service_client::BookingServiceClient,
    },
};
use mpp_calendar::Zone;
use mpp_core::{Caller, Role};
use mpp_scheduling::{Policy, erase_past};
use mpp_testkit::{Backend, database, on_both};
use tonic::{Code, Status};

use crate::world::{
    BANK, DUKCAPIL, KTP, TUESDAY, WEDNESDAY, World, caller, eventually, follow, ktp_slot, nik,
    refused, request_id,
};

pub fn request(slot: &str, citizen: usize) -> BookAppointmentRequest {
    BookAppointmentRequest {
        slot: slot.into(),
        applicant_nik: nik(citizen),
        request_id: request_id(),
    }
}

pub async fn book(
    world: &World,
    request: BookAppointmentRequest,
) -> Result<BookAppointmentResponse, Status> {
    world.scheduling.booking().book_appointment(request).await.map(tonic::Response::into_inner)
}

pub async fn booked(world: &World, slot: &str, citizen: usize) -> Appointment {
    let answer = book(world, request(slot, citizen)).await.expect("a booking");
    answer.appointment.expect("an appointment")
}

async fn slots(world: &World, offering: &str, date: &str) -> ListSlotsResponse {
    let request =
        ListSlotsRequest { offering: offering.into(), date: date.into(), ..Default::default() };
    world.scheduling.booking().list_slots(request).await.expect("slots").into_inner()
}

pub async fn cancel(world: &World, name: &str) -> Result<Appointment, Status> {
    let request = CancelAppointmentRequest {
        name: name.into(),
        request_id: request_id(),
        ..Default::default()
    };
    let answer = world.scheduling.booking().cancel_appointment(request).await?;
    Ok(answer.into_inner().appointment.expect("an appointment"))
}

/// Capacity, offered, booked and available of a slot.
pub async fn figures(world: &World, slot: &str) -> (i32, i32, i32, i32) {
    let day = &slot.rsplit('/').next().expect("an id")[..10];
    let listed = slots(world, KTP, day).await;
    let found = listed.slots.into_iter().find(|shown| shown.name == slot).expect("the slot");
    (found.capacity, found.offered, found.booked, found.available)
}

#[tokio::test]
async fn a_citizen_books_cancels_and_books_again() {
    on_both(async |database| {
        let world = World::on(database).await;
        let slot = ktp_slot(WEDNESDAY, "0900");
        let appointment = booked(&world, &slot, 1).await;
        assert_eq!((appointment.state(), appointment.code.len()), (State::Booked, 8));
        assert_eq!((appointment.date.as_str(), appointment.open.as_str()), ("2026-11-25", "09:00"));
        assert_eq!(figures(&world, &slot).await, (10, 10, 1, 9));
        let get = GetAppointmentRequest { name: appointment.name.clone(), ..Default::default() };
        let shown = world.scheduling.booking().get_appointment(get).await.expect("it").into_inner();
        assert_eq!(shown.appointment, Some(appointment.clone()));
        assert_eq!(cancel(&world, &appointment.name).await.expect("it").state(), State::Cancelled);
        assert_eq!(figures(&world, &slot).await, (10, 10, 0, 10));
        let again = cancel(&world, &appointment.name).await;
        assert_eq!(refused(again, Code::FailedPrecondition).0, "WRONG_STATE");
        booked(&world, &slot, 1).await;
        assert_eq!(figures(&world, &slot).await, (10, 10, 1, 9));
    })
    .await;
}

/// Gets and then cancels an appointment as somebody.
async fn get_and_cancel(
    world: &World,
    who: &Caller,
    name: &str,
    code: &str,
) -> (Result<Appointment, Status>, Result<Appointment, Status>) {
    let mut booking = BookingServiceClient::new(world.scheduling.channel(who.clone()));
    let get = GetAppointmentRequest { name: name.into(), code: code.into() };
    let cancel =
        CancelAppointmentRequest { name: name.into(), request_id: request_id(), code: code.into() };
    let got = booking.get_appointment(get).await;
    let cancelled = booking.cancel_appointment(cancel).await;
    (
        got.map(|answer| answer.into_inner().appointment.expect("it")),
        cancelled.map(|answer| answer.into_inner().appointment.expect("it")),
    )
}

#[tokio::test]
async fn an_appointment_is_its_holders_and_its_counters() {
    on_both(async |database| {
        let world = World::on(database).await;
        let app = caller("apps/sapa", Role::Reader, &[]);
        let slot = ktp_slot(WEDNESDAY, "0900");
        let one = booked(&world, &slot, 1).await;
        let other = booked(&world, &slot, 2).await;
        for code in ["", "AAAAAAAA", &other.code, &one.code[..7]] {
            let (got, cancelled) = get_and_cancel(&world, &app, &one.name, code).await;
            assert_eq!(refused(got, Code::NotFound).0, "NOT_FOUND", "{code}");
            assert_eq!(refused(cancelled, Code::NotFound).0, "NOT_FOUND", "{code}");
        }
        let reader = caller("users/wati", Role::Reader, &[DUKCAPIL]);
        let (got, _) = get_and_cancel(&world, &reader, &one.name, "").await;
        assert_eq!(refused(got, Code::NotFound).0, "NOT_FOUND");
        let bank = caller("users/budi", Role::CounterOfficer, &[BANK]);
        let (got, _) = get_and_cancel(&world, &bank, &one.name, "").await;
        assert_eq!(refused(got, Code::PermissionDenied).0, "PERMISSION_DENIED");
        assert_eq!(figures(&world, &slot).await.2, 2, "both stand");

        let (got, cancelled) = get_and_cancel(&world, &app, &one.name, &one.code).await;
        assert_eq!(got.expect("by its code"), one);
        let cancelled = cancelled.expect("by its code");
        assert_eq!(cancelled.state(), State::Cancelled);
        let officer = caller("users/siti", Role::CounterOfficer, &[DUKCAPIL]);
        let (got, cancelled) = get_and_cancel(&world, &officer, &other.name, "").await;
        assert_eq!(got.expect("at its counter"), other);
        assert_eq!(cancelled.expect("at its counter").state(), State::Cancelled);
    })
    .await;
}

#[tokio::test]
async fn the_feed_holds_no_code() {
    on_both(async |database| {
        let world = World::on(database).await;
        let made = booked(&world, &ktp_slot(WEDNESDAY, "0900"), 1).await;
        let mut feed = follow(&world.scheduling, Appointment::KIND).await;
        let batch = feed.next().await.expect("a feed").expect("its state");
        let fed = batch.changes.first().expect("the appointment");
        assert_eq!(fed.name, made.name);
        let holds = |part: &[u8]| part == made.code.as_bytes();
        assert!(!fed.doc.windows(made.code.len()).any(holds));
    })
    .await;
}

#[tokio::test]
async fn one_appointment_for_a_service_a_day() {
    on_both(async |database| {
        let world = World::on(database).await;
        let other = format!("{DUKCAPIL}/offerings/kk");
        world.upstream.offering(&other, 5, 0).await;
        eventually("the offering", async || {
            let request = ListSlotsRequest { offering: other.clone(), ..Default::default() };
            world.scheduling.booking().list_slots(request).await.ok()
        })
        .await;
        booked(&world, &ktp_slot(WEDNESDAY, "0900"), 1).await;
        let second = book(&world, request(&ktp_slot(WEDNESDAY, "1000"), 1)).await;
        assert_eq!(refused(second, Code::AlreadyExists).0, "APPLICANT_HAS_APPOINTMENT");
        assert_eq!(figures(&world, &ktp_slot(WEDNESDAY, "1000")).await, (10, 10, 0, 10));
        booked(&world, &format!("{other}/slots/2026-11-25T1000"), 1).await;
        booked(&world, &ktp_slot(TUESDAY, "1000"), 1).await;
        booked(&world, &ktp_slot(WEDNESDAY, "1000"), 2).await;
    })
    .await;
}

#[tokio::test]
async fn a_repeated_request_books_once() {
    on_both(async |database| {
        let world = World::on(database).await;
        let slot = ktp_slot(WEDNESDAY, "0900");
        let request = request(&slot, 1);
        let first = book(&world, request.clone()).await.expect("booked");
        let second = book(&world, request.clone()).await.expect("answered again");
        assert_eq!(first.appointment, second.appointment);
        assert_eq!(figures(&world, &slot).await.2, 1);
        let name = first.appointment.clone().expect("an appointment").name;
        cancel(&world, &name).await.expect("a place given back");
        let late = book(&world, request.clone()).await.expect("answered again");
        assert_eq!(late.appointment, first.appointment, "whatever came after");
        assert_eq!(figures(&world, &slot).await.2, 0);
        let another = BookAppointmentRequest { applicant_nik: nik(2), ..request.clone() };
        let reused = book(&world, another).await;
        assert_eq!(refused(reused, Code::InvalidArgument).0, "REQUEST_ID_REUSED");
        let nameless = BookAppointmentRequest { request_id: String::new(), ..request };
        let (_, message) = refused(book(&world, nameless).await, Code::InvalidArgument);
        assert!(message.contains("request_id"), "{message}");
    })
    .await;
}

#[tokio::test]
async fn a_repeated_request_is_answered_though_the_mall_has_another_organiser_by_now() {
    on_both(async |database| {
        let world = World::on(database).await;
        let organiser = caller("users/siti", Role::Organiser, &["units/dpmptsp-banyuwangi"]);
        let mut booking = BookingServiceClient::new(world.scheduling.channel(organiser));
        let request = request(&ktp_slot(WEDNESDAY, "0900"), 1);
        let first = booking.book_appointment(request.clone()).await.expect("booked").into_inner();
        let (name, organiser) = ("malls/banyuwangi".to_owned(), "units/lain".to_owned());
        let region = "regions/35.10".to_owned();
        let mall = Mall { name: name.clone(), region, organiser, ..Mall::default() };
        world.upstream.put(&name, mall).await;
        eventually("the other organiser", async || {
            let answer = booking.book_appointment(self::request(&request.slot, 2)).await;
            answer.is_err_and(|status| status.code() == Code::PermissionDenied).then_some(())
        })
        .await;
        let again = booking.book_appointment(request).await.expect("answered again").into_inner();
        assert_eq!(again.appointment, first.appointment);
    })
    .await;
}

#[tokio::test]
async fn a_repeated_request_is_answered_though_its_offering_is_gone() {
    on_both(async |database| {
        let world = World::on(database).await;
        let request = request(&ktp_slot(WEDNESDAY, "0900"), 1);
        let first = book(&world, request.clone()).await.expect("booked");
        world.upstream.withdraw::<Offering>(KTP).await;
        eventually("the offering's end", async || {
            let answer = book(&world, self::request(&request.slot, 2)).await;
            answer.is_err_and(|status| status.code() == Code::NotFound).then_some(())
        })
        .await;
        let again = book(&world, request).await.expect("answered again");
        assert_eq!(again.appointment, first.appointment);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_kept_is_not_sold() {
    on_both(async |database| {
        let world = World::on(database).await;
        let try_slot = async |slot: &str| book(&world, request(slot, 1)).await;
        let past = try_slot(&ktp_slot(TUESDAY, "0830")).await;
        assert!(refused(past, Code::FailedPrecondition).1.contains("has begun"));
        let begun = try_slot(&ktp_slot(TUESDAY, "0900")).await;
        assert!(refused(begun, Code::FailedPrecondition).1.contains("has begun"));
        let sunday = try_slot(&format!("{KTP}/slots/2026-11-29T0900")).await;
        assert_eq!(refused(sunday, Code::FailedPrecondition).0, "COUNTER_CLOSED");
        let christmas = try_slot(&format!("{KTP}/slots/2026-12-25T0900")).await;
        assert!(refused(christmas, Code::FailedPrecondition).1.contains("Christmas"));
        let in_the_break = try_slot(&ktp_slot(WEDNESDAY, "1200")).await;
        assert_eq!(refused(in_the_break, Code::NotFound).0, "NOT_FOUND");
        let elsewhere = try_slot("malls/tiada/counters/a/offerings/b/slots/2026-11-25T0900").await;
        assert_eq!(refused(elsewhere, Code::NotFound).0, "NOT_FOUND");
        world.set_time(jiff::civil::date(2027, 12, 20), 0, Zone::Wib);
        let undecreed = try_slot(&format!("{KTP}/slots/2028-01-05T0900")).await;
        let (reason, message) = refused(undecreed, Code::FailedPrecondition);
        assert!(reason == "COUNTER_CLOSED" && message.contains("nobody knows yet"), "{message}");
    })
    .await;
}

#[tokio::test]
async fn a_rotated_key_still_finds_the_applicant() {
    on_both(async |database| {
        let world = World::on(database).await;
        booked(&world, &ktp_slot(WEDNESDAY, "0900"), 1).await;
        let rotate = |options: &mut mpp_scheduling::Options| {
            options.applicant_keys.push(("2027".into(), vec![8; 32]));
        };
        let world = world.restarted(rotate).await;
        world.scheduling.ready().await;
        let second = book(&world, request(&ktp_slot(WEDNESDAY, "1000"), 1)).await;
        assert_eq!(refused(second, Code::AlreadyExists).0, "APPLICANT_HAS_APPOINTMENT");
        booked(&world, &ktp_slot(WEDNESDAY, "1000"), 2).await;
    })
    .await;
}

#[tokio::test]
async fn an_applicant_is_forgotten_when_the_day_is_over() {
    on_both(async |database| {
        let world = World::on(database).await;
        booked(&world, &ktp_slot(TUESDAY, "1000"), 1).await;
        booked(&world, &ktp_slot(WEDNESDAY, "1000"), 1).await;
        let (db, policy) = (&world.scheduling.running.db, Policy::default());
        assert_eq!(erase_past(db, &policy).await.expect("nothing is past"), 0);
        world.set_time(WEDNESDAY, 0, Zone::Wib);
        let erased = erase_past(db, &policy).await;
        assert_eq!(erased.expect("one day is past"), 1);
        let twice = book(&world, request(&ktp_slot(WEDNESDAY, "1100"), 1)).await;
        refused(twice, Code::AlreadyExists);
    })
    .await;
}

#[tokio::test]
async fn no_file_holds_a_citizens_number() {
    let world = World::on(database(Backend::Sqlite).await).await;
    let citizen = 164_107_900_001;
    booked(&world, &ktp_slot(WEDNESDAY, "0900"), citizen).await;
    refused(
        book(&world, request(&ktp_slot(WEDNESDAY, "1000"), citizen)).await,
        Code::AlreadyExists,
    );
    let wrong = BookAppointmentRequest {
        applicant_nik: "35101641079X0001".into(),
        ..request(&ktp_slot(WEDNESDAY, "1000"), 1)
    };
    let (_, message) = refused(book(&world, wrong).await, Code::InvalidArgument);
    assert!(message.contains("applicant_nik") && !message.contains("35101641079X"), "{message}");
    let folder = world.database.folder().expect("a folder");
    let slot = ktp_slot(WEDNESDAY, "0900");
    let holds = |text: &str| {
        let files =
            std::fs::read_dir(folder).expect("the folder").map(|file| file.expect("a file"));
        files.into_iter().any(|file| {
            let bytes = std::fs::read(file.path()).expect("its bytes");
            bytes.windows(text.len()).any(|window| window == text.as_bytes())
        })
    };
    assert!(holds(&slot), "the booking itself is there");
    assert!(!holds(&nik(citizen)));
}
