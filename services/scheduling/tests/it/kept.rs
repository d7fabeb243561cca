//! The rows that bookings and queues keep beside the records: one that was altered by hand is named
//! with the value that it should have, and set to that. No appointment and no ticket is ever
//! changed.

use mpp_api::{
    feed::{
        Copy, ListCopiesRequest, RepairCopyRequest, RepairCopyResponse,
        copy_service_client::CopyServiceClient,
    },
    scheduling::{
        Appointment, BookAppointmentRequest, CallNextRequest, CancelAppointmentRequest,
        CompleteTicketRequest, IssueTicketRequest,
    },
};
use mpp_testkit::{alter_records, execute, on_both};
use sqlx::{AnyConnection, Connection as _};

use crate::world::{
    DUKCAPIL, TUESDAY, WEDNESDAY, World, administrator, eventually, ktp_slot, nik, request_id,
};

/// Two citizens on Wednesday, one who has come on Tuesday with an appointment, one served, one
/// being served and one waiting at the counter.
async fn a_day(world: &World) {
    let at = [ktp_slot(WEDNESDAY, "0900"), ktp_slot(WEDNESDAY, "0900"), ktp_slot(TUESDAY, "1000")];
    let mut names = Vec::new();
    for (citizen, slot) in at.into_iter().enumerate() {
        let request =
            BookAppointmentRequest { slot, applicant_nik: nik(citizen), request_id: request_id() };
        let answer = world.scheduling.booking().book_appointment(request).await.expect("booked");
        names.push(answer.into_inner().appointment.expect("it").name);
    }
    for appointment in ["", "", "", names[2].as_str()] {
        let request = IssueTicketRequest {
            counter: DUKCAPIL.into(),
            appointment: appointment.into(),
            request_id: request_id(),
            ..Default::default()
        };
        world.scheduling.queue().issue_ticket(request).await.expect("a ticket");
    }
    let window = format!("{DUKCAPIL}/windows/1");
    for served in [true, false] {
        let request = CallNextRequest { window: window.clone(), request_id: request_id() };
        let called = world.scheduling.queue().call_next(request).await.expect("called");
        let name = called.into_inner().ticket.expect("a ticket").name;
        if served {
            let request = CompleteTicketRequest { name, request_id: request_id() };
            world.scheduling.queue().complete_ticket(request).await.expect("served");
        }
    }
}

async fn copies(world: &World) -> Vec<Copy> {
    let mut service = CopyServiceClient::new(world.scheduling.channel(administrator()));
    let answer = service.list_copies(ListCopiesRequest {}).await.expect("all that is kept");
    answer.into_inner().copies
}

pub async fn findings(world: &World, name: &str) -> Vec<(String, Vec<String>)> {
    let copy = eventually("all that is kept is read", async || {
        let all = copies(world).await;
        all.into_iter().find(|copy| copy.name == format!("copies/{name}") && !copy.moving)
    });
    let copy = copy.await;
    assert_eq!(copy.unread_reason, "", "{name}");
    copy.findings.into_iter().map(|found| (found.kind, found.names)).collect()
}

pub async fn repair(world: &World, name: &str) -> RepairCopyResponse {
    repair_as_it_is(world, name, false).await
}

async fn repair_as_it_is(world: &World, name: &str, accept_altered: bool) -> RepairCopyResponse {
    let mut service = CopyServiceClient::new(world.scheduling.channel(administrator()));
    let request = RepairCopyRequest { name: format!("copies/{name}"), accept_altered };
    service.repair_copy(request).await.expect("repaired").into_inner()
}

/// The copy's name, the table, an alteration, and how many rows of it only a person can mend.
const FAULTS: [(&str, &str, &str, i64); 27] = [
    ("bookings", "slot", "update slot set booked = 0", 0),
    ("bookings", "slot", "update slot set booked = 1 where booked = 2", 0),
    ("bookings", "slot", "update slot set capacity = 5, booked = 5", 0),
    ("bookings", "slot", "update slot set offered = 99", 0),
    ("bookings", "slot", "update slot set offered = 99, capacity = 99", 0),
    ("bookings", "slot", "update slot set offered = 1", 0),
    ("bookings", "slot", "update slot set seal = 7", 0),
    ("bookings", "slot", "update slot set date = '2026-12-24', offering = 'x', start_at = 0", 0),
    ("bookings", "slot", "delete from slot", 0),
    ("bookings", "slot", "insert into slot values ('x', 'x', '2026-11-25', 0, 9, 9, 1, 0)", 0),
    ("bookings", "applicant", "update applicant set date = '2026-12-24'", 0),
    ("bookings", "applicant", "update applicant set appointment = 'malls/x/appointments/y'", 4),
    ("bookings", "applicant", "delete from applicant", 3),
    ("bookings", "appointment_code", "update appointment_code set date = '2026-12-24'", 0),
    ("bookings", "appointment_code", "update appointment_code set code = 'ABCDEFGH'", 2),
    ("bookings", "appointment_code", "update appointment_code set code = ''", 3),
    ("bookings", "appointment_code", "delete from appointment_code", 3),
    ("queue", "queue_counter", "update queue_counter set last = 1", 0),
    ("queue", "queue_counter", "update queue_counter set last = 900", 0),
    ("queue", "queue_counter", "delete from queue_counter", 0),
    ("queue", "ticket_queue", "update ticket_queue set state = 3", 0),
    ("queue", "ticket_queue", "update ticket_queue set state = 1, window_name = ''", 0),
    ("queue", "ticket_queue", "update ticket_queue set due_at = 7, class = 0, seq = 9 - seq", 0),
    ("queue", "ticket_queue", "update ticket_queue set counter = 'malls/x/counters/y'", 0),
    ("queue", "ticket_queue", "update ticket_queue set appointment = ''", 0),
    ("queue", "ticket_queue", "delete from ticket_queue", 0),
    (
        "queue",
        "ticket_queue",
        "insert into ticket_queue select 'malls/banyuwangi/tickets/2026-11-24-D-099', counter, date,
         'D-099', 99, 0, 0, 1, '', '', issued_at, 0, 0 from ticket_queue where seq = 1",
        0,
    ),
];

