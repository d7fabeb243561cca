//! Documents behind an "e" that is joined to their name: "epaspor" is the electronic passport.

use std::ops::Range;

use crate::search::words::analyze::term;

/// A word, and where it stands in the question.
type Word = (Range<usize>, String);

/// An eSIM is a telephone's, and no driving licence.
const A_TELEPHONES: &str = "sim";

/// The words, with the "e" apart of a word that no service has and that names a document without
/// it.
pub fn electronic(
    typed: Vec<Word>,
    called: &dyn Fn(&str) -> bool,
    is_document: &dyn Fn(&str) -> bool,
) -> Vec<Word> {
    let names_one =
        |rest: &str| rest != A_TELEPHONES && term(rest).is_some_and(|term| is_document(&term));
    let unknown = |word: &str| term(word).is_some_and(|term| !called(&term));
    let plain = |(at, word): Word| match word.strip_prefix('e') {
        // A word whose length changed by folding cannot be cut at the same letters.
        Some(rest) if word.len() == at.len() && unknown(&word) && names_one(rest) => {
            (at.start + 1..at.end, rest.to_owned())
        }
        _ => (at, word),
    };
    typed.into_iter().map(plain).collect()
}
