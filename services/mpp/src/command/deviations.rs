//! The command `mpp deviations`.

use std::pin::pin;

use clap::Args as ClapArgs;
use futures::TryStreamExt as _;
use mpp_api::{
    scheduling::{
        Deviation, ListDeviationsRequest, ListDeviationsResponse, deviation::Finding,
        hours_service_client::HoursServiceClient,
    },
    word,
};
use mpp_client::pages;
use mpp_core::{Error, Result};

use crate::{
    call::refused,
    client::Client,
    output::{self, Output},
    service::Service,
};

/// Deviations asked for at a time.
const PAGE: i32 = 200;

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
    let channel = client.channel(Service::Scheduling)?;
    let asked = ListDeviationsRequest {
        scope: args.scope.unwrap_or_default(),
        date: args.date.unwrap_or_default(),
        only_deviating: !args.all,
        page_size: PAGE,
        ..ListDeviationsRequest::default()
    };
    let mut pages = pin!(pages(|page_token| {
        let mut client = HoursServiceClient::new(channel.clone());
        let request = ListDeviationsRequest { page_token, ..asked.clone() };
        async move {
            let answer = client.list_deviations(request).await.map_err(refused)?.into_inner();
            let next = answer.next_page_token.clone();
            Ok::<_, Error>((answer, next))
        }
    }));
    while let Some(answer) = pages.try_next().await? {
        print(&answer, output)?;
    }
    Ok(())
}

fn print(answer: &ListDeviationsResponse, output: Output) -> Result<()> {
    if output.is_json() {
        for deviation in &answer.deviations {
            say!("{}", output::json(deviation)?);
        }
    } else if answer.deviations.is_empty() {
        say!("No counter deviates.");
    } else {
        answer.deviations.iter().for_each(print_one);
    }
    Ok(())
}

fn print_one(deviation: &Deviation) {
    say!(
        "{}  week of {}: open {}, mall {}, national {}, {}",
        deviation.counter,
        deviation.week,
        hours(deviation.open_minutes),
        hours(deviation.mall_minutes),
        hours(deviation.national_minutes),
        baseline(deviation),
    );
    for (days, what) in grouped(&deviation.findings) {
        say!("    {what}  ({})", days.join(", "));
    }
}

/// The baseline's hours, where the body has declared them.
fn baseline(deviation: &Deviation) -> String {
    let regime = output::word(deviation.regime().as_str_name());
    match deviation.baseline_minutes {
        Some(minutes) => format!("{regime} baseline {}", hours(minutes)),
        None => format!("{regime} baseline not declared"),
    }
}

/// Findings that read alike stand once, with their days; those that others imply are left out.
fn grouped(findings: &[Finding]) -> Vec<(Vec<String>, String)> {
    let mut groups: Vec<(Vec<String>, String)> = Vec::new();
    for finding in findings.iter().filter(|finding| !finding.implied) {
        let yardstick = output::word(finding.yardstick().as_str_name());
        let text = output::english(finding.text.as_ref());
        let what = format!("vs {yardstick}: {} {text}", word(finding.code().as_str_name()));
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
    use mpp_api::{scheduling::deviation::finding::Code, types::LocalizedText};

    use super::*;

    fn finding(date: &str, code: Code) -> Finding {
        let (id, en) = (format!("kode {code:?}"), format!("code {code:?}"));
        let text = LocalizedText { id, en };
        Finding { date: date.into(), code: code.into(), text: Some(text), ..Default::default() }
    }

    #[test]
    fn what_is_alike_on_several_days_stands_once() {
        let findings = [
            finding("2026-11-23", Code::ClosesEarly),
            Finding { implied: true, ..finding("2026-11-23", Code::ShortHours) },
            finding("2026-11-24", Code::ClosesEarly),
            finding("2026-11-25", Code::ShortHours),
        ];
        let (_, first) = grouped(&findings).remove(0);
        assert!(first.ends_with("code ClosesEarly"), "in the language of the line: {first}");
        let days: Vec<_> = grouped(&findings).into_iter().map(|(days, _)| days).collect();
        assert_eq!(days, [vec!["Mon 23".to_owned(), "Tue 24".into()], vec!["Wed 25".into()]]);
    }
}
