//! English words that no service has: as Indonesian spells them, in another form, or by what they
//! mean.

use super::{
    analyze::{self, Alternative, Via, with_related},
    loans, wordnet,
};
use crate::search::indexing::index::{IndexView, is_called};

/// The weight of a word that Indonesian has taken from the typed one: near enough to name a
/// document, and not certain, since "policy" is no "polisi".
const LOAN: f32 = 0.75;

/// The weight of another form of the typed word.
const FORM: f32 = 0.9;

/// The words that this English one is the same as, by its letters; none if titles and keywords have
/// none of them.
pub fn same(view: &IndexView, typed: &str) -> tantivy::Result<Vec<Alternative>> {
    if !wordnet::knows(typed) {
        return Ok(Vec::new());
    }
    let bases: Vec<String> = wordnet::bases(typed).collect();
    let spelled = bases.iter().map(String::as_str).chain([typed]).flat_map(loans::spellings);
    let loans: Vec<(String, f32)> = spelled.map(|word| (word, LOAN)).collect();
    let forms = bases.into_iter().chain(wordnet::forms(typed)).map(|word| (word, FORM));
    for (word, weight) in forms.chain(loans) {
        let term = analyze::term(&word).filter(|term| !analyze::is_faint(term) && *term != typed);
        let words: Vec<_> = term.iter().flat_map(|term| less(term, weight, Via::Related)).collect();
        if is_any_called(view, &words)? {
            return Ok(words);
        }
    }
    Ok(Vec::new())
}

fn is_any_called(view: &IndexView, words: &[Alternative]) -> tantivy::Result<bool> {
    for word in words {
        if is_called(view, &word.term)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The words of its family and of its meaning, in every form that a title may have.
pub fn near(typed: &str) -> Vec<Alternative> {
    let terms = wordnet::kin(typed).into_iter().flat_map(|(word, weight)| {
        let terms = wordnet::forms(word).into_iter().filter_map(|form| analyze::term(&form));
        terms.map(move |term| (term, weight))
    });
    let told = terms.filter(|(term, _)| !analyze::is_faint(term));
    told.flat_map(|(term, weight)| less(&term, weight, Via::Meaning)).collect()
}

/// The term and those that it stands for, for less.
fn less(term: &str, weight: f32, via: Via) -> impl Iterator<Item = Alternative> + use<> {
    let all = with_related(term, via).into_iter();
    all.map(move |one| Alternative { weight: one.weight * weight, via, ..one })
}
