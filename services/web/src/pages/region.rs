//! A province with its regencies and cities; a regency or city with its steps towards a mall.

use std::sync::Arc;

use maud::{Markup, html};
use mpp_api::{
    registry::mall::{Stage, StageEntry},
    reporting::{MallDetail, ProvinceReport, RegionReport, Report},
};
use mpp_calendar::Zone;
use mpp_core::{id_of, region_name};

use super::{
    Block, Drawn, PageSection, PageView, as_of, deviations::name, heading, incomplete, listing,
};
use crate::{
    components::{
        Look, Tone,
        bar::bar,
        table::{Column, TableRow, table},
        tag,
    },
    upstream::RegionData,
    words::{format, indonesian, stage, table as words},
};

/// The steps towards a mall, in their order.
const STEPS: [Stage; 9] = [
    Stage::Committed,
    Stage::Proposed,
    Stage::Verified,
    Stage::Approved,
    Stage::Agreed,
    Stage::Preparing,
    Stage::Operating,
    Stage::Inaugurated,
    Stage::Evaluated,
];

/// Draws the page of a code; `None` if no such region is known.
pub fn draw(look: Look, view: &PageView, code: &str, data: &RegionData) -> Option<Drawn> {
    let name = region_name(code);
    let report = &*view.report;
    if let Some(province) = report.provinces.iter().find(|province| province.region == name) {
        return Some(draw_province(look, view, province));
    }
    let region = report.regions.iter().find(|region| region.region == name)?;
    Some(draw_regency(look, view, region, data))
}

fn draw_province(look: Look, view: &PageView, province: &ProvinceReport) -> Drawn {
    let report = &*view.report;
    let as_of = as_of(look, view, Zone::Wib);
    let title = &province.display_name;
    Drawn {
        title: title.clone(),
        description: words::REGION_DESCRIPTION.text(look.lang, &[title]),
        notice: words::SAMPLE_TEXT,
        crumbs: vec![nation(look)],
        heading: heading(look, &html! { (title) }, "", &as_of, true),
        blocks: vec![
            Block::InHeading(as_of),
            Block::One(covered(look, report, province)),
            Block::One(regencies(look, report, province)),
        ],
        footer: html! { (look.of(words::SOURCE_LINE)) },
    }
}

fn nation(look: Look) -> (String, String) {
    ("/".to_owned(), look.of(words::NATION).to_owned())
}

fn covered(look: Look, report: &Report, province: &ProvinceReport) -> Arc<PageSection> {
    let (part, whole) = (province.covered, province.regions);
    let share = format::percent(look.lang, part.into(), whole.into());
    let share = share.unwrap_or_else(|| look.of(words::UNKNOWN).to_owned());
    let numbers = [province.malls, province.counters, province.deviating_counters];
    let numbers = numbers.map(|number| look.number(number));
    PageSection::new(
        "headline",
        html! {
            section #headline aria-labelledby="headline-title" {
                div.headline {
                    h2 #headline-title.name { (look.of(words::COVERED)) (look.mark()) }
                    p.figure {
                        b { (look.number(part)) } " "
                        span { (words::OF_WHOLE.text(look.lang, &[&look.number(whole), &share])) }
                    }
                    (bar(look, part, whole))
                    @if province.malls > 0 {
                        p.say.note { (words::PROVINCE_HOURS.text(look.lang, &[&numbers[0], &numbers[1], &numbers[2]])) }
                    } @else { p.say.note { (look.of(words::NO_MALL_RECORDED)) } }
                    (incomplete(look, report))
                }
            }
        },
    )
}

/// Every regency and city, including those without a mall on record.
fn regencies(look: Look, report: &Report, province: &ProvinceReport) -> Arc<PageSection> {
    let columns =
        [Column::text(words::REGION), Column::text(words::MALL), Column::text(words::STAGE)];
    let own = report.regions.iter().filter(|region| region.province == province.region);
    let rows: Vec<TableRow> = own.map(|region| regency_row(look, report, region)).collect();
    let caption = words::PROVINCE_REGIONS_CAPTION.text(look.lang, &[&province.display_name]);
    PageSection::new(
        "regions",
        html! {
            section #regions aria-labelledby="regions-title" {
                h2 #regions-title { (look.of(words::REGIONS_TITLE)) (look.mark()) }
                (table(look, "", &html! { (caption) }, &columns, &rows))
            }
        },
    )
}

fn regency_row(look: Look, report: &Report, region: &RegionReport) -> TableRow {
    let path = look.path(&format!("/regions/{}", id_of(&region.region)));
    let malls: Vec<_> = report.malls.iter().filter(|mall| mall.region == region.region).collect();
    let not_recorded = html! { span.quiet { (look.of(words::NOT_RECORDED)) } };
    let links = html! {
        @for (place, mall) in malls.iter().enumerate() {
            @if place > 0 { br; }
            a href=(look.path(&format!("/malls/{}", id_of(&mall.mall)))) {
                (name(look, mall.display_name.as_ref(), &mall.mall))
            }
        }
    };
    let head = html! { a href=(path) { (region.display_name) } };
    match malls.is_empty() {
        true => TableRow::new(head, [not_recorded.clone(), not_recorded]),
        false => {
            let stage = listing::stage_since(look, region.stage(), &region.stage_date);
            TableRow::new(head, [links, stage])
        }
    }
}

