//! From text to terms: fold, split, correct spellings, drop fillers, stem, and join the phrases
//! that have an abbreviation.
//!
//! Documents and queries go through the same [`tokens`]. A document then gets the abbreviation of
//! every phrase in it and the phrase of every abbreviation; a query gets its phrases replaced by
//! their abbreviation. So either finds the other.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization as _;

use super::{
    codes::continues,
    endings::without_endings,
    stem::stem,
    turn::Turn,
    vocabulary::{
        ABBREVIATIONS, FAINT, FILLERS, REGIONAL, REGIONAL_FILLERS, RELATED, SPELLINGS, WORDS,
    },
};
use crate::search::asking::mishap::{Harm, MISHAP, mishap};

/// Longer words are cut; no word of the language is longer.
const LONGEST_WORD: usize = 40;

/// Words that each thread remembers the terms of.
const MOST_MET: usize = 50_000;

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The text that is indexed and looked up.
    pub term: String,
    /// The word's place in the text, in bytes.
    pub at: Range<usize>,
}

/// How a term came to be looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Via {
    /// The word itself, its stem, or another spelling of it.
    Word,
    /// The abbreviation of the words typed, or the words that a typed abbreviation stands for.
    Abbreviation,
    /// Another word for it.
    Related,
    /// A word that was typed without some of its vowels, as in chats: "tnah" can be nothing but
    /// "tanah".
    Clipped,
    /// A word that is one or two letters away.
    Typo,
    /// A word of the same family or of about the same meaning: it tells what is near, and answers
    /// nothing.
    Meaning,
}

/// A term that answers a word of the query.
#[derive(Debug, Clone, PartialEq)]
pub struct Alternative {
    pub term: String,
    /// 0 to 1, where 1 is the word itself.
    pub weight: f32,
    pub via: Via,
}

/// The role of a word for the document that a question names, by where it stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Role {
    /// It stands elsewhere in the question.
    #[default]
    Apart,
    /// It stands in a short row with the document, no other word between: "cabut NIB usaha".
    Beside,
    /// The two are all of the row, or it stands right before the document: "paspor diplomatik",
    /// "foto KTP".
    Paired,
    /// It is said aside, after a word such as "untuk" or "karena".
    Aside,
    /// It says where, after a word such as "di".
    Where,
    /// It asks for a new one: "bikin sim".
    Makes,
    /// It is excluded: "selain ktp".
    Excluded,
}

/// A word, or a phrase with an abbreviation, of a query.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct QueryTerm {
    /// The word or phrase as it was typed.
    pub word: String,
    /// The term that it is itself, whether or not any service has it.
    pub own: String,
    /// Its place among the terms of the question.
    pub at: usize,
    /// The word's role for the document that the question names.
    pub role: Role,
    pub follows: bool, // right behind the term before it
    /// Whether it follows right after an act: "ganti kelamin di ktp".
    pub is_object: bool,
    /// Whether it is an act whose object follows right after: "putus sambungan".
    pub has_object: bool,
    /// The harm to the document that it tells of, if it is a verb of harm.
    pub harm: Option<Harm>,
    /// What its neighbours turn it into: "belum menikah".
    pub turn: Option<Turn>,
    /// Whether a result has to have it (see [`FAINT`]).
    pub decides: bool,
    /// The word itself first.
    pub alternatives: Vec<Alternative>,
}

static FILLER: LazyLock<HashSet<&str>> =
    LazyLock::new(|| FILLERS.iter().chain(REGIONAL_FILLERS).copied().collect());
static SPELLING: LazyLock<HashMap<&str, &str>> =
    LazyLock::new(|| SPELLINGS.iter().chain(REGIONAL).copied().collect());
static RELATIONS: LazyLock<HashMap<&str, &[(&str, f32)]>> =
    LazyLock::new(|| RELATED.iter().copied().collect());

static FAINT_TERM: LazyLock<HashSet<&str>> = LazyLock::new(|| FAINT.iter().copied().collect());

