//! The command `mpp search`.

use clap::Args as ClapArgs;
use mpp_api::{
    registry::{
        SearchServicesRequest, SearchServicesResponse,
        mall::Stage,
        search_service_client::SearchServiceClient,
        search_services_response::{FoundLifeEvent, Hit, NamedPlace, Place},
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
    /// Also services that their owner does not serve now.
    #[arg(long)]
    pub inactive: bool,
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
        include_inactive: args.inactive,
        page_size: args.limit,
        ..Default::default()
    };
    let answer = SearchServiceClient::new(channel).search_services(request).await;
    let answer = answer.map_err(refused)?.into_inner();
    if output.is_json() {
        say!("{}", output::json(&answer)?);
    } else {
        print(&args.query, &answer, near.is_some());
        if !args.inactive && (answer.weak || answer.hits.is_empty()) {
            say!("Services that their owners do not serve now are left out; --inactive shows them");
        }
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
    } else if answer.weak {
        say!("No service really answers \"{query}\". Only near by its words:");
    }
    for line in understood(answer) {
        say!("{line}");
    }
    answer.life_events.iter().for_each(|event| say!("{}", spoken_of(event)));
    for (rank, hit) in answer.hits.iter().enumerate() {
        print_hit(rank + 1, hit, &answer.named, near);
    }
    if !answer.hits.is_empty() {
        say!("{} of {} services", answer.hits.len(), answer.total_size);
    }
}

/// A life event that the question speaks of, beside its services.
fn spoken_of(event: &FoundLifeEvent) -> String {
    let title = output::english(event.title.as_ref());
    let example = if event.example { " (example)" } else { "" };
    format!("A life event: {title}{example}; `mpp steps {}` shows the whole path", event.life_event)
}

/// How the question was read, whether or not it was answered, so that hits which only share its
/// words are not taken for the answer.
fn understood(answer: &SearchServicesResponse) -> Vec<String> {
    let said = |what: &str, words: &[String]| {
        (!words.is_empty()).then(|| format!("{what}: {}", words.join(", ")))
    };
    let matched = answer.hits.first().into_iter().flat_map(|hit| &hit.matched);
    let by = |sign: &str| matched.clone().filter(|one| one.contains(sign)).cloned().collect();
    let (slips, meant): (Vec<String>, Vec<String>) = (by(" ~ "), by(" ≈ "));
    let words = [
        said("Read as a slip of the pen", &slips),
        said("Read as a word of about the same meaning", &meant),
        said("No service has", &answer.unanswered),
        said("Nothing says that the first covers", &answer.uncovered),
    ];
    words.into_iter().flatten().chain(answer.named.iter().map(taken_for)).collect()
}

/// Explains how a word that names a place was read.
fn taken_for(place: &NamedPlace) -> String {
    let NamedPlace { text, guessed, destination, avoided, origin, unclear, .. } = place;
    match region_names(place).join(" or ") {
        none if none.is_empty() => {
            format!(
                "\"{text}\" is no place that the index knows: whether it is offered there cannot be said"
            )
        }
        names if *destination => {
            format!("\"{text}\" is where one goes ({names}), and no preference")
        }
        names if *origin => format!("\"{text}\" is whence one comes ({names}), and no preference"),
        names if *avoided => {
            format!(
                "\"{text}\" is where one does not want to ask ({names}): offers there come last"
            )
        }
        names if *unclear => {
            format!(
                "whether \"{text}\" ({names}) is wanted or refused is not understood: no preference"
            )
        }
        names if *guessed => format!("\"{text}\" may be a place: {names}"),
        names => format!("\"{text}\" is taken for a place: {names}"),
    }
}

/// The regions by name; by resource name if the registry is of an older form that tells no names.
fn region_names(place: &NamedPlace) -> &[String] {
    let named = place.display_names.len() == place.regions.len();
    if named { &place.display_names } else { &place.regions }
}

/// The places where one asks, by name.
fn asked_in(named: &[NamedPlace]) -> Vec<String> {
    let elsewhere =
        |place: &NamedPlace| place.destination || place.avoided || place.origin || place.unclear;
    let asked = |place: &&NamedPlace| !elsewhere(place) && !place.regions.is_empty();
    let here = named.iter().filter(asked);
    here.map(place_name).collect()
}

/// A note whether it is offered in the places that the question names.
fn there(hit: &Hit, places: &[String]) -> String {
    let places = places.join(" or ");
    match (hit.offered_there, hit.places.is_empty()) {
        (0, true) => format!("not offered in {places}, nor at any other mall"),
        (0, false) => format!("not offered in {places}; elsewhere:"),
        (1, _) => format!("{places}: 1 place"),
        (count, _) => format!("{places}: {count} places"),
    }
}

fn place_name(place: &NamedPlace) -> String {
    let doubt = if place.guessed { " (if that is a place)" } else { "" };
    format!("{}{doubt}", place.text)
}

fn print_hit(rank: usize, hit: &Hit, named: &[NamedPlace], near: bool) {
    let title = hit.title.clone().unwrap_or_default();
    let state = if hit.inactive { ", not served now" } else { "" };
    say!("{rank}. {}{state}  [{}]", title.id, hit.service);
    say!("   fee {}", output::fees(&hit.fees));
    say!("   time {}", output::time(hit.time.as_ref()));
    let places = asked_in(named);
    if !places.is_empty() {
        say!("   {}", there(hit, &places));
    }
    for place in hit.places.iter().take(3) {
        say!("   {}", place_line(place, near));
    }
    if hit.place_count > 3 {
        say!("   … {} places in all", hit.place_count);
    }
}

fn place_line(place: &Place, near: bool) -> String {
    let mall = place.mall_name.clone().unwrap_or_default().id;
    let distance = if near { format!("{:6.1} km  ", place.distance_km) } else { String::new() };
    let state = match place.not_serving() {
        Stage::Unspecified => String::new(),
        stage => format!(", not serving now: {}", output::word(stage.as_str_name())),
    };
    format!("{distance}{mall}{state}  [{}]", place.offering)
}
