//! A mall, for a citizen: open now and until when, how many wait, what is offered, where it is.

pub mod names;
pub mod now;
mod offers;
mod queue;
mod week;

use std::sync::Arc;

use maud::{Markup, html};
use mpp_api::{
    registry::mall::Stage,
    reporting::{DeviationReport, counter_report::Hours},
    scheduling::deviation::Yardstick,
};
use mpp_core::id_of;

use self::names::{crumbs, reported, title};
use super::{
    AddressQuery, Block, Drawn, PageSection, PageView, as_of,
    deviations::{by_counter, in_full, name},
    heading, services,
};
use crate::{
    components::Look,
    upstream::{MallData, Records},
    words::{format, local, table as words},
};

/// Draws the page.
pub fn draw(look: Look, view: &PageView, mall: &MallData, asked: &AddressQuery) -> Drawn {
    let records = &*mall.records;
    let zone = records.zone();
    let as_of = as_of(look, view, zone);
    let title = title(look, view, records);
    Drawn {
        title: title.clone(),
        description: words::MALL_DESCRIPTION.text(look.lang, &[&title]),
        notice: words::SAMPLE_MALL,
        crumbs: crumbs(look, view, records),
        heading: heading(look, &html! { (title) }, "", &as_of, true),
        blocks: vec![
            Block::InHeading(as_of),
            Block::One(now::now(look, view, records)),
            Block::One(queue::queue(look, mall)),
            Block::One(services::section(look, records, asked)),
            Block::Grid(vec![week::week(look, records), contact(look, view, records)]),
            Block::One(offers::facilities(look, records)),
            Block::One(differences(look, records)),
        ],
        footer: html! { (look.of(words::MALL_SOURCE_LINE)) },
    }
}

fn contact(look: Look, view: &PageView, records: &Records) -> Arc<PageSection> {
    let organiser = records.organiser.as_ref().and_then(|unit| unit.display_name.as_ref());
    let reached = |step: Stage| {
        let entries = records.mall.as_ref().map(|mall| mall.stages.as_slice()).unwrap_or_default();
        entries.iter().find(|entry| entry.stage() == step && !entry.date.is_empty())
    };
    let region = reported(view, records).map(|mall| mall.region.clone()).unwrap_or_default();
    PageSection::new(
        "contact",
        html! {
            section #contact.w6 aria-labelledby="contact-title" {
                h2 #contact-title { (look.of(words::ADDRESS_AND_STAGE)) }
                dl.pairs {
                    (sites(look, records))
                    (offers::contacts(look, records))
                    @if let Some(organiser) = organiser {
                        dt { (look.of(words::ORGANISER)) }
                        dd { (local(Some(organiser), look.lang)) }
                    }
                }
                p.minor.note {
                    @if let Some(entry) = reached(Stage::Operating) {
                        (words::OPERATING_SINCE.say(look.lang, &[&look.date(&entry.date)])) " "
                    }
                    @if let Some(entry) = reached(Stage::Inaugurated) {
                        (words::INAUGURATED_ON.say(look.lang, &[&look.date(&entry.date)])) " "
                    }
                    @if !region.is_empty() {
                        a href=(look.path(&format!("/regions/{}", id_of(&region)))) { (look.of(words::HISTORY_LINK)) }
                    }
                }
            }
        },
    )
}

/// The mall's addresses, numbered where it has several.
fn sites(look: Look, records: &Records) -> Markup {
    let sites = records.mall.as_ref().map(|mall| mall.sites.as_slice()).unwrap_or_default();
    html! {
        @for (place, site) in sites.iter().enumerate() {
            dt {
                @if sites.len() == 1 { (look.of(words::ADDRESS)) }
                @else { (words::SITE_OF.text(look.lang, &[&(place + 1).to_string()])) }
            }
            dd { (site.address) }
        }
    }
}

/// Counters whose hours differ from the mall's, for visitors; what differs from the
/// national hours or from a body's own rules is for officials, and folded up.
fn differences(look: Look, records: &Records) -> Arc<PageSection> {
    let detail = records.detail.clone().unwrap_or_default();
    let judged = detail.counters.iter().filter(|counter| counter.hours() != Hours::Unspecified);
    let (mall, other): (Vec<_>, Vec<_>) =
        detail.deviations.iter().cloned().partition(|row| row.yardstick() == Yardstick::Mall);
    let judged = judged.count();
    let keep = judged.saturating_sub(by_counter(&mall).count());
    let numbers = [keep, judged].map(|many| format::count(look.lang, many));
    PageSection::new(
        "differences",
        html! {
            section #differences aria-labelledby="differences-title" {
                h2 #differences-title { (look.of(words::HOURS_TITLE)) (look.mark()) }
                p.help {
                    @if judged == 0 { (look.of(words::HOURS_ALL_UNKNOWN)) }
                    @else if keep == judged { (words::ALL_KEEP_MALL_HOURS.text(look.lang, &[&numbers[1]])) }
                    @else { (words::KEEP_MALL_HOURS.text(look.lang, &[&numbers[0], &numbers[1]])) }
                }
                (counters_in_full(look, &mall))
                @if !other.is_empty() {
                    details {
                        summary { (look.of(words::OTHER_YARDSTICKS)) }
                        (counters_in_full(look, &other))
                    }
                }
                @if detail.counters_shown < detail.counters_with_findings {
                    p.help {
                        (words::HOURS_CUT.text(look.lang, &[
                            &look.number(detail.counters_shown), &look.number(detail.counters_with_findings),
                        ]))
                    }
                }
            }
        },
    )
}

fn counters_in_full(look: Look, found: &[DeviationReport]) -> Markup {
    html! {
        @if !found.is_empty() {
            ul {
                @for counter in by_counter(found) {
                    li {
                        strong { (name(look, counter[0].counter_name.as_ref(), &counter[0].counter)) }
                        ": " (in_full(look, counter))
                    }
                }
            }
        }
    }
}
