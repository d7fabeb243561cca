//! Words that are put together from letters and numbers: "k.t.p.", "ak-1", the form "f-1.03".

use std::ops::Range;

/// Letters before a number that make one name with it; a longer word is one by itself.
const LETTERS_OF_NUMBERED: usize = 3;

/// Digits from which letters with a number are the code of a form: "f103", and not "m2" or "ak1".
const DIGITS_OF_CODE: usize = 2;

/// Whether a letter goes on with the dotted letters before it ("k.t.p."), or a number with the
/// letters that it belongs to ("ak-1", "f-1.03").
pub fn continues(text: &str, before: &Range<usize>, next: &Range<usize>) -> bool {
    let count = |part: &str| part.chars().count();
    let (first, second) = (&text[before.clone()], &text[next.clone()]);
    let is_number = second.chars().all(|one| one.is_ascii_digit());
    let numbered = count(first) <= LETTERS_OF_NUMBERED && first.chars().all(char::is_alphabetic);
    match &text[before.end..next.start] {
        "." if is_number && is_numbered(first) => true,
        "." => count(second) == 1 && first.split(['.', ' ']).all(|part| count(part) == 1),
        "-" => numbered && is_number,
        _ => false,
    }
}

/// A few letters and then a number: "f-1".
fn is_numbered(word: &str) -> bool {
    let letters = word.chars().take_while(|one| one.is_alphabetic()).count();
    let rest = word.chars().skip(letters);
    let ends = word.ends_with(|one: char| one.is_ascii_digit());
    ends && (1..=LETTERS_OF_NUMBERED).contains(&letters)
        && rest.clone().all(|one| one.is_ascii_digit() || matches!(one, '-' | '.'))
}

/// Whether a term is the code of a form or the like.
pub fn is_code(term: &str) -> bool {
    let digits = term.trim_start_matches(|one: char| one.is_ascii_lowercase());
    let letters = term.len() - digits.len();
    (1..=LETTERS_OF_NUMBERED).contains(&letters)
        && digits.len() >= DIGITS_OF_CODE
        && digits.bytes().all(|one| one.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::words::analyze::terms;

    #[test]
    fn the_number_of_a_form_is_one_word() {
        for text in ["F-1.03", "f1.03", "f-1.03."] {
            assert_eq!(terms(text), ["f103"], "{text}");
        }
        assert_eq!(terms("ak-1, k.t.p."), ["ak1", "ktp"]);
        assert!(
            is_code("f103")
                && !["ak1", "ktp", "m2", "2024", "covid19"].map(is_code).contains(&true)
        );
    }
}