#[tokio::test]
async fn what_follows_from_bookings_and_tickets_is_named_and_set_right() {
    on_both(async |database| {
        let world = World::on(database).await;
        a_day(&world).await;
        for (name, table, fault, left) in FAULTS {
            for kept in ["bookings", "queue", "bookkeeping"] {
                assert_eq!(findings(&world, kept).await, [], "before {fault}");
            }
            execute(world.database.url(), "create table saved as select * from applicant").await;
            let codes = "create table saved_code as select * from appointment_code";
            execute(world.database.url(), codes).await;
            execute(world.database.url(), fault).await;
            let found = findings(&world, name).await;
            assert!(found.iter().any(|(kind, _)| kind == table), "{fault}: {found:?}");
            let mended = repair(&world, name).await;
            assert_eq!(mended.left_count, left, "{fault}: {mended:?}");
            // The person mends the rest from a backup.
            let back = "delete from applicant; insert into applicant select * from saved;
                        delete from appointment_code;
                        insert into appointment_code select * from saved_code;
                        drop table saved; drop table saved_code";
            execute(world.database.url(), back).await;
        }
        for kept in ["bookings", "queue", "records"] {
            assert_eq!(findings(&world, kept).await, [], "{kept}");
        }
    })
    .await;
}

#[tokio::test]
async fn nothing_is_set_to_what_an_altered_record_says() {
    on_both(async |database| {
        let world = World::on(database).await;
        a_day(&world).await;
        let alter = "update record set update_time = update_time + 1 where kind = 'appointment'";
        alter_records(world.database.url(), alter).await;
        execute(world.database.url(), "update slot set booked = 0").await;
        let left = repair(&world, "bookings").await;
        assert_eq!((left.mended_count, left.left_count), (0, 1), "{left:?}");
        assert!(left.left_names[0].contains("mpp repair scheduling records"), "{left:?}");
        repair(&world, "records").await;
        let mended = repair(&world, "bookings").await;
        assert_eq!((mended.mended_count, mended.left_count), (2, 0), "{mended:?}");
    })
    .await;
}

/// It knows of no seal, and what it has planned anew is what was offered.
#[tokio::test]
async fn a_slot_that_a_program_of_before_has_booked_is_not_called_altered() {
    on_both(async |database| {
        let world = World::on(database).await;
        a_day(&world).await;
        let books = "update slot set booked = booked - 1;
                     update slot set booked = booked + 1, offered = offered + 5,
                     capacity = capacity + 5";
        execute(world.database.url(), books).await;
        assert_eq!(findings(&world, "bookings").await, []);
        book(&world, 7).await.expect("a newer one seals it again");
        let alter = "update slot set offered = 99, capacity = 99 where seal > 0";
        execute(world.database.url(), alter).await;
        assert_eq!(findings(&world, "bookings").await.len(), 1, "as it is told of a hand");
    })
    .await;
}

#[tokio::test]
async fn more_than_were_ever_offered_are_told_to_be_too_many() {
    on_both(async |database| {
        let world = World::on(database).await;
        a_day(&world).await;
        let fault = "update slot set booked = 1, capacity = 1, offered = 1, seal = 2147483649
                     where booked = 2";
        execute(world.database.url(), fault).await;
        let found = findings(&world, "bookings").await;
        assert!(found[0].1[0].contains("ring up who is too many"), "{found:?}");
    })
    .await;
}

