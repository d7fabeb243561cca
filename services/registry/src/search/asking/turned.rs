//! Words that their neighbours turn into something else: a denied one ("belum menikah", "bukan
//! pindah rumah", "tanpa akta"), a loss said of a person ("anak hilang"), a birth of a dead child.
//!
//! Such a word is surely answered only where a title or a keyword turns it in the same way.

use std::ops::Range;

use crate::search::words::{
    analyze::{QueryTerm, folded_words, is_faint, term},
    turn::Turn,
    vocabulary::{ACTS, ASKS_WHETHER, EXCEPT, OTHERWISE, PAPERS, REFUSALS},
};

/// What one is or is not; whatever else is "belum" is what one asks for: "belum punya ktp".
const CONDITIONS: &[&str] = &["nikah", "kawin", "cerai", "hamil", "lahir", "mati", "meninggal"];

/// Words that deny a condition right behind them, beside the refusals.
const NOT_YET: &[&str] = &["belum", "blm", "blum", "blom", "durung", "unmarried"];

/// Words over which a denial reaches.
const EVER: &[&str] = &["pernah", "prnh"];

/// The same of what is to come: "belum mau menikah", "belum juga menikah".
const WILLING: &[&str] = &["akan", "ingin", "juga", "mau"];

/// Behind a refusal they deny a thing: "tidak punya ktp".
const HAVING: &[&str] = &["punya", "memiliki", "mempunyai", "pny"];

/// People who may be lost.
const PERSONS: &[&str] = &[
    "orang",
    "anak",
    "balita",
    "bayi",
    "suami",
    "istri",
    "isteri",
    "ayah",
    "bapak",
    "ibu",
    "kakek",
    "nenek",
    "adik",
    "kakak",
    "cucu",
    "keponakan",
    "paman",
    "bibi",
    "lansia",
    "remaja",
    "teman",
];

/// Words for the owner, between a person and what has happened.
const OWN: &[&str] = &["saya", "sy", "aku", "ku", "gue", "gw", "kami", "kita"];

/// Marks the terms of a question that are turned. Where a document is named, it is the document
/// that is lost.
pub fn mark(
    typed: &[(Range<usize>, String)],
    terms: &mut [(Range<usize>, QueryTerm)],
    is_document: &dyn Fn(&str) -> bool,
) {
    let words: Vec<String> = typed.iter().map(|(_, word)| word.clone()).collect();
    let of_document = terms.iter().any(|(_, term)| is_document(&term.own));
    // "Bukan perpanjang sim tapi bikin baru" denies the act, and asks for the document.
    let is_asked = |at: usize| stem(&words, at).is_some_and(|own| is_document(&own));
    let said = turned(&words);
    let is_object = |at: usize| at > 0 && said.contains(&(at - 1, Turn::Denied));
    for (at, turn) in said.iter().copied().filter(|(at, _)| !(is_object(*at) && is_asked(*at))) {
        let word = &typed[at].0;
        let stands = |of: &Range<usize>| of.start <= word.start && word.end <= of.end;
        let own = terms.iter_mut().find(|(of, _)| stands(of));
        if let Some((_, term)) = own.filter(|_| turn != Turn::OfPerson || !of_document) {
            term.turn = Some(turn);
        }
    }
}

/// Whether a title or keyword turns one of the meanings of a term in the same way.
pub fn turns(name: &str, turn: Turn, term: &QueryTerm) -> bool {
    let words = folded_words(name);
    let means = |at: usize| {
        let own = stem(&words, at);
        own.is_some_and(|own| term.alternatives.iter().any(|one| one.term == own))
    };
    turned(&words).into_iter().any(|(at, other)| other == turn && means(at))
}

/// The turned words of a text, by number.
fn turned(words: &[String]) -> Vec<(usize, Turn)> {
    let denied = (0..words.len()).filter_map(|at| denied_by(words, at));
    let denied: Vec<usize> =
        denied.flat_map(|at| [Some(at), object_of(words, at)]).flatten().collect();
    let lost = (0..words.len()).filter(|at| is_of_person(words, *at));
    let dead = (1..words.len()).filter(|at| is_dead(words, *at) && is(words, at - 1, &["lahir"]));
    let denied = denied.into_iter().map(|at| (at, Turn::Denied));
    denied
        .chain(lost.map(|at| (at, Turn::OfPerson)))
        .chain(dead.flat_map(|at| [(at - 1, Turn::Stillborn), (at, Turn::Stillborn)]))
        .collect()
}

