//! From the words of a question to the terms that are looked for, in order: phrases as their
//! abbreviations, also where one word of them is a slip.

use std::ops::Range;

use crate::search::words::{
    analyze::{
        Alternative, EXPANSIONS, QueryTerm, Token, Via, folded, is_faint, phrases_at, with_related,
    },
    slips::slips,
};

/// Most terms that one query is answered with.
pub const MAX_TERMS: usize = 12;

/// The terms that a query looks for, phrases as their abbreviations: at most [`MAX_TERMS`], each
/// once, with where it stands in `text`. `called` tells the terms that services are called by: they
/// are no slips.
pub fn query_terms(
    text: &str,
    tokens: &[Token],
    called: &dyn Fn(&str) -> bool,
) -> Vec<(Range<usize>, QueryTerm)> {
    let own: Vec<String> = tokens.iter().map(|token| token.term.clone()).collect();
    let mut query: Vec<(Range<usize>, QueryTerm)> = Vec::new();
    let mut at = 0;
    while at < own.len() && query.len() < MAX_TERMS {
        let (length, term) = match phrases_at(&own[at..]).next() {
            Some((phrase, short)) => (phrase.len(), abbreviated(short)),
            None => misspelt(text, &tokens[at..], called).unwrap_or((1, single(&own[at]))),
        };
        let stands = tokens[at].at.start..tokens[at + length - 1].at.end;
        if !query.iter().any(|(_, known)| known.looks_for(&term)) {
            query.push((stands.clone(), QueryTerm { word: text[stands].to_owned(), ..term }));
        }
        at += length;
    }
    query
}

/// A phrase with an abbreviation, one word of which is a slip: "kartu kelurga".
fn misspelt(
    text: &str,
    tokens: &[Token],
    called: &dyn Fn(&str) -> bool,
) -> Option<(usize, QueryTerm)> {
    let fits = |phrase: &[String]| {
        let pairs = phrase.iter().zip(tokens).filter(|(meant, token)| **meant != token.term);
        let wrong: Vec<_> = pairs.collect();
        let [(meant, token)] = wrong[..] else { return false };
        phrase.len() <= tokens.len()
            && !called(&token.term)
            && is_slip_of(&folded(&text[token.at.clone()]), meant)
    };
    let all = EXPANSIONS.iter().flat_map(|(short, all)| all.iter().map(move |one| (one, *short)));
    let fitting = all.filter(|(phrase, _)| phrase.len() > 1 && fits(phrase));
    let (phrase, short) = fitting.max_by_key(|(phrase, short)| (phrase.len(), *short))?;
    let slip = |one: Alternative| Alternative { via: Via::Clipped, ..one };
    let alternatives = with_related(short, Via::Clipped).into_iter().map(slip).collect();
    Some((phrase.len(), QueryTerm { alternatives, ..abbreviated(short) }))
}

/// Letters of a word of a phrase from which one slip in it is forgiven, and two: fewer than of a
/// name, since the words beside it say as well what was meant.
const SLIPS_IN_PHRASES: [usize; 2] = [4, 9];

fn is_slip_of(typed: &str, meant: &str) -> bool {
    let letters = meant.chars().count();
    let most = SLIPS_IN_PHRASES.iter().filter(|from| letters >= **from).count();
    typed.chars().next() == meant.chars().next() && slips(typed, meant) <= most && typed.len() > 2
}

impl QueryTerm {
    fn looks_for(&self, other: &Self) -> bool {
        self.own == other.own
    }
}

fn single(term: &str) -> QueryTerm {
    QueryTerm {
        own: term.to_owned(),
        decides: !is_faint(term),
        alternatives: with_related(term, Via::Word),
        ..QueryTerm::default()
    }
}

fn abbreviated(short: &str) -> QueryTerm {
    QueryTerm {
        own: short.to_owned(),
        decides: !is_faint(short),
        alternatives: with_related(short, Via::Abbreviation),
        ..QueryTerm::default()
    }
}
