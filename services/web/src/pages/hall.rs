//! The display in a hall: which number goes to which window, read from 8 m.

use std::sync::Arc;

use maud::{Markup, html};
use mpp_api::{
    registry::Counter,
    scheduling::{DayHours, GetQueueResponse, Ticket, day_hours::Status},
};
use mpp_core::Micros;

use super::{Block, Drawn, PageSection, PageView, deviations::name, hours, mall::names};
use crate::{
    components::Look,
    policy::Policy,
    upstream::{MallData, Records},
    words::{format, table as words},
};

/// Calls that are shown below the latest.
const BEFORE: usize = 5;
/// Counters that fit below, in four columns, and in five.
const FEW: usize = 8;
const MOST: usize = 10;

/// Draws the display.
pub fn draw(look: Look, view: &PageView, mall: &MallData, policy: &Policy) -> Drawn {
    let records = &*mall.records;
    let title = names::title(look, view, records);
    let stays = i64::try_from(policy.call_stays().as_micros()).unwrap_or(i64::MAX);
    let calls = calls(mall);
    let shown = shown(&calls, view.now, stays);
    let head = head(look, records, &title);
    Drawn {
        title: format!("{} · {title}", look.of(words::HALL_TITLE)),
        description: words::HALL_DESCRIPTION.text(look.lang, &[&title]),
        notice: words::SAMPLE_MALL,
        crumbs: Vec::new(),
        heading: html! { (maud::PreEscaped(head.html.as_str())) },
        blocks: vec![
            Block::InHeading(head),
            Block::One(now_calling(look, records, shown.last().copied())),
            Block::One(before(look, records, &shown)),
            Block::One(lines(look, mall)),
        ],
        footer: foot(look, records),
    }
}

fn head(look: Look, records: &Records, title: &str) -> Arc<PageSection> {
    let zone = records.zone();
    let local = format::local(look.now, zone);
    PageSection::new(
        "head",
        html! {
            header #head.hall-head {
                h1 { (title) }
                @if look.sample { p.hall-sample { span { (look.of(words::SAMPLE_SHORT)) } } }
                p.clock {
                    (format::full_day(look.lang, local.date())) " \u{a0} "
                    b { (format::clock(look.lang, local)) } " " (zone)
                }
            }
        },
    )
}

/// Today's calls that scheduling still tells of, in the order in which they were made.
fn calls(mall: &MallData) -> Vec<&Ticket> {
    let mut calls: Vec<&Ticket> = mall.queues.values().flat_map(|queue| &queue.called).collect();
    calls.sort_by_key(|ticket| (called_at(ticket), ticket.number.as_str()));
    calls
}

fn called_at(ticket: &Ticket) -> Micros {
    ticket.call_time.as_ref().map(format::micros).unwrap_or_default()
}

/// The calls that are shown by now: each stays for a while before the next one takes its place.
fn shown<'a>(calls: &[&'a Ticket], now: Micros, stays: Micros) -> Vec<&'a Ticket> {
    let mut shown = Vec::new();
    let mut free = Micros::MIN;
    for call in calls {
        let from = called_at(call).max(free);
        if from > now {
            break;
        }
        free = from.saturating_add(stays);
        shown.push(*call);
    }
    shown
}

fn now_calling(look: Look, records: &Records, latest: Option<&Ticket>) -> Arc<PageSection> {
    PageSection::new(
        "calling",
        html! {
            section #calling.now aria-labelledby="calling-title" aria-live="polite" {
                h2 #calling-title { (look.of(words::NOW_CALLING)) }
                div.box {
                    @match latest {
                        Some(ticket) => {
                            p.call { (ticket.number) }
                            p.to {
                                (names::window(look, records, &ticket.window)) " "
                                span { (counter_name(look, records, &ticket.counter)) }
                            }
                        }
                        None => p.to { (look.of(words::NOBODY_CALLED)) },
                    }
                }
            }
        },
    )
}

fn counter_name(look: Look, records: &Records, counter: &str) -> Markup {
    let record = records.counters.iter().flatten().find(|record| record.name == counter);
    name(look, record.and_then(|record| record.display_name.as_ref()), counter)
}

fn before(look: Look, records: &Records, shown: &[&Ticket]) -> Arc<PageSection> {
    let before = shown.iter().rev().skip(1).take(BEFORE);
    PageSection::new(
        "before",
        html! {
            section #before.before aria-labelledby="before-title" {
                h2 #before-title { (look.of(words::CALLED_BEFORE)) }
                table {
                    caption { (look.of(words::CALLED_BEFORE_CAPTION)) }
                    thead {
                        tr {
                            th scope="col" { (look.of(words::TICKET_NUMBER)) }
                            th scope="col" { (look.of(words::PLACE)) }
                        }
                    }
                    tbody {
                        @for ticket in before {
                            tr {
                                th scope="row" { (ticket.number) }
                                td { (names::window(look, records, &ticket.window)) }
                            }
                        }
                    }
                }
            }
        },
    )
}

