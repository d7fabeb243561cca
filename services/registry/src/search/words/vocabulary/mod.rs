//! The words of the field: abbreviations with their meanings, how citizens spell and say them,
//! words that carry no meaning in a question, and words that point at each other.
//!
//! Everything here is in lower case. Left sides of [`SPELLINGS`] and all of [`FILLERS`] are words
//! as typed; [`FAINT`] and [`RELATED`] hold stems.

mod abbreviations;
mod acts;
mod english;
mod faint;
mod fillers;
mod harms;
mod people;
mod places;
mod regional;
mod related;
mod seats;
mod spellings;
mod stances;

pub use abbreviations::{ABBREVIATIONS, NO_DOCUMENTS};
pub use acts::{
    ACTS, AFTER, ASIDE, DEEDS, ENDINGS, EXCEPT, GENERIC, KINDS_OF_DOCUMENTS, NEW, PAYING,
};
pub use english::{ONLY_ENGLISH, PHRASES, WORDS};
pub use faint::{FAINT, FAINT_FORMS};
pub use fillers::FILLERS;
pub use harms::{
    BEFORE_VERBS, DAMAGES, ENGLISH_HARMS, INTENTS, INVOLUNTARY, LOSSES, OTHERS, OWNERS, PAPERS,
    SPOILED, STATES, UNINTENDED,
};
pub use people::{NATIONS, OCCUPATIONS, PEOPLE};
pub use places::{KINDS, ORDINARY, SHORT_FORMS, WHERE};
pub use regional::{REGIONAL, REGIONAL_FILLERS};
pub use related::{OUT_OF_STEP, RELATED, SAYINGS};
pub use seats::{DIRECTIONS, SEATS};
pub use spellings::SPELLINGS;
pub use stances::{
    AND, APART, ARRIVED, ASKS_WHETHER, ERRANDS, FAR, FROM, GOING, HOME, LIVES, MOVED, NOT_THERE,
    OTHERWISE, REFUSALS, RELUCTANT, SAYING_SOMETHING, SINCE, TOWARDS, TRAVEL, TURNS, UNITS,
    WHEREVER, WISHES, WITHIN,
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::words::stem::stem;

    #[test]
    fn every_abbreviation_stands_once_and_is_not_a_filler() {
        let mut seen = std::collections::HashSet::new();
        for (short, phrases) in ABBREVIATIONS {
            assert!(seen.insert(short), "{short} stands twice");
            assert!(!FILLERS.contains(short) && !phrases.is_empty());
            assert_eq!(stem(short), *short);
        }
    }

    #[test]
    fn related_and_faint_words_are_stems() {
        let related =
            RELATED.iter().flat_map(|(from, to)| to.iter().map(|(to, _)| to).chain([from]));
        let derived: Vec<&str> = related
            .chain(FAINT)
            .chain(ACTS)
            .chain(DEEDS)
            .chain(PEOPLE)
            .chain(NEW)
            .copied()
            .filter(|word| stem(word) != *word)
            .collect();
        assert!(derived.is_empty(), "{derived:?}");
        for (from, to) in RELATED {
            assert!(to.iter().all(|(to, weight)| to != from && (0.0..1.0).contains(weight)));
        }
    }
}
