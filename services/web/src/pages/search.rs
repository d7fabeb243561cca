//! A citizen's question: the services that answer it, in which places, and what was not understood.

use std::sync::Arc;

use maud::{Markup, html};
use mpp_api::registry::{
    SearchServicesResponse,
    search_services_response::{Hit, NamedPlace, Place},
};
use mpp_calendar::Zone;
use mpp_core::id_of;
use mpp_form::limits::QUESTION;

use super::{
    Block, Drawn, PageSection, PageView, as_of,
    deviations::name,
    fee::{fees, time},
    heading,
};
use crate::{
    components::{Look, query},
    upstream::SearchAnswer,
    words::{contract, format, local, table as words},
};

/// Places of a service that are named; how many there are is said.
const FEW: usize = 5;

/// Draws the page.
pub fn draw(look: Look, view: &PageView, found: &SearchAnswer) -> Drawn {
    let as_of = as_of(look, view, Zone::Wib);
    let title = match found.question.as_str() {
        "" => look.of(words::SEARCH_TITLE).to_owned(),
        question => words::SEARCH_ANSWER.text(look.lang, &[question]),
    };
    let mut blocks = vec![Block::InHeading(as_of.clone()), Block::One(ask(look, found))];
    if let Some(answer) = &found.answer {
        blocks.push(Block::One(answered(look, view, found, answer)));
    }
    Drawn {
        description: look.of(words::SEARCH_DESCRIPTION).to_owned(),
        notice: words::SAMPLE_TEXT,
        crumbs: vec![("/".to_owned(), look.of(words::NATION).to_owned())],
        heading: heading(look, &html! { (title) }, "", &as_of, false),
        title,
        blocks,
        footer: html! { (look.of(words::SEARCH_SOURCE_LINE)) },
    }
}

/// The field for a question over all services, for any page; complete without script.
pub fn field(look: Look, question: &str) -> Markup {
    html! {
        form.search role="search" action=(look.path("/layanan")) method="get" {
            div {
                label for="tanya" { (look.of(words::SEARCH_ASK)) }
                input.field #tanya name="cari" type="search" maxlength=(QUESTION) autocomplete="off"
                    value=(question);
            }
            button.button type="submit" { (look.of(words::SEARCH)) }
        }
    }
}

/// The same as a part of another page.
pub fn part(look: Look) -> Arc<PageSection> {
    PageSection::new("ask", html! { section #ask { (field(look, "")) } })
}

fn ask(look: Look, found: &SearchAnswer) -> Arc<PageSection> {
    PageSection::new(
        "ask",
        html! {
            section #ask aria-labelledby="ask-title" {
                h2.hidden #ask-title { (look.of(words::SEARCH_TITLE)) }
                (field(look, &found.question))
                @if found.answer.is_none() { p.help { (look.of(words::SEARCH_EXAMPLE)) } }
            }
        },
    )
}

fn answered(
    look: Look,
    view: &PageView,
    found: &SearchAnswer,
    answer: &SearchServicesResponse,
) -> Arc<PageSection> {
    let elsewhere =
        |place: &NamedPlace| place.destination || place.avoided || place.origin || place.unclear;
    let asked = |place: &&NamedPlace| !elsewhere(place) && !place.regions.is_empty();
    let here = answer.named.iter().filter(asked);
    let places: Vec<String> = here.flat_map(|place| regions(view, place)).collect();
    let place = (!places.is_empty()).then(|| either(look, &places));
    PageSection::new(
        "answers",
        html! {
            section #answers aria-labelledby="answers-title" {
                h2 #answers-title { (look.of(words::SERVICES)) (look.mark()) }
                (events(look, answer))
                (verdict(look, answer))
                (understood(look, view, answer))
                @if !answer.hits.is_empty() {
                    ol.hits { @for hit in &answer.hits { (item(look, found, hit, place.as_deref())) } }
                }
                @if !answer.next_page_token.is_empty() {
                    nav.more aria-label=(look.of(words::SEARCH_PAGES)) {
                        a rel="next" href=(next(look, found, answer)) { (look.of(words::SEARCH_NEXT)) }
                    }
                }
            }
        },
    )
}

fn next(look: Look, found: &SearchAnswer, answer: &SearchServicesResponse) -> String {
    let asked = [("cari", found.question.as_str()), ("halaman", &answer.next_page_token)];
    format!("{}?{}", look.path("/layanan"), query(&asked))
}

/// Whether this is an answer at all comes first.
fn verdict(look: Look, answer: &SearchServicesResponse) -> Markup {
    let many = look.number(answer.total_size);
    html! {
        @if answer.hits.is_empty() { p.say { strong { (look.of(words::SEARCH_NONE)) } } }
        @else if answer.weak { p.say { strong { (look.of(words::SEARCH_WEAK)) } } }
        @else { p.help { (words::SEARCH_MANY.text(look.lang, &[&many])) } }
    }
}

/// Life events that the question speaks of: beside the services, never instead of them.
fn events(look: Look, answer: &SearchServicesResponse) -> Markup {
    html! {
        @for event in &answer.life_events {
            @let title = name(look, event.title.as_ref(), &event.life_event);
            p.say {
                (words::SEARCH_LIFE_EVENT.say(look.lang, &[&html! {
                    a href=(look.path(&format!("/{}", event.life_event))) { (title) }
                }]))
            }
        }
    }
}

/// How the question was read: places, and words that no answer has, or that the first one lacks.
fn understood(look: Look, view: &PageView, answer: &SearchServicesResponse) -> Markup {
    html! {
        @for place in &answer.named {
            p.help { (taken_for(look, view, place)) }
        }
        @if !answer.unanswered.is_empty() {
            p.help { (words::SEARCH_UNANSWERED.text(look.lang, &[&answer.unanswered.join(", ")])) }
        }
        @if !answer.uncovered.is_empty() {
            p.help { (words::SEARCH_UNCOVERED.text(look.lang, &[&answer.uncovered.join(", ")])) }
        }
    }
}

