//! A standard service: its text and where that was read, and where the services that are of it
//! differ, in their own words.

use std::sync::Arc;

use maud::{Markup, html};
use mpp_api::registry::{
    Divergence, Service, Standard,
    divergence::{Component, Holder, Variant},
    standard::Text,
};
use mpp_calendar::Zone;

use super::{
    Block, Drawn, PageSection, PageView, adoption, as_of, deviations, fee, heading, service::more,
};
use crate::{
    components::{
        Look, Tone, link,
        table::{Column, TableRow, table},
        tag,
    },
    upstream::StandardData,
    words::{Phrase, format, indonesian, local, local_text, table as words},
};

/// Draws the page.
pub fn draw(look: Look, view: &PageView, data: &StandardData) -> Drawn {
    let as_of = as_of(look, view, Zone::Wib);
    let title = local_text(data.standard.title.as_ref(), look.lang);
    let crumbs = [("/", words::NATION), ("/standards", words::STANDARDS)];
    Drawn {
        title: title.clone(),
        description: words::STANDARD_DESCRIPTION.text(look.lang, &[&title]),
        notice: words::SAMPLE_TEXT,
        crumbs: crumbs.map(|(path, name)| (path.to_owned(), look.of(name).to_owned())).to_vec(),
        heading: heading(look, &local(data.standard.title.as_ref(), look.lang), "", &as_of, false),
        blocks: vec![
            Block::InHeading(as_of),
            Block::One(adoption::part(look, data)),
            Block::One(divergences(look, data)),
            Block::One(text(look, data)),
        ],
        footer: html! { (look.of(words::SOURCE_LINE)) },
    }
}

fn divergences(look: Look, data: &StandardData) -> Arc<PageSection> {
    let looked = data.found.as_ref().and_then(|found| found.looked.first());
    PageSection::new(
        "divergences",
        html! {
            section #divergences aria-labelledby="divergences-title" {
                h2 #divergences-title { (look.of(words::DIVERGENCES_TITLE)) (look.mark()) }
                @if let (Some(looked), Some(found)) = (looked, &data.found) {
                    p.say { (words::DIVERGENCES_SAY.text(look.lang, &[&look.number(looked.services)])) }
                    @if !looked.holds_from.is_empty() {
                        p.note { (words::STANDARD_NOT_YET.say(look.lang, &[&look.date(&looked.holds_from)])) }
                    }
                    @if looked.compared == 0 { p.help { (look.of(words::NOTHING_TO_COMPARE)) } }
                    @else if found.divergences.is_empty() {
                        p.help { (words::DIVERGENCES_NONE.text(look.lang, &[&look.number(looked.compared)])) }
                    }
                    @if looked.left_out > 0 {
                        p.note { (words::DIVERGENCES_LEFT_OUT.text(look.lang, &[&look.number(looked.left_out)])) }
                    }
                    @for divergence in &found.divergences { (differing(look, data, divergence)) }
                } @else { p.help { (look.of(words::UNKNOWN)) } }
            }
        },
    )
}

/// A component: each variant with its words, and who says so.
fn differing(look: Look, data: &StandardData, divergence: &Divergence) -> Markup {
    let component = look.of(component(divergence.component()));
    let caption = html! { (words::VARIANT_CAPTION.text(look.lang, &[component])) };
    let columns = [Column::text(words::VARIANT_TEXT), Column::text(words::VARIANT_BY)];
    let rows: Vec<TableRow> =
        divergence.variants.iter().map(|variant| row(look, data, divergence, variant)).collect();
    html! {
        h3 { (component) }
        (table(look, "dense", &caption, &columns, &rows))
        @if divergence.variants_left_out > 0 {
            p.help { (words::VARIANTS_LEFT_OUT.text(look.lang, &[&look.number(divergence.variants_left_out)])) }
        }
    }
}

fn row(look: Look, data: &StandardData, divergence: &Divergence, variant: &Variant) -> TableRow {
    let is_list = divergence.component() == Component::Requirements;
    let said = html! {
        @for (place, text) in variant.texts.iter().enumerate() {
            @if place > 0 { @if is_list { br; } @else { "; " } }
            @if divergence.component() == Component::Channels { (look.of(channel(text))) }
            @else { (indonesian(text, look.lang)) }
        }
        (beyond(look, words::VARIANT_MISSING, &variant.missing))
        (beyond(look, words::VARIANT_EXTRA, &variant.extra))
        @if variant.within { " " (tag(Tone::Good, look.of(words::STANDS_WITHIN))) }
        @if !variant.read { " " span.minor { (look.of(words::VARIANT_WORDS)) } }
    };
    let by = html! {
        @if variant.standard {
            (look.of(words::VARIANT_STANDARD))
            @if data.standard.example { " " (tag(Tone::None, look.of(words::STANDARD_EXAMPLE_MARK))) }
        }
        @for (place, holder) in variant.holders.iter().enumerate() {
            @if place > 0 || variant.standard { br; }
            (holder_of(look, data, holder))
            @if !holder.texts.is_empty() {
                " " span.minor { "“" (indonesian(&holder.texts.join("; "), look.lang)) "”" }
            }
        }
        @let named = i32::try_from(variant.holders.len()).unwrap_or(i32::MAX);
        @if variant.holder_count > named {
            br; (words::VARIANT_MORE.text(look.lang, &[&look.number(variant.holder_count - named)]))
        }
    };
    TableRow::new(said, [by])
}

