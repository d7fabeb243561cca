//! Where a service differs from its standard, component by component, and why.

use std::sync::Arc;

use maud::{Markup, html};
use mpp_api::registry::{
    StandardComparison, StandardLink,
    adoption::State,
    divergence::Component,
    standard_comparison::{Line, line::Standing},
    standard_link::Explanation,
};
use mpp_calendar::Zone;

use super::{
    PageSection,
    standard::{channel, component},
};
use crate::{
    components::{
        Look, Tone,
        table::{Column, TableRow, table},
        tag,
    },
    words::{Phrase, format, indonesian, table as words},
};

/// The part of a service's page; nothing where the service is of no standard.
pub fn part(
    look: Look,
    link: Option<&StandardLink>,
    found: Option<&StandardComparison>,
) -> Arc<PageSection> {
    PageSection::new(
        "compared",
        html! {
            @if let Some(link) = link { section #compared aria-labelledby="compared-title" {
                h2 #compared-title { (look.of(words::COMPARED_TITLE)) (look.mark()) }
                p.help { (decided(look, link)) }
                @match found {
                    Some(found) => (comparison_section(look, found)),
                    None => p.help { (look.of(words::UNKNOWN)) },
                }
            } }
        },
    )
}

/// Who has found that the service is of the standard, when, of which version, and why.
fn decided(look: Look, link: &StandardLink) -> Markup {
    let by = look.author(&link.decided_by);
    let when = link.decide_time.as_ref().map(|time| look.moment(format::micros(time), Zone::Wib));
    let when = when.unwrap_or_else(|| html! { (look.of(words::UNKNOWN)) });
    let phrase = match link.decided_version.is_empty() {
        true => words::DECIDED_SAY,
        false => words::DECIDED_VERSION,
    };
    html! {
        (phrase.say(look.lang, &[&by, &when, &html! { (link.decided_version) }]))
        @if !link.reason.is_empty() {
            " " (words::DECIDED_REASON.say(look.lang, &[&indonesian(&link.reason, look.lang)]))
        }
    }
}

fn comparison_section(look: Look, found: &StandardComparison) -> Markup {
    let columns = [
        Column::text(words::COMPARED_FIELD),
        Column::text(words::COMPARED_STANDARD),
        Column::text(words::COMPARED_SERVICE),
        Column::text(words::COMPARED_STANDING),
    ];
    let rows: Vec<TableRow> = found.lines.iter().map(|line| row(look, line)).collect();
    html! {
        p.say { (state(look, found)) }
        @if !found.announced_from.is_empty() { p.note { (announced(look, found)) } }
        @if found.example { p { strong { (look.of(words::STANDARD_EXAMPLE)) } } }
        @if let Some(time) = &found.adopt_time {
            @let when = look.moment(format::micros(time), Zone::Wib);
            @let version = html! { (found.adopted_version) };
            @let phrase = if found.adopted_version.is_empty() { words::COMPARED_ADOPTED }
                else { words::COMPARED_ADOPTED_VERSION };
            p.help { (phrase.say(look.lang, &[&when, &version])) }
        }
        (table(look, "", &html! { (look.of(words::COMPARED_CAPTION)) }, &columns, &rows))
    }
}

fn announced(look: Look, found: &StandardComparison) -> Markup {
    let phrase = match found.announced_version.is_empty() {
        true => words::COMPARED_ANNOUNCED,
        false => words::COMPARED_ANNOUNCED_VERSION,
    };
    let version = html! { (found.announced_version) };
    phrase.say(look.lang, &[&look.date(&found.announced_from), &version])
}

fn state(look: Look, found: &StandardComparison) -> Markup {
    if !found.holds_from.is_empty() {
        let date = look.date(&found.holds_from);
        return words::COMPARED_HOLDS_FROM.say(look.lang, &[&date]);
    }
    let phrase = match found.state() {
        State::Follows => words::COMPARED_FOLLOWS,
        State::Differs => words::COMPARED_DIFFERS,
        State::Explained => words::COMPARED_EXPLAINED,
        State::Unknown | State::Unspecified => words::COMPARED_UNKNOWN,
    };
    html! { (look.of(phrase)) }
}

fn row(look: Look, line: &Line) -> TableRow {
    let part = line.component();
    let texts = |texts: &[String]| {
        html! {
            @for (place, text) in texts.iter().enumerate() {
                @if place > 0 { br; }
                @if part == Component::Channels { (look.of(channel(text))) }
                @else { (indonesian(text, look.lang)) }
            }
        }
    };
    let (standing, tone) = standing(line);
    let stands = html! {
        (tag(tone, look.of(standing)))
        @if line.standing() == Standing::Differs && !line.read {
            " " span.minor { (look.of(words::VARIANT_WORDS)) }
        }
        @if line.ahead { br; (look.of(words::STANDS_AHEAD)) }
        @if let Some(explanation) = &line.explanation { br; (explained(look, explanation)) }
        @if let Some(earlier) = &line.earlier_explanation {
            br; span.minor { (look.of(words::EXPLAINED_EARLIER)) " " (explained(look, earlier)) }
        }
    };
    let cells = [texts(&line.standard_texts), texts(&line.service_texts), stands];
    TableRow::new(html! { (look.of(component(part))) }, cells)
}

/// What was explained is neither well nor wrong.
fn standing(line: &Line) -> (Phrase, Tone) {
    match line.standing() {
        Standing::Same => (words::STANDS_SAME, Tone::Good),
        Standing::Within => (words::STANDS_WITHIN, Tone::Good),
        // What is meant may be the same.
        Standing::Differs if !line.read || line.ahead => (words::STANDS_DIFFERS, Tone::None),
        Standing::Differs if line.explanation.is_none() => (words::STANDS_DIFFERS, Tone::Bad),
        Standing::Differs => (words::STANDS_DIFFERS, Tone::None),
        Standing::Unstated if line.service_texts.is_empty() => (words::STANDS_UNSTATED, Tone::None),
        Standing::Unstated => (words::STANDS_UNCLEAR, Tone::None),
        Standing::Left | Standing::Unspecified => (words::STANDS_LEFT, Tone::None),
    }
}

fn explained(look: Look, explanation: &Explanation) -> Markup {
    let (reason, basis) = (&explanation.reason, &explanation.legal_basis);
    html! {
        (words::EXPLAINED_BY.say(look.lang, &[
            &indonesian(reason, look.lang), &indonesian(basis, look.lang),
        ]))
        @if !explanation.until.is_empty() {
            ", " (words::EXPLAINED_UNTIL.say(look.lang, &[&look.date(&explanation.until)]))
        }
        @if let Some(time) = &explanation.explain_time {
            @let when = look.moment(format::micros(time), Zone::Wib);
            br; span.minor {
                (words::EXPLAINED_WHO.say(look.lang, &[&look.author(&explanation.explained_by), &when]))
            }
        }
    }
}
