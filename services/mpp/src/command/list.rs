//! `mpp list`: records of a kind, page by page.

use clap::{Args as ClapArgs, ValueEnum};
use mpp_api::{
    registry::{
        ListCountersRequest, ListMallsRequest, ListOfferingsRequest, ListRegionsRequest,
        ListServicesRequest, ListUnitsRequest, ListWindowsRequest,
        catalog_service_client::CatalogServiceClient,
        directory_service_client::DirectoryServiceClient,
    },
    scheduling::{ListHoursRulesRequest, hours_service_client::HoursServiceClient},
};
use mpp_core::Result;
use mpp_rpc::Channel;
use prost::{Message, Name};

use crate::{
    call::refused,
    client::Client,
    output::{self, Output, Table},
    service::Service,
};

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    Regions,
    Units,
    Malls,
    Counters,
    Windows,
    Services,
    Offerings,
    HoursRules,
}

#[derive(ClapArgs)]
pub struct ListArgs {
    #[arg(value_enum)]
    pub kind: Kind,
    /// Below this record: a mall for counters, a counter for windows, a unit for services, …
    #[arg(long)]
    pub parent: Option<String>,
    /// Regions as of this day.
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
    /// At most so many; 0: all.
    #[arg(long, default_value_t = 50)]
    pub limit: usize,
}

/// Records asked for at a time.
const PAGE: i32 = 500;

/// A line of the list: its name, what it is called, and what else matters.
struct Line {
    json: String,
    name: String,
    title: String,
    note: String,
}

struct Page {
    lines: Vec<Line>,
    next: String,
}

pub async fn run(args: ListArgs, client: &Client, output: Output) -> Result<()> {
    let service =
        if args.kind == Kind::HoursRules { Service::Scheduling } else { Service::Registry };
    let channel = mpp_rpc::connect(&client.endpoint(service)?)?;
    let mut lines = Vec::new();
    let mut token = String::new();
    loop {
        let page = page(&args, channel.clone(), token).await?;
        lines.extend(page.lines);
        token = page.next;
        if token.is_empty() || (args.limit > 0 && lines.len() >= args.limit) {
            break;
        }
    }
    let more = !token.is_empty() || (args.limit > 0 && lines.len() > args.limit);
    lines.truncate(if args.limit == 0 { usize::MAX } else { args.limit });
    print(&lines, more, output);
    Ok(())
}

fn print(lines: &[Line], more: bool, output: Output) {
    if output.is_json() {
        lines.iter().for_each(|line| println!("{}", line.json));
        return;
    }
    let mut table = Table::new(["name", "title", "note"]);
    for line in lines {
        table.row([line.name.clone(), line.title.clone(), line.note.clone()]);
    }
    table.print();
    if more {
        println!("… there are more; --limit 0 shows all");
    }
}

fn line<M: Message + Name>(record: &M, name: &str, title: String, note: String) -> Result<Line> {
    Ok(Line { json: output::json(record)?, name: name.to_owned(), title, note })
}

fn title(text: Option<&mpp_api::types::LocalizedText>) -> String {
    text.map(|text| text.id.clone()).unwrap_or_default()
}

async fn page(args: &ListArgs, channel: Channel, page_token: String) -> Result<Page> {
    match args.kind {
        Kind::Regions => regions(args, channel, page_token).await,
        Kind::Units => units(args, channel, page_token).await,
        Kind::Malls => malls(args, channel, page_token).await,
        Kind::Counters => counters(args, channel, page_token).await,
        Kind::Windows => windows(args, channel, page_token).await,
        Kind::Services => services(args, channel, page_token).await,
        Kind::Offerings => offerings(args, channel, page_token).await,
        Kind::HoursRules => hours_rules(args, channel, page_token).await,
    }
}

fn parent(args: &ListArgs, all: &str) -> String {
    args.parent.clone().unwrap_or_else(|| all.to_owned())
}

async fn regions(args: &ListArgs, channel: Channel, page_token: String) -> Result<Page> {
    let request = ListRegionsRequest {
        as_of: args.as_of.clone().unwrap_or_default(),
        parent: parent(args, ""),
        page_size: PAGE,
        page_token,
        ..Default::default()
    };
    let answer = DirectoryServiceClient::new(channel)
        .list_regions(request)
        .await
        .map_err(refused)?
        .into_inner();
    let lines = answer
        .regions
        .iter()
        .map(|r| line(r, &r.name, r.display_name.clone(), r.time_zone.clone()));
    Ok(Page { lines: lines.collect::<Result<_>>()?, next: answer.next_page_token })
}