/// The term of an English word to the terms of its Indonesian ones.
static ENGLISH: LazyLock<HashMap<String, Vec<String>>> = LazyLock::new(|| {
    let entry = |(word, meanings): &(&str, &[&str])| {
        let meanings = meanings.iter().filter_map(|meaning| term(meaning)).collect();
        Some((term(word)?, meanings))
    };
    WORDS.iter().filter_map(entry).collect()
});

/// Abbreviation to the terms of its phrases.
pub static EXPANSIONS: LazyLock<HashMap<&str, Vec<Vec<String>>>> = LazyLock::new(|| {
    ABBREVIATIONS
        .iter()
        .map(|(short, phrases)| (*short, phrases.iter().map(|phrase| terms(phrase)).collect()))
        .collect()
});

/// The terms of a phrase, and its abbreviation.
pub type Phrase = (&'static [String], &'static str);

/// First term of a phrase to all phrases that begin with it, longest first, each with its
/// abbreviation.
static PHRASES: LazyLock<HashMap<&str, Vec<Phrase>>> = LazyLock::new(|| {
    let mut phrases: HashMap<&str, Vec<Phrase>> = HashMap::new();
    for (short, expansions) in EXPANSIONS.iter() {
        for phrase in expansions {
            phrases.entry(&phrase[0]).or_default().push((phrase, short));
        }
    }
    phrases.values_mut().for_each(|all| {
        all.sort_by_key(|(phrase, short)| (std::cmp::Reverse(phrase.len()), *short))
    });
    phrases
});

/// The words of a text that mean something, in order.
pub fn tokens(text: &str) -> Vec<Token> {
    words(text)
        .into_iter()
        .filter_map(|at| Some(Token { term: term(&text[at.clone()])?, at }))
        .collect()
}

/// The terms of a text, in order.
pub fn terms(text: &str) -> Vec<String> {
    tokens(text).into_iter().map(|token| token.term).collect()
}

/// The byte ranges of the words: runs of letters and digits, letters with dots between them
/// ("k.t.p."), a number behind a hyphen ("ak-1") or a form's number ("f-1.03") as one, and without
/// the 2 that doubles a word ("syarat2").
pub fn words(text: &str) -> Vec<Range<usize>> {
    let mut joined: Vec<Range<usize>> = Vec::new();
    let runs = runs(text);
    for run in runs {
        match joined.last_mut() {
            Some(last) if continues(text, last, &run) => last.end = run.end,
            _ => joined.push(run),
        }
    }
    joined.into_iter().map(|word| undoubled(text, word)).collect()
}

fn undoubled(text: &str, word: Range<usize>) -> Range<usize> {
    let whole = &text[word.clone()];
    match whole.strip_suffix('2') {
        Some(single) if single.len() > 2 && single.chars().all(char::is_alphabetic) => {
            word.start..word.end - 1
        }
        _ => word,
    }
}

/// The byte ranges of the runs of letters and digits.
fn runs(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = None;
    for (at, letter) in text.char_indices().chain([(text.len(), ' ')]) {
        match (letter.is_alphanumeric(), start) {
            (true, None) => start = Some(at),
            (false, Some(begin)) => {
                found.push(begin..at);
                start = None;
            }
            _ => {}
        }
    }
    found
}

thread_local! {
    /// Words met before, with their terms: a catalog says the same few thousand words over and
    /// over.
    static MET: RefCell<HashMap<String, Option<String>>> = RefCell::new(HashMap::new());
}

/// The term that one word is indexed under, or nothing for a filler.
pub fn term(word: &str) -> Option<String> {
    let folded = folded(word);
    MET.with_borrow_mut(|met| {
        if let Some(term) = met.get(&folded) {
            return term.clone();
        }
        let term = term_of(&folded);
        if met.len() >= MOST_MET {
            met.clear();
        }
        met.insert(folded, term.clone());
        term
    })
}

/// `None` for fillers, and for what has no letter by itself, as a mark of voice of half width.
fn term_of(folded: &str) -> Option<String> {
    let stemmed = stem(spelled(without_endings(folded)));
    // `ijinnya` and the like show only now which word they misspell.
    let term = spelled(&stemmed);
    let filler = [folded, term].into_iter().any(|word| FILLER.contains(word));
    (!filler && !term.is_empty()).then(|| term.to_owned())
}

