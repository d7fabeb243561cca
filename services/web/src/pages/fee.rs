//! A fee in a cell: of several cases each with its condition, and what was not read in the source's
//! words, marked.

use maud::{Markup, html};
use mpp_api::types::{Fee, fee::Kind};

use crate::{
    components::Look,
    words::{Lang, format, indonesian, table as words},
};

/// What a citizen pays, in a word.
pub fn fees(look: Look, fees: &[Fee]) -> Markup {
    match fees {
        [] => html! { (look.of(words::FEE_NOT_STATED)) },
        [one] => fee(look, one),
        several if several.iter().all(|one| one.kind() == Kind::Free) => {
            html! { (look.of(words::FREE)) }
        }
        _ => html! { (look.of(words::FEE_SEVERAL)) },
    }
}

/// One fee.
pub fn fee(look: Look, fee: &Fee) -> Markup {
    html! {
        @if fee.approximate { (look.of(words::FEE_ABOUT)) " " }
        (price(look, fee))
        @if !fee.unit.is_empty() {
            " " (look.of(words::FEE_PER)) " " (indonesian(&fee.unit, look.lang))
        }
    }
}

fn price(look: Look, fee: &Fee) -> Markup {
    let rupiah = |amount: i64| format!("Rp{}", format::number(look.lang, amount));
    match fee.kind() {
        Kind::Free => html! { (look.of(words::FREE)) },
        Kind::Fixed => html! { (rupiah(fee.amount_rupiah)) },
        Kind::Range if fee.amount_rupiah == 0 => {
            html! { (words::FEE_UP_TO.text(look.lang, &[&rupiah(fee.max_rupiah)])) }
        }
        Kind::Range => {
            let ends = [fee.amount_rupiah, fee.max_rupiah].map(rupiah);
            html! { (words::FEE_RANGE.text(look.lang, &[&ends[0], &ends[1]])) }
        }
        Kind::LocalRegulation | Kind::Regulation => by_regulation(look, fee),
        Kind::Charged => html! { (look.of(words::FEE_CHARGED)) },
        Kind::Formula => said(look, look.of(words::FEE_FORMULA), &fee.formula),
        Kind::Foreign => foreign(look, fee),
        Kind::Cases => several(look, &fee.cases, "; "),
        Kind::Parts => several(look, &fee.parts, " + "),
        Kind::Unspecified | Kind::Unparsed if fee.source_text.is_empty() => {
            html! { (look.of(words::FEE_NOT_STATED)) }
        }
        Kind::Unspecified | Kind::Unparsed => {
            said(look, look.of(words::NOT_READ), &fee.source_text)
        }
    }
}

fn by_regulation(look: Look, fee: &Fee) -> Markup {
    match (fee.regulation.as_str(), fee.kind()) {
        ("", Kind::LocalRegulation) => html! { (look.of(words::FEE_LOCAL)) },
        ("", _) => html! { (look.of(words::FEE_REGULATION)) },
        (name, _) => said(look, look.of(words::FEE_BY), name),
    }
}

/// The source's words behind ours.
fn said(look: Look, ours: &str, theirs: &str) -> Markup {
    html! { (ours) " " (indonesian(theirs, look.lang)) }
}

fn foreign(look: Look, fee: &Fee) -> Markup {
    let amount = fee.foreign.clone().unwrap_or_default();
    let point = if look.lang == Lang::Id { "," } else { "." };
    html! {
        (amount.currency) " " (format::number(look.lang, amount.units))
        @if amount.cents != 0 { (point) (format!("{:02}", amount.cents)) }
    }
}

/// Cases with their conditions, or parts that are due together.
fn several(look: Look, fees: &[Fee], between: &str) -> Markup {
    html! {
        @for (place, each) in fees.iter().enumerate() {
            @if place > 0 { (between) }
            @for words in [&each.condition, &each.label].into_iter().filter(|words| !words.is_empty()) {
                (indonesian(words, look.lang)) ": "
            }
            (fee(look, each))
        }
    }
}
