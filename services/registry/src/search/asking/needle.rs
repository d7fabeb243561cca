//! The words of a question as the index knows them: what each is worth, which of them name a
//! document, and which names of services they make up.

use std::collections::BTreeMap;

use super::{
    asked::MAX_TERMS,
    leading::{RANKS, SAME_WORD, leads},
    mishap::Harm,
    paper::{Paper, asks_to_pay},
    places::code_term,
    reading::{Place, Reading},
};
use crate::search::{
    indexing::{
        index::{IndexView, PARTS, Part, frequency},
        names::{MOST_WORDS, bare, joined},
    },
    words::{
        analyze::{Alternative, QueryTerm, Role, Via, folded, is_faint, term, with_related},
        codes::is_code,
        shape::is_no_word,
        slips::has_same_letters,
        typo::{Guess, Tolerance, guess},
    },
};

/// The weight of a faint word beside a deciding one.
const FAINT_SHARE: f32 = 0.25;

/// A word in more than one in this many bodies is not looked up there.
const COMMON_IN_BODIES: u64 = 5;

/// Catalogs smaller than this have no common words.
const SMALL_CATALOG: u64 = 200;

/// A word that no service has is worth at most this many times the rarest that some have: in a
/// large catalog it would count for several documents.
const MOST_OF_UNKNOWN: f32 = 1.25;

/// How many of a question's words, the rarest first, make up names.
const WORDS_OF_NAMES: usize = 8;

/// A word of the question that the index knows something about.
pub struct Needle {
    pub term: QueryTerm,
    /// The most that the word is worth.
    pub worth: f32,
    /// Whether bodies are searched for it.
    pub in_bodies: bool,
    /// Whether a title or a keyword has the word itself, or one of which it can only be a slip.
    pub names_some: bool,
    /// Whether it is the number of a form that one service alone asks for.
    pub names_form: bool,
}

/// A name of some service that the question holds.
pub struct Name {
    /// The name as the index holds it.
    pub term: String,
    /// Total weight of its words.
    pub worth: f32,
}

/// All words of a question.
#[derive(Default)]
pub struct QuestionWords {
    pub all: Vec<Needle>,
    pub names: Vec<Name>,
    /// The rest of the question beside acts, in the index's form of names.
    pub bare: Option<String>,
    /// Bit `n` is set when needle `n` decides.
    pub deciding: u16,
    /// Bit `n` is set when needle `n` is the name of a document or licence.
    pub leading: u16,
    /// Whether the leading words certainly name a document.
    pub document: bool,
    /// Total weight of the deciding words that occur in some service.
    pub known: f32,
    /// Total weight of all deciding words.
    pub asked: f32,
    /// Deciding words that no service has.
    pub unanswered: Vec<QueryTerm>,
    /// Words, as typed, that are taken for slips of question words.
    pub slips: Vec<String>,
    /// Whether any word names a subject.
    pub has_subject: bool,
    /// The paper that is asked for: "surat keterangan domisili".
    pub paper: Option<Paper>,
    /// Whether one asks to pay a thing: "bayar pbb".
    pub pays: bool,
}

impl QuestionWords {
    /// Total weight of all words.
    pub fn worth(&self) -> f32 {
        self.all.iter().map(|needle| needle.worth).sum::<f32>().max(f32::MIN_POSITIVE)
    }

    /// Looks the words up in the index, and guesses slips of the pen.
    pub fn find(
        view: &IndexView,
        reading: &Reading,
        tolerance: &Tolerance,
    ) -> tantivy::Result<Self> {
        let (paper, pays) = (Paper::of(&reading.terms), asks_to_pay(&reading.terms));
        let mut needles = Self { paper, pays, ..Self::default() };
        for (at, term) in reading.terms.iter().cloned().enumerate() {
            let term = QueryTerm { at, ..term };
            let as_typed = reading.is_guessed_place(&term.word)
                || term.harm == Some(Harm::Meant)
                || is_code(&term.own);
            let guess = match as_typed {
                true => Guess::Words(Vec::new()),
                false => guess(view, &term, reading.is_english, tolerance)?,
            };
            let guess = match guess {
                // An English verb before a document is no Indonesian word cut short.
                Guess::Plain if reading.is_english && term.role == Role::Paired => {
                    Guess::Words(Vec::new())
                }
                guess => guess,
            };
            needles.take_guess(view, term, guess, reading)?;
        }
        needles.has_subject = needles.all.iter().any(|needle| needle.term.decides);
        if !needles.has_subject {
            needles
                .all
                .iter_mut()
                .filter(|needle| !is_near(&needle.term))
                .for_each(|needle| needle.term.decides = says_something(&needle.term));
        }
        needles.take_places(view, reading)?;
        needles.weigh(view)?;
        Ok(needles)
    }

