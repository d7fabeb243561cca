//! The national page, from its headline down to its stages.

use maud::{Markup, html};
use mpp_api::{
    registry::mall::Stage,
    reporting::{Freshness, MallReport, Share},
};

use super::{
    deviations, format,
    map::map,
    quality,
    text::{self, Lang, Phrase},
    view::{View, bar, mall_link, table, time, uniformity, wire},
};

/// The sections in their order, each with the id that replaces it when it changes.
pub fn sections(view: &View<'_>, lang: Lang) -> Vec<(&'static str, Markup)> {
    vec![
        ("headline", headline(view, lang)),
        ("map", map(view, lang)),
        ("stages", stages(view, lang)),
        ("freshness", freshness(view, lang)),
        ("changes", quality::changes(view, lang)),
        ("deviations", deviations::deviations(view, lang)),
        ("malls", malls(view, lang)),
        ("sources", quality::sources(view, lang)),
        ("published", quality::published(view, lang)),
    ]
}

fn headline(view: &View<'_>, lang: Lang) -> Markup {
    let report = view.report;
    let malls = &report.malls;
    let issued: i32 = malls.iter().map(|mall| mall.tickets_issued_today).sum();
    let booked: i32 = malls.iter().map(|mall| mall.appointments_today).sum();
    html! {
        section #headline aria-labelledby="headline-title" {
            h2 #headline-title { (text::HEADLINE.of(lang)) }
            p.asof {
                (text::AS_OF.of(lang)) " "
                time datetime=(report.as_of) { (format::date(lang, &report.as_of)) }
                @if let Some(known) = &report.known_on { " · " (text::UPDATED.of(lang)) " " (time(known, lang)) }
            }
            (incomplete(view, lang))
            div.cards {
                (share_card(text::COVERED_AUTONOMOUS, report.coverage_autonomous.as_ref(), lang))
                (share_card(text::COVERED_ALL, report.coverage_all.as_ref(), lang))
                (card(text::OPERATING_MALLS.of(lang), &format::number(lang, operating(malls)), &html! {
                    (text::OF.of(lang)) " " (format::number(lang, count(malls))) " " (text::KNOWN_MALLS.of(lang))
                }))
                (share_card(text::UNIFORM_HOURS, report.uniformity.as_ref(), lang))
                (card(text::TICKETS_TODAY.of(lang), &format::number(lang, report.tickets_completed_today), &html! {
                    (format::number(lang, issued)) " " (text::ISSUED.of(lang)) " · "
                    (format::number(lang, booked)) " " (text::APPOINTMENTS_TODAY.of(lang))
                }))
            }
        }
    }
}

/// What is missing, where something is.
pub fn incomplete(view: &View<'_>, lang: Lang) -> Markup {
    html! {
        @if !view.report.complete {
            p.notice role="status" {
                strong { (text::INCOMPLETE.of(lang)) ". " }
                (wire(view.report.incomplete_reason.as_ref(), lang))
            }
        }
    }
}

fn count(malls: &[MallReport]) -> i64 {
    i64::try_from(malls.len()).unwrap_or(i64::MAX)
}

fn operating(malls: &[MallReport]) -> i64 {
    i64::try_from(malls.iter().filter(|mall| mall.operates).count()).unwrap_or(i64::MAX)
}

/// A number with its label.
pub fn card(label: &str, value: &str, detail: &Markup) -> Markup {
    html! { div.card { h3 { (label) } p.value { (value) } p.detail { (detail) } } }
}

/// A share with its numerator and its denominator by name.
pub fn share_card(label: Phrase, share: Option<&Share>, lang: Lang) -> Markup {
    html! {
        div.card {
            h3 { (label.of(lang)) }
            @match share.filter(|share| share.denominator > 0) {
                Some(share) => {
                    p.value { (format::percent(lang, share.percent)) }
                    (bar(share.percent))
                    p.detail {
                        (format::number(lang, share.numerator)) " " (text::OF.of(lang)) " "
                        span.quiet { (wire(share.denominator_name.as_ref(), lang)) }
                    }
                }
                None => p.value.quiet { (text::NO_DATA.of(lang)) }
            }
        }
    }
}

