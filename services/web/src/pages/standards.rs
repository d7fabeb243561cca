//! All standard services: how many services are of each, and in how many components they differ.

use maud::{Markup, html};
use mpp_api::registry::{Divergence, list_divergences_response::Looked};
use mpp_calendar::Zone;

use super::{Block, Drawn, PageSection, PageView, as_of, deviations, heading, search};
use crate::{
    components::{
        Look, Tone,
        table::{Column, TableRow, table},
        tag,
    },
    upstream::StandardsData,
    words::{format, table as words},
};

/// Draws the page.
pub fn draw(look: Look, view: &PageView, data: &StandardsData) -> Drawn {
    let as_of = as_of(look, view, Zone::Wib);
    let title = look.of(words::STANDARDS);
    Drawn {
        title: title.to_owned(),
        description: look.of(words::STANDARDS_DESCRIPTION).to_owned(),
        notice: words::SAMPLE_TEXT,
        crumbs: vec![("/".to_owned(), look.of(words::NATION).to_owned())],
        heading: heading(look, &html! { (title) }, "", &as_of, false),
        blocks: vec![
            Block::InHeading(as_of),
            Block::One(search::part(look)),
            Block::One(PageSection::new("standards", body(look, data))),
        ],
        footer: html! { (look.of(words::SOURCE_LINE)) },
    }
}

fn body(look: Look, data: &StandardsData) -> Markup {
    let found = &data.found;
    let columns = [
        Column::text(words::STANDARD),
        Column::number(words::STANDARD_SERVICES),
        Column::number(words::STANDARD_DIFFERS),
    ];
    let rows: Vec<TableRow> = found.looked.iter().map(|looked| row(look, data, looked)).collect();
    let caption = html! { (look.of(words::STANDARDS_CAPTION)) };
    html! {
        section #standards aria-labelledby="standards-title" {
            h2.hidden #standards-title { (look.of(words::STANDARDS)) }
            @if !data.is_compared { p.note { (look.of(words::STANDARDS_ALONE)) } }
            @if rows.is_empty() { p.help { (look.of(words::STANDARDS_NONE)) } }
            @else { (table(look, "dense", &caption, &columns, &rows)) }
            @if !found.next_page_token.is_empty() {
                p.more { a href=(look.path(&format!("/standards?halaman={}", found.next_page_token))) {
                    (look.of(words::STANDARDS_NEXT))
                } }
            }
        }
    }
}

fn row(look: Look, data: &StandardsData, looked: &Looked) -> TableRow {
    let title = deviations::name(look, looked.title.as_ref(), &looked.standard);
    let name = html! {
        a href=(look.path(&format!("/{}", looked.standard))) { (title) }
        @if looked.example { " " (tag(Tone::None, look.of(words::STANDARD_EXAMPLE_MARK))) }
    };
    let unknown = || html! { (look.of(words::UNKNOWN)) };
    if !data.is_compared {
        return TableRow::new(name, [unknown(), unknown()]);
    }
    let of_it = |one: &&Divergence| one.standard == looked.standard;
    let differ = format::count(look.lang, data.found.divergences.iter().filter(of_it).count());
    let differ = words::DIFFER_OF.text(look.lang, &[&differ, &look.number(looked.compared)]);
    TableRow::new(name, [html! { (look.number(looked.services)) }, html! { (differ) }])
}