    fn take_guess(
        &mut self,
        view: &IndexView,
        mut term: QueryTerm,
        guess: Guess,
        reading: &Reading,
    ) -> tantivy::Result<()> {
        match guess {
            Guess::Plain => self.slips.push(term.word),
            Guess::Near(words) => self.take_near(view, term, words)?,
            // What no service has is the place that it may be, and leaves nothing open.
            Guess::Words(_)
                if reading.is_guessed_place(&term.word)
                    && present(view, term.alternatives.clone())?.is_empty() =>
            {
                self.slips.push(term.word);
            }
            Guess::Words(meant) => {
                term.alternatives.extend(meant);
                self.add(view, Some(term))?;
            }
            Guess::Two(first, second) => {
                for word in [first, second] {
                    self.add(view, half(&term, &word))?;
                }
            }
        }
        Ok(())
    }

    fn add(&mut self, view: &IndexView, term: Option<QueryTerm>) -> tantivy::Result<()> {
        let Some(mut term) = term.filter(|_| self.all.len() < MAX_TERMS) else {
            return Ok(());
        };
        let typed = term.clone();
        term.alternatives = present(view, term.alternatives)?;
        match needle(view, term)? {
            Some(needle) => self.all.push(needle),
            // The number of a form that nobody asks for tells nothing apart.
            None if is_code(&typed.own) => self.slips.push(typed.word),
            None if typed.decides => self.unanswered.push(typed),
            None => {}
        }
        Ok(())
    }

    /// A word that no service has stays unanswered, whatever others mean the same: those never
    /// decide.
    fn take_near(
        &mut self,
        view: &IndexView,
        term: QueryTerm,
        words: Vec<Alternative>,
    ) -> tantivy::Result<()> {
        let near = QueryTerm { decides: false, alternatives: words, ..term.clone() };
        self.unanswered.push(term);
        self.add(view, Some(near))
    }

    /// The deciding words as a name; `None` if one of them is in no service, so that it is no name.
    fn said_beside_acts(&self) -> Option<String> {
        let said = self.all.iter().filter(|needle| needle.term.decides);
        let said = said.map(|needle| needle.term.alternatives[0].term.clone());
        self.unanswered.is_empty().then(|| bare(said.collect()))?
    }

    /// Adds the places where one asks: a service whose title names one is that place's office.
    fn take_places(&mut self, view: &IndexView, reading: &Reading) -> tantivy::Result<()> {
        for Place { text, codes, .. } in reading.where_asked() {
            let weight =
                |code: &&str| Alternative { term: code_term(code), weight: 1.0, via: Via::Word };
            let alternatives = codes.iter().map(weight).collect();
            let (word, role) = (text.clone(), Role::Aside);
            let term = QueryTerm { word, role, alternatives, ..QueryTerm::default() };
            self.add(view, Some(term))?;
        }
        Ok(())
    }

    fn weigh(&mut self, view: &IndexView) -> tantivy::Result<()> {
        let mut leading = [0; 2 * RANKS];
        for (bit, needle) in self.all.iter().enumerate() {
            if needle.term.decides {
                self.deciding |= 1 << bit;
                self.known += needle.worth;
                if let Some(rank) = leads(view, &needle.term.alternatives[0])? {
                    // A word that is said aside leads only if no other does.
                    let aside = needle.term.role == Role::Aside;
                    leading[rank + if aside { RANKS } else { 0 }] |= 1 << bit;
                }
            }
        }
        let first = leading.iter().position(|bits| *bits != 0);
        self.leading = first.map_or(0, |rank| leading[rank]);
        self.document = first.is_some_and(|rank| rank % RANKS == 0);
        let rarest = self.all.iter().filter(|needle| needle.term.decides);
        let rarest = rarest.map(|needle| needle.worth).fold(0.0, f32::max);
        let unknown = (1.0 + view.services() as f32).ln().min(MOST_OF_UNKNOWN * rarest);
        let open = self.unanswered.iter().filter(|term| !is_aside(term)).count();
        self.asked = self.known + unknown * open as f32;
        self.names = names(&self.all);
        self.bare = self.said_beside_acts();
        Ok(())
    }
}

/// Whether a word is said aside: for what, where, why or when.
pub fn is_aside(term: &QueryTerm) -> bool {
    matches!(term.role, Role::Aside | Role::Where)
}

/// Whether only words of about the same meaning were found.
fn is_near(term: &QueryTerm) -> bool {
    term.alternatives.iter().all(|one| one.via == Via::Meaning)
}

