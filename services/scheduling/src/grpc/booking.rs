//! `BookingService`.

use std::sync::Arc;

use mpp_api::scheduling::{
    Appointment, BookAppointmentRequest, BookAppointmentResponse, CancelAppointmentRequest,
    CancelAppointmentResponse, GetAppointmentRequest, GetAppointmentResponse, ListSlotsRequest,
    ListSlotsResponse, Slot, appointment, booking_service_server::BookingService,
};
use mpp_core::{Error, Reason, ResourceName, Result};
use mpp_rpc::{
    status,
    time::{from_timestamp, to_timestamp},
};
use mpp_store::{Expect, Record, Tx};
use tonic::{Request, Response, Status};

use super::Call;
use crate::{
    app::{App, actor},
    labels,
    model::{
        applicant::Nik,
        appointment::{Fresh, is_code, require_cancellable},
        date,
        place::Place,
        slot::{self, Planned, SlotName, Terms},
        sold::{self, Sold},
        target::Target,
    },
    store::booking as sql,
};

/// Longest list of slots, in days.
const MAX_DAYS: i64 = 31;

/// Serves slots and appointments.
pub struct Booking(pub Arc<App>);

#[tonic::async_trait]
impl BookingService for Booking {
    async fn list_slots(
        &self,
        request: Request<ListSlotsRequest>,
    ) -> Result<Response<ListSlotsResponse>, Status> {
        self.slots(&request.into_inner()).await.map(Response::new).map_err(status)
    }

    async fn book_appointment(
        &self,
        request: Request<BookAppointmentRequest>,
    ) -> Result<Response<BookAppointmentResponse>, Status> {
        let call = Call::of(&request);
        self.book(&call, request.into_inner()).await.map(Response::new).map_err(status)
    }

    async fn cancel_appointment(
        &self,
        request: Request<CancelAppointmentRequest>,
    ) -> Result<Response<CancelAppointmentResponse>, Status> {
        let call = Call::of(&request);
        self.cancel(&call, request.into_inner()).await.map(Response::new).map_err(status)
    }

    async fn get_appointment(
        &self,
        request: Request<GetAppointmentRequest>,
    ) -> Result<Response<GetAppointmentResponse>, Status> {
        let call = Call::of(&request);
        self.get(&call, &request.into_inner()).await.map(Response::new).map_err(status)
    }
}

impl Booking {
    async fn slots(&self, request: &ListSlotsRequest) -> Result<ListSlotsResponse> {
        let (place, terms) = self.0.memory.offering(&request.offering, "offering")?;
        let days = date::day_count(request.days, MAX_DAYS)?;
        let now = self.0.db.clock().now();
        let first = date::parse_or(&request.date, place.today(now)?, "date")?;
        let last = date::shift(first, days - 1);
        let mut read = self.0.db.read().await?;
        let (from, to) = (first.to_string(), last.to_string());
        let sold = sql::sold(&mut read, &terms.offering, &from, &to).await?;
        read.end().await?;
        let mut answer = ListSlotsResponse::default();
        for day in (0..days).map(|n| date::shift(first, n)) {
            let hours = place.day(day, self.0.memory.decrees());
            if hours.intervals().is_empty() {
                answer.closed_days.push(place.day_hours(&hours));
            }
            let text = day.to_string();
            let of_day = sold.iter().filter(|(date, _)| *date == text);
            let of_day: Vec<Sold> = of_day.map(|(_, sold)| sold.clone()).collect();
            let planned = slot::plan(&place, &terms, day, self.0.memory.decrees())?;
            answer.slots.extend(sold::merge(&place, &terms, day, &planned, &of_day)?);
        }
        let is_ahead = |slot: &Slot| {
            let start = slot.start_time.as_ref().map(|at| from_timestamp(at, "start_time"));
            start.is_some_and(|start| start.is_ok_and(|start| start > now))
        };
        answer
            .slots
            .retain(|slot| !request.only_available || (slot.available > 0 && is_ahead(slot)));
        Ok(answer)
    }

    async fn book(
        &self,
        call: &Call,
        mut request: BookAppointmentRequest,
    ) -> Result<BookAppointmentResponse> {
        let name = SlotName::parse(&request.slot, "slot")?;
        let nik = Nik::parse(&request.applicant_nik, "applicant_nik")?;
        // The stored digest of the request is made without the NIK, which could be guessed from it.
        request.applicant_nik = self.0.keys.fingerprint(&nik, &request.slot);
        let key = call.key("BookAppointment", &request.request_id, &request)?;
        self.authorize(call, &name.offering)?;
        let (place, terms) = self.0.memory.offering(&name.offering, "slot")?;
        let digests = self.0.keys.digests(&nik, &terms.service, name.date);
        let work = async {
            let mut tx = self.0.db.begin(&actor(&call.caller)).await?;
            let decrees = self.0.memory.decrees();
            let planned = slot::sellable(&place, &terms, &name, tx.now(), decrees)?;
            let fresh = Fresh::new(&name, &planned.name, tx.now())?;
            let day = name.date.to_string();
            if !sql::note_applicant(&mut tx, &digests, &fresh.name, &day).await? {
                let hint = format!("the applicant has an appointment for this service on {day}");
                return Err(Error::new(Reason::ApplicantHasAppointment, hint));
            }
            take(&mut tx, &planned, &terms, &day).await?;
            sql::keep_code(&mut tx, &fresh.name, &fresh.code, &day).await?;
            let code = fresh.code.clone();
            let stored = fresh.document();
            let labels = self.labels(&place, &stored)?;
            tx.put(&stored.name, &stored, labels, Expect::New).await?;
            let appointment = Some(shown(stored, code, tx.now(), tx.now()));
            let mut answer = BookAppointmentResponse { appointment, revision: 0 };
            tx.remember(&key, &answer).await?;
            answer.revision = tx.commit().await?;
            Ok(answer)
        };
        self.0.once(&key, work).await
    }

