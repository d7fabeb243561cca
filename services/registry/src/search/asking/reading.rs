//! How a question is read: the places that it names, then sayings of several words, then English
//! names, and the rest as terms.

use std::iter::zip;
use std::ops::Range;
use std::sync::LazyLock;

use super::{
    asked::query_terms,
    electronic::electronic,
    period::period,
    places::{self, Catalog, PlaceWords},
    roles,
    stance::{Spoken, Stance, stances},
    turned,
    unread::unread,
};
use crate::search::words::{
    analyze::{QueryTerm, Role, Token, folded, term, tokens, words},
    vocabulary::{
        ARRIVED, KINDS, LIVES, NATIONS, ONLY_ENGLISH, OUT_OF_STEP, PHRASES, REFUSALS, SAYINGS,
        SINCE, TURNS, UNITS,
    },
    wordnet,
};

/// A question, read.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// The terms that are searched for.
    pub terms: Vec<QueryTerm>,
    /// The places that it names.
    pub places: Vec<Place>,
    /// Whether it is English.
    pub is_english: bool,
    /// The years of a period that it tells: "samsat 5 tahunan".
    pub period: Option<usize>,
}

/// A place that a question names.
#[derive(Debug, Clone)]
pub struct Place {
    /// The place as it was typed.
    pub text: String,
    /// Kemendagri codes that it may mean.
    pub codes: Vec<&'static str>,
    /// It may as well be no place: its words are looked for, too.
    pub guessed: bool,
    /// Whether one asks there, comes from there, goes there, or keeps away.
    pub stance: Stance,
}

impl Reading {
    /// The places where one asks.
    pub fn where_asked(&self) -> impl Iterator<Item = &Place> {
        self.places.iter().filter(|place| place.stance == Stance::Wanted)
    }

    /// The places where one does not want to ask.
    pub fn avoided(&self) -> impl Iterator<Item = &Place> {
        self.places.iter().filter(|place| place.stance == Stance::Avoided)
    }

    /// Whether the word is looked for although it may be a place.
    pub fn is_guessed_place(&self, word: &str) -> bool {
        self.places.iter().any(|place| place.guessed && place.text.contains(word))
    }
}

/// A word of a question: where it stands, and the word that it is read as.
pub type Word = (Range<usize>, String);

/// A saying of several words, and the words that it means.
type Said = (Vec<String>, Vec<String>);

