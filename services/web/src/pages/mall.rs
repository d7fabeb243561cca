//! A mall, for a citizen: open now and until when, how many wait, what is offered, where it is.

use std::sync::Arc;

use jiff::civil::{Date, Weekday};
use maud::{Markup, html};
use mpp_api::{
    registry::{Counter, mall::Stage},
    reporting::{DeviationReport, MallReport, counter_report::Hours},
    scheduling::{DayHours, deviation::Yardstick},
};
use mpp_calendar::Zone;

use super::{
    Asked, Block, Drawn, Part, View, as_of,
    differences::{by_counter, in_full, name},
    heading,
    hours::{self, Open},
    services,
};
use crate::{
    components::{
        Look, id_of,
        table::{Column, Row, table},
    },
    upstream::{MallData, Records},
    words::{format, local, local_text, table as words},
};

/// Draws the page.
pub fn draw(look: Look, view: &View, mall: &MallData, asked: &Asked) -> Drawn {
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
            Block::One(now(look, view, records)),
            Block::One(queue(look, mall)),
            Block::One(services::section(look, records, asked)),
            Block::Grid(vec![week(look, records), contact(look, view, records)]),
            Block::One(differences(look, records)),
        ],
        footer: html! { (look.of(words::MALL_SOURCE_LINE)) },
    }
}

/// The mall in the report.
pub fn reported<'a>(view: &'a View, records: &Records) -> Option<&'a MallReport> {
    view.report.malls.iter().find(|mall| mall.mall == records.name)
}

/// The mall's name.
pub fn title(look: Look, view: &View, records: &Records) -> String {
    let record = records.mall.as_ref().and_then(|mall| mall.display_name.as_ref());
    let known = record.or_else(|| reported(view, records)?.display_name.as_ref());
    match local_text(known, look.lang) {
        empty if empty.is_empty() => id_of(&records.name).to_owned(),
        title => title,
    }
}

/// Nation, province, regency.
pub fn crumbs(look: Look, view: &View, records: &Records) -> Vec<(String, String)> {
    let mut crumbs = vec![("/".to_owned(), look.of(words::NATION).to_owned())];
    let Some(mall) = reported(view, records) else { return crumbs };
    let mut add = |region: &str, name: &str| {
        if !region.is_empty() && !name.is_empty() {
            crumbs.push((format!("/regions/{}", id_of(region)), name.to_owned()));
        }
    };
    let province = view.report.provinces.iter().find(|own| own.region == mall.province);
    add(&mall.province, province.map_or("", |own| &own.display_name));
    add(&mall.region, &mall.region_name);
    crumbs
}

/// Whether the mall serves at all; unknown where nothing says its stage.
fn stage(view: &View, records: &Records) -> Stage {
    let record = records.mall.as_ref().map(|mall| mall.stage());
    record.or_else(|| reported(view, records).map(MallReport::stage)).unwrap_or_default()
}

fn now(look: Look, view: &View, records: &Records) -> Arc<Part> {
    let zone = records.zone();
    let time = format::local(view.now, zone);
    let days = records.week.as_deref().unwrap_or_default();
    let state = hours::at(days, time);
    let (class, words) = match stage(view, records) {
        Stage::Unspecified | Stage::Operating | Stage::Inaugurated | Stage::Evaluated => {
            (state_class(&state), state_words(look, &state, time.date(), zone))
        }
        Stage::Returned | Stage::Suspended | Stage::Closed => {
            ("w7 open shut", html! { (look.of(words::NO_LONGER_SERVING)) })
        }
        Stage::Committed
        | Stage::Proposed
        | Stage::Verified
        | Stage::Approved
        | Stage::Agreed
        | Stage::Preparing => ("w7 open shut", html! { (look.of(words::NOT_SERVING)) }),
    };
    Part::new(
        "now",
        html! {
            section #now.grid aria-labelledby="now-title" {
                h2 #now-title.hidden { (look.of(words::NOW)) }
                div class=(class) role="group" aria-label=(look.of(words::OPEN_OR_SHUT)) {
                    p.state { (words) }
                    @if let Some(open) = counters_open(records, time) {
                        p { (words::COUNTERS_OPEN.text(look.lang, &open.map(|many| look.number(many)).each_ref().map(String::as_str))) }
                    }
                    p.minor { (look.day_and_time(view.now, zone)) }
                }
                (facts(look, records))
            }
        },
    )
}

