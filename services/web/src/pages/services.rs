//! The services of a mall: by counter on its page, the largest group open; all of them from A to Z
//! on a page of their own.

use std::sync::Arc;

use maud::{Markup, html};
use mpp_api::registry::{Counter, Offering, offering::State, service};
use mpp_core::id_of;

use super::{
    AddressQuery, Block, Drawn, PageSection, PageView, as_of, deviations::name, fee, heading,
    listing::Cut, mall::names, search,
};
use crate::{
    components::{
        Look, Tone,
        table::{Column, TableRow, table},
        tag,
    },
    policy::Policy,
    upstream::{MallData, Records},
    words::{format, local, local_text, table as words},
};

/// The section of a mall's page.
pub fn section(look: Look, records: &Records, asked: &AddressQuery) -> Arc<PageSection> {
    let offered = offered(records);
    let found: Vec<&Offering> =
        offered.iter().copied().filter(|offering| matches(offering, &asked.cari)).collect();
    let groups = groups(records, &found);
    let largest = groups.iter().map(|(_, own)| own.len()).max().unwrap_or_default();
    let first = groups.iter().position(|(_, own)| own.len() == largest);
    let searched = !asked.cari.trim().is_empty();
    PageSection::new(
        "services",
        html! {
            section #services aria-labelledby="services-title" {
                h2 #services-title { (look.of(words::SERVICES_HERE)) (look.mark()) }
                @if records.offerings.is_none() { p.help { (look.of(words::UNKNOWN)) } }
                @else if offered.is_empty() { p.help { (look.of(words::NO_SERVICES)) } }
                @else { (search_here(look, records, asked)) }
                @if searched { (outcome(look, records, asked, found.len())) }
                div.groups {
                    @for (place, (counter, own)) in groups.iter().enumerate() {
                        (group(look, records, counter, own, searched || Some(place) == first))
                    }
                }
                p.more {
                    @if !offered.is_empty() {
                        a href=(look.path(&format!("/malls/{}/layanan", id_of(&records.name)))) {
                            (words::ALL_SERVICES.text(look.lang, &[&format::count(look.lang, offered.len())]))
                        } " "
                    }
                    a href=(look.path(&format!("/lifeEvents?mal={}", id_of(&records.name)))) {
                        (look.of(words::SEE_LIFE_EVENTS))
                    }
                }
            }
        },
    )
}

/// Offerings that the organiser has accepted; a proposed one is not offered yet.
fn offered(records: &Records) -> Vec<&Offering> {
    let all = records.offerings.iter().flatten();
    all.filter(|offering| offering.state() == State::Accepted).collect()
}

/// True if the service's title, in either language, holds every word that is looked for.
fn matches(offering: &Offering, asked: &str) -> bool {
    let title = offering.service_title.clone().unwrap_or_default();
    let text = format!("{} {}", title.id, title.en).to_lowercase();
    asked.to_lowercase().split_whitespace().all(|word| text.contains(word))
}

/// Counters with their services, in the counters' order.
fn groups<'a>(records: &Records, found: &[&'a Offering]) -> Vec<(String, Vec<&'a Offering>)> {
    let mut groups: Vec<(String, Vec<&Offering>)> = Vec::new();
    for counter in records.counters.iter().flatten() {
        let prefix = format!("{}/", counter.name);
        let own = found.iter().copied().filter(|offering| offering.name.starts_with(&prefix));
        let own: Vec<&Offering> = own.collect();
        if !own.is_empty() {
            groups.push((counter.name.clone(), own));
        }
    }
    groups
}

fn search_here(look: Look, records: &Records, asked: &AddressQuery) -> Markup {
    let path = look.path(&format!("/malls/{}", id_of(&records.name)));
    html! {
        form.search role="search" action=(format!("{path}#services")) method="get" {
            div {
                label for="cari" { (look.of(words::SEARCH_HERE)) }
                input.field #cari name="cari" type="search" autocomplete="off" value=(asked.cari);
            }
            button.button type="submit" { (look.of(words::SEARCH)) }
        }
    }
}

fn outcome(look: Look, records: &Records, asked: &AddressQuery, found: usize) -> Markup {
    let path = look.path(&format!("/malls/{}", id_of(&records.name)));
    html! {
        p.help {
            (words::SEARCH_FOUND.text(look.lang, &[&format::count(look.lang, found), &asked.cari])) " "
            a href=(format!("{path}#services")) { (look.of(words::SEARCH_CLEAR)) }
        }
    }
}

