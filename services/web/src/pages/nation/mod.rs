//! The nation: how far it is, how it grew, where, and how its malls serve today.

mod changes;
mod freshness;

use std::sync::Arc;

use maud::{Markup, html};
use mpp_api::reporting::{PublishedCount, Report, Share};
use mpp_calendar::Zone;
use mpp_core::id_of;

pub use changes::change_sentence;

use super::{Block, Drawn, PageSection, PageView, as_of, deviations, heading, incomplete, search};
use crate::{
    components::{
        Look, Tone,
        bar::bar,
        growth::growth,
        table::{Column, TableRow, table},
        tag,
        tiles::tiles,
    },
    words::{self as say, format, local, table as words},
};

/// Rows of a table beside other parts.
const FEW: usize = 5;

/// Draws the page.
pub fn draw(look: Look, view: &PageView) -> Drawn {
    let report = &*view.report;
    let as_of = as_of(look, view, Zone::Wib);
    let title = look.of(words::NATION_TITLE);
    Drawn {
        title: title.to_owned(),
        description: look.of(words::NATION_DESCRIPTION).to_owned(),
        notice: words::SAMPLE_NATION,
        crumbs: Vec::new(),
        heading: heading(look, &html! { (title) }, "", &as_of, true),
        blocks: vec![
            Block::InHeading(as_of),
            Block::One(search::part(look)),
            Block::One(headline(look, report)),
            Block::Grid(vec![map(look, report), uniformity(look, report)]),
            Block::Grid(vec![today(look, report), stages(look, report)]),
            Block::Grid(vec![changes::changes(look, report), freshness::freshness(look, view)]),
        ],
        footer: html! {
            (look.of(words::SOURCE_LINE)) " "
            @if !report.published.is_empty() { (look.of(words::SOURCE_PUBLISHED)) }
        },
    }
}

fn headline(look: Look, report: &Report) -> Arc<PageSection> {
    let all = report.coverage_all.clone().unwrap_or_default();
    let chart = growth(look, &report.published, all.denominator);
    PageSection::new(
        "headline",
        html! {
            section #headline.grid aria-labelledby="headline-title" {
                div.w5.headline {
                    h2 #headline-title.name { (look.of(words::COVERED)) (look.mark()) }
                    p.figure {
                        b { (look.number(all.numerator)) } " "
                        span { (of_whole(look, &all)) }
                    }
                    (bar(look, all.numerator, all.denominator))
                    (extent(look, report))
                    (autonomous(look, report.coverage_autonomous.as_ref()))
                    (incomplete(look, report))
                }
                @if let Some(chart) = chart {
                    figure.w7 { (chart) (published_table(look, &report.published)) }
                }
            }
        },
    )
}

fn of_whole(look: Look, share: &Share) -> String {
    let whole = look.number(share.denominator);
    let percent = percent(look, share.numerator, share.denominator);
    words::OF_WHOLE.text(look.lang, &[&whole, &percent])
}

/// A share, or that it is not known.
fn percent(look: Look, part: i32, whole: i32) -> String {
    let percent = format::percent(look.lang, part.into(), whole.into());
    percent.unwrap_or_else(|| look.of(words::UNKNOWN).to_owned())
}

/// How much of the nation the index holds.
fn extent(look: Look, report: &Report) -> Markup {
    let extent = report.extent.clone().unwrap_or_default();
    html! {
        @match extent.published_malls {
            Some(published) => {
                @let held = look.number(extent.operating_malls);
                @let published = look.number(published);
                p.verdict { (tag(Tone::None, &words::EXTENT_TAG.text(look.lang, &[&held, &published]))) }
                p.say {
                    (words::EXTENT_SAY.say(look.lang, &[&published, &look.date(&extent.published_date)]))
                }
            }
            None => p.say { (look.of(words::EXTENT_UNKNOWN)) },
        }
    }
}

