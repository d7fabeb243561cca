//! `mpp slots`, `mpp book` and `mpp cancel`.

use clap::Args as ClapArgs;
use jiff::{ToSpan as _, civil::Date};
use mpp_api::scheduling::{
    Appointment, BookAppointmentRequest, CancelAppointmentRequest, DayHours, ListSlotsRequest,
    ListSlotsResponse, appointment, booking_service_client::BookingServiceClient,
};
use mpp_core::{Error, Reason, Result, text};

use super::hours;
use crate::{
    call::refused,
    client::Client,
    output::{self, Output, TextTable},
    program::program,
    service::Service,
};

#[derive(ClapArgs)]
pub struct SlotsArgs {
    pub offering: String,
    #[arg(long)]
    pub date: Option<String>,
    #[arg(long, default_value_t = 7)]
    pub days: i32,
    /// Full and past ones, too.
    #[arg(long)]
    pub all: bool,
}

#[derive(ClapArgs)]
pub struct BookArgs {
    /// A slot that `mpp slots` shows, or an offering for its first free slot.
    pub slot: String,
    /// The applicant's NIK, 16 digits, or - to read it from standard input, where no list of
    /// processes shows it. It is not stored.
    #[arg(long)]
    pub nik: String,
    /// A UUID; the same one books once, however often it is sent.
    #[arg(long)]
    pub request_id: Option<String>,
}

#[derive(ClapArgs)]
pub struct CancelArgs {
    pub appointment: String,
    /// The code that `mpp book` showed; the counter and its mall need none.
    #[arg(long, default_value = "")]
    pub code: String,
}

type Booking = BookingServiceClient<mpp_client::Channel>;

fn booking(client: &Client) -> Result<Booking> {
    Ok(BookingServiceClient::new(client.channel(Service::Scheduling)?))
}

pub async fn list(args: SlotsArgs, client: &Client, output: Output) -> Result<()> {
    let request = ListSlotsRequest {
        offering: args.offering,
        date: args.date.unwrap_or_default(),
        days: args.days,
        only_available: !args.all,
    };
    let answer = booking(client)?.list_slots(request).await.map_err(refused)?.into_inner();
    if output.is_json() {
        say!("{}", output::json(&answer)?);
    } else {
        print(&answer);
    }
    Ok(())
}

fn print(answer: &ListSlotsResponse) {
    let mut table = TextTable::new(["date", "from", "to", "free", "slot"]);
    for slot in &answer.slots {
        table.row([
            slot.date.clone(),
            slot.open.clone(),
            slot.close.clone(),
            format!("{}/{}", slot.available, slot.offered),
            slot.name.clone(),
        ]);
    }
    if !table.is_empty() {
        table.print();
    }
    answer.closed_days.iter().for_each(hours::print_day);
    if !answer.not_sold.is_empty() {
        say!("{}", answer.not_sold);
    }
}

pub async fn book(args: BookArgs, client: &Client, output: Output) -> Result<()> {
    let mut booking = booking(client)?;
    let slot = if args.slot.contains("/slots/") {
        args.slot
    } else {
        first_free(&mut booking, args.slot).await?
    };
    let request = BookAppointmentRequest {
        slot,
        applicant_nik: nik(args.nik)?,
        request_id: args.request_id.unwrap_or_default(),
    };
    let answer = booking.book_appointment(request).await.map_err(refused)?.into_inner();
    show(answer.appointment.unwrap_or_default(), output)
}

fn nik(given: String) -> Result<String> {
    if given != "-" {
        return Ok(given);
    }
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).map_err(Error::internal)?;
    Ok(line.trim().to_owned())
}

