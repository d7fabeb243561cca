//! `mpp search`.

use clap::Args as ClapArgs;
use mpp_api::{
    registry::{
        SearchServicesRequest, SearchServicesResponse,
        search_service_client::SearchServiceClient,
        search_services_response::{Hit, NamedPlace, Place},
    },
    types::Location,
};
use mpp_core::{Error, FieldCode, Result};

use crate::{
    call::refused,
    client::Client,
    output::{self, Output},
    service::Service,
};

#[derive(ClapArgs)]
pub struct SearchArgs {
    /// A question as one would ask it: "kalau ktp hilang gimana".
    pub query: String,
    /// Nearest first: latitude,longitude.
    #[arg(long, value_name = "LAT,LON", allow_hyphen_values = true)]
    pub near: Option<String>,
    /// Only services offered in this region: 35 or 35.10.
    #[arg(long)]
    pub region: Option<String>,
    /// Only services of this agency: units/kemendagri.
    #[arg(long)]
    pub agency: Option<String>,
    /// Only services without a fee.
    #[arg(long)]
    pub free: bool,
    /// How many hits.
    #[arg(long, default_value_t = 5)]
    pub limit: i32,
}

pub async fn run(args: SearchArgs, client: &Client, output: Output) -> Result<()> {
    let channel = client.channel(Service::Registry)?;
    let near = args.near.as_deref().map(location).transpose()?;
    let request = SearchServicesRequest {
        query: args.query.clone(),
        near,
        region: args.region.unwrap_or_default(),
        agency: args.agency.unwrap_or_default(),
        only_free: args.free,
        page_size: args.limit,
        ..Default::default()
    };
    let answer = SearchServiceClient::new(channel).search_services(request).await;
    let answer = answer.map_err(refused)?.into_inner();
    if output.is_json() {
        say!("{}", output::json(&answer)?);
    } else {
        print(&args.query, &answer, near.is_some());
    }
    Ok(())
}

fn location(text: &str) -> Result<Location> {
    let parsed = text
        .split_once(',')
        .and_then(|(lat, lon)| Some((lat.trim().parse().ok()?, lon.trim().parse().ok()?)));
    let (latitude, longitude) = parsed.ok_or_else(|| {
        Error::field(
            "near",
            FieldCode::Format,
            format!("'{text}' is not a place; write --near -6.2,106.8"),
        )
    })?;
    Ok(Location { latitude, longitude })
}

fn print(query: &str, answer: &SearchServicesResponse, near: bool) {
    if answer.hits.is_empty() {
        say!("No service answers \"{query}\". Try other words, such as the document's name.");
        return;
    }
    if answer.weak {
        say!("{}", doubt(query, answer));
    }
    for (rank, hit) in answer.hits.iter().enumerate() {
        print_hit(rank + 1, hit, &answer.named, near);
    }
    say!("{} of {} services", answer.hits.len(), answer.total_size);
}

/// Nobody should take what is near by its words for the answer.
fn doubt(query: &str, answer: &SearchServicesResponse) -> String {
    let missing = match answer.unanswered.join(", ") {
        none if none.is_empty() => String::new(),
        words => format!(" (no service has: {words})"),
    };
    format!("No service really answers \"{query}\"{missing}. Only near by its words:")
}

/// Where the question names places: whether it is offered there.
fn there(hit: &Hit, named: &[NamedPlace]) -> String {
    let places: Vec<String> = named.iter().map(place_name).collect();
    let places = places.join(" or ");
    match (hit.offered_there, hit.places.is_empty()) {
        (0, true) => format!("not offered in {places}, nor at any other mall"),
        (0, false) => format!("not offered in {places}; elsewhere:"),
        (count, _) => format!("{places}: {count} places"),
    }
}

fn place_name(place: &NamedPlace) -> String {
    let doubt = if place.guessed { " (if that is a place)" } else { "" };
    format!("{}{doubt}", place.text)
}

fn print_hit(rank: usize, hit: &Hit, named: &[NamedPlace], near: bool) {
    let title = hit.title.clone().unwrap_or_default();
    say!("{rank}. {}  [{}]", title.id, hit.service);
    say!("   fee {}", output::fees(&hit.fees));
    say!("   time {}", output::time(hit.time.as_ref()));
    if !named.is_empty() {
        say!("   {}", there(hit, named));
    }
    for place in hit.places.iter().take(3) {
        say!("   {}", place_line(place, near));
    }
    if hit.place_count > 3 {
        say!("   … {} places in all", hit.place_count);
    }
}

fn place_line(place: &Place, near: bool) -> String {
    let mall = place.mall_display_name.clone().unwrap_or_default().id;
    let distance = if near { format!("{:6.1} km  ", place.distance_km) } else { String::new() };
    format!("{distance}{mall}  [{}]", place.offering)
}