pub fn spelled(word: &str) -> &str {
    SPELLING.get(word).copied().unwrap_or(word)
}

/// A word in lower case, without accents, and without the dots of "k.t.p.". Letters of another
/// width or shape are the same letters.
pub fn folded(word: &str) -> String {
    let letters = word.nfkd().filter(|letter| letter.is_alphanumeric());
    letters.flat_map(char::to_lowercase).take(LONGEST_WORD).collect()
}

/// The words of a text as written, in lower case and without accents.
pub fn folded_words(text: &str) -> Vec<String> {
    words(text).into_iter().map(|at| folded(&text[at])).collect()
}

/// The terms that a document's text is indexed under, each once.
pub fn index_terms(text: &str) -> BTreeSet<String> {
    let own = terms(text);
    let mut all: BTreeSet<String> = own.iter().filter_map(|term| between(term)).collect();
    for at in 0..own.len() {
        all.extend(phrases_at(&own[at..]).map(|(_, short)| short.to_owned()));
        all.extend(EXPANSIONS.get(own[at].as_str()).into_iter().flatten().flatten().cloned());
    }
    all.extend(own);
    all
}

/// From this many letters on, a word after "antar" is no accident.
const LETTERS_BETWEEN: usize = 4;

/// "Antarprovinsi" says "provinsi".
fn between(term: &str) -> Option<String> {
    let rest = term.strip_prefix("antar").filter(|rest| rest.len() >= LETTERS_BETWEEN);
    rest.and_then(term_of)
}

pub fn phrases_at(terms: &[String]) -> impl Iterator<Item = Phrase> {
    let candidates =
        terms.first().and_then(|first| PHRASES.get(first.as_str())).into_iter().flatten();
    candidates
        .filter(|(phrase, _)| terms.starts_with(phrase))
        .map(|(phrase, short)| (*phrase, *short))
}

/// The terms that tell a text from others: phrases as their abbreviations, nothing faint, each
/// once.
pub fn key_terms(text: &str) -> BTreeSet<String> {
    keys_of(&terms(text))
}

/// [`key_terms`] of a text's terms.
pub fn keys_of(own: &[String]) -> BTreeSet<String> {
    phrased(own).into_iter().filter(|term| !is_faint(term)).collect()
}

/// A text's terms in their order, phrases as their abbreviations.
pub fn phrased(own: &[String]) -> Vec<String> {
    let mut terms = Vec::with_capacity(own.len());
    let mut at = 0;
    while at < own.len() {
        let phrase = phrases_at(&own[at..]).next();
        terms.push(phrase.map_or(own[at].as_str(), |(_, short)| short).to_owned());
        at += phrase.map_or(1, |(phrase, _)| phrase.len());
    }
    terms
}

/// Whether a word only asks how, where or for how much; a bare number says as little.
pub fn is_faint(term: &str) -> bool {
    FAINT_TERM.contains(term) || term.bytes().all(|letter| letter.is_ascii_digit())
}

/// Whether a word is an abbreviation that the field knows.
pub fn is_abbreviation(term: &str) -> bool {
    EXPANSIONS.contains_key(term)
}

/// The weight of an Indonesian word for which an English one was typed.
const TRANSLATED: f32 = 0.9;

/// A term, its related terms, and those that an English word stands for; the term first.
pub fn with_related(term: &str, via: Via) -> Vec<Alternative> {
    let own = Alternative { term: term.to_owned(), weight: 1.0, via };
    let related =
        |term: &str, weight| Alternative { term: term.to_owned(), weight, via: Via::Related };
    let near = RELATIONS.get(term).copied().unwrap_or_default().iter();
    let near = near.map(|(term, weight)| related(term, *weight));
    let near = near.chain(mishap(term).map(|state| related(state, MISHAP)));
    let english = ENGLISH.get(term).into_iter().flatten();
    let english = english.map(|term| related(term, TRANSLATED));
    std::iter::once(own).chain(near).chain(english).collect()
}
