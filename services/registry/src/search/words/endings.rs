//! Endings that words bear in speech and that do not change their meaning.

use super::vocabulary::{ABBREVIATIONS, FAINT};

/// The word without an ending for its owner, and without a Javanese ending, if the rest is known.
pub fn without_endings(word: &str) -> &str {
    without_javanese_ending(unowned(word))
}

/// The abbreviation in "ktpku" and "skcknya", without the ending for its owner.
fn unowned(word: &str) -> &str {
    let bare = ["ku", "mu", "nya", "ne"].iter().filter_map(|end| word.strip_suffix(end));
    let mut known = bare.filter(|bare| ABBREVIATIONS.iter().any(|(short, _)| short == bare));
    known.next().unwrap_or(word)
}

/// Letters that a word has left when its Javanese ending is off.
const LETTERS_BEFORE_ENDING: usize = 4;

/// "Syarate" and "biayane" are a question word with the Javanese ending for "its". Only those are
/// read so: "kode" and "online" are words of their own.
fn without_javanese_ending(word: &str) -> &str {
    let bare = ["ne", "e"].iter().filter_map(|end| word.strip_suffix(end));
    let mut bare = bare.filter(|bare| bare.len() >= LETTERS_BEFORE_ENDING);
    bare.find(|bare| FAINT.contains(bare) && bare.len() < word.len()).unwrap_or(word)
}
