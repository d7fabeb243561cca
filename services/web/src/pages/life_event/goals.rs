//! What is to be done: whether the mall gives it, and who does.

use std::sync::Arc;

use maud::{Markup, html};
use mpp_api::registry::{
    plan_life_event_response::{Goal, Way, goal::State},
    search_services_response::Place,
};

use super::{hours, place};
use crate::{
    components::{Look, Tone, tag},
    pages::{PageSection, PageView, deviations},
    upstream::PathData,
    words::{Phrase, local, table as words},
};

/// The section.
pub fn part(look: Look, view: &PageView, data: &PathData) -> Arc<PageSection> {
    PageSection::new(
        "goals",
        html! {
            section #goals aria-labelledby="goals-title" {
                h2 #goals-title { (look.of(words::GOALS)) (look.mark()) }
                ol { @for goal in &data.answer.goals { li { (line(look, view, data, goal)) } } }
            }
        },
    )
}

fn line(look: Look, view: &PageView, data: &PathData, goal: &Goal) -> Markup {
    html! {
        (title(look, goal))
        @if goal.example { " " (tag(Tone::None, look.of(words::STANDARD_EXAMPLE_MARK))) }
        @if let Some(case) = &goal.condition {
            " (" (words::GOAL_CONDITION.say(look.lang, &[&local(Some(case), look.lang)])) ")"
        }
        br;
        span.minor { (state(look, view, data, goal)) }
        @if goal.ways.len() > 1 {
            p.help { (words::GOAL_ONE_OF.text(look.lang, &[&look.number(goal.service_count)])) }
            ul { @for way in &goal.ways { li { (way_line(look, data, way)) } } }
        }
    }
}

/// Its title, one click from the standard or the service.
fn title(look: Look, goal: &Goal) -> Markup {
    let of = if goal.standard.is_empty() { &goal.service } else { &goal.standard };
    let title = deviations::name(look, goal.title.as_ref(), of);
    html! {
        @if goal.state() == State::Missing { (title) }
        @else { a href=(look.path(&format!("/{of}"))) { (title) } }
    }
}

fn state(look: Look, view: &PageView, data: &PathData, goal: &Goal) -> Markup {
    let nearest = goal.ways.iter().find_map(|way| way.place.as_ref());
    let said = match (goal.state(), nearest) {
        (State::Here, _) => {
            let shut = hours::shut(look, view, data, goal);
            return html! { (look.of(words::GOAL_HERE)) @if let Some(shut) = shut { "; " (shut) } };
        }
        (State::Elsewhere, _) if data.mall.is_empty() => words::GOAL_AT_MALLS,
        (State::Elsewhere, Some(near)) => {
            return elsewhere(near).say(look.lang, &[&place(look, near)]);
        }
        (State::Elsewhere, None) => words::GOAL_ELSEWHERE_UNNAMED,
        (State::NoCounter, _) => words::GOAL_NO_COUNTER,
        (State::Held, _) => words::GOAL_HELD,
        (State::NotRecorded, _) => words::GOAL_NOT_RECORDED,
        (State::NotServed, _) => words::GOAL_NOT_SERVED,
        (State::Missing, _) => words::GOAL_MISSING,
        (State::Unspecified, _) => words::UNKNOWN,
    };
    html! { (look.of(said)) }
}

/// Nearest it is only where both malls are known to lie somewhere.
pub fn elsewhere(near: &Place) -> Phrase {
    if near.distance_km > 0.0 { words::GOAL_ELSEWHERE } else { words::GOAL_ELSEWHERE_AT }
}

/// One of several services, with whose it is and where.
fn way_line(look: Look, data: &PathData, way: &Way) -> Markup {
    let title = deviations::name(look, way.title.as_ref(), &way.service);
    let agency = deviations::name(look, data.agencies.get(&way.agency), &way.agency);
    html! {
        a href=(look.path(&format!("/{}", way.service))) { (title) }
        " " span.minor {
            (agency)
            @if let Some(near) = &way.place { ", " (place(look, near)) }
        }
    }
}
