//! `QueueService`.

use std::sync::Arc;

use mpp_api::scheduling::{
    CallNextRequest, CallNextResponse, CompleteTicketRequest, CompleteTicketResponse,
    GetQueueRequest, GetQueueResponse, IssueTicketRequest, IssueTicketResponse,
    queue_service_server::QueueService,
};
use mpp_core::{Result, check_name};
use tonic::Request;

use super::{Answer, open_command, reply};
use crate::{
    app::{App, Arrival},
    model::{target::Target, ticket},
};

/// Serves queues.
pub struct Queue(pub Arc<App>);

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
        let (call, request) = open_command(request, "IssueTicket", |r| &mut r.request_id)?;
        let arrival = Arrival {
            priority: ticket::priority(request.priority)?,
            counter: Target::counter_named(&request.counter, "counter")?,
            appointment: request.appointment,
        };
        if !arrival.appointment.is_empty() {
            check_name(&arrival.appointment, &["malls", "appointments"], "appointment")?;
        }
        self.0.issue_ticket(&call, &arrival).await
    }

    async fn next(&self, request: Request<CallNextRequest>) -> Result<CallNextResponse> {
        let (call, request) = open_command(request, "CallNext", |r| &mut r.request_id)?;
        let counter = ticket::counter_of_window(&request.window)?;
        self.0.call_next(&call, &counter, &request.window).await
    }

    async fn complete(
        &self,
        request: Request<CompleteTicketRequest>,
    ) -> Result<CompleteTicketResponse> {
        let (call, request) = open_command(request, "CompleteTicket", |r| &mut r.request_id)?;
        check_name(&request.name, &["malls", "tickets"], "name")?;
        self.0.complete_ticket(&call, &request.name).await
    }

    async fn show(&self, request: GetQueueRequest) -> Result<GetQueueResponse> {
        let counter = Target::counter_named(&request.counter, "counter")?;
        self.0.get_queue(&counter).await
    }
}
