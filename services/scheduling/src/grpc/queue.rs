//! The gRPC service `QueueService`.

use std::sync::Arc;

use mpp_api::{
    Document as _,
    scheduling::{
        Appointment, CallNextRequest, CallNextResponse, CompleteTicketRequest,
        CompleteTicketResponse, GetQueueRequest, GetQueueResponse, IssueTicketRequest,
        IssueTicketResponse, Ticket, queue_service_server::QueueService,
    },
};
use mpp_core::{Result, check_name};
use mpp_form::hours_rule::Target;
use mpp_resource::{
    Call,
    handler::{Answer, reply},
};
use tonic::Request;

use crate::{
    app::{Arrival, Scheduling},
    model::ticket,
};

/// Serves the queues of tickets.
pub struct Queue(pub Arc<Scheduling>);

#[tonic::async_trait]
impl QueueService for Queue {
    async fn issue_ticket(
        &self,
        request: Request<IssueTicketRequest>,
    ) -> Answer<IssueTicketResponse> {
        reply(self.issue(request).await)
    }

    async fn call_next(&self, request: Request<CallNextRequest>) -> Answer<CallNextResponse> {
        reply(self.next(request).await)
    }

    async fn complete_ticket(
        &self,
        request: Request<CompleteTicketRequest>,
    ) -> Answer<CompleteTicketResponse> {
        reply(self.complete(request).await)
    }

    async fn get_queue(&self, request: Request<GetQueueRequest>) -> Answer<GetQueueResponse> {
        reply(self.show(request.into_inner()).await)
    }
}

impl Queue {
    async fn issue(&self, request: Request<IssueTicketRequest>) -> Result<IssueTicketResponse> {
        let (call, request) = Call::open_with_id(request)?;
        let arrival = Arrival {
            priority: ticket::priority(request.priority)?,
            counter: Target::counter_named(&request.counter, "counter")?,
            appointment: request.appointment,
        };
        if !arrival.appointment.is_empty() {
            check_name(&arrival.appointment, Appointment::COLLECTIONS, "appointment")?;
        }
        let done = self.0.issue_ticket(&call, &arrival).await?;
        Ok(IssueTicketResponse { revision: done.revision, ..done.answer })
    }

    async fn next(&self, request: Request<CallNextRequest>) -> Result<CallNextResponse> {
        let (call, request) = Call::open_with_id(request)?;
        let counter = ticket::counter_of_window(&request.window)?;
        let done = self.0.call_next(&call, &counter, &request.window).await?;
        Ok(CallNextResponse { ticket: Some(done.answer), revision: done.revision })
    }

    async fn complete(
        &self,
        request: Request<CompleteTicketRequest>,
    ) -> Result<CompleteTicketResponse> {
        let (call, request) = Call::open_with_id(request)?;
        check_name(&request.name, Ticket::COLLECTIONS, "name")?;
        let done = self.0.complete_ticket(&call, &request.name).await?;
        Ok(CompleteTicketResponse { ticket: Some(done.answer), revision: done.revision })
    }

    async fn show(&self, request: GetQueueRequest) -> Result<GetQueueResponse> {
        let counter = Target::counter_named(&request.counter, "counter")?;
        self.0.get_queue(&counter).await
    }
}
