//! A number of today's queue: how many are before it, and where it goes. It knows the number alone,
//! no name and no NIK.

use std::sync::Arc;

use maud::{Markup, html};
use mpp_api::scheduling::Ticket;

use super::{Block, Drawn, PageSection, PageView, deviations::name, mall::names};
use crate::{
    components::Look,
    upstream::MallData,
    words::{format, table as words},
};

/// The state of a number.
enum Standing<'a> {
    /// It waits; this many are called before it.
    Waiting(usize, &'a Ticket),
    /// It is its turn.
    Called(&'a Ticket),
}

impl<'a> Standing<'a> {
    /// The number, in upper or lower case, in today's queues; `None` if it is in none of them.
    fn of(mall: &'a MallData, number: &str) -> Option<Self> {
        mall.queues.values().find_map(|queue| {
            let is_it = |ticket: &Ticket| ticket.number.eq_ignore_ascii_case(number);
            if let Some(ticket) = queue.called.iter().find(|ticket| is_it(ticket)) {
                return Some(Standing::Called(ticket));
            }
            let before = queue.next.iter().position(is_it)?;
            Some(Standing::Waiting(before, &queue.next[before]))
        })
    }

    fn ticket(&self) -> &'a Ticket {
        match self {
            Standing::Waiting(_, ticket) | Standing::Called(ticket) => ticket,
        }
    }
}

/// Draws the page; `None` if the number cannot be one of this mall.
pub fn draw(look: Look, view: &PageView, mall: &MallData, number: &str) -> Option<Drawn> {
    let records = &*mall.records;
    let number = number.to_uppercase();
    let (prefix, _) = number.split_once('-')?;
    let counters = records.counters.as_deref().unwrap_or_default();
    counters.iter().find(|counter| counter.ticket_prefix.eq_ignore_ascii_case(prefix))?;
    let title = names::title(look, view, records);
    let standing = Standing::of(mall, &number);
    Some(Drawn {
        title: format!("{} · {title}", words::TICKET_TITLE.text(look.lang, &[&number])),
        description: look.of(words::TICKET_DESCRIPTION).to_owned(),
        notice: words::SAMPLE_TICKET,
        crumbs: Vec::new(),
        heading: html! {},
        blocks: vec![
            Block::One(card(look, mall, &number, standing.as_ref())),
            Block::One(time(look, mall, standing.as_ref())),
            Block::One(place(look, mall, &title, standing.as_ref())),
        ],
        footer: html! {},
    })
}

fn card(
    look: Look,
    mall: &MallData,
    number: &str,
    standing: Option<&Standing<'_>>,
) -> Arc<PageSection> {
    let called = matches!(standing, Some(Standing::Called(_)));
    PageSection::new(
        "card",
        html! {
            div #card class=(if called { "card call" } else { "card" }) {
                h1 { (look.of(words::YOUR_NUMBER)) " " span.number { (number) } (look.mark()) }
                @match standing {
                    Some(standing) => {
                        p.quiet {
                            (words::AT_COUNTER.say(look.lang, &[&counter(look, mall, standing.ticket())]))
                        }
                        (state(look, mall, standing))
                    }
                    None => p { (look.of(words::NOT_IN_QUEUE)) },
                }
            }
        },
    )
}

fn state(look: Look, mall: &MallData, standing: &Standing<'_>) -> Markup {
    match standing {
        Standing::Waiting(before, _) => html! {
            dl.facts {
                div {
                    dt { (look.of(words::BEFORE_YOU)) }
                    dd { (format::count(look.lang, *before)) }
                }
            }
        },
        Standing::Called(ticket) => {
            let window = names::window(look, &mall.records, &ticket.window);
            html! { p role="status" { strong { (words::YOUR_TURN.say(look.lang, &[&window])) } } }
        }
    }
}

fn counter(look: Look, mall: &MallData, ticket: &Ticket) -> Markup {
    let counters = mall.records.counters.iter().flatten();
    let record = counters.into_iter().find(|record| record.name == ticket.counter);
    name(look, record.and_then(|record| record.display_name.as_ref()), &ticket.counter)
}

/// The time, and which number of the same counter was called last.
fn time(look: Look, mall: &MallData, standing: Option<&Standing<'_>>) -> Arc<PageSection> {
    let now = look.time_of_day(look.now, mall.records.zone());
    let called = mall.queues.values().flat_map(|queue| &queue.called);
    let called = called.filter(|ticket| {
        standing.is_some_and(|standing| standing.ticket().counter == ticket.counter)
    });
    let called = called.max_by_key(|ticket| ticket.call_time.as_ref().map(format::micros));
    PageSection::new(
        "time",
        html! {
            p #time.minor.centre {
                @match called {
                    Some(ticket) => (words::CALLED_NOW.say(look.lang, &[&now, &ticket.number])),
                    None => (words::IT_IS_NOW.say(look.lang, &[&now])),
                }
                " " (look.of(words::UPDATES_ITSELF))
            }
        },
    )
}

fn place(
    look: Look,
    mall: &MallData,
    title: &str,
    standing: Option<&Standing<'_>>,
) -> Arc<PageSection> {
    let place = match standing {
        Some(Standing::Waiting(_, ticket)) => {
            words::WAIT_AT.say(look.lang, &[&counter(look, mall, ticket), &title])
        }
        Some(Standing::Called(ticket)) => {
            words::GO_TO.say(look.lang, &[&names::window(look, &mall.records, &ticket.window)])
        }
        None => html! { (title) },
    };
    PageSection::new(
        "where",
        html! {
            section #where aria-labelledby="where-title" {
                h2 #where-title { (look.of(words::WHERE_TO)) }
                p.where { (place) }
                @if matches!(standing, Some(Standing::Waiting(..))) {
                    p { (look.of(words::PASSED_OVER)) }
                }
                p.minor.note { (look.of(words::NO_PERSONAL_DATA)) }
            }
        },
    )
}
