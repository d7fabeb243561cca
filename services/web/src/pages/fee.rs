//! A fee or a time in a cell; the source's words are marked as Indonesian.

use maud::{Markup, html};
use mpp_api::{
    types::{Fee, ServiceTime, fee::Kind},
    wording::{self, WordingPiece},
};

use crate::{
    components::Look,
    words::{indonesian, table as words},
};

/// The price for a citizen, in a word.
pub fn fees(look: Look, fees: &[Fee]) -> Markup {
    match fees {
        [] => fee(look, &Fee::default()),
        [one] => fee(look, one),
        several if several.iter().all(|one| one.kind() == Kind::Free) => {
            fee(look, &Fee { kind: Kind::Free.into(), ..Fee::default() })
        }
        _ => html! { (look.of(words::FEE_SEVERAL)) },
    }
}

/// One fee in the page's language.
pub fn fee(look: Look, fee: &Fee) -> Markup {
    said(look, &wording::fee(fee, look.lang.into()))
}

/// How long a service takes, in the page's language.
pub fn time(look: Look, time: Option<&ServiceTime>) -> Markup {
    match time {
        Some(time) => said(look, &wording::time_and_words(time, look.lang.into())),
        None => html! { (look.of(words::NOT_RECORDED)) },
    }
}

fn said(look: Look, pieces: &[WordingPiece]) -> Markup {
    html! {
        @for piece in pieces {
            @match piece {
                WordingPiece::Ours(words) => (words),
                WordingPiece::Source(words) => (indonesian(words, look.lang)),
            }
        }
    }
}
