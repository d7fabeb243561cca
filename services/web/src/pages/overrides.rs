//! Fields that curators have set over the sources of services, with what each source says: of one
//! service, and of all as a list that the keepers of the index work off.

use std::sync::Arc;

use maud::{Markup, html};
use mpp_api::registry::{ListServicesResponse, Service, service::Override};
use mpp_calendar::Zone;

use super::{Block, Drawn, PageSection, PageView, as_of, deviations, fee, heading};
use crate::{
    components::{
        Look, Tone,
        table::{Column, TableRow, table},
        tag,
    },
    upstream::OverridesData,
    words::{format, indonesian, local, service_field, table as words},
};

/// Draws the list of all services.
pub fn draw(look: Look, view: &PageView, data: &OverridesData) -> Drawn {
    let as_of = as_of(look, view, Zone::Wib);
    let title = look.of(words::OVERRIDES_TITLE);
    let crumbs = [("/", words::NATION), ("/sources", words::SOURCES)];
    Drawn {
        title: title.to_owned(),
        description: look.of(words::OVERRIDES_DESCRIPTION).to_owned(),
        notice: words::SAMPLE_TEXT,
        crumbs: crumbs.map(|(path, text)| (path.to_owned(), look.of(text).to_owned())).to_vec(),
        heading: heading(look, &html! { (title) }, "", &as_of, false),
        blocks: vec![
            Block::InHeading(as_of),
            Block::One(PageSection::new("drifting", drifting(look, &data.drifting))),
            Block::One(PageSection::new("overrides", all(look, &data.all))),
        ],
        footer: html! { (look.of(words::SOURCE_LINE)) },
    }
}

/// Those that a person should look at.
fn drifting(look: Look, found: &ListServicesResponse) -> Markup {
    let count = look.number(found.total_size);
    let shown = format::count(look.lang, found.services.len());
    let drifts = |kept: &&Override| kept.drift_time.is_some();
    html! {
        section #drifting aria-labelledby="drifting-title" {
            h2 #drifting-title { (look.of(words::OVERRIDES_DRIFTING)) (look.mark()) }
            @if found.services.is_empty() { p.help { (look.of(words::OVERRIDES_NONE_DRIFT)) } }
            @else {
                p.say { (words::OVERRIDES_DRIFT_SAY.say(look.lang, &[&html! { strong { (count) } }])) }
                @if !found.next_page_token.is_empty() {
                    p.help { (words::OVERRIDES_CUT.text(look.lang, &[&shown, &count])) }
                }
                (listed(look, &found.services, drifts))
            }
        }
    }
}

fn all(look: Look, found: &ListServicesResponse) -> Markup {
    let next = format!("/overrides?halaman={}", found.next_page_token);
    html! {
        section #overrides aria-labelledby="overrides-title" {
            h2 #overrides-title { (look.of(words::OVERRIDES_ALL)) (look.mark()) }
            @if found.services.is_empty() { p.help { (look.of(words::OVERRIDES_NONE)) } }
            @else { (listed(look, &found.services, |_| true)) }
            @if !found.next_page_token.is_empty() {
                p.more { a href=(look.path(&next)) { (look.of(words::STANDARDS_NEXT)) } }
            }
        }
    }
}

/// The fields of some services, one a row.
fn listed(look: Look, services: &[Service], fits: impl Fn(&&Override) -> bool + Copy) -> Markup {
    let of = |service: &Service| {
        let path = look.path(&format!("/{}", service.name));
        let title = deviations::name(look, service.title.as_ref(), &service.name);
        let head = html! { a href=(path) { (title) } };
        let rows = service.overrides.iter().filter(fits);
        rows.map(|kept| {
            let stands = value(look, &only(service, &kept.field));
            row(look, head.clone(), vec![kept_field(look, kept), stands], kept)
        })
        .collect()
    };
    let rows: Vec<TableRow> = services.iter().flat_map::<Vec<TableRow>, _>(of).collect();
    let stands = [
        Column::text(words::SERVICE),
        Column::text(words::OVERRIDE_FIELD),
        Column::flow(words::OVERRIDE_STANDS),
    ];
    let columns: Vec<Column> = stands.into_iter().chain(by_whom()).collect();
    table(look, "dense", &html! { (look.of(words::OVERRIDES_CAPTION)) }, &columns, &rows)
}

