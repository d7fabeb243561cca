//! The way to a service by way of those whose products it asks for. If none of its requirements
//! names another service, there is nothing to show.

use std::sync::Arc;

use maud::{Markup, html};
use mpp_api::{
    registry::{
        PlanStepsResponse,
        plan_steps_response::{AskedTwice, Circle, Length, Span, Step, Totals},
    },
    wording,
};

use crate::{
    components::{Look, Tone, tag},
    pages::{PageSection, deviations, fee},
    words::{Phrase, format, indonesian, table as words},
};

/// The section; empty if the service needs no other one.
pub fn part(look: Look, answer: Option<&PlanStepsResponse>) -> Arc<PageSection> {
    let linked = answer.filter(|answer| answer.steps.len() > 1);
    PageSection::new(
        "steps",
        html! {
            @if let Some(answer) = linked { section #steps aria-labelledby="steps-title" {
                h2 #steps-title { (look.of(words::STEPS_TITLE)) (look.mark()) }
                p.help { (look.of(words::STEPS_HELP)) }
                ol { @for step in &answer.steps { li { (step_line(look, answer, step)) } } }
                (summary(look, answer))
            } }
        },
    )
}

fn step_line(look: Look, answer: &PlanStepsResponse, step: &Step) -> Markup {
    html! {
        (step_title(look, answer, step))
        @if !step.missing && !step.cut {
            br;
            span.minor {
                (fee::time(look, step.time.as_ref())) "; " (fee::fees(look, &step.fees)) "; "
                (words::STEP_PLACES.text(look.lang, &[&format::number(look.lang, step.place_count)]))
            }
        }
    }
}

/// Its title, one click from the service, with its marks.
pub fn step_title(look: Look, answer: &PlanStepsResponse, step: &Step) -> Markup {
    let name = title(look, answer, &step.service);
    html! {
        @if step.missing { (name) } @else { a href=(look.path(&format!("/{}", step.service))) { (name) } }
        @for mark in marks(answer, step) { " " (tag(Tone::None, look.of(mark))) }
    }
}

fn marks(answer: &PlanStepsResponse, step: &Step) -> impl Iterator<Item = Phrase> {
    let marks = [
        (step.missing, words::STEP_MISSING),
        (answer.not_looked_up.contains(&step.service), words::STEP_NOT_LOOKED_UP),
        (step.inactive, words::STEP_INACTIVE),
        (step.conditional, words::STEP_CONDITIONAL),
        (step.circle > 0, words::STEP_IN_CIRCLE),
    ];
    marks.into_iter().filter(|(is_so, _)| *is_so).map(|(_, mark)| mark)
}

/// A service by the title that its step has.
fn title(look: Look, answer: &PlanStepsResponse, service: &str) -> Markup {
    let step = answer.steps.iter().find(|step| step.service == service);
    deviations::name(look, step.and_then(|step| step.title.as_ref()), service)
}

/// Time and fees, and what they leave out.
pub fn summary(look: Look, answer: &PlanStepsResponse) -> Markup {
    let totals = answer.totals.clone().unwrap_or_default();
    html! {
        dl.facts {
            (look.fact(words::STEPS_TIME, time(look, answer, &totals)))
            (look.fact(words::STEPS_COST, cost(look, answer, &totals)))
        }
        @for circle in &answer.circles { p { (around(look, answer, circle)) } }
        @if !answer.asked_twice.is_empty() {
            h3 { (look.of(words::STEPS_TWICE)) }
            ul { @for one in &answer.asked_twice { li { (twice(look, answer, one)) } } }
        }
        @if answer.not_linked > 0 {
            p.help { (words::STEPS_NOT_LINKED.text(look.lang, &[&format::number(look.lang, answer.not_linked)])) }
        }
        @if answer.left_out > 0 {
            p.help { (words::STEPS_LEFT_OUT.text(look.lang, &[&format::number(look.lang, answer.left_out)])) }
        }
    }
}

fn time(look: Look, answer: &PlanStepsResponse, totals: &Totals) -> Markup {
    let told = |length| wording::length(&length, look.lang.into());
    let one_by_one = told(totals.one_by_one.unwrap_or_default());
    let side_by_side = told(totals.side_by_side.unwrap_or_default());
    let is_whole = totals.time_complete && totals.time_unknown.is_empty();
    // The sum of nothing that is known is no statement that it takes no time.
    if !is_whole && one_by_one == told(Length::default()) {
        return html! {
            (look.of(words::STEPS_NO_TIME))
            (unknown(look, answer, totals.time_complete, &totals.time_unknown))
        };
    }
    html! {
        (words::STEPS_ONE_BY_ONE.text(look.lang, &[&one_by_one]))
        @if one_by_one != side_by_side {
            "; " (words::STEPS_SIDE_BY_SIDE.text(look.lang, &[&side_by_side]))
        }
        (unknown(look, answer, totals.time_complete, &totals.time_unknown))
    }
}

fn cost(look: Look, answer: &PlanStepsResponse, totals: &Totals) -> Markup {
    let sum = totals.cost.unwrap_or_default();
    let is_whole = totals.cost_complete && totals.cost_unknown.is_empty();
    html! {
        @if !is_whole && sum == Span::default() { (look.of(words::STEPS_NO_FEE)) }
        @else { (wording::cost(&sum, look.lang.into())) }
        (unknown(look, answer, totals.cost_complete, &totals.cost_unknown))
    }
}

/// What a sum leaves out.
fn unknown(look: Look, answer: &PlanStepsResponse, is_whole: bool, of: &[String]) -> Markup {
    html! {
        @if !of.is_empty() {
            ". " (words::STEPS_UNKNOWN.say(look.lang, &[&names(look, answer, of)]))
        } @else if !is_whole {
            ". " (look.of(words::STEPS_NOT_WHOLE))
        }
    }
}

/// The titles of steps.
pub fn names(look: Look, answer: &PlanStepsResponse, services: &[String]) -> Markup {
    html! {
        @for (at, service) in services.iter().enumerate() {
            @if at > 0 { ", " }
            (title(look, answer, service))
        }
    }
}

fn around(look: Look, answer: &PlanStepsResponse, circle: &Circle) -> Markup {
    words::STEPS_CIRCLE.say(look.lang, &[&names(look, answer, &circle.services)])
}

fn twice(look: Look, answer: &PlanStepsResponse, one: &AskedTwice) -> Markup {
    let askers: Vec<String> = one.askers.iter().map(|asker| asker.service.clone()).collect();
    let text = one.askers.first().map_or("", |asker| asker.text.as_str());
    let said = if one.by_words { words::STEPS_TWICE_BY_WORDS } else { words::STEPS_TWICE_BY };
    said.say(look.lang, &[&indonesian(text, look.lang), &names(look, answer, &askers)])
}
