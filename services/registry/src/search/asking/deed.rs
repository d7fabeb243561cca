//! The forms of verbs of harm, in both languages: somebody does it, or it happens.

use crate::search::words::vocabulary::{
    DAMAGES, ENGLISH_HARMS, INVOLUNTARY, LOSSES, SPOILED, STATES,
};

/// The state of a document that is gone, as catalogs call it.
pub const LOST: &str = "hilang";
/// The state of a document that is still there.
pub const DAMAGED: &str = "rusak";

/// Prefixes of verbs for what happens, whoever does it.
pub const PREFIXES: [&str; 5] = ["ke", "ter", "di", "ka", "ta"];

/// Suffixes of verbs; all but the first make a bare root an active verb.
const SUFFIXES: [&str; 6] = ["nya", "in", "kan", "i", "ken", "an"];

/// The form of a verb of harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VerbForm {
    /// "Kebakar", "terbakar": it can only have happened.
    Mishap,
    /// "Dibakar", "burned": by somebody.
    Passive,
    /// "Membakar", "bakarin", "burning".
    Active,
    /// "Bakar", "burn": its place decides.
    Bare,
}

/// A verb of harm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    /// The state of the document afterwards: lost or damaged.
    pub state: &'static str,
    pub form: VerbForm,
    /// Nobody does it on purpose, whatever its form: "menghilangkan", "lose".
    pub involuntary: bool,
    /// It is done to other things as well, and as a trade: "cuci", "potong".
    pub is_a_craft: bool,
}

/// The verb of harm that a word is, if it is one.
pub fn deed(word: &str) -> Option<Deed> {
    english(word).or_else(|| indonesian(word))
}

/// The state that a verb of harm leads to, by the verb's root, and whether the root is a state by
/// itself, such as "hilang".
fn root(root: &str) -> Option<(&'static str, bool)> {
    let loses = LOSSES.contains(&root) || root == LOST;
    let damages = DAMAGES.contains(&root) || SPOILED.contains(&root) || root == DAMAGED;
    let state = if loses { Some(LOST) } else { damages.then_some(DAMAGED) };
    state.map(|state| (state, STATES.contains(&root)))
}

fn indonesian(word: &str) -> Option<Deed> {
    let found = |form: VerbForm, bare: &str| {
        let (state, is_state) = root(bare)?;
        let form = if is_state && form == VerbForm::Bare { VerbForm::Mishap } else { form };
        let (involuntary, is_a_craft) = (INVOLUNTARY.contains(&bare), SPOILED.contains(&bare));
        Some(Deed { state, form, involuntary, is_a_craft })
    };
    let suffered = |head: &str| if head == "di" { VerbForm::Passive } else { VerbForm::Mishap };
    found(VerbForm::Bare, word)
        .or_else(|| {
            let mut heads =
                PREFIXES.iter().filter_map(|head| Some((head, word.strip_prefix(head)?)));
            heads.find_map(|(head, rest)| {
                unsuffixed(rest).find_map(|(bare, _)| found(suffered(head), bare))
            })
        })
        .or_else(|| actives(word).iter().find_map(|bare| found(VerbForm::Active, bare)))
        .or_else(|| {
            unsuffixed(word).find_map(|(bare, does)| {
                found(if does { VerbForm::Active } else { VerbForm::Bare }, bare)
            })
        })
}

/// The word without a suffix, and whether the suffix says that somebody does it.
fn unsuffixed(word: &str) -> impl Iterator<Item = (&str, bool)> {
    let without = SUFFIXES.iter().filter_map(move |end| Some((word.strip_suffix(end)?, *end)));
    std::iter::once((word, false)).chain(without.map(|(bare, end)| (bare, end != "nya")))
}

/// The letters that a nasal prefix has swallowed: "nyobek" is "sobek", "nyuri" is "curi".
const NASALS: [(&str, &[&str]); 9] = [
    ("menge", &[""]),
    ("nge", &[""]),
    ("meng", &["", "k"]),
    ("ng", &["", "k"]),
    ("meny", &["s", "c"]),
    ("ny", &["s", "c"]),
    ("mem", &["", "p"]),
    ("men", &["", "t"]),
    ("me", &[""]),
];

/// The same where the vowel is left out, too: "mbuang", "motong".
const CLIPPED: [(&str, &[&str]); 2] = [("m", &["", "p"]), ("n", &["", "t"])];

/// The roots that a word may be the active form of.
fn actives(word: &str) -> Vec<String> {
    let heads = NASALS.iter().chain(&CLIPPED);
    let rests = heads.filter_map(|(head, lost)| Some((word.strip_prefix(head)?, lost)));
    let whole = |(rest, lost): (&str, &&[&str])| {
        let all = lost
            .iter()
            .flat_map(|letter| unsuffixed(rest).map(move |(bare, _)| format!("{letter}{bare}")));
        all.collect::<Vec<_>>()
    };
    rests.flat_map(whole).collect()
}

fn english(word: &str) -> Option<Deed> {
    ENGLISH_HARMS.iter().find_map(|(base, past, loses, involuntary)| {
        let form = if word == *base {
            VerbForm::Bare
        } else if past.contains(&word) || is_past_of(word, base) {
            VerbForm::Passive
        } else if is_ongoing(word, base) {
            VerbForm::Active
        } else if word.strip_suffix('s') == Some(base) {
            VerbForm::Mishap
        } else {
            return None;
        };
        let state = if *loses { LOST } else { DAMAGED };
        Some(Deed { state, form, involuntary: *involuntary, is_a_craft: false })
    })
}

/// The base with an ending, the last letter doubled or dropped: "ripped", "damaged", "burning".
fn ends_in(word: &str, base: &str, end: &str) -> bool {
    let Some(stem) = word.strip_suffix(end) else { return false };
    let doubled = base.chars().last().is_some_and(|last| stem.strip_suffix(last) == Some(base));
    stem == base || doubled || base.strip_suffix('e') == Some(stem)
}

fn is_past_of(word: &str, base: &str) -> bool {
    ends_in(word, base, "ed")
}

fn is_ongoing(word: &str, base: &str) -> bool {
    ends_in(word, base, "ing")
}