    async fn cancel(
        &self,
        call: &Call,
        request: CancelAppointmentRequest,
    ) -> Result<CancelAppointmentResponse> {
        check_name(&request.name)?;
        let key = call.key("CancelAppointment", &request.request_id, &request)?;
        let work = async {
            let mut tx = self.0.db.begin(&actor(&call.caller)).await?;
            let stored = tx.get::<Appointment>(&request.name).await?;
            let mut stored = stored.ok_or_else(|| Error::not_found(&request.name))?;
            let code = sql::code_of(tx.conn(), &request.name).await?;
            self.require_holder(call, &stored.doc, &request.code, &code)?;
            let ticket = sql::ticket_of(tx.conn(), &request.name).await?;
            require_cancellable(&stored.doc, ticket.as_deref())?;
            stored.doc.set_state(appointment::State::Cancelled);
            sql::give_back(&mut tx, &request.name, &stored.doc.slot).await?;
            let labels = stored.labels.clone();
            tx.put(&request.name, &stored.doc, labels, Expect::Any).await?;
            let appointment = Some(shown(stored.doc, code, stored.create_time, tx.now()));
            let mut answer = CancelAppointmentResponse { appointment, revision: 0 };
            tx.remember(&key, &answer).await?;
            answer.revision = tx.commit().await?;
            Ok(answer)
        };
        self.0.once(&key, work).await
    }

    async fn get(
        &self,
        call: &Call,
        request: &GetAppointmentRequest,
    ) -> Result<GetAppointmentResponse> {
        let name = &request.name;
        check_name(name)?;
        let mut read = self.0.db.read().await?;
        let stored = read.get::<Appointment>(name).await?;
        let code = sql::code_of(read.conn(), name).await?;
        read.end().await?;
        let Record { doc, create_time, update_time, .. } =
            stored.ok_or_else(|| Error::not_found(name))?;
        self.require_holder(call, &doc, &request.code, &code)?;
        Ok(GetAppointmentResponse { appointment: Some(shown(doc, code, create_time, update_time)) })
    }

    /// An app for citizens books anywhere; a counter and its mall their own.
    fn authorize(&self, call: &Call, offering: &str) -> Result<()> {
        let organiser = self.organiser(offering)?;
        call.grant.check(&[offering, &organiser])
    }

    /// An appointment is its holder's, who has the code, and the counter's and its mall's. To all
    /// others there is none: names are in the feed, so that knowing one is no proof.
    fn require_holder(
        &self,
        call: &Call,
        doc: &Appointment,
        given: &str,
        code: &str,
    ) -> Result<()> {
        self.authorize(call, &doc.offering)?;
        let organiser = self.organiser(&doc.offering)?;
        if call.grant.is_owner(&[&doc.offering, &organiser]) || is_code(given, code) {
            return Ok(());
        }
        Err(Error::not_found(&doc.name))
    }

    /// The name of the offering's mall's organiser; empty where the mall is gone.
    fn organiser(&self, offering: &str) -> Result<String> {
        let state = self.0.memory.read();
        let mall = Target::parse(offering, "offering")?.mall().map(str::to_owned);
        let mall = mall.and_then(|mall| state.directory.mall(&mall).ok());
        Ok(mall.map_or_else(String::new, |mall| mall.organiser.clone()))
    }

    fn labels(&self, place: &Place, doc: &Appointment) -> Result<mpp_store::Labels> {
        let target = Target::parse(&doc.offering, "offering")?;
        let (mall, counter) = (target.mall(), target.counter());
        Ok(labels(mall.unwrap_or_default(), counter.unwrap_or_default(), &place.region, &doc.date))
    }
}

/// Takes a place of the slot, and of the day where it has a quota.
async fn take(tx: &mut Tx, slot: &Planned, terms: &Terms, day: &str) -> Result<()> {
    if terms.quota_per_day > 0 {
        sql::hold_day(tx, terms, day).await?;
    }
    if sql::take_place(tx, slot, terms, day).await? {
        return Ok(());
    }
    let booked = sql::booked(tx, &slot.name).await?;
    Err(slot::full(slot, terms, day, booked))
}

fn check_name(name: &str) -> Result<()> {
    ResourceName::parse(name, &["malls", "appointments"], "name").map(drop)
}

fn shown(doc: Appointment, code: String, create_time: i64, update_time: i64) -> Appointment {
    Appointment {
        code,
        create_time: Some(to_timestamp(create_time)),
        update_time: Some(to_timestamp(update_time)),
        ..doc
    }
}