fn stages(view: &View<'_>, lang: Lang) -> Markup {
    let most = view.report.stages.iter().map(|stage| stage.malls).max().unwrap_or(1).max(1);
    html! {
        section #stages aria-labelledby="stages-title" {
            h2 #stages-title { (text::STAGES.of(lang)) }
            p.help { (text::STAGES_HELP.of(lang)) }
            @if view.report.stages.is_empty() { p.quiet { (text::NO_MALLS.of(lang)) } }
            dl.stages {
                @for stage in &view.report.stages {
                    div {
                        dt { (text::stage(stage.stage()).of(lang)) }
                        dd {
                            (bar(f64::from(stage.malls) * 100.0 / f64::from(most)))
                            span.number { (format::number(lang, stage.malls)) }
                        }
                    }
                }
            }
        }
    }
}

fn malls(view: &View<'_>, lang: Lang) -> Markup {
    html! {
        section #malls aria-labelledby="malls-title" {
            h2 #malls-title { (text::MALLS.of(lang)) }
            (mall_table(view, &view.report.malls.iter().collect::<Vec<_>>(), lang))
        }
    }
}

/// A table of malls; its headings stand again on each cell, for narrow screens.
pub fn mall_table(view: &View<'_>, malls: &[&MallReport], lang: Lang) -> Markup {
    let head = [
        text::MALL,
        text::REGION,
        text::STAGE,
        text::COUNTERS,
        text::HOURS,
        text::SERVICES,
        text::QUEUE,
        text::APPOINTMENTS,
    ]
    .map(|phrase| phrase.of(lang));
    let rows = html! { @for mall in malls { (mall_row(view, mall, &head, lang)) } };
    html! {
        @if malls.is_empty() { p.quiet { (text::NO_MALLS.of(lang)) } }
        @else { (table(text::MALLS.of(lang), true, &head, &rows)) }
    }
}

fn mall_row(view: &View<'_>, mall: &MallReport, head: &[&str; 8], lang: Lang) -> Markup {
    html! {
        tr {
            th scope="row" { (mall_link(view, &mall.mall, lang)) }
            td data-label=(head[1]) { (view.region(&mall.region)) }
            td data-label=(head[2]) { (stage(mall.stage(), &mall.stage_date, lang)) }
            td.number data-label=(head[3]) { (format::number(lang, mall.counters)) }
            td data-label=(head[4]) { (uniformity(mall, lang)) }
            td.number data-label=(head[5]) { (format::number(lang, mall.offerings)) }
            td.number data-label=(head[6]) title=(text::QUEUE_HELP.of(lang)) {
                (format::number(lang, mall.tickets_completed_today)) " / "
                (format::number(lang, mall.tickets_issued_today))
            }
            td.number data-label=(head[7]) { (format::number(lang, mall.appointments_today)) }
        }
    }
}

/// A stage with its date.
pub fn stage(stage: Stage, date: &str, lang: Lang) -> Markup {
    html! {
        (text::stage(stage).of(lang))
        @if !date.is_empty() { span.quiet.small { (text::SINCE.of(lang)) " " (format::date(lang, date)) } }
    }
}

fn freshness(view: &View<'_>, lang: Lang) -> Markup {
    html! {
        section #freshness aria-labelledby="freshness-title" {
            h2 #freshness-title { (text::FRESHNESS.of(lang)) }
            ul.plain { @for feed in &view.report.freshness { li { (feed_line(feed, lang)) } } }
        }
    }
}

fn feed_line(feed: &Freshness, lang: Lang) -> Markup {
    let name = match feed.feed.as_str() {
        "registry" => text::FEED_REGISTRY,
        _ => text::FEED_SCHEDULING,
    };
    html! {
        strong { (name.of(lang)) } ": "
        @if feed.connected { span.good { (text::CONNECTED.of(lang)) } }
        @else { span.bad { (text::DISCONNECTED.of(lang)) } }
        ", " (text::REVISION.of(lang)) " " (format::number(lang, feed.revision))
        @if let Some(commit) = &feed.commit_time { ", " (text::LAST_CHANGE.of(lang)) " " (time(commit, lang)) }
    }
}
