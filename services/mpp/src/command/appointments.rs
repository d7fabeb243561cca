//! `mpp appointments`: what is booked at a mall or a counter, and what of it cannot be kept.

use std::pin::pin;

use clap::Args as ClapArgs;
use futures::TryStreamExt as _;
use mpp_api::scheduling::{
    ListAppointmentsRequest, ListedAppointment, appointment,
    booking_service_client::BookingServiceClient, listed_appointment::Conflict,
};
use mpp_client::pages;
use mpp_core::{Error, FieldCode, Result};

use crate::{
    call::refused,
    client::Client,
    output::{self, Output, TextTable},
    service::Service,
};

/// Appointments asked for at a time.
const PAGE: i32 = 500;

#[derive(ClapArgs)]
pub struct AppointmentsArgs {
    /// A mall or a counter: malls/… or malls/…/counters/…
    pub parent: String,
    /// The first day; today by default.
    #[arg(long, default_value = "")]
    pub date: String,
    /// How many days; all for which places are given by default.
    #[arg(long, default_value_t = 0)]
    pub days: i32,
    /// Only in this state: booked, cancelled or served.
    #[arg(long)]
    pub state: Option<String>,
    /// Only those that cannot be kept, as hours, mall and offering stand now, with why.
    #[arg(long)]
    pub conflicts: bool,
}

pub async fn run(args: AppointmentsArgs, client: &Client, output: Output) -> Result<()> {
    let channel = client.channel(Service::Scheduling)?;
    let asked = ListAppointmentsRequest {
        state: args.state.as_deref().map(state).transpose()?.unwrap_or_default().into(),
        parent: args.parent,
        date: args.date,
        days: args.days,
        only_conflicts: args.conflicts,
        page_size: PAGE,
        ..ListAppointmentsRequest::default()
    };
    let mut pages = pin!(pages(|page_token| {
        let mut client = BookingServiceClient::new(channel.clone());
        let request = ListAppointmentsRequest { page_token, ..asked.clone() };
        async move {
            let answer = client.list_appointments(request).await.map_err(refused)?.into_inner();
            let next = answer.next_page_token.clone();
            Ok::<_, Error>((answer, next))
        }
    }));
    let mut found = Vec::new();
    while let Some(answer) = pages.try_next().await? {
        found.extend(answer.appointments);
    }
    print(found, asked.only_conflicts, output)
}

fn state(word: &str) -> Result<appointment::State> {
    let name = format!("STATE_{}", word.to_uppercase());
    let state = appointment::State::from_str_name(&name);
    state.filter(|state| *state != appointment::State::Unspecified).ok_or_else(|| {
        let text =
            format!("'{word}' is no state of an appointment; say booked, cancelled or served");
        Error::field("--state", FieldCode::UnknownValue, text)
    })
}

/// Prints them by day and time, not in the order in which they were booked.
fn print(mut found: Vec<ListedAppointment>, only_conflicts: bool, output: Output) -> Result<()> {
    found.sort_by_cached_key(|one| {
        let doc = one.appointment.clone().unwrap_or_default();
        (doc.date, doc.open, doc.name)
    });
    if output.is_json() {
        for one in &found {
            say!("{}", output::json(one)?);
        }
        return Ok(());
    }
    match (found.is_empty(), only_conflicts) {
        (true, true) => say!("Every appointment of these days can be kept."),
        (true, false) => say!("There is no appointment on these days."),
        (false, _) => table(&found),
    }
    Ok(())
}

fn table(found: &[ListedAppointment]) {
    let mut table = TextTable::new(["date", "at", "state", "conflict", "appointment"]);
    for one in found {
        let doc = one.appointment.clone().unwrap_or_default();
        let conflict = match one.conflict() {
            Conflict::Unspecified => String::new(),
            conflict => format!("{}: {}", output::word(conflict.as_str_name()), one.because),
        };
        let state = output::word(doc.state().as_str_name()).to_owned();
        table.row([doc.date, doc.open, state, conflict, doc.name]);
    }
    table.print();
}
