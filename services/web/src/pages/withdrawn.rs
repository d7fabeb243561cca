//! A service that is no longer there: since when, by whom, and what takes its place.

use std::sync::Arc;

use maud::{Markup, html};
use mpp_api::{registry::GetWithdrawnServiceResponse, types::tombstone::Reason};
use mpp_calendar::Zone;
use mpp_core::{A_PERSON, SOMEBODY, as_told, id_of};

use super::{Block, Drawn, PageSection, PageView, as_of, deviations, heading};
use crate::{
    components::Look,
    words::{format, local_text, table as words},
};

/// Draws the page of the service of that unit and id.
pub fn draw(
    look: Look,
    view: &PageView,
    (unit, id): (&str, &str),
    gone: &GetWithdrawnServiceResponse,
) -> Drawn {
    let as_of = as_of(look, view, Zone::Wib);
    let title = match local_text(gone.title.as_ref(), look.lang) {
        empty if empty.is_empty() => id.to_owned(),
        title => title,
    };
    let named = deviations::name(look, gone.title.as_ref(), id);
    Drawn {
        description: words::WITHDRAWN_DESCRIPTION.text(look.lang, &[&title]),
        title,
        notice: words::SAMPLE_TEXT,
        crumbs: vec![("/".to_owned(), look.of(words::NATION).to_owned())],
        heading: heading(look, &named, "", &as_of, false),
        blocks: vec![Block::InHeading(as_of), Block::One(facts(look, view, unit, gone))],
        footer: html! { (look.of(words::SOURCE_LINE)) },
    }
}

fn facts(
    look: Look,
    view: &PageView,
    unit: &str,
    gone: &GetWithdrawnServiceResponse,
) -> Arc<PageSection> {
    let what = match gone.tombstone.as_ref().map(|tombstone| tombstone.reason()) {
        Some(Reason::Superseded) => words::WITHDRAWN_SUPERSEDED,
        Some(Reason::Moved) => words::WITHDRAWN_MOVED,
        Some(Reason::Undone) => words::WITHDRAWN_UNDONE,
        _ => words::WITHDRAWN,
    };
    let since = match &gone.withdraw_time {
        Some(time) => look.moment(format::micros(time), Zone::Wib),
        None => html! { (look.of(words::UNKNOWN)) },
    };
    PageSection::new(
        "withdrawn",
        html! {
            section #withdrawn aria-labelledby="withdrawn-title" {
                h2 #withdrawn-title { (look.of(words::WITHDRAWN_TITLE)) (look.mark()) }
                p { (look.of(what)) }
                dl.facts {
                    (look.fact(words::SERVICE_UNIT, html! { (unit) }))
                    (look.fact(words::WITHDRAWN_WHEN, since))
                    (look.fact(words::WITHDRAWN_BY, by(look, view, &gone.actor)))
                    (look.fact(words::WITHDRAWN_SUCCESSOR, successor(look, gone)))
                }
            }
        },
    )
}

/// The author of the withdrawal; a source by the name that the report has for it.
fn by(look: Look, view: &PageView, actor: &str) -> Markup {
    match as_told(actor) {
        "" | SOMEBODY => return html! { (look.of(words::UNKNOWN)) },
        A_PERSON => return html! { (look.of(words::AN_OFFICER)) },
        _ => {}
    }
    let known = view.source(actor);
    match known.and_then(|source| source.display_name.as_ref()) {
        Some(title) => deviations::name(look, Some(title), actor),
        None => html! { (actor) },
    }
}

fn successor(look: Look, gone: &GetWithdrawnServiceResponse) -> Markup {
    let name = gone.tombstone.as_ref().map_or("", |tombstone| tombstone.successor.as_str());
    html! {
        @if name.is_empty() { (look.of(words::WITHDRAWN_NO_SUCCESSOR)) }
        @else { a href=(look.path(&format!("/{name}"))) { (id_of(name)) } }
    }
}