fn group(look: Look, records: &Records, counter: &str, own: &[&Offering], open: bool) -> Markup {
    let record = records.counters.iter().flatten().find(|record| record.name == counter);
    let title = record.and_then(|record| record.display_name.as_ref());
    let many = format::count(look.lang, own.len());
    html! {
        details open[open] {
            summary { (words::GROUP.say(look.lang, &[&name(look, title, counter), &many])) }
            (whereabouts(look, record))
            ul {
                @for offering in own {
                    li {
                        (local(offering.service_title.as_ref(), look.lang)) " "
                        (inactive(look, offering))
                        span.minor { (fee::fees(look, &offering.effective_fees)) }
                    }
                }
            }
        }
    }
}

/// The floor and the part of it where a counter is, if anybody has said so.
fn whereabouts(look: Look, counter: Option<&Counter>) -> Markup {
    let [floor, zone] = counter.map_or(["", ""], |counter| [&*counter.floor, &*counter.zone]);
    html! {
        @if !floor.is_empty() || !zone.is_empty() {
            p.minor {
                @if floor.to_lowercase().starts_with("lantai") { (floor) }
                @else if !floor.is_empty() { (words::ON_FLOOR.text(look.lang, &[floor])) }
                @if !floor.is_empty() && !zone.is_empty() { ", " }
                (zone)
            }
        }
    }
}

/// The mark of a service that its owner does not serve now.
fn inactive(look: Look, offering: &Offering) -> Markup {
    html! {
        @if offering.service_state() == service::State::Inactive {
            (tag(Tone::Bad, look.of(words::SERVICE_INACTIVE_MARK))) " "
        }
    }
}

/// The page of all services from A to Z.
pub fn draw(
    look: Look,
    view: &PageView,
    data: &MallData,
    asked: &AddressQuery,
    policy: &Policy,
) -> Drawn {
    let records = &*data.records;
    let as_of = as_of(look, view, records.zone());
    let title = look.of(words::SERVICES_HERE);
    let mut offered = offered(records);
    offered.sort_by_key(|offering| local_text(offering.service_title.as_ref(), look.lang));
    let cut = Cut::new(offered.len(), &asked.halaman, policy.table_rows);
    let rows: Vec<TableRow> =
        offered[cut.range()].iter().map(|offering| row(look, records, offering)).collect();
    let columns =
        [Column::text(words::SERVICE), Column::text(words::COUNTER), Column::text(words::FEE)];
    let path = look.path(&format!("/malls/{}", id_of(&records.name)));
    let body = html! {
        section #table {
            h2.hidden { (title) }
            @if rows.is_empty() { p.help { (look.of(words::NO_SERVICES)) } }
            @else { (table(look, "dense", &html! { (look.of(words::SERVICES_CAPTION)) }, &columns, &rows)) }
            (cut.links(look, &|number| format!("{path}/layanan?halaman={number}")))
        }
    };
    let mall_title = names::title(look, view, records);
    let mut crumbs = names::crumbs(look, view, records);
    crumbs.push((format!("/malls/{}", id_of(&records.name)), mall_title.clone()));
    Drawn {
        title: format!("{title} · {mall_title}"),
        description: look.of(words::SERVICES_CAPTION).to_owned(),
        notice: words::SAMPLE_MALL,
        crumbs,
        heading: heading(look, &html! { (title) }, &format!("{mall_title}."), &as_of, false),
        blocks: vec![
            Block::InHeading(as_of),
            Block::One(search::part(look)),
            Block::One(PageSection::new("table", body)),
        ],
        footer: html! { (look.of(words::MALL_SOURCE_LINE)) },
    }
}

fn row(look: Look, records: &Records, offering: &Offering) -> TableRow {
    let counter = offering.name.split("/offerings/").next().unwrap_or_default();
    let record = records.counters.iter().flatten().find(|record| record.name == counter);
    let counter = name(look, record.and_then(|record| record.display_name.as_ref()), counter);
    let path = look.path(&format!("/{}", offering.service));
    let title = local(offering.service_title.as_ref(), look.lang);
    TableRow::new(
        html! { a href=(path) { (title) } " " (inactive(look, offering)) },
        [counter, fee::fees(look, &offering.effective_fees)],
    )
}
