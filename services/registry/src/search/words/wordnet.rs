//! English words that a catalog lacks: those of their family ("convicted", "conviction") and those
//! that mean the same ("lawsuit", "case"), by WordNet (`data/wordnet`).
//!
//! Indonesian words have no such dictionary here: of two that were tried, none found one more
//! service of the judged questions first. What they give is too wide: "hidup" is "pasang", too.

use std::sync::LazyLock;

/// Each word in its order, and what is known of it: its family, and after a tab its meaning.
static LINES: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
    let lines = include_str!("../../../data/wordnet/english.tsv").lines();
    lines.map(|line| line.split_once('\t').unwrap_or((line, ""))).collect()
});

/// The weight of a word of the same family.
const FAMILY: f32 = 0.45;

/// The weight of another word of the same meaning.
const MEANING: f32 = 0.4;

/// Endings of English words, and what stands there in the word that they are a form of.
const ENDINGS: [(&str, &str); 8] = [
    ("s", ""),
    ("es", ""),
    ("ies", "y"),
    ("ed", ""),
    ("d", ""),
    ("ied", "y"),
    ("ing", ""),
    ("ing", "e"),
];

/// Letters of the shortest word that WordNet's cut has.
const SHORTEST: usize = 3;

/// What WordNet knows of a word.
fn entry(word: &str) -> Option<&'static str> {
    let at = LINES.binary_search_by_key(&word, |(known, _)| known).ok()?;
    Some(LINES[at].1)
}

/// Whether a word is English, in whatever form. Words of both languages are ("bank").
pub fn knows(word: &str) -> bool {
    entry(word).is_some() || bases(word).next().is_some()
}

/// The words that this one is a form of: "permits" is one of "permit".
pub fn bases(word: &str) -> impl Iterator<Item = String> {
    let base = |(end, own): &(&str, &str)| Some(format!("{}{own}", word.strip_suffix(end)?));
    ENDINGS.iter().filter_map(base).filter(|base| base.len() >= SHORTEST && entry(base).is_some())
}

/// The word and its forms in which a title may have it.
pub fn forms(word: &str) -> Vec<String> {
    let ends_in_consonant = |stem: &&str| !stem.ends_with(['a', 'e', 'i', 'o', 'u']);
    let plural = match word.strip_suffix('y').filter(ends_in_consonant) {
        Some(stem) => format!("{stem}ies"),
        None => format!("{word}s"),
    };
    vec![word.to_owned(), plural]
}

/// The words of its family and then of its meaning, each with its weight.
pub fn kin(word: &str) -> Vec<(&'static str, f32)> {
    let own = std::iter::once(word.to_owned()).chain(bases(word));
    let entries: Vec<&'static str> = own.filter_map(|word| entry(&word)).collect();
    let column = |number: usize, weight: f32| {
        let words = entries.iter().flat_map(move |entry| entry.split('\t').nth(number));
        words
            .flat_map(|words| words.split(' '))
            .filter(|one| !one.is_empty())
            .map(move |one| (one, weight))
    };
    column(0, FAMILY).chain(column(1, MEANING)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_in_their_order() {
        assert!(LINES.is_sorted_by(|(one, _), (next, _)| one < next));
    }

    #[test]
    fn a_form_leads_to_its_family_and_its_meaning() {
        let has = |word: &str, other: &str| kin(word).iter().any(|(one, _)| *one == other);
        for (word, other) in [
            ("convicted", "conviction"),
            ("lawsuits", "case"),
            ("legalise", "legalisation"),
            ("married", "marry"),
            ("withdrawing", "withdrawal"),
        ] {
            assert!(has(word, other), "{word}: {:?}", kin(word));
        }
        assert!(!has("permit", "permit"));
    }

    #[test]
    fn what_is_no_english_word_is_not_known() {
        for word in ["berpulang", "kelurahan", "qzx", "", "ktp"] {
            assert!(!knows(word) && kin(word).is_empty(), "{word}");
        }
        assert!(knows("convicted") && knows("lawsuits"));
    }
}
