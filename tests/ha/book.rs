//! Citizens who book, and send a request again until they are answered.

use std::{
    collections::BTreeMap,
    sync::atomic::Ordering::Relaxed,
    time::{Duration, Instant},
};

use mpp_api::scheduling::{
    BookAppointmentRequest, ListSlotsRequest, booking_service_client::BookingServiceClient,
};
use mpp_client::{Channel, error_of};
use mpp_core::Reason;
use mpp_testkit::nik;
use mpp_tests::{
    PATIENCE, Service, Suite, eventually,
    keys::APP,
    town::{OFFERING, request_id},
    wait::that,
};
use rand::seq::IndexedRandom as _;
use tokio::task::JoinHandle;

use crate::{
    Work,
    read::{insists_not, told},
};

const CLIENTS: u64 = 4;
/// Ten places each: enough to the end, and few enough for some to become full.
const SLOTS: usize = 144;
const EVERY: Duration = Duration::from_millis(250);
/// The pause between two tries of one request.
const AGAIN: Duration = Duration::from_millis(200);
const DEADLINE: Duration = Duration::from_secs(10);

/// Appointments that were acknowledged, with their slots.
pub type Booked = BTreeMap<String, String>;

/// The citizens that book appointments.
pub struct Clients(Vec<JoinHandle<Booked>>);

impl Clients {
    /// Slots from tomorrow on, and citizens that book them.
    pub async fn start(suite: &Suite, work: &Work) -> Self {
        let slots = slots(suite).await;
        let client = |number: u64| {
            let channel = insists_not(suite, Service::Scheduling, APP);
            tokio::spawn(live(number, slots.clone(), channel, work.clone()))
        };
        Self((0..CLIENTS).map(client).collect())
    }

    /// Ends them, and sums up the answers that they got.
    pub async fn end(self) -> Booked {
        let mut all = Booked::new();
        for client in self.0 {
            let one = client.await.expect("answers");
            let both = all.len() + one.len();
            all.extend(one);
            assert_eq!(all.len(), both, "an appointment was given to two citizens");
        }
        all
    }
}

async fn slots(suite: &Suite) -> Vec<String> {
    let mut booking = BookingServiceClient::new(suite.channel(Service::Scheduling, APP));
    let request = ListSlotsRequest {
        offering: OFFERING.into(),
        days: 5,
        only_available: true,
        ..Default::default()
    };
    eventually(PATIENCE, "slots can be booked", async || {
        let answer = booking.list_slots(request.clone()).await;
        let slots = answer.map_err(|status| status.to_string())?.into_inner().slots;
        let today = slots.first().map(|slot| slot.date.clone()).unwrap_or_default();
        let later = slots.into_iter().filter(|slot| slot.date > today);
        let later: Vec<String> = later.take(SLOTS).map(|slot| slot.name).collect();
        that(later.len() == SLOTS, format!("{} slots", later.len())).map(|()| later)
    })
    .await
}

async fn live(number: u64, slots: Vec<String>, channel: Channel, work: Work) -> Booked {
    let mut booked = Booked::new();
    let mut citizen = number * 1_000_000;
    while !work.is_over() {
        citizen += 1;
        let slot = slots.choose(&mut rand::rng()).expect("slots").clone();
        let request = BookAppointmentRequest {
            slot: slot.clone(),
            applicant_nik: nik(citizen),
            request_id: request_id(),
        };
        if let Some(appointment) = book(&channel, request, &work).await {
            booked.insert(appointment, slot);
        }
        tokio::time::sleep(EVERY).await;
    }
    booked
}

/// The appointment; `None` if the slot is full.
async fn book(channel: &Channel, request: BookAppointmentRequest, work: &Work) -> Option<String> {
    loop {
        let begun = Instant::now();
        let mut sent = tonic::Request::new(request.clone());
        sent.set_timeout(DEADLINE);
        let answer = BookingServiceClient::new(channel.clone()).book_appointment(sent).await;
        match answer {
            Ok(answer) => {
                let answer = answer.into_inner();
                work.written[1].fetch_max(answer.revision, Relaxed);
                work.calls.note("bookings", begun, &Ok::<_, String>(answer.revision));
                return answer.appointment.map(|appointment| appointment.name);
            }
            Err(status) if error_of(&status).is(Reason::SlotFull) => {
                work.calls.note("bookings", begun, &Ok::<_, String>(0));
                return None;
            }
            Err(status) => work.calls.note("bookings", begun, &Err(told(&status))),
        }
        tokio::time::sleep(AGAIN).await;
    }
}
