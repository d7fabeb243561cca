//! `QueueService`.

use std::sync::Arc;

use mpp_api::scheduling::{
    Appointment, CallNextRequest, CallNextResponse, CompleteTicketRequest, CompleteTicketResponse,
    GetQueueRequest, GetQueueResponse, IssueTicketRequest, IssueTicketResponse, Ticket,
    appointment, queue_service_server::QueueService,
};
use mpp_core::{Error, Micros, Reason, ResourceName, Result};
use mpp_rpc::status;
use mpp_store::{Expect, Tx};
use tonic::{Request, Response, Status};

use super::{Call, total};
use crate::{
    app::{App, actor},
    labels,
    model::{
        appointment::require_check_in,
        place::Place,
        slot::SlotName,
        target::Target,
        ticket::{self, Queued, Rank, State},
    },
    store::queue as sql,
};

/// Tickets that GetQueue shows of those that wait.
const SHOWN: i64 = 50;
/// No counter has more windows than this; GetQueue shows so many called tickets.
const MAX_CALLED: i64 = 200;

/// Serves queues.
pub struct Queue(pub Arc<App>);

#[tonic::async_trait]
impl QueueService for Queue {
    async fn issue_ticket(
        &self,
        request: Request<IssueTicketRequest>,
    ) -> Result<Response<IssueTicketResponse>, Status> {
        let call = Call::of(&request);
        self.issue(&call, request.into_inner()).await.map(Response::new).map_err(status)
    }

    async fn call_next(
        &self,
        request: Request<CallNextRequest>,
    ) -> Result<Response<CallNextResponse>, Status> {
        let call = Call::of(&request);
        self.next(&call, request.into_inner()).await.map(Response::new).map_err(status)
    }

    async fn complete_ticket(
        &self,
        request: Request<CompleteTicketRequest>,
    ) -> Result<Response<CompleteTicketResponse>, Status> {
        let call = Call::of(&request);
        self.complete(&call, request.into_inner()).await.map(Response::new).map_err(status)
    }

    async fn get_queue(
        &self,
        request: Request<GetQueueRequest>,
    ) -> Result<Response<GetQueueResponse>, Status> {
        self.queue(&request.into_inner().counter).await.map(Response::new).map_err(status)
    }
}

impl Queue {
    async fn issue(&self, call: &Call, request: IssueTicketRequest) -> Result<IssueTicketResponse> {
        let key = call.key("IssueTicket", &request.request_id, &request)?;
        let priority = ticket::priority(request.priority)?;
        let place = self.counter(&request.counter, "counter")?;
        self.authorize(call, &request.counter)?;
        let prefix = self.prefix(&request.counter)?;
        let work = async {
            let mut tx = self.0.db.begin(&actor(&call.caller)).await?;
            let now = tx.now();
            place.require_open(now, self.0.memory.decrees())?;
            let date = place.today(now)?;
            let counter = &request.counter;
            let appointment_at =
                check_in(&mut tx, &place, &request.appointment, &date.to_string()).await?;
            let mall = mall_of(counter)?;
            let seq = sql::next_number(&mut tx, mall, &prefix, &date.to_string()).await?;
            let number = ticket::number(&prefix, seq);
            let queued = Queued {
                name: ticket::name(mall, date, &number),
                counter: counter.clone(),
                date: date.to_string(),
                number,
                seq,
                rank: Rank::new(priority, now, appointment_at),
                state: State::Waiting,
                window: String::new(),
                appointment: request.appointment.clone(),
                issued_at: now,
                called_at: 0,
                completed_at: 0,
            };
            if !sql::enter(&mut tx, &queued).await? {
                let hint = "a ticket has been printed for this appointment; its holder waits";
                return Err(Error::new(Reason::WrongState, hint));
            }
            let ahead = sql::ahead_of(&mut tx, &queued).await?;
            let ticket = self.put(&mut tx, &place, &queued, Expect::New).await?;
            let ahead = i32::try_from(ahead).unwrap_or(i32::MAX);
            let mut answer = IssueTicketResponse { ticket: Some(ticket), ahead, revision: 0 };
            tx.remember(&key, &answer).await?;
            answer.revision = tx.commit().await?;
            Ok(answer)
        };
        self.0.once(&key, work).await
    }

    async fn next(&self, call: &Call, request: CallNextRequest) -> Result<CallNextResponse> {
        let key = call.key("CallNext", &request.request_id, &request)?;
        let window = &request.window;
        let counter = ticket::counter_of_window(window)?;
        let place = self.counter(counter, "window")?;
        self.0.memory.read().directory.require_window(window)?;
        self.authorize(call, counter)?;
        let skip_locked = !self.0.db.is_sqlite();
        let work = async {
            let mut tx = self.0.db.begin(&actor(&call.caller)).await?;
            let today = place.today(tx.now())?.to_string();
            let called = sql::call_next(&mut tx, counter, &today, window, skip_locked).await?;
            let Some(called) = called else {
                return Err(nobody_called(&mut tx, counter, window).await?);
            };
            serve_appointment(&mut tx, &called.appointment).await?;
            let ticket = self.put(&mut tx, &place, &called, Expect::Any).await?;
            let mut answer = CallNextResponse { ticket: Some(ticket), revision: 0 };
            tx.remember(&key, &answer).await?;
            answer.revision = tx.commit().await?;
            Ok(answer)
        };
        self.0.once(&key, work).await
    }