fn autonomous(look: Look, share: Option<&Share>) -> Markup {
    let share = share.filter(|share| share.denominator > 0);
    html! {
        @if let Some(share) = share {
            p.minor {
                (words::OF_AUTONOMOUS.text(look.lang, &[
                    &look.number(share.denominator),
                    &look.number(share.numerator),
                    &percent(look, share.numerator, share.denominator),
                ]))
            }
        }
    }
}

fn published_table(look: Look, published: &[PublishedCount]) -> Markup {
    let columns = [
        Column::text(words::DATE),
        Column::number(words::NUMBER),
        Column::text(words::BY_BODY),
        Column::text(words::OWN_COUNT),
    ];
    let rows: Vec<TableRow> = published.iter().map(|count| published_row(look, count)).collect();
    let caption = html! { (look.of(words::PUBLISHED_CAPTION)) };
    html! {
        details {
            summary { (look.of(words::AS_TABLE)) }
            (table(look, "dense", &caption, &columns, &rows))
        }
    }
}

fn published_row(look: Look, count: &PublishedCount) -> TableRow {
    let stated = html! {
        @match count.operating {
            Some(number) => (look.number(number)),
            None => span.quiet { (look.of(words::NOT_STATED)) },
        }
    };
    let own = [count.own_malls, count.own_regions].map(|number| look.number(number));
    let own = words::OWN_COUNT_REGIONS.text(look.lang, &[&own[0], &own[1]]);
    let by = html! {
        (count.publisher)
        @if let Some(note) = count.note.as_ref().filter(|note| !note.id.is_empty()) {
            span.minor { (local(Some(note), look.lang)) }
        }
    };
    TableRow::new(look.date(&count.date), [stated, by, html! { (own) }])
}

fn map(look: Look, report: &Report) -> Arc<PageSection> {
    let provinces = &report.provinces;
    let many = |holds: fn(i32, i32) -> bool| {
        let many = provinces.iter().filter(|province| holds(province.covered, province.regions));
        format::count(look.lang, many.count())
    };
    let whole = many(|covered, regions| covered > 0 && covered == regions);
    let some = many(|covered, regions| covered > 0 && covered < regions);
    let none = many(|covered, _| covered == 0);
    PageSection::new(
        "map",
        html! {
            section #map.w7 aria-labelledby="map-title" {
                h2 #map-title { (look.of(words::BY_PROVINCE)) (look.mark()) }
                p.help { (words::MAP_SAY.text(look.lang, &[&whole, &some, &none])) }
                (tiles(look, provinces))
                (province_table(look, report))
            }
        },
    )
}

/// The lowest first; provinces without anything on record by name.
fn province_table(look: Look, report: &Report) -> Markup {
    let columns = [
        Column::text(words::PROVINCE),
        Column::number(words::REGIONS),
        Column::number(words::SHARE),
    ];
    let mut provinces: Vec<_> = report.provinces.iter().collect();
    let share = |part: i32, whole: i32| i64::from(part) * 1_000_000 / i64::from(whole.max(1));
    provinces.sort_by_key(|province| {
        (share(province.covered, province.regions), province.display_name.as_str())
    });
    let rows = provinces.into_iter().map(|province| {
        let path = look.path(&format!("/regions/{}", id_of(&province.region)));
        let numbers = [province.covered, province.regions].map(|number| look.number(number));
        let out_of = words::OUT_OF.text(look.lang, &[&numbers[0], &numbers[1]]);
        let share = match province.covered {
            0 => html! { span.quiet { (look.of(words::NOT_RECORDED)) } },
            covered => html! { (percent(look, covered, province.regions)) },
        };
        TableRow::new(
            html! { a href=(path) { (province.display_name) } },
            [html! { (out_of) }, share],
        )
    });
    let rows: Vec<TableRow> = rows.collect();
    html! {
        details {
            summary { (look.of(words::MAP_AS_TABLE)) }
            (table(look, "dense", &html! { (look.of(words::MAP_CAPTION)) }, &columns, &rows))
        }
    }
}

