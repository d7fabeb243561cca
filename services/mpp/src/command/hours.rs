//! `mpp hours`: when something is open and why.

use clap::Args as ClapArgs;
use mpp_api::scheduling::{
    DayHours, GetHoursRequest, Interval, day_hours::Status,
    hours_service_client::HoursServiceClient, reason::Code,
};
use mpp_core::Result;

use crate::{
    call::refused,
    client::Client,
    output::{self, Output},
    service::Service,
};

#[derive(ClapArgs)]
pub struct HoursArgs {
    /// A mall, a counter or an offering.
    pub target: String,
    /// First day; else today, local to the mall.
    #[arg(long)]
    pub date: Option<String>,
    #[arg(long, default_value_t = 7)]
    pub days: i32,
}

pub async fn run(args: HoursArgs, client: &Client, output: Output) -> Result<()> {
    let request = GetHoursRequest {
        target: args.target,
        date: args.date.unwrap_or_default(),
        days: args.days,
        min_revision: 0,
    };
    let mut client = HoursServiceClient::new(client.channel(Service::Scheduling)?);
    let answer = client.get_hours(request).await.map_err(refused)?.into_inner();
    if output.is_json() {
        say!("{}", output::json(&answer)?);
    } else {
        answer.days.iter().for_each(print_day);
    }
    Ok(())
}

/// A day, with all that was weighed for it.
pub fn print_day(day: &DayHours) {
    let hours = match day.status() {
        Status::Open => intervals(&day.intervals),
        Status::Closed => "closed".into(),
        Status::Unknown | Status::Unspecified => "unknown".into(),
    };
    let weekday = day.date.parse::<jiff::civil::Date>().map(|date| format!("{:?}", date.weekday()));
    say!("{} {:9} {hours}", day.date, weekday.unwrap_or_default());
    for why in &day.why {
        let text = output::english(why.text.as_ref());
        let source = match why.basis.as_str() {
            known if text.contains(known) => String::new(),
            source => format!("  ({source})"),
        };
        say!("    {text}{source}");
    }
}

/// Whether its mall or its counter does not serve that day, whatever the rules say.
pub fn is_barred(day: &DayHours) -> bool {
    day.why.iter().any(|why| {
        matches!(
            why.code(),
            Code::MallNotOpenYet | Code::MallSuspended | Code::MallClosed | Code::AgreementEnded
        )
    })
}

/// Why a day is as it is, in one line.
pub fn because(day: &DayHours) -> String {
    let texts: Vec<&str> = day.why.iter().map(|why| output::english(why.text.as_ref())).collect();
    texts.join(" ")
}

fn intervals(intervals: &[Interval]) -> String {
    intervals.iter().map(|i| format!("{}-{}", i.open, i.close)).collect::<Vec<_>>().join(", ")
}
