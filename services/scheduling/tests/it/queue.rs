//! Tickets and windows.

use mpp_api::{
    registry::{Counter, Window},
    scheduling::{
        BookAppointmentRequest, CallNextRequest, CancelAppointmentRequest, CompleteTicketRequest,
        GetAppointmentRequest, GetQueueRequest, GetQueueResponse, IssueTicketRequest,
        IssueTicketResponse, Ticket, appointment,
        hours_rule::Week,
        queue_service_client::QueueServiceClient,
        ticket::{Priority, State},
    },
};
use mpp_calendar::Zone;
use mpp_core::Role;
use mpp_testkit::on_both;
use tonic::{Code, Status};

use crate::world::{
    BANK, DUKCAPIL, TUESDAY, WEDNESDAY, World, caller, eventually, interval, ktp_slot, nik,
    refused, request_id,
};

fn ticket_at(counter: &str) -> IssueTicketRequest {
    IssueTicketRequest { counter: counter.into(), request_id: request_id(), ..Default::default() }
}

async fn issue(world: &World, request: IssueTicketRequest) -> Result<IssueTicketResponse, Status> {
    world.scheduling.queue().issue_ticket(request).await.map(tonic::Response::into_inner)
}

async fn issued(world: &World, request: IssueTicketRequest) -> Ticket {
    issue(world, request).await.expect("a ticket").ticket.expect("it")
}

async fn call(world: &World, counter: &str, window: usize) -> Result<Ticket, Status> {
    let window = format!("{counter}/windows/{window}");
    let request = CallNextRequest { window, request_id: request_id() };
    let answer = world.scheduling.queue().call_next(request).await?;
    Ok(answer.into_inner().ticket.expect("a ticket"))
}

async fn complete(world: &World, ticket: &Ticket) -> Result<Ticket, Status> {
    let request = CompleteTicketRequest { name: ticket.name.clone(), request_id: request_id() };
    let answer = world.scheduling.queue().complete_ticket(request).await?;
    Ok(answer.into_inner().ticket.expect("a ticket"))
}

async fn queue(world: &World, counter: &str) -> GetQueueResponse {
    let request = GetQueueRequest { counter: counter.into() };
    world.scheduling.queue().get_queue(request).await.expect("a queue").into_inner()
}

async fn book(world: &World, slot: &str, citizen: usize) -> String {
    let request = BookAppointmentRequest {
        slot: slot.into(),
        applicant_nik: nik(citizen),
        request_id: request_id(),
    };
    let answer = world.scheduling.booking().book_appointment(request).await.expect("a booking");
    answer.into_inner().appointment.expect("it").name
}

#[tokio::test]
async fn a_walk_in_waits_is_called_and_served() {
    on_both(async |database| {
        let world = World::on(database).await;
        let first = issue(&world, ticket_at(DUKCAPIL)).await.expect("a ticket");
        let second = issue(&world, ticket_at(DUKCAPIL)).await.expect("a ticket");
        let ticket = first.ticket.expect("it");
        assert_eq!((ticket.number.as_str(), first.ahead, second.ahead), ("D-001", 0, 1));
        assert_eq!(ticket.name, "malls/banyuwangi/tickets/2026-11-24-D-001");
        let bank = issued(&world, ticket_at(BANK)).await;
        assert_eq!(bank.number, "B-001", "another prefix counts for itself");
        let called = call(&world, DUKCAPIL, 1).await.expect("the first");
        assert_eq!((called.number.as_str(), called.state()), ("D-001", State::Called));
        let shown = queue(&world, DUKCAPIL).await;
        assert_eq!((shown.waiting, shown.completed, shown.called.len()), (1, 0, 1));
        assert_eq!(shown.next[0].number, "D-002");
        let served = complete(&world, &called).await.expect("served");
        assert!(served.state() == State::Completed && served.complete_time.is_some());
        assert_eq!(queue(&world, DUKCAPIL).await.completed, 1);
        let twice = complete(&world, &called).await;
        assert_eq!(refused(twice, Code::FailedPrecondition).0, "WRONG_STATE");
    })
    .await;
}

#[tokio::test]
async fn a_window_serves_one_citizen_at_a_time() {
    on_both(async |database| {
        let world = World::on(database).await;
        issued(&world, ticket_at(DUKCAPIL)).await;
        issued(&world, ticket_at(DUKCAPIL)).await;
        let first = call(&world, DUKCAPIL, 1).await.expect("the first");
        let busy = call(&world, DUKCAPIL, 1).await;
        let (reason, message) = refused(busy, Code::FailedPrecondition);
        assert!(reason == "WRONG_STATE" && message.contains("D-001"), "{message}");
        call(&world, DUKCAPIL, 2).await.expect("the second, elsewhere");
        complete(&world, &first).await.expect("served");
        let empty = call(&world, DUKCAPIL, 1).await;
        assert_eq!(refused(empty, Code::NotFound).0, "QUEUE_EMPTY");
        let nowhere = call(&world, DUKCAPIL, 99).await;
        assert_eq!(refused(nowhere, Code::NotFound).0, "NOT_FOUND");
    })
    .await;
}

