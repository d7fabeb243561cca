//! A source of a catalog: what its last runs brought, and what its keeper has to do.

use std::sync::Arc;

use maud::{Markup, html};
use mpp_api::{
    reporting::{
        SourceReport,
        source_report::{AtService, Client},
    },
    sync::{ListWaitingRecordsResponse, WaitingCause},
};
use mpp_calendar::Zone;
use mpp_core::{FieldCode, id_of};

use super::{
    Block, Drawn, PageSection, PageView, as_of, deviations, heading,
    listing::{Fresh, freshness, source_table},
};
use crate::{
    components::Look,
    words::{Phrase, fed, format, incomplete, local_text, remedy, table as words},
};

/// Draws the page; `None` if the report has no such source.
pub fn draw(
    look: Look,
    view: &PageView,
    id: &str,
    waits: Option<&ListWaitingRecordsResponse>,
) -> Option<Drawn> {
    let source = view.report.sources.iter().find(|own| id_of(&own.source) == id)?;
    let as_of = as_of(look, view, Zone::Wib);
    let title = match local_text(source.display_name.as_ref(), look.lang) {
        empty if empty.is_empty() => id.to_owned(),
        title => title,
    };
    let named = deviations::name(look, source.display_name.as_ref(), &source.source);
    Some(Drawn {
        description: words::SOURCE_DESCRIPTION.text(look.lang, &[&title]),
        title,
        notice: words::SAMPLE_TEXT,
        crumbs: vec![
            ("/".to_owned(), look.of(words::NATION).to_owned()),
            ("/sources".to_owned(), look.of(words::SOURCES).to_owned()),
        ],
        heading: heading(look, &named, "", &as_of, false),
        blocks: vec![
            Block::InHeading(as_of),
            Block::One(runs(look, source)),
            Block::One(to_do(look, source)),
            Block::One(waiting(look, waits)),
        ],
        footer: html! { (look.of(words::SOURCE_LINE)) },
    })
}

fn runs(look: Look, source: &SourceReport) -> Arc<PageSection> {
    PageSection::new(
        "runs",
        html! {
            section #runs aria-labelledby="runs-title" {
                h2 #runs-title { (look.of(words::SOURCE_RUNS)) (look.mark()) }
                (source_table(look, words::SOURCE_RUNS_CAPTION, source))
                (services(look, source))
            }
        },
    )
}

/// How the source stands at each service that it feeds, or that nobody knows yet which these are.
fn services(look: Look, source: &SourceReport) -> Markup {
    html! {
        @if source.services.is_empty() {
            // Reporting of the release before does not tell the services.
            @if source.last_success_time.is_none() && source.incomplete.is_none() {
                p.help { (look.of(words::SOURCE_FEEDS_UNKNOWN)) }
            }
        }
        @else {
            ul { @for at in &source.services { li { (service_line(look, at)) (clients(look, at)) } } }
        }
    }
}

/// Its clients there, each by its own runs, where they are several.
fn clients(look: Look, at: &AtService) -> Markup {
    html! {
        @if !at.clients.is_empty() {
            p.help { (look.of(words::SOURCE_CLIENTS)) }
            ul { @for client in &at.clients { li { (client_line(look, client)) } } }
        }
    }
}

fn client_line(look: Look, client: &Client) -> Markup {
    let (lacks, last) = (client.incomplete.as_ref(), client.last_success_time.as_ref());
    html! {
        @if client.name.is_empty() { (look.of(words::CLIENT_UNNAMED)) } @else { code { (client.name) } }
        ": "
        @if client.away { span.quiet { (look.of(words::CLIENT_AWAY)) } }
        @else if client.unscheduled && lacks.is_none() && last.is_some() {
            (look.of(words::CLIENT_UNSCHEDULED))
        }
        @else { (freshness(look, Fresh { late: client.late, unheard: false, lacks, last })) }
        ", " (look.of(words::LAST_SUCCESS)) " " (moment(look, last))
    }
}

fn moment(look: Look, time: Option<&prost_types::Timestamp>) -> Markup {
    match time {
        Some(time) => look.moment(format::micros(time), Zone::Wib),
        None => html! { (look.of(words::NEVER)) },
    }
}

fn service_line(look: Look, at: &AtService) -> Markup {
    let (lacks, last) = (at.incomplete.as_ref(), at.last_success_time.as_ref());
    let fresh = Fresh { late: at.late, unheard: at.unheard, lacks, last };
    html! {
        (look.of(fed(at.service()))) ": " (freshness(look, fresh))
        ", " (look.of(words::LAST_SUCCESS)) " " (moment(look, last))
    }
}

fn to_do(look: Look, source: &SourceReport) -> Arc<PageSection> {
    let lines = all_to_do(look, source);
    PageSection::new(
        "to-do",
        html! {
            section #to-do aria-labelledby="to-do-title" {
                h2 #to-do-title { (look.of(words::SOURCE_TODO)) }
                @if lines.is_empty() { p.help { (look.of(words::TODO_NOTHING)) } }
                @else { ul { @for line in &lines { li { (line) } } } }
            }
        },
    )
}