fn lines(look: Look, mall: &MallData) -> Arc<PageSection> {
    let all = mall.records.counters.as_deref().unwrap_or_default();
    let shown = busiest(mall, all);
    let class = if shown.len() > FEW { "lines many" } else { "lines" };
    let left = format::count(look.lang, all.len() - shown.len());
    PageSection::new(
        "lines",
        html! {
            section #lines class=(class) aria-labelledby="lines-title" {
                h2 #lines-title.hidden { (look.of(words::BY_COUNTER)) }
                ul { @for counter in &shown { (line(look, mall, counter)) } }
                @if shown.len() < all.len() { p { (words::MORE_COUNTERS.text(look.lang, &[&left])) } }
            }
        },
    )
}

/// The counters that fit: those where most people wait, in the registry's order.
fn busiest<'a>(mall: &MallData, all: &'a [Counter]) -> Vec<&'a Counter> {
    let waiting = |counter: &Counter| mall.queues.get(&counter.name).map_or(0, |own| own.waiting);
    let mut shown: Vec<&Counter> = all.iter().collect();
    shown.sort_by_key(|counter| std::cmp::Reverse(waiting(counter)));
    shown.truncate(MOST);
    shown.sort_by_key(|counter| all.iter().position(|other| other.name == counter.name));
    shown
}

fn line(look: Look, mall: &MallData, counter: &Counter) -> Markup {
    let title = name(look, counter.display_name.as_ref(), &counter.name);
    let today = mall.records.today.get(&counter.name);
    let closed = today.filter(|day| day.status() == Status::Closed);
    let queue = mall.queues.get(&counter.name);
    html! {
        li class=[closed.map(|_| "off")] {
            div {
                h3 { (title) }
                @match (closed, queue) {
                    (Some(_), _) => p { b { (look.of(words::CLOSED)) } },
                    (None, Some(queue)) => (waiting(look, queue)),
                    (None, None) => p { (look.of(words::UNKNOWN)) },
                }
            }
        }
    }
}

fn waiting(look: Look, queue: &GetQueueResponse) -> Markup {
    let next = queue.next.first();
    html! {
        @match next {
            Some(ticket) => {
                p { (words::COMES_NEXT.say(look.lang, &[&html! { b { (ticket.number) } }])) }
                p { (words::PEOPLE_WAITING.text(look.lang, &[&look.number(queue.waiting)])) }
            }
            None => {
                p { b { (look.of(words::NO_WAIT)) } }
                p { (look.of(words::NOBODY_WAITING)) }
            }
        }
    }
}

/// Today's hours and break. Nothing moves: it fits on the line.
fn foot(look: Look, records: &Records) -> Markup {
    let today = format::local(look.now, records.zone()).date();
    let day = records.week.as_deref().and_then(|days| hours::day(days, today));
    html! {
        footer.hall-foot {
            p.band.still {
                @if let Some(day) = day.filter(|day| day.status() == Status::Open) {
                    (words::OPEN_TODAY.text(look.lang, &[&hours::in_words(look.lang, day)])) " "
                    (breaks(look, day))
                }
            }
        }
    }
}

fn breaks(look: Look, day: &DayHours) -> String {
    let pairs = day.intervals.windows(2).map(|pair| {
        let ends = [&pair[0].close, &pair[1].open];
        let ends = ends.map(|time| format::wall_clock(look.lang, time));
        words::BREAK_TODAY.text(look.lang, &[&ends[0], &ends[1]])
    });
    pairs.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Micros = 1_000_000;

    fn ticket(number: &str, second: i64) -> Ticket {
        let call_time = Some(prost_types::Timestamp { seconds: second, nanos: 0 });
        Ticket { number: number.into(), call_time, ..Ticket::default() }
    }

    #[test]
    fn a_call_stays_before_the_next_one_takes_its_place() {
        let tickets = [ticket("A-1", 100), ticket("A-2", 101), ticket("B-1", 102)];
        let calls: Vec<&Ticket> = tickets.iter().collect();
        let latest = |second: i64| {
            shown(&calls, second * SECOND, 8 * SECOND).last().map(|ticket| ticket.number.clone())
        };
        assert_eq!(latest(99), None);
        assert_eq!(latest(107).as_deref(), Some("A-1"));
        assert_eq!(latest(108).as_deref(), Some("A-2"));
        assert_eq!(latest(116).as_deref(), Some("B-1"));
    }
}
