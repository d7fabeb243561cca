//! Whether letters could be a word of the language at all.
//!
//! No list holds all words, so a word that the catalog lacks is a word until its letters say
//! otherwise: "sampah" is one letter from "sampai" and means something, "syrat" can only be a slip.

/// Two letters that are one sound.
const SOUNDS: [&str; 4] = ["ng", "ny", "sy", "kh"];

/// Sounds that may begin a syllable together.
const ONSETS: &[&str] = &[
    "bl", "br", "dr", "dw", "fl", "fr", "gl", "gr", "kl", "kr", "ks", "kw", "pl", "pr", "ps", "sk",
    "skr", "sl", "sm", "sp", "spr", "st", "str", "sw", "tr", "ts", "tw",
];

/// Sounds that may end a word together.
const ENDS: &[&str] = &[
    "ft", "ks", "lm", "ls", "lt", "nd", "nk", "ns", "nt", "ps", "rd", "rk", "rm", "rn", "rs", "rt",
    "sk", "st",
];

/// Sounds that end no syllable before another consonant.
const NO_ENDS: &[&str] = &["c", "j", "ny", "q", "sy", "w", "y"];

/// Whether the letters, in lower case, break the rules by which words are built.
pub fn is_no_word(letters: &str) -> bool {
    letters.bytes().all(|letter| letter.is_ascii_lowercase())
        && (has_run_of_one(letters) || breaks(&consonants(letters)))
}

/// A letter three times in a row: "gimanaaa".
fn has_run_of_one(letters: &str) -> bool {
    letters.as_bytes().windows(3).any(|three| three[0] == three[1] && three[1] == three[2])
}

/// The sounds before the first vowel, between each two, and after the last.
fn consonants(letters: &str) -> Vec<Vec<&str>> {
    letters.split(['a', 'e', 'i', 'o', 'u']).map(sounds).collect()
}

fn sounds(mut letters: &str) -> Vec<&str> {
    let mut sounds = Vec::new();
    while !letters.is_empty() {
        let two = SOUNDS.iter().any(|sound| letters.starts_with(sound));
        let (sound, rest) = letters.split_at(if two { 2 } else { 1 });
        sounds.push(sound);
        letters = rest;
    }
    sounds
}

fn breaks(runs: &[Vec<&str>]) -> bool {
    let [first, between @ .., last] = runs else { return true };
    !is_onset(first) || !is_end(last) || between.iter().any(|run| !is_between(run))
}

fn is_onset(run: &[&str]) -> bool {
    run.len() < 2 || ONSETS.contains(&run.concat().as_str())
}

fn is_end(run: &[&str]) -> bool {
    run.len() < 2 || ENDS.contains(&run.concat().as_str())
}

/// One syllable's end and the next one's beginning.
fn is_between(run: &[&str]) -> bool {
    let ends = |end: &[&str]| is_end(end) && end.iter().all(|sound| !NO_ENDS.contains(sound));
    run.len() < 2 || (0..=run.len()).any(|at| ends(&run[..at]) && is_onset(&run[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_break_the_rules_and_words_do_not() {
        for word in ["sampah", "kontrak", "instansi", "ekspor", "patent", "transkrip", "syariah"] {
            assert!(!is_no_word(word), "{word}");
        }
        for slip in ["syrat", "persyaratn", "prsyaratan", "gimanaaa", "banyuwnagi", "semarng"] {
            assert!(is_no_word(slip), "{slip}");
        }
    }
}