/// Explains how words that name a place were read.
fn taken_for(look: Look, view: &PageView, place: &NamedPlace) -> String {
    if place.regions.is_empty() {
        return words::SEARCH_PLACE_UNKNOWN.text(look.lang, &[&place.text]);
    }
    let said = match (place.destination, place.guessed) {
        _ if place.avoided => words::SEARCH_AVOIDED,
        _ if place.origin => words::SEARCH_ORIGIN,
        _ if place.unclear => words::SEARCH_UNCLEAR,
        (true, true) => words::SEARCH_DESTINATION_GUESSED,
        (true, false) => words::SEARCH_DESTINATION,
        (false, true) => words::SEARCH_PLACE_GUESSED,
        (false, false) => words::SEARCH_PLACE,
    };
    said.text(look.lang, &[&either(look, &regions(view, place)), &place.text])
}

/// The regions that a place may mean, by the report's names for them. A code says nothing to a
/// citizen: without a name the text stands as typed.
fn regions(view: &PageView, place: &NamedPlace) -> Vec<String> {
    let named = |region: &String| {
        let province = view.report.provinces.iter().find(|own| own.region == *region);
        let regency = view.report.regions.iter().find(|own| own.region == *region);
        province.map(|own| &own.display_name).or(regency.map(|own| &own.display_name))
    };
    match place.regions.iter().filter_map(named).cloned().collect::<Vec<_>>() {
        unknown if unknown.is_empty() => vec![place.text.clone()],
        known => known,
    }
}

/// "Kabupaten Kediri, Kota Kediri atau Jombang".
fn either(look: Look, names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [before @ .., last] => words::SEARCH_PLACE_OR.text(look.lang, &[&before.join(", "), last]),
    }
}

fn item(look: Look, found: &SearchAnswer, hit: &Hit, place: Option<&str>) -> Markup {
    html! {
        li {
            h3 { a href=(look.path(&format!("/{}", hit.service))) { (local(hit.title.as_ref(), look.lang)) } }
            p { (name(look, found.agencies.get(&hit.agency), &hit.agency)) }
            dl.facts {
                div { dt { (look.of(words::FEE)) } dd { (fees(look, &hit.fees)) } }
                div { dt { (look.of(words::SERVICE_TIME)) } dd { (time(look, hit.time.as_ref())) } }
            }
            (guesses(look, hit))
            (offered(look, hit, place))
        }
    }
}

/// Words that were taken for slips of the pen, or read by their meaning.
fn guesses(look: Look, hit: &Hit) -> Markup {
    html! {
        @for (typed, read) in hit.matched.iter().filter_map(|one| guess(one)) {
            p.help { (words::SEARCH_READ_AS.text(look.lang, &[typed, read])) }
        }
    }
}

/// Offerings: in the place that the question names, and apart from that elsewhere.
fn offered(look: Look, hit: &Hit, place: Option<&str>) -> Markup {
    let count = |number: i32| usize::try_from(number).unwrap_or_default();
    let (all, there) = (count(hit.place_count), count(hit.offered_there));
    let is_cut = all > hit.places.len();
    match place {
        _ if hit.places.is_empty() => html! { p { (look.of(words::SEARCH_NOWHERE)) } },
        Some(place) if there == 0 => html! {
            p { (words::SEARCH_NOT_THERE.text(look.lang, &[place])) }
            (malls(look, &hit.places, all, is_cut))
        },
        Some(place) => {
            // Places in the region that the question names come first.
            let (near, far) = hit.places.split_at(there.min(hit.places.len()));
            let number = format::count(look.lang, there);
            html! {
                p { (words::SEARCH_THERE.text(look.lang, &[place, &number])) }
                (malls(look, near, there, there > near.len()))
                @if all > there {
                    p { (look.of(words::SEARCH_ELSEWHERE)) }
                    (malls(look, far, all - there, is_cut))
                }
            }
        }
        None => html! {
            p { (look.of(words::SEARCH_PLACES)) }
            (malls(look, &hit.places, all, is_cut))
        },
    }
}

/// The first malls of these places, each once however many of its counters offer the service, and
/// how many of all the places are in none of them. If the list of places is cut, the malls of the
/// others are not known here.
fn malls(look: Look, places: &[Place], all: usize, is_cut: bool) -> Markup {
    let mut shown: Vec<&Place> = Vec::new();
    for place in places {
        if shown.len() < FEW && shown.iter().all(|known| known.mall != place.mall) {
            shown.push(place);
        }
    }
    let told = places.iter().filter(|place| shown.iter().any(|known| known.mall == place.mall));
    let more = all.saturating_sub(told.count());
    let others = if is_cut { words::SEARCH_MORE_COUNTERS } else { words::SEARCH_MORE_PLACES };
    html! {
        ul {
            @for place in shown { li { (at(look, place)) } }
            @if more > 0 {
                li { (others.text(look.lang, &[&format::count(look.lang, more)])) }
            }
        }
    }
}

fn at(look: Look, place: &Place) -> Markup {
    let path = look.path(&format!("/malls/{}", id_of(&place.mall)));
    let stage = contract::stage(place.not_serving());
    html! {
        a href=(path) { (name(look, place.mall_name.as_ref(), &place.mall)) }
        @if let Some(stage) = stage { " (" (look.of(stage)) ")" }
    }
}

/// The word as typed, and what it was read as.
fn guess(matched: &str) -> Option<(&str, &str)> {
    [" ~ ", " ≈ "].iter().find_map(|sign| matched.split_once(sign))
}