static SAID: LazyLock<Vec<Said>> = LazyLock::new(|| {
    let split = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let said = SAYINGS.iter().map(|(said, meant)| (split(said), split(meant)));
    // "ga online", "tidak nyambung": whichever way it is denied, the number is out of step.
    let refused = REFUSALS.iter().flat_map(|no| {
        OUT_OF_STEP
            .iter()
            .map(|word| (vec![(*no).to_owned(), (*word).to_owned()], split("sinkron")))
    });
    // "Orang belanda", "warga negara jepang".
    let foreign = NATIONS.iter().flat_map(|nation| {
        ["orang", "warga", "warga negara"]
            .map(|people| (split(&format!("{people} {nation}")), split("orang asing")))
    });
    longest_first(said.chain(refused).chain(foreign).collect())
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
/// the term names a document, `leads` whether it may be what is asked for; `of_age` is the age from
/// which one is no child.
pub fn read(
    text: &str,
    called: &dyn Fn(&str) -> bool,
    is_document: &dyn Fn(&str) -> bool,
    leads: &dyn Fn(&str) -> bool,
    of_age: Option<u16>,
) -> Reading {
    let typed = words(text).into_iter().map(|at| (at.clone(), folded(&text[at]))).collect();
    let typed = electronic(whole(text, typed, called), called, is_document);
    let typed = without_since(units_apart(parted(typed)));
    let spoken: Vec<String> = typed.iter().map(|(_, word)| word.clone()).collect();
    let has = |word: &str| term(word).is_none_or(|term| called(&term));
    let is_named = |word: &str| term(word).is_some_and(|term| is_document(&term));
    let named = places::named(&spoken, &Catalog { has: &has, is_document: &is_named });
    let (stances, told) = stances_of(text, &typed, &named, &has);
    let rest = without_unread(said_for(beside_places(&typed, &named, &told), &SAID), &spoken);
    let terms = rest.into_iter().filter_map(|(at, word)| Some((at, term(&word)?))).collect();
    let tokens = said_for(terms, &ENGLISH).into_iter().map(|(at, term)| Token { term, at });
    let mut terms = query_terms(text, &tokens.collect::<Vec<_>>(), called);
    let heard = heard(&typed, &told);
    roles::mark_harms(&heard, &mut terms, is_document);
    roles::assign(text, &heard, &mut terms, leads, is_document);
    turned::mark(&heard, &mut terms, is_document);
    if of_age.is_some_and(|years| are_of_age(&spoken, years)) {
        terms.iter_mut().for_each(|(_, term)| term.decides &= !is_child(term));
    }
    Reading {
        is_english: is_english(&spoken),
        period: period(&spoken),
        terms: asked_for(terms.into_iter().map(|(_, term)| term).collect()),
        places: zip(named, stances)
            .map(|(named, stance)| place(text, &typed, named, stance))
            .collect(),
    }
}

/// Whether words tell that the question is English: one that only English has, or most of them.
fn is_english(spoken: &[String]) -> bool {
    spoken.iter().any(|word| ONLY_ENGLISH.contains(&word.as_str()))
        || spoken.iter().filter(|word| wordnet::knows(word)).count() * 2 > spoken.len()
}

/// The words; two that a hyphen joins are one if services are called by it and not by the first:
/// "pra-nikah".
fn whole(text: &str, typed: Vec<Word>, called: &dyn Fn(&str) -> bool) -> Vec<Word> {
    let is_called = |word: &str| term(word).map(|term| called(&term));
    let mut whole: Vec<Word> = Vec::with_capacity(typed.len());
    for (at, word) in typed {
        let before = whole.pop_if(|(before, first)| {
            let hyphen = ["-", "\u{2010}", "\u{2011}"].contains(&&text[before.end..at.start]);
            let one = || is_called(&format!("{first}{word}")) == Some(true);
            hyphen && is_called(first) == Some(false) && one()
        });
        match before {
            Some((before, first)) => whole.push((before.start..at.end, format!("{first}{word}"))),
            None => whole.push((at, word)),
        }
    }
    whole
}

/// The words, with a preposition apart that somebody has joined to the name of a place:
/// "dijakarta" is "di jakarta".
fn parted(typed: Vec<Word>) -> Vec<Word> {
    let spoken: Vec<String> = typed.iter().map(|(_, word)| word.clone()).collect();
    let mut parted = Vec::with_capacity(typed.len());
    for (number, (at, word)) in typed.into_iter().enumerate() {
        // A word whose length changed by folding cannot be cut at the same letters.
        let head = places::joined(&spoken[number..]).filter(|_| word.len() == at.len());
        match head {
            Some(head) => {
                let middle = at.start + head.len();
                parted.push((at.start..middle, head.to_owned()));
                parted.push((middle..at.end, word[head.len()..].to_owned()));
            }
            None => parted.push((at, word)),
        }
    }
    parted
}

/// The words, with a unit apart that is joined to its number: "5thn" is "5 thn", and
/// "5thnan" is "5 thnan".
fn units_apart(typed: Vec<Word>) -> Vec<Word> {
    let parts = |(at, word): Word| {
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        let unit = word[digits..].strip_suffix("an").unwrap_or(&word[digits..]);
        let is_measure = digits > 0 && (UNITS.contains(&unit) || UNITS.contains(&&word[digits..]));
        if !is_measure || word.len() != at.len() {
            return vec![(at, word)];
        }
        let middle = at.start + digits;
        vec![
            (at.start..middle, word[..digits].to_owned()),
            (middle..at.end, word[digits..].to_owned()),
        ]
    };
    typed.into_iter().flat_map(parts).collect()
}

/// The words without those that only tell how long ago somebody arrived: "baru 2 minggu pindah" is
/// "baru pindah".
fn without_since(typed: Vec<Word>) -> Vec<Word> {
    let word = |at: usize| typed[at].1.as_str();
    let is_time = |at: usize| {
        SINCE.contains(&word(at)) || UNITS.contains(&word(at)) || word(at).parse::<u16>().is_ok()
    };
    let mut left_out = vec![false; typed.len()];
    for arrived in (0..typed.len()).filter(|at| ARRIVED.contains(&word(*at))) {
        let end = (arrived + 1..typed.len()).find(|at| !is_time(*at)).unwrap_or(typed.len());
        if end < typed.len() && LIVES.contains(&word(end)) {
            left_out[arrived + 1..end].fill(true);
        }
    }
    let kept = typed.into_iter().zip(left_out).filter(|(_, left_out)| !left_out);
    kept.map(|(word, _)| word).collect()
}

/// The stances to the places, and the words that only tell them.
fn stances_of(
    text: &str,
    typed: &[Word],
    named: &[PlaceWords],
    has: &dyn Fn(&str) -> bool,
) -> (Vec<Stance>, Vec<usize>) {
    let words: Vec<String> = typed.iter().map(|(_, word)| word.clone()).collect();
    let places: Vec<Range<usize>> = named.iter().map(|place| place.words.clone()).collect();
    let clauses = clauses(text, typed);
    stances(&Spoken { words: &words, clauses: &clauses, places: &places, has })
}

/// The number of the clause of each word: a clause ends at a mark or before a word that turns.
fn clauses(text: &str, typed: &[Word]) -> Vec<usize> {
    let mut clause = 0;
    let ends = |at: usize| {
        let before = at.checked_sub(1).map_or(0, |before| typed[before].0.end);
        let (here, word) = &typed[at];
        text[before..here.start].contains([',', '.', '?', '!', ';', ':', '\n'])
            || TURNS.contains(&word.as_str())
    };
    (0..typed.len())
        .map(|at| {
            clause += usize::from(at > 0 && ends(at));
            clause
        })
        .collect()
}

/// The words without those that only tell a place's stance.
fn heard(typed: &[Word], told: &[usize]) -> Vec<Word> {
    let heard = typed.iter().enumerate().filter(|(at, _)| !told.contains(at));
    heard.map(|(_, word)| word.clone()).collect()
}

/// The words to search for, in order.
fn beside_places(typed: &[Word], named: &[PlaceWords], told: &[usize]) -> Vec<Word> {
    let plain = |at: usize, word: &str| is_only_place(named, at, word) || told.contains(&at);
    let rest = typed.iter().enumerate().filter(|(at, (_, word))| !plain(*at, word));
    rest.map(|(_, word)| word.clone()).collect()
}

/// A place as it was typed.
fn place(text: &str, typed: &[Word], named: PlaceWords, stance: Stance) -> Place {
    let PlaceWords { words, codes, guessed } = named;
    let (first, last) = (&typed[words.start].0, &typed[words.end - 1].0);
    Place { text: text[first.start..last.end].to_owned(), codes, guessed, stance }
}

/// The terms without those that are not asked for, unless there are no others.
fn asked_for(terms: Vec<QueryTerm>) -> Vec<QueryTerm> {
    let kept = |term: &&QueryTerm| term.role != Role::Excluded;
    let refuses = terms.iter().any(|term| term.role == Role::Excluded);
    let asks = |term: &QueryTerm| term.decides && !(refuses && roles::excludes(&term.word));
    let asks_other = terms.iter().filter(kept).any(asks);
    let kept = |term: &QueryTerm| !refuses || !asks_other || kept(&term) && asks(term);
    terms.into_iter().filter(kept).collect()
}

/// More years than anybody has lived: such a number is no age.
const BEYOND_ANY_AGE: u16 = 130;

/// Whether all ages in the question are those of adults: "anakku umur 17". All, since one of two
/// ages may be the mother's.
fn are_of_age(words: &[String], of_age: u16) -> bool {
    let ages: Vec<u16> = (0..words.len()).filter_map(|at| age(words, at)).collect();
    !ages.is_empty() && ages.iter().all(|years| (of_age..BEYOND_ANY_AGE).contains(years))
}

/// The age that stands at a place.
fn age(words: &[String], at: usize) -> Option<u16> {
    let tells = |word: Option<&String>, of: &[&str]| word.is_some_and(|word| of.contains(&&**word));
    let before = at.checked_sub(1).and_then(|before| words.get(before));
    let is_told = tells(before, &["umur", "umurnya", "usia", "usianya", "umurku", "aged", "age"])
        || tells(words.get(at + 1), &["tahun", "taun", "th", "thn", "years"]);
    is_told.then(|| words[at].parse().ok()).flatten()
}

fn is_child(term: &QueryTerm) -> bool {
    ["anak", "bayi"].iter().any(|child| term.own.starts_with(child))
}

/// Whether a word names a place and cannot mean anything else.
fn is_only_place(named: &[PlaceWords], at: usize, word: &str) -> bool {
    let place = named.iter().find(|place| place.words.contains(&at));
    place.is_some_and(|place| !place.guessed || KINDS.contains(&word))
}

/// Replaces words for an unreadable document or number by the state that they mean.
fn without_unread(words: Vec<Word>, spoken: &[String]) -> Vec<Word> {
    let mut meant = Vec::with_capacity(words.len());
    let mut rest = words.as_slice();
    while let Some(((at, word), after)) = rest.split_first() {
        let said: Vec<&str> = rest.iter().map(|(_, word)| word.as_str()).collect();
        if let Some((length, state)) = unread(&said, spoken) {
            meant.push((at.start..rest[length - 1].0.end, state.to_owned()));
            rest = &rest[length..];
        } else {
            meant.push((at.clone(), word.clone()));
            rest = after;
        }
    }
    meant
}

/// Replaces sayings by the words that they mean, the longest saying first.
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