#[tokio::test]
async fn a_repeated_request_prints_one_number_and_calls_one_citizen() {
    on_both(async |database| {
        let world = World::on(database).await;
        let print = ticket_at(DUKCAPIL);
        let printed = issued(&world, print.clone()).await;
        assert_eq!(issued(&world, print).await, printed);
        issued(&world, ticket_at(DUKCAPIL)).await;
        let request =
            CallNextRequest { window: format!("{DUKCAPIL}/windows/1"), request_id: request_id() };
        let mut client = world.scheduling.queue();
        let first = client.call_next(request.clone()).await.expect("called").into_inner();
        let again = client.call_next(request).await.expect("answered again").into_inner();
        assert_eq!(first.ticket, again.ticket);
        assert_eq!(queue(&world, DUKCAPIL).await.waiting, 1);
    })
    .await;
}

#[tokio::test]
async fn a_repeated_request_is_answered_though_its_counter_and_window_are_gone() {
    on_both(async |database| {
        let world = World::on(database).await;
        let print = ticket_at(DUKCAPIL);
        let printed = issued(&world, print.clone()).await;
        let window = format!("{DUKCAPIL}/windows/1");
        let next = CallNextRequest { window: window.clone(), request_id: request_id() };
        let mut client = world.scheduling.queue();
        let called = client.call_next(next.clone()).await.expect("called").into_inner();
        world.upstream.withdraw::<Window>(&window).await;
        eventually("the window's end", async || {
            let answer = call(&world, DUKCAPIL, 1).await;
            answer.is_err_and(|status| status.message().contains("windows/1")).then_some(())
        })
        .await;
        let again = client.call_next(next).await.expect("answered again").into_inner();
        assert_eq!(again.ticket, called.ticket);
        world.upstream.withdraw::<Counter>(DUKCAPIL).await;
        eventually("the counter's end", async || {
            let answer = issue(&world, ticket_at(DUKCAPIL)).await;
            answer.is_err_and(|status| status.code() == Code::NotFound).then_some(())
        })
        .await;
        assert_eq!(issued(&world, print).await, printed);
    })
    .await;
}

#[tokio::test]
async fn a_closed_counter_prints_nothing_and_says_when_it_opens() {
    on_both(async |database| {
        let world = World::on(database).await;
        for (minute, opens) in
            [(7 * 60, "2026-11-24 at 08:00 WIB"), (15 * 60, "2026-11-25 at 08:00")]
        {
            world.set_time(TUESDAY, minute, Zone::Wib);
            let (reason, message) =
                refused(issue(&world, ticket_at(DUKCAPIL)).await, Code::FailedPrecondition);
            assert!(reason == "COUNTER_CLOSED" && message.contains(opens), "{message}");
        }
        world.set_time(TUESDAY, 8 * 60, Zone::Wib);
        issued(&world, ticket_at(DUKCAPIL)).await;
        let (_, message) =
            refused(issue(&world, ticket_at("malls/tiada/counters/tiada")).await, Code::NotFound);
        assert!(message.contains("malls/tiada"), "{message}");
    })
    .await;
}

#[tokio::test]
async fn priority_first_then_appointments_at_their_time_among_walk_ins() {
    on_both(async |database| {
        let world = World::on(database).await;
        let nine_thirty = book(&world, &ktp_slot(TUESDAY, "0930"), 1).await;
        let early =
            issued(&world, IssueTicketRequest { appointment: nine_thirty, ..ticket_at(DUKCAPIL) })
                .await;
        world.set_time(TUESDAY, 9 * 60 + 10, Zone::Wib);
        let walk_in = issued(&world, ticket_at(DUKCAPIL)).await;
        world.set_time(TUESDAY, 9 * 60 + 35, Zone::Wib);
        let late_walk_in = issued(&world, ticket_at(DUKCAPIL)).await;
        let elderly =
            IssueTicketRequest { priority: Priority::Priority.into(), ..ticket_at(DUKCAPIL) };
        let elderly = issue(&world, elderly).await.expect("a ticket");
        assert_eq!(elderly.ahead, 0);
        let expected = [elderly.ticket.expect("it"), walk_in, early, late_walk_in];
        for (window, ticket) in expected.iter().enumerate() {
            let called = call(&world, DUKCAPIL, window + 1).await.expect("the next");
            assert_eq!(called.number, ticket.number);
        }
    })
    .await;
}

