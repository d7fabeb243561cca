//! How fresh the data are, how they are counted, and the technical details.

use std::sync::Arc;

use maud::{Markup, html};
use mpp_api::reporting::{Freshness, SourceReport};
use mpp_calendar::Zone;

use crate::{
    components::Look,
    pages::{PageSection, PageView},
    words::{format, table as words, upstream},
};

/// The section on how recent the figures are.
pub fn freshness(look: Look, view: &PageView) -> Arc<PageSection> {
    let report = &*view.report;
    PageSection::new(
        "freshness",
        html! {
            section #freshness.w5 aria-labelledby="freshness-title" {
                h2 #freshness-title { (look.of(words::FRESHNESS)) }
                p { (feeds(look, &report.freshness)) " " (sources(look, &report.sources)) }
                details #method {
                    summary { (look.of(words::METHOD)) }
                    p.help { (look.of(words::METHOD_TEXT)) }
                }
                details.technical {
                    summary { (look.of(words::TECHNICAL)) }
                    dl.pairs {
                        @for feed in &report.freshness {
                            dt { (words::REVISION_OF.text(look.lang, &[feed_name(look, feed)])) }
                            dd { (look.number(feed.revision)) }
                        }
                        dt { (look.of(words::KNOWN_ON)) }
                        dd {
                            @if let Some(known) = &report.known_on {
                                (format::machine(format::micros(known), Zone::Wib))
                            }
                        }
                    }
                }
            }
        },
    )
}

fn feed_name<'a>(look: Look, feed: &Freshness) -> &'a str {
    look.of(upstream(feed.feed()))
}

fn is_live(feed: &Freshness) -> bool {
    feed.connected && feed.behind_since.is_none()
}

/// Live while both feeds are; else each that is not is named, with the time of its last data.
fn feeds(look: Look, feeds: &[Freshness]) -> Markup {
    let last = |feed: &Freshness| {
        feed.commit_time.as_ref().map(|time| look.time_of_day(format::micros(time), Zone::Wib))
    };
    let newest = feeds.iter().max_by_key(|feed| feed.commit_time.as_ref().map(format::micros));
    html! {
        @if let (true, Some(last)) = (feeds.iter().all(is_live), newest.and_then(last)) {
            (words::FRESH_LIVE.say(look.lang, &[&last]))
        } @else {
            @for feed in feeds.iter().filter(|feed| !is_live(feed)) {
                @match last(feed) {
                    Some(_) if feed.behind_since.is_some() => {
                        (words::FRESH_BEHIND.say(look.lang, &[
                            &feed_name(look, feed),
                            &look.number(feed.revision),
                            &look.number(feed.head_revision),
                        ]))
                    },
                    Some(last) => (words::FRESH_LOST.say(look.lang, &[&feed_name(look, feed), &last])),
                    None => (words::FRESH_NEVER.say(look.lang, &[&feed_name(look, feed)])),
                }
                " "
            }
        }
    }
}

fn sources(look: Look, sources: &[SourceReport]) -> Markup {
    let late = sources.iter().filter(|source| source.late).count();
    let unheard = sources.iter().filter(|source| !source.late && source.unheard).count();
    let lacking = sources.iter().filter(|source| source.incomplete.is_some()).count();
    let on_time = sources.len() - late - unheard;
    let numbers = [on_time, sources.len()].map(|many| format::count(look.lang, many));
    let link = |text: &str| html! { a href=(look.path("/sources")) { (text) } };
    html! {
        @if sources.is_empty() { (look.of(words::NO_SOURCES)) }
        @else {
            (words::SOURCES_SAY.text(look.lang, &[&numbers[0], &numbers[1]])) " "
            @if late > 0 {
                (link(&words::SOURCES_LATE.text(look.lang, &[&format::count(look.lang, late)]))) ". "
            }
            @if unheard > 0 {
                (link(&words::SOURCES_UNHEARD.text(look.lang, &[&format::count(look.lang, unheard)]))) ". "
            }
            @if lacking > 0 {
                (link(&words::SOURCES_INCOMPLETE.text(look.lang, &[&format::count(look.lang, lacking)]))) "."
            }
        }
    }
}
