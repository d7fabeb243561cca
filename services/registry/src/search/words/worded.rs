//! A text of the catalog as words that compare: spelling and order are no difference, and no word
//! that says something is left out. Search drops "atau", "belum" and "asli" as fillers; who
//! compares what two offices ask for must not.

use super::{
    analyze::{folded, is_abbreviation, phrased, term, words},
    telling::with_sizes,
};

/// Words of a piece, sorted, each as often as it stands there.
pub type Piece = Vec<String>;

/// Words that join the parts of a list: "KTP dan KK" asks for what "KTP; KK" does.
const JOINTS: [&str; 2] = ["dan", "serta"];

/// A word that only leads to what is said next.
const NEUTRAL: &str = "yang";

/// Numbers in words; a longer one ends in the others.
const NUMBERS: [&str; 10] =
    ["satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh"];
const BEYOND_TEN: [&str; 4] = ["belas", "puluh", "ratus", "ribu"];

/// Words that are written as one or as two.
const AS_ONE: [(&str, &str, &str); 3] =
    [("pas", "foto", "pasfoto"), ("foto", "copy", "fotokopi"), ("foto", "kopi", "fotokopi")];

/// The pieces of a text: what commas, semicolons, "dan" and "serta" part outside of brackets.
pub fn worded(text: &str) -> Vec<Piece> {
    let plain = with_slashes(&with_sizes(text));
    let mut pieces: Vec<Piece> = parts(&plain).iter().map(|part| piece(part)).collect();
    pieces.retain(|piece| !piece.is_empty());
    pieces.sort();
    pieces
}

/// "Orang tua/wali" is "orang tua atau wali"; in "1/2" a slash is none.
fn with_slashes(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let is_letter = |at: Option<usize>| {
        at.and_then(|at| letters.get(at)).is_some_and(|letter| letter.is_alphabetic())
    };
    let mut plain = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let parts = *letter == '/' && is_letter(at.checked_sub(1)) && is_letter(Some(at + 1));
        if parts { plain.push_str(" atau ") } else { plain.push(*letter) }
    }
    plain
}

fn parts(text: &str) -> Vec<String> {
    let (mut parts, mut depth) = (vec![String::new()], 0_usize);
    for word in text.split_whitespace() {
        let is_outside = depth == 0;
        depth += word.matches('(').count();
        depth = depth.saturating_sub(word.matches(')').count());
        if is_outside && JOINTS.contains(&word.to_lowercase().as_str()) {
            parts.push(String::new());
            continue;
        }
        let (own, ends) = match word.strip_suffix([',', ';']) {
            Some(own) if depth == 0 => (own, true),
            _ => (word, false),
        };
        if let Some(last) = parts.last_mut() {
            last.push(' ');
            last.push_str(own);
        }
        if ends {
            parts.push(String::new());
        }
    }
    parts
}

fn piece(text: &str) -> Piece {
    let own = words(text).into_iter().map(|at| &text[at]);
    // What search drops stands as it is written.
    let all = own.map(|word| term(word).unwrap_or_else(|| folded(word)));
    let all: Vec<String> =
        with_numbers(all.filter(|word| !word.is_empty() && word != NEUTRAL).collect());
    let mut all = without_electronic(phrased(&as_one(all)));
    // "Kartu Keluarga (KK)" says it twice.
    all.dedup_by(|next, before| next == before && is_abbreviation(before));
    all.sort();
    all
}

fn as_one(words: Vec<String>) -> Vec<String> {
    let mut joined: Vec<String> = Vec::with_capacity(words.len());
    for word in words {
        let last = joined.last().map_or("", String::as_str);
        let whole = AS_ONE.iter().find(|(first, second, _)| *first == last && *second == word);
        match (whole, joined.last_mut()) {
            (Some((.., whole)), Some(last)) => (*whole).clone_into(last),
            _ => joined.push(word),
        }
    }
    joined
}

/// "2 (dua) lembar" and "dua lembar" are "2 lembar".
fn with_numbers(words: Vec<String>) -> Vec<String> {
    let is_number = |word: &str| NUMBERS.contains(&word) || BEYOND_TEN.contains(&word);
    let mut read: Vec<String> = Vec::with_capacity(words.len());
    // Whether the words before are digits, or a number in words behind them.
    let mut behind_digits = false;
    for (at, word) in words.iter().enumerate() {
        if !is_number(word) {
            behind_digits = word.bytes().all(|byte| byte.is_ascii_digit());
            read.push(word.clone());
            continue;
        }
        let is_part =
            |at: Option<usize>| at.and_then(|at| words.get(at)).is_some_and(|word| is_number(word));
        let is_long = is_part(at.checked_sub(1)) || is_part(Some(at + 1));
        let value = NUMBERS.iter().position(|number| number == word);
        match value {
            _ if behind_digits => {}
            Some(value) if !is_long => read.push((value + 1).to_string()),
            _ => read.push(word.clone()),
        }
    }
    read
}

/// Every KTP is electronic, whether or not it is called so.
fn without_electronic(words: Vec<String>) -> Vec<String> {
    let mut plain: Vec<String> = Vec::with_capacity(words.len());
    for word in words {
        let after_ktp = plain.last().is_some_and(|last| last == "ktp");
        if after_ktp && matches!(word.as_str(), "el" | "elektronik") {
            continue;
        }
        if word == "ktp" {
            plain.pop_if(|last| *last == "e");
        }
        plain.push(word);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_falls_into_the_pieces_that_it_lists() {
        assert_eq!(worded("KTP dan KK"), worded("KK; KTP"));
        assert_eq!(worded("KTP, KK serta akta lahir").len(), 3);
        assert_eq!(worded("Foto (anak dan ibu, berwarna)").len(), 1, "within brackets");
    }

    #[test]
    fn no_word_that_says_something_is_left_out() {
        assert_eq!(worded("belum menikah"), [["belum", "nikah"]]);
        assert_eq!(worded("tanpa KTP asli"), [["asli", "ktp", "tanpa"]]);
    }
}
