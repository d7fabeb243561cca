//! Facts of a service beside its standard: channels, forms, validity, cases.

use maud::{Markup, html};
use mpp_api::registry::{
    Service,
    service::{Channel, Requirement},
};

use crate::{
    components::{Look, link},
    words::{Phrase, contract, indonesian, table as words},
};

/// The short facts that the record has.
pub fn facts(look: Look, service: &Service) -> Markup {
    html! {
        @if !service.channels.is_empty() { (look.fact(words::FIELD_CHANNELS, channels(look, service))) }
        @if !service.product_validity.is_empty() {
            (look.fact(words::FIELD_PRODUCT_VALIDITY, indonesian(&service.product_validity, look.lang)))
        }
    }
}

fn channels(look: Look, service: &Service) -> Markup {
    html! {
        @for (at, way) in service.channels.iter().enumerate() {
            @if at > 0 { "; " }
            (channel(look, way))
        }
    }
}

fn channel(look: Look, way: &Channel) -> Markup {
    html! {
        @if let Some(phrase) = contract::channel(way.kind()) { (look.of(phrase)) }
        @if !way.uri.is_empty() { " " (link(&way.uri)) }
        @if !way.note.is_empty() { " (" (indonesian(&way.note, look.lang)) ")" }
    }
}

/// A requirement, and the only case in which it holds, if the record names one.
pub fn requirement(look: Look, asked: &Requirement) -> Markup {
    html! {
        (indonesian(&asked.text, look.lang))
        @if !asked.condition.is_empty() {
            " " span.minor { (words::REQUIREMENT_CASE.say(look.lang, &[&indonesian(&asked.condition, look.lang)])) }
        }
    }
}

/// Longer texts, each with its heading.
pub fn lists(look: Look, service: &Service) -> Markup {
    html! {
        (list(look, words::FIELD_PRODUCED_DOCUMENTS, &service.produced_documents))
        @if !service.forms.is_empty() {
            h3 { (look.of(words::FIELD_FORMS)) }
            ul {
                @for form in &service.forms {
                    li { (indonesian(&form.title, look.lang)) ": " (link(&form.uri)) }
                }
            }
        }
        (list(look, words::FIELD_NOTES, &service.notes))
        @if !service.service_pledge.is_empty() {
            h3 { (look.of(words::FIELD_SERVICE_PLEDGE)) }
            p { (indonesian(&service.service_pledge, look.lang)) }
        }
    }
}

pub fn list(look: Look, heading: Phrase, texts: &[String]) -> Markup {
    html! {
        @if !texts.is_empty() {
            h3 { (look.of(heading)) }
            ul { @for text in texts { li { (indonesian(text, look.lang)) } } }
        }
    }
}
