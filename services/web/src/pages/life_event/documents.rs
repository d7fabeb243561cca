//! What to bring, and what one step gives and another asks for.

use std::sync::Arc;

use maud::{Markup, html};
use mpp_api::registry::{PlanStepsResponse, plan_life_event_response::Document};

use super::path::{as_steps, more};
use crate::{
    components::{Look, Tone, tag},
    pages::{PageSection, service::steps},
    upstream::PathData,
    words::{indonesian, table as words},
};

/// What the applicant brings, each once.
pub fn brought(look: Look, data: &PathData) -> Arc<PageSection> {
    let (answer, documents) = (as_steps(&data.answer), &data.answer.documents);
    PageSection::new(
        "documents",
        html! {
            @if !documents.is_empty() {
                section #documents aria-labelledby="documents-title" {
                    h2 #documents-title { (look.of(words::DOCUMENTS)) (look.mark()) }
                    p.help { (look.of(words::DOCUMENTS_HELP)) }
                    ul { @for one in documents { li { (document(look, &answer, one)) } } }
                    (beyond(look, data.answer.documents_left_out))
                }
            }
        },
    )
}

/// What the applicant takes along from one step to another, each once.
pub fn taken_along(look: Look, data: &PathData) -> Arc<PageSection> {
    let (answer, documents) = (as_steps(&data.answer), &data.answer.from_steps);
    PageSection::new(
        "from-steps",
        html! {
            @if !documents.is_empty() {
                section #from-steps aria-labelledby="from-steps-title" {
                    h2 #from-steps-title { (look.of(words::FROM_STEPS)) (look.mark()) }
                    ul { @for one in documents { li {
                        (document(look, &answer, one))
                        (from(look, &answer, &one.service))
                    } } }
                    (beyond(look, data.answer.from_steps_left_out))
                }
            }
        },
    )
}

fn document(look: Look, answer: &PlanStepsResponse, one: &Document) -> Markup {
    let askers = steps::names(look, answer, &one.askers);
    let askers = html! { (askers) (more(look, one.askers_left_out)) };
    html! {
        (indonesian(&one.text, look.lang))
        @if one.conditional { " " (tag(Tone::None, look.of(words::DOCUMENT_SOMETIMES))) }
        br;
        span.minor {
            @for case in &one.conditions { (indonesian(case, look.lang)) "; " }
            @if one.conditions_left_out > 0 {
                (words::CASES_MORE.text(look.lang, &[&look.number(one.conditions_left_out)])) "; "
            }
            (words::DOCUMENT_FOR.say(look.lang, &[&askers]))
        }
    }
}

/// "; dari langkah 2: Kartu keluarga". The number is that of the list of steps.
fn from(look: Look, answer: &PlanStepsResponse, service: &str) -> Markup {
    let at = answer.steps.iter().position(|step| step.service == service);
    let at = at.and_then(|at| i32::try_from(at + 1).ok());
    let name = steps::names(look, answer, &[service.to_owned()]);
    html! {
        @if let Some(at) = at {
            span.minor { "; " (words::FROM_STEP.say(look.lang, &[&look.number(at), &name])) }
        }
    }
}

fn beyond(look: Look, left_out: i32) -> Markup {
    html! {
        @if left_out > 0 {
            p.help { (words::DOCUMENTS_MORE.text(look.lang, &[&look.number(left_out)])) }
        }
    }
}
