//! The pages of a province and of a mall.

use maud::{Markup, html};
use mpp_api::{
    registry::mall::Stage,
    reporting::{MallReport, ProvinceReport, Share},
};

use super::{
    deviations::{deviation_table, left_out},
    format,
    nation::{card, incomplete, mall_table, share_card, stage},
    text::{self, Lang},
    view::{View, counter_name, localized, mall_link, table, uniformity},
};
use crate::model::{MallRow, below, mall_deviations, province_of, text as texts, valid};

/// The sections of a province's page; `None` where no such province is known.
pub fn province(view: &View<'_>, name: &str, lang: Lang) -> Option<Vec<(&'static str, Markup)>> {
    let province = view.report.provinces.iter().find(|province| province.region == name)?;
    let malls: Vec<&MallReport> = view
        .report
        .malls
        .iter()
        .filter(|mall| province_of(view.state, &mall.region) == name)
        .collect();
    Some(vec![
        ("headline", province_headline(view, province, lang)),
        ("regions", regions(view, name, &malls, lang)),
        (
            "malls",
            html! { section #malls { h2 { (text::MALLS.of(lang)) } (mall_table(view, &malls, lang)) } },
        ),
    ])
}

fn province_headline(view: &View<'_>, province: &ProvinceReport, lang: Lang) -> Markup {
    let share = Share {
        numerator: province.covered,
        denominator: province.regions,
        percent: f64::from(province.covered) * 100.0 / f64::from(province.regions.max(1)),
        denominator_name: Some(texts(
            &format!("{} kabupaten dan kota", province.regions),
            &format!("{} regencies and cities", province.regions),
        )),
    };
    html! {
        section #headline {
            h1 { (province.display_name) }
            p.asof { (text::AS_OF.of(lang)) " " (format::date(lang, &view.report.as_of)) }
            (incomplete(view, lang))
            div.cards { (share_card(text::COVERED_ALL, Some(&share), lang)) }
        }
    }
}

/// Every regency and city with its malls, those without one included.
fn regions(view: &View<'_>, province: &str, malls: &[&MallReport], lang: Lang) -> Markup {
    let rows = view
        .state
        .regions
        .iter()
        .filter(|(_, row)| row.parent == province && valid(row, &view.report.as_of));
    let head = [text::REGION.of(lang), text::MALL.of(lang), text::STAGE.of(lang)];
    let body = html! {
        @for (name, row) in rows {
            @let own: Vec<_> = malls.iter().filter(|mall| mall.region == *name).collect();
            tr {
                th scope="row" { (row.title) }
                td data-label=(head[1]) {
                    @if own.is_empty() { span.quiet { (text::NO_MALL_HERE.of(lang)) } }
                    @for mall in &own { span.line { (mall_link(view, &mall.mall, lang)) } }
                }
                td data-label=(head[2]) {
                    @for mall in &own { span.line { (stage(mall.stage(), &mall.stage_date, lang)) } }
                }
            }
        }
    };
    html! {
        section #regions {
            h2 { (text::REGION.of(lang)) }
            (table(text::REGION.of(lang), true, &head, &body))
        }
    }
}

/// The sections of a mall's page; `None` where no such mall is known.
pub fn mall(view: &View<'_>, name: &str, lang: Lang) -> Option<Vec<(&'static str, Markup)>> {
    let row = view.state.malls.get(name)?;
    let report = view.report.malls.iter().find(|mall| mall.mall == name)?;
    let found = mall_deviations(view.state, name);
    Some(vec![
        ("headline", mall_headline(view, row, report, lang)),
        ("stages", stages(row, lang)),
        ("counters", counters(view, name, lang)),
        (
            "deviations",
            html! {
                section #deviations {
                    h2 { (text::DEVIATIONS.of(lang)) }
                    (left_out(i32::try_from(found.left_out).unwrap_or(i32::MAX), lang))
                    (deviation_table(view, &found.deviations, lang))
                }
            },
        ),
    ])
}

fn mall_headline(view: &View<'_>, row: &MallRow, report: &MallReport, lang: Lang) -> Markup {
    html! {
        section #headline {
            h1 { (localized(&row.title, lang)) }
            p.asof { (view.region(&report.region)) " · " (stage(report.stage(), &report.stage_date, lang)) }
            (incomplete(view, lang))
            div.cards {
                (card(text::COUNTERS.of(lang), &format::number(lang, report.counters), &uniformity(report, lang)))
                (card(text::SERVICES.of(lang), &format::number(lang, report.offerings), &html! {}))
                (card(text::TICKETS_TODAY.of(lang), &format::number(lang, report.tickets_completed_today), &html! {
                    (format::number(lang, report.tickets_issued_today)) " " (text::ISSUED.of(lang))
                }))
                (card(text::APPOINTMENTS.of(lang), &format::number(lang, report.appointments_today), &html! {
                    (text::APPOINTMENTS_TODAY.of(lang))
                }))
            }
        }
    }
}

/// Every stage that stands, with the date and what shows it.
fn stages(row: &MallRow, lang: Lang) -> Markup {
    let mut facts: Vec<_> = row.stages.iter().filter(|fact| fact.known.until.is_none()).collect();
    facts.sort_by_key(|fact| (&fact.date, fact.place));
    let head = [text::STAGE.of(lang), text::DATE.of(lang), text::EVIDENCE.of(lang)];
    let body = html! {
        @for fact in facts {
            tr {
                th scope="row" { (text::stage(Stage::try_from(fact.stage).unwrap_or_default()).of(lang)) }
                td data-label=(head[1]) { (format::date(lang, &fact.date)) }
                td data-label=(head[2]) { (super::view::indonesian(&fact.evidence, lang)) }
            }
        }
    };
    html! { section #stages { h2 { (text::STAGES.of(lang)) } (table(text::STAGES.of(lang), false, &head, &body)) } }
}

fn counters(view: &View<'_>, mall: &str, lang: Lang) -> Markup {
    let present = below(&view.state.counters, mall)
        .filter(|(_, row)| row.spans.last().is_some_and(|span| span.until.is_none()));
    html! {
        section #counters {
            h2 { (text::COUNTERS.of(lang)) }
            ul.plain {
                @for (name, _) in present {
                    li {
                        (counter_name(view, name, lang)) " "
                        @match view.state.deviations.get(name) {
                            Some(row) if row.uniform => span.good { (text::UNIFORM.of(lang)) },
                            Some(_) => span.warn { (text::DEVIATING.of(lang)) },
                            None => span.quiet { (text::UNKNOWN.of(lang)) },
                        }
                    }
                }
            }
        }
    }
}
