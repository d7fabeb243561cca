//! The command `mpp queue`.

use clap::Subcommand;
use mpp_api::scheduling::{
    CallNextRequest, CompleteTicketRequest, GetQueueRequest, GetQueueResponse, IssueTicketRequest,
    Ticket, queue_service_client::QueueServiceClient, ticket::Priority,
};
use mpp_core::Result;

use crate::{
    call::refused,
    client::Client,
    output::{self, Output},
    service::Service,
};

#[derive(Subcommand)]
pub enum QueueCommand {
    /// Show the waiting and the called tickets.
    Show { counter: String },
    /// Give the next number.
    Issue {
        counter: String,
        /// Elderly, disabled or pregnant.
        #[arg(long)]
        priority: bool,
        /// The appointment that has come.
        #[arg(long, default_value = "")]
        appointment: String,
    },
    /// Call the next one to a window.
    Next { window: String },
    /// Complete a called ticket.
    Complete { ticket: String },
}

impl QueueCommand {
    /// The counter, window or ticket that it is about.
    pub fn place(&self) -> &str {
        match self {
            Self::Show { counter } | Self::Issue { counter, .. } => counter,
            Self::Next { window } => window,
            Self::Complete { ticket } => ticket,
        }
    }
}

pub async fn run(command: QueueCommand, client: &Client, output: Output) -> Result<()> {
    let channel = client.channel(Service::Scheduling)?;
    let mut queue = QueueServiceClient::new(channel);
    let ticket = match command {
        QueueCommand::Show { counter } => {
            let answer = queue.get_queue(GetQueueRequest { counter }).await.map_err(refused)?;
            return print(&answer.into_inner(), output);
        }
        QueueCommand::Issue { counter, priority, appointment } => {
            let priority = if priority { Priority::Priority } else { Priority::Normal };
            let request = IssueTicketRequest {
                counter,
                priority: priority.into(),
                appointment,
                ..Default::default()
            };
            queue.issue_ticket(request).await.map_err(refused)?.into_inner().ticket
        }
        QueueCommand::Next { window } => {
            let request = CallNextRequest { window, ..Default::default() };
            queue.call_next(request).await.map_err(refused)?.into_inner().ticket
        }
        QueueCommand::Complete { ticket } => {
            let request = CompleteTicketRequest { name: ticket, ..Default::default() };
            queue.complete_ticket(request).await.map_err(refused)?.into_inner().ticket
        }
    };
    show(&ticket.unwrap_or_default(), output)
}

fn show(ticket: &Ticket, output: Output) -> Result<()> {
    if output.is_json() {
        say!("{}", output::json(ticket)?);
    } else {
        say!("{}  {}", line(ticket), ticket.name);
    }
    Ok(())
}

fn line(ticket: &Ticket) -> String {
    let state = output::word(ticket.state().as_str_name());
    let priority = if ticket.priority() == Priority::Priority { " (priority)" } else { "" };
    let window =
        if ticket.window.is_empty() { String::new() } else { format!(" at {}", ticket.window) };
    format!("{} {state}{priority}{window}", ticket.number)
}

fn print(queue: &GetQueueResponse, output: Output) -> Result<()> {
    if output.is_json() {
        say!("{}", output::json(queue)?);
        return Ok(());
    }
    say!(
        "{} on {}: {} waiting, {} completed",
        queue.counter,
        queue.date,
        queue.waiting,
        queue.completed
    );
    for ticket in queue.called.iter().chain(&queue.next) {
        say!("  {}", line(ticket));
    }
    Ok(())
}