/// The first free slot of all days on which places are sold, looked for in as many days at a time
/// as the service tells: both are settings of its operator.
async fn first_free(booking: &mut Booking, offering: String) -> Result<String> {
    let (mut date, mut asked, mut days) = (String::new(), 0, 1);
    let mut closed = Vec::new();
    loop {
        let request =
            ListSlotsRequest { offering: offering.clone(), date, days, only_available: true };
        let answer = booking.list_slots(request).await.map_err(refused)?.into_inner();
        if !answer.not_sold.is_empty() {
            return Err(Error::new(Reason::WrongState, answer.not_sold));
        }
        if let Some(slot) = answer.slots.into_iter().next() {
            return Ok(slot.name);
        }
        closed.extend(answer.closed_days);
        let first: Date = answer.first_date.parse().map_err(Error::internal)?;
        (date, asked) = (first.saturating_add(i64::from(days).days()).to_string(), asked + days);
        days = answer.most_days.min(answer.days_ahead + 1 - asked);
        if days <= 0 {
            return Err(nothing_free(&offering, &date, asked, &closed));
        }
    }
}

/// Nothing is free before `date`: all of the `asked` days are closed, which does not pass by
/// itself, or those that are not are full. The error says why the mall or the counter does not
/// serve, or else why a day is closed if all are.
fn nothing_free(offering: &str, date: &str, asked: i32, closed: &[DayHours]) -> Error {
    let are_all = i32::try_from(closed.len()).is_ok_and(|count| count >= asked);
    let shut = closed.iter().find(|day| hours::is_barred(day));
    let why = shut.or(closed.first().filter(|_| are_all)).map_or_else(String::new, |day| {
        format!("; no hours on {}: {}", day.date, hours::because(day))
    });
    let text =
        format!("{offering} has no free slot before {date}; later places are not given yet{why}");
    Error::new(if are_all { Reason::CounterClosed } else { Reason::QuotaUsedUp }, text)
}

pub async fn cancel(args: CancelArgs, client: &Client, output: Output) -> Result<()> {
    let request =
        CancelAppointmentRequest { name: args.appointment, code: args.code, ..Default::default() };
    let answer = booking(client)?.cancel_appointment(request).await.map_err(refused)?.into_inner();
    show(answer.appointment.unwrap_or_default(), output)
}

fn show(appointment: Appointment, output: Output) -> Result<()> {
    if output.is_json() {
        say!("{}", output::json(&appointment)?);
    } else {
        let state = output::word(appointment.state().as_str_name());
        let code = match appointment.code.as_str() {
            "" => String::new(),
            code => format!(", code {code}"),
        };
        say!("{state}: {} at {}{code}", appointment.date, appointment.open);
        if appointment.state() == appointment::State::Booked {
            say!("To give the place back:");
            let code = text::quoted(&appointment.code);
            say!("  {} cancel {} --code {code}", program(), appointment.name);
        }
        say!("{}", appointment.name);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use mpp_api::{
        scheduling::{Reason as Why, reason::Code},
        types::LocalizedText,
    };

    use super::*;

    fn closed(date: &str, code: Code, en: &str) -> DayHours {
        let text = LocalizedText { en: en.into(), id: "Tutup.".into() };
        let why = Why { code: code.into(), text: Some(text), ..Why::default() };
        DayHours { date: date.into(), why: vec![why], ..DayHours::default() }
    }

    #[test]
    fn where_nothing_is_free_the_suspension_of_the_mall_is_named() {
        let sunday = closed("2026-11-29", Code::ClosedWeekday, "No hours on Sunday.");
        let shut = closed("2026-11-30", Code::MallSuspended, "The mall is suspended.");
        for (asked, days, reason, words) in [
            (1, vec![shut.clone()], Reason::CounterClosed, "2026-11-30: The mall is suspended."),
            (3, vec![sunday.clone(), shut], Reason::QuotaUsedUp, "30: The mall is suspended."),
            (1, vec![sunday.clone()], Reason::CounterClosed, "29: No hours on Sunday."),
            (2, vec![sunday], Reason::QuotaUsedUp, "not given yet"),
        ] {
            let error = nothing_free("malls/a", "2026-12-01", asked, &days);
            assert_eq!(error.reason(), reason, "{error}");
            assert!(error.message().ends_with(words), "{error}");
        }
    }
}
