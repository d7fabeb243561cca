//! `mpp deviations`.

use clap::Args as ClapArgs;
use mpp_api::scheduling::{
    Deviation, ListDeviationsRequest, ListDeviationsResponse, deviation::Finding,
    hours_service_client::HoursServiceClient,
};
use mpp_core::Result;

use crate::{
    args::{Output, Service},
    call::refused,
    context::Client,
    output,
};

#[derive(ClapArgs)]
pub struct DeviationsArgs {
    /// A counter, a mall or a region; else the nation.
    pub scope: Option<String>,
    /// Any day of the week asked for.
    #[arg(long)]
    pub date: Option<String>,
    /// Counters that agree, too.
    #[arg(long)]
    pub all: bool,
}

pub async fn run(args: DeviationsArgs, client: &Client, output: Output) -> Result<()> {
    let channel = mpp_rpc::connect(&client.endpoint(Service::Scheduling)?)?;
    let mut client = HoursServiceClient::new(channel);
    let mut page_token = String::new();
    loop {
        let request = ListDeviationsRequest {
            scope: args.scope.clone().unwrap_or_default(),
            date: args.date.clone().unwrap_or_default(),
            only_deviating: !args.all,
            page_size: 200,
            page_token,
        };
        let answer = client.list_deviations(request).await.map_err(refused)?.into_inner();
        print(&answer, output)?;
        page_token = answer.next_page_token;
        if page_token.is_empty() {
            return Ok(());
        }
    }
}

fn print(answer: &ListDeviationsResponse, output: Output) -> Result<()> {
    if output.is_json() {
        for deviation in &answer.deviations {
            println!("{}", output::json(deviation)?);
        }
    } else if answer.deviations.is_empty() {
        println!("No counter deviates.");
    } else {
        answer.deviations.iter().for_each(print_one);
    }
    Ok(())
}

fn print_one(deviation: &Deviation) {
    println!(
        "{}  week of {}: open {}, mall {}, national {}, {}",
        deviation.counter,
        deviation.week,
        hours(deviation.open_minutes),
        hours(deviation.mall_minutes),
        hours(deviation.national_minutes),
        baseline(deviation),
    );
    for (days, what) in grouped(&deviation.findings) {
        println!("    {what}  ({})", days.join(", "));
    }
}

/// The baseline's hours; a body that never declared its own is not judged.
fn baseline(deviation: &Deviation) -> String {
    let regime = deviation.baseline.to_lowercase().replace('_', " ");
    match deviation.baseline_minutes {
        0 => format!("{regime} baseline not declared"),
        minutes => format!("{regime} baseline {}", hours(minutes)),
    }
}

/// What is said alike of several days stands once, with the days. Of a day that closes early, "short
/// of minutes" says nothing more.
fn grouped(findings: &[Finding]) -> Vec<(Vec<String>, String)> {
    let told_otherwise = |finding: &Finding| {
        finding.code == "SHORT_HOURS"
            && findings.iter().any(|other| {
                (&other.date, other.yardstick) == (&finding.date, finding.yardstick)
                    && matches!(other.code.as_str(), "OPENS_LATE" | "CLOSES_EARLY" | "MISSING_DAY")
            })
    };
    let mut groups: Vec<(Vec<String>, String)> = Vec::new();
    for finding in findings.iter().filter(|finding| !told_otherwise(finding)) {
        let yardstick =
            finding.yardstick().as_str_name().trim_start_matches("YARDSTICK_").to_lowercase();
        let text = finding.text.clone().unwrap_or_default();
        let what = format!("vs {yardstick}: {} {}", finding.code, text.id);
        match groups.iter_mut().find(|(_, known)| *known == what) {
            Some((days, _)) => days.push(day(&finding.date)),
            None => groups.push((vec![day(&finding.date)], what)),
        }
    }
    groups
}

/// "Mon 23" within the week that the heading names.
fn day(date: &str) -> String {
    let Ok(parsed) = date.parse::<jiff::civil::Date>() else {
        return date.to_owned();
    };
    let weekday = format!("{:?}", parsed.weekday());
    format!("{} {}", &weekday[..3], parsed.day())
}

fn hours(minutes: i32) -> String {
    format!("{}h{:02}", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use mpp_api::types::LocalizedText;

    use super::*;

    fn finding(date: &str, code: &str) -> Finding {
        let text = LocalizedText { id: code.to_lowercase(), ..Default::default() };
        Finding { date: date.into(), code: code.into(), text: Some(text), ..Default::default() }
    }

    #[test]
    fn what_is_alike_on_several_days_stands_once() {
        let findings = [
            finding("2026-11-23", "CLOSES_EARLY"),
            finding("2026-11-23", "SHORT_HOURS"),
            finding("2026-11-24", "CLOSES_EARLY"),
            finding("2026-11-25", "SHORT_HOURS"),
        ];
        let days: Vec<_> = grouped(&findings).into_iter().map(|(days, _)| days).collect();
        assert_eq!(days, [vec!["Mon 23".to_owned(), "Tue 24".into()], vec!["Wed 25".into()]]);
    }
}