/// Green, red, or neither where nobody can say.
fn state_class(state: &Open<'_>) -> &'static str {
    match state {
        Open::Until { .. } => "w7 open",
        Open::Break { .. } | Open::From { .. } | Open::Shut { .. } => "w7 open shut",
        Open::Unknown => "w7 open unknown",
    }
}

fn state_words(look: Look, state: &Open<'_>, today: Date, zone: Zone) -> Markup {
    let (lang, zone) = (look.lang, zone.to_string());
    let clock = |time: &str| format::wall_clock(lang, time);
    match state {
        Open::Until { close, breaks } => {
            let until = match breaks.first() {
                Some((from, to)) => words::UNTIL_WITH_BREAK
                    .text(lang, &[&clock(close), &zone, &format::interval(lang, from, to)]),
                None => words::UNTIL.text(lang, &[&clock(close), &zone]),
            };
            html! { (look.of(words::OPEN_NOW)) " " small { (until) } }
        }
        Open::Break { until } => html! { (words::ON_A_BREAK.text(lang, &[&clock(until)])) },
        Open::From { open } => html! { (words::OPENS_TODAY.text(lang, &[&clock(open)])) },
        Open::Shut { next: Some((date, open)) } => {
            let day = hours::day_name(lang, *date, today);
            html! { (words::SHUT_UNTIL.text(lang, &[&day, &clock(open)])) }
        }
        Open::Shut { next: None } => html! { (look.of(words::SHUT_NOW)) },
        Open::Unknown => html! { (look.of(words::HOURS_OF_TODAY_UNKNOWN)) },
    }
}

/// How many counters are open now, of all whose hours are known; `None` where none is.
fn counters_open(records: &Records, time: jiff::civil::DateTime) -> Option<[i32; 2]> {
    let states = records.today.values().map(|day| hours::at(std::slice::from_ref(day), time));
    let known: Vec<_> = states.filter(|state| *state != Open::Unknown).collect();
    let open = known.iter().filter(|state| matches!(state, Open::Until { .. })).count();
    let counts = [open, known.len()].map(|many| i32::try_from(many).unwrap_or(i32::MAX));
    (counts[1] > 0).then_some(counts)
}

fn facts(look: Look, records: &Records) -> Markup {
    let sites = records.mall.iter().flat_map(|mall| &mall.sites);
    let id = id_of(&records.name);
    html! {
        dl.w5.pairs {
            @if let Some(site) = sites.clone().next() {
                dt { (look.of(words::ADDRESS)) }
                dd { (site.address) }
            }
            dt { (look.of(words::NUMBERS_CALLED)) }
            dd { a href=(look.path(&format!("/malls/{id}/layar"))) { (look.of(words::HALL_LINK)) } }
        }
    }
}

fn queue(look: Look, mall: &MallData) -> Arc<Part> {
    let records = &*mall.records;
    let columns = [
        Column::text(words::COUNTER),
        Column::number(words::WAITING),
        Column::text(words::HOURS_TODAY),
    ];
    let counters = records.counters.as_deref().unwrap_or_default();
    let rows: Vec<Row> = counters.iter().map(|counter| queue_row(look, mall, counter)).collect();
    let caption = html! { (look.of(words::QUEUE_CAPTION)) };
    let silent = mall.queues.is_empty() && !counters.is_empty();
    Part::new(
        "queue",
        html! {
            section #queue aria-labelledby="queue-title" {
                h2 #queue-title { (look.of(words::QUEUE)) (look.mark()) }
                @if silent { p.help { (look.of(words::QUEUE_UNKNOWN)) } }
                @if rows.is_empty() {
                    p.help {
                        @if records.counters.is_some() { (look.of(words::QUEUE_NONE)) }
                        @else { (look.of(words::UNKNOWN)) }
                    }
                } @else { (table(look, "narrow queue", &caption, &columns, &rows)) }
            }
        },
    )
}

fn queue_row(look: Look, mall: &MallData, counter: &Counter) -> Row {
    let records = &*mall.records;
    let queue = mall.queues.get(&counter.name);
    let latest = queue.and_then(|queue| {
        queue.called.iter().max_by_key(|ticket| ticket.call_time.as_ref().map(format::micros))
    });
    let head = html! {
        (name(look, counter.display_name.as_ref(), &counter.name)) " "
        @if let Some(ticket) = latest {
            span.minor {
                (words::CALLED_TO.say(look.lang, &[&ticket.number, &window(look, records, &ticket.window)]))
            }
        }
    };
    let waiting = match queue {
        Some(queue) => html! { b { (look.number(queue.waiting)) } },
        None => html! { span.quiet { (look.of(words::UNKNOWN)) } },
    };
    let today = match records.today.get(&counter.name) {
        Some(day) => html! { (hours::in_words(look.lang, day)) },
        None => html! { span.quiet { (look.of(words::UNKNOWN)) } },
    };
    Row::new(head, [html! { span.wait { (waiting) } }, today])
}