/// A repair that can mend nothing takes no lock: it waits for nobody, and nobody for it.
#[tokio::test]
async fn what_only_a_person_can_mend_keeps_no_citizen_waiting() {
    on_both(async |database| {
        let world = World::on(database).await;
        a_day(&world).await;
        execute(world.database.url(), "delete from appointment_code").await;
        sqlx::any::install_default_drivers();
        let mut citizen = AnyConnection::connect(world.database.url()).await.expect("a booking");
        let takes = "begin; update slot set booked = booked";
        sqlx::raw_sql(takes).execute(&mut citizen).await.expect("it takes its place");
        let left = repair(&world, "bookings").await;
        assert_eq!((left.mended_count, left.left_count), (0, 3), "{left:?}");
        sqlx::raw_sql("commit").execute(&mut citizen).await.expect("and has it");
    })
    .await;
}

async fn book(world: &World, citizen: usize) -> Result<Appointment, tonic::Status> {
    let slot = ktp_slot(WEDNESDAY, "0900");
    let request =
        BookAppointmentRequest { slot, applicant_nik: nik(citizen), request_id: request_id() };
    let answer = world.scheduling.booking().book_appointment(request).await?;
    Ok(answer.into_inner().appointment.expect("it"))
}

/// Applicants and codes cannot be worked out anew, so they have to be there still once the
/// appointment is back.
#[tokio::test]
async fn what_belongs_to_records_that_were_taken_away_is_kept_until_they_are_back() {
    for fault in [
        "delete from record where kind = 'appointment'",
        "update record set deleted = 1 where kind = 'appointment'",
        "delete from record where kind = 'ticket' or kind = 'appointment'",
    ] {
        on_both(async |database| {
            let world = World::on(database).await;
            a_day(&world).await;
            let booked = book(&world, 7).await.expect("a place");
            alter_records(world.database.url(), fault).await;
            for name in ["bookings", "queue"] {
                let left = repair(&world, name).await;
                assert_eq!((left.mended_count, left.left_count), (0, 1), "{fault}: {left:?}");
                let text = &left.left_names[0];
                assert!(text.contains("mpp repair scheduling records"), "{fault}: {text}");
            }
            let mended = repair(&world, "records").await;
            assert_eq!(mended.left_count, 0, "{fault}: {mended:?}");
            for name in ["records", "bookings", "queue"] {
                assert_eq!(findings(&world, name).await, [], "{name} after {fault}");
            }
            let again = book(&world, 7).await.expect_err("the same person has a place");
            assert!(!again.message().is_empty(), "{again}");
            let request = CancelAppointmentRequest {
                name: booked.name,
                code: booked.code,
                request_id: request_id(),
            };
            world.scheduling.booking().cancel_appointment(request).await.expect("its code holds");
            assert_eq!(findings(&world, "bookings").await, [], "cancelled after {fault}");
        })
        .await;
    }
}

/// If the feed has forgotten the appointment as well, only a person can say that it is gone.
#[tokio::test]
async fn a_row_that_nothing_else_knows_of_is_deleted_only_where_that_is_wanted() {
    on_both(async |database| {
        let world = World::on(database).await;
        book(&world, 7).await.expect("a place");
        let all = "delete from record where kind = 'appointment';
                   delete from change where kind = 'appointment'";
        alter_records(world.database.url(), all).await;
        let left = repair(&world, "bookings").await;
        assert_eq!(left.left_count, 2, "its note and its code: {left:?}");
        assert!(left.left_names[0].contains("--accept-altered"), "{left:?}");
        let mended = repair_as_it_is(&world, "bookings", true).await;
        assert_eq!((mended.mended_count, mended.left_count), (2, 0), "{mended:?}");
        book(&world, 7).await.expect("nobody knows of the first one");
    })
    .await;
}

#[tokio::test]
async fn a_lost_code_is_lost_until_the_appointment_is_cancelled_and_booked_anew() {
    on_both(async |database| {
        let world = World::on(database).await;
        let booked = book(&world, 7).await.expect("a place");
        execute(world.database.url(), "delete from appointment_code").await;
        let found = findings(&world, "bookings").await;
        assert!(found[0].1[0].contains("mpp cancel"), "{found:?}");
        let request = CancelAppointmentRequest {
            name: booked.name,
            request_id: request_id(),
            ..Default::default()
        };
        world.scheduling.booking().cancel_appointment(request).await.expect("as its counter");
        assert_eq!(findings(&world, "bookings").await, []);
        book(&world, 7).await.expect("anew");
        assert_eq!(findings(&world, "bookings").await, []);
    })
    .await;
}

/// Starts and due times that were noted while the mall was in another zone stand: nobody moves in
/// the queue.
#[tokio::test]
async fn who_waits_keeps_the_place_when_the_zone_of_the_mall_was_another_one() {
    on_both(async |database| {
        let world = World::on(database).await;
        a_day(&world).await;
        let hour = 3_600_000_000_i64;
        let east = format!("update slot set start_at = start_at - {hour}");
        execute(world.database.url(), &east).await;
        let east = format!(
            "update ticket_queue set due_at = due_at - {hour}
             where appointment <> '' and due_at <> issued_at"
        );
        execute(world.database.url(), &east).await;
        for kept in ["bookings", "queue"] {
            assert_eq!(findings(&world, kept).await, [], "{kept}");
        }
    })
    .await;
}
