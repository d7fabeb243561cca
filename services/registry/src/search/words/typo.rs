//! Slips of the pen: the words that a typed one may stand for. From how many letters on a slip is
//! forgiven is a setting (`search_one_slip_letters` in `policy.rs`): 3, and two from 7. Names of
//! places and words of phrases are compared with a closed list, not with the whole catalog; theirs
//! are no settings and stand beside the lists (`SLIP_LETTERS` in `places.rs`, `SLIPS_IN_PHRASES` in
//! `asked.rs`).

use std::cmp::Reverse;
use std::collections::HashSet;

use super::{
    analyze::{self, Alternative, QueryTerm, Via, with_related},
    foreign,
    shape::is_no_word,
    slips::{has_same_letters, is_stuttered, slips},
    spoken,
    stem::is_derived,
    vocabulary::{FAINT, FAINT_FORMS, FILLERS, SPELLINGS},
    wordnet,
};
use crate::{
    policy::Policy,
    search::indexing::index::{IndexView, PARTS, frequency, is_called},
};

/// How many slips of the pen search forgives. Short words have too many neighbours for two slips,
/// and the shortest for one. The numbers are the settings `search_one_slip_letters`,
/// `search_two_slip_letters` and those after them in `policy.rs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tolerance {
    /// Letters from which one slip is forgiven.
    pub one_slip_letters: usize,
    /// Letters from which two slips are forgiven.
    pub two_slip_letters: usize,
    /// A word that the index knows is taken as typed when it has fewer letters than this.
    pub known_word_letters: usize,
    /// A slip is suspected of a longer known word when another is this many times as frequent:
    /// catalogs have misprints.
    pub far_more_frequent: u64,
    /// Words that may be meant by one slip.
    pub words: usize,
}

impl From<&Policy> for Tolerance {
    fn from(policy: &Policy) -> Self {
        Self {
            one_slip_letters: policy.search_one_slip_letters,
            two_slip_letters: policy.search_two_slip_letters,
            known_word_letters: policy.search_known_word_letters,
            far_more_frequent: policy.search_far_more_frequent,
            words: policy.search_slip_words,
        }
    }
}

impl Tolerance {
    fn slips(&self, letters: usize) -> u8 {
        u8::from(letters >= self.one_slip_letters) + u8::from(letters >= self.two_slip_letters)
    }
}

/// A word that the user may have meant.
pub enum Guess {
    /// Words of the catalog; none if the word is taken as typed.
    Words(Vec<Alternative>),
    /// Surely a slip of a word that asks how: it does not count in the search, and is named.
    Plain,
    /// Two words written as one.
    Two(String, String),
    /// An English word, and words of its family or of about its meaning: they only tell which
    /// services are near.
    Near(Vec<Alternative>),
}

/// The words that this one may be a slip of: none if the index knows it and no neighbour is far
/// more frequent.
///
/// In an English question an English word is no slip of an Indonesian one.
pub fn guess(
    view: &IndexView,
    term: &QueryTerm,
    is_english: bool,
    tolerance: &Tolerance,
) -> tantivy::Result<Guess> {
    let own = &term.alternatives[0];
    let certain = own.via == Via::Abbreviation || analyze::is_abbreviation(&own.term);
    let typed = analyze::folded(&term.word);
    // "Perikanan" is no slip of "perizinan".
    if certain || !term.decides || analyze::is_faint(&term.own) || is_derived(&typed) {
        return Ok(Guess::Words(Vec::new()));
    }
    let letters = typed.chars().count();
    let is_english = is_english && wordnet::knows(&typed);
    let slips = tolerance.slips(letters);
    let typed = Typed { view, own, letters, is_english, slips, text: typed };
    match frequency(view, &PARTS, &term.alternatives)? {
        0 => typed.guess_unknown(tolerance),
        services => typed.guess_known(tolerance, services),
    }
}

/// A word of the question that says what is asked for and is no abbreviation.
struct Typed<'a> {
    view: &'a IndexView,
    own: &'a Alternative,
    /// The word, folded.
    text: String,
    letters: usize,
    is_english: bool,
    /// How many slips are forgiven.
    slips: u8,
}