/// A window's name; "Loket 3" where it has none.
pub fn window(look: Look, records: &Records, window: &str) -> Markup {
    match records.windows.get(window) {
        Some(name) => local(Some(name), look.lang),
        None => html! { (words::WINDOW.text(look.lang, &[id_of(window)])) },
    }
}

/// This week's days, never cut, and why one is not as usual.
fn week(look: Look, records: &Records) -> Arc<Part> {
    let zone = records.zone();
    let today = format::local(look.now, zone).date();
    let columns = [Column::text(words::DAY), Column::text(words::OPEN)];
    let days: Vec<(Date, &DayHours)> = records
        .week
        .iter()
        .flatten()
        .take(7)
        .filter_map(|day| Some((day.date.parse().ok()?, day)))
        .collect();
    let rows = days.iter().map(|(date, day)| week_row(look, *date, day, today));
    let rows: Vec<Row> = rows.collect();
    let caption = words::HOURS_WEEK_CAPTION.text(look.lang, &[&zone.to_string()]);
    Part::new(
        "hours",
        html! {
            section #hours.w6 aria-labelledby="hours-title" {
                h2 #hours-title { (look.of(words::OPENING_HOURS)) (look.mark()) }
                @if rows.is_empty() { p.help { (look.of(words::HOURS_UNANSWERED)) } }
                @else { (table(look, "hours", &html! { (caption) }, &columns, &rows)) }
                (later(look, records, today))
            }
        },
    )
}

fn week_row(look: Look, date: Date, day: &DayHours, today: Date) -> Row {
    let name = look.of(crate::words::weekday(date.weekday()));
    let head = match date == today {
        true => html! { span.nowrap { (words::TODAY_MARK.text(look.lang, &[name])) } },
        false => html! { (name) },
    };
    let cell = html! {
        (hours::in_words(look.lang, day))
        @for reason in hours::why(day) { span.minor { (local(reason.text.as_ref(), look.lang)) } }
    };
    Row::new(head, [cell]).today(date == today)
}

/// Days of the next week that are not as usual.
fn later(look: Look, records: &Records, today: Date) -> Markup {
    let days = records.week.iter().flatten().skip(7);
    let days = days.filter_map(|day| Some((day.date.parse::<Date>().ok()?, day)));
    let told: Vec<_> = days
        .filter(|(date, _)| *date > today && !is_weekend(*date))
        .filter_map(|(date, day)| Some((date, day, hours::why(day).next()?)))
        .collect();
    html! {
        @for (date, day, reason) in told {
            p.minor.note {
                (words::DAY_AND_WHY.text(look.lang, &[
                    &format::full_day(look.lang, date), &hours::in_words(look.lang, day),
                ])) ". "
                (local(reason.text.as_ref(), look.lang))
            }
        }
    }
}

fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

fn contact(look: Look, view: &View, records: &Records) -> Arc<Part> {
    let mall = records.mall.as_ref();
    let sites = mall.map(|mall| mall.sites.as_slice()).unwrap_or_default();
    let organiser = records.organiser.as_ref().and_then(|unit| unit.display_name.as_ref());
    let reached = |step: Stage| {
        let entries = mall.map(|mall| mall.stages.as_slice()).unwrap_or_default();
        entries.iter().find(|entry| entry.stage() == step && !entry.date.is_empty())
    };
    let region = reported(view, records).map(|mall| mall.region.clone()).unwrap_or_default();
    Part::new(
        "contact",
        html! {
            section #contact.w6 aria-labelledby="contact-title" {
                h2 #contact-title { (look.of(words::ADDRESS_AND_STAGE)) }
                dl.pairs {
                    @for (place, site) in sites.iter().enumerate() {
                        dt {
                            @if sites.len() == 1 { (look.of(words::ADDRESS)) }
                            @else { (words::SITE_OF.text(look.lang, &[&(place + 1).to_string()])) }
                        }
                        dd { (site.address) }
                    }
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

/// Counters whose hours differ from the mall's, for whoever goes there; what differs from the
/// national hours or from a body's own rules is for officials, and folded up.
fn differences(look: Look, records: &Records) -> Arc<Part> {
    let detail = records.detail.clone().unwrap_or_default();
    let judged = detail.counters.iter().filter(|counter| counter.hours() != Hours::Unspecified);
    let (mall, other): (Vec<_>, Vec<_>) =
        detail.deviations.iter().cloned().partition(|row| row.yardstick() == Yardstick::Mall);
    let judged = judged.count();
    let keep = judged.saturating_sub(by_counter(&mall).count());
    let numbers = [keep, judged].map(|many| format::count(look.lang, many));
    Part::new(
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