async fn units(args: &ListArgs, channel: Channel, page_token: String) -> Result<Page> {
    let request = ListUnitsRequest {
        parent: parent(args, ""),
        page_size: PAGE,
        page_token,
        ..Default::default()
    };
    let answer = DirectoryServiceClient::new(channel)
        .list_units(request)
        .await
        .map_err(refused)?
        .into_inner();
    let lines = answer
        .units
        .iter()
        .map(|u| line(u, &u.name, title(u.display_name.as_ref()), u.parent.clone()));
    Ok(Page { lines: lines.collect::<Result<_>>()?, next: answer.next_page_token })
}

async fn malls(args: &ListArgs, channel: Channel, page_token: String) -> Result<Page> {
    let request = ListMallsRequest {
        region: parent(args, ""),
        page_size: PAGE,
        page_token,
        ..Default::default()
    };
    let answer = DirectoryServiceClient::new(channel)
        .list_malls(request)
        .await
        .map_err(refused)?
        .into_inner();
    let note = |m: &mpp_api::registry::Mall| {
        let stage = mpp_api::word(m.stage().as_str_name()).to_lowercase();
        format!("{} {stage} {}", m.region, m.time_zone)
    };
    let lines =
        answer.malls.iter().map(|m| line(m, &m.name, title(m.display_name.as_ref()), note(m)));
    Ok(Page { lines: lines.collect::<Result<_>>()?, next: answer.next_page_token })
}

async fn counters(args: &ListArgs, channel: Channel, page_token: String) -> Result<Page> {
    let request = ListCountersRequest {
        parent: parent(args, "malls/-"),
        page_size: PAGE,
        page_token,
        ..Default::default()
    };
    let answer = DirectoryServiceClient::new(channel)
        .list_counters(request)
        .await
        .map_err(refused)?
        .into_inner();
    let lines = answer
        .counters
        .iter()
        .map(|c| line(c, &c.name, title(c.display_name.as_ref()), c.unit.clone()));
    Ok(Page { lines: lines.collect::<Result<_>>()?, next: answer.next_page_token })
}

async fn windows(args: &ListArgs, channel: Channel, page_token: String) -> Result<Page> {
    let request = ListWindowsRequest {
        parent: parent(args, "malls/-/counters/-"),
        page_size: PAGE,
        page_token,
        ..Default::default()
    };
    let answer = DirectoryServiceClient::new(channel)
        .list_windows(request)
        .await
        .map_err(refused)?
        .into_inner();
    let lines = answer
        .windows
        .iter()
        .map(|w| line(w, &w.name, title(w.display_name.as_ref()), String::new()));
    Ok(Page { lines: lines.collect::<Result<_>>()?, next: answer.next_page_token })
}

async fn services(args: &ListArgs, channel: Channel, page_token: String) -> Result<Page> {
    let request = ListServicesRequest {
        parent: parent(args, "units/-"),
        page_size: PAGE,
        page_token,
        ..Default::default()
    };
    let answer = CatalogServiceClient::new(channel)
        .list_services(request)
        .await
        .map_err(refused)?
        .into_inner();
    let lines = answer
        .services
        .iter()
        .map(|s| line(s, &s.name, title(s.title.as_ref()), output::fees(&s.fees)));
    Ok(Page { lines: lines.collect::<Result<_>>()?, next: answer.next_page_token })
}

async fn offerings(args: &ListArgs, channel: Channel, page_token: String) -> Result<Page> {
    let request = ListOfferingsRequest {
        parent: parent(args, "malls/-"),
        page_size: PAGE,
        page_token,
        ..Default::default()
    };
    let answer = CatalogServiceClient::new(channel)
        .list_offerings(request)
        .await
        .map_err(refused)?
        .into_inner();
    let note = |o: &mpp_api::registry::Offering| {
        let state = mpp_api::word(o.state().as_str_name()).to_lowercase();
        format!("{state}, {}", output::fees(&o.effective_fees))
    };
    let lines =
        answer.offerings.iter().map(|o| line(o, &o.name, title(o.service_title.as_ref()), note(o)));
    Ok(Page { lines: lines.collect::<Result<_>>()?, next: answer.next_page_token })
}

async fn hours_rules(args: &ListArgs, channel: Channel, page_token: String) -> Result<Page> {
    let request = ListHoursRulesRequest {
        target: parent(args, ""),
        page_size: PAGE,
        page_token,
        ..Default::default()
    };
    let answer = HoursServiceClient::new(channel)
        .list_hours_rules(request)
        .await
        .map_err(refused)?
        .into_inner();
    let lines = answer
        .hours_rules
        .iter()
        .map(|rule| line(rule, &rule.name, rule.target.clone(), rule.source.clone()));
    Ok(Page { lines: lines.collect::<Result<_>>()?, next: answer.next_page_token })
}