fn stem(words: &[String], at: usize) -> Option<String> {
    words.get(at).and_then(|word| term(word))
}

fn is(words: &[String], at: usize, of: &[&str]) -> bool {
    words.get(at).is_some_and(|word| of.contains(&word.as_str()))
}

fn is_condition(words: &[String], at: usize) -> bool {
    stem(words, at).is_some_and(|own| CONDITIONS.contains(&own.as_str()))
}

/// The word that the one at a place denies.
fn denied_by(words: &[String], at: usize) -> Option<usize> {
    let refuses = is(words, at, REFUSALS) && !asks_whether(words, at);
    let between = is(words, at + 1, EVER) || is(words, at + 1, WILLING);
    let next = at + 1 + usize::from(between);
    if (refuses || is(words, at, NOT_YET)) && is_condition(words, next) {
        // "Dari belum kawin jadi kawin" asks for what it has become.
        let becomes = |other: usize| other != next && stem(words, other) == stem(words, next);
        return (!(0..words.len()).any(becomes)).then_some(next);
    }
    let lacks = refuses && is(words, at + 1, HAVING);
    let excludes = is(words, at, EXCEPT) || is(words, at, &["tanpa", "without"]);
    let says = |at: &usize| stem(words, *at).is_some_and(|own| !is_faint(&own));
    (lacks || excludes).then(|| (at + 1..words.len()).find(says))?
}

/// What an act right before it is done to: "rumah" of "bukan pindah rumah".
fn object_of(words: &[String], act: usize) -> Option<usize> {
    let does = stem(words, act).is_some_and(|own| ACTS.contains(&own.as_str()));
    let object = stem(words, act + 1).is_some_and(|own| !is_faint(&own));
    (does && object).then_some(act + 1)
}

/// "Bisa ga nikah di kua".
fn asks_whether(words: &[String], at: usize) -> bool {
    at > 0 && (is(words, at - 1, ASKS_WHETHER) || is(words, at - 1, OTHERWISE))
}

/// "Anak saya hilang", "kehilangan anak"; "kartu anak hilang" is lost itself.
fn is_of_person(words: &[String], at: usize) -> bool {
    let owned = |at: usize| is(words, at, OWN);
    let before = (0..at).rev().find(|at| !owned(*at));
    let is_person = before.is_some_and(|before| {
        let of_paper = before > 0 && is(words, before - 1, PAPERS);
        is(words, before, PERSONS) && !of_paper
    });
    let loses = is(words, at, &["kehilangan"]) && is(words, at + 1, PERSONS);
    stem(words, at).is_some_and(|own| own == "hilang") && (is_person || loses)
}

fn is_dead(words: &[String], at: usize) -> bool {
    stem(words, at).is_some_and(|own| ["mati", "meninggal"].contains(&own.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<(String, Turn)> {
        let words = folded_words(text);
        turned(&words).into_iter().map(|(at, turn)| (words[at].clone(), turn)).collect()
    }

    #[test]
    fn a_neighbour_turns_what_a_word_says() {
        for (text, word, turn) in [
            ("surat keterangan belum menikah", "menikah", Turn::Denied),
            ("belum pernah kawin", "kawin", Turn::Denied),
            ("belum mau menikah", "menikah", Turn::Denied),
            ("belum juga kawin", "kawin", Turn::Denied),
            ("tanpa surat nikah", "nikah", Turn::Denied),
            ("saya tidak punya ktp", "ktp", Turn::Denied),
            ("anak saya hilang", "hilang", Turn::OfPerson),
            ("kehilangan suami", "kehilangan", Turn::OfPerson),
        ] {
            assert_eq!(said(text), [(word.to_owned(), turn)], "{text}");
        }
        for text in ["anak lahir mati", "bukan pindah rumah"] {
            assert_eq!(said(text).len(), 2, "{text}");
        }
    }

    #[test]
    fn what_is_asked_for_or_asked_whether_is_not_turned() {
        for text in [
            "belum punya ktp",
            "status dari belum kawin jadi kawin",
            "bisa ga nikah di kua",
            "nik tidak terdaftar",
            "kartu anak hilang",
            "ktp hilang",
            "ibu melahirkan",
            "tidak sengaja",
        ] {
            assert_eq!(said(text), [], "{text}");
        }
    }
}