/// The causes that the source's records wait for, and the first of those records; not known while
/// one of the services that it may feed is silent.
fn waiting(look: Look, waits: Option<&ListWaitingRecordsResponse>) -> Arc<PageSection> {
    PageSection::new(
        "waiting",
        html! {
            section #waiting aria-labelledby="waiting-title" {
                h2 #waiting-title { (look.of(words::SOURCE_WAITING)) (look.mark()) }
                @if let Some(waits) = waits && waits.contested_size > 0 {
                    p { (commands(&words::WAITING_CONTESTED.text(
                        look.lang, &[&look.number(waits.contested_size)]
                    ))) }
                }
                @match waits {
                    None => p.help { (look.of(words::WAITING_UNKNOWN)) },
                    Some(waits) if waits.causes.is_empty() => p.help { (look.of(words::WAITING_NOTHING)) },
                    Some(waits) => {
                        p.help { (look.of(words::WAITING_HELP)) }
                        (causes(look, waits))
                        (waiting_records(look, waits))
                    },
                }
            }
        },
    )
}

/// The causes, and how many more there are than are shown.
fn causes(look: Look, waits: &ListWaitingRecordsResponse) -> Markup {
    let shown = i64::try_from(waits.causes.len()).unwrap_or(i64::MAX);
    let more = i64::from(waits.cause_size) - shown;
    html! {
        ul {
            @for cause in &waits.causes { li { (cause_line(look, cause)) } }
            @if more > 0 { li { (words::WAITING_MORE.text(look.lang, &[&look.number(more)])) } }
        }
    }
}

/// The first waiting records, by name.
fn waiting_records(look: Look, waits: &ListWaitingRecordsResponse) -> Markup {
    let shown = i64::try_from(waits.records.len()).unwrap_or(i64::MAX);
    let more = i64::from(waits.total_size) - shown;
    html! {
        details {
            summary { (look.of(words::WAITING_WHICH)) }
            ul {
                @for record in &waits.records { li { code { (record.name) } } }
                @if more > 0 { li { (words::WAITING_MORE.text(look.lang, &[&look.number(more)])) } }
            }
        }
    }
}

fn cause_line(look: Look, cause: &WaitingCause) -> Markup {
    let count = look.number(cause.record_count);
    let phrase = if cause.rejected { words::WAITS_REJECTED } else { waits_for(&cause.code) };
    let about = if cause.rejected { &cause.code } else { &cause.awaited };
    commands(&phrase.text(look.lang, &[&count, about]))
}

/// What a record waits for, by the stable code.
fn waits_for(code: &str) -> Phrase {
    use FieldCode as Code;
    match Code::of(code) {
        Some(Code::UnitNotFound) => words::WAITS_UNIT,
        Some(Code::UnitNotOwned) => words::WAITS_RIGHT,
        Some(Code::MallNotFound) => words::WAITS_MALL,
        Some(Code::MallNotOwned) => words::WAITS_MALL_RIGHT,
        Some(Code::OwnedByOtherSource) => words::WAITS_OWNER,
        Some(Code::RegionNotFound) => words::WAITS_REGION,
        Some(Code::Circle | Code::TooDeep | Code::SetByOthers) => words::WAITS_STANDING,
        Some(Code::TooManyMoved) => words::WAITS_MOVES,
        Some(Code::TargetNotFound) => words::WAITS_TARGET,
        Some(Code::TargetNotOwned) => words::WAITS_TARGET_RIGHT,
        Some(Code::Undone) => words::WAITS_UNDONE,
        _ => words::WAITS_OTHER,
    }
}

fn all_to_do(look: Look, source: &SourceReport) -> Vec<Markup> {
    let mut lines = Vec::new();
    if let Some(found) = &source.incomplete {
        let (what, how) = (look.of(incomplete(found.reason())), look.of(remedy(found.reason())));
        lines.push(words::TODO_INCOMPLETE.text(look.lang, &[what, how]));
    }
    if source.rejected_now + source.unread_now > 0 {
        let numbers = [source.rejected_now, source.unread_now].map(|number| look.number(number));
        lines.push(words::TODO_REFUSED.text(look.lang, &[&numbers[0], &numbers[1]]));
    }
    if source.waiting_now > 0 {
        let number = look.number(source.waiting_now);
        lines.push(words::TODO_WAITING.text(look.lang, &[&number]));
    }
    if source.last_success_time.is_some() && !source.counted {
        lines.push(look.of(words::TODO_UNCOUNTED).to_owned());
    }
    if source.last_success_time.is_none() {
        lines.push(look.of(words::TODO_NEVER).to_owned());
    } else if source.late {
        lines.push(look.of(words::TODO_LATE).to_owned());
    }
    lines.iter().map(|line| commands(line)).collect()
}

/// A line with its commands, between back ticks, set as code.
fn commands(line: &str) -> Markup {
    html! {
        @for (place, part) in line.split('`').enumerate() {
            @if place % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}