#[tokio::test]
async fn an_appointment_is_checked_in_once_on_its_day_at_its_counter() {
    on_both(async |database| {
        let world = World::on(database).await;
        let check_in = async |counter: &str, appointment: &str| {
            let appointment = appointment.to_owned();
            issue(&world, IssueTicketRequest { appointment, ..ticket_at(counter) }).await
        };
        let tomorrow = book(&world, &ktp_slot(WEDNESDAY, "0900"), 1).await;
        let (_, message) = refused(check_in(DUKCAPIL, &tomorrow).await, Code::FailedPrecondition);
        assert!(message.contains("2026-11-25 at 09:00"), "{message}");
        let today = book(&world, &ktp_slot(TUESDAY, "1000"), 1).await;
        let elsewhere = check_in(BANK, &today).await;
        assert_eq!(refused(elsewhere, Code::FailedPrecondition).0, "REFERENCE_INVALID");
        check_in(DUKCAPIL, &today).await.expect("a ticket");
        let twice = check_in(DUKCAPIL, &today).await;
        assert_eq!(refused(twice, Code::FailedPrecondition).0, "WRONG_STATE");
        let cancel = CancelAppointmentRequest {
            name: today.clone(),
            request_id: request_id(),
            ..Default::default()
        };
        let cancelled = world.scheduling.booking().cancel_appointment(cancel).await;
        assert!(refused(cancelled, Code::FailedPrecondition).1.contains("D-001"));
        call(&world, DUKCAPIL, 1).await.expect("called");
        let get = GetAppointmentRequest { name: today, ..Default::default() };
        let shown = world.scheduling.booking().get_appointment(get).await.expect("it").into_inner();
        assert_eq!(shown.appointment.expect("it").state(), appointment::State::Served);
        let unknown = check_in(DUKCAPIL, "malls/banyuwangi/appointments/tiada").await;
        assert_eq!(refused(unknown, Code::FailedPrecondition).0, "REFERENCE_INVALID");
    })
    .await;
}

#[tokio::test]
async fn numbers_restart_at_each_malls_own_midnight() {
    on_both(async |database| {
        let world = World::without_rules(database).await;
        let always = vec![interval("00:00", "24:00")];
        let week = Week {
            mon: always.clone(),
            tue: always.clone(),
            wed: always.clone(),
            thu: always.clone(),
            fri: always.clone(),
            sat: always.clone(),
            sun: always,
        };
        world.rule("selalu", "national", week).await;
        let malls = [("banyuwangi", Zone::Wib), ("denpasar", Zone::Wita), ("merauke", Zone::Wit)];
        for (mall, zone) in malls {
            let counter = format!("malls/{mall}/counters/dukcapil");
            let number_at = async |date, minute| {
                world.set_time(date, minute, zone);
                let ticket = issued(&world, ticket_at(&counter)).await;
                (ticket.date, ticket.number)
            };
            let tuesday = |number: &str| ("2026-11-24".to_owned(), number.to_owned());
            let wednesday = |number: &str| ("2026-11-25".to_owned(), number.to_owned());
            assert_eq!(number_at(TUESDAY, 0).await, tuesday("D-001"), "{mall}");
            assert_eq!(number_at(TUESDAY, 6 * 60 + 59).await, tuesday("D-002"));
            assert_eq!(
                number_at(TUESDAY, 7 * 60).await,
                tuesday("D-003"),
                "07:00 is UTC's midnight"
            );
            assert_eq!(number_at(TUESDAY, 8 * 60).await, tuesday("D-004"));
            assert_eq!(number_at(TUESDAY, 9 * 60).await, tuesday("D-005"));
            assert_eq!(number_at(TUESDAY, 24 * 60 - 1).await, tuesday("D-006"));
            assert_eq!(number_at(WEDNESDAY, 0).await, wednesday("D-001"));
            assert_eq!(queue(&world, &counter).await.waiting, 1, "yesterday is another queue");
        }
    })
    .await;
}

#[tokio::test]
async fn each_counter_runs_its_own_queue() {
    on_both(async |database| {
        let world = World::on(database).await;
        let try_as = async |role, namespaces: &[&str]| {
            let channel = world.scheduling.channel(caller("users/x", role, namespaces));
            QueueServiceClient::new(channel).issue_ticket(ticket_at(DUKCAPIL)).await
        };
        try_as(Role::CounterOfficer, &[DUKCAPIL]).await.expect("its own counter");
        try_as(Role::Organiser, &["malls/banyuwangi"]).await.expect("its own mall");
        try_as(Role::Organiser, &["units/dpmptsp-banyuwangi"]).await.expect("its own mall");
        refused(try_as(Role::CounterOfficer, &[BANK]).await, Code::PermissionDenied);
        refused(try_as(Role::Organiser, &["malls/denpasar"]).await, Code::PermissionDenied);
        refused(try_as(Role::Reader, &[]).await, Code::PermissionDenied);
    })
    .await;
}
