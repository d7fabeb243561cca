//! Words as they sound in speech, and how they are written: "masang" is "pasang", "naek" is "naik".
//!
//! In the speech of Jakarta, which chats follow, a verb's prefix is a nasal alone that swallows the
//! letter after it, and the last vowels sink. Only words that no service has are read so.

use super::stem;

/// A nasal before a vowel, and the letters that it may have swallowed.
const NASALS: [(&str, &[&str]); 3] = [("ny", &["s", "c"]), ("m", &["p"]), ("n", &["t"])];

/// Vowels of a last syllable that is closed, and those that they have sunk from.
const SUNK: [(char, char); 3] = [('e', 'a'), ('e', 'i'), ('o', 'u')];

/// All that a word may be derived from, or the spoken form of, the closest first.
pub fn readings(word: &str) -> Vec<String> {
    let derived = stem::readings(word);
    let spoken: Vec<String> =
        std::iter::once(word).chain(derived.iter().map(String::as_str)).flat_map(written).collect();
    derived.into_iter().chain(spoken).collect()
}

/// How a word may be written that is spoken like this.
fn written(word: &str) -> Vec<String> {
    let raised = SUNK.iter().filter_map(|(sunk, own)| raised(word, *sunk, *own));
    let mut written: Vec<String> = std::iter::once(word.to_owned()).chain(raised).collect();
    written.extend(written.clone().iter().flat_map(|word| unswallowed(word)));
    written.extend(word.contains('p').then(|| word.replace('p', "f")));
    written.retain(|one| one != word);
    written
}

/// The word with another vowel in its last syllable, if a consonant closes that.
fn raised(word: &str, sunk: char, own: char) -> Option<String> {
    let at = word.rfind(is_vowel)?;
    let closed = at > 0 && at + 1 < word.len();
    (closed && word[at..].starts_with(sunk))
        .then(|| format!("{}{own}{}", &word[..at], &word[at + 1..]))
}

/// Shorter words are chance: "nol" is no form of "tol".
const SHORTEST_VERB: usize = 5;

/// The words whose first letter a nasal may have swallowed.
fn unswallowed(word: &str) -> Vec<String> {
    let is_verb = word.len() >= SHORTEST_VERB;
    let behind =
        |nasal| word.strip_prefix(nasal).filter(|rest| is_verb && rest.starts_with(is_vowel));
    let readings = NASALS.iter().filter_map(|(nasal, lost)| Some((behind(nasal)?, lost)));
    readings
        .flat_map(|(rest, lost)| lost.iter().map(move |letter| format!("{letter}{rest}")))
        .collect()
}

fn is_vowel(letter: char) -> bool {
    "aeiou".contains(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spoken_is_read_as_it_is_written() {
        for (spoken, written) in [
            ("masang", "pasang"),
            ("mesen", "pesan"),
            ("narik", "tarik"),
            ("nyewa", "sewa"),
            ("dinaekin", "naik"),
            ("laen", "lain"),
            ("catetin", "catat"),
            ("masok", "masuk"),
            ("aktip", "aktif"),
            ("ditilang", "tilang"),
        ] {
            let all = readings(spoken);
            assert!(all.iter().any(|one| one == written), "{spoken}: {all:?}");
        }
    }

    #[test]
    fn other_letters_stay() {
        for (word, never) in [("toko", "toku"), ("kota", "kuta"), ("nganggur", "tganggur")] {
            assert!(!readings(word).contains(&never.to_owned()), "{word}");
        }
    }
}
