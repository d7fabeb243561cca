//! `mpp adoption`: how many services follow their standards, by standard, region or body.

use std::pin::pin;

use clap::{Args as ClapArgs, ValueEnum};
use futures::TryStreamExt as _;
use mpp_api::registry::{
    Adoption, CountAdoptionRequest, count_adoption_request::Group,
    standard_service_client::StandardServiceClient,
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
pub struct AdoptionArgs {
    /// A standard; else all.
    #[arg(default_value = "standards/-")]
    pub standard: String,
    /// What a line is about.
    #[arg(long, value_enum, default_value = "standard")]
    pub by: By,
    /// Only services of this region: 35 or 35.10.
    #[arg(long, default_value = "")]
    pub region: String,
    /// Only services of this unit and of the units below it.
    #[arg(long, default_value = "")]
    pub unit: String,
}

/// What a line is about.
#[derive(Clone, Copy, ValueEnum)]
pub enum By {
    /// A standard.
    Standard,
    /// A province.
    Province,
    /// A regency, a city, or whatever region the owner is of.
    Region,
    /// The topmost unit above the service.
    Agency,
    /// The unit that owns the service.
    Unit,
    /// All of them: one line.
    All,
}

const HEADINGS: [&str; 10] = [
    "of",
    "services",
    "follow",
    "differ",
    "by words",
    "explained",
    "not known",
    "adopted",
    "announced",
    "title",
];

pub async fn run(args: AdoptionArgs, client: &Client, output: Output) -> Result<()> {
    let channel = client.channel(Service::Registry)?;
    let request = request(args);
    let mut pages = pin!(pages(|page_token| {
        let mut client = StandardServiceClient::new(channel.clone());
        let request = CountAdoptionRequest { page_token, ..request.clone() };
        async move {
            let answer = client.count_adoption(request).await.map_err(refused)?.into_inner();
            let next = answer.next_page_token.clone();
            Ok::<_, Error>((answer, next))
        }
    }));
    let mut table = TextTable::new(HEADINGS);
    while let Some(answer) = pages.try_next().await? {
        for one in &answer.adoptions {
            if output.is_json() {
                say!("{}", output::json(one)?);
            } else {
                table.row(cells(one));
            }
        }
    }
    match table.is_empty() {
        _ if output.is_json() => {}
        true => say!("Nothing is counted: no service is confirmed to be of a standard there."),
        false => table.print(),
    }
    Ok(())
}

fn request(args: AdoptionArgs) -> CountAdoptionRequest {
    CountAdoptionRequest {
        parent: args.standard,
        group: group(args.by).into(),
        region: args.region,
        unit: args.unit,
        page_size: PAGE,
        ..CountAdoptionRequest::default()
    }
}

fn group(by: By) -> Group {
    match by {
        By::Standard => Group::Standard,
        By::Province => Group::Province,
        By::Region => Group::Region,
        By::Agency => Group::Agency,
        By::Unit => Group::Unit,
        By::All => Group::All,
    }
}

fn cells(one: &Adoption) -> [String; 10] {
    let left_out = match one.left_out {
        0 => String::new(),
        many => format!(" (+{many} not compared)"),
    };
    let example = if one.example { " (example)" } else { "" };
    let number = |many: i32| many.to_string();
    [
        one.key.clone(),
        format!("{}{left_out}", one.services),
        number(one.follows),
        number(one.differs - one.differs_by_words),
        number(one.differs_by_words),
        number(one.explained),
        number(one.unknown),
        number(one.adopted),
        announced(one),
        format!("{}{example}", output::english(one.title.as_ref())),
    ]
}

/// "2: from 2027-01-01, 3 ahead"; how many follow what is announced.
fn announced(one: &Adoption) -> String {
    let version = match one.announced_version.as_str() {
        "" => String::new(),
        version => format!("{version}: "),
    };
    match (one.announced_from.as_str(), one.ahead) {
        ("", 0) => String::new(),
        ("", many) => format!("{many} ahead"),
        (day, many) => format!("{version}from {day}, {many} ahead"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_compared_is_told() {
        let one = Adoption {
            key: "35".into(),
            services: 3,
            differs: 1,
            left_out: 2,
            ..Adoption::default()
        };
        assert_eq!(cells(&one)[..5], ["35", "3 (+2 not compared)", "0", "1", "0"]);
    }

    #[test]
    fn what_differs_by_words_alone_and_what_is_announced_stand_apart() {
        let one = Adoption {
            differs: 5,
            differs_by_words: 2,
            announced_from: "2027-01-01".into(),
            announced_version: "2".into(),
            ahead: 3,
            ..Adoption::default()
        };
        let cells = cells(&one);
        assert_eq!((cells[3].as_str(), cells[4].as_str()), ("3", "2"));
        assert_eq!(cells[8], "2: from 2027-01-01, 3 ahead");
    }
}