    async fn complete(
        &self,
        call: &Call,
        request: CompleteTicketRequest,
    ) -> Result<CompleteTicketResponse> {
        let key = call.key("CompleteTicket", &request.request_id, &request)?;
        let name = &request.name;
        ResourceName::parse(name, &["malls", "tickets"], "name")?;
        let work = async {
            let mut tx = self.0.db.begin(&actor(&call.caller)).await?;
            let stored = tx.get::<Ticket>(name).await?.ok_or_else(|| Error::not_found(name))?;
            self.authorize(call, &stored.doc.counter)?;
            let completed = sql::complete(&mut tx, name).await?;
            let Some(completed) = completed else {
                let state = mpp_api::word(stored.doc.state().as_str_name());
                let hint = format!("{name} is {}, not called", state.to_lowercase());
                return Err(Error::new(Reason::WrongState, hint));
            };
            let doc = completed.document();
            tx.put(name, &doc, stored.labels, Expect::Any).await?;
            let mut answer = CompleteTicketResponse { ticket: Some(doc), revision: 0 };
            tx.remember(&key, &answer).await?;
            answer.revision = tx.commit().await?;
            Ok(answer)
        };
        self.0.once(&key, work).await
    }

    async fn queue(&self, counter: &str) -> Result<GetQueueResponse> {
        let place = self.counter(counter, "counter")?;
        let date = place.today(self.0.db.clock().now())?.to_string();
        let mut read = self.0.db.read().await?;
        let (waiting, completed) = sql::counts(&mut read, counter, &date).await?;
        let called = sql::first(&mut read, counter, &date, State::Called, MAX_CALLED).await?;
        let next = sql::first(&mut read, counter, &date, State::Waiting, SHOWN).await?;
        read.end().await?;
        let count = |count: i64| total(usize::try_from(count).unwrap_or(0));
        Ok(GetQueueResponse {
            counter: counter.to_owned(),
            date,
            waiting: count(waiting),
            completed: count(completed),
            called: called.iter().map(Queued::document).collect(),
            next: next.iter().map(Queued::document).collect(),
        })
    }

    /// The counter with its hours.
    fn counter(&self, name: &str, field: &str) -> Result<Place> {
        ResourceName::parse(name, &["malls", "counters"], field)?;
        self.0.memory.place(&Target::parse(name, field)?)
    }

    fn prefix(&self, counter: &str) -> Result<String> {
        let state = self.0.memory.read();
        let known = state.directory.counter(counter)?;
        Ok(ticket::prefix(&known.ticket_prefix).to_owned())
    }

    /// The counter's officers and its mall's organiser.
    fn authorize(&self, call: &Call, counter: &str) -> Result<()> {
        let state = self.0.memory.read();
        let mall = state.directory.mall(mall_of(counter)?).ok();
        let mut names = vec![counter];
        names.extend(mall.map(|mall| mall.organiser.as_str()));
        call.grant.check(&names)
    }

    /// Writes the ticket's record.
    async fn put(
        &self,
        tx: &mut Tx,
        place: &Place,
        queued: &Queued,
        expect: Expect<'_>,
    ) -> Result<Ticket> {
        let doc = queued.document();
        let mall = mall_of(&queued.counter)?;
        let labels = labels(mall, &queued.counter, &place.region, &queued.date);
        tx.put(&doc.name, &doc, labels, expect).await?;
        Ok(doc)
    }
}

/// When the slot of the appointment starts that is checked in; `None` for a walk-in.
async fn check_in(
    tx: &mut Tx,
    place: &Place,
    appointment: &str,
    today: &str,
) -> Result<Option<Micros>> {
    if appointment.is_empty() {
        return Ok(None);
    }
    ResourceName::parse(appointment, &["malls", "appointments"], "appointment")?;
    let stored = tx.get::<Appointment>(appointment).await?.ok_or_else(|| {
        let text = format!("appointment: {appointment} does not exist");
        Error::new(Reason::ReferenceInvalid, text)
    })?;
    require_check_in(&stored.doc, &place.target, today)?;
    let slot = SlotName::parse(&stored.doc.slot, "appointment")?;
    mpp_calendar::local_to_utc_micros(slot.date, slot.minute, place.zone)
        .map(Some)
        .map_err(Error::internal)
}

/// Whoever is called to a window has been served, as far as the appointment goes.
async fn serve_appointment(tx: &mut Tx, name: &str) -> Result<()> {
    if name.is_empty() {
        return Ok(());
    }
    let Some(mut stored) = tx.get::<Appointment>(name).await? else {
        return Ok(());
    };
    stored.doc.set_state(appointment::State::Served);
    tx.put(name, &stored.doc, stored.labels, Expect::Any).await.map(drop)
}

/// Why nobody was called.
async fn nobody_called(tx: &mut Tx, counter: &str, window: &str) -> Result<Error> {
    Ok(match sql::served_at(tx, window).await? {
        Some(ticket) => Error::new(Reason::WrongState, ticket.in_the_way()),
        None => Error::new(Reason::QueueEmpty, format!("nobody waits at {counter}")),
    })
}

fn mall_of(counter: &str) -> Result<&str> {
    ResourceName::parse(counter, &["malls", "counters"], "counter").map(|name| name.root())
}
