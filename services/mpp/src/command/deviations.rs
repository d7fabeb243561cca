//! `mpp deviations`.

use mpp_api::scheduling::{
    Deviation, ListDeviationsRequest, ListDeviationsResponse,
    hours_service_client::HoursServiceClient,
};
use mpp_core::Result;

use super::{is_json, refused};
use crate::{
    args::{DeviationsArgs, Output, Service},
    context::Client,
    output,
};

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
        let answer = client
            .list_deviations(request)
            .await
            .map_err(refused)?
            .into_inner();
        print(&answer, output)?;
        page_token = answer.next_page_token;
        if page_token.is_empty() {
            return Ok(());
        }
    }
}

fn print(answer: &ListDeviationsResponse, output: Output) -> Result<()> {
    if is_json(output) {
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
        "{}  week of {}: open {}, mall {}, national {}, {} {}",
        deviation.counter,
        deviation.week,
        hours(deviation.open_minutes),
        hours(deviation.mall_minutes),
        hours(deviation.national_minutes),
        if deviation.baseline.is_empty() {
            "baseline"
        } else {
            &deviation.baseline
        },
        hours(deviation.baseline_minutes),
    );
    for finding in &deviation.findings {
        let yardstick = finding
            .yardstick()
            .as_str_name()
            .trim_start_matches("YARDSTICK_")
            .to_lowercase();
        let text = finding.text.clone().unwrap_or_default();
        println!(
            "    {} {} vs {yardstick}: {}",
            finding.date, finding.code, text.id
        );
    }
}

fn hours(minutes: i32) -> String {
    format!("{}h{:02}", minutes / 60, minutes % 60)
}
