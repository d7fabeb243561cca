//! Officers who give numbers and call citizens.

use std::{
    collections::BTreeSet,
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use mpp_api::scheduling::{
    CallNextRequest, CompleteTicketRequest, IssueTicketRequest, Ticket,
    queue_service_client::QueueServiceClient, ticket::Priority,
};
use mpp_client::{Channel, error_of};
use mpp_core::Reason;
use mpp_tests::{
    Service, Suite,
    keys::COUNTER,
    town::{DUKCAPIL, request_id},
};

use super::{retry::until_answered, until::Until};

/// The answers that officers got.
#[derive(Debug, Default)]
pub struct Called {
    /// Names of tickets that were printed.
    pub issued: BTreeSet<String>,
    /// Names of tickets that were called, and then completed.
    pub completed: BTreeSet<String>,
}

/// One at the printer, one at each window.
pub struct Officers {
    printer: tokio::task::JoinHandle<BTreeSet<String>>,
    windows: Vec<tokio::task::JoinHandle<BTreeSet<String>>>,
}

impl Officers {
    pub fn start(suite: &Suite, calm: Arc<AtomicBool>) -> Self {
        let queue = || QueueServiceClient::new(suite.channel(Service::Scheduling, COUNTER));
        let until = Until::calm(calm);
        let windows = ["1", "2"].map(|id| {
            tokio::spawn(call(queue(), format!("{DUKCAPIL}/windows/{id}"), until.clone()))
        });
        Self { printer: tokio::spawn(print(queue(), until)), windows: windows.into() }
    }

    pub async fn end(self) -> Called {
        let issued = self.printer.await.expect("a printer that got answers");
        let mut completed = BTreeSet::new();
        for window in self.windows {
            for ticket in window.await.expect("an officer who got answers") {
                assert!(completed.insert(ticket.clone()), "{ticket} was called to two windows");
            }
        }
        println!("    {} tickets, {} of them served", issued.len(), completed.len());
        assert!(!completed.is_empty(), "nobody was served");
        Called { issued, completed }
    }
}

type Queue = QueueServiceClient<Channel>;

async fn print(queue: Queue, until: Until) -> BTreeSet<String> {
    let mut issued = BTreeSet::new();
    while !until.is_over() {
        let request = IssueTicketRequest {
            counter: DUKCAPIL.into(),
            priority: Priority::Normal.into(),
            appointment: String::new(),
            request_id: request_id(),
        };
        let answer = until_answered(|| {
            let (mut queue, request) = (queue.clone(), request.clone());
            async move { queue.issue_ticket(request).await }
        })
        .await
        .answer
        .expect("a number");
        let name = answer.ticket.expect("a ticket").name;
        assert!(issued.insert(name.clone()), "{name} was printed twice");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    issued
}

async fn call(queue: Queue, window: String, until: Until) -> BTreeSet<String> {
    let mut served = BTreeSet::new();
    while !until.is_over() {
        let request = CallNextRequest { window: window.clone(), request_id: request_id() };
        match until_answered(|| {
            let (mut queue, request) = (queue.clone(), request.clone());
            async move { queue.call_next(request).await }
        })
        .await
        .answer
        {
            Ok(answer) => {
                let Ticket { name, .. } = answer.ticket.expect("a ticket");
                assert!(served.insert(name.clone()), "{name} was called twice");
                let request = CompleteTicketRequest { name, request_id: request_id() };
                let done = until_answered(|| {
                    let (mut queue, request) = (queue.clone(), request.clone());
                    async move { queue.complete_ticket(request).await }
                })
                .await
                .answer;
                done.expect("a called ticket can be completed");
                until.happens();
            }
            Err(status) => assert!(error_of(&status).is(Reason::QueueEmpty), "{status:?}"),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    served
}
