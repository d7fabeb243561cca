//! How a question is read: the places that it names, then what is said in several words, then
//! English names, and what is left as terms.

use std::ops::Range;
use std::sync::LazyLock;

use super::analyze::{QueryTerm, Token, folded, query_terms, term, tokens, words};
use super::places::{self, Catalog, Named};
use super::vocabulary::{KINDS, PHRASES, SAYINGS};

/// A question, read.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// The terms that are searched for.
    pub terms: Vec<QueryTerm>,
    /// The places that it names.
    pub places: Vec<Place>,
}

/// A place that a question names.
#[derive(Debug, Clone)]
pub struct Place {
    /// As typed.
    pub text: String,
    /// Kemendagri codes that it may mean.
    pub codes: Vec<&'static str>,
    /// It may as well be no place: its words are looked for, too.
    pub guessed: bool,
}

impl Reading {
    /// Whether the word is looked for although it may be a place.
    pub fn is_guessed_place(&self, word: &str) -> bool {
        self.places.iter().any(|place| place.guessed && place.text.contains(word))
    }
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

/// Reads a question. `called` tells whether a service is called by a term, `is_document` whether
/// the term names a document.
pub fn read(
    text: &str,
    called: &dyn Fn(&str) -> bool,
    is_document: &dyn Fn(&str) -> bool,
) -> Reading {
    let typed: Vec<Word> =
        words(text).into_iter().map(|at| (at.clone(), folded(&text[at]))).collect();
    let spoken: Vec<String> = typed.iter().map(|(_, word)| word.clone()).collect();
    let has = |word: &str| term(word).is_none_or(|term| called(&term));
    let is_document = |word: &str| term(word).is_some_and(|term| is_document(&term));
    let named = places::named(&spoken, &Catalog { has: &has, is_document: &is_document });
    let rest = typed.iter().enumerate().filter(|(at, word)| !is_only_place(&named, *at, &word.1));
    let rest = said_for(rest.map(|(_, word)| word.clone()).collect(), &SAID);
    let terms = rest.into_iter().filter_map(|(at, word)| Some((at, term(&word)?))).collect();
    let tokens = said_for(terms, &ENGLISH).into_iter().map(|(at, term)| Token { term, at });
    let place = |Named { words, codes, guessed }: Named| {
        let (first, last) = (&typed[words.start].0, &typed[words.end - 1].0);
        Place { text: text[first.start..last.end].to_owned(), codes, guessed }
    };
    Reading {
        terms: query_terms(text, &tokens.collect::<Vec<_>>()),
        places: named.into_iter().map(place).collect(),
    }
}

/// Whether a word names a place and cannot mean anything else.
fn is_only_place(named: &[Named], at: usize, word: &str) -> bool {
    let place = named.iter().find(|place| place.words.contains(&at));
    place.is_some_and(|place| !place.guessed || KINDS.contains(&word))
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
