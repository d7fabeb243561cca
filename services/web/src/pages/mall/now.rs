//! Open now, and until when.

use std::sync::Arc;

use jiff::civil::Date;
use maud::{Markup, html};
use mpp_api::{registry::mall::Stage, reporting::MallReport};
use mpp_calendar::Zone;
use mpp_core::id_of;
use mpp_form::stage;

use super::names::reported;
use crate::{
    components::Look,
    pages::{
        PageSection, PageView,
        hours::{self, OpeningState},
    },
    upstream::Records,
    words::{format, table as words},
};

/// Whether the mall serves at all; unknown where nothing says its stage.
pub fn stage_of(view: &PageView, records: &Records) -> Stage {
    let record = records.mall.as_ref().map(|mall| mall.stage());
    record.or_else(|| reported(view, records).map(MallReport::stage)).unwrap_or_default()
}

/// The section at the top.
pub fn now(look: Look, view: &PageView, records: &Records) -> Arc<PageSection> {
    let zone = records.zone();
    let time = format::local(view.now, zone);
    let days = records.week.as_deref().unwrap_or_default();
    let state = hours::at(days, time);
    let stage = stage_of(view, records);
    let serves = stage::serves(stage);
    let (class, words) = match stage {
        stage if stage::serves(stage) => {
            (state_class(&state), state_words(look, &state, time.date(), zone))
        }
        // Hours that a mall inherits do not say that it serves.
        Stage::Unspecified => ("w7 open unknown", html! { (look.of(words::STAGE_UNKNOWN)) }),
        Stage::Returned | Stage::Suspended | Stage::Closed => {
            ("w7 open shut", html! { (look.of(words::NO_LONGER_SERVING)) })
        }
        _ => ("w7 open shut", html! { (look.of(words::NOT_SERVING)) }),
    };
    PageSection::new(
        "now",
        html! {
            section #now.grid aria-labelledby="now-title" {
                h2 #now-title.hidden { (look.of(words::NOW)) }
                div class=(class) role="group" aria-label=(look.of(words::OPEN_OR_SHUT)) {
                    p.state { (words) }
                    @if let Some(open) = counters_open(records, time).filter(|_| serves) {
                        p { (words::COUNTERS_OPEN.text(look.lang, &open.map(|many| look.number(many)).each_ref().map(String::as_str))) }
                    }
                    p.minor { (look.day_and_time(view.now, zone)) }
                }
                (facts(look, records))
            }
        },
    )
}

/// Green, red, or neither if the state is not known.
fn state_class(state: &OpeningState<'_>) -> &'static str {
    match state {
        OpeningState::Until { .. } => "w7 open",
        OpeningState::Break { .. } | OpeningState::From { .. } | OpeningState::Shut { .. } => {
            "w7 open shut"
        }
        OpeningState::Unknown => "w7 open unknown",
    }
}

/// "Buka sekarang sampai pukul 15.00 WIB", "Tutup, buka lagi Senin pukul 08.00".
pub fn state_words(look: Look, state: &OpeningState<'_>, today: Date, zone: Zone) -> Markup {
    let (lang, zone) = (look.lang, zone.to_string());
    let clock = |time: &str| format::wall_clock(lang, time);
    match state {
        OpeningState::Until { close, breaks } => {
            let until = match breaks.first() {
                Some((from, to)) => words::UNTIL_WITH_BREAK
                    .text(lang, &[&clock(close), &zone, &format::interval(lang, from, to)]),
                None => words::UNTIL.text(lang, &[&clock(close), &zone]),
            };
            html! { (look.of(words::OPEN_NOW)) " " small { (until) } }
        }
        OpeningState::Break { until } => html! { (words::ON_A_BREAK.text(lang, &[&clock(until)])) },
        OpeningState::From { open } => html! { (words::OPENS_TODAY.text(lang, &[&clock(open)])) },
        OpeningState::Shut { next: Some((date, open)) } => {
            let day = hours::day_name(lang, *date, today);
            html! { (words::SHUT_UNTIL.text(lang, &[&day, &clock(open)])) }
        }
        OpeningState::Shut { next: None } => html! { (look.of(words::SHUT_NOW)) },
        OpeningState::Unknown => html! { (look.of(words::HOURS_OF_TODAY_UNKNOWN)) },
    }
}

/// How many counters are open now, of all whose hours are known; `None` if none is.
fn counters_open(records: &Records, time: jiff::civil::DateTime) -> Option<[i32; 2]> {
    let states = records.today.values().map(|day| hours::at(std::slice::from_ref(day), time));
    let known: Vec<_> = states.filter(|state| *state != OpeningState::Unknown).collect();
    let open = known.iter().filter(|state| matches!(state, OpeningState::Until { .. })).count();
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
