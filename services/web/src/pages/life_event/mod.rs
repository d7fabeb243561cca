//! A life event, step by step: what is to be done, where in the chosen mall, and what to bring.

mod documents;
mod goals;
mod hours;
mod path;

use std::sync::Arc;

use maud::{Markup, html};
use mpp_api::registry::search_services_response::Place;
use mpp_calendar::Zone;
use mpp_core::id_of;

use super::{Block, Drawn, PageSection, PageView, as_of, deviations, heading};
use crate::{
    components::{Look, link},
    upstream::PathData,
    words::{indonesian, local, local_text, table as words},
};

/// Draws the page.
pub fn draw(look: Look, view: &PageView, data: &PathData) -> Drawn {
    let as_of = as_of(look, view, Zone::Wib);
    let title = local_text(data.answer.title.as_ref(), look.lang);
    let crumbs = [("/", words::NATION), ("/lifeEvents", words::LIFE_EVENTS)];
    Drawn {
        title: title.clone(),
        description: words::LIFE_EVENT_DESCRIPTION.text(look.lang, &[&title]),
        notice: words::SAMPLE_TEXT,
        crumbs: crumbs.map(|(path, name)| (path.to_owned(), look.of(name).to_owned())).to_vec(),
        heading: heading(look, &local(data.answer.title.as_ref(), look.lang), "", &as_of, false),
        blocks: vec![
            Block::InHeading(as_of),
            Block::One(about(look, view, data)),
            Block::One(goals::part(look, view, data)),
            Block::One(path::steps(look, data)),
            Block::One(path::stops(look, view, data)),
            Block::One(documents::brought(look, data)),
            Block::One(documents::taken_along(look, data)),
        ],
        footer: html! { (look.of(words::SOURCE_LINE)) },
    }
}

/// What it is about, where its goals were read, and the mall where one goes.
fn about(look: Look, view: &PageView, data: &PathData) -> Arc<PageSection> {
    let event = &data.answer;
    PageSection::new(
        "life-event",
        html! {
            section #life-event aria-labelledby="life-event-title" {
                h2.hidden #life-event-title { (look.of(words::LIFE_EVENTS)) }
                @if let Some(said) = &event.description { p.say { (local(Some(said), look.lang)) } }
                @if event.example { p { strong { (look.of(words::LIFE_EVENT_EXAMPLE)) } } }
                @if let Some(origin) = &event.origin {
                    dl.facts { (look.fact(words::EVENT_ORIGIN, html! {
                        (words::STANDARD_READ_ON.say(look.lang, &[
                            &html! { (indonesian(&origin.title, look.lang)) " (" (link(&origin.uri)) ")" },
                            &look.date(&origin.read_date),
                        ]))
                    })) }
                }
                (choice(look, view, data))
            }
        },
    )
}

/// The malls that serve, by their names; complete without script.
fn choice(look: Look, view: &PageView, data: &PathData) -> Markup {
    let serving = view.report.malls.iter();
    let serving = serving.filter(|mall| mall.operates || id_of(&mall.mall) == data.mall);
    let mut malls: Vec<(String, &str)> = serving
        .map(|mall| (local_text(mall.display_name.as_ref(), look.lang), id_of(&mall.mall)))
        .collect();
    malls.sort();
    let chosen = malls.iter().find(|(_, id)| *id == data.mall);
    html! {
        form.search.asks action=(look.path(&format!("/{}", data.name))) method="get" {
            div {
                label for="mal" { (look.of(words::EVENT_MALL)) }
                select.field #mal name="mal" {
                    option value="" selected[data.mall.is_empty()] { (look.of(words::EVENT_NO_MALL)) }
                    @for (name, id) in &malls {
                        option value=(id) selected[*id == data.mall] { (name) }
                    }
                }
            }
            (had(look, data))
            button.button type="submit" { (look.of(words::EVENT_CHOOSE)) }
        }
        p.help {
            @if let Some((name, id)) = chosen {
                (words::EVENT_IN_MALL.say(look.lang, &[&html! {
                    a href=(look.path(&format!("/malls/{id}"))) { (name) }
                }]))
            } @else { (look.of(words::EVENT_ANY_MALL)) }
        }
        @if let Some(said) = hours::stage(view, data) { p { strong { (look.of(said)) } } }
    }
}

/// What one has already, out of what the path gives.
fn had(look: Look, data: &PathData) -> Markup {
    html! {
        @if !data.gives.is_empty() {
            fieldset {
                legend { (look.of(words::EVENT_HAD)) }
                @for one in &data.gives {
                    div { label {
                        input type="checkbox" name="punya" value=(one.service)
                            checked[data.has.contains(&one.service)];
                        " " (deviations::name(look, one.title.as_ref(), &one.service))
                    } }
                }
            }
        }
    }
}

/// A mall, one click away, with how far it is.
fn place(look: Look, place: &Place) -> Markup {
    let path = look.path(&format!("/malls/{}", id_of(&place.mall)));
    let name = deviations::name(look, place.mall_name.as_ref(), &place.mall);
    let name = html! { a href=(path) { (name) } };
    // A whole number of kilometres is as much as a straight line tells.
    let far = place.distance_km.round() as i64;
    html! {
        @if far > 0 { (words::AT_KILOMETRES.say(look.lang, &[&name, &look.number(far)])) }
        @else { (name) }
    }
}
