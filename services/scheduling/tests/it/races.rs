//! Invariants that hold when everyone comes at once.

use std::collections::{BTreeMap, BTreeSet};

use mpp_api::scheduling::{
    BookAppointmentRequest, BookAppointmentResponse, CallNextRequest, CompleteTicketRequest,
    IssueTicketRequest, ListSlotsRequest, Slot, booking_service_client::BookingServiceClient,
    queue_service_client::QueueServiceClient,
};
use mpp_client::error_of;
use mpp_testkit::on_both;
use tokio::task::JoinSet;
use tonic::{Code, Status};

use crate::world::{DUKCAPIL, InProcess, KTP, WEDNESDAY, World, ktp_slot, nik, request_id};

const RACERS: usize = 64;

/// Sends the same request again, as a client that lost a race should.
pub async fn insist<T, F>(send: impl Fn() -> F) -> Result<T, Status>
where
    F: Future<Output = Result<tonic::Response<T>, Status>>,
{
    loop {
        match send().await {
            Err(status) if matches!(status.code(), Code::Aborted | Code::Unavailable) => {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
            done => return done.map(tonic::Response::into_inner),
        }
    }
}

pub async fn book(
    client: BookingServiceClient<InProcess>,
    request: BookAppointmentRequest,
) -> Result<BookAppointmentResponse, Status> {
    insist(|| {
        let (mut client, request) = (client.clone(), request.clone());
        async move { client.book_appointment(request).await }
    })
    .await
}

fn request(slot: &str, citizen: usize, request_id: String) -> BookAppointmentRequest {
    BookAppointmentRequest { slot: slot.into(), applicant_nik: nik(citizen), request_id }
}

async fn race(
    world: &World,
    requests: impl Iterator<Item = BookAppointmentRequest>,
) -> Vec<(String, Result<BookAppointmentResponse, Status>)> {
    let mut racers = JoinSet::new();
    for request in requests {
        let client = world.scheduling.booking();
        racers.spawn(async move { (request.request_id.clone(), book(client, request).await) });
    }
    racers.join_all().await
}

async fn shown(world: &World, slot: &str) -> Slot {
    let request = ListSlotsRequest {
        offering: KTP.into(),
        date: WEDNESDAY.to_string(),
        ..Default::default()
    };
    let listed = world.scheduling.booking().list_slots(request).await.expect("slots").into_inner();
    listed.slots.into_iter().find(|shown| shown.name == slot).expect("the slot")
}

fn reasons(answers: &[(String, Result<BookAppointmentResponse, Status>)]) -> BTreeSet<String> {
    let refusals = answers.iter().filter_map(|(_, answer)| answer.as_ref().err());
    refusals.map(|status| error_of(status).reason).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_four_citizens_and_ten_places() {
    on_both(async |database| {
        let world = World::on(database).await;
        let slot = ktp_slot(WEDNESDAY, "0900");
        let answers = race(&world, (0..RACERS).map(|n| request(&slot, n, request_id()))).await;
        let sold: BTreeSet<_> = answers
            .iter()
            .filter_map(|(_, answer)| answer.as_ref().ok()?.appointment.as_ref())
            .map(|appointment| appointment.name.clone())
            .collect();
        assert_eq!(sold.len(), 10);
        assert_eq!(reasons(&answers), BTreeSet::from(["SLOT_FULL".to_owned()]));
        let slot = shown(&world, &slot).await;
        assert_eq!((slot.capacity, slot.booked, slot.available), (10, 10, 0));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn impatient_clients_send_each_request_four_times_at_once() {
    on_both(async |database| {
        let world = World::on(database).await;
        let slot = ktp_slot(WEDNESDAY, "0900");
        let ids: Vec<_> = (0..RACERS / 4).map(|_| request_id()).collect();
        let requests =
            (0..RACERS).map(|n| request(&slot, n % ids.len(), ids[n % ids.len()].clone()));
        let answers = race(&world, requests).await;
        let mut by_id: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for (id, answer) in &answers {
            let outcome = match answer {
                Ok(answer) => answer.appointment.clone().expect("an appointment").name,
                Err(status) => error_of(status).reason,
            };
            by_id.entry(id).or_default().insert(outcome);
        }
        assert!(by_id.values().all(|outcomes| outcomes.len() == 1), "{by_id:?}");
        let sold = by_id.values().filter(|outcomes| !outcomes.contains("SLOT_FULL")).count();
        assert_eq!((sold, shown(&world, &slot).await.booked), (10, 10));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_applicant_on_sixty_four_phones() {
    on_both(async |database| {
        let world = World::on(database).await;
        let slots = [ktp_slot(WEDNESDAY, "0900"), ktp_slot(WEDNESDAY, "1000")];
        let requests = (0..RACERS).map(|n| request(&slots[n % 2], 1, request_id()));
        let answers = race(&world, requests).await;
        assert_eq!(answers.iter().filter(|(_, answer)| answer.is_ok()).count(), 1);
        assert_eq!(reasons(&answers), BTreeSet::from(["APPLICANT_HAS_APPOINTMENT".to_owned()]));
        let booked = shown(&world, &slots[0]).await.booked + shown(&world, &slots[1]).await.booked;
        assert_eq!(booked, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_quota_holds_while_everyone_books_another_slot() {
    on_both(async |database| {
        let world = World::on(database).await;
        world.upstream.offering(KTP, 10, 7).await;
        crate::world::eventually("the quota", async || {
            (shown(&world, &ktp_slot(WEDNESDAY, "0900")).await.available == 7).then_some(())
        })
        .await;
        let slots: Vec<_> =
            ["0800", "0830", "0900", "0930"].iter().map(|at| ktp_slot(WEDNESDAY, at)).collect();
        let requests = (0..RACERS).map(|n| request(&slots[n % 4], n, request_id()));
        let answers = race(&world, requests).await;
        assert_eq!(answers.iter().filter(|(_, answer)| answer.is_ok()).count(), 7);
        assert_eq!(reasons(&answers), BTreeSet::from(["QUOTA_USED_UP".to_owned()]));
    })
    .await;
}

async fn issue(client: QueueServiceClient<InProcess>) -> String {
    let request = IssueTicketRequest {
        counter: DUKCAPIL.into(),
        request_id: request_id(),
        ..Default::default()
    };
    let answer = insist(|| {
        let (mut client, request) = (client.clone(), request.clone());
        async move { client.issue_ticket(request).await }
    });
    answer.await.expect("a ticket").ticket.expect("it").name
}

/// Calls and serves at one window until nobody waits.
async fn serve(client: QueueServiceClient<InProcess>, window: usize) -> Vec<String> {
    let mut served = Vec::new();
    loop {
        let window = format!("{DUKCAPIL}/windows/{window}");
        let call = CallNextRequest { window, request_id: request_id() };
        let called = insist(|| {
            let (mut client, call) = (client.clone(), call.clone());
            async move { client.call_next(call).await }
        });
        let name = match called.await {
            Ok(answer) => answer.ticket.expect("a ticket").name,
            Err(status) if error_of(&status).reason == "QUEUE_EMPTY" => return served,
            // Another racer of this window serves; its ticket is not this racer's to complete.
            Err(status) if error_of(&status).reason == "WRONG_STATE" => {
                tokio::time::sleep(std::time::Duration::from_millis(2)).await;
                continue;
            }
            Err(status) => panic!("{status}"),
        };
        let complete = CompleteTicketRequest { name: name.clone(), request_id: request_id() };
        let completed = insist(|| {
            let (mut client, complete) = (client.clone(), complete.clone());
            async move { client.complete_ticket(complete).await }
        });
        completed.await.expect("served");
        served.push(name);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_four_officers_call_at_eight_windows() {
    on_both(async |database| {
        let world = World::on(database).await;
        let mut printers = JoinSet::new();
        for _ in 0..RACERS {
            printers.spawn(issue(world.scheduling.queue()));
        }
        let printed: BTreeSet<String> = printers.join_all().await.into_iter().collect();
        assert_eq!(printed.len(), RACERS, "no number is printed twice");
        let mut officers = JoinSet::new();
        for racer in 0..RACERS {
            officers.spawn(serve(world.scheduling.queue(), racer % 8 + 1));
        }
        let served: Vec<String> = officers.join_all().await.concat();
        assert_eq!(served.len(), RACERS, "nobody is called twice");
        assert_eq!(served.into_iter().collect::<BTreeSet<_>>(), printed, "nobody is lost");
    })
    .await;
}
