//! The gRPC service `BookingService`.

use std::sync::Arc;

use mpp_api::{
    Document as _,
    scheduling::{
        Appointment, BookAppointmentRequest, BookAppointmentResponse, CancelAppointmentRequest,
        CancelAppointmentResponse, GetAppointmentRequest, GetAppointmentResponse,
        ListAppointmentsRequest, ListAppointmentsResponse, ListSlotsRequest, ListSlotsResponse,
        appointment::State, booking_service_server::BookingService,
    },
};
use mpp_core::{Error, FieldCode, Result, check_name};
use mpp_form::day;
use mpp_resource::{
    Call,
    handler::{Answer, reply},
    page,
};
use tonic::Request;

use crate::{
    app::{AppointmentsWanted, Scheduling, SlotsWanted},
    model::{applicant::Nik, date, slot::SlotName},
};

/// Serves slots and appointments.
pub struct Booking(pub Arc<Scheduling>);

#[tonic::async_trait]
impl BookingService for Booking {
    async fn list_slots(&self, request: Request<ListSlotsRequest>) -> Answer<ListSlotsResponse> {
        reply(self.list(request.into_inner()).await)
    }

    async fn book_appointment(
        &self,
        request: Request<BookAppointmentRequest>,
    ) -> Answer<BookAppointmentResponse> {
        reply(self.book(request).await)
    }

    async fn cancel_appointment(
        &self,
        request: Request<CancelAppointmentRequest>,
    ) -> Answer<CancelAppointmentResponse> {
        reply(self.cancel(request).await)
    }

    async fn get_appointment(
        &self,
        request: Request<GetAppointmentRequest>,
    ) -> Answer<GetAppointmentResponse> {
        reply(self.get(request).await)
    }

    async fn list_appointments(
        &self,
        request: Request<ListAppointmentsRequest>,
    ) -> Answer<ListAppointmentsResponse> {
        reply(self.appointments(request).await)
    }
}

impl Booking {
    async fn list(&self, request: ListSlotsRequest) -> Result<ListSlotsResponse> {
        let wanted = SlotsWanted {
            offering: request.offering,
            first: day::parse_optional(&request.date, "date")?,
            days: date::day_count(request.days, self.0.policy.slot_list_days)?,
            only_available: request.only_available,
        };
        self.0.list_slots(&wanted).await
    }

    async fn book(
        &self,
        mut request: Request<BookAppointmentRequest>,
    ) -> Result<BookAppointmentResponse> {
        let message = request.get_mut();
        let slot = SlotName::parse(&message.slot, "slot")?;
        let nik = Nik::parse(&message.applicant_nik, "applicant_nik")?;
        // The stored digest of the request is made without the NIK, which could be guessed from it.
        message.applicant_nik = self.0.keys.fingerprint(&nik, &message.slot);
        let (call, _) = Call::open_with_id(request)?;
        let done = self.0.book_appointment(&call, slot, &nik).await?;
        let appointment = Some(done.answer);
        Ok(BookAppointmentResponse { appointment, revision: done.revision })
    }

    async fn cancel(
        &self,
        request: Request<CancelAppointmentRequest>,
    ) -> Result<CancelAppointmentResponse> {
        let (call, request) = Call::open_with_id(request)?;
        check_name(&request.name, Appointment::COLLECTIONS, "name")?;
        let done = self.0.cancel_appointment(&call, &request.name, &request.code).await?;
        let appointment = Some(done.answer);
        Ok(CancelAppointmentResponse { appointment, revision: done.revision })
    }

    async fn get(&self, request: Request<GetAppointmentRequest>) -> Result<GetAppointmentResponse> {
        let (call, request) = (Call::of(&request), request.into_inner());
        check_name(&request.name, Appointment::COLLECTIONS, "name")?;
        let appointment = self.0.get_appointment(&call, &request.name, &request.code).await?;
        Ok(GetAppointmentResponse { appointment: Some(appointment) })
    }

    async fn appointments(
        &self,
        request: Request<ListAppointmentsRequest>,
    ) -> Result<ListAppointmentsResponse> {
        let (call, request) = (Call::of(&request), request.into_inner());
        page::answer(&request, page::OF_RECORDS, |page| async {
            let wanted = AppointmentsWanted {
                first: day::parse_optional(&request.date, "date")?,
                days: match request.days {
                    0 => 0,
                    days => date::day_count(days, self.0.policy.days_ahead)?,
                },
                state: only_in(request.state)?,
                only_conflicts: request.only_conflicts,
                page,
                parent: request.parent.clone(),
            };
            self.0.list_appointments(&call, &wanted).await
        })
        .await
    }
}

/// The state that a filter names; `None` for every state.
fn only_in(state: i32) -> Result<Option<State>> {
    let known = State::try_from(state).map_err(|_| {
        let text = format!("{state} is no state of an appointment");
        Error::field("state", FieldCode::UnknownValue, text)
    })?;
    Ok(Some(known).filter(|state| *state != State::Unspecified))
}
