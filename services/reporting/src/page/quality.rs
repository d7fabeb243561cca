//! The sections on quality: changes, sources, published counts.

use maud::{Markup, html};
use mpp_api::reporting::{CatalogChange, SourceReport};

use super::{
    format,
    text::{self, Lang, Phrase},
    view::{View, id_of, indonesian, localized, table, time, wire},
};
use crate::model::{OwnCount, Published, published as published_counts};

fn heads<const N: usize>(phrases: [Phrase; N], lang: Lang) -> [&'static str; N] {
    phrases.map(|phrase| phrase.of(lang))
}

/// Recent catalog changes, newest first.
pub fn changes(view: &View<'_>, lang: Lang) -> Markup {
    let head = heads([text::SERVICE, text::CHANGE, text::BEFORE, text::AFTER, text::TIME], lang);
    let rows =
        html! { @for change in &view.report.changes { (change_row(view, change, &head, lang)) } };
    html! {
        section #changes aria-labelledby="changes-title" {
            h2 #changes-title { (text::CHANGES.of(lang)) }
            @if view.report.changes.is_empty() { p.quiet { (text::NO_CHANGES.of(lang)) } }
            @else {
                (changes_cut(view, lang))
                (table(text::CHANGES.of(lang), true, &head, &rows))
            }
        }
    }
}

/// Says that there are more, and where.
fn changes_cut(view: &View<'_>, lang: Lang) -> Markup {
    let shown = i32::try_from(view.report.changes.len()).unwrap_or(i32::MAX);
    let total = view.report.changes_total;
    html! {
        @if shown < total {
            p.help {
                (format::number(lang, shown)) " " (text::OF.of(lang)) " " (format::number(lang, total))
                " " (text::CHANGES_SHOWN.of(lang))
            }
        }
    }
}

fn change_row(view: &View<'_>, change: &CatalogChange, head: &[&str; 5], lang: Lang) -> Markup {
    let owner = change.service.split("/services/").next().unwrap_or_default();
    html! {
        tr {
            th scope="row" {
                (wire(change.title.as_ref(), lang))
                span.quiet.small {
                    @match view.state.units.get(owner) {
                        Some(unit) => (localized(&unit.title, lang)),
                        None => (id_of(owner)),
                    }
                }
            }
            td data-label=(head[1]) { (text::field(change.field()).of(lang)) }
            td data-label=(head[2]) { (value(&change.before, lang)) }
            td data-label=(head[3]) { strong { (value(&change.after, lang)) } }
            td data-label=(head[4]) { @if let Some(at) = &change.time { (time(at, lang)) } }
        }
    }
}

fn value(text: &str, lang: Lang) -> Markup {
    match text {
        "" => html! { span.quiet { (text::NOTHING.of(lang)) } },
        text => indonesian(text, lang),
    }
}

/// Sources against their freshness targets, with their accounting.
pub fn sources(view: &View<'_>, lang: Lang) -> Markup {
    let head = heads(
        [
            text::SOURCE,
            text::STATUS,
            text::LAST_SUCCESS,
            text::TARGET,
            text::RECEIVED,
            text::APPLIED,
            text::UNCHANGED,
            text::REJECTED,
            text::QUARANTINED,
        ],
        lang,
    );
    let rows = html! { @for source in &view.report.sources { (source_row(source, &head, lang)) } };
    html! {
        section #sources aria-labelledby="sources-title" {
            h2 #sources-title { (text::SOURCES.of(lang)) }
            p.help { (text::SOURCES_HELP.of(lang)) }
            @if view.report.sources.is_empty() { p.quiet { (text::NO_SOURCES.of(lang)) } }
            @else { (table(text::SOURCES.of(lang), false, &head, &rows)) }
        }
    }
}

fn source_row(source: &SourceReport, head: &[&str; 9], lang: Lang) -> Markup {
    let counts =
        [source.received, source.applied, source.unchanged, source.rejected, source.quarantined];
    html! {
        tr {
            th scope="row" {
                (wire(source.display_name.as_ref(), lang))
                span.quiet.small { (id_of(&source.source)) }
            }
            td data-label=(head[1]) {
                @if source.late { span.bad { (text::LATE.of(lang)) } }
                @else { span.good { (text::ON_TIME.of(lang)) } }
            }
            td data-label=(head[2]) {
                @match &source.last_success_time {
                    Some(at) => (time(at, lang)),
                    None => span.quiet { (text::NEVER.of(lang)) },
                }
            }
            td data-label=(head[3]) {
                (text::EVERY.of(lang)) " " (format::duration(lang, source.freshness_target_seconds))
            }
            @for (count, label) in counts.into_iter().zip(&head[4..]) {
                td.number data-label=(label) { (format::number(lang, count)) }
            }
        }
    }
}

/// What other bodies published, beside our own count of the same day.
pub fn published(view: &View<'_>, lang: Lang) -> Markup {
    let head = heads(
        [
            text::DATE,
            text::PUBLISHER,
            text::THEIR_COUNT,
            text::DENOMINATOR,
            text::OUR_COUNT,
            text::NOTE,
        ],
        lang,
    );
    let rows = html! {
        @for (row, own) in published_counts().iter().zip(view.own).rev() {
            (published_row(row, *own, &head, lang))
        }
    };
    html! {
        section #published aria-labelledby="published-title" {
            h2 #published-title { (text::PUBLISHED.of(lang)) }
            p.help { (text::PUBLISHED_HELP.of(lang)) }
            (table(text::PUBLISHED.of(lang), true, &head, &rows))
        }
    }
}

fn published_row(row: &Published, own: OwnCount, head: &[&str; 6], lang: Lang) -> Markup {
    let stated = |number: Option<u32>| match number {
        Some(number) => html! { (format::number(lang, number)) },
        None => html! { span.quiet { (text::NOT_STATED.of(lang)) } },
    };
    let of_usize = |number: usize| format::number(lang, i64::try_from(number).unwrap_or(i64::MAX));
    html! {
        tr {
            th scope="row" { time datetime=(row.date) { (format::date(lang, &row.date)) } }
            td data-label=(head[1]) { (row.publisher) }
            td.number data-label=(head[2]) { (stated(row.operating)) }
            td.number data-label=(head[3]) { (stated(row.denominator)) }
            td.number data-label=(head[4]) {
                (of_usize(own.malls))
                span.quiet.small { (of_usize(own.regions)) " " (text::IN_REGIONS.of(lang)) }
            }
            td data-label=(head[5]) { (match lang { Lang::Id => &row.note_id, Lang::En => &row.note_en }) }
        }
    }
}