fn uniformity(look: Look, report: &Report) -> Arc<PageSection> {
    let share = report.uniformity.clone().unwrap_or_default();
    let counters: i32 = report.malls.iter().map(|mall| mall.counters).sum();
    let unknown = counters - share.denominator;
    let numbers = [share.numerator, share.denominator].map(|number| look.number(number));
    let of_counters = words::COUNTERS_OF.text(look.lang, &[&numbers[0], &numbers[1]]);
    let percent = percent(look, share.numerator, share.denominator);
    let caption = html! { (look.of(words::DIFFERENT_CAPTION)) };
    PageSection::new(
        "uniformity",
        html! {
            section #uniformity.w5 aria-labelledby="uniformity-title" {
                h2 #uniformity-title { (look.of(words::UNIFORMITY)) (look.mark()) }
                @if share.denominator > 0 {
                    p.say {
                        (words::UNIFORM_SAY.say(look.lang, &[&html! { strong { (of_counters) } }, &percent]))
                    }
                    @if unknown > 0 {
                        p.help { (words::HOURS_UNKNOWN_OF.text(look.lang, &[&look.number(unknown)])) }
                    }
                    (deviations::few(look, &report.deviations, FEW, &caption))
                    @if report.counters_with_findings > 0 {
                        p.more { a href=(look.path("/hours")) {
                            (words::SEE_ALL_DIFFERENT.text(look.lang, &[&look.number(report.counters_with_findings)]))
                        } }
                    }
                } @else { p.help { (look.of(words::HOURS_ALL_UNKNOWN)) } }
                p.more {
                    a href=(look.path("/standards")) { (look.of(words::SEE_STANDARDS)) } " "
                    a href=(look.path("/lifeEvents")) { (look.of(words::SEE_LIFE_EVENTS)) }
                }
            }
        },
    )
}

fn today(look: Look, report: &Report) -> Arc<PageSection> {
    let malls = &report.malls;
    let issued: i32 = malls.iter().map(|mall| mall.tickets_issued_today).sum();
    let booked: i32 = malls.iter().map(|mall| mall.appointments_today).sum();
    let quiet = issued == 0 && booked == 0;
    let numbers =
        [report.tickets_completed_today, issued, booked].map(|number| look.number(number));
    let [done, issued, booked] = numbers.map(|number| html! { strong { (number) } });
    PageSection::new(
        "today",
        html! {
            section #today.w7 aria-labelledby="today-title" {
                h2 #today-title { (look.of(words::TODAY)) (look.mark()) }
                @if quiet { p.say { (look.of(words::NO_TICKETS)) } }
                @else { p.say { (words::TICKETS_SAY.say(look.lang, &[&done, &issued, &booked])) } }
                p.more { a href=(look.path("/malls")) {
                    (words::SEE_ALL_MALLS.text(look.lang, &[&format::count(look.lang, malls.len())]))
                } }
            }
        },
    )
}

fn stages(look: Look, report: &Report) -> Arc<PageSection> {
    let columns = [Column::text(words::STAGE), Column::number(words::MALLS)];
    let rows = report.stages.iter().map(|count| {
        let stage = say::stage(count.stage()).unwrap_or(words::NO_STAGE);
        TableRow::new(html! { (look.of(stage)) }, [html! { (look.number(count.malls)) }])
    });
    let rows: Vec<TableRow> = rows.collect();
    let caption = html! { (look.of(words::STAGES_CAPTION)) };
    PageSection::new(
        "stages",
        html! {
            section #stages.w5 aria-labelledby="stages-title" {
                h2 #stages-title { (look.of(words::STAGES)) (look.mark()) }
                @if rows.is_empty() { p.help { (look.of(words::NOT_RECORDED)) } }
                @else { (table(look, "dense", &caption, &columns, &rows)) }
            }
        },
    )
}
