//! `mpp broken`: requirements that name a service and lead nowhere.

use std::pin::pin;

use clap::Args as ClapArgs;
use futures::TryStreamExt as _;
use mpp_api::registry::{
    BrokenRequirement, ListBrokenRequirementsRequest, broken_requirement::Fault,
    process_service_client::ProcessServiceClient,
};
use mpp_client::pages;
use mpp_core::{Error, Result};

use crate::{
    call::refused,
    client::Client,
    output::{self, Output, TextTable},
    service::Service,
};

/// Lines asked for at a time.
const PAGE: i32 = 100;

#[derive(ClapArgs)]
pub struct BrokenArgs {
    /// Only services of this unit and of the units below it.
    #[arg(long, default_value = "")]
    pub unit: String,
}

pub async fn run(args: BrokenArgs, client: &Client, output: Output) -> Result<()> {
    let channel = client.channel(Service::Registry)?;
    let asked = ListBrokenRequirementsRequest {
        unit: args.unit,
        page_size: PAGE,
        ..ListBrokenRequirementsRequest::default()
    };
    let mut pages = pin!(pages(|page_token| {
        let mut client = ProcessServiceClient::new(channel.clone());
        let request = ListBrokenRequirementsRequest { page_token, ..asked.clone() };
        async move {
            let answer = client.list_broken_requirements(request).await.map_err(refused)?;
            let answer = answer.into_inner();
            let next = answer.next_page_token.clone();
            Ok::<_, Error>((answer, next))
        }
    }));
    let mut table = TextTable::new(["service", "number", "requirement", "names", "which"]);
    while let Some(answer) = pages.try_next().await? {
        for one in &answer.broken_requirements {
            if output.is_json() {
                say!("{}", output::json(one)?);
            } else {
                table.row(cells(one));
            }
        }
    }
    match table.is_empty() {
        _ if output.is_json() => {}
        true => say!("No requirement leads nowhere."),
        false => {
            table.print();
            say!("mpp link SERVICE SATISFIER --requirement NUMBER names another one; none: no one");
        }
    }
    Ok(())
}

fn cells(one: &BrokenRequirement) -> [String; 5] {
    let number = one.number.to_string();
    [one.service.clone(), number, one.text.clone(), one.satisfied_by.clone(), why(one)]
}

/// "is not there; units/a/services/b took its place".
fn why(one: &BrokenRequirement) -> String {
    match one.fault() {
        Fault::Missing if one.successor.is_empty() => "is not there".to_owned(),
        Fault::Missing => format!("is not there; {} took its place", one.successor),
        Fault::Inactive => "is not served now".to_owned(),
        Fault::Circle => {
            let named = i32::try_from(one.circle.len()).unwrap_or(i32::MAX);
            let more = match one.circle_size.saturating_sub(named) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            format!("needs it: {}{more}", one.circle.join(", "))
        }
        Fault::Unspecified => "leads nowhere".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_why_and_the_way_out() {
        let gone = BrokenRequirement {
            fault: Fault::Missing.into(),
            successor: "units/a/services/b".into(),
            ..BrokenRequirement::default()
        };
        assert_eq!(why(&gone), "is not there; units/a/services/b took its place");
        let circle = BrokenRequirement {
            fault: Fault::Circle.into(),
            circle: vec!["units/a/services/b".into(), "units/a/services/c".into()],
            circle_size: 5,
            ..BrokenRequirement::default()
        };
        let told = "needs it: units/a/services/b, units/a/services/c and 3 more";
        assert_eq!(why(&circle), told);
    }
}