fn by_whom() -> [Column; 3] {
    [
        Column::text(words::OVERRIDE_BY),
        Column::text(words::OVERRIDE_WHY),
        Column::flow(words::OVERRIDE_SOURCE_SAYS),
    ]
}

fn kept_field(look: Look, kept: &Override) -> Markup {
    html! { (service_field(&kept.field, look.lang)) }
}

/// The fields of one service.
pub fn part(look: Look, service: &Service) -> Arc<PageSection> {
    let rows = service.overrides.iter();
    let rows: Vec<TableRow> =
        rows.map(|kept| row(look, kept_field(look, kept), Vec::new(), kept)).collect();
    let field = [Column::text(words::OVERRIDE_FIELD)];
    let columns: Vec<Column> = field.into_iter().chain(by_whom()).collect();
    let caption = html! { (look.of(words::OVERRIDES_CAPTION)) };
    PageSection::new(
        "overrides",
        html! {
            @if !rows.is_empty() { section #overrides aria-labelledby="overrides-title" {
                h2 #overrides-title { (look.of(words::OVERRIDES_TITLE)) (look.mark()) }
                (table(look, "", &caption, &columns, &rows))
                p.more { a href=(look.path("/overrides")) { (look.of(words::SEE_OVERRIDES)) } }
            } }
        },
    )
}

/// A row that begins with `head`; in the list of services, the field and its value follow.
fn row(look: Look, head: Markup, field: Vec<Markup>, kept: &Override) -> TableRow {
    let moment = |time: &prost_types::Timestamp| look.moment(format::micros(time), Zone::Wib);
    let by = html! {
        (look.author(&kept.subject))
        @if let Some(time) = &kept.time { ", " (moment(time)) }
    };
    let why = text_or_none(look, Some(kept.reason.as_str()).filter(|text| !text.is_empty()));
    let says = html! {
        (value(look, &kept.source_value.clone().unwrap_or_default())) " "
        @if let Some(time) = &kept.drift_time {
            (tag(Tone::Bad, look.of(words::OVERRIDE_DRIFTS))) " " (moment(time))
        }
    };
    let cells: Vec<Markup> = field.into_iter().chain([by, why, says]).collect();
    TableRow::new(head, cells)
}

/// A service that has this field only.
fn only(service: &Service, field: &str) -> Service {
    let mut whole = mpp_api::json::value(service).unwrap_or_default();
    if let Some(fields) = whole.as_object_mut() {
        fields.retain(|name, _| name == field);
    }
    mpp_api::json::read(&whole).unwrap_or_default()
}

/// The value of the only field: a text as it is, anything else as the contract writes it.
fn value(look: Look, service: &Service) -> Markup {
    let whole = mpp_api::json::write(service).unwrap_or_default();
    let whole: serde_json::Value = serde_json::from_str(&whole).unwrap_or_default();
    let value = whole.as_object().and_then(|fields| fields.values().next().cloned());
    match value {
        None => html! { (look.of(words::OVERRIDE_NOTHING)) },
        Some(serde_json::Value::String(text)) => indonesian(&text, look.lang),
        Some(_) if service.title.is_some() => local(service.title.as_ref(), look.lang),
        Some(_) if !service.fees.is_empty() => fee::fees(look, &service.fees),
        Some(_) if service.time.is_some() => fee::time(look, service.time.as_ref()),
        Some(_) if !service.requirements.is_empty() => {
            let texts = service.requirements.iter().map(|asked| asked.text.as_str());
            indonesian(&texts.collect::<Vec<_>>().join("; "), look.lang)
        }
        Some(other) => html! { code { (other.to_string()) } },
    }
}

fn text_or_none(look: Look, text: Option<&str>) -> Markup {
    match text {
        Some(text) => indonesian(text, look.lang),
        None => html! { (look.of(words::NOT_RECORDED)) },
    }
}