impl Typed<'_> {
    /// A word that this many services have is a slip only of one that is far more frequent.
    fn guess_known(&self, tolerance: &Tolerance, services: u64) -> tantivy::Result<Guess> {
        if self.slips == 0 || self.letters < tolerance.known_word_letters {
            return Ok(Guess::Words(Vec::new()));
        }
        let meant = self.meant(services * tolerance.far_more_frequent)?;
        Ok(Guess::Words(self.words(meant, tolerance, |_| Via::Typo)))
    }

    /// A word that no service has may be derived from one, a clipped question word, a slip, or two
    /// words.
    fn guess_unknown(&self, tolerance: &Tolerance) -> tantivy::Result<Guess> {
        let plain_or_as_typed = |plain| if plain { Guess::Plain } else { Guess::Words(Vec::new()) };
        if self.slips == 0 {
            return Ok(plain_or_as_typed(is_plain_clipped(&self.text)));
        }
        if self.own.term == self.text
            && let Some(root) = root(self.view, &self.text)?
        {
            return Ok(Guess::Words(vec![root]));
        }
        let foreign = foreign::same(self.view, &self.text)?;
        if !foreign.is_empty() {
            return Ok(Guess::Words(foreign));
        }
        if self.is_english {
            return Ok(Guess::Near(foreign::near(&self.text)));
        }
        if let Some(meant) = clipped_spelling(&self.text) {
            return Ok(Guess::Words(with_related(meant, Via::Clipped)));
        }
        let meant = self.meant(0)?;
        let (nearest, clipped) =
            meant.first().map_or((usize::MAX, false), |(slips, .., clipped)| (*slips, *clipped));
        if !clipped && is_plain_clipped(&self.text) {
            return Ok(Guess::Plain);
        }
        if let Some(sure) = plain_within(&self.text, nearest.min(self.slips.into())) {
            return Ok(plain_or_as_typed(sure));
        }
        if let (true, Some((first, second))) =
            (meant.is_empty(), split_in_two(self.view, &self.text)?)
        {
            return Ok(Guess::Two(first, second));
        }
        let via = |clipped| if clipped { Via::Clipped } else { Via::Typo };
        Ok(Guess::Words(self.words(meant, tolerance, via)))
    }

    fn meant(&self, more_than: u64) -> tantivy::Result<Vec<Meant>> {
        meant(self.view, &self.text, self.own, self.slips, more_than)
    }

    fn words(
        &self,
        meant: Vec<Meant>,
        tolerance: &Tolerance,
        via: impl Fn(bool) -> Via,
    ) -> Vec<Alternative> {
        let mut seen = HashSet::new();
        let first = meant.into_iter().filter(|(_, _, stem, _)| seen.insert(stem.clone()));
        let slipped = |(slips, _, stem, clipped): Meant| {
            slipped(&stem, weight(slips, self.letters), via(clipped))
        };
        first.take(tolerance.words).flat_map(slipped).collect()
    }
}

/// The meaning of an everyday word that was typed without some of its vowels: "ilng" is "ilang",
/// which is "hilang".
fn clipped_spelling(typed: &str) -> Option<&'static str> {
    let mut said = SPELLINGS.iter().filter(|(_, meant)| !analyze::is_faint(meant));
    let clipped = said.find(|(said, _)| has_vowel(typed) && is_clipped(typed, said));
    clipped.map(|(_, meant)| *meant)
}

/// The weight of a word whose root the catalog knows and the list of roots does not.
const DERIVED: f32 = 0.9;

/// A word of titles and keywords that the typed one is derived from.
fn root(view: &IndexView, typed: &str) -> tantivy::Result<Option<Alternative>> {
    for reading in spoken::readings(typed) {
        let term = analyze::term(&reading).filter(|term| !analyze::is_faint(term));
        if let Some(term) = term
            && known(view, &reading)?
        {
            return Ok(Some(Alternative { term, weight: DERIVED, via: Via::Word }));
        }
    }
    Ok(None)
}

/// A word that may be meant: slips, services, its stem, and whether it is only clipped.
type Meant = (usize, Reverse<u64>, String, bool);

/// The words that are near and frequent enough, the nearest first.
fn meant(
    view: &IndexView,
    typed: &str,
    own: &Alternative,
    distance: u8,
    more_than: u64,
) -> tantivy::Result<Vec<Meant>> {
    let likely = view.similar(typed, distance)?.into_iter();
    let likely = likely.filter(|(word, services)| *services > more_than && alike(typed, word));
    let mut meant: Vec<Meant> = likely
        .filter_map(|(word, services)| {
            let clipped = is_clipped(typed, &word) || is_stuttered(typed, &word);
            let stem = analyze::term(&word)?;
            Some((slips(typed, &word), Reverse(services), stem, clipped))
        })
        .filter(|(_, _, stem, _)| stem.chars().count() > SHORT || analyze::is_abbreviation(stem))
        .filter(|(slips, _, stem, _)| *slips > 0 && *stem != own.term && !analyze::is_faint(stem))
        .collect();
    meant.sort();
    Ok(meant)
}

/// Letters of a short word: every other one is a slip away.
const SHORT: usize = 3;

/// A slip keeps the first letter or only swaps letters; of three letters it does nothing but swap
/// them, or every other short word would be one slip away. For the same reason a word of three
/// letters is meant only where it is an abbreviation that the field knows.
fn alike(typed: &str, word: &str) -> bool {
    let first = typed.chars().next() == word.chars().next();
    let long = typed.chars().count() > SHORT && word.chars().count() >= SHORT;
    (first && long) || has_same_letters(typed, word) || has_vowel(typed) && is_clipped(typed, word)
}

