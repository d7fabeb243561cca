//! All life events: what people come for, in their own words.

use maud::{Markup, html};
use mpp_api::registry::LifeEvent;
use mpp_calendar::Zone;

use super::{Block, Drawn, PageSection, PageView, as_of, deviations, heading, search};
use crate::{
    components::{Look, Tone, query, tag},
    upstream::LifeEventsData,
    words::{format, local, table as words},
};

/// Draws the page.
pub fn draw(look: Look, view: &PageView, data: &LifeEventsData) -> Drawn {
    let as_of = as_of(look, view, Zone::Wib);
    let title = look.of(words::LIFE_EVENTS);
    Drawn {
        title: title.to_owned(),
        description: look.of(words::LIFE_EVENTS_DESCRIPTION).to_owned(),
        notice: words::SAMPLE_TEXT,
        crumbs: vec![("/".to_owned(), look.of(words::NATION).to_owned())],
        heading: heading(look, &html! { (title) }, "", &as_of, false),
        blocks: vec![
            Block::InHeading(as_of),
            Block::One(search::part(look)),
            Block::One(PageSection::new("life-events", body(look, data))),
        ],
        footer: html! { (look.of(words::SOURCE_LINE)) },
    }
}

fn body(look: Look, data: &LifeEventsData) -> Markup {
    let found = &data.found;
    html! {
        section #life-events aria-labelledby="life-events-title" {
            h2.hidden #life-events-title { (look.of(words::LIFE_EVENTS)) }
            @if found.life_events.is_empty() { p.help { (look.of(words::LIFE_EVENTS_NONE)) } }
            @else {
                p.say { (look.of(words::LIFE_EVENTS_SAY)) }
                ul.hits { @for event in &found.life_events { li { (line(look, data, event)) } } }
            }
            @if !found.next_page_token.is_empty() {
                p.more { a href=(address(look, "/lifeEvents", data, &found.next_page_token)) {
                    (look.of(words::STANDARDS_NEXT))
                } }
            }
        }
    }
}

fn line(look: Look, data: &LifeEventsData, event: &LifeEvent) -> Markup {
    let title = deviations::name(look, event.title.as_ref(), &event.name);
    let goals = format::count(look.lang, event.goals.len());
    html! {
        h3 {
            a href=(address(look, &format!("/{}", event.name), data, "")) { (title) }
            @if event.example { " " (tag(Tone::None, look.of(words::STANDARD_EXAMPLE_MARK))) }
        }
        @if let Some(said) = &event.description { p { (local(Some(said), look.lang)) } }
        p.minor { (words::LIFE_EVENT_GOALS.text(look.lang, &[&goals])) }
    }
}

/// An address that keeps the mall.
fn address(look: Look, path: &str, data: &LifeEventsData, page: &str) -> String {
    let asked = [("mal", data.mall.as_str()), ("halaman", page)];
    let asked: Vec<_> = asked.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    match asked.as_slice() {
        [] => look.path(path),
        asked => format!("{}?{}", look.path(path), query(asked)),
    }
}