fn draw_regency(look: Look, view: &PageView, region: &RegionReport, data: &RegionData) -> Drawn {
    let report = &*view.report;
    let as_of = as_of(look, view, Zone::Wib);
    let title = &region.display_name;
    let province = report.provinces.iter().find(|province| province.region == region.province);
    let mut crumbs = vec![nation(look)];
    let mut before = String::new();
    if let Some(province) = province {
        let path = format!("/regions/{}", id_of(&province.region));
        crumbs.push((path, province.display_name.clone()));
        before = words::PROVINCE_OF.text(look.lang, &[&province.display_name]);
    }
    let mut blocks = vec![Block::InHeading(as_of.clone()), Block::One(steps(look, region, data))];
    blocks.push(Block::Grid(vec![malls(look, report, region), history(look, data)]));
    Drawn {
        title: title.clone(),
        description: words::REGION_DESCRIPTION.text(look.lang, &[title]),
        notice: words::SAMPLE_TEXT,
        crumbs,
        heading: heading(look, &html! { (title) }, &before, &as_of, true),
        blocks,
        footer: html! { (look.of(words::SOURCE_LINE)) },
    }
}

/// The nine steps of the mall that has come furthest.
fn steps(look: Look, region: &RegionReport, data: &RegionData) -> Arc<PageSection> {
    let furthest = data.malls.iter().find(|detail| {
        detail
            .mall
            .as_ref()
            .is_some_and(|mall| mall.stage == region.stage && mall.stage_date == region.stage_date)
    });
    let reached = |step: Stage| {
        let entries = furthest.map(|detail| detail.stages.as_slice()).unwrap_or_default();
        entries.iter().find(|entry| entry.stage() == step)
    };
    let now = STEPS.iter().position(|step| *step == region.stage());
    PageSection::new(
        "stage",
        html! {
            section #stage aria-labelledby="stage-title" {
                h2 #stage-title { (stage_title(look, region, now)) (look.mark()) }
                @if region.malls == 0 { p.say { (look.of(words::NO_MALL_RECORDED)) } }
                @else {
                    p.help {
                        @if region.covered { (look.of(words::HAS_MALL)) }
                        @else { (look.of(words::HAS_NO_MALL_OPERATING)) }
                    }
                    ol.steps {
                        @for (place, step) in STEPS.into_iter().enumerate() {
                            (step_item(look, step, reached(step), now.map(|now| place.cmp(&now))))
                        }
                    }
                }
            }
        },
    )
}

fn stage_title(look: Look, region: &RegionReport, now: Option<usize>) -> String {
    let stage = stage(region.stage()).map(|stage| look.of(stage).to_lowercase());
    match (stage, now) {
        _ if region.malls == 0 => look.of(words::STAGE_UNKNOWN).to_owned(),
        (None, _) => look.of(words::STAGE_UNKNOWN).to_owned(),
        (Some(stage), Some(now)) => {
            words::STAGE_OF.text(look.lang, &[&format::count(look.lang, now + 1), &stage])
        }
        (Some(stage), None) => words::STAGE_HALTED.text(look.lang, &[&stage]),
    }
}

/// A step before the last one reached may have no date: then it was not recorded, which does not
/// say whether the step was taken.
fn step_item(
    look: Look,
    step: Stage,
    entry: Option<&StageEntry>,
    place: Option<std::cmp::Ordering>,
) -> Markup {
    use std::cmp::Ordering::{Equal, Greater};
    let name = stage(step).map_or("", |step| look.of(step));
    let day = |phrase: crate::words::Phrase, entry: &StageEntry| {
        phrase.say(look.lang, &[&look.date(&entry.date)])
    };
    let (class, note) = match (place, entry) {
        (Some(Equal), Some(entry)) => ("now", day(words::STEP_NOW, entry)),
        (_, Some(entry)) => ("done", day(words::STEP_DONE, entry)),
        (Some(Greater), None) => ("todo", html! { (look.of(words::STEP_TODO)) }),
        (Some(Equal), None) => ("now", html! { (look.of(words::STEP_NOT_RECORDED)) }),
        (_, None) => ("todo", html! { (look.of(words::STEP_NOT_RECORDED)) }),
    };
    let current = (place == Some(Equal)).then_some("step");
    html! { li class=(class) aria-current=[current] { (name) span.minor { (note) } } }
}

fn malls(look: Look, report: &Report, region: &RegionReport) -> Arc<PageSection> {
    let own: Vec<_> = report.malls.iter().filter(|mall| mall.region == region.region).collect();
    PageSection::new(
        "mall",
        html! {
            section #mall.w6 aria-labelledby="mall-title" {
                h2 #mall-title { (look.of(words::MALL_HERE)) (look.mark()) }
                @if own.is_empty() { p { (tag(Tone::None, look.of(words::NOT_RECORDED))) } }
                @else {
                    ul.plain {
                        @for mall in own {
                            li {
                                a href=(look.path(&format!("/malls/{}", id_of(&mall.mall)))) {
                                    (name(look, mall.display_name.as_ref(), &mall.mall))
                                } " "
                                span.minor { (listing::stage_since(look, mall.stage(), &mall.stage_date)) }
                            }
                        }
                    }
                }
            }
        },
    )
}

/// The recorded stages of each mall, the latest first.
fn history(look: Look, data: &RegionData) -> Arc<PageSection> {
    let mut entries: Vec<&StageEntry> =
        data.malls.iter().flat_map(|detail: &MallDetail| &detail.stages).collect();
    entries.sort_by(|one, other| other.date.cmp(&one.date));
    PageSection::new(
        "history",
        html! {
            section #history.w6 aria-labelledby="history-title" {
                h2 #history-title { (look.of(words::HISTORY)) }
                @if entries.is_empty() { p.help { (look.of(words::NOT_RECORDED)) } }
                ul.news {
                    @for entry in entries {
                        li {
                            (look.date(&entry.date))
                            span {
                                (stage(entry.stage()).map_or("", |stage| look.of(stage))) ". "
                                span.quiet { (indonesian(&entry.evidence, look.lang)) }
                            }
                        }
                    }
                }
            }
        },
    )
}