/// False for consonants alone, which may be an abbreviation that no list has: "pkl", "smp".
fn has_vowel(typed: &str) -> bool {
    typed.chars().any(is_vowel)
}

fn is_vowel(letter: char) -> bool {
    "aeiou".contains(letter)
}

/// What a slip counts for among right letters: half as much again.
const SLIP: f32 = 1.5;
/// The weights of the worst guess and of the best: none is worth as much as a true word.
const GUESSED: [f32; 2] = [0.1, 0.9];

/// The share of the letters that are right: a slip in a short word says less than one in a long
/// word.
fn weight(slips: usize, letters: usize) -> f32 {
    let [worst, best] = GUESSED;
    (1.0 - SLIP * slips as f32 / letters.max(1) as f32).clamp(worst, best)
}

/// From this many letters on, a clipped word is known whichever vowels are left: "sertfikat".
const LONG: usize = 8;

/// Whether the letters are those of a word without some of its vowels, and make no other word.
fn is_clipped(typed: &str, word: &str) -> bool {
    let consonants = |text: &str| text.chars().filter(|one| !is_vowel(*one)).collect::<String>();
    let mut letters = word.chars();
    let in_order = typed.chars().all(|one| letters.any(|letter| letter == one));
    let no_word = is_no_word(typed) || typed.chars().count() >= LONG;
    no_word
        && in_order
        && typed.len() < word.len()
        && typed.chars().next() == word.chars().next()
        && consonants(typed) == consonants(word)
        && consonants(typed).len() > 1
}

/// Abbreviations of consonants, which are no clipped words.
const ABBREVIATED: [&str; 6] = ["pkl", "skl", "smp", "spp", "thr", "tpp"];

/// Whether a word that asks how was clipped: "bikn", "ssyrat". Up to three letters may be an
/// abbreviation that no list has: they count only where no vowel is among them ("lg", "tny").
fn is_plain_clipped(typed: &str) -> bool {
    if typed.len() < SHORTEST
        || typed.len() <= SHORT && (has_vowel(typed) || ABBREVIATED.contains(&typed))
    {
        return false;
    }
    let other = SPELLINGS.iter().filter(|(_, meant)| analyze::is_faint(meant));
    let mut all = FAINT.iter().chain(FILLERS).chain(FAINT_FORMS).chain(other.map(|(said, _)| said));
    all.any(|word| is_clipped(typed, word))
}

/// Letters from which a word may be a misspelt question word.
const PLAIN_LETTERS: usize = 6;

/// The same if all its letters are there and only have changed places.
const SWAPPED_LETTERS: usize = 5;

/// Whether a word that asks how is at most `most` slips away; `true` if it is surely meant: the
/// letters make no word, or are all there. "Sampah" is near "sampai" and a word of its own.
fn plain_within(typed: &str, most: usize) -> Option<bool> {
    let letters = typed.chars().count();
    let most = most.min(if letters >= 2 * PLAIN_LETTERS { 2 } else { 1 });
    let near = |word: &&&str| {
        word.chars().count().abs_diff(letters) <= most
            && (letters >= PLAIN_LETTERS || has_same_letters(typed, word))
            && alike(typed, word)
            && slips(typed, word) <= most
    };
    let mut all = FAINT.iter().chain(FILLERS).chain(FAINT_FORMS).filter(near).peekable();
    if letters < SWAPPED_LETTERS || all.peek().is_none() {
        return None;
    }
    Some(is_no_word(typed) || all.any(|word| has_same_letters(typed, word)))
}

/// Letters of the shortest word that is read by itself.
const SHORTEST: usize = 2;

/// The two words of titles and keywords that were written as one: "aktelahir".
fn split_in_two(view: &IndexView, typed: &str) -> tantivy::Result<Option<(String, String)>> {
    let ends = typed.char_indices().map(|(at, _)| at).skip(SHORTEST);
    for at in ends.take_while(|at| at + SHORTEST <= typed.len()) {
        let (first, second) = typed.split_at(at);
        if known(view, first)? && known(view, second)? {
            return Ok(Some((first.to_owned(), second.to_owned())));
        }
    }
    Ok(None)
}

fn known(view: &IndexView, word: &str) -> tantivy::Result<bool> {
    let Some(term) = analyze::term(word) else { return Ok(word.len() >= SHORT) };
    Ok(is_called(view, &term)? || word.len() > SHORT && analyze::is_faint(&term))
}

fn slipped(term: &str, weight: f32, via: Via) -> impl Iterator<Item = Alternative> + use<> {
    let all = with_related(term, via).into_iter();
    all.map(move |alternative| Alternative {
        weight: alternative.weight * weight,
        via,
        ..alternative
    })
}
