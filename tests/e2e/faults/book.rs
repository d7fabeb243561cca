//! Citizens who race for places, and repeat a request until they have an answer.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use mpp_api::scheduling::{
    Appointment, BookAppointmentRequest, CancelAppointmentRequest, ListSlotsRequest, Slot,
    booking_service_client::BookingServiceClient,
};
use mpp_client::{Channel, Endpoint, connect, error_of};
use mpp_core::Reason;
use mpp_tests::{
    PATIENCE, Service, Suite, eventually,
    keys::APP,
    proxy::Proxy,
    town::{OFFERING, request_id},
};
use rand::{Rng as _, rngs::StdRng, seq::IndexedRandom as _};

use super::{
    Plan,
    retry::{Answered, until_answered},
    until::Until,
};

/// Slots that all race for.
const SLOTS: usize = 24;
/// Connections, which the citizens share.
const CONNECTIONS: u64 = 8;

/// A citizen's copy of an appointment.
#[derive(Debug)]
pub struct Kept {
    pub slot: String,
    /// The code, without which only the counter may see or cancel it.
    pub code: String,
}

/// The answers that citizens got.
#[derive(Debug, Default)]
pub struct Booked {
    /// Appointments by name.
    pub made: BTreeMap<String, Kept>,
    /// The codes of the appointments, by name.
    pub codes: BTreeMap<String, String>,
    /// Appointments that were cancelled.
    pub cancelled: BTreeSet<String>,
    /// How often a slot was full.
    pub full: usize,
    /// How often a request had to be repeated.
    pub repeated: usize,
}

/// The citizens that book appointments.
pub struct Citizens(Vec<tokio::task::JoinHandle<Booked>>);

impl Citizens {
    pub async fn start(suite: &Suite, network: &Proxy, plan: &Plan, calm: Arc<AtomicBool>) -> Self {
        let endpoint =
            Endpoint { address: network.url(), ..suite.endpoint(Service::Scheduling, APP) };
        let channel = || connect(&endpoint).expect("an endpoint");
        let channels: Vec<_> = (0..CONNECTIONS).map(|_| channel()).collect();
        let slots: Arc<[String]> = free_slots(&channels[0]).await.into();
        // A citizen who finds a slot full has raced for it.
        let until = Until::calm(calm);
        let citizen = |number: u64| {
            let channel = channels[usize::try_from(number % CONNECTIONS).expect("small")].clone();
            let citizen = Citizen {
                booking: BookingServiceClient::new(channel),
                number,
                random: plan.random(100 + number),
                booked: Booked::default(),
                until: until.clone(),
            };
            tokio::spawn(citizen.live(slots.clone()))
        };
        Self((0..plan.clients).map(citizen).collect())
    }

    /// The answers to all bookings, once none is under way.
    pub async fn end(self) -> Booked {
        let mut all = Booked::default();
        for task in self.0 {
            let one = task.await.expect("a citizen who got answers");
            let told = all.made.len() + one.made.len();
            all.made.extend(one.made);
            assert_eq!(all.made.len(), told, "an appointment was given to two citizens");
            all.codes.extend(one.codes);
            all.cancelled.extend(one.cancelled);
            all.full += one.full;
            all.repeated += one.repeated;
        }
        println!(
            "    {} appointments, {} of them cancelled; {} times full; {} repeated requests",
            all.made.len(),
            all.cancelled.len(),
            all.full,
            all.repeated
        );
        assert!(!all.made.is_empty() && all.full > 0, "they did not race");
        all
    }
}

/// Slots from tomorrow on, so that none begins meanwhile.
async fn free_slots(channel: &Channel) -> Vec<String> {
    let request = ListSlotsRequest {
        offering: OFFERING.into(),
        days: 4,
        only_available: true,
        ..Default::default()
    };
    eventually(PATIENCE, "slots can be booked", async || {
        let answer = BookingServiceClient::new(channel.clone()).list_slots(request.clone()).await;
        let slots = answer.map_err(|status| status.to_string())?.into_inner().slots;
        let first = slots.first().map(|slot| slot.date.clone()).unwrap_or_default();
        let later = slots.into_iter().filter(|slot| slot.date > first);
        let later: Vec<String> = later.take(SLOTS).map(|slot: Slot| slot.name).collect();
        if later.len() == SLOTS { Ok(later) } else { Err(format!("{} slots", later.len())) }
    })
    .await
}

struct Citizen {
    booking: BookingServiceClient<Channel>,
    number: u64,
    random: StdRng,
    booked: Booked,
    until: Until,
}

impl Citizen {
    async fn live(mut self, slots: Arc<[String]>) -> Booked {
        let mut tries = 0;
        while !self.until.is_over() {
            let slot = slots.choose(&mut self.random).expect("slots").clone();
            let made = self.book(&slot, tries).await;
            if made.is_none() || self.random.random_ratio(1, 3) {
                self.cancel_one().await;
            }
            tries += 1;
            tokio::time::sleep(Duration::from_millis(self.random.random_range(20..120))).await;
        }
        self.booked
    }

    /// Asks for a place as somebody new.
    async fn book(&mut self, slot: &str, tries: u64) -> Option<String> {
        let request = BookAppointmentRequest {
            slot: slot.to_owned(),
            applicant_nik: mpp_testkit::nik(self.number * 1_000_000 + tries),
            request_id: request_id(),
        };
        let Answered { answer, repeated } = until_answered(|| {
            let (mut booking, request) = (self.booking.clone(), request.clone());
            async move { booking.book_appointment(request).await }
        })
        .await;
        self.booked.repeated += repeated;
        match answer {
            Ok(answer) => {
                let appointment = answer.appointment.expect("an appointment");
                let Appointment { name, code, .. } = appointment;
                assert_eq!(appointment.slot, slot);
                let slot = slot.to_owned();
                self.booked.made.insert(name.clone(), Kept { slot, code });
                Some(name)
            }
            Err(status) => {
                assert!(error_of(&status).is(Reason::SlotFull), "{status:?}");
                self.booked.full += 1;
                self.until.happens();
                None
            }
        }
    }

    async fn cancel_one(&mut self) {
        let is_kept = |name: &&String| !self.booked.cancelled.contains(*name);
        let kept: Vec<_> = self.booked.made.keys().filter(is_kept).cloned().collect();
        let Some(name) = kept.choose(&mut self.random).cloned() else {
            return;
        };
        let request = CancelAppointmentRequest {
            name: name.clone(),
            code: self.booked.made[&name].code.clone(),
            request_id: request_id(),
        };
        let Answered { answer, repeated } = until_answered(|| {
            let (mut booking, request) = (self.booking.clone(), request.clone());
            async move { booking.cancel_appointment(request).await }
        })
        .await;
        self.booked.repeated += repeated;
        answer.expect("one's own appointment can be cancelled");
        self.booked.cancelled.insert(name);
    }
}
