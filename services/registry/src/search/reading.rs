//! How a question is read: the places that it names, then what is said in several words, then
//! English names, and what is left as terms.

use std::ops::Range;
use std::sync::LazyLock;

use super::analyze::{QueryTerm, Token, folded, query_terms, term, tokens, words};
use super::places::{self, Named};
use super::vocabulary::{PHRASES, SAYINGS};

/// A question, read.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// What is looked for.
    pub terms: Vec<QueryTerm>,
    /// The places that it names, each with its words as typed.
    pub places: Vec<(String, Vec<&'static str>)>,
}

/// A word of a question: where it stands, and what it is taken for.
type Word = (Range<usize>, String);

/// Several words that are said for others.
type Said = (Vec<String>, Vec<String>);

static SAID: LazyLock<Vec<Said>> = LazyLock::new(|| {
    let split = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    longest_first(SAYINGS.iter().map(|(said, meant)| (split(said), split(meant))).collect())
});

/// English names of documents, by their terms.
static ENGLISH: LazyLock<Vec<Said>> = LazyLock::new(|| {
    let terms = |text: &str| tokens(text).into_iter().map(|token| token.term).collect::<Vec<_>>();
    longest_first(PHRASES.iter().map(|(said, meant)| (terms(said), terms(meant))).collect())
});

fn longest_first(mut said: Vec<Said>) -> Vec<Said> {
    said.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
    said
}

/// Reads a question. `known` tells whether a service is called by a word.
pub fn read(text: &str, known: &dyn Fn(&str) -> bool) -> Reading {
    let typed: Vec<Word> =
        words(text).into_iter().map(|at| (at.clone(), folded(&text[at]))).collect();
    let spoken: Vec<String> = typed.iter().map(|(_, word)| word.clone()).collect();
    let known = |word: &str| term(word).is_none_or(|term| known(&term));
    let named = places::named(&spoken, &known);
    let rest = typed.iter().enumerate().filter(|(at, _)| !is_named(&named, *at));
    let rest = said_for(rest.map(|(_, word)| word.clone()).collect(), &SAID);
    let terms = rest.into_iter().filter_map(|(at, word)| Some((at, term(&word)?))).collect();
    let tokens = said_for(terms, &ENGLISH).into_iter().map(|(at, term)| Token { term, at });
    let place = |place: Named| {
        let (first, last) = (&typed[place.words.start].0, &typed[place.words.end - 1].0);
        (text[first.start..last.end].to_owned(), place.codes)
    };
    Reading {
        terms: query_terms(text, &tokens.collect::<Vec<_>>()),
        places: named.into_iter().map(place).collect(),
    }
}

fn is_named(named: &[Named], at: usize) -> bool {
    named.iter().any(|place| place.words.contains(&at))
}

/// Puts what is meant in the place of what is said, the longest saying first.
fn said_for(words: Vec<Word>, sayings: &[Said]) -> Vec<Word> {
    let mut meant = Vec::new();
    let mut rest = words.as_slice();
    while let Some(((at, word), after)) = rest.split_first() {
        let fits = |said: &&Said| {
            said.0.len() <= rest.len()
                && said.0.iter().zip(rest).all(|(one, (_, word))| one == word)
        };
        if let Some((said, instead)) = sayings.iter().find(fits) {
            let whole = at.start..rest[said.len() - 1].0.end;
            meant.extend(instead.iter().map(|word| (whole.clone(), word.clone())));
            rest = &rest[said.len()..];
        } else {
            meant.push((at.clone(), word.clone()));
            rest = after;
        }
    }
    meant
}