/// A number or a single letter names nothing, even if the question says nothing else.
fn says_something(term: &QueryTerm) -> bool {
    term.word.chars().filter(|one| one.is_alphabetic()).count() > 1
}

/// The term of one of two words that were written as one.
fn half(typed: &QueryTerm, word: &str) -> Option<QueryTerm> {
    let term = term(word)?;
    let decides = !is_faint(&term);
    let alternatives = with_related(&term, Via::Word);
    Some(QueryTerm { own: term, decides, alternatives, ..typed.clone() })
}

/// The alternatives that some service has.
fn present(view: &IndexView, alternatives: Vec<Alternative>) -> tantivy::Result<Vec<Alternative>> {
    let mut present = Vec::new();
    for alternative in alternatives {
        if frequency(view, &PARTS, std::slice::from_ref(&alternative))? > 0 {
            present.push(alternative);
        }
    }
    Ok(present)
}

/// The word with its worth; `None` if no service has it in the parts that are searched.
fn needle(view: &IndexView, term: QueryTerm) -> tantivy::Result<Option<Needle>> {
    let strong = frequency(view, &[Part::Title, Part::Keywords], &term.alternatives)?;
    let bodies = frequency(view, &[Part::Body], &term.alternatives)?;
    let services = view.services();
    let in_bodies = services < SMALL_CATALOG || bodies * COMMON_IN_BODIES <= services;
    if strong == 0 && (bodies == 0 || !in_bodies) {
        return Ok(None);
    }
    let own = same(&term.alternatives);
    let strong_own = frequency(view, &[Part::Title, Part::Keywords], own)?;
    // In titles a word's rarity among titles counts: every body asks for a KTP.
    let found = if strong_own > 0 { strong_own } else { frequency(view, &[Part::Body], own)? };
    let rarity = (1.0 + services as f32 / (1 + found) as f32).ln();
    let worth = rarity * if term.decides || is_near(&term) { 1.0 } else { FAINT_SHARE };
    let names_some = strong_own > 0 && is_sure(&term, &own[0]);
    let names_form = strong == 0 && bodies == 1 && is_code(&term.own);
    let decides = term.decides && (strong > 0 || names_form || !is_code(&term.own));
    let term = QueryTerm { decides, ..term };
    Ok(Some(Needle { term, worth, in_bodies, names_some, names_form }))
}

/// Whether the word is the one that was found, or can only be a slip of it: the letters make no
/// word, or are all there. Otherwise it may be another that no service has.
fn is_sure(typed: &QueryTerm, found: &Alternative) -> bool {
    let word = folded(&typed.word);
    let is_guess = matches!(found.via, Via::Typo | Via::Clipped);
    !is_guess || is_no_word(&word) || has_same_letters(&word, &found.term)
}

/// The word itself with its slips, or all words of its meaning: its rarity does not depend on
/// related words.
fn same(alternatives: &[Alternative]) -> &[Alternative] {
    let is_guess = |one: &Alternative| matches!(one.via, Via::Typo | Via::Clipped | Via::Meaning);
    let related = alternatives.iter().skip(1).position(|one| !is_guess(one));
    &alternatives[..related.map_or(alternatives.len(), |at| at + 1)]
}

/// All sets of up to [`MOST_WORDS`] deciding words, each as a name would be indexed.
fn names(needles: &[Needle]) -> Vec<Name> {
    let mut words: Vec<&Needle> = needles.iter().filter(|needle| needle.term.decides).collect();
    words.sort_by(|a, b| b.worth.total_cmp(&a.worth));
    words.truncate(WORDS_OF_NAMES);
    let mut sets: Vec<BTreeMap<&str, f32>> = vec![BTreeMap::new()];
    for needle in words {
        let longer: Vec<_> = sets
            .iter()
            .filter(|set| set.len() < MOST_WORDS)
            .flat_map(|set| same_words(needle).map(|(term, worth)| with(set, term, worth)))
            .collect();
        sets.extend(longer);
    }
    let named = sets.iter().filter(|set| !set.is_empty());
    named.map(|set| Name { term: joined(set.keys().copied()), worth: set.values().sum() }).collect()
}

/// The word itself, or the likeliest slip, and another word for the same.
fn same_words(needle: &Needle) -> impl Iterator<Item = (&str, f32)> {
    let all = needle.term.alternatives.iter().enumerate();
    let same = all.filter(|(at, one)| *at == 0 || (one.weight >= SAME_WORD && *at < 3));
    same.map(|(_, one)| (one.term.as_str(), needle.worth * one.weight))
}

fn with<'a>(set: &BTreeMap<&'a str, f32>, term: &'a str, worth: f32) -> BTreeMap<&'a str, f32> {
    let mut longer = set.clone();
    longer.insert(term, worth);
    longer
}
