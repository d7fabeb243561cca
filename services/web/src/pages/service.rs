//! A service as it is published: what it asks for and gives, where it is offered, and which of its
//! fields a curator has set over its source's, with what the source says.

pub(super) mod more;
pub(super) mod steps;

use std::sync::Arc;

use maud::{Markup, html};
use mpp_api::registry::{Service, StandardLink, service::State};
use mpp_calendar::Zone;
use mpp_core::id_of;

use super::{
    Block, Drawn, PageSection, PageView, as_of, compared, deviations, fee, heading, overrides,
};
use crate::{
    components::{Look, Tone, tag},
    upstream::ServiceData,
    words::{contract, format, local, local_text, table as words},
};

/// Draws the page.
pub fn draw(look: Look, view: &PageView, data: &ServiceData) -> Drawn {
    let service = &data.service;
    let as_of = as_of(look, view, Zone::Wib);
    let title = local_text(service.title.as_ref(), look.lang);
    Drawn {
        title: title.clone(),
        description: words::SERVICE_DESCRIPTION.text(look.lang, &[&title]),
        notice: words::SAMPLE_TEXT,
        crumbs: vec![("/".to_owned(), look.of(words::NATION).to_owned())],
        heading: heading(look, &local(service.title.as_ref(), look.lang), "", &as_of, false),
        blocks: vec![
            Block::InHeading(as_of),
            Block::One(facts(look, view, data)),
            Block::One(steps::part(look, data.steps.as_ref())),
            Block::One(places(look, view, data.malls.as_deref())),
            Block::One(compared::part(look, data.standard.as_ref(), data.comparison.as_ref())),
            Block::One(overrides::part(look, service)),
        ],
        footer: html! { (look.of(words::SOURCE_LINE)) },
    }
}

fn facts(look: Look, view: &PageView, data: &ServiceData) -> Arc<PageSection> {
    let service = &data.service;
    let name = service.name.split("/services/").next().unwrap_or_default();
    let title = data.unit.as_ref().and_then(|unit| unit.display_name.as_ref());
    PageSection::new(
        "service",
        html! {
            section #service aria-labelledby="service-title" {
                h2.hidden #service-title { (look.of(words::SERVICE)) }
                @if service.state() == State::Inactive {
                    p { strong { (look.of(words::SERVICE_INACTIVE)) } }
                }
                dl.facts {
                    (look.fact(words::SERVICE_UNIT, deviations::name(look, title, name)))
                    (look.fact(words::SERVICE_SOURCE, source(look, view, service)))
                    @if let Some(link) = &data.standard {
                        (look.fact(words::SERVICE_STANDARD, standard(look, link)))
                    }
                    (look.fact(words::FEE, fee::fees(look, &service.fees)))
                    (look.fact(words::SERVICE_TIME, fee::time(look, service.time.as_ref())))
                    (more::facts(look, service))
                }
                @if !service.requirements.is_empty() {
                    h3 { (look.of(words::SERVICE_REQUIREMENTS)) }
                    ol {
                        @for asked in &service.requirements {
                            li { (more::requirement(look, asked)) }
                        }
                    }
                }
                (more::lists(look, service))
            }
        },
    )
}

/// The standard that it is of, where other places have it as well.
fn standard(look: Look, link: &StandardLink) -> Markup {
    let title = deviations::name(look, link.standard_title.as_ref(), &link.standard);
    html! {
        a href=(look.path(&format!("/{}", link.standard))) { (title) }
        @if link.standard_example { " " (tag(Tone::None, look.of(words::STANDARD_EXAMPLE_MARK))) }
    }
}

/// The source by the name that the report has for it.
fn source(look: Look, view: &PageView, service: &Service) -> Markup {
    if service.source.is_empty() {
        return html! { (look.of(words::SERVICE_BY_HAND)) };
    }
    let known = view.source(&service.source);
    let title = known.and_then(|source| source.display_name.as_ref());
    deviations::name(look, title, &service.source)
}

/// The malls that offer it, each once, with its region.
fn places(look: Look, view: &PageView, malls: Option<&[String]>) -> Arc<PageSection> {
    let known = malls.unwrap_or_default();
    let many = format::count(look.lang, known.len());
    PageSection::new(
        "places",
        html! {
            section #places aria-labelledby="places-title" {
                h2 #places-title { (look.of(words::SERVICE_PLACES)) (look.mark()) }
                @if malls.is_none() { p.help { (look.of(words::UNKNOWN)) } }
                @else if known.is_empty() { p { (look.of(words::SEARCH_NOWHERE)) } }
                @else { p.help { (words::SERVICE_PLACES_MANY.text(look.lang, &[&many])) } }
                ul { @for mall in known { li { (at(look, view, mall)) } } }
            }
        },
    )
}

/// A mall by the name that the report has for it, and its region.
fn at(look: Look, view: &PageView, mall: &str) -> Markup {
    let reported = view.report.malls.iter().find(|own| own.mall == mall);
    let title = reported.and_then(|own| own.display_name.as_ref());
    let path = look.path(&format!("/malls/{}", id_of(mall)));
    html! {
        a href=(path) { (deviations::name(look, title, mall)) }
        @if let Some(own) = reported {
            ", " a href=(look.path(&format!("/{}", own.region))) { (own.region_name) }
            @if let Some(stage) = (!own.operates).then(|| contract::stage(own.stage())).flatten() {
                " (" (look.of(stage)) ")"
            }
        }
    }
}
