//! `mpp hours`: when something is open and why; and `mpp hours set`.

use clap::{Args as ClapArgs, Subcommand};
use mpp_api::{
    scheduling::{
        CreateHoursRuleRequest, DayHours, GetHoursRequest, HoursRule, Interval,
        day_hours::Status,
        hours_rule::{Closure, Season, Week},
        hours_service_client::HoursServiceClient,
    },
    types::LocalizedText,
};
use mpp_core::{Error, FieldCode, NATIONAL, Result};

use crate::{
    call::refused,
    client::Client,
    output::{self, Output},
    service::Service,
};

#[derive(ClapArgs)]
pub struct HoursArgs {
    /// A mall, a counter or an offering.
    pub target: Option<String>,
    /// First day; else today, local to the mall.
    #[arg(long)]
    pub date: Option<String>,
    #[arg(long, default_value_t = 7)]
    pub days: i32,
}

#[derive(Subcommand)]
pub enum HoursCommand {
    /// Give a target hours of its own for a time.
    Set(HoursSetArgs),
}

#[derive(ClapArgs)]
pub struct HoursSetArgs {
    /// "national", a mall, a counter or an offering.
    pub target: String,
    /// Open hours: "mon-thu 08:00-12:00,13:00-15:00" or "fri 08:00-11:00"; once for each group of
    /// days.
    #[arg(long = "open", value_name = "DAYS HOURS", required_unless_present = "close")]
    pub open: Vec<String>,
    /// Closed, with the reason.
    #[arg(long, value_name = "REASON", conflicts_with = "open")]
    pub close: Option<String>,
    /// Where citizens are sent while it is closed.
    #[arg(long, requires = "close", default_value = "")]
    pub referral: String,
    /// First day.
    #[arg(long, default_value = "")]
    pub from: String,
    /// Last day.
    #[arg(long, default_value = "")]
    pub to: String,
    /// The letter or decision that it comes from.
    #[arg(long, default_value = "")]
    pub source: String,
}

pub async fn run(
    command: Option<HoursCommand>,
    show: HoursArgs,
    client: &Client,
    output: Output,
) -> Result<()> {
    let channel = client.channel(Service::Scheduling)?;
    let client = HoursServiceClient::new(channel);
    match command {
        Some(HoursCommand::Set(args)) => set(args, client, output).await,
        None => self::show(show, client, output).await,
    }
}

type Hours = HoursServiceClient<mpp_client::Channel>;

async fn show(args: HoursArgs, mut client: Hours, output: Output) -> Result<()> {
    let target = args.target.ok_or_else(|| {
        Error::field(
            "target",
            FieldCode::Required,
            "name a mall, a counter or an offering: `mpp hours malls/banyuwangi`",
        )
    })?;
    let request = GetHoursRequest {
        target,
        date: args.date.unwrap_or_default(),
        days: args.days,
        min_revision: 0,
    };
    let answer = client.get_hours(request).await.map_err(refused)?.into_inner();
    if output.is_json() {
        say!("{}", output::json(&answer)?);
    } else {
        answer.days.iter().for_each(print_day);
    }
    Ok(())
}

fn print_day(day: &DayHours) {
    let hours = match day.status() {
        Status::Open => intervals(&day.intervals),
        Status::Closed => "closed".into(),
        Status::Unknown | Status::Unspecified => "unknown".into(),
    };
    let weekday = day.date.parse::<jiff::civil::Date>().map(|date| format!("{:?}", date.weekday()));
    say!("{} {:9} {hours}", day.date, weekday.unwrap_or_default());
    for why in &day.why {
        let text = output::english(why.text.as_ref());
        let source = match why.source.as_str() {
            known if text.contains(known) => String::new(),
            source => format!("  ({source})"),
        };
        say!("    {text}{source}");
    }
}

pub fn intervals(intervals: &[Interval]) -> String {
    intervals.iter().map(|i| format!("{}-{}", i.open, i.close)).collect::<Vec<_>>().join(", ")
}

async fn set(args: HoursSetArgs, mut client: Hours, output: Output) -> Result<()> {
    let rule = HoursRule {
        target: args.target.clone(),
        season: Season::Any.into(),
        valid_from: args.from,
        valid_to: args.to,
        weekly: if args.open.is_empty() { None } else { Some(week(&args.open)?) },
        closure: args.close.map(|reason| Closure {
            mandatory: false,
            reason: Some(LocalizedText { id: reason, ..Default::default() }),
            referral: args.referral,
        }),
        source: if args.source.is_empty() { "mpp hours set".into() } else { args.source },
        ..Default::default()
    };
    let request = CreateHoursRuleRequest {
        hours_rule_id: rule_id(&args.target),
        hours_rule: Some(rule),
        ..Default::default()
    };
    let answer = client.create_hours_rule(request).await.map_err(refused)?.into_inner();
    if output.is_json() {
        say!("{}", output::json(&answer)?);
    } else {
        let name = answer.hours_rule.map(|rule| rule.name).unwrap_or_default();
        say!("{name} holds for {} from now on", args.target);
    }
    Ok(())
}

/// A new rule's id: its target, and a part that no other rule has.
fn rule_id(target: &str) -> String {
    let place: Vec<&str> = target.split('/').skip(1).step_by(2).collect();
    let place: String = if place.is_empty() { NATIONAL.into() } else { place.join("-") };
    let unique = uuid::Uuid::now_v7().simple().to_string();
    format!("{}-{}", place.chars().take(60).collect::<String>(), &unique[unique.len() - 12..])
}

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Reads "mon-thu 08:00-12:00,13:00-15:00"; the service judges the times themselves.
fn week(groups: &[String]) -> Result<Week> {
    let mut days: [Vec<Interval>; 7] = Default::default();
    for group in groups {
        let wrong = || {
            Error::field(
                "open",
                FieldCode::Format,
                format!("'{group}' is not understood; write 'mon-thu 08:00-12:00,13:00-15:00'"),
            )
        };
        let (names, hours) = group.split_once(' ').ok_or_else(wrong)?;
        let (first, last) = names.split_once('-').unwrap_or((names, names));
        let at =
            |name: &str| DAYS.iter().position(|day| *day == name.to_lowercase()).ok_or_else(wrong);
        let (first, last) = (at(first)?, at(last)?);
        for hours in hours.split(',') {
            let (open, close) = hours.trim().split_once('-').ok_or_else(wrong)?;
            for day in days.get_mut(first..=last).ok_or_else(wrong)? {
                day.push(Interval { open: open.to_owned(), close: close.to_owned() });
            }
        }
    }
    let [mon, tue, wed, thu, fri, sat, sun] = days;
    Ok(Week { mon, tue, wed, thu, fri, sat, sun })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_of_days_are_spread_over_the_week() {
        let week = week(&["mon-thu 08:00-12:00,13:00-15:00".into(), "fri 08:00-11:00".into()])
            .expect("a week");
        assert_eq!((week.mon.len(), week.thu.len(), week.fri.len(), week.sat.len()), (2, 2, 1, 0));
        assert_eq!(week.fri[0].close, "11:00");
    }

    #[test]
    fn what_is_no_week_is_refused() {
        for text in ["mon", "thu-mon 08:00-09:00", "mon 0800", "someday 08:00-09:00"] {
            assert!(week(&[text.to_owned()]).is_err(), "{text}");
        }
    }

    #[test]
    fn a_rules_id_fits_whatever_its_target() {
        let id = rule_id(&format!("malls/{}/counters/{}", "a".repeat(80), "b".repeat(80)));
        assert!(id.len() <= 80);
        mpp_core::check_id(&id, "id").expect("an id");
    }
}