fn beyond(look: Look, phrase: Phrase, texts: &[String]) -> Markup {
    html! {
        @if !texts.is_empty() {
            " " span.minor { (phrase.text(look.lang, &[&texts.join("; ")])) }
        }
    }
}

/// The unit that says so, which links to its service, with the service's title and the region.
fn holder_of(look: Look, data: &StandardData, holder: &Holder) -> Markup {
    let unit = deviations::name(look, data.units.get(&holder.unit), &holder.unit);
    html! {
        a href=(look.path(&format!("/{}", holder.service))) { (unit) }
        " " span.minor {
            (local(holder.title.as_ref(), look.lang))
            @if !holder.region_name.is_empty() { ", " (holder.region_name) }
        }
    }
}

/// The words for a component.
pub fn component(component: Component) -> Phrase {
    match component {
        Component::Fees => words::FIELD_FEES,
        Component::Time => words::FIELD_TIME,
        Component::Requirements => words::FIELD_REQUIREMENTS,
        Component::Product => words::FIELD_PRODUCT,
        Component::Channels | Component::Unspecified => words::FIELD_CHANNELS,
    }
}

/// A way to get the service, by its word in the contract.
pub fn channel(word: &str) -> Phrase {
    match word {
        "COUNTER" => words::CHANNEL_COUNTER,
        "ONLINE" => words::CHANNEL_ONLINE,
        "MOBILE" => words::CHANNEL_MOBILE,
        "POST" => words::CHANNEL_POST,
        _ => words::CHANNEL_TELEPHONE,
    }
}

fn text(look: Look, data: &StandardData) -> Arc<PageSection> {
    let standard = &data.standard;
    let today = format::local(look.now, Zone::Wib).date().to_string();
    // Until the first day of an announced text, the one before it holds.
    let (held, announced) = match &standard.text_before {
        Some(before) if standard.valid_from > today => (before.clone(), Some(said(standard))),
        _ => (said(standard), None),
    };
    let unit = deviations::name(look, data.units.get(&standard.unit), &standard.unit);
    PageSection::new(
        "standard",
        html! {
            section #standard aria-labelledby="standard-title" {
                h2 #standard-title { (look.of(words::STANDARD)) (look.mark()) }
                @if let Some(said) = &standard.description { p { (local(Some(said), look.lang)) } }
                dl.facts { (look.fact(words::STANDARD_KEPT_BY, unit)) }
                (text_facts(look, &held))
            }
            @if let Some(text) = &announced {
                section #announced aria-labelledby="announced-title" {
                    h2 #announced-title { (look.of(words::STANDARD_ANNOUNCED)) (look.mark()) }
                    p.note { (words::STANDARD_ANNOUNCED_SAY.say(look.lang, &[&look.date(&text.valid_from)])) }
                    (text_facts(look, text))
                }
            }
        },
    )
}

/// A text: where it was read, since when it holds, and what it says.
fn text_facts(look: Look, text: &Text) -> Markup {
    let said = as_service(text);
    html! {
        @if text.example { p { strong { (look.of(words::STANDARD_EXAMPLE)) } } }
        dl.facts {
            (origin(look, text))
            @if !text.version.is_empty() {
                (look.fact(words::STANDARD_VERSION, html! { (text.version) }))
            }
            @if !text.valid_from.is_empty() {
                (look.fact(words::STANDARD_SINCE, look.date(&text.valid_from)))
            }
            (look.fact(words::FEE, fee::fees(look, &said.fees)))
            (look.fact(words::SERVICE_TIME, fee::time(look, said.time.as_ref())))
            @if !said.product.is_empty() {
                (look.fact(words::FIELD_PRODUCT, indonesian(&said.product, look.lang)))
            }
            (more::facts(look, &said))
        }
        @if !said.requirements.is_empty() {
            h3 { (look.of(words::SERVICE_REQUIREMENTS)) }
            ol { @for asked in &said.requirements { li { (more::requirement(look, asked)) } } }
        }
        (more::list(look, words::FIELD_PROCEDURE, &said.procedure))
        (more::list(look, words::FIELD_LEGAL_BASIS, &said.legal_basis))
    }
}

/// The text with which a standard was last written.
fn said(standard: &Standard) -> Text {
    let said = standard.clone();
    Text {
        requirements: said.requirements,
        procedure: said.procedure,
        time: said.time,
        fees: said.fees,
        product: said.product,
        channels: said.channels,
        legal_basis: said.legal_basis,
        version: said.version,
        valid_from: said.valid_from,
        origin: said.origin,
        example: said.example,
    }
}

/// What it says, for the parts of a service's page.
fn as_service(text: &Text) -> Service {
    let said = text.clone();
    Service {
        requirements: said.requirements,
        procedure: said.procedure,
        time: said.time,
        fees: said.fees,
        product: said.product,
        channels: said.channels,
        legal_basis: said.legal_basis,
        ..Service::default()
    }
}

/// Where the text was read.
fn origin(look: Look, text: &Text) -> Markup {
    html! {
        @if let Some(origin) = &text.origin {
            (look.fact(words::STANDARD_ORIGIN, html! {
                (words::STANDARD_READ_ON.say(look.lang, &[
                    &html! { (indonesian(&origin.title, look.lang)) " (" (link(&origin.uri)) ")" },
                    &look.date(&origin.read_date),
                ]))
            }))
        }
    }
}
