//! The steps of the path, and the counters where they are done.

use std::sync::Arc;

use maud::{Markup, html};
use mpp_api::registry::{
    PlanLifeEventResponse, PlanStepsResponse, plan_life_event_response::Stop,
    plan_steps_response::Step,
};

use super::{goals::elsewhere, hours, place};
use crate::{
    components::Look,
    pages::{PageSection, PageView, deviations, fee, service::steps},
    upstream::PathData,
    words::{local_text, table as words},
};

/// The steps in their order, with time and fees.
pub fn steps(look: Look, data: &PathData) -> Arc<PageSection> {
    let answer = as_steps(&data.answer);
    PageSection::new(
        "steps",
        html! {
            section #steps aria-labelledby="steps-title" {
                h2 #steps-title { (look.of(words::PATH_STEPS)) (look.mark()) }
                @if answer.steps.is_empty() { p.help { (look.of(words::PATH_STEPS_NONE)) } }
                @else {
                    p.help { (look.of(words::PATH_STEPS_HELP)) }
                    ol { @for step in &answer.steps { li { (step_line(look, data, &answer, step)) } } }
                    (steps::summary(look, &answer))
                    (open(look, &data.answer))
                }
            }
        },
    )
}

/// The parts that a service's own way has, too.
pub fn as_steps(answer: &PlanLifeEventResponse) -> PlanStepsResponse {
    PlanStepsResponse {
        steps: answer.steps.clone(),
        totals: answer.totals.clone(),
        circles: answer.circles.clone(),
        left_out: answer.left_out,
        not_linked: answer.not_linked,
        not_looked_up: answer.not_looked_up.clone(),
        ..PlanStepsResponse::default()
    }
}

fn step_line(look: Look, data: &PathData, answer: &PlanStepsResponse, step: &Step) -> Markup {
    html! {
        (steps::step_title(look, answer, step))
        @if !step.missing && !step.cut {
            br;
            span.minor {
                (fee::time(look, step.time.as_ref())) "; " (fee::fees(look, &step.fees)) "; "
                (whereabouts(look, data, step))
            }
        }
    }
}

fn whereabouts(look: Look, data: &PathData, step: &Step) -> Markup {
    let places = look.number(step.place_count);
    html! {
        @if !step.here.is_empty() { (look.of(words::STEP_HERE)) }
        @else if step.place_count == 0 { (look.of(words::STEP_NOWHERE)) }
        @else if data.mall.is_empty() { (words::STEP_PLACES.text(look.lang, &[&places])) }
        @else if let Some(near) = step.elsewhere.first() {
            (elsewhere(near).say(look.lang, &[&place(look, near)]))
        }
    }
}

/// What time and fees leave out.
fn open(look: Look, answer: &PlanLifeEventResponse) -> Markup {
    let goals = answer.goals.iter().filter(|goal| answer.open_goals.contains(&goal.number));
    let titles: Vec<String> =
        goals.map(|goal| local_text(goal.title.as_ref(), look.lang)).collect();
    html! {
        @if !titles.is_empty() {
            p.help { (words::PATH_OPEN.text(look.lang, &[&titles.join(", ")])) }
        }
        @if answer.wide { p.help { (look.of(words::PATH_WIDE)) } }
    }
}

/// ", dan 3 lainnya"; nothing for none.
pub fn more(look: Look, left_out: i32) -> String {
    match left_out {
        0 => String::new(),
        many => words::AND_MORE.text(look.lang, &[&look.number(many)]),
    }
}

/// The counters of the mall; nothing without a mall, or where it gives nothing of the path.
pub fn stops(look: Look, view: &PageView, data: &PathData) -> Arc<PageSection> {
    let answer = as_steps(&data.answer);
    PageSection::new(
        "stops",
        html! {
            @if !data.answer.stops.is_empty() {
                section #stops aria-labelledby="stops-title" {
                    h2 #stops-title { (look.of(words::STOPS)) (look.mark()) }
                    ol { @for stop in &data.answer.stops { li {
                        (stop_line(look, &answer, stop))
                        br;
                        span.minor { (hours::now(look, view, data, &stop.counter)) }
                    } } }
                }
            }
        },
    )
}

fn stop_line(look: Look, answer: &PlanStepsResponse, stop: &Stop) -> Markup {
    let windows = stop.windows.iter();
    let windows: Vec<String> =
        windows.map(|one| local_text(one.display_name.as_ref(), look.lang)).collect();
    let mut facts = Vec::new();
    if !stop.floor.is_empty() {
        facts.push(words::STOP_FLOOR.text(look.lang, &[&stop.floor]));
    }
    facts.extend((!stop.zone.is_empty()).then(|| stop.zone.clone()));
    if !windows.is_empty() {
        let more = more(look, stop.windows_left_out);
        facts.push(words::STOP_WINDOWS.text(look.lang, &[&(windows.join(", ") + &more)]));
    }
    html! {
        strong { (deviations::name(look, stop.display_name.as_ref(), &stop.counter)) }
        @if !facts.is_empty() { " " span.minor { "(" (facts.join("; ")) ")" } }
        br;
        (steps::names(look, answer, &stop.steps))
    }
}
